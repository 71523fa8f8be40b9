"""What if: the same patient with other facts or on other dates. It is no decision, and nothing of it is logged."""

from __future__ import annotations

from functools import partial
from typing import Any, Literal

from fastapi import FastAPI, Request
from fastapi.responses import Response
from pydantic import Field

from api.answers.what_if import AnswerInShort, WhatIfAnswer
from api.bodies import Body, body_of, read_body
from api.comparison import changes, in_short
from api.decisions import Desk
from api.description import PATIENT, answers, json_body
from api.edits import EditError, edited
from api.log.drafts import document_bytes
from api.parameters import LONGEST_DAY, Day, ProfileName, TrialName
from api.screeners import screener_of
from eligibility.dates import anchors
from eligibility.explanation import explain
from eligibility.intake.template import example_profile
from eligibility.patient.record import read_record
from eligibility.protocol.library import DEFAULT_TRIAL
from eligibility.reports.document import to_document
from eligibility.screening.screen import Screener
from eligibility.version import ENGINE_VERSION

_MOST_EDITS = 200
_NOTE = "a what-if is no decision: it is not in the screening log, and nobody may be enrolled on it"


class WhatIf(Body):
    """A profile, and what is to be otherwise."""

    patient: dict[str, Any]
    set: dict[str, Any] = Field(default_factory=dict, max_length=_MOST_EDITS)
    """Values by path: `ecog`, `labs.0.value`; an item after the last one is added."""
    remove: list[str] = Field(default_factory=list, max_length=_MOST_EDITS)
    """Paths to take away, one after the other, after `set`."""
    as_of: str | None = Field(
        None, min_length=1, max_length=LONGEST_DAY, description="Another day of judgement."
    )
    planned_start: str | None = Field(
        None, min_length=1, max_length=LONGEST_DAY, description="Another planned start."
    )
    without: list[Literal["planned_start"]] = Field(
        default_factory=list, max_length=1, description="`planned_start`, for no planned start."
    )


def _schema() -> dict[str, Any]:
    schema = WhatIf.model_json_schema()
    schema["properties"]["patient"] = PATIENT
    return schema


EXAMPLE = {
    "patient": example_profile(),
    "set": {"ecog": {"value": 3, "date": "2026-11-20"}},
    "remove": ["allergies"],
    "planned_start": "2026-12-15",
}


def add_what_if(service: FastAPI) -> None:
    """Add the route."""
    service.post(
        "/v1/what-if",
        summary="The same patient with other facts or dates",
        openapi_extra=json_body(_schema(), EXAMPLE),
        responses=answers(WhatIfAnswer),
    )(what_if)


async def what_if(
    request: Request,
    *,
    trial: TrialName = DEFAULT_TRIAL,
    profile: ProfileName = None,
    as_of: Day = None,
    planned_start: Day = None,
) -> Response:
    """Decision, verdicts, questions and dates before and after, and exactly what differs. The parameters hold before
    and after; dates in the body hold after only. No decision, and never logged.
    """
    desk: Desk = request.app.state.desk
    content = await body_of(request)
    answer = await desk.compute(
        partial(
            compared,
            content,
            trial,
            profile,
            as_of=as_of or desk.today().isoformat(),
            planned_start=planned_start,
        )
    )
    return Response(answer, media_type="application/json")


def compared(
    content: bytes, trial: str, profile: str | None, *, as_of: str, planned_start: str | None
) -> bytes:
    """The answer as JSON; the example of the description is made by it too."""
    screener = screener_of(trial, profile)
    body = read_body(content, WhatIf)
    if not (body.set or body.remove or body.as_of or body.planned_start or body.without):
        raise EditError(
            "nothing is to be otherwise",
            code="no_edit",
            hint="give set, remove, as_of, planned_start or without",
        )
    start = None if body.without else body.planned_start or planned_start
    before = _in_short(screener, body.patient, as_of, planned_start)
    changed = edited(body.patient, body.set, body.remove)
    after = _in_short(screener, changed, body.as_of or as_of, start)
    answer: WhatIfAnswer = {
        "is_decision": False,
        "note": _NOTE,
        "trial": screener.trial.id,
        "profile": profile,
        "rules_hash": screener.trial.rules_hash,
        "engine_version": ENGINE_VERSION,
        "edited": {"set": sorted(body.set), "removed": body.remove},
        "before": before,
        "after": after,
        "changed": changes(before, after),
    }
    return document_bytes(answer)


def _in_short(
    screener: Screener, patient: dict[str, Any], as_of: str, start: str | None
) -> AnswerInShort:
    screening = screener.screen(read_record(patient), anchors(as_of, start))
    return in_short(to_document(explain(screening)))
