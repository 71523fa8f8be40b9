"""Times in receipts and in the log: by the site's clock, with UTC beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from html import unescape

import pytest
from fastapi import FastAPI

from api.app import create_app
from api.pages.example_patients import AS_OF, example_patient
from api.pages.patient_form import form_of_profile
from api.settings import Settings
from tests.api.callers import PATIENT
from tests.api.conftest import client_of
from tests.pages.log_entries import screened
from tests.pages.visitor import Visitor

TIMES = re.compile(r"<time datetime=\"([^\"]+)\"([^>]*)>([^<]*)</time>")
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


@pytest.fixture(scope="module")
def shanghai(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """A service at a site that has named its clock."""
    folder = tmp_path_factory.mktemp("shanghai")
    service = create_app(Settings(data_folder=folder, time_zone="Asia/Shanghai"))
    with client_of(service):
        yield service


def pages_of(visitor: Visitor, language: str) -> dict[str, str]:
    """Every page that tells when something was recorded."""
    spoken = {"accept-language": language}
    first, second = screened(visitor, PATIENT), screened(visitor, PATIENT)
    form = form_of_profile(example_patient("wait_for_washout"), as_of=AS_OF)
    return {
        "receipt": visitor.send("/patient/record", dict(form.texts), **spoken).text,
        "list": visitor.open("/log-book", **spoken).text,
        "entry": visitor.open(f"/log-book/{first}", **spoken).text,
        "compare": visitor.open(f"/log-book/compare?first={first}&second={second}", **spoken).text,
    }


def clock(moment: datetime, language: str) -> str:
    if language == "zh":
        return f"{moment.year}年{moment.month}月{moment.day}日 {moment:%H:%M}"
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}, {moment:%H:%M}"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_site_with_a_clock_has_its_time_and_utc(shanghai: FastAPI, language: str) -> None:
    for name, text in pages_of(Visitor(shanghai), language).items():
        found = TIMES.findall(text)

        assert found, name
        for written, mark, told in found:
            at = datetime.fromisoformat(written)
            here = f"{clock(at + timedelta(hours=8), language)} UTC+08:00"
            both = {"en": f"{here} ({clock(at, language)} UTC)",
                    "zh": f"{here}（{clock(at, language)} UTC）"}  # fmt: skip
            assert at.utcoffset() == timedelta(0)
            assert unescape(told) == both[language]
            assert not mark, "the browser has nothing to add"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_site_without_one_has_utc_that_a_browser_adds_its_own_to(
    visitor: Visitor, language: str
) -> None:
    for name, text in pages_of(visitor, language).items():
        found = TIMES.findall(text)

        assert found, name
        for written, mark, told in found:
            assert told == f"{clock(datetime.fromisoformat(written), language)} UTC"
            assert mark == " data-utc"
