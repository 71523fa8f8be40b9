"""New entries about older ones: an investigator's review, a correction, a withdrawal. Nothing is ever changed."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Literal

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from pydantic import Field

from api.bodies import Body, body_of, read_body
from api.decisions import Desk, Order
from api.description import PATIENT, answers, json_body
from api.entry_documents import entry_document
from api.log.drafts import (
    CorrectionDraft,
    DecisionDraft,
    ReviewDraft,
    WithdrawalDraft,
    document_bytes,
)
from api.log.entry import Entry, sha256
from api.log.errors import EntryRefused
from api.parameters import Caller, Number, RequestKey, Site, caller_of
from eligibility.intake.template import example_profile
from eligibility.protocol.verdict import Verdict

_Reason = Annotated[str, Field(min_length=3, max_length=2000)]


class Review(Body):
    """An answer to a criterion that waits for nothing but an investigator's judgement."""

    criterion: str = Field(pattern=r"^[A-Z][A-Z0-9_]{0,7}$")
    answer: Literal["pass", "fail"]
    name: str = Field(min_length=1, max_length=200)
    """Of the investigator who answers."""
    reason: _Reason


class Correction(Body):
    """The profile as it should have been, with the reason; dates and site profile stay unless they are given."""

    reason: _Reason
    patient: dict[str, Any]
    as_of: str | None = Field(None, max_length=10)
    planned_start: str | None = Field(None, max_length=10)
    """Null takes the planned start away."""
    profile: str | None = Field(None, max_length=60, pattern=r"^[A-Za-z0-9_.-]+$")
    """Null screens without a site profile."""


class Withdrawal(Body):
    """Why a decision is withdrawn with nothing in its place."""

    reason: _Reason


def _schema(kind: type[Body], **known: dict[str, Any]) -> dict[str, Any]:
    schema = kind.model_json_schema()
    schema["properties"].update(known)
    return schema


_REVIEW = json_body(
    _schema(Review),
    {"criterion": "EXCL09", "answer": "pass", "name": "Dr B. Investigator",
     "reason": "discussed at the tumour board"},
)  # fmt: skip
_CORRECTION = json_body(
    _schema(Correction, patient=PATIENT),
    {"reason": "the creatinine was of another patient", "patient": example_profile()},
)
_WITHDRAWAL = json_body(_schema(Withdrawal), {"reason": "consent was withdrawn before screening"})


def add_log_changes(service: FastAPI) -> None:
    """Add the routes."""
    path = "/v1/log/{sequence}"
    service.post(
        f"{path}/reviews",
        status_code=201,
        summary="Answer a criterion that needs judgement",
        openapi_extra=_REVIEW,
        responses=answers(status=201),
    )(review)
    service.post(
        f"{path}/corrections",
        status_code=201,
        summary="Replace a decision by a new screening",
        openapi_extra=_CORRECTION,
        responses=answers(status=201),
    )(correct)
    service.post(
        f"{path}/withdrawals",
        status_code=201,
        summary="Withdraw a decision",
        openapi_extra=_WITHDRAWAL,
        responses=answers(status=201),
    )(withdraw)


async def review(
    request: Request, sequence: Number, *, site: Site = None, key: RequestKey = None
) -> Response:
    """For investigators, and only for criteria that `judgement` of the entry names. The computed answer and the
    decision stay as they are, and are shown with the review beside them; no review makes a patient eligible.
    """
    body = read_body(await body_of(request), Review)
    caller = caller_of(request, key)
    draft = ReviewDraft(
        **_common(caller, sequence, body),
        criterion=body.criterion,
        answer=Verdict.PASS if body.answer == "pass" else Verdict.FAIL,
        signed_by=body.name,
        reason=body.reason,
    )
    return await _written(request, draft)


async def withdraw(
    request: Request, sequence: Number, *, site: Site = None, key: RequestKey = None
) -> Response:
    """The decision stays in the log and no longer stands; nothing takes its place."""
    body = read_body(await body_of(request), Withdrawal)
    fields = _common(caller_of(request, key), sequence, body)
    return await _written(request, WithdrawalDraft(**fields, reason=body.reason))


async def correct(
    request: Request, sequence: Number, *, site: Site = None, key: RequestKey = None
) -> Response:
    """Screens the corrected profile against the same trial. The new entry stands in the place of the old one, which
    stays in the log; the answer is that of a screening.
    """
    desk: Desk = request.app.state.desk
    caller = caller_of(request, key)
    content = await body_of(request)
    body = await desk.compute(partial(read_body, content, Correction))
    old = await desk.read(partial(desk.log.reader.entry, sequence, sites=caller.sites))
    order = _order(body, old)

    def refine(draft: DecisionDraft) -> DecisionDraft:
        fields = {**dict(draft), **_common(caller, sequence, body)}
        return CorrectionDraft(**fields, reason=body.reason)

    answer = await desk.decide(lambda: order, caller, refine=refine)
    return Response(answer, 201, media_type="application/json")


def _order(body: Correction, old: Entry) -> Order:
    if old.decision is None or old.trial is None:
        raise EntryRefused(
            "only a decision can be corrected or reviewed",
            code="not_a_decision",
            hint="name the number of the decision",
        )
    given = body.model_fields_set
    start = body.planned_start if "planned_start" in given else old.planned_start
    profile = body.profile if "profile" in given else old.profile
    return Order(body.patient, old.trial, profile, body.as_of or old.as_of, start)


def _common(caller: Caller, sequence: int, body: Body) -> dict[str, Any]:
    """What every draft has that points to an older entry."""
    asked = {
        "entry": sequence,
        "what": type(body).__name__,
        **body.model_dump(mode="json", exclude_unset=True),
    }
    return {
        "actor": caller.actor,
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


async def _written(request: Request, draft: ReviewDraft | WithdrawalDraft) -> Response:
    desk: Desk = request.app.state.desk
    appended = await desk.append(draft)
    return JSONResponse(entry_document(appended.entry), 201)
