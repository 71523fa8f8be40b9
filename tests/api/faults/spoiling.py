"""The service with an embedded log that can be spoiled from outside while it runs.

A program of its own: what no other process can bring about in an open SQLite database, it sets there itself, for as
long as a file beside the database says so.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api import serve
from api.log.turns import Turns

PROGRAM = f"from {__name__} import main; main()"
FULL = "max_page_count = 1"
"""No page more than the database has: SQLite then says what it says of a full disk."""
READ_ONLY = "query_only = ON"
_WELL = ("max_page_count = 4294967294", "query_only = OFF")
_begin = Turns.begin


@contextmanager
def spoiled(folder: Path, how: str) -> Iterator[None]:
    """Until the end of the block every transaction that writes meets this."""
    file = folder / "spoiled"
    file.write_text(how, encoding="utf-8")
    try:
        yield
    finally:
        file.unlink()


def main() -> None:
    """Serve as an operator's program does."""
    file = Path(os.environ["ELIGIBILITY_DATA_FOLDER"]) / "spoiled"

    def begin(turns: Turns, connection: sqlite3.Connection) -> None:
        told = (file.read_text(encoding="utf-8"),) if file.exists() else _WELL
        for each in told:
            connection.execute(f"PRAGMA {each}")
        _begin(turns, connection)

    Turns.begin = begin
    serve.main()
