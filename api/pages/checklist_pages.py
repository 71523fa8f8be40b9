"""The checklist as a page and as PDF: of a form or profile as a preview, of an entry of the log as its record."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated, Any, Literal, cast

from fastapi import FastAPI, Query, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from api.answers.log import ReplayAnswer
from api.answers.problems import FaultAnswer
from api.decisions import Desk, Order, profile_bytes
from api.log.entry import Entry, sha256
from api.log.errors import EntryRefused
from api.pages.checklist import (
    Checklist,
    checklist_of,
    checklist_of_document,
    position_of,
    reviews_of,
    with_reviews,
)
from api.pages.checklist_lines import foot_lines, head_lines
from api.pages.checklist_pdf import PAPERS, Paper, checklist_pdf
from api.pages.example_patients import AS_OF, EXAMPLES, PLANNED_START, example_patient
from api.pages.forms import form_of, text_of
from api.pages.language import Language, language_of, written_local_time
from api.pages.patient_form import FormFaults, read_form, screened
from api.pages.site import render, site_of
from api.parameters import Number, OptionalName, caller_of
from api.problems import Problem, problem_of
from api.replay import replayed
from api.screeners import screener_of, trial_ids
from api.settings import zone_of
from eligibility.dates import anchors
from eligibility.errors import EligibilityError
from eligibility.explanation import Explanation, explain
from eligibility.patient.record import parse_json, read_record
from eligibility.protocol.library import DEFAULT_TRIAL
from eligibility.protocol.model import Trial

Form = Annotated[Literal["page", "pdf"], Query()]
PaperName = Annotated[Paper, Query()]
_PASTED = "patient"
"""The field of a pasted profile; the patient page's form has none of this name."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a form asks for, as text, so that it can be asked for again: on other paper, as PDF."""

    trial: str = DEFAULT_TRIAL
    site_profile: str = ""
    as_of: str = ""
    planned_start: str = ""
    patient: str = ""


def add_checklist(service: FastAPI) -> None:
    """Add the routes."""
    service.get("/checklist", include_in_schema=False)(ask)
    service.post("/checklist", include_in_schema=False)(preview)
    path = "/log-book/{sequence}/checklist"
    service.get(path, include_in_schema=False)(recorded)
    service.post(path, include_in_schema=False)(recorded_of_profile)


async def ask(request: Request, *, example: OptionalName = None) -> Response:
    """Where a checklist comes from; an invented patient fills the form."""
    wanted = Wanted()
    if example in EXAMPLES:
        document = json.dumps(example_patient(example), ensure_ascii=False, indent=1)
        wanted = Wanted(
            site_profile=screener_of(DEFAULT_TRIAL).trial.profiles[0],
            as_of=AS_OF,
            planned_start=PLANNED_START,
            patient=document,
        )
    return _ask_page(request, wanted)


async def preview(request: Request) -> Response:
    """The checklist of what was sent, which the log does not hold."""
    desk: Desk = request.app.state.desk
    form, language = await form_of(request), language_of(request)
    wanted = _wanted(form)
    try:
        if _PASTED in form:
            order, explanation = await desk.compute(partial(_screened, wanted, language))
        else:
            filled = read_form(form.multi_items(), today=desk.today().isoformat())
            order, explanation = await desk.compute(partial(screened, filled, language))
            wanted = _wanted_of(order)
    except FormFaults as error:
        faults: list[FaultAnswer] = [
            {"path": each.field, "code": each.code, "message": each.message, "hint": each.hint}
            for each in error.faults
        ]
        problem = Problem(422, error.code, error.message, faults=faults)
        return _ask_page(request, wanted, problem)
    except EligibilityError as error:
        return _ask_page(request, wanted, problem_of(error))
    checklist = checklist_of(explanation, sha256(profile_bytes(order.profile_document)))
    return await _shown(request, checklist, form=form, wanted=wanted)


async def recorded(
    request: Request, sequence: Number, *, form: Form = "page", paper: PaperName = "a4"
) -> Response:
    """The checklist of a logged decision, as far as the log has kept what it needs."""
    entry, about = await _entry(request, sequence)
    stored = await _kept(request, sequence, "profile")
    checklist, outcome = None, None
    if stored is not None:
        checklist, outcome = await _of_profile(request, entry, about, stored, is_posted=False)
    if checklist is None:
        checklist = await _of_explanation(request, entry, about)
    if checklist is None:
        return _ask_again(request, entry, outcome)
    fields = {"form": "pdf"} if form == "pdf" else {}
    return await _shown(request, checklist, form={**fields, "paper": paper}, entry=entry)


async def recorded_of_profile(request: Request, sequence: Number) -> Response:
    """The checklist of a logged decision, made of the profile that was screened, given once more."""
    form = await form_of(request)
    entry, about = await _entry(request, sequence)
    text = text_of(form, _PASTED)
    try:
        checklist, outcome = await _of_profile(request, entry, about, text, is_posted=True)
    except EligibilityError as error:
        return _ask_again(request, entry, None, problem_of(error), text)
    if checklist is None:
        return _ask_again(request, entry, outcome, None, text)
    return await _shown(request, checklist, form=form, wanted=Wanted(patient=text), entry=entry)


async def _entry(request: Request, sequence: int) -> tuple[Entry, tuple[Entry, ...]]:
    desk: Desk = request.app.state.desk
    sites = caller_of(request).sites

    def read() -> tuple[Entry, tuple[Entry, ...]]:
        reader = desk.log.reader
        return reader.entry(sequence, sites=sites), reader.about(sequence, sites=sites)

    entry, about = await desk.read(read)
    if entry.decision is None:
        raise EntryRefused(
            "this entry holds no decision of one patient, so it has no checklist",
            code="not_a_decision",
            hint="open the number of a decision or of a correction",
        )
    return entry, about


