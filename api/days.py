"""Today, where the service stands: one day for every way to screen and to forget, whatever clock the machine has."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from api.settings import Settings, zone_of


def today(settings: Settings, *, at: datetime | None = None) -> date:
    """The day by which is judged who names none."""
    return (at or datetime.now(UTC)).astimezone(zone_of(settings.time_zone)).date()


def days_ago(settings: Settings, days: int, *, at: datetime | None = None) -> datetime:
    """When the day began that was so many days before today; what is older than so many days was before it."""
    day = today(settings, at=at) - timedelta(days=days)
    return datetime.combine(day, time(), zone_of(settings.time_zone)).astimezone(UTC)
