"""The patient page: the form, the answer beside it while one types, and the record in the log."""

from __future__ import annotations

import json
import secrets
from dataclasses import replace
from functools import partial

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response

from api.decisions import Desk
from api.pages.answer_view import Answer, answer_of, faulty_answer
from api.pages.example_patients import AS_OF as EXAMPLE_AS_OF
from api.pages.example_patients import EXAMPLES, example_patient
from api.pages.example_patients import PLANNED_START as EXAMPLE_START
from api.pages.forms import form_of, profile_brought
from api.pages.language import Language, language_of
from api.pages.patient_edits import edited
from api.pages.patient_form import (
    FieldFault,
    FormFaults,
    PatientForm,
    form_of_profile,
    read_form,
    told_by_field,
)
from api.pages.patient_view import FormView, lab_units
from api.pages.site import render
from api.pages.trial_choices import profile_choices, trial_choices
from api.parameters import OptionalName, caller_of
from eligibility.errors import Fault, RecordError
from eligibility.explanation import explain
from eligibility.intake.columns import AS_OF, PLANNED_START
from eligibility.patient.record import parse_json

_MEDIA_TYPE = "application/json"


def add_patient(service: FastAPI) -> None:
    """Add the routes."""
    service.get("/patient", include_in_schema=False)(show)
    service.post("/patient", include_in_schema=False)(change)
    service.post("/patient/answer", include_in_schema=False)(answer)
    service.post("/patient/profile", include_in_schema=False)(download)
    service.post("/patient/record", include_in_schema=False)(record)


def _today(request: Request) -> str:
    desk: Desk = request.app.state.desk
    return desk.today().isoformat()


async def show(request: Request, example: OptionalName = None) -> Response:
    """The form: empty, or filled with one of the invented patients."""
    form = PatientForm(texts={AS_OF: _today(request), PLANNED_START: ""})
    if example in EXAMPLES:
        form = form_of_profile(
            example_patient(example), as_of=EXAMPLE_AS_OF, planned_start=EXAMPLE_START
        )
    return await _page(request, form)


async def change(request: Request) -> Response:
    """The whole page for a form as it was sent: screened, or with what a button asked for."""
    form = read_form((await form_of(request)).multi_items(), today=_today(request))
    if form.act == "clear":
        return RedirectResponse("/patient", 303)
    if form.act == "fill":
        return await _fill(request, form)
    return await _page(request, edited(form))


async def answer(request: Request) -> Response:
    """The answer to what stands in the form just now; nothing is logged."""
    form = read_form((await form_of(request)).multi_items(), today=_today(request))
    found = await _answered(request, form)
    return render(request, "patient/answer.html", answer=found)


async def download(request: Request) -> Response:
    """The form as a profile, to keep; its name says nothing about the patient."""
    form = read_form((await form_of(request)).multi_items(), today=_today(request))
    try:
        order = form.order()
    except FormFaults as error:
        return await _page(request, form, error.faults)
    text = json.dumps(order.profile_document, ensure_ascii=False, indent=2)
    headers = {"content-disposition": 'attachment; filename="profile.json"'}
    return Response(text, media_type=_MEDIA_TYPE, headers=headers)


async def record(request: Request) -> Response:
    """Log the decision, and show where it stands in the log."""
    desk: Desk = request.app.state.desk
    form = read_form((await form_of(request)).multi_items(), today=_today(request))
    try:
        with told_by_field(form):
            key = form.idempotency_key() if form.key else None
            decided = await desk.decide_once(form.order, caller_of(request, key))
    except FormFaults as error:
        return await _page(request, form, error.faults)
    explanation, language = decided.prepared.explanation, language_of(request)
    if language != explanation.language:
        explanation = await desk.compute(
            lambda: explain(explanation.screening, language, calendar=False)
        )
    logged = json.loads(decided.document)
    return render(
        request,
        "patient/receipt.html",
        entry=logged["entry"],
        is_new=decided.is_new,
        decision=logged["decision"],
        headline=explanation.headline,
        profile_json=decided.prepared.profile.decode(),
    )


async def _fill(request: Request, form: PatientForm) -> Response:
    """The form filled from a profile that was pasted; on a fault everything stays as it was."""
    desk: Desk = request.app.state.desk
    brought = await profile_brought(await form_of(request), "profile_json")
    try:
        filled = await desk.compute(partial(_filled, form, brought.content))
    except RecordError as error:
        faults = [
            FieldFault("profile_json", each.code, _located(each), each.hint)
            for each in error.faults
        ]
        return await _page(request, replace(form, pasted=brought.text), tuple(faults))
    return await _page(request, filled)


def _located(fault: Fault) -> str:
    return f"{fault.path}: {fault.message}" if fault.path else fault.message


def _filled(form: PatientForm, profile: str | bytes) -> PatientForm:
    filled = form_of_profile(
        parse_json(profile),
        trial=form.trial,
        site_profile=form.site_profile,
        as_of=form.text(AS_OF),
        planned_start=form.text(PLANNED_START),
        today=form.today,
    )
    return replace(filled, key=form.key)


async def _page(
    request: Request, form: PatientForm, faults: tuple[FieldFault, ...] = ()
) -> Response:
    """The page with the form and its answer; with faults of its own there is no answer."""
    language = language_of(request)
    found = faulty_answer(form, faults, language) if faults else await _answered(request, form)
    return render(
        request,
        "patient/patient.html",
        view=FormView(form, language, ((each.field, each.words) for each in found.faults)),
        form=form,
        kept=json.dumps(form.kept, ensure_ascii=False) if form.kept else "",
        # One form has one key however often its page is made, so that it is recorded once.
        request_key=form.key or secrets.token_hex(16),
        trials=trial_choices(),
        profiles=profile_choices(form.trial, language),
        units=lab_units(),
        answer=found,
    )


async def _answered(request: Request, form: PatientForm) -> Answer:
    desk: Desk = request.app.state.desk
    language: Language = language_of(request)
    try:
        return await desk.compute(partial(answer_of, form, language))
    except FormFaults as error:
        return faulty_answer(form, error.faults, language)
