"""The command line: `eligibility screen | batch | criteria | template`."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from datetime import date
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from eligibility.errors import EligibilityError
from eligibility.extensions import ExtensibleGroup
from eligibility.version import ENGINE_VERSION

# Everything else is imported inside the commands: `--help` must not wait for pydantic and the rule engine.
if TYPE_CHECKING:
    from rich.console import Console

    from eligibility.dates import Anchors
    from eligibility.explanation import Explanation
    from eligibility.screening.screen import Screener

app = typer.Typer(
    cls=ExtensibleGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Screen patients against clinical-trial criteria: eligible, ineligible or undetermined, and why.",
)
criteria_app = typer.Typer(
    no_args_is_help=True, help="Check, run and show the criteria of a trial."
)
app.add_typer(criteria_app, name="criteria")

TrialOption = Annotated[
    str, typer.Option("--trial", help="Registry number of a trial, or the folder that holds one.")
]
ProfileOption = Annotated[
    str | None,
    typer.Option("--profile", help="Site profile: laboratory limits and declared assumptions."),
]
AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of", help='Date the record is judged on ("2026-11-21", or "day 120"); default today.'
    ),
]
StartOption = Annotated[
    str | None,
    typer.Option("--planned-start", help="Planned date of the first dose; windows count from it."),
]
ReadingOption = Annotated[
    list[str] | None,
    typer.Option(
        "--reading", help="Another reading of an interpretation, as name=reading; repeatable."
    ),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON document instead of a page.")
]
DEFAULT_TRIAL = "NCT06731140"


@app.command()
def screen(
    files: Annotated[
        list[Path], typer.Argument(help="Patient profiles as JSON; - reads standard input.")
    ],
    *,
    as_of: AsOfOption = None,
    planned_start: StartOption = None,
    profile: ProfileOption = None,
    trial: TrialOption = DEFAULT_TRIAL,
    reading: ReadingOption = None,
    as_json: JsonOption = False,
    summary: Annotated[bool, typer.Option("--summary", help="One line per patient.")] = False,
) -> None:
    """Screen patients and explain every criterion; the exit status is 0 whatever the decision."""
    from eligibility.dates import anchors
    from eligibility.errors import Location
    from eligibility.screening.screen import Screener

    screener = Screener(_trial(trial, profile, reading))
    dates = anchors(as_of or date.today().isoformat(), planned_start)
    explained: list[tuple[str, Explanation]] = []
    faults = 0
    for file in files:
        try:
            explained.append((file.stem, _screened(screener, file, dates)))
        except EligibilityError as error:
            error.location = error.location or Location(file.name)
            _complain(error)
            faults += 1
    _show(explained, as_json=as_json, summary=summary, as_list=len(files) > 1)
    if faults:
        raise typer.Exit(1)


def _screened(screener: Screener, file: Path, dates: Anchors) -> Explanation:
    from eligibility.explanation import explain
    from eligibility.patient.record import read_record_json

    record = read_record_json(
        _content(file), source=file.name if str(file) != "-" else "standard input"
    )
    return explain(screener.screen(record, dates))


def _content(file: Path) -> bytes:
    """The bytes of a file, never more than a record may have plus one."""
    from eligibility.errors import Location
    from eligibility.patient.record import MAX_DOCUMENT_BYTES

    if str(file) == "-":
        return sys.stdin.buffer.read(MAX_DOCUMENT_BYTES + 1)
    try:
        with file.open("rb") as opened:
            return opened.read(MAX_DOCUMENT_BYTES + 1)
    except OSError as error:
        raise EligibilityError(
            f"the file cannot be read: {error.strerror}",
            code="unreadable",
            location=Location(file.name),
            hint="give the path of a JSON patient profile",
        ) from None


def _show(
    explained: list[tuple[str, Explanation]], *, as_json: bool, summary: bool, as_list: bool
) -> None:
    from eligibility.reports.console import page, summary_table
    from eligibility.reports.document import to_document

    if as_json:
        documents = [to_document(explanation) for _, explanation in explained]
        if as_list or documents:
            print(_json(documents if as_list else documents[0]))
        return
    console = _console()
    if summary or as_list:
        console.print(summary_table(explained))
        return
    for _, explanation in explained:
        console.print(page(explanation))


@app.command()
def batch(
    table: Annotated[Path, typer.Argument(help="CSV or TSV file, one patient per row.")],
    *,
    out: Annotated[
        Path, typer.Option("--out", help="New folder for results, rejected rows and summary.")
    ],
    mapping: Annotated[
        Path | None,
        typer.Option("--mapping", help="YAML file that maps a foreign table's columns."),
    ] = None,
    as_of: AsOfOption = None,
    planned_start: StartOption = None,
    profile: ProfileOption = None,
    trial: TrialOption = DEFAULT_TRIAL,
    reading: ReadingOption = None,
) -> None:
    """Screen a table: as many rows out as in, each as a result or as a rejected row with its reason."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from eligibility.batch import run_batch
    from eligibility.intake.mapping import read_mapping
    from eligibility.screening.screen import Screener

    read = read_mapping(mapping) if mapping else None
    screener = Screener(_trial(trial, profile, reading))
    columns = (TextColumn("screening"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = _console(stderr=True)
    quiet = not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=quiet) as bar:
        task = bar.add_task("rows", total=None)
        done = run_batch(
            table,
            out,
            screener=screener,
            as_of=as_of,
            # Days of a mapped table may be on a clock of their own, where today means nothing.
            default_as_of=None if read else date.today().isoformat(),
            planned_start=planned_start,
            mapping=read,
            progress=lambda rows: bar.update(task, completed=rows),
        )
    from eligibility.reports.attrition_table import attrition_tables

    console = _console()
    for part in attrition_tables(done.attrition, rows=done.rows, rejected=done.rejected):
        console.print(part)
    console.print(f"written: {done.folder}/results.csv, rejected.csv, summary.json", soft_wrap=True)


@criteria_app.command("lint")
def lint(
    trial: Annotated[str, typer.Argument(help="Registry number or folder.")] = DEFAULT_TRIAL,
) -> None:
    """Check the files of a trial; exit status 1 if anything is wrong."""
    from eligibility.protocol.library import trial_folder
    from eligibility.screening.lint import lint_trial

    found = lint_trial(trial_folder(trial))
    for each in found:
        print(each)
    errors = sum(each.severity == "error" for each in found)
    print(f"{trial}: {errors} errors, {len(found) - errors} warnings")
    if errors:
        raise typer.Exit(1)


@criteria_app.command("cases")
def cases(
    trial: Annotated[str, typer.Argument(help="Registry number or folder.")] = DEFAULT_TRIAL,
) -> None:
    """Run the examples of every criterion, on both evaluators; exit status 1 if one is wrong."""
    from eligibility.protocol.library import trial_folder
    from eligibility.screening.cases import CaseRunner

    folder = trial_folder(trial)
    wrong = count = 0
    for engine in ("reference", "durable-rules"):
        for outcome in CaseRunner(folder, engine=engine).run():
            count += 1
            if outcome.complaint:
                wrong += 1
                print(
                    f"{outcome.at}: {outcome.subject}, {outcome.name} ({engine}): {outcome.complaint}"
                )
    print(f"{trial}: {count} examples run on two evaluators, {wrong} wrong")
    if wrong:
        raise typer.Exit(1)


@criteria_app.command("show")
def show(
    trial: Annotated[str, typer.Argument(help="Registry number or folder.")] = DEFAULT_TRIAL,
    *,
    profile: ProfileOption = None,
    reading: ReadingOption = None,
) -> None:
    """Print a trial as a page: the protocol's words, the condition, the readings in force."""
    from eligibility.reports.trial_page import trial_page

    _console().print(trial_page(_trial(trial, profile, reading)))


@criteria_app.command("list")
def list_trials() -> None:
    """Print the trials of the library and their site profiles."""
    from eligibility.protocol.library import load_trial, trial_ids

    for name in trial_ids():
        loaded = load_trial(name)
        print(f"{name}  {loaded.title}  (profiles: {', '.join(loaded.profiles) or 'none'})")


@app.command()
def template(
    *,
    describe: Annotated[
        bool, typer.Option("--describe", help="List every column: meaning, unit, spellings.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print a full example profile as JSON.")
    ] = False,
) -> None:
    """Print a CSV header with one filled example row."""
    from eligibility.intake import template as tables

    if as_json:
        print(_json(tables.example_profile()))
    elif describe:
        from eligibility.reports.column_table import column_table

        _console().print(column_table(tables.describe()))
    else:
        print(tables.template_csv(), end="")


@app.command()
def version() -> None:
    """Print the version of the engine."""
    print(ENGINE_VERSION)


def _trial(trial: str, profile: str | None, readings: list[str] | None) -> Any:
    from eligibility.protocol.library import load_trial

    chosen: dict[str, str] = {}
    for each in readings or []:
        name, sign, reading = each.partition("=")
        if not sign:
            raise EligibilityError("a reading is written as name=reading", code="reading_option")
        chosen[name.strip()] = reading.strip()
    return load_trial(trial, profile=profile, readings=chosen)


def _console(*, stderr: bool = False) -> Console:
    from rich.console import Console

    console = Console(stderr=stderr, highlight=False)
    # A pipe has no width of its own; 80 columns would break every table.
    return console if console.is_terminal else Console(stderr=stderr, highlight=False, width=140)


def _json(document: Any) -> str:
    readable = sys.stdout.encoding.lower() == "utf-8"
    return json.dumps(document, ensure_ascii=not readable, indent=2, default=str)


def _complain(error: EligibilityError) -> None:
    """One clear message on standard error, with every fault found, never a traceback."""
    faults = getattr(error, "faults", ())
    where = f"{error.location.source}: " if error.location and error.location.source else ""
    if len(faults) > 1:
        print(f"error: {where}{len(faults)} faults", file=sys.stderr)
        for fault in faults[:20]:
            print(f"  {fault}", file=sys.stderr)
        if len(faults) > 20:
            print(f"  and {len(faults) - 20} more", file=sys.stderr)
        return
    print(f"error: {error}", file=sys.stderr)


def main(run: Callable[[], Any] = app) -> None:
    """Entry point: errors of this library end with status 1 and one message, interrupts with 130."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a letter the terminal lacks is no error
    try:
        run()
    except EligibilityError as error:
        _complain(error)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(0)
    except OSError as error:
        print(f"error: reading or writing failed: {error.strerror}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("interrupted; nothing was written", file=sys.stderr)
        sys.exit(130)
    finally:
        _flush_quietly()


def _flush_quietly() -> None:
    """Write what is left; where nobody reads any more, let nothing be written at the exit either."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
