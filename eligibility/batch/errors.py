"""What can stop a batch, said so that one knows what is left and how to go on."""

from __future__ import annotations

from pathlib import Path

from eligibility.errors import EligibilityError, Location


class BatchError(EligibilityError):
    """A table whose results cannot be written, or that lost a row on the way."""

    code = "batch_failed"


AGAIN = "give the same command with --resume"


class BatchInterrupted(KeyboardInterrupt):
    """Somebody stopped the run; what is done is kept."""

    def __str__(self) -> str:
        return f"interrupted; what is done is kept: to go on, {AGAIN}"


class RowsLost(BatchError):
    """Not every row came out: a fault of the program, which must never pass for a result."""

    code = "rows_lost"

    def __init__(self, read: int, written: int) -> None:
        super().__init__(
            f"{read} rows were read, but {written} came out",
            hint="no results were given out; this is a fault of the program, please report it",
        )


def cannot_write(out: Path, error: OSError, *, resumable: bool) -> BatchError:
    """The disk is full, gone or not ours; what was kept before stays."""
    hint = "check that the folder above it exists, is yours and has room"
    if resumable:
        hint += f"; then {AGAIN}: what is done is kept"
    return BatchError(
        f"the results cannot be written: {error.strerror}",
        code="cannot_write",
        location=Location(source=out.name),
        hint=hint,
    )


def run_unfinished(work: Path) -> BatchError:
    """There is an earlier run, and nobody said what is to become of it."""
    message = "an earlier run into this folder was stopped before its end"
    return _of_run(work, "run_unfinished", message, f"to go on, {AGAIN}; {_ANEW}")


def run_changed(work: Path, names: list[str]) -> BatchError:
    """What is asked now is not what the earlier run was about."""
    message = f"the unfinished run was about something else: {', '.join(names)} changed since"
    return _of_run(work, "run_changed", message, f"give what that run had; {_ANEW}")


def run_elsewhere(work: Path) -> BatchError:
    """A cluster screens a table whole: it cannot take over what one machine has begun."""
    message = "the unfinished run was begun on one machine and cannot be continued on a cluster"
    return _of_run(work, "run_elsewhere", message, f"leave --engine spark out; {_ANEW}")


def run_damaged(work: Path) -> BatchError:
    """An unfinished run whose files are not what was kept."""
    message = "the unfinished run cannot be continued: its files are damaged or of another version"
    return _of_run(work, "run_damaged", message, _ANEW)


_ANEW = "to begin anew, remove this folder"


def _of_run(work: Path, code: str, message: str, hint: str) -> BatchError:
    """Something about an earlier run, which lies in this folder."""
    return BatchError(message, code=code, location=Location(source=work.name), hint=hint)


def table_changed(table: Path) -> BatchError:
    """The table was written to while it was read: nobody knows what was screened."""
    return BatchError(
        "the table changed while it was being screened",
        code="table_changed",
        location=Location(source=table.name),
        hint="screen a copy that nobody writes to; nothing was given out",
    )
