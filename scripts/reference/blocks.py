"""Blocks inside hand-written pages: tables and excerpts that the code itself answers for."""

from __future__ import annotations

import contextlib
import io
import re
import tomllib
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from itertools import product
from pathlib import Path

from rich.console import Console

from eligibility.dates import anchors, elapsed, parse_duration, parse_partial_date
from eligibility.explanation import explain
from eligibility.intervals import OPERATORS, compare
from eligibility.patient.record import read_record_json
from eligibility.patient.values import Percent
from eligibility.protocol.library import load_trial
from eligibility.protocol.verdict import Verdict, decide, verdict_of
from eligibility.reports.console import page
from eligibility.screening.screen import Screener
from eligibility.truth import Truth, all_of, any_of, negate
from reference.markdown import code, fenced, table

_AS_OF, _START, _PROFILE = "2026-11-21", "2026-12-01", "atezolizumab_p1"
_PATIENT = "examples/patients/wait_for_washout.json"
_WIDTH = 100


def _word(truth: Truth) -> str:
    return truth.name.lower()


def kleene(root: Path) -> str:
    """And, or, not."""
    order = (Truth.TRUE, Truth.UNKNOWN, Truth.FALSE)
    rows = [
        (_word(a), _word(b), _word(all_of((a, b))), _word(any_of((a, b))), _word(negate(a)))
        for a, b in product(order, repeat=2)
    ]
    return table(("a", "b", "`all_of: [a, b]`", "`any_of: [a, b]`", "`not: a`"), rows)


def verdicts(root: Path) -> str:
    """The one place where inclusion and exclusion differ."""
    rows = [
        (_word(t), verdict_of(t, is_exclusion=False), verdict_of(t, is_exclusion=True))
        for t in (Truth.TRUE, Truth.FALSE, Truth.UNKNOWN)
    ]
    return table(("the statement is", "inclusion", "exclusion"), rows)


def decisions(root: Path) -> str:
    """What the verdicts of all criteria amount to."""
    folds = [
        ("at least one `fail`", (Verdict.PASS, Verdict.UNKNOWN, Verdict.FAIL)),
        ("no `fail`, at least one `unknown`", (Verdict.PASS, Verdict.UNKNOWN)),
        ("`pass` only", (Verdict.PASS,)),
    ]
    return table(("verdicts", "decision"), [(text, decide(fold)) for text, fold in folds])


def operators(root: Path) -> str:
    """Every comparison at a limit of 1 %, over values as charts write them."""
    percent = Percent.__metadata__[0]  # type: ignore[attr-defined] # typing keeps it there
    rows = []
    for written in ("0", "1", "2", "<1", ">=1", "1-10", "0-1"):
        value = percent.read(written).interval
        truths = [_word(compare(value, operator, Decimal(1))) for operator in OPERATORS]
        rows.append((code(written), *truths))
    return table(("ER percent recorded", *(f"`{each}: 1 %`" for each in OPERATORS)), rows)


def elapsed_times(root: Path) -> str:
    """Time before a start on 2026-01-15, 21 days."""
    start = date(2026, 1, 15).toordinal()
    rows = []
    for written in (
        "2025-12-24",
        "2025-12-25",
        "2025-12-26",
        "2025-12",
        "2025-11",
        "2025-12-25/2026-01-02",
    ):
        event = parse_partial_date(written).interval
        truths = [
            _word(elapsed(event, op, parse_duration("21 days"), start, "calendar"))
            for op in OPERATORS
        ]
        rows.append((code(written), *truths))
    return table(("last dose recorded", *(f"`{each}: 21 days`" for each in OPERATORS)), rows)


def layers(root: Path) -> str:
    """Who may import whom, as import-linter checks it."""
    with (root / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    rows = next(each["layers"] for each in contracts if each["type"] == "layers")
    return fenced("\n".join(rows))


def contracts(root: Path) -> str:
    """The other import contracts, by name."""
    with (root / "pyproject.toml").open("rb") as file:
        found = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    return "\n".join(f"- {each['name']}" for each in found if each["type"] != "layers")


def screen_command(root: Path) -> str:
    """The command behind the excerpt."""
    command = f"eligibility screen {_PATIENT} --as-of {_AS_OF} --planned-start {_START} --profile {_PROFILE}"
    return fenced(command, "sh")


def screen_excerpt(root: Path) -> str:
    """What that command prints in a terminal of 100 columns, with one criterion of all."""
    record = read_record_json((root / _PATIENT).read_bytes())
    screener = Screener(load_trial("NCT06731140", profile=_PROFILE))
    answer = explain(screener.screen(record, anchors(_AS_OF, _START)))
    console = Console(file=io.StringIO(), width=_WIDTH, highlight=False)
    console.print(page(answer))
    printed = console.file.getvalue()  # type: ignore[attr-defined] # it is the StringIO
    head = printed.split("Laboratory, advisory colours only")[0]
    criteria = printed[printed.index("Every criterion") :]
    return fenced(f"{head}...\n{criteria[: criteria.index('├')]}...")


def example_output(root: Path) -> str:
    """What the Python example of the README prints."""
    readme = (root / "README.md").read_text(encoding="utf-8")
    example = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)[0]
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(example, "README.md", "exec"), {})  # noqa: S102 - our own example, as a reader runs it
    return fenced(printed.getvalue())


BLOCKS: dict[str, Callable[[Path], str]] = {
    "kleene": kleene,
    "verdicts": verdicts,
    "decisions": decisions,
    "operators": operators,
    "elapsed": elapsed_times,
    "layers": layers,
    "contracts": contracts,
    "screen-command": screen_command,
    "screen-excerpt": screen_excerpt,
    "example-output": example_output,
}
