"""What a patient's record may hold: its JSON schema, the codes of its fields, the template of a table."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from fastapi import FastAPI
from fastapi.responses import Response

from api.answers.operation import Vocabulary
from api.description import answers
from api.problems import PROBLEM_RESPONSES
from api.vocabulary import vocabulary
from eligibility.intake.template import template_csv
from eligibility.patient.schema import record_schema

_MEDIA_TYPE = "application/json"


def add_records(service: FastAPI) -> None:
    """Add the routes."""
    service.get(
        "/v1/patient-schema",
        summary="JSON schema of a patient profile",
        responses=answers(dict[str, Any]),
    )(patient_schema)
    service.get(
        "/v1/vocabulary",
        summary="Codes of every coded field, units of every test",
        responses=answers(Vocabulary),
    )(codes)
    service.get(
        "/v1/template.csv",
        summary="Template of a patient table",
        response_class=Response,
        responses={
            **PROBLEM_RESPONSES,
            200: {"description": "A line of columns, an example", "content": {"text/csv": {}}},
        },
    )(template)


async def patient_schema() -> Response:
    """With every short form that a profile may use."""
    return Response(_schema(), media_type=_MEDIA_TYPE)


async def codes() -> Response:
    """Every field of the record that holds a code, with each code in words and the other spellings accepted;
    for each laboratory test the units in which its results are understood.
    """
    return Response(_vocabulary(), media_type=_MEDIA_TYPE)


async def template() -> Response:
    """A line of column names and one line with the example patient."""
    headers = {"content-disposition": 'attachment; filename="patients.csv"'}
    return Response(_template(), media_type="text/csv; charset=utf-8", headers=headers)


@lru_cache(maxsize=1)
def _schema() -> bytes:
    """Written once: making and writing it anew takes a tenth of a second."""
    return json.dumps(record_schema(), ensure_ascii=False).encode()


@lru_cache(maxsize=1)
def _vocabulary() -> bytes:
    return json.dumps(vocabulary(), ensure_ascii=False).encode()


@lru_cache(maxsize=1)
def _template() -> bytes:
    return template_csv().encode()
