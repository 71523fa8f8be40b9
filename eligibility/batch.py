"""Screening a whole table: as many rows out as in, results whole or not at all."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from eligibility.columnar.outcome import DEFAULT_ROWS, Screened, Verdicts
from eligibility.errors import EligibilityError, Location
from eligibility.intake.columns import ColumnPlan
from eligibility.intake.faults import Rejection
from eligibility.intake.mapping import Mapping
from eligibility.intake.patients import PatientTable, open_patients
from eligibility.intake.tables import Table
from eligibility.reports.attrition import Attrition
from eligibility.reports.results import (
    RejectedLine,
    RejectedWriter,
    ResultsWriter,
)
from eligibility.row_path import RowScreen, screened_by_columns
from eligibility.screening.screen import Screener
from eligibility.version import ENGINE_VERSION

RESULTS, REJECTED, SUMMARY = "results.csv", "rejected.csv", "summary.json"

BatchEngine = Literal["columns", "rows"]


@dataclass(frozen=True, slots=True)
class Task:
    """A table to be screened, for an engine that is not part of this machine."""

    table: Path
    patients: PatientTable
    mapping: Mapping | None
    screen: RowScreen
    folder: Path
    """Where files may be laid down that are no longer there after the run."""
    block_rows: int


EngineElsewhere = Callable[[Task], Iterator[Screened]]
"""Yields what became of the rows in the order of the table, and adds to the table's counts of rows."""


class BatchError(EligibilityError):
    """A table whose results cannot be written, or that lost a row on the way."""

    code = "batch_failed"


@dataclass(frozen=True, slots=True)
class BatchSummary:
    """What became of a table's rows, and where it is written."""

    folder: Path
    rows: int
    rejected: int
    attrition: Attrition
    document: dict[str, Any]


