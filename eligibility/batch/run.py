"""One run over a table, from its first row or from where an earlier one was stopped, to results that are whole."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from eligibility.batch.about import About, about, stamp
from eligibility.batch.checkpoint import Checkpoint, read_checkpoint
from eligibility.batch.engines import RowScreen, Task
from eligibility.batch.errors import (
    BatchInterrupted,
    RowsLost,
    cannot_write,
    run_changed,
    run_unfinished,
    table_changed,
)
from eligibility.batch.finish import BatchSummary, Finish, given_out
from eligibility.batch.journals import Every
from eligibility.batch.options import BatchEngine, EngineElsewhere, Options, ResultsFormat
from eligibility.batch.screening_pass import Advance, ScreeningPass
from eligibility.batch.work_folder import WorkFolder
from eligibility.columnar.outcome import DEFAULT_ROWS
from eligibility.intake.faults import TableError
from eligibility.intake.mapping import Mapping
from eligibility.intake.patients import Patients, open_patients
from eligibility.screening.screen import Screener

Progress = Callable[[Advance], None]


def run_batch(  # noqa: PLR0913 - a run's choices, all by name
    table: Path,
    out: Path,
    *,
    screener: Screener,
    as_of: str | None,
    planned_start: str | None,
    default_as_of: str | None = None,
    mapping: Mapping | None = None,
    progress: Progress | None = None,
    engine: BatchEngine | EngineElsewhere = "columns",
    verdicts_only: bool = False,
    block_rows: int | None = None,
    results_format: ResultsFormat = "csv",
    explain: tuple[str, ...] = (),
    encoding: str | None = None,
    sheet: str | None = None,
    resume: bool = False,
    every: Every | None = None,
) -> BatchSummary:
    """Screen every row of a table into the folder `out`, which must be new or empty.

    A row's own `as_of` and `planned_start` win over the run's. `default_as_of` counts only where the
    table has no column for it: a blank cell is a date that is missing, not the day of the run. Both
    engines write the same, whatever `block_rows`. A run that was stopped goes on with `resume`, and
    writes the same bytes as one that was not; `explain` names the patients to be explained in full.
    """
    options = Options(
        as_of,
        planned_start,
        engine,
        verdicts_only,
        results_format,
        explain,
        encoding,
        sheet,
        block_rows,
    )
    run = _Run(table, mapping, screener, options, default_as_of, every or Every())
    return run.into(WorkFolder(out), progress or _unwatched, resume=resume)


@dataclass(slots=True)
class _Run:
    """What a run is asked."""

    table: Path
    mapping: Mapping | None
    screener: Screener
    options: Options
    default_as_of: str | None
    every: Every

    def opened(self) -> AbstractContextManager[Patients]:
        """The table, read from its beginning."""
        options = self.options
        return open_patients(
            self.table, mapping=self.mapping, encoding=options.encoding, sheet=options.sheet
        )

    def into(self, work: WorkFolder, progress: Progress, *, resume: bool) -> BatchSummary:
        """The results, or why there are none and whether the run can go on."""
        work.refuse_what_is_no_folder()
        self.options.check_dates()
        # Whatever makes the table unusable is said before anything is written.
        with self.opened() as patients:
            try:
                with work:
                    return self.carry_out(work, patients, progress, resume=resume)
            except TableError:
                # Nothing of a table that cannot be read is a result, and a mended one is another table.
                work.remove()
                raise
            except OSError as error:
                raise cannot_write(work.out, error, resumable=work.can_go_on) from None
            except KeyboardInterrupt:
                if not work.can_go_on:
                    raise
                raise BatchInterrupted from None

    def carry_out(
        self, work: WorkFolder, patients: Patients, progress: Progress, *, resume: bool
    ) -> BatchSummary:
        """From wherever the run stands to the results."""
        before = stamp(self.table)
        checkpoint = read_checkpoint(work.state)
        if checkpoint is not None and checkpoint.is_given_out(work):
            work.forget()
            checkpoint = None
        if not resume:
            work.refuse_results_there()
            if checkpoint is not None:
                raise run_unfinished(work.path)
        subject = about(self.table, self.mapping, self.screener.trial, self.options)
        if resume and (done := given_out(work.out, subject)):
            return done
        if checkpoint is None:
            checkpoint = self._begun(work, patients, subject)
        elif names := subject.differences(checkpoint.about):
            raise run_changed(work.path, names)
        self._screen(work, checkpoint, patients, progress)
        if stamp(self.table) != before:
            work.remove()
            raise table_changed(self.table)
        return self._finish(subject, checkpoint, work).give_out()

    def _begun(self, work: WorkFolder, patients: Patients, subject: About) -> Checkpoint:
        work.refuse_results_there()
        as_of = self.options.as_of
        if as_of is None and self.default_as_of is not None and not patients.has_as_of:
            as_of = self.default_as_of
        work.begin()
        checkpoint = Checkpoint(subject.document, as_of)
        checkpoint.write(work.state)
        return checkpoint

    def _screen(
        self,
        work: WorkFolder,
        checkpoint: Checkpoint,
        patients: Patients,
        progress: Progress,
    ) -> None:
        if checkpoint.ended is not None:
            return
        options = self.options
        task = Task(
            self.table,
            patients,
            self.mapping,
            self._row_screen(checkpoint),
            work.state,
            options.block_rows or DEFAULT_ROWS,
        )
        # A cluster is not waited for in parts: nothing of it is safe here before its end.
        every = Every(sys.maxsize, math.inf) if callable(options.engine) else self.every
        try:
            ScreeningPass(work, checkpoint, patients).go(
                task, options, every=every, progress=progress
            )
        except RowsLost:
            work.remove()
            raise

    def _finish(self, subject: About, checkpoint: Checkpoint, work: WorkFolder) -> Finish:
        return Finish(
            work,
            subject,
            checkpoint,
            self.options,
            self._row_screen(checkpoint),
            self.opened,
        )

    def _row_screen(self, checkpoint: Checkpoint) -> RowScreen:
        options = self.options
        return RowScreen(
            self.screener, checkpoint.as_of, options.planned_start, options.verdicts_only
        )


def _unwatched(_: Advance) -> None:
    """What progress is reported to when nobody asked."""
