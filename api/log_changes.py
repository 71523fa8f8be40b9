"""What may be added to an older entry: a review, a correction, a withdrawal; from what came in to what is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import Field

from api.bodies import Body
from api.decisions import Order
from api.log.drafts import (
    CorrectionDraft,
    DecisionDraft,
    ReviewDraft,
    WithdrawalDraft,
    document_bytes,
)
from api.log.entry import Entry, sha256
from api.log.errors import EntryRefused
from api.parameters import LONGEST_DAY, Caller
from eligibility.protocol.verdict import Verdict

_Reason = Annotated[str, Field(min_length=3, max_length=2000)]


class Review(Body):
    """An answer to a criterion that waits for nothing but an investigator's judgement."""

    criterion: str = Field(pattern=r"^[A-Z][A-Z0-9_]{0,7}$")
    answer: Literal["pass", "fail"]
    name: str = Field(min_length=1, max_length=200)
    """Of the investigator who answers."""
    reason: _Reason
    source: str | None = Field(None, min_length=1, max_length=200)
    """The document that the answer rests on."""


_STAYS = "As it was, if it is left out or null."


class Correction(Body):
    """The profile as it should have been, with the reason; dates and site profile stay unless they are given."""

    reason: _Reason
    patient: dict[str, Any]
    as_of: str | None = Field(None, min_length=1, max_length=LONGEST_DAY, description=_STAYS)
    planned_start: str | None = Field(
        None, min_length=1, max_length=LONGEST_DAY, description=_STAYS
    )
    profile: str | None = Field(
        None, max_length=60, pattern=r"^[A-Za-z0-9_.-]+$", description=_STAYS
    )
    without: list[Literal["planned_start", "profile"]] = Field(
        default_factory=list,
        max_length=2,
        description="What the new screening is to do without; it wins over what is given.",
    )


class Withdrawal(Body):
    """Why a decision is withdrawn with nothing in its place."""

    reason: _Reason


def review_draft(
    body: Review, caller: Caller, sequence: int, *, seen_until: int | None = None
) -> ReviewDraft:
    """The entry for a review."""
    return ReviewDraft(
        **_common(caller, sequence, body),
        criterion=body.criterion,
        answer=Verdict.PASS if body.answer == "pass" else Verdict.FAIL,
        signed_by=body.name,
        reason=body.reason,
        source=body.source,
        seen_until=seen_until,
    )


def withdrawal_draft(
    body: Withdrawal, caller: Caller, sequence: int, *, seen_until: int | None = None
) -> WithdrawalDraft:
    """The entry for a withdrawal."""
    fields = _common(caller, sequence, body)
    return WithdrawalDraft(**fields, reason=body.reason, seen_until=seen_until)


def correcting(
    body: Correction, caller: Caller, sequence: int, *, seen_until: int | None = None
) -> Callable[[DecisionDraft], DecisionDraft]:
    """What makes the entry of a new screening the correction of an older one."""

    def refine(draft: DecisionDraft) -> DecisionDraft:
        fields = {**dict(draft), **_common(caller, sequence, body)}
        return CorrectionDraft(**fields, reason=body.reason, seen_until=seen_until)

    return refine


def corrected_order(body: Correction, old: Entry) -> Order:
    """What is screened anew: what the body does not say stays as it was."""
    if old.decision is None or old.trial is None:
        raise EntryRefused(
            "only a decision can be corrected or reviewed",
            code="not_a_decision",
            hint="name the number of the decision",
        )
    return Order(
        body.patient,
        old.trial,
        None if "profile" in body.without else body.profile or old.profile,
        body.as_of or old.as_of,
        None if "planned_start" in body.without else body.planned_start or old.planned_start,
    )


def _common(caller: Caller, sequence: int, body: Body) -> dict[str, Any]:
    """What every draft has that points to an older entry."""
    asked = {
        "entry": sequence,
        "what": type(body).__name__,
        **body.model_dump(mode="json", exclude_unset=True),
    }
    return {
        "actor": caller.actor,
        "actor_name": caller.name,
        "site": caller.site,
        "idempotency_key": caller.key,
        "request_hash": _hashed(asked) if caller.key else None,
        "refers_to": sequence,
    }


def _hashed(asked: dict[str, Any]) -> str:
    try:
        return sha256(document_bytes(asked))
    except ValueError:
        raise EntryRefused(
            "the body holds characters that cannot be stored", code="entry_invalid"
        ) from None
