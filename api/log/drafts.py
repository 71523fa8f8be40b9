"""What is handed to the log: an entry before it has a number, a time and a place in the chain."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import orjson
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from api.log.entry import is_storable, sha256
from api.log.errors import EntryRefused
from eligibility.dates import format_day
from eligibility.explanation import Explanation
from eligibility.findings.model import UnknownReason
from eligibility.protocol.verdict import Decision, Verdict
from eligibility.version import ENGINE_VERSION

# What is open for these reasons alone is for the investigator to judge; no chart would settle it.
_FOR_JUDGEMENT = {UnknownReason.NEEDS_JUDGEMENT, UnknownReason.PROTOCOL_GAP}


def _storable(text: str) -> str:
    if not is_storable(text):
        raise ValueError("holds characters that cannot be stored")
    return text


_Text = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_storable)]
_Reason = Annotated[str, Field(min_length=3, max_length=2000), AfterValidator(_storable)]
_Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_Id = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,7}$")]
_Number = Annotated[int, Field(ge=1, le=2**53)]
_Count = Annotated[int, Field(ge=0, le=2**53)]
_Value = Annotated[str, Field(max_length=200), AfterValidator(_storable)] | int | bool | None
_Word = Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,59}$")]


class Draft(BaseModel):
    """What every entry has: who wrote it, at which site, and a key under which it is written once."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", hide_input_in_errors=True)

    actor: _Text
    actor_name: _Text | None = None
    """What people call the actor, as it was when this was written."""
    site: _Text
    idempotency_key: _Text | None = None
    request_hash: _Hash | None = None
    """What the key was first used for; the same key with another request is refused."""

    def __init__(self, **fields: Any) -> None:
        try:
            super().__init__(**fields)
        except ValidationError as error:
            names = ", ".join(
                sorted({str(each["loc"][0]) for each in error.errors() if each["loc"]})
            )
            raise EntryRefused(
                f"an entry cannot be written with this {names}",
                code="entry_invalid",
                hint="texts are short and not empty, hashes have 64 hexadecimal digits",
            ) from None


class DecisionDraft(Draft):
    """What a screening computed."""

    trial: _Text
    profile: _Text | None = None
    rules_hash: _Hash
    engine_version: _Text
    input_hash: _Hash
    decision: Decision
    deciding: tuple[_Id, ...]
    judgement: tuple[_Id, ...] = ()
    explanation_hash: _Hash
    as_of: _Text
    planned_start: _Text | None = None
    screening_id: _Text | None = None
    profile_document: bytes | None = None
    """The profile that was screened; kept only where the setting says so."""
    explanation_document: bytes | None = None


class CorrectionDraft(DecisionDraft):
    """A new screening that replaces an earlier entry, with the reason."""

    refers_to: _Number
    reason: _Reason
    seen_until: _Number | None = None
    """The last entry its author has seen of the older one and what points to it; with a later one it is refused."""


class WithdrawalDraft(Draft):
    """An earlier entry is withdrawn, with the reason; nothing takes its place."""

    refers_to: _Number
    reason: _Reason
    seen_until: _Number | None = None


class ReviewDraft(Draft):
    """An investigator's answer to one criterion that needs judgement; the decision stays as computed."""

    refers_to: _Number
    criterion: _Id
    answer: Literal[Verdict.PASS, Verdict.FAIL]
    signed_by: _Text
    reason: _Reason
    source: _Text | None = None
    """The document that the answer rests on."""
    seen_until: _Number | None = None


class BatchDraft(Draft):
    """A table that was screened as a whole; its rows are in the results, which are named by their hash."""

    batch: Annotated[str, Field(pattern=r"^[0-9a-f]{44}$")]
    trial: _Text
    profile: _Text | None = None
    rules_hash: _Hash
    engine_version: _Text
    table_hash: _Hash
    mapping_hash: _Hash | None = None
    results_hash: _Hash
    as_of: _Text | None = None
    planned_start: _Text | None = None
    rows: _Count
    rejected: _Count
    decisions: dict[Decision, _Count]


class ConfigurationDraft(Draft):
    """An API key that was made or revoked, or what was deleted; never a patient's value."""

    event: _Word
    changed: dict[_Word, _Value] = Field(default_factory=dict, max_length=50)


def drafted(
    explanation: Explanation,
    *,
    actor: str,
    actor_name: str | None = None,
    site: str,
    profile_document: bytes,
    explanation_document: bytes,
    idempotency_key: str | None = None,
    request_hash: str | None = None,
) -> DecisionDraft:
    """The entry for a screening, with the bytes that it is to be found by and replayed from."""
    return DecisionDraft(
        actor=actor,
        actor_name=actor_name,
        site=site,
        idempotency_key=idempotency_key,
        request_hash=request_hash,
        profile_document=profile_document,
        explanation_document=explanation_document,
        **screened(explanation),
        input_hash=sha256(profile_document),
        explanation_hash=sha256(explanation_document),
    )


def screened(explanation: Explanation) -> dict[str, Any]:
    """The fields of an entry that a screening fills by itself."""
    screening = explanation.screening
    anchors, trial = screening.anchors, screening.compiled.trial
    start = anchors.planned_start
    return {
        "trial": trial.id,
        "profile": trial.profile.name if trial.profile else None,
        "rules_hash": trial.rules_hash,
        "engine_version": ENGINE_VERSION,
        "decision": screening.decision,
        "deciding": screening.deciding,
        "judgement": _for_judgement(explanation),
        "as_of": format_day(anchors.as_of, anchors.clock),
        "planned_start": None if start is None else format_day(start, anchors.clock),
        "screening_id": screening.findings.scope.record.screening_id,
    }


def _for_judgement(explanation: Explanation) -> tuple[str, ...]:
    if explanation.screening.alarm is not None:  # nothing was decided, so there is nothing to judge
        return ()
    return tuple(
        each.criterion.id
        for each in explanation.criteria
        if each.verdict is Verdict.UNKNOWN
        and each.unknown_reasons
        and _FOR_JUDGEMENT.issuperset(each.unknown_reasons)
    )


def document_bytes(document: Mapping[str, object]) -> bytes:
    """A document in one spelling: equal documents give equal bytes."""
    text = json.dumps(
        document, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
    )
    return text.encode()


def explanation_bytes(document: Mapping[str, object]) -> bytes:
    """The same for an explanation, which has no fractions: ten times as fast, in the same bytes."""
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)
