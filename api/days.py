"""Today, where the service stands: one day for every way to screen, whatever clock the machine has."""

from __future__ import annotations

from datetime import UTC, date, datetime

from api.settings import Settings, zone_of


def today(settings: Settings, *, at: datetime | None = None) -> date:
    """The day by which is judged who names none."""
    return (at or datetime.now(UTC)).astimezone(zone_of(settings.time_zone)).date()
