"""The classes of drugs by name, from `agents.yaml`: part of every trial's rules, so read as strictly as criteria."""

from __future__ import annotations

from collections.abc import Mapping
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


def spelt(agent: str) -> str:
    """The name of a drug as it is looked up."""
    return " ".join(agent.lower().split())
