"""What the buttons inside the form do to it: one more item of a list, one less, a kept part taken away."""

from __future__ import annotations

from dataclasses import replace

from api.pages.patient_fields import LABS, LISTS, fields_of, place_of
from api.pages.patient_form import PatientForm
from eligibility.intake.fields import ANY_NUMBER


def edited(form: PatientForm) -> PatientForm:
    """The form after its button; as it was where the button is none of ours."""
    act, _, target = form.act.partition(":")
    if act == "add" and target in LISTS and target != LABS:
        return _with_one_more(form, target)
    if act == "remove":
        texts = {name: text for name, text in form.texts.items() if not _is_of(name, target)}
        return replace(form, texts=texts)
    if act == "discard":
        return replace(form, kept={k: part for k, part in form.kept.items() if k != target})
    return form


def _with_one_more(form: PatientForm, path: str) -> PatientForm:
    places = (place_of(name) for name in form.texts)
    numbers = [int(p.item) for p in places if p is not None and p.list_path == path]
    first = fields_of(path)[0].generic.replace(
        f".{ANY_NUMBER}.", f".{max(numbers, default=0) + 1}."
    )
    if place_of(first) is None:  # the list is as long as it may be
        return form
    return replace(form, texts={**form.texts, first: ""})


def _is_of(name: str, item: str) -> bool:
    place = place_of(name)
    return place is not None and bool(place.item) and f"{place.list_path}.{place.item}" == item
