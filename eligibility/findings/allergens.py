"""What kind of substance an allergy is to: as recorded, and as the name of the substance says."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from eligibility.findings.agents import AgentList, agent_list, plainly, read_agents, without_doses
from eligibility.findings.model import Finding, Scope, UnknownReason, unknown
from eligibility.findings.readers import read_code
from eligibility.patient.sections import Allergy
from eligibility.patient.vocabulary import AllergyKind

Kinds = frozenset[str]
ALLERGENS = Path(__file__).with_name("allergens.yaml")
_ANTIBODY, _CHEMOTHERAPY = (
    AllergyKind.MONOCLONAL_ANTIBODY.value,
    AllergyKind.CHEMOTHERAPY_DRUG.value,
)
_KINDS_OF_CLASS: dict[str, Kinds] = {
    "checkpoint_inhibitor": frozenset((_ANTIBODY,)),
    "chemotherapy": frozenset((_CHEMOTHERAPY,)),
    # The reaction may have been to either part.
    "antibody_drug_conjugate": frozenset((_ANTIBODY, _CHEMOTHERAPY)),
}
# "Not named" is less than a name, and an excipient is part of a drug: neither is contradicted by one.
_MORE_PRECISE_BY_NAME = frozenset((AllergyKind.UNSPECIFIED_DRUG.value,))
_PART_OF_A_DRUG = frozenset((AllergyKind.EXCIPIENT.value,))
# Words beside a name that change nothing of what the allergy is to; any other may deny it, or be of something else.
_REACTIONS = (
    r"(?:allerg(?:y|ies|ic)|hypersensitivity|reactions?|rash|eruption|hives|urticaria|itch(?:ing)?|pruritus|erythema"
    r"|flushing|swelling|angioedema|bronchospasm|hypotension|anaphyla(?:xis|ctic|ctoid)|shock)"
)
_BESIDE = re.compile(
    rf"(?<![a-z0-9])(?:{_REACTIONS}(?: to| on)?|infusion(?: related)?|injection|capsules?|tablets?|skin"
    r"|mild|moderate|severe|grade [1-5]|(?:19|20)\d\d|and|plus)(?![a-z0-9])"
    r"|对|过敏(?:史|反应|性休克|性皮疹)?|(?:输液|输注)反应|皮疹|荨麻疹|瘙痒|[轻中重]度|严重|胶囊|片|注射液|联合|和"
)
_SIGNS = re.compile(r"[\s,;:、。.()/+&]*")
# Between words only: elsewhere it may be the minus of a negative test.
_HYPHEN = re.compile(r"(?<=\w)\s?[-–—]\s?(?=\w)")


_AMONG_OTHERS = "the substance is named among other words"


def read_allergy_kind(scope: Scope) -> Finding:
    """As recorded, else what the named substance is; a kind that the name contradicts is in dispute."""
    assert isinstance(scope.part, Allergy)
    stated = read_code(scope, "kind")
    substance = scope.part.substance or ""
    named = kinds_of(substance)
    if not named or stated.reason is UnknownReason.CONFLICTING:
        return stated
    path = f"{scope.prefix}substance"
    fields = (*stated.fields, path)
    if stated.value is None or stated.value == _MORE_PRECISE_BY_NAME:
        if is_only_named(substance):
            return Finding(named, (path,))
        return unknown(fields, UnknownReason.NEEDS_JUDGEMENT, _AMONG_OTHERS)
    assert isinstance(stated.value, frozenset)
    if stated.value == _PART_OF_A_DRUG or stated.value <= named:
        return stated
    return unknown(fields, UnknownReason.CONFLICTING, "the substance is of another kind")


@lru_cache(maxsize=1024)
def kinds_of(substance: str) -> Kinds:
    """Every kind of which something is named anywhere in the chart's words; none where no name is known."""
    pattern, kinds = _names()
    # The longest name wins: "trastuzumab deruxtecan" is more than trastuzumab.
    found = [kinds[match[0]] for match in pattern.finditer(_without_hyphens(plainly(substance)))]
    return frozenset().union(*found)


@lru_cache(maxsize=1024)
def is_only_named(substance: str) -> bool:
    """Whether nothing stands beside the names but doses and reactions: the allergy is to what is named."""
    undosed = _without_hyphens(without_doses(plainly(substance)))
    names, _ = _names()
    return _SIGNS.fullmatch(_BESIDE.sub(" ", names.sub(" ", undosed))) is not None


def _without_hyphens(words: str) -> str:
    return _HYPHEN.sub(" ", words)


@lru_cache(maxsize=1)
def allergen_list() -> AgentList:
    """The kind of each substance by its name, read once; raises CriteriaFilesError with every fault found."""
    return read_agents(ALLERGENS, frozenset(kind.value for kind in AllergyKind))


@lru_cache(maxsize=1)
def _names() -> tuple[re.Pattern[str], dict[str, Kinds]]:
    agents, listed = agent_list().classes.items(), allergen_list().classes.items()
    kinds = {name: _KINDS_OF_CLASS[each] for name, each in agents if each in _KINDS_OF_CLASS}
    kinds |= {name: frozenset((kind,)) for name, kind in listed}
    kinds = {_without_hyphens(name): kind for name, kind in kinds.items()}
    longest_first = sorted(kinds, key=lambda name: (-len(name), name))
    names = "|".join(map(re.escape, longest_first))
    # Whole words of Latin letters; Chinese has no spaces between words.
    return re.compile(rf"(?<![a-z0-9])(?:{names})(?![a-z0-9])"), kinds
