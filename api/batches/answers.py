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
    sha256: str


class BatchFile(Described):
    """A file that can be fetched by its name."""

    name: str
    bytes: int


class BatchResult(Described):
    """What a batch came to."""

    rows: int
    rejected: int
    decisions: Mapping[str, int]
    """How many, by decision."""
    rejected_by_code: Mapping[str, int]
    """How many rows were set aside, by the code of the reason."""
    rules_hash: str
    engine_version: str
    as_of: str | None
    """The day of judgement; null where every row named its own."""
    results: str
    """Name of the file of results."""
    results_sha256: str
    files: Sequence[BatchFile]
    began_anew: str | None
    """Why an unfinished run was begun from the first row again; null if it was not."""
    entry: BatchEntry | None


class BatchAnswer(Described):
    """A batch: what was sent and asked for, how far it has come, what it ended with."""

    id: str
    state: State
    site: str
    created_at: str
    created_by: str
    """Who sent it, by id."""
    name: str
    """What its sender calls the file."""
    trial: str
    profile: str | None
    as_of: str | None
    planned_start: str | None
    encoding: Encoding | None
    sheet: str | None
    format: ResultsFormat
    verdicts_only: bool
    table: TableSent
    mapping_sha256: str | None
    progress: BatchProgress | None
    """Null until it was begun."""
    ended_at: str | None
    problem: BatchProblem | None
    result: BatchResult | None


class BatchPage(Described):
    """Batches of a site, newest first."""

    batches: Sequence[BatchAnswer]
    next: str | None
    """What to give as `before` for those that follow; null at the end."""
