"""Results are plain CSV, and no cell of them runs in a spreadsheet."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.protocol.verdict import Decision, Verdict
from eligibility.reports.results import (
    RejectedLine,
    RejectedWriter,
    ResultRow,
    ResultsWriter,
    safe_cell,
)


def test_a_result_has_one_verdict_per_criterion() -> None:
    stream = io.StringIO()
    writer = ResultsWriter(stream, ["INCL01", "EXCL05"])

    writer.write(
        ResultRow(
            screening_id="P1",
            decision=Decision.INELIGIBLE,
            deciding=("EXCL05",),
            verdicts=(Verdict.PASS, Verdict.FAIL),
            next_question="Which, if any?",
            possible_from="2026-12-08",
        )
    )

    assert stream.getvalue() == (
        "screening_id,decision,deciding_criteria,INCL01,EXCL05,next_question,possible_from,valid_until,as_of,planned_start\n"
        'P1,ineligible,EXCL05,pass,fail,"Which, if any?",2026-12-08,,,\n'
    )
    assert writer.rows == 1


def test_a_rejected_row_says_where_and_why() -> None:
    stream = io.StringIO()

    RejectedWriter(stream).write(RejectedLine(7, None, "ecog", "out_of_bounds", "no", None))

    assert stream.getvalue() == (
        "line,screening_id,column,code,message,hint\n7,,ecog,out_of_bounds,no,\n"
    )


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+cmd", "-cmd", "@SUM(A1)", "\t=1", "\n=1", "\uff1d1", "\uff20x", "-1+1"],
)
def test_what_a_spreadsheet_would_run_is_neutralised(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


def test_carriage_returns_become_line_ends_that_csv_quotes() -> None:
    assert safe_cell("\r=1\r\n2") == "'\n=1\n2"


@pytest.mark.parametrize("text", ["-1.5", "+3", "2026-12-08", "day -3", "", "P1", "<1"])
def test_numbers_dates_and_words_stay_as_they_are(text: str) -> None:
    assert safe_cell(text) == text


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12))
def test_every_text_survives_the_way_through_csv(text: str) -> None:
    stream = io.StringIO(newline="")
    RejectedWriter(stream).write(RejectedLine(1, "P1", text, "code", text, text))

    stream.seek(0)
    _, row = list(csv.reader(stream, strict=True))

    assert row[2] == row[4] == row[5] == safe_cell(text)
    assert not row[2].startswith(("=", "@", "\t", "\n"))
