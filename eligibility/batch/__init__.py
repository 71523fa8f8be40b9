"""Screening a whole table: as many rows out as in, whole or not at all, and to be continued after any stop."""

from eligibility.batch.errors import BatchError, BatchInterrupted
from eligibility.batch.finish import BatchSummary
from eligibility.batch.journals import Every
from eligibility.batch.options import BatchEngine, ResultsFormat
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
    "Every",
    "ResultsFormat",
    "run_batch",
]
