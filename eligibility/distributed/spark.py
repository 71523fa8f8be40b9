"""Sections of a table screened by the workers of a Spark cluster; the only module that knows Spark."""

from __future__ import annotations

import os
import pickle
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from eligibility.batch import BatchError, Task
from eligibility.columnar.outcome import Screened
from eligibility.distributed.kernel import Order
from eligibility.distributed.on_workers import Counted, Refusal, Worker
from eligibility.distributed.parts import Parts
from eligibility.distributed.sections import Found, Section, Stretch, head_of, sections
from eligibility.errors import EligibilityError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

SECTION_BYTES = 128 << 20
"""About 300,000 rows of sixty columns."""

_INSTALL = "pip install 'eligibility-screening[spark]', on every machine of the cluster"

_MISSING = re.compile(r"No module named '(\w+)[\w.]*'")

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class SparkError(EligibilityError):
    """A cluster that cannot be used, or that gave up."""

    code = "spark_failed"


def spark_session() -> SparkSession:
    """The session of `spark-submit`, or else one of this machine."""
    try:
        from pyspark.errors import PySparkRuntimeError  # noqa: PLC0415 - an extra
        from pyspark.sql import SparkSession  # noqa: PLC0415
    except ImportError:
        raise SparkError("PySpark is not installed", code="spark_missing", hint=_INSTALL) from None
    # Else Spark's workers take whatever `python3` is on their PATH.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("eligibility batch")
    try:
        return builder.config("spark.ui.showConsoleProgress", "false").getOrCreate()
    except (PySparkRuntimeError, OSError):
        hint = "install Java 17 or newer, and see what Spark has written above"
        raise SparkError("Spark could not be started", code="spark_missing", hint=hint) from None


class SparkEngine:
    """Screens a table on a cluster whose machines see the table and the folder of the results."""

    def __init__(self, session: SparkSession, *, section_bytes: int = SECTION_BYTES) -> None:
        self._session = session
        self._section_bytes = section_bytes

    def __call__(self, task: Task) -> Iterator[Screened]:
        """What becomes of all rows, in the order of the table."""
        head = head_of(task.table, task.patients.table, task.mapping)
        folder = task.folder.absolute() / "sections"
        folder.mkdir()
        screen = task.screen
        order = Order(
            task.table.absolute(),
            head,
            task.mapping,
            screen.screener.trial,
            screen.as_of,
            screen.planned_start,
            screen.verdicts_only,
            task.block_rows,
        )
        worker = Worker(pickle.dumps(order), folder)

        def look(stretches: Sequence[Stretch]) -> Sequence[Found]:
            return self._all(worker.look, stretches)

        cut = sections(order.table, head, size=self._section_bytes, look=look)
        counted = self._all(worker.screen, cut)
        parts = Parts(folder)
        again = self._with_earlier_ids(parts, len(cut))
        self._all(worker.screen_again, [each for each in cut if each.number in again])
        for section, counts in zip(cut, counted, strict=True):
            yield from _checked(section, counts, parts, again=section.number in again)
            task.patients.rows_read += counts.rows
            task.patients.table.blank_lines += counts.blank_lines
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()

    def _all(
        self, function: Callable[[_Item], _Result | Refusal], items: Sequence[_Item]
    ) -> list[_Result]:
        """The outcome for every item, each worked out in a task of its own."""
        if not items:
            return []
        work = self._session.sparkContext.broadcast((function, list(items)))
        rows = self._session.range(0, len(items), 1, len(items))
        try:
            with _told_once():
                collected = rows.mapInArrow(_task(work), "place long, outcome binary").collect()
        finally:
            work.unpersist()
        outcomes = {row.place: pickle.loads(row.outcome) for row in collected}  # noqa: S301 - our workers'
        ordered = [outcomes[place] for place in range(len(items))]
        for outcome in ordered:
            if isinstance(outcome, Refusal):
                raise SparkError(outcome.message, code=outcome.code, hint=outcome.hint)
        return ordered

    def _with_earlier_ids(self, parts: Parts, count: int) -> set[int]:
        """The sections with ids of earlier sections; which ids and where is laid down for them."""
        from pyspark.sql import functions as f  # noqa: PLC0415

        if count < 2:
            return set()
        read, write = _ids_of(parts), _earlier_of(parts)
        ids = self._session.range(0, count, 1, count).mapInArrow(
            read, "id string, line long, section int"
        )
        several = (
            ids.groupBy("id")
            .agg(
                f.min("line").alias("first"),
                f.min("section").alias("first_section"),
                f.count("*").alias("times"),
            )
            .where("times > 1")
        )
        repeated: DataFrame = ids.join(several, "id").where("section > first_section")
        told = repeated.select("section", "id", "first").groupBy("section")
        with _told_once():
            rows = told.applyInArrow(write, "section int").collect()
        return {row.section for row in rows}


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
        frame = pl.from_arrow(table.select(["id", "first"]))
        assert isinstance(frame, pl.DataFrame)  # made of a table
        parts.write_earlier(section, frame)
        return pa.table({"section": pa.array([section], pa.int32())})

    return write


def _oldest() -> Any:
    """Spark does not know the newer layouts of texts in Arrow."""
    import polars as pl  # noqa: PLC0415 - on the worker

    return pl.CompatLevel.oldest()


def _checked(section: Section, counts: Counted, parts: Parts, *, again: bool) -> Iterator[Screened]:
    """The outcomes of a section; every row of it must be among them."""
    rows = 0
    for outcome in parts.read(section.number, again=again):
        rows += outcome.results + len(outcome.rejections)
        yield outcome
    if rows != counts.rows:
        raise BatchError(
            f"{counts.rows} rows of a section were read, but {rows} came out",
            code="rows_lost",
            hint="nothing was written; this is a fault of the program, please report it",
        )


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
            raise SparkError(
                f"a worker of the cluster cannot import {missing[1]}",
                code="worker_lacks_package",
                hint=f"{_INSTALL}; PYSPARK_PYTHON names the interpreter that workers use",
            ) from None
        raise SparkError(
            f"the cluster gave up ({type(error).__name__})",
            hint="nothing was written; what went wrong is in the log of Spark's executors",
        ) from None
