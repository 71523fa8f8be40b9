"""A folder of batches without any service."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.batches.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "batches")
    store.prepare()
    return store
