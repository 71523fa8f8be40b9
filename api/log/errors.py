"""What can go wrong with the screening log: each error says whether something was written, and what to do."""

from __future__ import annotations

from eligibility.errors import EligibilityError


class LogError(EligibilityError):
    """Root of the errors of the screening log."""

    code = "log_error"


class LogBusy(LogError):
    """More decisions are waiting to be written than the queue may hold; nothing was written."""

    code = "log_busy"


class LogUnavailable(LogError):
    """The database did not answer or did not commit; what was to be written is not acknowledged."""

    code = "log_unavailable"


class LogDamaged(LogError):
    """The log is not what was written: entries, head or checkpoints do not fit together."""

    code = "log_damaged"


class LogSchema(LogError):
    """The tables are older or newer than this version of the software."""

    code = "log_schema"


class LogSettingsError(LogError):
    """A key, path or setting of the log cannot be used."""

    code = "log_settings"


class EntryRefused(LogError):
    """The entry may not be written: it points to nothing, or says what may not be said."""

    code = "entry_refused"


class EntryNotFound(LogError):
    """There is no such entry, or it belongs to another site."""

    code = "entry_not_found"


class ExplanationNotKept(LogError):
    """The log has the hash of the explanation, and not the explanation itself."""

    code = "explanation_not_kept"


class IdempotencyConflict(LogError):
    """The idempotency key was used before for another request."""

    code = "idempotency_conflict"


def entry_not_found() -> EntryNotFound:
    """The same words whether the entry is absent or another site's."""
    return EntryNotFound(
        "there is no such entry in the screening log",
        hint="search the log for the entry's number",
    )


def explanation_not_kept() -> ExplanationNotKept:
    """Never kept, or forgotten in time: the log cannot tell which."""
    return ExplanationNotKept(
        "the explanation of this entry is not kept",
        hint="a replay of the entry confirms what was decided; ELIGIBILITY_LOG_KEEP_EXPLANATIONS keeps later ones",
    )
