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
    """Path of the value in the record."""
    value: str
    """The value as recorded."""
    unit: str | None
    """Unit of the value, if it has one."""
    date: str | None
    """When the value was observed, if that is recorded."""
    source: str | None
    """Document that the value comes from, if that is recorded."""


class CriterionAnswer(Described):
    """One criterion: its words, its verdict, and why."""

    id: str
    """Id of the criterion, INCLnn or EXCLnn; it stays the same."""
    kind: Literal["inclusion", "exclusion"]
    """Whether the criterion includes or excludes."""
    title: str
    """Short name of the criterion."""
    text: str
    """The protocol's words."""
    truth: Literal["true", "false", "unknown"]
    """Whether the protocol's words hold."""
    verdict: Verdict
    """What the criterion does to eligibility; of an exclusion that holds it is `fail`."""
    label: str
    """The verdict in a coordinator's word."""
    reason: str
    """Why, in a sentence."""
    unknown_reasons: Sequence[UnknownReason]
    """Why the criterion is open, as codes; empty if it is not."""
    requirements: Sequence[str]
    """What the findings that decide would have to be for the criterion to pass."""
    evidence: Sequence[EvidenceAnswer]
    """The recorded values behind the verdict."""
    interpretations: Sequence[str]
    """How the protocol's words are read where they are ambiguous."""
    assumptions: Sequence[str]
    """What was assumed because the site says so."""


class BlockerAnswer(Described):
    """What stands between the patient and the trial."""

    criterion: str
    """Id of the criterion that does not pass."""
    action: Remedy
    """What can be done about it."""
    until: str | None
    """The day on which the criterion passes by itself, if it will."""
    text: str
    """What stands in the way, and what to do, in a sentence."""


class QuestionAnswer(Described):
    """One thing to find out."""

    text: str
    """The question."""
    fields: Sequence[str]
    """Fields of the record that would answer it."""
    reasons: Sequence[UnknownReason]
    """Why it is open, as codes."""
    requirements: Sequence[str]
    """What the answer would have to be."""
    settles: Sequence[str]
    """Ids of the criteria that an answer can decide by itself."""
    bears_on: Sequence[str]
    """Ids of all criteria that wait for it."""


class SettledAnswer(Described):
    """A fact that is not recorded and need not be."""

    title: str
    """The fact."""
    criteria: Sequence[str]
    """Ids of the criteria that it would have been for."""


class PeriodAnswer(Described):
    """Planned starts over which the verdicts stay the same."""

    first: str
    """First start of the period."""
    last: str | None
    """Last start of the period; null if it has no end."""
    decision: Decision
    """The decision over the period."""
    failing: Sequence[str]
    """Ids of the criteria that fail over it."""
    unknown: Sequence[str]
    """Ids of the criteria that are open over it."""
    to_repeat: Sequence[str]
    """Of the criteria that fail or are open, those that a repeated test cures."""


class MarginAnswer(Described):
    """A value that passes close to its limit, or a result about to expire."""

    criterion_id: str
    """Id of the criterion that passes."""
    findings: Sequence[str]
    """Names of the findings that are close."""
    text: str
    """How close, in a sentence."""


class FlagAnswer(Described):
    """A laboratory result in the light of sister protocols: advice, and no part of the decision."""

    finding: str
    """Name of the result."""
    title: str
    """The result as people call it."""
    colour: Colour
    """The colour of the result."""
    value: str
    """The result as recorded."""
    green: str
    """Where green ends."""
    red: str
    """Where red begins."""
    text: str
    """The colour and what it means, in a sentence."""


class ReadingAnswer(Described):
    """How an ambiguous sentence of the protocol is read."""

    name: str
    """Name of the interpretation."""
    question: str
    """What is ambiguous."""
    reading: str
    """Name of the reading in force."""
    meaning: str
    """What the reading says."""
    source: str
    """Where the reading comes from."""


class AlarmAnswer(Described):
    """Why a decision of the rule engine was not accepted; the answer is then undetermined."""

    code: Literal["engine_fault", "engines_disagree"]
    """Whether the rule engine failed, or decided otherwise than the reference evaluator."""
    message: str
    """What happened."""


class DecisionAnswer(Described):
    """What is decided and as of when, what to find out, and when treatment could start."""

    as_of: str
    """The day on which the record is judged."""
    planned_start: str | None
    """The planned first dose, if one is given."""
    decision: Decision
    """The decision; it supports the investigator, who decides."""
    deciding: Sequence[str]
    """Ids of the criteria that decide: those that fail; else those that are open; else all."""
    headline: str
    """The decision in a sentence."""
    alarm: AlarmAnswer | None
    """Null; or why nothing is decided: the rule engine failed, or the two evaluators did not agree."""
    questions: Sequence[QuestionAnswer]
    """What to find out, most settling first; none once nothing can change the decision."""
    possible_from: str | None
    """First start on which waiting has cured all that it can; null if there is none, or with an `alarm`."""
    held_back_by: Sequence[str]
    """Ids of the criteria that are the last to clear before `possible_from`."""
    to_repeat: Sequence[str]
    """Ids of the criteria that need a fresh test for `possible_from`."""
    still_open: Sequence[str]
    """Ids of the criteria that are open even on `possible_from`."""
    valid_until: str | None
    """Last start for which the decision stands; null if that has no end, or with an `alarm`."""
    ended_by: Sequence[str]
    """Ids of the criteria that change after `valid_until`."""


class Answer(DecisionAnswer):
    """A screening explained: decision, criteria, blockers, questions, dates."""

    trial: str
    """Registry number of the trial."""
    trial_title: str
    """Title of the trial."""
    profile: str | None
    """The site profile in force, if one is."""
    screening_id: str | None
    """The screening id as it was sent."""
    criteria: Sequence[CriterionAnswer]
    """Every criterion, in protocol order."""
    blockers: Sequence[BlockerAnswer]
    """The criteria that do not pass, those that never can first."""
    no_longer_matters: Sequence[SettledAnswer]
    """Facts that are not recorded and need not be."""
    forcing: Sequence[str]
    """Smallest set of record fields that alone makes the patient ineligible."""
    other_readings: Sequence[str]
    """Interpretations read otherwise than the trial says, as `name=reading`."""
    renewable: Sequence[str]
    """Ids of the criteria that a fresh test cures when a result has grown too old."""
    calendar: Sequence[PeriodAnswer]
    """All planned starts from the day of judgement on, in exact periods; empty with an `alarm`."""
    margins: Sequence[MarginAnswer]
    """Values that pass close to a limit, and results about to expire."""
    laboratory_flags: Sequence[FlagAnswer]
    """Colours of laboratory results: advice, and no part of the decision."""
    interpretations: Sequence[ReadingAnswer]
    """Every reading of the protocol in force."""
    engine: Engine
    """What decided: durable-rules, which the reference evaluator has checked."""
    fired: Sequence[str]
    """The rules in the order in which they fired, as sentences."""
    rules_hash: str
    """SHA-256 over the criteria files used and the readings chosen."""
    engine_version: str
    """Version of this software."""
