"""The classes of drugs by name, from `agents.yaml`: part of every trial's rules, so read as strictly as criteria."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from eligibility.findings.model import Codes
from eligibility.patient.vocabulary import TreatmentKind
from eligibility.yaml_nodes import Faults, Node, read_yaml

CHECKPOINT, OTHER_IMMUNE = "checkpoint_inhibitor", "other_immunotherapy"
GLUCOCORTICOID = "glucocorticoid"
IMMUNE: Codes = frozenset((CHECKPOINT, OTHER_IMMUNE))
CLASSES: Codes = (
    frozenset(k.value for k in TreatmentKind) - {"immunotherapy", "other"}
    | IMMUNE
    | {GLUCOCORTICOID}
)
AGENTS = Path(__file__).with_name("agents.yaml")
_TRADE_MARK = re.compile("[®™©]")  # before other signs are made plain: ™ would become letters
_TOGETHER = re.compile(r"[+,;、]|\band\b|\bplus\b|联合|和")
_OTHERWISE = re.compile(r"[/()]")
_SOME = r"(?=[\d.,]*[1-9])"  # "0 mg" and "x 0" are no dose: they say that nothing was given
_AMOUNT = (
    rf"(?:(?<![a-z0-9.,-]){_SOME}\d[\d.,]*\s?(?:mg|g|mcg|ug|μg|ml|iu|u|%|毫克|微克|克|毫升|单位)(?![a-z0-9])"
    r"(?:\s?/\s?(?:kg|m2|m\^2|dose|day|d|h|次|日|天|周)(?![a-z0-9]))*"
    rf"|(?<![a-z0-9])auc\s?=?\s?{_SOME}\d+(?:\.\d+)?(?![a-z0-9.]))"
)
_WHEN = (
    r"(?:(?<![a-z0-9])(?:q(?:(?:[1-9]\d*)?[dwh]|od|id)|[bt]id|once|twice|daily|weekly"
    r"|(?:every|a)(?: [1-9]\d*)? (?:day|week)s?"
    r"|d(?:ays?)?\s?[1-9]\d*(?:\s?[,、/-]\s?[1-9]\d*(?!\d|-?[a-z]))*"
    r"|(?:x\s?)?[1-9]\d*\s?cycles?|x\s?[1-9]\d*|po|iv|sc|im|orally)(?![a-z0-9])"
    r"|每(?:\s?(?:[1-9]\d*|[一二两三四]+))?\s?[日天周][一两三]?次?|口服|静脉滴注|静滴"
    r"|(?<![a-z0-9])[1-9]\d*\s?(?:个?周期|个?疗程))"
)
# Possessive, so that no run of such words is looked through from each of its words again.
_SCHEDULE = rf"(?:\s?(?:[,、]\s?)?{_WHEN})++"
_DOSE = re.compile(
    rf"(?P<amount>\s?(?:{_AMOUNT}|\((?:\s?{_AMOUNT})?(?:{_SCHEDULE})?\s?\)))(?P<then>{_SCHEDULE})?|{_SCHEDULE}"
)
_BEFORE_ANOTHER = re.compile(rf"\s?(?:$|{_OTHERWISE.pattern}|{_TOGETHER.pattern})")
_OFTEN_FIRST = re.compile("^(?:weekly |每周)")
# Stands for a dose while an entry is split: "/" and "," within a dose divide no drugs.
_DOSED = "\ue000"
# A word of a drug that is on no list yet, as it would be written: a code, or a stem of the nonproprietary names.
_DRUG_WORD = re.compile(
    r"(?!non|nct|kn|arm|day|dose|part|week|cyc|tbd|unk)"
    r"(?:[a-z]{2,4}-?[a-z]?\d{2,}[a-z]?|[a-z-]*(?:mab|nib|parib|ciclib|lisib|platin|taxel|rubicin|tecan|trexed"
    r"|citabine|vedotin|deruxtecan|limus|cept|stim|setron))"
)
_MOST_WORDS = 3
# Drugs of no class that a criterion asks for, and drugs without a name.
_DRUGS_BESIDE = frozenset(
    ("study drug", "study medication", "trial drug", "investigational drug", "investigational agent",
     "研究药物", "试验药物", "leucovorin", "folinic acid", "calcium folinate", "calcium", "vitamin d",
     "aprepitant", "omeprazole", "亚叶酸钙", "昂丹司琼", "帕洛诺司琼", "奥美拉唑")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AgentList:
    """The class of each ingredient and brand, by its name in small letters."""

    classes: Mapping[str, str]
    hashed: bytes
    """What the hash of a trial's rules takes in."""


@lru_cache(maxsize=1)
def agent_list() -> AgentList:
    """The list of this installation, read once; raises CriteriaFilesError with every fault found."""
    return read_agents(AGENTS)


def read_agents(path: Path, classes_known: Codes = CLASSES) -> AgentList:
    """A list of names by class; raises CriteriaFilesError with every fault found."""
    faults = Faults()
    node = read_yaml(path, faults)
    classes: dict[str, str] = {}
    for kind, names in (node.mapping(classes_known) if node else {}).items():
        for each in names.sequence():
            _add_agent(each, kind, classes)
    faults.raise_if_any()
    return AgentList(classes, path.name.encode() + b"\0" + path.read_bytes() + b"\0")


