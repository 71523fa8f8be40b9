"""The lines of the how-to are run as they stand, against a real server."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.api.batches.sending import table
from tests.api.door.server import running

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "screen-a-table-over-http.md"
LINES = re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.skipif(shutil.which("curl") is None, reason="the lines are for curl")
def test_every_line_does_what_the_page_says(tmp_path: Path) -> None:
    (tmp_path / "november.csv").write_bytes(table(10))
    with running(tmp_path) as server:
        script = "set -eu\n" + "".join(LINES)
        script = script.replace("http://127.0.0.1:8000", f"http://127.0.0.1:{server.port}")
        ran = subprocess.run(
            [str(shutil.which("bash")), "-c", script],
            cwd=tmp_path,
            capture_output=True,
            timeout=120,
            check=False,
        )

    assert len(LINES) == 4
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.count(b'"code":"batch_ended"') == 2
    summary = json.loads((tmp_path / "summary.json").read_bytes())
    assert (summary["rows"], summary["profile"]) == (10, "atezolizumab_p1")
    results = (tmp_path / "results.csv").read_text(encoding="utf-8").splitlines()
    assert len(results) - 1 == 10 - summary["rejected"]
    assert (tmp_path / "report.html").read_bytes().startswith(b"<!DOCTYPE html>")
    assert [
        p.name for p in (tmp_path / "data/batches/sites/local").iterdir() if len(p.name) == 44
    ] == []
