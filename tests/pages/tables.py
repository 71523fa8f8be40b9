"""Sending tables through the pages, as forms do, and waiting for what becomes of them."""

from __future__ import annotations

import html
import re
import time
from typing import Any

from tests.pages.visitor import Visitor

TRIAL, AS_OF, START = "NCT06731140", "2026-11-21", "2026-12-01"
CLINIC = (
    "Pat-No;Geschlecht;ECOG;ER;Chemo;Chemo bis;Ort;PatientName\n"
    "P-001;w;1;<1;Xeloda;2026-11-02;Ulm;Anna Canary\n"
    "P-002;m;0;80-100;;;Ulm;Berta Canary\n"
    "P-003;w;k.A.;5;Taxol;2026-10;Bonn;Carla Canary\n"
    "P-004;w;9;5;;;Bonn;Dora Canary\n"
)
_SECONDS = 60


def upload(
    visitor: Visitor, content: bytes, *, name: str = "clinic.csv", mapping: bytes = b"", **said: str
) -> Any:
    """Send a table; the answer, which leads to its page."""
    fields = {"trial": TRIAL, "as_of": AS_OF, "planned_start": START, **said}
    parts: list[Any] = [("csrf", (None, visitor.token()))]
    parts += [(key, (None, value)) for key, value in fields.items()]
    parts += [("table", (name, content)), ("mapping", ("mapping.yaml" if mapping else "", mapping))]
    return visitor.client.post("/tables", files=parts)


def prepared(visitor: Visitor, content: bytes, **said: Any) -> str:
    """The address of a table that was sent."""
    answer = upload(visitor, content, **said)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def act(visitor: Visitor, place: str, do: str, **fields: str) -> Any:
    """Press a button of the page of a draft."""
    said = {"trial": TRIAL, "as_of": AS_OF, "planned_start": START}
    return visitor.send(f"{place}/mapping", {**said, **fields, "do": do})


def until_ended(visitor: Visitor, place: str) -> str:
    """The page of a run once it is not at work any more."""
    end = time.monotonic() + _SECONDS
    while True:
        text = str(visitor.open(place).text)
        if "data-live" not in text:
            return text
        assert time.monotonic() < end, text
        time.sleep(0.1)


def done(visitor: Visitor, content: bytes) -> str:
    """The address of a run whose table has the record's own columns."""
    place = prepared(visitor, content, name="own.csv")
    act(visitor, place, "use")
    answer = act(visitor, place, "screen")
    assert answer.headers["location"] == place, answer.text
    assert 'id="results"' in until_ended(visitor, place)
    return place


def words(text: str) -> str:
    """What a person reads on a page."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def chosen(text: str) -> dict[str, str]:
    """By the place of its column, the field that is chosen."""
    found = re.findall(r'<select name="to\.(\d+)".*?</select>', text, re.DOTALL)
    parts = {n: text.partition(f'name="to.{n}"')[2].partition("</select>")[0] for n in found}
    return {
        n: match[1]
        for n, part in parts.items()
        if (match := re.search(r'<option value="([^"]+)" selected', part))
    }


def own_table(rows: int) -> bytes:
    """A table with the record's own column names; every tenth row cannot be read."""
    lines = [
        f"S-{n:05},{'female' if n % 3 else 'male'},{20 + n % 60},{'x' if n % 10 == 9 else n % 4}"
        for n in range(rows)
    ]
    return "\n".join(["screening_id,sex,age_years,ecog", *lines, ""]).encode()
