"""When and where a value was found: every value of the form can say it, and nothing that a profile says is left out."""

from __future__ import annotations

import json
import re

import pytest

from api.pages.example_patients import AS_OF, EXAMPLES, example_patient
from api.pages.patient_fields import (
    DECLARED,
    LABS,
    LISTS,
    PARTS,
    TOPICS,
    fields,
    fields_of,
    place_of,
)
from api.pages.patient_form import form_of_profile, profile_of, read_form
from eligibility.intake.fields import ANY_NUMBER
from eligibility.patient.record import read_record
from tests.pages.visitor import Visitor

NAMES = re.compile(r'<(?:input|select|textarea)[^>]* name="([^"]+)"')
ONE_OF_EACH = {
    f"{fields_of(path)[0].generic.replace(ANY_NUMBER, '1')}": "" for path in LISTS if path != LABS
}


def names_of(text: str) -> set[str]:
    return set(NAMES.findall(text))


def test_every_value_can_say_when_and_where_it_was_found(visitor: Visitor) -> None:
    there = names_of(visitor.send("/patient", {"as_of": AS_OF, **ONE_OF_EACH}).text)
    single = [name for topic in TOPICS for name in topic.fields]
    of_items = [
        (field.generic.replace(ANY_NUMBER, "1"), path)
        for path in LISTS if path != LABS for field in fields_of(path) if field.has_reasons
    ]  # fmt: skip

    assert len(single) == 25
    assert len(of_items) > 40
    for name in single:
        assert f"{name}.source" in there, name
        assert f"{name}.date" in there or fields()[name].is_date, name
    for name, path in of_items:
        assert {f"{name}.source", f"{path}.1.source"} & there, name
        is_date = fields()[name.replace(f"{path}.1", f"{path}.{ANY_NUMBER}")].is_date
        assert f"{name}.date" in there or is_date, name
    for path in LISTS:
        assert path in ("specimens", LABS) or f"{path}.source" in there, path


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_said_of_a_value_is_in_the_record_and_then_stands_beside_it(
    visitor: Visitor, language: str
) -> None:
    said = {"sex": "female", "sex.source": "clinic letter", "cns.symptomatic": "no",
            "cns.symptomatic.date": "2026年11月2日", "specimens.1.her2_ihc": "1+",
            "specimens.1.her2_ihc.source": "pathology 7", "treatments.complete": "yes",
            "treatments.source": "discharge letter"}  # fmt: skip

    record = read_record(profile_of(read_form({**said, "as_of": AS_OF}.items(), today=AS_OF)))
    page = visitor.send("/patient", {**said, "as_of": AS_OF}, **{"accept-language": language}).text

    assert record.sex.source == "clinic letter"
    assert str(record.cns.symptomatic.date) == "2026-11-02"
    assert record.specimens[0].her2_ihc.source == "pathology 7"
    assert record.treatments.source == "discharge letter"
    folded = "".join(re.findall(r'<details class="found">.*?</details>', page, re.DOTALL))
    for name, text in said.items():
        if name.endswith((".date", ".source")):
            assert f'name="{name}" value="{text}"' in page, name
            assert f'name="{name}"' not in folded, name
    assert 'name="sex.date"' in folded


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_profile_that_says_it_of_every_value_is_shown_whole(visitor: Visitor, name: str) -> None:
    texts = form_of_profile(example_patient(name)).texts
    more = {f"{each}.{part}": AS_OF for each in texts for part in PARTS}
    more |= {f"{path}.source": AS_OF for path in DECLARED}
    said = {**texts, **{each: text for each, text in more.items() if place_of(each) is not None}}
    document = profile_of(read_form(said.items(), today=AS_OF))

    page = visitor.send("/patient", {"act": "fill", "profile_json": json.dumps(document)}).text

    assert len(said) > len(texts) + 20
    assert 'name="kept" value=""' in page
    assert set(said) <= names_of(page)


def test_the_document_of_a_whole_list_is_not_lost(visitor: Visitor) -> None:
    document = example_patient("likely_eligible")
    document["treatments"]["source"] = "discharge letter"

    page = visitor.send("/patient", {"act": "fill", "profile_json": json.dumps(document)}).text

    assert 'name="treatments.source" value="discharge letter"' in page
