"""What can be said against a request about a batch: each error says what to do instead."""

from __future__ import annotations

from api.answers.problems import FaultAnswer
from api.batches.model import BatchProblem, State
from eligibility.errors import EligibilityError


class BatchRequestError(EligibilityError):
    """A batch that is not there, or not in the state for what is asked."""

    code = "batch_request"


class UploadError(EligibilityError):
    """A body that holds no table, or holds it in a form that cannot be taken apart."""

    code = "upload_unreadable"


class StorageError(EligibilityError):
    """The disk did not take what was sent; nothing was accepted."""

    code = "storage_unavailable"


class RecordDamaged(EligibilityError):
    """A file that the service wrote about a batch and cannot read again."""

    code = "record_damaged"

    def __init__(self) -> None:
        super().__init__(
            "a file that tells of the batch is damaged",
            hint="the operator looks at the disk; then resume the batch, or send the table again",
        )


def too_many() -> BatchRequestError:
    """Neither all places nor those of one site are ever exceeded."""
    return BatchRequestError(
        "as many batches come in or wait as the service takes, from this site or from all",
        code="too_many_batches",
        hint="try again later",
    )


def not_there() -> BatchRequestError:
    """The same words whether the batch never was, was deleted, or is another site's."""
    return BatchRequestError(
        "there is no such batch",
        code="batch_not_found",
        hint="GET /v1/batches lists those there are",
    )


def file_not_there() -> BatchRequestError:
    """A name that the run did not write."""
    return BatchRequestError(
        "the batch has no such file",
        code="file_not_found",
        hint="the batch lists its files under result.files",
    )


def not_done(state: State) -> BatchRequestError:
    """Results are given out whole or not at all."""
    if state in (State.CANCELLED, State.FAILED):
        return BatchRequestError(
            f"the batch is {state.value} and has no results",
            code="batch_not_done",
            hint="look at its `problem` if it has one; resume it",
        )
    return BatchRequestError(
        "the batch has no results yet",
        code="batch_not_done",
        hint="ask for the batch until its state is done",
    )


def rules_changed() -> BatchRequestError:
    """What a worker answers for its own screenings, it answers for its batches."""
    return BatchRequestError(
        "the files of the rules are not those that the service has read when it started",
        code="rules_changed",
        hint="the operator starts the service anew; then resume the batch",
    )


def is_running() -> BatchRequestError:
    """Somebody works with its files."""
    return BatchRequestError(
        "the batch is being worked on", code="batch_running", hint="cancel it first, or wait"
    )


def has_ended() -> BatchRequestError:
    """There is nothing left to stop or to go on with."""
    return BatchRequestError(
        "the batch is done", code="batch_ended", hint="its results can be fetched"
    )


def key_reused() -> BatchRequestError:
    """One idempotency key for two requests."""
    return BatchRequestError(
        "this idempotency key was used for another request",
        code="idempotency_conflict",
        hint="send a new key with a new request",
    )


def problem_of(error: EligibilityError) -> BatchProblem:
    """An error of the library as a client is told of it; its messages hold no patient's value."""
    faults: list[FaultAnswer] = [
        {"path": each.path, "code": each.code, "message": each.message, "hint": each.hint}
        for each in getattr(error, "faults", ())
    ]
    code = (faults[0]["code"] if faults else None) or error.code
    return {"code": code, "title": error.message, "hint": error.hint, "faults": faults}
