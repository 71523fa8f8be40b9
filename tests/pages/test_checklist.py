"""The checklist: of a preview, of a logged decision, as page and as PDF that is read back."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from pypdf import PdfReader
from reportlab.lib.styles import ParagraphStyle

from api.app import create_app
from api.pages.checklist import Checklist, checklist_of
from api.pages.checklist_pdf import checklist_pdf
from api.pages.example_patients import EXAMPLES, example_patient
from api.pages.language import written_date
from api.pages.pdf_text import PLAIN, Lines, fonts
from api.screeners import screener_of
from api.settings import Settings
from api.words import Role
from eligibility.dates import anchors
from eligibility.explanation import explain
from eligibility.patient.record import read_record
from eligibility.protocol.library import DEFAULT_TRIAL, load_trial
from tests.api.conftest import client_of
from tests.api.door import identities as who
from tests.pages.visitor import Visitor

PROFILE, HASH = "atezolizumab_p1", "ab" * 32
TRIAL = load_trial(DEFAULT_TRIAL, profile=PROFILE)
DATES = {"as_of": "2026-11-21", "planned_start": "2026-12-01"}
HOSTILE = "<script>alert(1)</script> {{7*7}} <b>\"'& ✂ evil 张三 =1+1"


def asked(name: str = "wait_for_washout", **changed: Any) -> dict[str, str]:
    patient = json.dumps({**example_patient(name), **changed})
    return {"trial": DEFAULT_TRIAL, "site_profile": PROFILE, "patient": patient, **DATES}


def made(document: dict[str, Any], language: Any = "en") -> Checklist:
    screening = screener_of(DEFAULT_TRIAL, PROFILE).screen(read_record(document), anchors(**DATES))
    return checklist_of(explain(screening, language), HASH)


def pages_of(content: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages]


def text_of(content: bytes) -> str:
    return " ".join(pages_of(content))


def squeezed(text: str) -> str:
    return "".join(text.split())


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
    assert page.text.count("<tbody>") == len(TRIAL.criteria) + 1
    assert TRIAL.rules_hash in page.text
    assert TRIAL.rules_hash in printed


def test_the_direction_is_plain_for_exclusions(visitor: Visitor) -> None:
    text = visitor.send("/checklist", asked()).text
    rows = re.split(r"<tbody>", text)[1:]
    washout = next(row for row in rows if ">EXCL05<" in row)

    assert "Exclusion: must be NO" in washout
    assert "<strong>YES</strong><br>FAILS" in washout
    assert sum("Inclusion: must be YES" in row for row in rows) == 8
    assert sum("Exclusion: must be NO" in row for row in rows) == 9


def test_what_is_open_is_neither_yes_nor_no(visitor: Visitor) -> None:
    text = visitor.send("/checklist", asked("thin_chart")).text

    assert "<strong>OPEN</strong><br>not decided" in text
    assert "nothing recorded" in text


@pytest.mark.parametrize(("language", "paper"), [("en", "a4"), ("zh", "letter")])
def test_every_page_of_the_pdf_has_its_foot(language: Any, paper: Any) -> None:
    content = checklist_pdf(
        made(example_patient("likely_eligible"), language), language, paper=paper
    )
    reader, pages = PdfReader(io.BytesIO(content)), pages_of(content)

    sizes = {tuple(round(float(each)) for each in page.mediabox[2:]) for page in reader.pages}
    assert sizes == {{"a4": (595, 842), "letter": (612, 792)}[paper]}
    assert len(pages) > 1
    for number, page in enumerate(pages, start=1):
        counted = {
            "en": f"page {number} of {len(pages)}",
            "zh": f"第 {number} 页，共 {len(pages)} 页",
        }
        assert squeezed(counted[language]) in squeezed(page)
        assert TRIAL.rules_hash[:16] in page
        assert HASH[:16] in page
        assert {"en": "the investigator decides", "zh": "由研究者决定"}[language] in page
        assert {"en": "PREVIEW, not in the screening log", "zh": "预览件"}[language] in page


def test_the_pdf_says_its_title_and_language() -> None:
    for language, tag in (("en", "en"), ("zh", "zh-Hans")):
        content = checklist_pdf(made({}, language), language)  # type: ignore[arg-type]
        reader = PdfReader(io.BytesIO(content))
        assert reader.metadata is not None
        assert DEFAULT_TRIAL in (reader.metadata.title or "")
        assert reader.root_object["/Lang"] == tag


def test_the_same_checklist_is_the_same_bytes_in_another_process() -> None:
    code = (
        "import hashlib, tests.pages.test_checklist as t\n"
        "made = t.made(t.example_patient('likely_eligible'), 'zh')\n"
        "print(hashlib.sha256(t.checklist_pdf(made, 'zh')).hexdigest())"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(Path.cwd())},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(found) == 1


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


def test_a_very_long_chart_is_printed_whole() -> None:
    items = [
        {"agents": [f"drug {n} {letter} " + "x" * 180 for letter in "abcdefghijklmno"],
         "last_dose": "2026-11-10", "source": f"document {n} " + "y" * 180}
        for n in range(60)
    ]  # fmt: skip
    content = checklist_pdf(made({"treatments": {"complete": True, "items": items}}), "en")

    printed = squeezed(text_of(content))
    for n in range(60):
        assert f"document{n}y" in printed
        assert f"drug{n}ox" in printed


def test_lines_break_where_each_language_allows_and_lose_nothing() -> None:
    fonts()
    style = ParagraphStyle("plain", fontName=PLAIN, fontSize=8, leading=10)
    text = (
        "末次给药（nab-paclitaxel）：距计划首次给药不足21天。 Treatment within 3 weeks  twice spaced "
        + "x" * 90
    )
    for width in (20, 60, 90, 400):
        broken = Lines(text, style)._broken(width)
        assert "".join("".join(broken).split()) == "".join(text.split())
        if width > 60:
            assert not any(line[0] in "，。、；：）" for line in broken if line)
            assert any("nab-paclitaxel" in line for line in broken)


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


PATIENT = example_patient("wait_for_washout")


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

    row = next(part for part in text.split("<tbody>") if f">{criterion}<" in part)
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
