"""What is made once every row is screened: explanations, reports, summary, Parquet; then all of it is given out."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eligibility.batch.about import About, rules
from eligibility.batch.checkpoint import Checkpoint
from eligibility.batch.engines import RowScreen
from eligibility.batch.explaining import Explained, Opened, write_explanations
from eligibility.batch.options import Options
from eligibility.batch.places import (
    EXPLANATIONS,
    PARQUET,
    REJECTED,
    RESULTS,
    SUMMARY,
    results_path,
)
from eligibility.batch.work_folder import WorkFolder
from eligibility.reports.attrition import Attrition
from eligibility.reports.batch_facts import BatchFacts, run_of
from eligibility.reports.batch_report import write_reports
from eligibility.reports.facts_of_results import read_facts
from eligibility.reports.parquet import write_parquet
from eligibility.reports.results_file import ResultsFile


@dataclass(frozen=True, slots=True)
class BatchSummary:
    """What became of a table's rows, and where it is written."""

    folder: Path
    rows: int
    rejected: int
    attrition: Attrition
    document: dict[str, Any]
    explained: Explained | None = None

    @property
    def files(self) -> list[str]:
        """What is in the folder, the results first."""
        there = sorted(path.name for path in self.folder.iterdir())
        first = [name for name in (RESULTS, PARQUET, REJECTED, SUMMARY) if name in there]
        return [*first, *(name for name in there if name not in first)]


@dataclass(slots=True)
class Finish:
    """The end of a run. It makes everything anew from results and rejected rows, so that it may be repeated."""

    work: WorkFolder
    about: About
    checkpoint: Checkpoint
    options: Options
    screen: RowScreen
    opened: Opened

    def give_out(self) -> BatchSummary:
        """Everything there is to write, safe on disk, in its place."""
        work, results = self.work, results_path(self.work, self.options)
        work.clear_all_but(RESULTS, REJECTED)
        explained = self._explain(work.whole / EXPLANATIONS, results)
        with self._facts(results) as facts:
            write_reports(work.whole, facts)
            if self.options.results_format == "parquet":
                write_parquet(results, work.whole / PARQUET, facts.criteria)
            document = self._document(facts.attrition, explained)
            text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
            (work.whole / SUMMARY).write_text(f"{text}\n", encoding="utf-8")
            work.give_out()
        work.remove()
        return self._summary(facts.attrition, document, explained)

    def _explain(self, path: Path, results: Path) -> Explained | None:
        ids = self.options.explain
        if not ids:
            return None
        return write_explanations(
            path, ids, opened=self.opened, screen=self.screen, results=results
        )

    def _facts(self, results: Path) -> BatchFacts:
        """The facts of the run, read from its results."""
        run = run_of(
            self.screen.screener.trial,
            table=self.about.document["table"],
            as_of=self.checkpoint.as_of,
            planned_start=self.options.planned_start,
            verdicts_only=self.options.verdicts_only,
        )
        facts = read_facts(results, run, folder=self.work.state)
        facts.rejected = self.checkpoint.rejected
        facts.rejected_by_code = Counter(self.checkpoint.fault_codes)
        return facts

    def _document(self, attrition: Attrition, explained: Explained | None) -> dict[str, Any]:
        return {
            "table": self.about.document["table"],
            "run": self.about.id,
            **self.about.read,
            **rules(self.screen.screener.trial),
            "as_of": self.checkpoint.as_of,
            "planned_start": self.options.planned_start,
            "rows": self.checkpoint.rows,
            "rejected": self.checkpoint.rejected,
            "rejected_by_code": dict(sorted(self.checkpoint.fault_codes.items())),
            **(self.checkpoint.ended or {}),
            **({"explanations": explained.document()} if explained else {}),
            **attrition.summary(),
        }

    def _summary(
        self, attrition: Attrition, document: dict[str, Any], explained: Explained | None
    ) -> BatchSummary:
        checkpoint = self.checkpoint
        return BatchSummary(
            self.work.out, checkpoint.rows, checkpoint.rejected, attrition, document, explained
        )


def given_out(out: Path, about: About) -> BatchSummary | None:
    """The results of this very run, where an earlier attempt was stopped when all was done."""
    path = out / SUMMARY
    if not path.is_file():
        return None
    try:
        document = json.loads(path.read_bytes())
        if document["run"] != about.id:
            return None
    except (ValueError, KeyError, TypeError):
        return None
    attrition = Attrition([row["criterion"] for row in document["independent"]])
    results = next(out / name for name in (RESULTS, PARQUET) if (out / name).is_file())
    for block in ResultsFile(results, attrition.criteria).blocks():
        for row, patients in block.kinds():
            attrition.add(row.verdicts, decision=row.decision, patients=patients)
    return BatchSummary(out, document["rows"], document["rejected"], attrition, document)
