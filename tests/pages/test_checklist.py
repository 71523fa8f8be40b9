"""The checklist of a preview, as a page and as the PDF of the same: every word, every direction, whatever was typed."""

from __future__ import annotations

import pytest

from api.pages.example_patients import EXAMPLES
from eligibility.protocol.library import DEFAULT_TRIAL
from tests.pages.checklists import BODY, DATES, PROFILE, TRIAL, asked, squeezed, text_of
from tests.pages.visitor import Visitor

HOSTILE = "<script>alert(1)</script> {{7*7}} <b>\"'& ✂ evil 张三 =1+1"


@pytest.mark.parametrize("example", EXAMPLES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_page_and_pdf_hold_every_criterion_word_for_word(
    visitor: Visitor, example: str, language: str
) -> None:
    languages = {"accept-language": language}
    page = visitor.send("/checklist", asked(example), **languages)
    pdf = visitor.send("/checklist", {**asked(example), "form": "pdf"}, **languages)

    assert (page.status_code, pdf.status_code) == (200, 200)
    printed = squeezed(text_of(pdf.content))
    for criterion in TRIAL.criteria:
        escaped = criterion.text.replace("<", "&lt;").replace(">", "&gt;").replace('"', "&#34;")
        assert f'<p class="verbatim" lang="en">{escaped}</p>' in page.text
        assert squeezed(criterion.text) in printed
    assert page.text.count(BODY) == len(TRIAL.criteria)
    assert TRIAL.rules_hash in page.text
    assert TRIAL.rules_hash in printed


def test_the_direction_is_plain_for_exclusions(visitor: Visitor) -> None:
    text = visitor.send("/checklist", asked()).text
    rows = text.split(BODY)[1:]
    washout = next(row for row in rows if ">EXCL05<" in row)

    assert "Exclusion: must be NO" in washout
    assert "<strong>YES</strong><br>FAILS" in washout
    assert sum("Inclusion: must be YES" in row for row in rows) == 8
    assert sum("Exclusion: must be NO" in row for row in rows) == 9


def test_what_is_open_is_neither_yes_nor_no(visitor: Visitor) -> None:
    text = visitor.send("/checklist", asked("thin_chart")).text

    assert "<strong>OPEN</strong><br>not decided" in text
    assert "nothing recorded" in text


def test_hostile_text_is_text_on_the_page_and_in_the_pdf(visitor: Visitor) -> None:
    treated = {"complete": True, "items": [
        {"agents": [HOSTILE.replace(";", ",")[:60]], "last_dose": "2026-11-10",
         "source": "<img src=x onerror=alert(1)> \u4e00\U0001f600"}]}  # fmt: skip
    fields = asked(treatments=treated)
    page = visitor.send("/checklist", fields)
    pdf = visitor.send("/checklist", {**fields, "form": "pdf"})

    assert page.status_code == 200, page.text
    assert "<script>alert" not in page.text
    assert "<img" not in page.text
    assert "&lt;img src=x" in page.text
    printed = squeezed(text_of(pdf.content))
    assert "<imgsrc=xonerror=alert(1)>一[U+1F600]" in printed
    assert "<script>alert(1)</script>" in printed


@pytest.mark.parametrize(
    ("wrong", "status"),
    [({"patient": "{"}, 400), ({"patient": ""}, 400), ({"as_of": "soon"}, 422),
     ({"site_profile": "x"}, 404), ({"trial": "x"}, 404), ({"patient": '{"sex": 7}'}, 422)],
)  # fmt: skip
def test_what_cannot_be_read_is_said_and_nothing_typed_is_lost(
    visitor: Visitor, wrong: dict[str, str], status: int
) -> None:
    answer = visitor.send("/checklist", {**asked(), **wrong})

    assert answer.status_code == status
    assert 'id="faults"' in answer.text
    assert f'value="{wrong.get("as_of", DATES["as_of"])}"' in answer.text


def test_the_form_of_the_patient_page_makes_one_too(visitor: Visitor) -> None:
    fields = {"trial": DEFAULT_TRIAL, "site_profile": PROFILE, "screening_id": "S-7", "ecog": "1",
              **DATES}  # fmt: skip
    page = visitor.send("/checklist", fields)
    wrong = visitor.send("/checklist", {**fields, "ecog": "seven"})

    assert page.status_code == 200, page.text
    assert "S-7" in page.text
    assert "ECOG performance status: 1" in page.text
    assert wrong.status_code == 422
    assert 'id="faults"' in wrong.text
