"""What one machine does with one section of a table: the same columnar run as over a whole table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from eligibility.batch import RowScreen, screened_by_columns
from eligibility.columnar.outcome import Position, Screened
from eligibility.distributed.sections import Head, Section
from eligibility.errors import EligibilityError
from eligibility.intake.faults import RejectedRow, Rejection
from eligibility.intake.mapping import Mapping as ColumnMapping
from eligibility.intake.patient_rows import duplicate_id
from eligibility.intake.patients import PatientTable, open_patients
from eligibility.intake.seen_ids import Lines, SeenIds
from eligibility.protocol.model import Trial
from eligibility.screening.screen import Screener
from eligibility.version import ENGINE_VERSION

_CHUNK = 1 << 24
_SOMEWHERE_BEFORE = 1


class OtherVersion(EligibilityError):
    """A machine has another version of this package than the one that shares the table out."""

    code = "worker_version"


@dataclass(frozen=True, slots=True)
class Order:
    """What is the same for all sections of a table; every machine gets it once."""

    table: Path
    head: Head
    mapping: ColumnMapping | None
    trial: Trial
    as_of: str | None
    planned_start: str | None
    verdicts_only: bool
    block_rows: int
    engine_version: str = ENGINE_VERSION


class AnyOrder(Protocol):
    """What every order says."""

    @property
    def trial(self) -> Trial:
        """The trial to screen for."""

    @property
    def engine_version(self) -> str:
        """The version of this package that has given the order."""


@dataclass(slots=True)
class Tally:
    """What a section adds to the counts of its table, and the ids it saw first and where."""

    rows: int = 0
    blank_lines: int = 0
    ids: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)


def screener_for(order: AnyOrder) -> Screener:
    """A screener of the order's trial; a machine with another version refuses."""
    if order.engine_version != ENGINE_VERSION:
        raise OtherVersion(
            "the machines of the cluster have different versions of eligibility-screening",
            hint="install the same version on all of them, the driver's included",
        )
    return Screener(order.trial)


def screen_section(
    order: Order, screener: Screener, section: Section, earlier: Mapping[str, int], tally: Tally
) -> Iterator[Screened]:
    """What becomes of the rows of a section, in the words of the whole table; `tally` is filled.

    `earlier` names the ids that stand on a line before this section: their rows are duplicates here.
    """
    seen = _SectionIds()
    for screening_id in earlier:
        seen.add(screening_id, _SOMEWHERE_BEFORE)
    seen.is_recording = True
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "section"
        _copy(order, section, copy)
        screen = RowScreen(screener, order.as_of, order.planned_start, order.verdicts_only)
        with open_patients(copy, mapping=order.mapping) as patients:
            assert isinstance(patients, PatientTable)  # only text tables are cut
            patients.seen = seen
            lines = _Lines(section.lines_before - order.head.lines, earlier, seen)
            for outcome in screened_by_columns(screen, patients, copy, order.block_rows):
                rejections = [lines.told(each) for each in outcome.rejections]
                # Where the section stands says nothing of the table.
                yield replace(outcome, rejections=rejections, position=Position(), bytes_read=0)
            tally.rows, tally.blank_lines = patients.rows_read, patients.blank_lines
    tally.ids = seen.ids
    tally.lines = [line + lines.offset for line in seen.lines]


def _copy(order: Order, section: Section, copy: Path) -> None:
    """The section as a table of its own, below the table's head."""
    with order.table.open("rb") as table, copy.open("wb") as out:
        out.write(order.head.content)
        table.seek(section.start)
        left = section.end - section.start
        while left and (data := table.read(min(left, _CHUNK))):
            out.write(data)
            left -= len(data)
    if left:
        raise EligibilityError(
            "the table became shorter while it was screened",
            code="table_changed",
            hint="screen it again when nothing writes to it",
        )


class _SectionIds(SeenIds):
    """Remembers ids as a table does, and writes down which it met first in this section."""

    def __init__(self) -> None:
        super().__init__()
        self.is_recording = False
        self.ids: list[str] = []
        self.lines: list[int] = []

    def add(self, screening_id: str, line: int) -> None:
        super().add(screening_id, line)
        if self.is_recording:
            self.ids.append(screening_id)
            self.lines.append(line)

    def take(self, ids: Sequence[str], lines: Lines) -> Lines:
        first = super().take(ids, lines)
        for place in (first == 0).nonzero()[0].tolist():
            self.ids.append(ids[place])
            self.lines.append(int(lines[place]))
        return first


@dataclass(frozen=True, slots=True)
class _Lines:
    """Turns the lines of a section into those of the table."""

    offset: int
    earlier: Mapping[str, int]
    seen: SeenIds

    def told(self, row: Rejection) -> Rejection:
        return Rejection(row.line + self.offset, tuple(self._fault(each) for each in row.faults))

    def _fault(self, fault: RejectedRow) -> RejectedRow:
        moved = replace(fault, line=fault.line + self.offset)
        if fault.code != "duplicate_id" or fault.screening_id is None:
            return moved
        first = self.earlier.get(fault.screening_id)
        if first is None:
            here = self.seen.first_line(fault.screening_id)
            assert here is not None  # a duplicate has been seen before
            first = here + self.offset
        return replace(moved, message=duplicate_id(first).message)