async def _kept(request: Request, sequence: int, part: str) -> bytes | None:
    desk: Desk = request.app.state.desk
    sites = caller_of(request).sites
    return await desk.read(lambda: desk.log.reader.document(sequence, part, sites=sites))


async def _of_profile(
    request: Request,
    entry: Entry,
    about: tuple[Entry, ...],
    profile: bytes | str,
    *,
    is_posted: bool,
) -> tuple[Checklist | None, ReplayAnswer]:
    """The checklist, if the profile gives the logged explanation again, byte for byte; and what replay found."""
    desk: Desk = request.app.state.desk
    language = language_of(request)

    def make() -> tuple[Checklist | None, ReplayAnswer]:
        document = parse_json(profile)
        replay = replayed(entry, document, is_posted=is_posted)
        if replay.answer["outcome"] != "confirmed" or replay.screening is None:
            return None, replay.answer
        explanation = explain(replay.screening, language)
        position = position_of(entry, about)
        made = checklist_of(explanation, entry.input_hash or "", position=position)
        return with_reviews(made, reviews_of(about)), replay.answer

    return await desk.compute(make)


async def _of_explanation(
    request: Request, entry: Entry, about: tuple[Entry, ...]
) -> Checklist | None:
    """The checklist of the explanation that the log has kept, if it has."""
    content = await _kept(request, entry.sequence, "explanation")
    if content is None:
        return None
    made = checklist_of_document(
        json.loads(content),
        entry.input_hash or "",
        position_of(entry, about),
        _same_trial(entry),
        language_of(request),
    )
    return with_reviews(made, reviews_of(about))


def _same_trial(entry: Entry) -> Trial | None:
    """The trial as it is now, if its rules are those of the entry."""
    try:
        trial = screener_of(entry.trial or "", entry.profile).trial
    except EligibilityError:
        return None
    return trial if trial.rules_hash == entry.rules_hash else None


async def _shown(
    request: Request,
    checklist: Checklist,
    *,
    form: Any,
    wanted: Wanted | None = None,
    entry: Entry | None = None,
) -> Response:
    """The checklist as page, or as PDF if that was asked for; names of files say nothing about the patient."""
    language = language_of(request)
    zone = zone_of(site_of(request).settings.time_zone)
    checklist = replace(checklist, site=entry.site if entry else _site(request), zone=zone)
    given = form.get("paper")
    paper = cast("Paper", given) if given in PAPERS else "a4"
    if form.get("form") == "pdf":
        desk: Desk = request.app.state.desk
        content = await desk.study(partial(checklist_pdf, checklist, language, paper=paper))
        name = f"checklist-entry-{entry.sequence}" if entry else "checklist-preview"
        disposition = f'attachment; filename="{name}.pdf"'
        return Response(
            content, media_type="application/pdf", headers={"content-disposition": disposition}
        )
    return render(
        request,
        "checklist/checklist.html",
        checklist=checklist,
        head=head_lines(checklist, language),
        foot=foot_lines(checklist, language),
        moment=partial(written_local_time, language=language, zone=zone),
        wanted=wanted,
        entry=entry,
        paper=paper,
    )


def _site(request: Request) -> str | None:
    """The site that is chosen; at this machine alone there is none that has a name."""
    site: str | None = getattr(request.state, "site", None)
    return None if site_of(request).authenticator.is_open else site


def _ask_page(request: Request, wanted: Wanted, problem: Problem | None = None) -> Response:
    trials = [screener_of(name).trial for name in trial_ids()]
    return render(
        request,
        "checklist/ask.html",
        status=problem.status if problem else 200,
        wanted=wanted,
        problem=problem,
        trials=trials,
        profiles=sorted({name for trial in trials for name in trial.profiles}),
        examples=EXAMPLES,
    )


def _ask_again(
    request: Request,
    entry: Entry,
    outcome: ReplayAnswer | None,
    problem: Problem | None = None,
    text: str = "",
) -> Response:
    return render(
        request,
        "checklist/ask_again.html",
        status=problem.status if problem else 422 if text else 200,
        entry=entry,
        reasons=outcome["reasons"] if outcome else [],
        problem=problem,
        text=text,
    )


def _screened(wanted: Wanted, language: Language) -> tuple[Order, Explanation]:
    document = parse_json(wanted.patient)
    order = Order(
        document,
        wanted.trial,
        wanted.site_profile or None,
        wanted.as_of,
        wanted.planned_start or None,
    )
    screener = screener_of(order.trial, order.profile)
    dates = anchors(wanted.as_of, order.planned_start)
    return order, explain(screener.screen(read_record(document), dates), language)


def _wanted(form: FormData) -> Wanted:
    return Wanted(
        trial=text_of(form, "trial") or DEFAULT_TRIAL,
        site_profile=text_of(form, "site_profile"),
        as_of=text_of(form, "as_of"),
        planned_start=text_of(form, "planned_start"),
        patient=text_of(form, _PASTED),
    )


def _wanted_of(order: Order) -> Wanted:
    return Wanted(
        trial=order.trial,
        site_profile=order.profile or "",
        as_of=order.as_of or "",
        planned_start=order.planned_start or "",
        patient=json.dumps(order.profile_document, ensure_ascii=False),
    )
