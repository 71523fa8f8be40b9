"""Hypothesis strategies over the description of patients; the only module here that imports Hypothesis."""

from __future__ import annotations

import json
from functools import lru_cache

from hypothesis import currently_in_test_context, note
from hypothesis import strategies as st

from eligibility.dates import Anchors, Clock
from eligibility.patient.record import PatientRecord, read_record
from eligibility.testing.cells import cell_by
from eligibility.testing.generate import ANCHORS, OFFSET_ANCHORS, document_by
from eligibility.testing.values import Style


class DrawnChooser:
    """Leaves every decision to Hypothesis, which shrinks a failure towards the simplest choices."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw

    def index(self, count: int) -> int:
        """A number from 0 to count - 1."""
        return self._draw(_below(count))


@lru_cache(maxsize=1024)
def _below(count: int) -> st.SearchStrategy[int]:
    return st.integers(0, count - 1)


_AT: dict[Clock | None, Anchors | None] = {
    None: None,
    "calendar": ANCHORS,
    "offset": OFFSET_ANCHORS,
}


@st.composite
def _patient(draw: st.DrawFn, style: Style, clock: Clock | None) -> PatientRecord:
    document = document_by(DrawnChooser(draw), style, _AT[clock])
    if currently_in_test_context():
        note(f"the patient as JSON: {json.dumps(document)}")
    return read_record(document)


@st.composite
def _cell(draw: st.DrawFn) -> str:
    return cell_by(DrawnChooser(draw))


def patients(*, clock: Clock | None = None) -> st.SearchStrategy[PatientRecord]:
    """Any patient; shrinks to the empty record. Both clocks unless one is named (see `anchors_for`)."""
    return _patient("any", clock)


def nearly_eligible_patients(*, clock: Clock | None = None) -> st.SearchStrategy[PatientRecord]:
    """A patient eligible for NCT06731140 with none to three changes; shrinks to no change."""
    return _patient("nearly_eligible", clock)


def boundary_patients(*, clock: Clock | None = None) -> st.SearchStrategy[PatientRecord]:
    """A patient with values at the limits of NCT06731140 and just beside them."""
    return _patient("boundary", clock)


def messy_cells() -> st.SearchStrategy[str]:
    """Texts as people type them into table cells, sound and unsound."""
    return _cell()
