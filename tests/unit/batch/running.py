"""Tables of a few rows, screened, and what was written of them."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

from eligibility.batch import BatchEngine, BatchSummary, run_batch
from eligibility.screening.screen import Screener

EXAMPLES = Path(__file__).parents[3] / "examples"


AS_OF, START = "2026-11-21", "2026-12-01"


def table(folder: Path, *lines: str) -> Path:
    path = folder / "patients.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def screened(
    source: Path,
    out: Path,
    screener: Screener,
    as_of: str | None = AS_OF,
    engine: BatchEngine = "columns",
    *,
    resume: bool = False,
) -> BatchSummary:
    return run_batch(
        source,
        out,
        screener=screener,
        as_of=as_of,
        planned_start=START,
        engine=engine,
        resume=resume,
    )


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, strict=True))


def sha256_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
