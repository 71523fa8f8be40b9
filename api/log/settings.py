"""What a site chooses about its screening log."""

from __future__ import annotations

from dataclasses import dataclass

from api.log.errors import LogSettingsError

_MOST_TOGETHER = 10_000  # SQLite takes 32,766 values in one question


@dataclass(frozen=True, slots=True)
class LogSettings:
    """By default decisions are kept and patients are not."""

    keep_profiles: bool = False
    keep_explanations: bool = False
    keep_screening_ids: bool = False
    """Screening ids as they are; else under a keyed hash, by which who knows the id finds the entry."""
    queue_size: int = 2000
    """Entries that may wait to be written; more are refused as busy."""
    batch_size: int = 256
    """Entries that one commit writes at most."""
    wait_seconds: float = 2.0
    """How long a lock of another program is waited for."""
    checkpoint_entries: int = 1000
    checkpoint_seconds: float = 30.0

    def __post_init__(self) -> None:
        if self.batch_size > _MOST_TOGETHER:
            raise LogSettingsError(
                f"one commit writes at most {_MOST_TOGETHER} entries", code="log_settings"
            )
        numbers = (self.queue_size, self.batch_size, self.checkpoint_entries)
        if min(numbers) < 1 or self.wait_seconds <= 0 or self.checkpoint_seconds <= 0:
            raise LogSettingsError(
                "sizes and times of the screening log must be above zero", code="log_settings"
            )
