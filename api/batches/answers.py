"""A batch as the service shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from api.batches.model import (
    BatchEntry,
    BatchProblem,
    BatchProgress,
    Encoding,
    ResultsFormat,
    State,
)
from eligibility.reports.answer import Described


class TableSent(Described):
    """The table as it came."""

    bytes: int
    """Its size."""
    sha256: str
    """SHA-256 of its bytes."""


class BatchFile(Described):
    """A file that can be fetched by its name."""

    name: str
    """The name to fetch it by."""
    bytes: int
    """Its size."""


class BatchResult(Described):
    """What a batch came to."""

    rows: int
    """Rows of the table: those screened and those set aside."""
    rejected: int
    """Rows that could not be read and were set aside, each with its reason."""
    decisions: Mapping[str, int]
    """How many patients, by decision."""
    rejected_by_code: Mapping[str, int]
    """How many rows were set aside, by the code of the reason."""
    rules_hash: str
    """SHA-256 over the criteria files used and the readings chosen."""
    engine_version: str
    """Version of this software."""
    as_of: str | None
    """The day on which rows are judged that name none; null if there was none."""
    results: str
    """Name of the file of results."""
    results_sha256: str
    """SHA-256 of its bytes."""
    files: Sequence[BatchFile]
    """Every file that came out."""
    began_anew: str | None
    """Why an unfinished run was begun from the first row again, as a code; null if it was not."""
    entry: BatchEntry | None
    """Where the batch stands in the screening log."""


class BatchAnswer(Described):
    """A batch: what was sent and asked for, how far it has come, what it ended with."""

    id: str
    """Id of the batch; batches sort by it in the order in which they came."""
    state: State
    """Where the batch stands."""
    site: str
    """The site that it belongs to."""
    created_at: str
    """When it was accepted, in UTC."""
    created_by: str
    """Who sent it, by id."""
    name: str
    """What its sender calls the file."""
    trial: str
    """Registry number of the trial."""
    profile: str | None
    """The site profile asked for, if one was."""
    as_of: str | None
    """The day of judgement asked for, if one was."""
    planned_start: str | None
    """The planned first dose asked for, if one was."""
    encoding: Encoding | None
    """How the table's letters are written, where that was said."""
    sheet: str | None
    """The sheet of the workbook, where one was chosen."""
    format: ResultsFormat
    """The form of the results."""
    verdicts_only: bool
    """Whether questions and dates are left out."""
    table: TableSent
    """The table that was sent."""
    mapping_sha256: str | None
    """SHA-256 of the mapping, if there is one."""
    progress: BatchProgress | None
    """How far it has come; null while it waits."""
    ended_at: str | None
    """When it ended, in UTC; null until then."""
    problem: BatchProblem | None
    """Why it failed; null if it did not."""
    result: BatchResult | None
    """What it came to; null unless it is done."""


class BatchPage(Described):
    """Batches of a site, newest first."""

    batches: Sequence[BatchAnswer]
    """The batches of the page."""
    next: str | None
    """What to give as `before` for those that follow; null at the end."""
