"""The checklist as PDF, read back: its foot, its title, its lines, the same bytes every time."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from reportlab.lib.styles import ParagraphStyle

from api.pages.checklist_pdf import checklist_pdf
from api.pages.example_patients import example_patient
from api.pages.pdf_text import PLAIN, Lines, fonts
from eligibility.protocol.library import DEFAULT_TRIAL
from tests.pages.checklists import HASH, TRIAL, made, pages_of, squeezed, text_of


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
        "import hashlib, tests.pages.test_checklist_pdf as t\n"
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
