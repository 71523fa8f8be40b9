"""Screening a whole table: as many rows out as in, whole or not at all, and to be continued after any stop."""

from eligibility.batch.engines import RowScreen, Task, screened_by_columns
from eligibility.batch.errors import BatchError, BatchInterrupted
from eligibility.batch.finish import BatchSummary
from eligibility.batch.journals import Every
from eligibility.batch.options import BatchEngine, EngineElsewhere, ResultsFormat
from eligibility.batch.places import REJECTED, RESULTS, SUMMARY
from eligibility.batch.run import run_batch
from eligibility.batch.screening_pass import Advance

__all__ = [
    "REJECTED",
    "RESULTS",
    "SUMMARY",
    "Advance",
    "BatchEngine",
    "BatchError",
    "BatchInterrupted",
    "BatchSummary",
    "EngineElsewhere",
    "Every",
    "ResultsFormat",
    "RowScreen",
    "Task",
    "run_batch",
    "screened_by_columns",
]
