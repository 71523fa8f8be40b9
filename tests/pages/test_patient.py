"""The patient page as it is served: the form, the answer, what buttons do, and what is recorded."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from fastapi import FastAPI

from api.pages.example_patients import AS_OF, EXAMPLES, PLANNED_START, example_patient
from api.pages.patient_fields import place_of
from api.pages.patient_form import CONTROLS, form_of_profile
from api.words import Role
from eligibility.intake.fields import resolve
from tests.api.door import identities as who
from tests.pages.visitor import Visitor

HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}&lt;"
NAMES = re.compile(r'<(?:input|select|textarea)[^>]* name="([^"]+)"')
PAGE_ONLY = {"csrf", "language", "next"}
DATES = {"as_of": AS_OF, "planned_start": PLANNED_START}


def fields_of(name: str) -> dict[str, str]:
    """The form of an example, as the page sends it."""
    form = form_of_profile(example_patient(name), as_of=AS_OF, planned_start=PLANNED_START)
    return {"trial": form.trial, **form.texts}


def decision(text: str) -> str:
    found = re.search(r'id="answer-top" data-decision="(\w+)"', text)
    assert found, text[:2000]
    return found[1]


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_field_of_the_page_is_a_column(visitor: Visitor, name: str, language: str) -> None:
    text = visitor.open(f"/patient?example={name}", **{"accept-language": language}).text

    columns = [each for each in NAMES.findall(text) if each not in {*CONTROLS, *PAGE_ONLY}]
    assert len(columns) > 100
    assert len(columns) == len(set(columns))
    for column in columns:
        assert place_of(column) is not None, column
        if column not in DATES:
            resolve(column)
        assert f'for="f-{column}"' in text, column


@pytest.mark.parametrize(
    ("name", "expected"),
    [("likely_eligible", "undetermined"), ("wait_for_washout", "ineligible"),
     ("thin_chart", "undetermined")],
)  # fmt: skip
def test_an_example_is_answered_at_once(visitor: Visitor, name: str, expected: str) -> None:
    assert decision(visitor.open(f"/patient?example={name}").text) == expected


def test_the_answer_is_that_of_the_interface(visitor: Visitor) -> None:
    fields = {**fields_of("likely_eligible"), "site_profile": "atezolizumab_p1"}

    shown = visitor.send("/patient/answer", fields).text

    query = {"profile": "atezolizumab_p1", **DATES}
    plain = visitor.client.post(
        "/v1/screenings", params=query, json=example_patient("likely_eligible")
    ).json()
    assert decision(shown) == plain["decision"]
    verdicts = dict(
        re.findall(r'id="c-(\w+)" class="criterion">\s*<summary><span class="status (\w+)"', shown)
    )
    assert verdicts == {each["id"]: each["verdict"] for each in plain["criteria"]}


def test_a_preview_is_not_logged_and_a_recording_is_once(visitor: Visitor) -> None:
    page = visitor.open("/patient?example=wait_for_washout").text
    key = re.search(r'name="request_key" value="(\w+)"', page)
    assert key
    fields = {**fields_of("wait_for_washout"), "request_key": key[1]}
    before = len(visitor.client.get("/v1/log").json()["entries"])

    visitor.send("/patient/answer", fields)
    visitor.send("/patient", fields)
    assert len(visitor.client.get("/v1/log").json()["entries"]) == before
    first, again = visitor.send("/patient/record", fields), visitor.send("/patient/record", fields)
    changed = visitor.send("/patient/record", {**fields, "ecog": "1"})

    assert (first.status_code, changed.status_code) == (200, 200)
    hashes = [
        re.findall(r"<code>([0-9a-f]{64})</code>", each.text) for each in (first, again, changed)
    ]
    assert hashes[0] == hashes[1]
    number = re.findall(r"<dd>(\d+)</dd>", first.text)[0]
    assert "Already recorded" not in first.text
    assert f"already entry {number}" in again.text
    entries = visitor.client.get("/v1/log").json()["entries"]
    assert len(entries) == before + (1 if hashes[2] == hashes[0] else 2)
    assert hashes[0][0] in {each["entry_hash"] for each in entries}


def test_one_form_keeps_its_key_however_often_its_page_is_made(visitor: Visitor) -> None:
    def key_of(text: str) -> str:
        found = re.search(r'name="request_key" value="(\w+)"', text)
        assert found
        return found[1]

    first = key_of(visitor.open("/patient?example=wait_for_washout").text)
    fields = {**fields_of("wait_for_washout"), "request_key": first}

    assert key_of(visitor.send("/patient", fields).text) == first
    assert key_of(visitor.send("/patient", {**fields, "act": "add:treatments"}).text) == first
    profile = json.dumps(example_patient("thin_chart"))
    filled = visitor.send("/patient", {**fields, "act": "fill", "profile_json": profile})
    assert key_of(filled.text) == first
    assert key_of(visitor.open("/patient?example=wait_for_washout").text) != first


def test_the_counts_say_passed_whatever_the_kind_of_criterion(visitor: Visitor) -> None:
    fields = fields_of("wait_for_washout")

    def counts(language: str) -> list[str]:
        text = visitor.send("/patient/answer", fields, **{"accept-language": language}).text
        return re.findall(r'<div class="\w+"><dt>([^<]+)</dt>', text)

    assert counts("en") == ["passed", "not passed", "open"]
    assert counts("zh") == ["通过", "不通过", "未定"]


def test_every_topic_has_a_heading_and_a_link(visitor: Visitor) -> None:
    text = visitor.open("/patient").text

    targets = re.findall(r'<li><a href="#((?:topic-)?\w+)">', text.partition("<form id")[0])
    assert targets[0] == "answer"
    fieldsets = re.findall(r'<fieldset id="([\w-]+)">\s*<legend><h2>[^<]+</h2></legend>', text)
    assert targets[1:] == fieldsets
    assert len(fieldsets) == text.count("<legend>") > 10


def test_what_cannot_be_read_is_told_beside_its_field_and_nothing_is_lost(
    visitor: Visitor,
) -> None:
    fields = {**fields_of("likely_eligible"), "ecog": "about 1", "treatments.2.start": "last May",
              "planned_start": "2026-11-01", "labs.anc.value": "3,4"}  # fmt: skip

    for path in ("/patient", "/patient/record"):
        text = visitor.send(path, fields).text

        assert decision(text) == "unreadable"
        for name in ("ecog", "treatments.2.start", "labs.anc.value"):
            assert f'id="w-{name}"' in text, name
            assert f'href="#f-{name}"' in text, name
        for name, value in fields.items():
            written = html.escape(value, quote=True).replace("&#x27;", "&#39;")
            is_there = f'name="{name}" value="{written}"' in text
            assert is_there or f'<option value="{written}"' in text, name


def test_dates_that_do_not_fit_are_told_at_the_date(visitor: Visitor) -> None:
    fields = {**fields_of("likely_eligible"), "planned_start": "2026-11-01"}

    text = visitor.send("/patient", fields).text

    assert 'id="w-planned_start"' in text
    assert 'id="w-as_of"' in visitor.send("/patient", {**fields, "as_of": "soon"}).text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_hostile_text_in_every_field_is_text(visitor: Visitor, language: str) -> None:
    page = visitor.open("/patient?example=likely_eligible").text
    names = [each for each in NAMES.findall(page) if each not in PAGE_ONLY and each != "kept"]
    for chosen in (names, [n for n in names if n.endswith((".source", "agents", "substance"))]):
        fields = {**fields_of("likely_eligible"), **dict.fromkeys(chosen, HOSTILE[:190])}
        if chosen is not names:
            fields["profile_json"] = HOSTILE
        for path in ("/patient", "/patient/answer"):
            answer = visitor.send(path, fields, **{"accept-language": language})

            assert answer.status_code == 200
            assert "<script>alert" not in answer.text
            assert "<img src=x" not in answer.text
            assert "49&amp;lt;" not in answer.text
            is_shown = "&lt;script&gt;alert(1)" in answer.text
            assert is_shown is (path == "/patient" or chosen is not names)


@pytest.mark.parametrize(
    "name",
    ["x_note", "name", "treatments", "labs.1.value", "labs.anc.1.value", "ecog.absent", "ECOG",
     "treatments.0.kind", "treatments.999.kind", "specimens.1.er_percent.absent", "a" * 500, "",
     "labs.haemoglobin.test", "patient_name", "diagnosis"],
)  # fmt: skip
def test_a_field_that_is_not_on_the_form_is_refused(visitor: Visitor, name: str) -> None:
    for path in ("/patient", "/patient/answer", "/patient/record", "/patient/profile"):
        answer = visitor.send(path, {**DATES, name: "SECRET7"})

        assert answer.status_code == 422
        assert "SECRET7" not in answer.text


def test_a_field_that_comes_twice_or_a_part_that_is_not_ours_is_refused(visitor: Visitor) -> None:
    token = visitor.token()
    twice = visitor.client.post(
        "/patient/answer",
        content=f"csrf={token}&ecog=1&ecog=2",
        headers={"content-type": "application/x-www-form-urlencoded"},
    )

    assert twice.status_code == 422
    for kept in ("{", "[]", '{"history": {}}', '{"nothing": 1}', "1"):
        assert visitor.send("/patient/answer", {"kept": kept}).status_code == 422
    both = visitor.send("/patient/answer", {"kept": '{"cns": {}}', "cns.treated": "yes"})
    assert decision(both.text) == "unreadable"


def test_what_is_too_much_is_refused(visitor: Visitor) -> None:
    long = visitor.send("/patient/answer", {"profile_json": "x" * 1_100_000})
    many = {f"treatments.{n}.{name}": "" for n in range(1, 201)
            for name in ("kind", "start", "last_dose")}  # fmt: skip

    assert long.status_code == 413
    assert decision(visitor.send("/patient", many).text) == "undetermined"


def test_buttons_add_and_take_away_items(visitor: Visitor) -> None:
    fields = fields_of("likely_eligible")

    more = visitor.send("/patient", {**fields, "act": "add:treatments"}).text
    less = visitor.send("/patient", {**fields, "act": "remove:treatments.2"}).text
    none = visitor.send("/patient", {**fields, "act": "add:everything"}).text

    assert 'name="treatments.4.kind"' in more
    assert 'name="treatments.2.kind"' not in less
    assert 'name="treatments.3.kind"' in less
    assert 'name="treatments.4.kind"' not in none
    full = {f"specimens.{n}.site": "primary" for n in range(1, 21)}
    assert "specimens.21" not in visitor.send("/patient", {**full, "act": "add:specimens"}).text


def test_a_pasted_profile_fills_the_form_and_what_has_no_field_is_kept(visitor: Visitor) -> None:
    profile: dict[str, Any] = {
        **example_patient("likely_eligible"),
        "allergies": {"items": [{"substance": "unknown"}]},
    }
    fields = {**DATES, "act": "fill", "profile_json": json.dumps(profile), "ecog": "3"}

    text = visitor.send("/patient", fields).text

    assert 'name="ecog" value="1"' in text
    assert "<code>allergies</code>" in text
    kept = re.search(r'name="kept" value="([^"]*)"', text)
    assert kept
    assert json.loads(html.unescape(kept[1])) == {"allergies": profile["allergies"]}
    shown = re.search(r'id="shown-json"[^>]*>([^<]*)<', text)
    assert shown
    assert json.loads(html.unescape(shown[1]))["allergies"] == profile["allergies"]
    gone = visitor.send(
        "/patient", {**DATES, "kept": html.unescape(kept[1]), "act": "discard:allergies"}
    )
    assert 'name="kept" value=""' in gone.text


@pytest.mark.parametrize("pasted", ["", "{", "[1]", '{"ecog": "SECRET7"}', '{"name": "SECRET7"}'])
def test_a_profile_that_cannot_be_read_changes_nothing(visitor: Visitor, pasted: str) -> None:
    fields = {**DATES, "ecog": "3", "act": "fill", "profile_json": pasted}

    answer = visitor.send("/patient", fields)

    assert answer.status_code == 200
    assert 'id="w-profile_json"' in answer.text
    assert 'name="ecog" value="3"' in answer.text
    assert html.escape(pasted) in answer.text.replace("&#34;", "&quot;")


def test_the_profile_is_downloaded_under_a_name_that_says_nothing(visitor: Visitor) -> None:
    answer = visitor.send("/patient/profile", fields_of("likely_eligible"))

    assert answer.headers["content-disposition"] == 'attachment; filename="profile.json"'
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["screening_id"] == example_patient("likely_eligible")["screening_id"]
    faulty = visitor.send("/patient/profile", {"treatments.1.agents": ";", "ecog": "1"})
    assert faulty.status_code == 200


def test_a_site_profile_opens_what_it_asks_about_and_decides(visitor: Visitor) -> None:
    fields = {**fields_of("likely_eligible"), "site_profile": "atezolizumab_p1"}

    text = visitor.send("/patient", fields).text

    assert decision(text) == "eligible"
    assert 'id="w-trial"' in visitor.send("/patient", {**fields, "trial": "NCT0"}).text
    assert 'id="w-site_profile"' in visitor.send("/patient", {**fields, "site_profile": "x"}).text


@pytest.mark.parametrize(("as_of", "start"), [("day 1000", "day 1010"), ("day 1000", "day 3000")])
def test_records_without_dates_have_a_time_too(visitor: Visitor, as_of: str, start: str) -> None:
    fields = {"as_of": as_of, "planned_start": start, "treatments.1.kind": "chemotherapy",
              "treatments.1.last_dose": "day 985"}  # fmt: skip

    text = visitor.send("/patient/answer", fields).text

    assert decision(text) != "unreadable"
    assert 'data-origin="day 970"' in text
    assert "washout until day 1006" in text
    mixed = visitor.send("/patient/answer", {**fields, "as_of": "2026-11-21"}).text
    assert decision(mixed) == "unreadable"


def test_clear_leads_to_an_empty_form_and_nothing_is_cached(visitor: Visitor) -> None:
    answer = visitor.send("/patient", {**fields_of("likely_eligible"), "act": "clear"})

    assert (answer.status_code, answer.headers["location"]) == (303, "/patient")
    assert visitor.open("/patient").headers["cache-control"] == "no-store"
    assert "EX-0" not in visitor.open("/patient").text


def test_chinese_words_for_a_missing_value_are_understood(visitor: Visitor) -> None:
    fields = {**fields_of("likely_eligible"), "weight_kg": "未做", "reproductive.status": "不详"}

    assert decision(visitor.send("/patient/answer", fields).text) == "undetermined"


def test_the_page_for_an_ended_session_leads_to_the_sign_in(stranger: Visitor) -> None:
    answer = stranger.send("/patient/record", fields_of("wait_for_washout"))

    assert answer.status_code == 401
    assert '<a href="/sign-in">' in answer.text


def test_a_reader_has_no_form_and_a_coordinator_records_for_her_site(
    stranger: Visitor, settings: Any, guarded: FastAPI
) -> None:
    store = who.store_of(settings)
    stranger.sign_in(who.key(store, Role.READER))
    assert stranger.open("/patient").status_code == 403
    other = Visitor(guarded)
    other.sign_in(who.key(store, Role.COORDINATOR))

    answer = other.send("/patient/record", fields_of("wait_for_washout"))

    assert answer.status_code == 200
    assert re.search(r"entry \d+", answer.text)
