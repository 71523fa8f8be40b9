"""Messy tables, and the files that a run over one writes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

from eligibility.batch import REJECTED, RESULTS, SUMMARY, BatchEngine, EngineElsewhere, run_batch
from eligibility.intake.mapping import Mapping
from eligibility.protocol.library import load_trial
from eligibility.screening.screen import Screener
from tests.differential.batch_tables import AS_OF, PLANNED_START

_screener = Screener(load_trial(profile="atezolizumab_p1"))


def files(
    table: Path,
    folder: Path,
    engine: BatchEngine | EngineElsewhere,
    *,
    mapping: Mapping | None = None,
    verdicts_only: bool = True,
) -> dict[str, bytes]:
    run_batch(
        table,
        folder,
        screener=_screener,
        as_of=AS_OF,
        planned_start=PLANNED_START,
        mapping=mapping,
        engine=engine,
        verdicts_only=verdicts_only,
    )
    return {name: (folder / name).read_bytes() for name in (RESULTS, REJECTED, SUMMARY)}


def mess(text: str, seed: int, *, share: float = 0.3) -> bytes:
    """A table with lines of every odd kind put among its lines."""
    random = Random(seed)
    head, *rows = text.splitlines(keepends=True)
    width = head.count(",")
    lines = [head]
    for row in rows:
        lines.append(row)
        if random.random() < share:
            identity = random.choice(rows).split(",", 1)[0]
            lines.append(random.choice(_ODD)(identity, "," * (width - 1)))
    return "".join(lines).encode()


_LONG = "x\n" * 120
_ODD: tuple[Callable[[str, str], str], ...] = (
    lambda i, c: f"{i},1{c}\n",
    lambda i, c: f' {i} ,"1{c}\n',
    lambda i, c: f'{i},"1\n\n"{c}\n',
    lambda i, c: f'"{i}\n",1{c}\n',
    lambda i, c: f'{i},"{_LONG}"{c}\n',
    lambda i, c: f"{i},1\n",
    lambda i, c: f"{i},1{c},,9\n",
    lambda i, c: f"{i},\x00{c}\r\n",
    lambda i, c: f"{i},1\r2{c}\n",
    lambda _, c: "\n\n" + f",{c}\n" + '"\n\n",' + f"{c}\n",
    lambda i, c: f'{i},"a"b{c}\n',
)