def run_batch(  # noqa: PLR0913 - a run's choices, all by name
    table: Path,
    out: Path,
    *,
    screener: Screener,
    as_of: str | None,
    planned_start: str | None,
    default_as_of: str | None = None,
    mapping: Mapping | None = None,
    progress: Callable[[int], None] | None = None,
    engine: BatchEngine | EngineElsewhere = "columns",
    verdicts_only: bool = False,
    block_rows: int = DEFAULT_ROWS,
) -> BatchSummary:
    """Screen every row of a table into the folder `out`, which must be new or empty.

    A row's own `as_of` and `planned_start` win over the run's. `default_as_of` counts only where the
    table has no column for it: a blank cell is a date that is missing, not the day of the run.
    `progress` gets the rows so far. Both engines write the same; `columns` takes `block_rows` rows at a
    time, which changes only speed and memory.
    """
    _refuse_what_is_there(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    except OSError as error:
        raise _cannot_write(out, error) from None
    try:
        with open_patients(table, mapping=mapping) as patients:
            if as_of is None and not _has_as_of(table, mapping):
                as_of = default_as_of
            batch = _Batch(RowScreen(screener, as_of, planned_start, verdicts_only))
            read = _hashes(table, mapping)
            task = Task(table, patients, mapping, batch.screen, work, block_rows)
            batch.write(patients, work, _outcomes(engine, task), progress or _unwatched)
            document = {"table": table.name, **read, **batch.document(patients)}
        _write_json(work / SUMMARY, document)
        work.replace(out)
    except OSError as error:
        raise _cannot_write(out, error) from None
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return BatchSummary(out, document["rows"], batch.rejected, batch.attrition, document)


@dataclass(slots=True)
class _Batch:
    """One run: how a row is screened, and the counts."""

    screen: RowScreen
    rejected: int = 0
    fault_codes: Counter[str] = field(default_factory=Counter)
    attrition: Attrition = field(init=False)

    def __post_init__(self) -> None:
        trial = self.screen.screener.trial
        self.attrition = Attrition([criterion.id for criterion in trial.criteria])

    def write(
        self,
        patients: PatientTable,
        folder: Path,
        outcomes: Iterator[Screened],
        progress: Callable[[int], None],
    ) -> None:
        with (
            (folder / RESULTS).open("w", encoding="utf-8", newline="") as results_file,
            (folder / REJECTED).open("w", encoding="utf-8", newline="") as rejected_file,
        ):
            results = ResultsWriter(
                results_file, self.attrition.criteria, verdicts_only=self.screen.verdicts_only
            )
            rejected = RejectedWriter(rejected_file)
            counts: Counter[Verdicts] = Counter()
            for outcome in outcomes:
                results.write_lines(outcome.lines, rows=outcome.results)
                for row in outcome.rejections:
                    self._set_aside(row, rejected)
                counts.update(outcome.counts)
                progress(patients.rows_read)
        for verdicts, count in counts.items():
            self.attrition.add(verdicts, patients=count)
        if results.rows + self.rejected != patients.rows_read:
            raise BatchError(
                f"{patients.rows_read} rows were read, but {results.rows + self.rejected} came out",
                code="rows_lost",
                hint="nothing was written; this is a fault of the program, please report it",
            )

    def _set_aside(self, row: Rejection, writer: RejectedWriter) -> None:
        self.rejected += 1
        for fault in row.faults:
            self.fault_codes[fault.code] += 1
            writer.write(
                RejectedLine(
                    fault.line,
                    fault.screening_id,
                    fault.column,
                    fault.code,
                    fault.message,
                    fault.hint,
                )
            )

    def document(self, patients: PatientTable) -> dict[str, Any]:
        trial = self.screen.screener.trial
        return {
            "trial": trial.id,
            "profile": trial.profile.name if trial.profile else None,
            "rules_hash": trial.rules_hash,
            "readings": {i.name: i.reading for i in trial.interpretations.values()},
            "engine_version": ENGINE_VERSION,
            "as_of": self.screen.as_of,
            "planned_start": self.screen.planned_start,
            "rows": patients.rows_read,
            "rejected": self.rejected,
            "rejected_by_code": dict(sorted(self.fault_codes.items())),
            "blank_lines": patients.blank_lines,
            "joined_rows_without_patient": patients.unmatched_joined_rows(),
            **self.attrition.summary(),
        }


def _outcomes(engine: BatchEngine | EngineElsewhere, task: Task) -> Iterator[Screened]:
    if engine == "rows":
        return task.screen.results(task.patients)
    if engine == "columns":
        return screened_by_columns(task.screen, task.patients, task.table, task.block_rows)
    return engine(task)


def _has_as_of(table: Path, mapping: Mapping | None) -> bool:
    """Whether the table has a place for dates of the rows' own to be judged on."""
    if mapping is not None:
        return bool(mapping.as_of or any(join.as_of for join in mapping.joins))
    with table.open("rb") as stream:
        read = Table(stream, name=table.name)
        return ColumnPlan.from_header(read.header).as_of is not None


def _hashes(table: Path, mapping: Mapping | None) -> dict[str, Any]:
    """What was read, so that an auditor can tell whether a file is still the one that was screened."""
    beside = (
        next((table.parent / name for name in join.table if (table.parent / name).is_file()), None)
        for join in (mapping.joins if mapping else ())
    )
    return {
        "table_sha256": _sha256(table),
        "mapping_sha256": mapping.sha256 if mapping else None,
        "joined_sha256": {path.name: _sha256(path) for path in beside if path is not None},
    }


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _refuse_what_is_there(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise BatchError(
            "the folder for the results is a file",
            code="output_is_a_file",
            location=Location(source=out.name),
            hint="name another folder",
        )
    if out.is_dir() and any(out.iterdir()):
        raise BatchError(
            "the folder for the results is not empty",
            code="output_exists",
            location=Location(source=out.name),
            hint="name a new folder, or remove this one; results are never mixed",
        )


def _cannot_write(out: Path, error: OSError) -> BatchError:
    return BatchError(
        f"the results cannot be written: {error.strerror}",
        code="cannot_write",
        location=Location(source=out.name),
        hint="check that the folder above it exists, is yours and has room",
    )


def _write_json(path: Path, document: dict[str, Any]) -> None:
    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def _unwatched(_: int) -> None:
    """What progress is reported to when nobody asked."""
