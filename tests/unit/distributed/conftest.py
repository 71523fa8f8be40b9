"""Runs over tables whose reports nobody looks at."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def without_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Most of a short run would be the drawing of pixels."""
    monkeypatch.setattr("eligibility.reports.batch_report.png_of", str.encode)
