"""The lines of the page on screening over HTTP, run by a shell against a real server."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.api.door.server import running
from tests.docs.pages import ROOT, blocks

PAGE = "docs/how-to/screen-over-http.md"


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_every_line_works_as_it_stands(tmp_path: Path) -> None:
    script = "\n".join(block.text for block in blocks(PAGE) if block.language == "sh")
    lines = script.replace("curl -sS", "curl -sS --fail-with-body")

    with running(tmp_path) as server:
        ended = subprocess.run(
            ["bash", "-euc", lines],  # noqa: S607 - whichever bash the reader has
            env={**os.environ, "SERVICE": f"http://127.0.0.1:{server.port}"},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    assert ended.returncode == 0, ended.stdout[-500:] + ended.stderr
    assert '"outcome":"confirmed"' in ended.stdout
    assert '"is_decision":false' in ended.stdout
