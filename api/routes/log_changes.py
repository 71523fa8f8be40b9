"""New entries about older ones: an investigator's review, a correction, a withdrawal. Nothing is ever changed."""

from __future__ import annotations

from functools import partial
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from api.answers.decisions import LoggedAnswer
from api.answers.log import EntryAnswer
from api.bodies import Body, body_of, read_body
from api.decisions import Desk
from api.description import PATIENT, answers, json_body
from api.entry_documents import entry_document
from api.log.drafts import ReviewDraft, WithdrawalDraft
from api.log_changes import (
    Correction,
    Review,
    Withdrawal,
    corrected_order,
    correcting,
    review_draft,
    withdrawal_draft,
)
from api.parameters import Number, RequestKey, Site, caller_of
from eligibility.intake.template import example_profile


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
        responses=answers(EntryAnswer, status=201),
    )(review)
    service.post(
        f"{path}/corrections",
        status_code=201,
        summary="Replace a decision by a new screening",
        openapi_extra=_CORRECTION,
        responses=answers(LoggedAnswer, status=201),
    )(correct)
    service.post(
        f"{path}/withdrawals",
        status_code=201,
        summary="Withdraw a decision",
        openapi_extra=_WITHDRAWAL,
        responses=answers(EntryAnswer, status=201),
    )(withdraw)


async def review(
    request: Request, sequence: Number, *, site: Site = None, key: RequestKey = None
) -> Response:
    """For investigators, and only for criteria that `judgement` of the entry names. The computed answer and the
    decision stay as they are, and are shown with the review beside them; no review makes a patient eligible.
    """
    body = read_body(await body_of(request), Review)
    caller = caller_of(request, key)
    return await _written(request, review_draft(body, caller, sequence))


async def withdraw(
    request: Request, sequence: Number, *, site: Site = None, key: RequestKey = None
) -> Response:
    """The decision stays in the log and no longer stands; nothing takes its place."""
    body = read_body(await body_of(request), Withdrawal)
    return await _written(request, withdrawal_draft(body, caller_of(request, key), sequence))


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
    order = corrected_order(body, old)
    refine = correcting(body, caller, sequence)
    answer = await desk.decide(lambda: order, caller, refine=refine)
    return Response(answer, 201, media_type="application/json")


async def _written(request: Request, draft: ReviewDraft | WithdrawalDraft) -> Response:
    desk: Desk = request.app.state.desk
    appended = await desk.append(draft)
    return JSONResponse(entry_document(appended.entry), 201)
