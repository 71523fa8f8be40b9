"""Today is one day for every way to screen: that of the setting, whatever the machine says."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from api.batches.store import Store
from api.days import days_ago, today
from api.settings import Settings
from eligibility.intake.template import example_profile
from tests.api.batches.sending import service, table

# These two are never on the same day: 26 hours lie between them.
FIRST, LAST = "Pacific/Kiritimati", "Etc/GMT+12"


@pytest.mark.parametrize("zone", [FIRST, LAST])
def test_a_day_that_nobody_names_is_the_same_everywhere(tmp_path: Path, zone: str) -> None:
    patient = example_profile()
    with service(tmp_path, time_zone=zone) as client:
        possible = {datetime.now(ZoneInfo(zone)).date().isoformat()}
        screened = client.post("/v1/screenings", json=patient).json()
        edits = {"patient": patient, "set": {"ecog": {"value": 1, "date": "2026-11-20"}}}
        compared = client.post("/v1/what-if", json=edits).json()
        sent = client.post("/v1/batches", files={"table": ("t.csv", table(1))}).json()
        possible.add(datetime.now(ZoneInfo(zone)).date().isoformat())

    kept = Store(tmp_path / "batches").find("local", sent["id"])
    assert {screened["as_of"], compared["before"]["as_of"], kept.batch.today} <= possible


@pytest.mark.parametrize(
    ("zone", "day"),
    [("UTC", 20), ("Asia/Shanghai", 21), ("America/New_York", 20)],
)
def test_a_day_begins_where_the_service_stands(zone: str, day: int) -> None:
    at = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)

    assert today(Settings(time_zone=zone), at=at) == date(2026, 11, day)


@pytest.mark.parametrize(
    ("zone", "began"),
    [
        ("UTC", datetime(2026, 11, 18, tzinfo=UTC)),
        ("Asia/Shanghai", datetime(2026, 11, 18, 16, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 11, 18, 5, tzinfo=UTC)),
    ],
)
def test_days_are_counted_back_from_the_beginning_of_today(zone: str, began: datetime) -> None:
    at = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)

    assert days_ago(Settings(time_zone=zone), 2, at=at) == began
