"""Screening a whole table: row by row, as many rows out as in, results whole or not at all."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eligibility.dates import anchors
from eligibility.errors import AnchorError, EligibilityError, Location
from eligibility.explanation import Explanation, explain
from eligibility.intake.faults import RejectedRow, Rejection
from eligibility.intake.mapping import Mapping
from eligibility.intake.patients import PatientRow, Patients, open_patients
from eligibility.reports.attrition import Attrition
from eligibility.reports.results import RejectedLine, RejectedWriter, ResultRow, ResultsWriter
from eligibility.screening.screen import Screener
from eligibility.version import ENGINE_VERSION

RESULTS, REJECTED, SUMMARY = "results.csv", "rejected.csv", "summary.json"


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
    encoding: str | None = None,
    sheet: str | None = None,
    progress: Callable[[int], None] | None = None,
) -> BatchSummary:
    """Screen every row of a table into the folder `out`, which must be new or empty.

    A row's own `as_of` and `planned_start` win over the run's. `default_as_of` counts only where the
    table has no column for it: a blank cell is a date that is missing, not the day of the run.
    `progress` gets the rows so far.
    """
    _refuse_what_is_there(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    except OSError as error:
        raise _cannot_write(out, error) from None
    try:
        with open_patients(table, mapping=mapping, encoding=encoding, sheet=sheet) as patients:
            if as_of is None and default_as_of is not None and not patients.has_as_of:
                as_of = default_as_of
            batch = _Batch(screener, as_of, planned_start)
            read = _hashes(table, mapping)
            batch.write(patients, work, progress or _unwatched)
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
    """One run: what is the same for all rows, and the counts."""

    screener: Screener
    as_of: str | None
    planned_start: str | None
    rejected: int = 0
    fault_codes: Counter[str] = field(default_factory=Counter)
    attrition: Attrition = field(init=False)

    def __post_init__(self) -> None:
        self.attrition = Attrition([criterion.id for criterion in self.screener.trial.criteria])

    def write(self, patients: Patients, folder: Path, progress: Callable[[int], None]) -> None:
        with (
            (folder / RESULTS).open("w", encoding="utf-8", newline="") as results_file,
            (folder / REJECTED).open("w", encoding="utf-8", newline="") as rejected_file,
        ):
            results = ResultsWriter(results_file, self.attrition.criteria)
            rejected = RejectedWriter(rejected_file)
            for row in patients:
                outcome = self._screened(row) if isinstance(row, PatientRow) else row
                if isinstance(outcome, Rejection):
                    self._set_aside(outcome, rejected)
                else:
                    results.write(outcome)
                progress(patients.rows_read)
        if results.rows + self.rejected != patients.rows_read:
            raise BatchError(
                f"{patients.rows_read} rows were read, but {results.rows + self.rejected} came out",
                code="rows_lost",
                hint="nothing was written; this is a fault of the program, please report it",
            )

    def _screened(self, row: PatientRow) -> ResultRow | Rejection:
        as_of = row.as_of or self.as_of
        if as_of is None:
            return _rejection(row, "as_of_missing", *_AS_OF_MISSING)
        try:
            dates = anchors(as_of, row.planned_start or self.planned_start)
            screening = self.screener.screen(row.record, dates)
        except AnchorError as error:
            return _rejection(row, error.code, error.message, error.hint or _CLOCKS)
        explanation = explain(screening)
        verdicts = tuple(result.verdict for result in screening.results)
        self.attrition.add(verdicts, decision=screening.decision)
        return ResultRow(
            row.screening_id,
            screening.decision,
            screening.deciding,
            verdicts,
            explanation.questions[0].text if explanation.questions else "",
            _possible_from(explanation),
            explanation.valid_until or "",
            as_of,
            row.planned_start or self.planned_start or "",
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

    def document(self, patients: Patients) -> dict[str, Any]:
        trial = self.screener.trial
        return {
            "trial": trial.id,
            "profile": trial.profile.name if trial.profile else None,
            "rules_hash": trial.rules_hash,
            "readings": {i.name: i.reading for i in trial.interpretations.values()},
            "engine_version": ENGINE_VERSION,
            "as_of": self.as_of,
            "planned_start": self.planned_start,
            "rows": patients.rows_read,
            "rejected": self.rejected,
            "rejected_by_code": dict(sorted(self.fault_codes.items())),
            "blank_lines": patients.blank_lines,
            "joined_rows_without_patient": patients.unmatched_joined_rows(),
            **self.attrition.summary(),
        }


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


def _possible_from(explanation: Explanation) -> str:
    """The first possible start; nothing where facts are missing, for then no date is a promise."""
    dates = explanation.dates
    return dates.possible_from or "" if dates and not dates.still_open else ""


_AS_OF_MISSING = (
    "there is no date to judge this row on",
    "fill the row's as_of, or give the run one with --as-of",
)
_CLOCKS = "write all dates of the row, as_of and planned_start on one clock"


def _rejection(row: PatientRow, code: str, message: str, hint: str) -> Rejection:
    fault = RejectedRow(row.line, row.screening_id, "as_of", code, message, hint)
    return Rejection(row.line, (fault,))


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
