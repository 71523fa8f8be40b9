"""The process of one batch: screens its table with the library and leaves what came out; it ends with the service.

Started as `python -m api.batches.child FOLDER RULES`, where RULES is the hash of the rules that the service answers by.
The locks of the batch and of its place are among the open files, and the input is a pipe to the service: when the pipe
closes, nobody waits for it any more.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

from api.batches.errors import problem_of, rules_changed
from api.batches.files import make_folder
from api.batches.kept import MAPPING, TABLE, KeptBatch, files_of
from api.batches.model import Batch, BatchProblem, End, Outcome, Progress, State, now
from eligibility.batch import Advance, BatchSummary, run_batch
from eligibility.errors import EligibilityError
from eligibility.intake.mapping import read_mapping
from eligibility.protocol.library import load_trial
from eligibility.screening.screen import Screener

LEFT_ALONE = 3
"""How the process ends when the service is gone."""
_LOOK_SECONDS = 0.2
_TELL_SECONDS = 0.5
_POLITE = 10
_TO_BEGIN_ANEW = frozenset({"run_changed", "run_damaged", "output_exists"})
"""Rules or program are newer than the unfinished run, or its files are damaged: results are never mixed."""


def main() -> None:
    """Screen the batch in the folder that is named."""
    os.umask(0o077)
    _step_back()
    kept = KeptBatch(Path(sys.argv[1]))
    run = Run(kept, rules_hash=sys.argv[2])
    for watch in (run.watch_the_service, run.watch_for_cancelling):
        threading.Thread(target=watch, daemon=True).start()
    run.go()


class Run:
    """The work on one batch, by the rules that the service answers by."""

    def __init__(self, kept: KeptBatch, *, rules_hash: str) -> None:
        self._kept, self._rules_hash = kept, rules_hash
        self._ending = threading.Lock()

    def go(self) -> None:
        """To its outcome, or to the problem that ends it."""
        kept = self._kept
        try:
            done, began_anew = self._screened(kept.batch)
            outcome = outcome_of(done, began_anew)
        except EligibilityError as error:
            self._fail(problem_of(error))
            return
        except OSError as error:
            if error.errno is None:
                raise
            self._fail(_disk_problem())
            return
        with self._ending:
            kept.come_out(outcome)
            shutil.rmtree(kept.work, ignore_errors=True)

    def _screened(self, batch: Batch) -> tuple[BatchSummary, str | None]:
        try:
            return self._run(batch), None
        except EligibilityError as error:
            if error.code not in _TO_BEGIN_ANEW:
                raise
            code = error.code
        shutil.rmtree(self._kept.out, ignore_errors=True)
        shutil.rmtree(self._kept.path / f".{self._kept.out.name}.run", ignore_errors=True)
        return self._run(batch), code

    def _run(self, batch: Batch) -> BatchSummary:
        kept, choices = self._kept, batch.choices
        shutil.rmtree(kept.work, ignore_errors=True)
        make_folder(kept.work)
        trial = load_trial(choices.trial, profile=choices.profile)
        if trial.rules_hash != self._rules_hash:
            raise rules_changed()
        mapping = read_mapping(kept.path / MAPPING) if batch.mapping_sha256 else None
        return run_batch(
            kept.path / TABLE,
            kept.out,
            screener=Screener(trial),
            as_of=choices.as_of,
            planned_start=choices.planned_start,
            # Days of a mapped table may be on a clock of their own, where today means nothing.
            default_as_of=None if mapping else batch.today,
            mapping=mapping,
            progress=Teller(kept),
            verdicts_only=choices.verdicts_only,
            results_format=choices.format,
            encoding=choices.encoding,
            sheet=choices.sheet,
            resume=True,
        )

    def _fail(self, problem: BatchProblem) -> None:
        with self._ending:
            if self._kept.end() is None:
                self._kept.finish(End(State.FAILED, now(), problem))
            shutil.rmtree(self._kept.work, ignore_errors=True)

    def watch_the_service(self) -> None:
        """Ends the process with the service; what is kept so far is where a later one goes on."""
        with suppress(OSError):
            while os.read(0, 1):
                pass
        os._exit(LEFT_ALONE)

    def watch_for_cancelling(self) -> None:
        """Ends the process when somebody cancels the batch; results that are there already stay."""
        while True:
            time.sleep(_LOOK_SECONDS)
            if not self._kept.is_to_be_cancelled:
                continue
            with self._ending:
                if self._kept.out.exists():
                    return
                self._kept.settle_cancelled()
                os._exit(0)


class Teller:
    """Writes down now and then how far the run has come."""

    def __init__(self, kept: KeptBatch) -> None:
        self._kept = kept
        self._first: tuple[Advance, float] | None = None
        self._told = 0.0

    def __call__(self, advance: Advance) -> None:
        """Take notice of a step."""
        at = time.monotonic()
        if self._first is None:
            self._first = advance, at
        if at - self._told < _TELL_SECONDS:
            return
        self._told = at
        first, began = self._first
        with suppress(OSError):  # a full disk ends the run where it matters
            self._kept.tell(
                Progress(
                    advance.rows,
                    advance.bytes_read,
                    advance.rows - first.rows,
                    advance.bytes_read - first.bytes_read,
                    round(at - began, 3),
                )
            )


def outcome_of(done: BatchSummary, began_anew: str | None) -> Outcome:
    """What the summary says, with the hash of the results."""
    files = files_of(done.folder)
    results = next(name for name in ("results.csv", "results.parquet") if name in files)
    document = done.document
    with (done.folder / results).open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    return Outcome(
        rows=done.rows,
        rejected=done.rejected,
        decisions=document["decisions"],
        rejected_by_code=document["rejected_by_code"],
        trial=document["trial"],
        profile=document["profile"],
        rules_hash=document["rules_hash"],
        engine_version=document["engine_version"],
        as_of=document["as_of"],
        planned_start=document["planned_start"],
        results=results,
        results_sha256=sha256,
        files=files,
        began_anew=began_anew,
    )


def _disk_problem() -> BatchProblem:
    return {
        "code": "storage_unavailable",
        "title": "the results cannot be written",
        "hint": "the operator looks at the data folder; then resume the batch",
        "faults": [],
    }


def _step_back() -> None:
    """Requests come first: less of the processor, and the first to go where memory runs out."""
    os.nice(_POLITE)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500", encoding="ascii")


if __name__ == "__main__":
    main()
