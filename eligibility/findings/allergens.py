"""What kind of substance an allergy is to: as recorded, and as the name of the substance says."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from eligibility.findings.agents import AgentList, agent_list, read_agents
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


def read_allergy_kind(scope: Scope) -> Finding:
    """As recorded, else what the named substance is; a kind that the name contradicts is in dispute."""
    assert isinstance(scope.part, Allergy)
    stated = read_code(scope, "kind")
    named = kinds_of(scope.part.substance or "")
    if not named or stated.reason is UnknownReason.CONFLICTING:
        return stated
    path = f"{scope.prefix}substance"
    if stated.value is None or stated.value == _MORE_PRECISE_BY_NAME:
        return Finding(named, (path,))
    assert isinstance(stated.value, frozenset)
    if stated.value == _PART_OF_A_DRUG or stated.value <= named:
        return stated
    fields = (*stated.fields, path)
    return unknown(fields, UnknownReason.CONFLICTING, "the substance is of another kind")


@lru_cache(maxsize=1024)
def kinds_of(substance: str) -> Kinds:
    """Every kind that a substance named in the chart's words may be of; none where no name is known."""
    text = " ".join(substance.lower().split())
    pattern, kinds = _names()
    # The longest name wins: "trastuzumab deruxtecan" is more than trastuzumab.
    found = [kinds[match[0]] for match in pattern.finditer(text)]
    return frozenset().union(*found)


@lru_cache(maxsize=1)
def allergen_list() -> AgentList:
    """The kind of each substance by its name, read once; raises CriteriaFilesError with every fault found."""
    return read_agents(ALLERGENS, frozenset(kind.value for kind in AllergyKind))


@lru_cache(maxsize=1)
def _names() -> tuple[re.Pattern[str], dict[str, Kinds]]:
    agents, listed = agent_list().classes.items(), allergen_list().classes.items()
    kinds = {name: _KINDS_OF_CLASS[each] for name, each in agents if each in _KINDS_OF_CLASS}
    kinds |= {name: frozenset((kind,)) for name, kind in listed}
    longest_first = sorted(kinds, key=lambda name: (-len(name), name))
    names = "|".join(map(re.escape, longest_first))
    # Whole words of Latin letters; Chinese has no spaces between words.
    return re.compile(rf"(?<![a-z0-9])(?:{names})(?![a-z0-9])"), kinds
