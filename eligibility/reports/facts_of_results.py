"""The facts of results that are already written: what repeats is looked at once, and counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from eligibility.protocol.verdict import Verdict
from eligibility.reports.batch_facts import BatchFacts, Run
from eligibility.reports.near_misses import near_miss_cells
from eligibility.reports.results import ResultRow, line_of
from eligibility.reports.results_file import ResultsBlock, ResultsFile
from eligibility.reports.sorted_rows import Key

_NO_NEAR_MISS = -1
_NEEDS_QUOTES = r'[",\n\r]'


def read_facts(results: Path, run: Run, *, folder: Path | None = None) -> BatchFacts:
    """The facts of a `results.csv` or `results.parquet`; `folder` is where long lists may wait."""
    facts = BatchFacts(run, folder=folder)
    kinds = _Kinds(facts, [])
    for block in ResultsFile(results, facts.criteria).blocks():
        if block.found is not kinds.found:
            kinds.count()
            kinds = _Kinds(facts, block.found)
        kinds.take(block)
    kinds.count()
    return facts


class _Kinds:
    """Rows by what was found of them: listed as they come, counted at the end."""

    def __init__(self, facts: BatchFacts, found: Sequence[ResultRow]) -> None:
        self.found = found
        self._facts = facts
        self._patients = np.zeros(0, dtype=np.int64)
        self._with_a_start: list[int] = []
        self._near_misses = _NearMisses(facts.criteria)

    def take(self, block: ResultsBlock) -> None:
        """The rows of a block."""
        done = len(self._patients)
        fresh = self.found[done:]
        patients = np.bincount(block.numbers, minlength=len(self.found))
        patients[:done] += self._patients
        self._patients = patients
        self._with_a_start += [n for n, row in enumerate(fresh, done) if row.possible_from]
        for row in block.rows(self._with_a_start) if self._with_a_start else ():
            self._facts.queue_up(row)
        self._near_misses.learn(fresh)
        for key, lines, rows in self._near_misses.of(block):
            self._facts.near_misses.add_lines(key, lines, rows=rows)

    def count(self) -> None:
        """Counts all that was taken, in the order in which it was found."""
        for row, patients in zip(self.found, self._patients.tolist(), strict=True):
            if patients:
                self._facts.count(row.verdicts, row.decision, row.next_question, patients=patients)


class _NearMisses:
    """Lines of patients who fail exactly one criterion."""

    def __init__(self, criteria: Sequence[str]) -> None:
        self._criteria = criteria
        self._keys: dict[Key, int] = {}
        self._key_of: list[int] = []
        self._endings: list[str] = []

    def learn(self, found: Sequence[ResultRow]) -> None:
        """What the lines of these would be, if they are near misses."""
        for row in found:
            if row.verdicts.count(Verdict.FAIL) != 1:
                self._key_of.append(_NO_NEAR_MISS)
                self._endings.append("")
                continue
            key, cells = near_miss_cells(row, self._criteria)
            self._key_of.append(self._keys.setdefault(key, len(self._keys)))
            self._endings.append(line_of(cells[1:]))

    def of(self, block: ResultsBlock) -> Iterator[tuple[Key, str, int]]:
        """The lines of a block by what they are sorted by, and how many they are."""
        keys = np.array(self._key_of, dtype=np.int64)[block.numbers]
        places = np.flatnonzero(keys != _NO_NEAR_MISS)
        places = places[np.argsort(keys[places], kind="stable")]
        ids, endings = block.ids.gather(places), pl.Series(self._endings, dtype=pl.String)
        if ids.str.contains(_NEEDS_QUOTES).any():
            ids = pl.Series([line_of([each]) for each in ids], dtype=pl.String)
        lines = (ids + "," + endings.gather(block.numbers[places]) + "\n").to_list()
        named = list(self._keys)
        counts = np.bincount(keys[places], minlength=len(named))
        ends = np.cumsum(counts)
        for number in np.flatnonzero(counts).tolist():
            end, rows = int(ends[number]), int(counts[number])
            yield named[number], "".join(lines[end - rows : end]), rows
