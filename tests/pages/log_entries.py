"""Screenings for the tests of the log's pages, and what a page of the log shows of them."""

from __future__ import annotations

import re
from typing import Any

from fastapi import FastAPI

from api.edits import edited
from tests.api.callers import PATIENT, QUERY
from tests.pages.visitor import Visitor

HOSTILE = "<script>alert(1)</script>"
OPEN = edited(PATIENT, {"treatments.items.0.last_dose": "2026-11-10"}, [])


def screened(visitor: Visitor, patient: Any, **headers: str) -> int:
    answer = visitor.client.post("/v1/screenings", params=QUERY, json=patient, headers=headers)
    return int(answer.json()["entry"]["sequence"])


def numbers(text: str) -> list[int]:
    return [
        int(each) for each in re.findall(r'<th scope="row"[^>]*><a href="/log-book/(\d+)"', text)
    ]


def last_of(service: FastAPI) -> int:
    return int(service.state.desk.log.head.sequence)
