"""kill -9 of writing processes: what was acknowledged is in the log exactly once, and the chain holds."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from api.log.database import Database

_ROUNDS = {"sqlite": 255, "postgresql": 20}  # two writers are killed in each


def test_no_kill_loses_or_doubles_an_acknowledged_entry(
    url: str, tmp_path: Path, request: pytest.FixtureRequest, record_property: Any
) -> None:
    database = Database(url)
    database.open(upgrade=True)
    database.close()
    rounds = _ROUNDS[request.node.callspec.params["url"]]
    command = ["-m", "tests.log.killing", url, tmp_path / "marks", rounds, 7]

    ended = subprocess.run(
        [sys.executable, *map(str, command)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert ended.returncode == 0, ended.stderr[-2000:]
    found = json.loads(ended.stdout)
    record_property("writers of the log killed", found["kills"])
    record_property("acknowledged entries, each once in the log", found["acknowledged"])
    assert found["kills"] == 2 * rounds
    assert found["acknowledged"] > rounds
    assert found["entries"] >= found["acknowledged"]
    assert found["checkpoints"] > 0
    assert (found["lost"], found["twice"], found["moved"], found["faults"]) == (0, 0, 0, [])
