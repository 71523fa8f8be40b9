"""The re-screen queue: who may become eligible with time, by the first day it is possible."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain, groupby, islice
from typing import TextIO

from eligibility.dates import parse_day
from eligibility.reports.calendar_file import Event, calendar_lines
from eligibility.reports.sorted_rows import Cells

QUEUE, CALENDAR = "rescreen_queue.csv", "rescreen_queue.ics"
QUEUE_COLUMNS = (
    "possible_from",
    "screening_id",
    "decision",
    "deciding_criteria",
    "next_question",
    "valid_until",
)
MOST_NAMED = 50


@dataclass(frozen=True, slots=True)
class QueueOf:
    """Whose queue it is: a later export of the same table replaces its events."""

    trial: str
    table: str
    as_of: str | None


def write_queue(stream: TextIO, rows: Iterable[Cells]) -> None:
    """One line per patient, the earliest possible start first."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(QUEUE_COLUMNS)
    writer.writerows(rows)


def write_calendar(stream: TextIO, rows: Iterable[Cells], queue: QueueOf) -> None:
    """One whole-day event per date, naming its patients; a day offset has no date and no event."""
    stream.writelines(calendar_lines(f"Re-screen {queue.trial}", _events(rows, queue)))


def _events(rows: Iterable[Cells], queue: QueueOf) -> Iterator[Event]:
    stamp = queue.as_of if queue.as_of and _is_date(queue.as_of) else None
    for day, group in groupby(rows, key=lambda cells: cells[0]):
        if not _is_date(day):
            return  # the queue has all dates before all offsets
        patients = iter(group)
        named = [_line(cells) for cells in islice(patients, MOST_NAMED)]
        further = sum(1 for _ in patients)
        count = len(named) + further
        rest = [f"and {further} more, see {QUEUE}"] if further else []
        yield Event(
            uid=_uid(queue, day),
            stamp=stamp or day,
            day=day,
            summary=f"Re-screen {count} {'patient' if count == 1 else 'patients'}: {queue.trial}",
            description="\n".join(chain(named, rest)),
        )


def _is_date(day: str) -> bool:
    return parse_day(day)[1] == "calendar"


def _line(cells: Cells) -> str:
    _, screening_id, decision, deciding, question, _ = cells
    why = f"{screening_id}: {decision} by {deciding}"
    return f"{why}; ask: {question}" if question else why


def _uid(queue: QueueOf, day: str) -> str:
    """The same event for the same day of the same table, so that importing again adds nothing."""
    of = sha256(f"{queue.trial}\0{queue.table}".encode("utf-8", "replace")).hexdigest()[:16]
    return f"{day}-{of}@eligibility-screening"
