"""Patients from a random source, for runs of many thousands; the strategies write the same patients."""

from __future__ import annotations

from typing import Final

from eligibility.dates import Anchors, anchors
from eligibility.patient.record import PatientRecord
from eligibility.testing.charts import PATIENTS
from eligibility.testing.chooser import Chooser, RandomChooser, RandomSource, pick
from eligibility.testing.days import days_around
from eligibility.testing.documents import Document, Writer
from eligibility.testing.reading import quick_record
from eligibility.testing.values import Style

AS_OF: Final = "2026-01-05"
PLANNED_START: Final = "2026-01-15"
ANCHORS: Final = anchors(AS_OF, PLANNED_START)
OFFSET_ANCHORS: Final = anchors("day 1000", "day 1010")
_CLOCKS = (ANCHORS, ANCHORS, ANCHORS, ANCHORS, ANCHORS, ANCHORS, OFFSET_ANCHORS)


def anchors_for(record: PatientRecord) -> Anchors:
    """The dates that generated patients are written around, on the clock of this record."""
    return OFFSET_ANCHORS if record.clock == "offset" else ANCHORS


def document_by(chooser: Chooser, style: Style, at: Anchors | None) -> Document:
    """A patient as JSON, every decision taken by the chooser."""
    days = days_around(pick(chooser, _CLOCKS) if at is None else at)
    return PATIENTS[style](Writer(chooser, style, days))


def random_document(
    source: RandomSource, *, style: Style = "any", at: Anchors | None = None
) -> Document:
    """A patient as the JSON a site would send; `source` is a `random.Random`.

    Dates lie around `at`, or around the default dates on either clock (see `anchors_for`).
    """
    return document_by(RandomChooser(source), style, at)


def random_patient(
    source: RandomSource, *, style: Style = "any", at: Anchors | None = None
) -> PatientRecord:
    """A patient record; `source` is a `random.Random`.

    >>> import random
    >>> random_patient(random.Random(7)) == random_patient(random.Random(7))
    True
    """
    return quick_record(random_document(source, style=style, at=at))
