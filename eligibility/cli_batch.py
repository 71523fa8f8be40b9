"""The command that screens a table: `eligibility batch`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from eligibility.cli_options import (
    DEFAULT_TRIAL,
    AsOfOption,
    ProfileOption,
    ReadingOption,
    StartOption,
    TrialOption,
    chosen_trial,
    console_for,
)
from eligibility.errors import EligibilityError

if TYPE_CHECKING:
    from eligibility.batch import Advance, BatchEngine, BatchSummary, EngineElsewhere

_MOST_NAMED = 10


Encoding = Literal["utf-8", "utf-16", "cp1252", "gb18030"]


class EngineChoice(StrEnum):
    """How a table is screened; all ways write the same."""

    COLUMNS = "columns"
    ROWS = "rows"
    SPARK = "spark"


class FormatChoice(StrEnum):
    """The form of the results."""

    CSV = "csv"
    PARQUET = "parquet"


def batch(  # noqa: PLR0913 - one argument per option
    table: Annotated[
        Path,
        typer.Argument(
            help="Table of patients: CSV, Parquet, Excel or JSON lines; may be compressed."
        ),
    ],
    *,
    out: Annotated[
        Path, typer.Option("--out", help="New folder for results, rejected rows and reports.")
    ],
    mapping: Annotated[
        Path | None,
        typer.Option("--mapping", help="YAML file that maps a foreign table's columns."),
    ] = None,
    encoding: Annotated[
        Encoding | None,
        typer.Option("--encoding", help="Of a text table that is not UTF-8 or UTF-16."),
    ] = None,
    sheet: Annotated[
        str | None, typer.Option("--sheet", help="Sheet of a workbook that has several.")
    ] = None,
    as_of: AsOfOption = None,
    planned_start: StartOption = None,
    profile: ProfileOption = None,
    trial: TrialOption = DEFAULT_TRIAL,
    reading: ReadingOption = None,
    engine: Annotated[
        EngineChoice, typer.Option("--engine", help="Block by block, row by row, or on Spark.")
    ] = EngineChoice.COLUMNS,
    verdicts_only: Annotated[
        bool, typer.Option("--verdicts-only", help="Leave out questions and dates: much faster.")
    ] = False,
    results_format: Annotated[
        FormatChoice, typer.Option("--format", help="Results as CSV, or as Parquet with types.")
    ] = FormatChoice.CSV,
    explain: Annotated[
        list[str] | None,
        typer.Option(
            "--explain",
            help="Explain a patient in full (explanations.jsonl); @FILE has one id a line; repeatable.",
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on where an earlier run into --out was stopped.")
    ] = False,
) -> None:
    """Screen a table: as many rows out as in, each as a result or as a rejected row with its reason.

    Exit status 1 if every row was rejected.
    """
    from eligibility.batch import run_batch
    from eligibility.intake.mapping import read_mapping
    from eligibility.screening.screen import Screener

    read = read_mapping(mapping) if mapping else None
    screener = Screener(chosen_trial(trial, profile, reading))
    ids = tuple(_ids(explain or []))
    try:
        with _progress(table) as progress:
            done = run_batch(
                table,
                out,
                screener=screener,
                as_of=as_of,
                # Days of a mapped table may be on a clock of their own, where today means nothing.
                default_as_of=None if read else date.today().isoformat(),
                planned_start=planned_start,
                mapping=read,
                progress=progress,
                engine=_engine(engine),
                verdicts_only=verdicts_only,
                results_format=results_format.value,
                explain=ids,
                encoding=encoding,
                sheet=sheet,
                resume=resume,
            )
    except KeyboardInterrupt as stop:
        # Told here: the framework of the commands keeps interrupts to itself.
        print(str(stop) or "interrupted; nothing was written", file=sys.stderr)
        raise typer.Exit(130) from None
    _report(done)
    if 0 < done.rows == done.rejected:
        raise typer.Exit(1)


def _engine(choice: EngineChoice) -> BatchEngine | EngineElsewhere:
    if choice is not EngineChoice.SPARK:
        return "rows" if choice is EngineChoice.ROWS else "columns"
    from eligibility.distributed.engine import DistributedEngine
    from eligibility.distributed.spark import SparkCluster, spark_session

    return DistributedEngine(SparkCluster(spark_session()))


def _ids(options: Iterable[str]) -> Iterator[str]:
    """The ids that are to be explained; @FILE stands for the lines of a file."""
    for option in options:
        if not option.startswith("@"):
            yield option.strip()
            continue
        try:
            lines = Path(option[1:]).read_text(encoding="utf-8-sig").splitlines()
        except (OSError, ValueError):
            raise EligibilityError(
                "the file of ids after --explain @ cannot be read",
                code="unreadable",
                hint="give a text file in UTF-8 with one id a line",
            ) from None
        yield from filter(None, map(str.strip, lines))


@contextmanager
def _progress(table: Path) -> Iterator[Callable[[Advance], None]]:
    """A bar with rows, rate and time left; a line now and then where there is no terminal."""
    from eligibility.progress import bar, plain_lines

    size = table.stat().st_size if table.is_file() else 0
    console = console_for(stderr=True)
    if console.is_terminal:
        with bar(console, size) as show:
            yield lambda advance: show(advance.rows, advance.bytes_read)
    else:
        show = plain_lines(sys.stderr, size)
        yield lambda advance: show(advance.rows, advance.bytes_read)


def _report(done: BatchSummary) -> None:
    from eligibility.reports.attrition_table import attrition_tables
    from eligibility.reports.console import page

    console = console_for()
    if done.explained is not None:
        if len(done.explained.asked) == 1 and done.explained.last is not None:
            console.print(page(done.explained.last))
        _name("rejected, and so not explained (see rejected.csv)", done.explained.rejected)
        _name("not in the table", done.explained.not_in_the_table)
    by_code = done.document["rejected_by_code"]
    for part in attrition_tables(
        done.attrition, rows=done.rows, rejected=done.rejected, by_code=by_code
    ):
        console.print(part)
    console.print(f"written: {done.folder}/{', '.join(done.files)}", soft_wrap=True)


def _name(what: str, ids: list[str]) -> None:
    if ids:
        more = f" and {len(ids) - _MOST_NAMED} more" if len(ids) > _MOST_NAMED else ""
        print(f"{what}: {', '.join(ids[:_MOST_NAMED])}{more}", file=sys.stderr)
