"""The first page: what this is, what it is not, and three patients to begin with."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import Response

from api.pages.example_patients import AS_OF, EXAMPLES, PLANNED_START
from api.pages.site import render
from api.screeners import screener_of
from eligibility.protocol.library import DEFAULT_TRIAL

TOPICS = (
    ("/patient", "patient"),
    ("/checklist", "checklist"),
    ("/tables", "tables"),
    ("/log-book", "log"),
    ("/criteria", "criteria"),
)


def add_start(service: FastAPI) -> None:
    """Add the route."""
    service.get("/", include_in_schema=False)(start)


async def start(request: Request) -> Response:
    """The first page."""
    trial = screener_of(DEFAULT_TRIAL).trial
    return render(
        request,
        "start/start.html",
        examples=EXAMPLES,
        as_of=AS_OF,
        planned_start=PLANNED_START,
        topics=TOPICS,
        trial_id=DEFAULT_TRIAL,
        criteria_count=len(trial.criteria),
    )
