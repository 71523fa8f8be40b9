"""The files of a batch by name, and where its results grow."""

from __future__ import annotations

from pathlib import Path

from eligibility.batch.options import Options
from eligibility.batch.work_folder import WorkFolder

RESULTS, REJECTED, SUMMARY = "results.csv", "rejected.csv", "summary.json"
PARQUET, EXPLANATIONS = "results.parquet", "explanations.jsonl"


def results_path(work: WorkFolder, options: Options) -> Path:
    """Where the lines of the results are; a Parquet file is made of them at the end."""
    folder = work.whole if options.results_format == "csv" else work.state
    return folder / RESULTS
