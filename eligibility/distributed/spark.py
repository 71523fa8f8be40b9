"""The workers of a Spark cluster, and frames that lie in Spark; the only module that knows Spark."""

from __future__ import annotations

import os
import pickle
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from eligibility.distributed.engine import ClusterError
from eligibility.distributed.frames import REPEATED, FrameOrder, id_column
from eligibility.distributed.on_workers import screen_frames
from eligibility.distributed.parts import Parts
from eligibility.protocol.library import DEFAULT_TRIAL, load_trial

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_INSTALL = "pip install 'eligibility-screening[spark]', on every machine of the cluster"

# What Python strips from a text.
_EDGES = r"(?U)^[\\s\\x1c-\\x1f]+|[\\s\\x1c-\\x1f]+$"
_WHERE = ("line", "section")
_MISSING = re.compile(r"No module named '(\w+)[\w.]*'")


def spark_session() -> SparkSession:
    """The session of `spark-submit`, or else one of this machine."""
    try:
        from pyspark.errors import PySparkRuntimeError  # noqa: PLC0415 - an extra
        from pyspark.sql import SparkSession  # noqa: PLC0415
    except ImportError:
        raise ClusterError(
            "PySpark is not installed", code="spark_missing", hint=_INSTALL
        ) from None
    # Else Spark's workers take whatever `python3` is on their PATH.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("eligibility batch")
    try:
        return builder.config("spark.ui.showConsoleProgress", "false").getOrCreate()
    except (PySparkRuntimeError, OSError):
        hint = "install Java 17 or newer, and see what Spark has written above"
        raise ClusterError("Spark could not be started", code="spark_missing", hint=hint) from None


