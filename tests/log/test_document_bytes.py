"""An explanation is written by a faster writer than a profile, in the same bytes: hashes are over them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.log.drafts import document_bytes, explanation_bytes
from eligibility.explanation import explain
from eligibility.patient.record import PatientRecord
from eligibility.protocol.library import load_trial
from eligibility.reports.document import to_document
from eligibility.screening.screen import Screener
from eligibility.testing import anchors_for, boundary_patients, patients

_WHAT_EXPLANATIONS_HOLD = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda part: st.lists(part) | st.dictionaries(st.text(), part),
)


@pytest.fixture(scope="module")
def screener() -> Screener:
    return Screener(load_trial("NCT06731140"), engine="reference")


@given(st.dictionaries(st.text(), _WHAT_EXPLANATIONS_HOLD))
def test_both_writers_write_the_same_bytes(document: dict[str, object]) -> None:
    assert explanation_bytes(document) == document_bytes(document)


@given(st.one_of(boundary_patients(), patients()))
def test_both_write_an_explanation_alike(screener: Screener, record: PatientRecord) -> None:
    document = to_document(explain(screener.screen(record, anchors_for(record))))

    assert explanation_bytes(document) == document_bytes(document)
