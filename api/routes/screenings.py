"""Screening: a profile is posted, the decision is durable in the screening log, the explanation is the answer."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Annotated

from fastapi import FastAPI, Query, Request
from fastapi.responses import Response

from api.answers.decisions import LoggedAnswer, LoggedAnswers
from api.bodies import body_of
from api.decisions import Desk, Order
from api.description import PATIENT, answers, json_body
from api.guard import Refusal
from api.parameters import Day, ProfileName, RequestKey, Site, TrialName, caller_of
from api.problems import Problem
from api.screeners import screener_of, trial_ids
from eligibility.intake.template import example_profile
from eligibility.patient.record import parse_json
from eligibility.protocol.library import DEFAULT_TRIAL

_BODY = json_body(PATIENT, example_profile())
_MEDIA_TYPE = "application/json"


def add_screenings(service: FastAPI) -> None:
    """Add the routes."""
    service.post(
        "/v1/screenings",
        summary="Screen one patient",
        openapi_extra=_BODY,
        responses=answers(LoggedAnswer),
    )(screen)
    service.post(
        "/v1/screenings/all-trials",
        summary="Screen one patient against every trial of the library",
        openapi_extra=_BODY,
        responses=answers(LoggedAnswers),
    )(screen_all)


async def screen(
    request: Request,
    *,
    trial: TrialName = DEFAULT_TRIAL,
    profile: ProfileName = None,
    as_of: Day = None,
    planned_start: Day = None,
    site: Site = None,
    key: RequestKey = None,
) -> Response:
    """Every criterion with verdict, reason and evidence; blockers, questions, dates. Answered once the decision is
    durable in the screening log: `entry` says where. Without `as_of` the record is judged as of today, by the clock of
    the service.
    """
    desk: Desk = request.app.state.desk
    content = await body_of(request)
    answer = await desk.decide(
        partial(_order, content, trial, profile, as_of, planned_start), caller_of(request, key)
    )
    return Response(answer, media_type=_MEDIA_TYPE)


async def screen_all(
    request: Request,
    *,
    profiles: Annotated[
        str | None,
        Query(
            max_length=2000, description="Site profiles: `NCT06731140:name`, with commas between."
        ),
    ] = None,
    as_of: Day = None,
    planned_start: Day = None,
    site: Site = None,
    key: RequestKey = None,
) -> Response:
    """One result per trial, each like that of a single screening, each with an entry of its own. A trial for which
    no site profile is named is screened without one. If a decision cannot be logged, none is answered; sent again
    with the same key, the request brings those that were logged already, and logs the others.
    """
    desk: Desk = request.app.state.desk
    caller = caller_of(request, key)
    content = await body_of(request)
    chosen = await desk.compute(partial(_chosen, profiles))
    results = []
    for trial in trial_ids():
        own = replace(caller, key=f"{trial} {key}") if key else caller
        order = partial(_order, content, trial, chosen.get(trial), as_of, planned_start)
        results.append(await desk.decide(order, own))
    return Response(b'{"results":[%s]}' % b",".join(results), media_type=_MEDIA_TYPE)


def _order(
    content: bytes, trial: str, profile: str | None, as_of: str | None, start: str | None
) -> Order:
    return Order(parse_json(content), trial, profile, as_of, start)


def _chosen(profiles: str | None) -> dict[str, str]:
    """Site profiles by trial; every one must exist before anything is screened."""
    found: dict[str, str] = {}
    for each in profiles.split(",") if profiles else ():
        trial, colon, name = each.partition(":")
        trial = trial.upper()
        if not colon or trial in found:
            message = "a site profile is named with its trial, and once for each trial"
            hint = "write profiles=NCT06731140:name"
            raise Refusal(Problem(422, "profile_of_no_trial", message, hint))
        screener_of(trial, name)
        found[trial] = name
    return found
