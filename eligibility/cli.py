"""The command line: `eligibility screen | batch | criteria | template`, and what else is installed."""

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

from eligibility.cli_batch import batch
from eligibility.cli_criteria import criteria_app
from eligibility.cli_options import (
    DEFAULT_TRIAL,
    AsOfOption,
    JsonOption,
    LanguageOption,
    ProfileOption,
    ReadingOption,
    StartOption,
    TrialOption,
    chosen_trial,
    console_for,
)
from eligibility.errors import EligibilityError
from eligibility.extensions import ExtensibleGroup
from eligibility.version import ENGINE_VERSION

# Everything else is imported inside the commands: `--help` must not wait for pydantic and the rule engine.
if TYPE_CHECKING:
    from eligibility.dates import Anchors
    from eligibility.explanation import Explanation
    from eligibility.screening.screen import Screener
    from eligibility.wording import Language

app = typer.Typer(
    cls=ExtensibleGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Screen patients against clinical-trial criteria: eligible, ineligible or undetermined, and why.",
)
app.command()(batch)
app.add_typer(criteria_app, name="criteria")


@app.command()
def screen(  # noqa: PLR0913 - one argument per option
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
    language: LanguageOption = "en",
) -> None:
    """Screen patients and explain every criterion; the exit status is 0 whatever the decision."""
    from eligibility.dates import anchors
    from eligibility.errors import Location
    from eligibility.screening.screen import Screener

    if as_json and language != "en":
        raise EligibilityError(
            "JSON is written in English only", code="json_language", hint="leave one option out"
        )
    screener = Screener(chosen_trial(trial, profile, reading))
    dates = anchors(as_of or date.today().isoformat(), planned_start)
    explained: list[tuple[str, Explanation]] = []
    faults = 0
    for file in files:
        try:
            explained.append((file.stem, _screened(screener, file, dates, language)))
        except EligibilityError as error:
            error.location = error.location or Location(file.name)
            _complain(error)
            faults += 1
    _show(explained, as_json=as_json, summary=summary, as_list=len(files) > 1)
    if faults:
        raise typer.Exit(1)


def _screened(screener: Screener, file: Path, dates: Anchors, language: Language) -> Explanation:
    from eligibility.explanation import explain
    from eligibility.patient.record import read_record_json

    record = read_record_json(
        _content(file), source=file.name if str(file) != "-" else "standard input"
    )
    return explain(screener.screen(record, dates), language)


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
    console = console_for()
    if summary or as_list:
        console.print(summary_table(explained))
        return
    for _, explanation in explained:
        console.print(page(explanation))


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

        console_for().print(column_table(tables.describe()))
    else:
        print(tables.template_csv(), end="")


@app.command()
def version() -> None:
    """Print the version of the engine."""
    print(ENGINE_VERSION)


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
