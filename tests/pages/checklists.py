"""Checklists for their tests: what is asked for, what is made of a profile, and what a PDF says when read back."""

from __future__ import annotations

import io
import json
from typing import Any

from pypdf import PdfReader

from api.pages.checklist import Checklist, checklist_of
from api.pages.example_patients import example_patient
from api.screeners import screener_of
from eligibility.dates import anchors
from eligibility.explanation import explain
from eligibility.patient.record import read_record
from eligibility.protocol.library import DEFAULT_TRIAL, load_trial

PROFILE, HASH = "atezolizumab_p1", "ab" * 32
TRIAL = load_trial(DEFAULT_TRIAL, profile=PROFILE)
DATES = {"as_of": "2026-11-21", "planned_start": "2026-12-01"}


BODY = '<tbody role="rowgroup">'
"""The rows of one criterion begin with it."""


def asked(name: str = "wait_for_washout", **changed: Any) -> dict[str, str]:
    patient = json.dumps({**example_patient(name), **changed})
    return {"trial": DEFAULT_TRIAL, "site_profile": PROFILE, "patient": patient, **DATES}


def made(document: dict[str, Any], language: Any = "en") -> Checklist:
    screening = screener_of(DEFAULT_TRIAL, PROFILE).screen(read_record(document), anchors(**DATES))
    return checklist_of(explain(screening, language), HASH)


def pages_of(content: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages]


def text_of(content: bytes) -> str:
    return " ".join(pages_of(content))


def squeezed(text: str) -> str:
    return "".join(text.split())
