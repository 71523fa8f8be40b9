"""The pass over a table: every block of rows goes to its files, and now and then a checkpoint makes it safe."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass

from eligibility.batch.checkpoint import Checkpoint
from eligibility.batch.engines import Task, goes_by_columns, screened
from eligibility.batch.errors import RowsLost, run_damaged, run_elsewhere
from eligibility.batch.journals import Due, Every, Journals
from eligibility.batch.options import Options
from eligibility.batch.places import REJECTED, results_path
from eligibility.batch.work_folder import WorkFolder
from eligibility.columnar.outcome import Position, Screened
from eligibility.intake.faults import Rejection
from eligibility.intake.patients import Patients
from eligibility.intake.seen_ids import SeenIds
from eligibility.reports.results import RejectedLine, RejectedWriter, ResultsWriter

_RESULTS, _REJECTED = "results", "rejected"


@dataclass(frozen=True, slots=True)
class Advance:
    """How far a run has come."""

    rows: int
    bytes_read: int


class ScreeningPass:
    """Goes on from a checkpoint to the end of the table, and takes the checkpoint along."""

    def __init__(self, work: WorkFolder, checkpoint: Checkpoint, patients: Patients) -> None:
        self._work = work
        self._checkpoint = checkpoint
        self._patients = patients
        self._codes = Counter(checkpoint.fault_codes)

    def go(
        self,
        task: Task,
        options: Options,
        *,
        every: Every,
        progress: Callable[[Advance], None],
    ) -> None:
        """Screens the rows that are left."""
        due, is_new = Due(every), not self._checkpoint.files
        after = self._go_to_where_it_stands(options)
        criteria = [criterion.id for criterion in task.screen.screener.trial.criteria]
        paths = {
            _RESULTS: results_path(self._work, options),
            _REJECTED: self._work.whole / REJECTED,
        }
        with Journals(paths, self._checkpoint.files) as journals:
            lines = ResultsWriter(
                journals[_RESULTS],
                criteria,
                verdicts_only=options.verdicts_only,
                with_header=is_new,
            )
            set_aside = RejectedWriter(journals[_REJECTED], with_header=is_new)
            for block in screened(task, options, after):
                self._take(block, lines, set_aside)
                progress(Advance(self._checkpoint.rows, block.bytes_read))
                if due.after(block.rows):
                    self._keep(journals)
            self._end()
            self._keep(journals)

    def _go_to_where_it_stands(self, options: Options) -> Position | None:
        """Passes over the rows that are done; a position where reading can begin saves doing so."""
        patients, checkpoint = self._patients, self._checkpoint
        if callable(options.engine) and checkpoint.rows:
            raise run_elsewhere(self._work.path)
        try:
            patients.seen = SeenIds.resume(self._work.state, checkpoint.ids)
        except ValueError:
            raise run_damaged(self._work.path) from None
        if checkpoint.position is not None and goes_by_columns(patients, options):
            return Position(**checkpoint.position)
        patients.skip(checkpoint.rows)
        if patients.rows_read != checkpoint.rows:
            raise run_damaged(self._work.path)
        return None

    def _take(self, block: Screened, lines: ResultsWriter, set_aside: RejectedWriter) -> None:
        written = block.results + len(block.rejections)
        if written != block.rows:
            raise RowsLost(block.rows, written)
        lines.write_lines(block.lines, rows=block.results)
        for rejection in block.rejections:
            self._set_aside(rejection, set_aside)
        self._checkpoint.results += block.results
        self._checkpoint.rejected += len(block.rejections)
        is_known = block.position.offset is not None
        self._checkpoint.position = asdict(block.position) if is_known else None

    def _set_aside(self, rejection: Rejection, writer: RejectedWriter) -> None:
        for fault in rejection.faults:
            self._codes[fault.code] += 1
            writer.write(
                RejectedLine(
                    fault.line,
                    fault.screening_id,
                    fault.column,
                    fault.code,
                    fault.message,
                    fault.hint,
                )
            )

    def _end(self) -> None:
        patients, checkpoint = self._patients, self._checkpoint
        if patients.rows_read != checkpoint.rows:
            raise RowsLost(patients.rows_read, checkpoint.rows)
        checkpoint.ended = {
            "blank_lines": patients.blank_lines,
            "joined_rows_without_patient": patients.unmatched_joined_rows(),
        }

    def _keep(self, journals: Journals) -> None:
        """Only what is on disk may be in the checkpoint, so that it comes last."""
        checkpoint = self._checkpoint
        checkpoint.files = journals.keep()
        checkpoint.ids = self._patients.seen.keep()
        checkpoint.fault_codes = dict(self._codes)
        checkpoint.write(self._work.state)
