"""The checklist of a logged decision: as far as the log keeps it, with what was added to the entry since."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from api.app import create_app
from api.pages.example_patients import example_patient
from api.pages.language import written_date
from api.settings import Settings
from api.words import Role
from tests.api.conftest import client_of
from tests.api.door import identities as who
from tests.pages.checklists import BODY, DATES, PROFILE, pages_of, squeezed, text_of
from tests.pages.visitor import Visitor

PATIENT = example_patient("wait_for_washout")


@pytest.fixture(params=[(True, True), (True, False), (False, True), (False, False)], ids=str)
def keeping(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Visitor, bool, bool]]:
    """A service with one logged decision, by what its log keeps."""
    profiles, explanations = request.param
    service = create_app(
        Settings(
            data_folder=tmp_path, log_keep_profiles=profiles, log_keep_explanations=explanations
        )
    )
    with client_of(service) as client:
        answer = client.post("/v1/screenings", params={**DATES, "profile": PROFILE}, json=PATIENT)
        assert answer.status_code == 200
        yield Visitor(service), profiles, explanations


def test_a_logged_decision_has_its_checklist_as_far_as_the_log_keeps_it(
    keeping: tuple[Visitor, bool, bool],
) -> None:
    visitor, profiles, explanations = keeping
    answer = visitor.open("/log-book/1/checklist")

    assert answer.status_code == 200
    if not (profiles or explanations):
        assert 'name="patient"' in answer.text
        answer = visitor.send("/log-book/1/checklist", {"patient": json.dumps(PATIENT)})
    entry = visitor.client.get("/v1/log/1").json()
    assert entry["entry_hash"] in answer.text
    assert "Screening log entry 1" in answer.text
    assert "PREVIEW" not in answer.text
    assert "<strong>YES</strong><br>FAILS" in answer.text


def test_it_is_a_pdf_that_names_entry_and_hash(keeping: tuple[Visitor, bool, bool]) -> None:
    visitor, profiles, explanations = keeping
    if profiles or explanations:
        answer = visitor.open("/log-book/1/checklist?form=pdf&paper=letter")
    else:
        fields = {"patient": json.dumps(PATIENT), "form": "pdf", "paper": "letter"}
        answer = visitor.send("/log-book/1/checklist", fields)
    entry = visitor.client.get("/v1/log/1").json()

    assert answer.headers["content-type"] == "application/pdf"
    assert "EX-" not in answer.headers["content-disposition"]
    for page in pages_of(answer.content):
        assert "Screening log entry 1" in page
        assert entry["entry_hash"][:16] in page
        assert "PREVIEW" not in page


def test_another_profile_makes_no_checklist_of_the_entry(
    keeping: tuple[Visitor, bool, bool],
) -> None:
    visitor, _, _ = keeping
    other = json.dumps({**PATIENT, "ecog": "2"})

    answer = visitor.send("/log-book/1/checklist", {"patient": other})
    broken = visitor.send("/log-book/1/checklist", {"patient": "{"})

    assert answer.status_code == 422
    assert "its hash is another" in answer.text
    assert 'class="verbatim"' not in answer.text
    assert broken.status_code == 400


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_was_corrected_or_withdrawn_says_so(
    keeping: tuple[Visitor, bool, bool], language: str
) -> None:
    visitor, _, _ = keeping
    visitor.client.post("/v1/log/1/withdrawals", json={"reason": "the wrong patient"})

    answer = visitor.send(
        "/log-book/1/checklist", {"patient": json.dumps(PATIENT)}, **{"accept-language": language}
    )

    assert {"en": "WITHDRAWN by entry 2", "zh": "已撤回（第 2 号记录）"}[language] in answer.text
    assert visitor.open("/log-book/2/checklist").status_code == 409
    assert visitor.open("/log-book/9/checklist").status_code == 404


def test_a_review_stands_beside_what_was_computed(tmp_path: Path) -> None:
    service = create_app(Settings(data_folder=tmp_path, log_keep_explanations=True))
    document = json.loads(
        (Path(__file__).parents[2] / "examples/patients/judgement_needed.json").read_bytes()
    )
    with client_of(service) as client:
        query = {**DATES, "profile": PROFILE}
        found = client.post("/v1/screenings", params=query, json=document).json()
        entry = client.get("/v1/log/1").json()
        criterion = entry["judgement"][0]
        review = {"criterion": criterion, "answer": "pass", "name": "Dr <b>Li</b>",
                  "reason": "seen in clinic"}  # fmt: skip
        assert client.post("/v1/log/1/reviews", json=review).status_code in (200, 201)
        text = Visitor(service).open("/log-book/1/checklist").text
        pdf = Visitor(service).open("/log-book/1/checklist?form=pdf").content

    row = next(part for part in text.split(BODY) if f">{criterion}<" in part)
    assert found["decision"] == "undetermined"
    assert "<strong>OPEN</strong>" in row
    assert "Dr &lt;b&gt;Li&lt;/b&gt;" in row
    assert squeezed("Dr <b>Li</b>") in squeezed(text_of(pdf))


@pytest.mark.parametrize(
    ("language", "labels", "moment"),
    [
        ("en", ("Site", "Treating physician", "Investigator who obtained consent",
                "Protocol version and date", "Result valid for a start until"),
         r"\d+ \w+ \d{4}, \d\d:\d\d UTC\+08:00 \(\d+ \w+ \d{4}, \d\d:\d\d UTC\)"),
        ("zh", ("中心", "主管医师", "获取知情同意的研究者", "方案版本号及日期", "结果有效至（首次给药日期）"),
         r"\d{4}年\d+月\d+日 \d\d:\d\d UTC\+08:00（\d{4}年\d+月\d+日 \d\d:\d\d UTC）"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kept", ["log_keep_profiles", "log_keep_explanations"])
def test_the_head_names_site_dates_and_people_by_the_sites_clock(
    tmp_path: Path, language: str, labels: tuple[str, ...], moment: str, kept: str
) -> None:
    service = create_app(Settings(data_folder=tmp_path, time_zone="Asia/Shanghai", **{kept: True}))
    given: Any = language
    patient = example_patient("likely_eligible")
    with client_of(service) as client:
        query = {**DATES, "profile": PROFILE}
        found = client.post("/v1/screenings", params=query, json=patient).json()
        accept = {"accept-language": language}
        text = Visitor(service).open("/log-book/1/checklist", **accept).text
        pdf = text_of(Visitor(service).open("/log-book/1/checklist?form=pdf", **accept).content)

    head = text.partition('<dl class="head">')[2].partition("</dl>")[0]
    assert [each for each in labels if f"<dt>{each}</dt>" not in head] == []
    assert [each for each in labels if squeezed(each) not in squeezed(pdf)] == []
    assert re.search(moment, head)
    assert "<dd>local</dd>" in head
    until = found["valid_until"]
    assert until
    assert f"<dd>{written_date(until, given)}</dd>" in head


def test_another_sites_entry_is_not_there(settings: Settings, guarded: FastAPI) -> None:
    store = who.store_of(settings)
    own = {"authorization": f"Bearer {who.key(store, Role.COORDINATOR)}"}
    with_query = {**DATES, "profile": PROFILE, "site": who.SITE}
    client = client_of(guarded)
    logged = client.post("/v1/screenings", params=with_query, json=PATIENT, headers=own).json()
    path = f"/log-book/{logged['entry']['sequence']}/checklist"
    statuses = []
    for sites in ((who.SITE,), (who.OTHER_SITE,)):
        visitor = Visitor(guarded)
        visitor.sign_in(who.key(store, Role.COORDINATOR, sites=sites))
        statuses.append(visitor.open(path).status_code)
        statuses.append(visitor.send(path, {"patient": json.dumps(PATIENT)}).status_code)

    assert statuses == [200, 200, 404, 404]
