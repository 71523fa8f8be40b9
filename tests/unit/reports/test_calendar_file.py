"""Calendar files keep RFC 5545: folding by octets, escaping, CRLF."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.reports.calendar_file import Event, calendar_lines, escape, fold


def unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")[:-1]


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=200))
def test_folding_tears_no_character_and_can_be_undone(line: str) -> None:
    folded = fold(line)

    pieces = folded.encode().split(b"\r\n")
    assert pieces[-1] == b""
    assert all(len(piece) <= 75 for piece in pieces)
    assert all(piece.decode() for piece in pieces[:-1] if line)
    assert unfolded(folded) == [line]


def test_a_line_of_75_octets_is_not_folded_and_one_of_76_is() -> None:
    assert fold("x" * 75) == "x" * 75 + "\r\n"
    assert fold("x" * 76) == "x" * 75 + "\r\n x\r\n"


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("a;b,c", "a\\;b\\,c"),
        ("back\\slash", "back\\\\slash"),
        ("two\nlines\r\nand\rmore", "two\\nlines\\nand\\nmore"),
        ("NUL\x00 tab\t", "NUL� tab�"),
        ("lone \ud800 surrogate", "lone � surrogate"),
        ("colon: stays", "colon: stays"),
    ],
)
def test_text_is_escaped(text: str, escaped: str) -> None:
    assert escape(text) == escaped


def test_no_text_can_end_its_event_and_begin_another() -> None:
    hostile = "x\r\nEND:VEVENT\r\nBEGIN:VALARM\r\nATTACH:file"
    event = Event("u", "2026-11-21", "2026-12-01", hostile, hostile)

    lines = unfolded("".join(calendar_lines(hostile, [event])))

    assert [line for line in lines if line.startswith(("BEGIN", "END"))] == [
        "BEGIN:VCALENDAR",
        "BEGIN:VEVENT",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    assert not any(line.startswith("ATTACH") for line in lines)