def _add_agent(node: Node, kind: str, classes: dict[str, str]) -> None:
    """A drug has one class, and a name as it is looked up."""
    name = node.sentence()
    hint = f'write "{spelt(name)}"'
    if name != spelt(name):
        node.fault("drugs are written in small letters", hint, "agent_name")
    elif name != node.text():
        node.fault("a space too many stands in the name of a drug", hint, "agent_name")
    elif name in classes:
        message = f'the drug "{name}" stands in this file already, under {classes[name]}'
        node.fault(message, "keep one", "duplicate_agent")
    elif name:
        classes[name] = kind


def classes_given(agents: Sequence[str]) -> tuple[str | None, ...]:
    """The class of each drug that the entries of one treatment name; None for one that is not on the list.

    A dose behind a name says nothing of the class, nor do trade mark signs and hyphens. "A + B" are two drugs; "A (B)"
    and "A/B" may be two names of one drug, or a choice of two, and say something only where both are of one class.
    What stands beside the drugs and is no drug itself may take them back ("declined", "or placebo", "x 0"): then all
    are None, in whichever entry it stands.
    """
    parts = [part for agent in agents for part in _parts(agent)]
    if all(kind is not None or _is_a_drug(part) for part, kind in parts):
        return tuple(kind for _, kind in parts)
    return (None,) * len(parts)


@lru_cache(maxsize=1024)
def classes_mentioned(written: str) -> Codes:
    """Every class of a drug that an entry names anywhere, whatever it says of it."""
    pattern, kinds = _names()
    # The longest name wins: "trastuzumab deruxtecan" is more than trastuzumab.
    words = plainly(written).replace("-", " ")
    return frozenset(kinds[match[0]] for match in pattern.finditer(words))


@lru_cache(maxsize=1024)
def _parts(written: str) -> tuple[tuple[str, str | None], ...]:
    """What an entry names one beside the other, without doses, each with its class if that is on the list."""
    name = plainly(written)
    if alone := _class_of(name):
        return ((name, alone),)
    together = [part for part in _TOGETHER.split(_DOSE.sub(_marked, name)) if part.strip()]
    return tuple((_undosed(part), _same_class(part)) for part in together) or ((name, None),)


def _is_a_drug(part: str) -> bool:
    """Whether a part that is on no list says nothing but the name of a drug."""
    words = part.split()
    return part in _DRUGS_BESIDE or (
        0 < len(words) <= _MOST_WORDS and all(map(_DRUG_WORD.fullmatch, words))
    )


def without_doses(words: str) -> str:
    """Words written `plainly`, a blank in the place of each dose."""
    return _DOSE.sub(_marked, words).replace(_DOSED, " ")


def _marked(dose: re.Match[str]) -> str:
    """How it is given is part of the dose only where nothing else follows: a drug may begin with any other word."""
    if _BEFORE_ANOTHER.match(dose.string, dose.end()):
        return _DOSED
    return dose[0] if dose["amount"] is None else _DOSED + (dose["then"] or "")


def _same_class(name: str) -> str | None:
    """The class of a drug that may be named in two ways."""
    names = [part for part in _OTHERWISE.split(_undosed(name)) if part.strip()]
    kinds = {_class_of(_undosed(each)) for each in names}
    return kinds.pop() if len(kinds) == 1 else None


def _undosed(name: str) -> str:
    """Without the dose at its end; what stands behind a dose stays, and is on no list."""
    return _OFTEN_FIRST.sub("", name.strip()).removesuffix(_DOSED)


def _class_of(name: str) -> str | None:
    listed, loose = agent_list().classes, _by_loose_names()
    tried = spelt(name)
    return listed.get(tried) or loose.get(tried.replace("-", " "))


@lru_cache(maxsize=1)
def _names() -> tuple[re.Pattern[str], Mapping[str, str]]:
    kinds = _by_loose_names()
    names = "|".join(map(re.escape, sorted(kinds, key=lambda name: (-len(name), name))))
    # Whole words of Latin letters; Chinese has no spaces between words.
    return re.compile(rf"(?<![a-z0-9])(?:{names})(?![a-z0-9])"), kinds


@lru_cache(maxsize=1)
def _by_loose_names() -> Mapping[str, str]:
    """The same list, hyphens read as blanks; a name that would then be of two classes is left out."""
    found: dict[str, set[str]] = {}
    for name, kind in agent_list().classes.items():
        found.setdefault(name.replace("-", " "), set()).add(kind)
    return {name: kinds.pop() for name, kinds in found.items() if len(kinds) == 1}


def plainly(written: str) -> str:
    """The words of a chart in small letters and usual signs, without trade mark signs."""
    return spelt(unicodedata.normalize("NFKC", _TRADE_MARK.sub("", written)))


def spelt(agent: str) -> str:
    """The name of a drug as it is looked up."""
    return " ".join(agent.lower().split())
