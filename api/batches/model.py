"""A batch: what was sent and asked for, how far it has come, and what it ended with."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Literal, Self

from api.answers.problems import FaultAnswer
from eligibility.reports.answer import Described

BATCH_ID = re.compile(r"[0-9a-f]{44}")

Encoding = Literal["utf-8", "utf-16", "cp1252", "gb18030"]
ResultsFormat = Literal["csv", "parquet"]


class State(StrEnum):
    """Where a batch stands."""

    WAITING = "waiting"
    """It was not begun, or somebody asked to go on with it."""
    RUNNING = "running"
    """A process works on it."""
    INTERRUPTED = "interrupted"
    """Its process is gone; the service goes on with it by itself."""
    DONE = "done"
    """There are results, and the screening log has its entry."""
    FAILED = "failed"
    """It cannot be screened as it is; its problem says why."""
    CANCELLED = "cancelled"
    """Somebody stopped it; what was done is kept, and it can be resumed."""


ENDED = frozenset({State.DONE, State.FAILED, State.CANCELLED})


@dataclass(frozen=True, slots=True)
class Choices:
    """What was asked for."""

    trial: str
    profile: str | None = None
    as_of: str | None = None
    planned_start: str | None = None
    encoding: Encoding | None = None
    sheet: str | None = None
    format: ResultsFormat = "csv"
    verdicts_only: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """A table that was accepted; nothing of this changes any more."""

    id: str
    site: str
    actor: str
    created_at: str
    name: str
    """What its sender calls the file: shown to the site, used for nothing."""
    choices: Choices
    today: str
    """The day it was sent on: rows are judged on it where neither they nor the request name one."""
    table_bytes: int
    table_sha256: str
    mapping_sha256: str | None
    request_hash: str
    key_hash: str | None = None

    def document(self) -> dict[str, Any]:
        """The batch as JSON."""
        return asdict(self)

    @classmethod
    def of(cls, document: dict[str, Any]) -> Self:
        """The batch that a document was made of."""
        return cls(**{**document, "choices": Choices(**document["choices"])})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run that came to its end computed; all of it goes into the screening log."""

    rows: int
    rejected: int
    decisions: dict[str, int]
    rejected_by_code: dict[str, int]
    trial: str
    profile: str | None
    rules_hash: str
    engine_version: str
    as_of: str | None
    planned_start: str | None
    results: str
    """The name of the file of results."""
    results_sha256: str
    files: dict[str, int]
    """Every file of the run with its size."""
    began_anew: str | None = None
    """Why an unfinished run was not continued but begun from the first row again."""


class BatchProblem(Described):
    """Why a batch failed."""

    code: str
    """What kind of problem, as a code."""
    title: str
    """What is wrong, in a sentence."""
    hint: str | None
    """What to do about it, if that can be said."""
    faults: Sequence[FaultAnswer]
    """Every single fault, where there are several or one has a place."""


class BatchEntry(Described):
    """The entry of the batch in the screening log."""

    sequence: int
    """Number of the entry."""
    recorded_at: str
    """When the entry was written: UTC, with microseconds."""
    entry_hash: str
    """SHA-256 of the entry."""


@dataclass(frozen=True, slots=True)
class End:
    """How a batch ended."""

    state: State
    at: str
    problem: BatchProblem | None = None
    entry: BatchEntry | None = None
    """Number and hash of its entry in the screening log."""

    @classmethod
    def of(cls, document: dict[str, Any]) -> Self:
        """The end that a document was made of."""
        return cls(**{**document, "state": State(document["state"])})


class BatchProgress(Described):
    """How far a batch has come."""

    rows: int
    """Rows screened or set aside so far."""
    bytes_read: int
    """Bytes of the table read so far."""
    rows_per_second: int | None
    """How fast; null while that cannot be said."""
    seconds_left: int | None
    """About how many seconds are left; null while that cannot be said."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the process has come: rows so far and since it began, bytes of the table, seconds."""

    rows: int = 0
    bytes_read: int = 0
    rows_here: int = 0
    bytes_here: int = 0
    seconds: float = 0.0

    def shown(self, table_bytes: int) -> BatchProgress:
        """What a client is told: rows, rows a second, and about how many seconds are left."""
        rate = self.rows_here / self.seconds if self.seconds > 0 else None
        left = None
        if self.bytes_here > 0 and self.seconds > 0:
            left = max(0, table_bytes - self.bytes_read) * self.seconds / self.bytes_here
        return {
            "rows": self.rows,
            "bytes_read": min(self.bytes_read, table_bytes),
            "rows_per_second": None if rate is None else round(rate),
            "seconds_left": None if left is None else round(left),
        }


def new_id() -> str:
    """An id that sorts by time and that nobody can guess: 128 bits of it are random."""
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(16)}"


def now() -> str:
    """This moment in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")
