"""Tables that a run is stopped in the middle of."""

from __future__ import annotations

from pathlib import Path

from tests.differential.batch_tables import TableWriter


def table(folder: Path, rows: int = 60, seed: int = 1) -> Path:
    """A table with messy cells, doubled ids and broken lines."""
    path = folder / "patients.csv"
    lines = TableWriter(seed, mess=0.02).table(rows).splitlines()
    lines[5:5] = ["", f'P-open,"{lines[4]}', lines[3]]
    lines.append(lines[2])
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