class SparkCluster:
    """Gives work to the workers of a session; a task that is lost with its worker is given out again."""

    def __init__(self, session: SparkSession) -> None:
        self._session = session

    def every(self, function: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
        """The outcome for every item, each worked out in a task of its own."""
        work = self._session.sparkContext.broadcast((function, list(items)))
        rows = self._session.range(0, len(items), 1, len(items))
        try:
            with _told_once():
                collected = rows.mapInArrow(_task(work), "place long, outcome binary").collect()
        finally:
            work.unpersist()
        outcomes = {row.place: pickle.loads(row.outcome) for row in collected}  # noqa: S301 - our workers'
        return [outcomes[place] for place in range(len(items))]

    def sections_with_earlier_ids(self, parts: Parts, count: int) -> set[int]:
        """The sections with ids of earlier sections; which ids and where is laid down for them."""
        numbers = self._session.range(0, count, 1, count)
        ids = numbers.mapInArrow(_ids_of(parts), "id string, line long, section int")
        first = [f"min({name}) over (partition by id) as first_{name}" for name in _WHERE]
        repeated = ids.selectExpr("id", "section", *first).where("section > first_section")
        told = repeated.groupBy("section")
        with _told_once():
            rows = told.applyInArrow(_earlier_of(parts), "section int").collect()
        return {row.section for row in rows}


def screen_frame(
    frame: DataFrame,
    *,
    trial: str = DEFAULT_TRIAL,
    profile: str | None = None,
    as_of: str | None = None,
    planned_start: str | None = None,
    verdicts_only: bool = False,
) -> DataFrame:
    """Screen a frame whose text columns are named as in `eligibility template`.

    One row comes out for each that goes in: the columns of results.csv, and `rejected` with the codes
    of what is wrong with a row that was not screened. Rows that share an id are all rejected.
    """
    loaded = load_trial(trial, profile=profile)
    name = id_column(frame.dtypes)
    order = FrameOrder(loaded, name, as_of, planned_start, verdicts_only)
    # Spark takes the dots in the names of our columns for fields of a structure.
    plain = frame.toDF(*(f"c{place}" for place in range(len(frame.columns))))
    stripped = f"regexp_replace(c{frame.columns.index(name)}, '{_EDGES}', '')"
    flagged = plain.selectExpr("*", f"count(*) over (partition by {stripped}) > 1 as `{REPEATED}`")
    kinds = ", ".join(f"`{each}` string" for each in order.names())
    return flagged.mapInArrow(_frames(pickle.dumps(order), [*frame.columns, REPEATED]), kinds)


def _frames(order: bytes, names: list[str]) -> Callable[[Iterator[Any]], Iterator[Any]]:
    """For `mapInArrow`: rows come in, their outcomes go out."""

    def screen(batches: Iterator[Any]) -> Iterator[Any]:
        import polars as pl  # noqa: PLC0415 - on the worker
        import pyarrow as pa  # noqa: PLC0415

        frames = (
            pl.DataFrame(batch).rename(dict(zip(batch.schema.names, names, strict=True)))
            for batch in batches
        )
        for outcome in screen_frames(order, frames):
            kinds = pa.schema([(name, pa.string()) for name in outcome.columns])
            yield from outcome.to_arrow(compat_level=_oldest()).cast(kinds).to_batches()

    return screen


def _task(work: Any) -> Callable[[Iterator[Any]], Iterator[Any]]:
    """For `mapInArrow`: batches of places come in, the outcomes for the items there go out."""

    def carry_out(batches: Iterator[Any]) -> Iterator[Any]:
        import pyarrow as pa  # noqa: PLC0415 - on the worker

        function, items = work.value
        for batch in batches:
            for place in batch.column(0).to_pylist():
                outcome = pickle.dumps(function(items[place]))
                yield pa.RecordBatch.from_pydict({"place": [place], "outcome": [outcome]})

    return carry_out


def _ids_of(parts: Parts) -> Callable[[Iterator[Any]], Iterator[Any]]:
    """For `mapInArrow`: numbers of sections come in, the ids they saw first go out."""

    def read(batches: Iterator[Any]) -> Iterator[Any]:
        import pyarrow as pa  # noqa: PLC0415 - on the worker

        kinds = pa.schema([("id", pa.string()), ("line", pa.int64()), ("section", pa.int32())])
        for batch in batches:
            for section in batch.column(0).to_pylist():
                table = parts.ids(section).to_arrow(compat_level=_oldest())
                yield from table.cast(kinds).to_batches()

    return read


def _earlier_of(parts: Parts) -> Callable[[Any], Any]:
    """For `applyInArrow`: lays down the ids of one section that stand earlier, and tells its number."""

    def write(table: Any) -> Any:
        import polars as pl  # noqa: PLC0415 - on the worker
        import pyarrow as pa  # noqa: PLC0415

        section = table.column("section")[0].as_py()
        frame = pl.from_arrow(table.select(["id", "first_line"]))
        assert isinstance(frame, pl.DataFrame)  # made of a table
        parts.write_earlier(section, frame)
        return pa.table({"section": pa.array([section], pa.int32())})

    return write


def _oldest() -> Any:
    """Spark does not know the newer layouts of texts in Arrow."""
    import polars as pl  # noqa: PLC0415 - on the worker

    return pl.CompatLevel.oldest()


@contextmanager
def _told_once() -> Iterator[None]:
    """One clear error for whatever a cluster fails with; its own text may hold a patient's values."""
    from py4j.protocol import Py4JError  # noqa: PLC0415 - comes with PySpark
    from pyspark.errors import PySparkException  # noqa: PLC0415

    try:
        yield
    except (PySparkException, Py4JError) as error:
        missing = _MISSING.search(str(error))
        if missing:
            raise ClusterError(
                f"a worker of the cluster cannot import {missing[1]}",
                code="worker_lacks_package",
                hint=f"{_INSTALL}; PYSPARK_PYTHON names the interpreter that workers use",
            ) from None
        raise ClusterError(
            f"the cluster gave up ({type(error).__name__})",
            hint="nothing was written; what went wrong is in the log of Spark's executors",
        ) from None
