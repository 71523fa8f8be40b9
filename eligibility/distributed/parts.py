"""What became of a section, laid down in a folder that all machines see: whole, or not there."""

from __future__ import annotations

import os
import pickle
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import polars as pl

from eligibility.columnar.outcome import Screened
from eligibility.distributed.kernel import Tally

_IDS = {"id": pl.String, "line": pl.Int64, "section": pl.Int32}


class Parts:
    """The files of one run, by section; a second screening of a section has files of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, section: int, outcomes: Iterator[Screened], *, again: bool) -> None:
        """The outcomes of a section; a task that is carried out twice writes the same twice."""
        with _published(self._path(section, again=again)) as stream:
            for outcome in outcomes:
                pickle.dump(outcome, stream, protocol=pickle.HIGHEST_PROTOCOL)

    def read(self, section: int, *, again: bool) -> Iterator[Screened]:
        """The outcomes of a section, in its order."""
        with self._path(section, again=again).open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            while stream.tell() < size:
                # Only this run's own workers write here; Spark ships pickles between the same machines.
                yield pickle.load(stream)  # noqa: S301

    def write_ids(self, section: int, tally: Tally) -> None:
        """The ids a section saw first, and where."""
        columns = {"id": tally.ids, "line": tally.lines, "section": [section] * len(tally.ids)}
        with _published(self.folder / f"{section}.ids") as stream:
            pl.DataFrame(columns, schema=_IDS).write_ipc(stream)

    def ids(self, section: int) -> pl.DataFrame:
        """The ids a section saw first, as the columns `id`, `line` and `section`."""
        return pl.read_ipc(self.folder / f"{section}.ids")

    def write_earlier(self, section: int, ids: pl.DataFrame) -> None:
        """The ids of a section that stand earlier, with the line of the first: `id` and `first_line`."""
        with _published(self.folder / f"{section}.earlier") as stream:
            ids.select("id", "first_line").write_ipc(stream)

    def earlier(self, section: int) -> dict[str, int]:
        """The same by id."""
        frame = pl.read_ipc(self.folder / f"{section}.earlier")
        return dict(zip(frame["id"].to_list(), frame["first_line"].to_list(), strict=True))

    def _path(self, section: int, *, again: bool) -> Path:
        return self.folder / f"{section}.{'again' if again else 'once'}"


@contextmanager
def _published(path: Path) -> Iterator[BinaryIO]:
    """A file that appears when it is whole."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
