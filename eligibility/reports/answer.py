"""The shape of an answer: what `screen --json` prints and the service returns, key by key.

`TypeAdapter(Answer).json_schema()` is its JSON schema. The wording of texts may change; keys and codes do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import ConfigDict, TypeAdapter, with_config
from typing_extensions import TypedDict, get_original_bases  # Python's own from 3.12 on

from eligibility.findings.model import UnknownReason
from eligibility.flags import Colour
from eligibility.protocol.model import Remedy
from eligibility.protocol.verdict import Decision, Verdict
from eligibility.screening.model import Engine


def _describe_inherited(schema: dict[str, Any], kind: type) -> None:
    """Keys of the shapes that a shape goes on from are described as there; pydantic looks at its own only."""
    for base in get_original_bases(kind):
        if base is not TypedDict:
            known = TypeAdapter(base).json_schema().get("properties", {})
            for name, field in schema["properties"].items():
                if "description" in known.get(name, {}):
                    field.setdefault("description", known[name]["description"])


@with_config(
    ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
        json_schema_extra=_describe_inherited,
    )
)
class Described(TypedDict):
    """A document that has no key but those named; each is described by the words beneath it."""


class EvidenceAnswer(Described):
    """A recorded value that a verdict rests on."""

    field: str
    """path in the record"""
    value: str
    """as recorded"""
    unit: str | None
    """unit, or null"""
    date: str | None
    """when observed, or null"""
    source: str | None
    """document it comes from, or null"""


class CriterionAnswer(Described):
    """One criterion: its words, its verdict, and why."""

    id: str
    """INCLnn or EXCLnn, stable"""
    kind: Literal["inclusion", "exclusion"]
    """inclusion or exclusion"""
    title: str
    """short name"""
    text: str
    """the protocol's words"""
    truth: Literal["true", "false", "unknown"]
    """does the wording hold: true, false, unknown"""
    verdict: Verdict
    """pass, fail, unknown"""
    label: str
    """the verdict in a coordinator's word"""
    reason: str
    """why, in a sentence"""
    unknown_reasons: Sequence[UnknownReason]
    """why it is open, as codes"""
    requirements: Sequence[str]
    """what it would need, as requirements"""
    evidence: Sequence[EvidenceAnswer]
    """the recorded values behind it"""
    interpretations: Sequence[str]
    """readings it rests on"""
    assumptions: Sequence[str]
    """assumptions it rests on"""


class BlockerAnswer(Described):
    """What stands between the patient and the trial."""

    criterion: str
    """its id"""
    action: Remedy
    """never, wait, retest, fetch, decide"""
    until: str | None
    """the day it passes by itself, or null"""
    text: str
    """the same in words"""


class QuestionAnswer(Described):
    """One thing to find out."""

    text: str
    """the question"""
    fields: Sequence[str]
    """record fields that would answer it"""
    reasons: Sequence[UnknownReason]
    """why it is open, as codes"""
    requirements: Sequence[str]
    """what the answer would have to be"""
    settles: Sequence[str]
    """criteria an answer can decide by itself"""
    bears_on: Sequence[str]
    """all criteria that wait for it"""


class SettledAnswer(Described):
    """A fact that is not recorded and need not be."""

    title: str
    """the fact"""
    criteria: Sequence[str]
    """for which criteria"""


class PeriodAnswer(Described):
    """Planned starts over which the verdicts stay the same."""

    first: str
    """first start of the interval"""
    last: str | None
    """last start, or null for no end"""
    decision: Decision
    """the decision over it"""
    failing: Sequence[str]
    """criteria that fail over it"""
    unknown: Sequence[str]
    """criteria open over it"""
    to_repeat: Sequence[str]
    """of those, the ones that a repeated test cures over it"""


class MarginAnswer(Described):
    """A value that passes close to its limit, or a result about to expire."""

    criterion_id: str
    """its criterion"""
    findings: Sequence[str]
    """its findings"""
    text: str
    """in words"""


class FlagAnswer(Described):
    """A laboratory result in the light of sister protocols: advice, and no part of the decision."""

    finding: str
    """the result"""
    title: str
    """its name"""
    colour: Colour
    """green, amber, red, unknown"""
    value: str
    """as recorded"""
    green: str
    """where green ends"""
    red: str
    """where red begins"""
    text: str
    """in words"""


class ReadingAnswer(Described):
    """How an ambiguous sentence of the protocol was read."""

    name: str
    """its name"""
    question: str
    """what is ambiguous"""
    reading: str
    """the reading chosen"""
    meaning: str
    """what it says"""
    source: str
    """where it comes from"""


class AlarmAnswer(Described):
    """Why a decision of the rule engine was not accepted; the answer is then undetermined."""

    code: Literal["engine_fault", "engines_disagree"]
    """engine_fault or engines_disagree"""
    message: str
    """in words"""


class Answer(Described):
    """A screening explained: decision, criteria, blockers, questions, dates."""

    trial: str
    """registry number"""
    trial_title: str
    """its title"""
    profile: str | None
    """site profile in force, or null"""
    screening_id: str | None
    """as sent"""
    as_of: str
    """the day the record was judged on"""
    planned_start: str | None
    """planned first dose, or null"""
    decision: Decision
    """eligible, ineligible, undetermined"""
    deciding: Sequence[str]
    """ids that decide: those that fail; else those unknown; else all"""
    headline: str
    """the decision in a sentence"""
    criteria: Sequence[CriterionAnswer]
    """every criterion, in protocol order"""
    blockers: Sequence[BlockerAnswer]
    """criteria that do not pass, those that never can first"""
    questions: Sequence[QuestionAnswer]
    """what to find out, most settling first; none once nothing can change the decision"""
    no_longer_matters: Sequence[SettledAnswer]
    """facts not recorded that need not be"""
    forcing: Sequence[str]
    """smallest set of record fields that alone makes the patient ineligible"""
    other_readings: Sequence[str]
    """interpretations read otherwise than the trial says, as `name=reading`"""
    possible_from: str | None
    """first start on which waiting has cured all that it can, or null; see `to_repeat`"""
    held_back_by: Sequence[str]
    """criteria last to clear before it"""
    to_repeat: Sequence[str]
    """criteria that need a fresh test for it"""
    still_open: Sequence[str]
    """criteria that are open even on `possible_from`"""
    renewable: Sequence[str]
    """criteria a fresh test cures"""
    valid_until: str | None
    """last start for which the decision stands, or null for no end"""
    ended_by: Sequence[str]
    """criteria that change then"""
    calendar: Sequence[PeriodAnswer]
    """all planned starts from the day of judgement on, in exact intervals"""
    margins: Sequence[MarginAnswer]
    """passing values close to a limit, results about to expire"""
    laboratory_flags: Sequence[FlagAnswer]
    """advisory colours"""
    interpretations: Sequence[ReadingAnswer]
    """every reading in force"""
    engine: Engine
    """durable-rules; the reference has checked it"""
    alarm: AlarmAnswer | None
    """null; else `code` and `message`: the two did not agree, and nothing is decided"""
    fired: Sequence[str]
    """the rules in the order they fired, as sentences"""
    rules_hash: str
    """SHA-256 over the criteria files used and the readings switched"""
    engine_version: str
    """version of this software"""
