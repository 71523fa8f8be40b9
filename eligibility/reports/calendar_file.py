"""Calendar files as RFC 5545 has them: escaped text, lines folded at 75 octets, CRLF at their ends."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_MOST_OCTETS = 75
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Event:
    """One whole-day event; days are ISO dates."""

    uid: str
    stamp: str
    day: str
    summary: str
    description: str


def calendar_lines(name: str, events: Iterable[Event]) -> Iterator[str]:
    """The lines of a calendar, each with its line end."""
    yield from map(fold, ("BEGIN:VCALENDAR", "VERSION:2.0", "CALSCALE:GREGORIAN"))
    yield fold("PRODID:-//eligibility-screening//re-screen queue//EN")
    yield fold(f"X-WR-CALNAME:{escape(name)}")
    for event in events:
        yield from map(fold, _event(event))
    yield fold("END:VCALENDAR")


def _event(event: Event) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{escape(event.uid)}"
    # The stamp is the day of judgement: a clock would give other bytes at each run.
    yield f"DTSTAMP:{event.stamp.replace('-', '')}T000000Z"
    yield f"DTSTART;VALUE=DATE:{event.day.replace('-', '')}"
    yield f"SUMMARY:{escape(event.summary)}"
    yield f"DESCRIPTION:{escape(event.description)}"
    yield "CLASS:CONFIDENTIAL"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def escape(text: str) -> str:
    r"""Text as a property value of the type TEXT.

    >>> print(escape("a,b;c\\d"))
    a\,b\;c\\d
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)
    for sign in "\\;,":
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\n", "\\n")


def fold(line: str) -> str:
    """One content line, folded so that no line is longer than 75 octets and no character is torn."""
    parts, part, octets = [], "", 0
    for character in line:
        size = len(character.encode())
        if octets + size > _MOST_OCTETS:
            parts.append(part)
            part, octets = " ", 1
        part += character
        octets += size
    return "\r\n".join([*parts, part]) + "\r\n"
