"""What the description of the service says of batches: bodies, answers, examples."""

from __future__ import annotations

from typing import Any

from api.batches.answers import BatchAnswer, BatchPage
from api.batches.upload import MOST_TEXT_BYTES
from api.problems import PROBLEM_RESPONSES

Responses = dict[int | str, dict[str, Any]]

ID = "019a6f3c2b1e" + "5f0c9d7e4b8a4d21a3f6c0b9e8d7f615"
_HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_TABLE = "screening_id,sex,age_years\nS-001,female,54\n"
_MAPPING = "id: patient\ncolumns:\n  gender: sex\n"

ACCEPTED: dict[str, Any] = {
    "id": ID,
    "state": "waiting",
    "site": "berlin",
    "created_at": "2026-11-21T14:55:00+00:00",
    "created_by": "key:4f1c2a9b7d3e",
    "name": "november.csv",
    "trial": "NCT06731140",
    "profile": "atezolizumab_p1",
    "as_of": "2026-11-21",
    "planned_start": "2026-12-01",
    "encoding": None,
    "sheet": None,
    "format": "csv",
    "verdicts_only": False,
    "table": {"bytes": 4096, "sha256": _HASH},
    "mapping_sha256": None,
    "progress": None,
    "ended_at": None,
    "problem": None,
    "result": None,
}
_PROGRESS = {"rows": 120, "bytes_read": 4096, "rows_per_second": 24000, "seconds_left": 0}
CANCELLED = {
    **ACCEPTED,
    "state": "cancelled",
    "progress": _PROGRESS,
    "ended_at": "2026-11-21T14:55:03+00:00",
}
DONE: dict[str, Any] = {
    **CANCELLED,
    "state": "done",
    "result": {
        "rows": 120,
        "rejected": 2,
        "decisions": {"eligible": 11, "ineligible": 71, "undetermined": 36},
        "rejected_by_code": {"duplicate_screening_id": 2},
        "rules_hash": _HASH,
        "engine_version": "0.1.0",
        "as_of": "2026-11-21",
        "results": "results.csv",
        "results_sha256": _HASH,
        "files": [{"name": "results.csv", "bytes": 16384}],
        "began_anew": None,
        "entry": {
            "sequence": 42,
            "recorded_at": "2026-11-21T14:55:03.120000Z",
            "entry_hash": _HASH,
        },
    },
}
PAGE = {"batches": [DONE], "next": None}

UPLOAD = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["table"],
                    "additionalProperties": False,
                    "properties": {
                        "table": {
                            "type": "string",
                            "format": "binary",
                            "minLength": 1,
                            "description": "CSV, Parquet, Excel or JSON lines, also compressed; told by its bytes.",
                        },
                        "mapping": {
                            "type": "string",
                            "description": "How a foreign table's columns are mapped: YAML.",
                        },
                        "sheet": {
                            "type": "string",
                            "minLength": 1,
                            "maxLength": MOST_TEXT_BYTES // 4,
                            "description": "Sheet of a workbook that has several.",
                        },
                    },
                },
                "example": {"table": _TABLE, "mapping": _MAPPING},
            }
        },
    }
}
_MORE = {
    409: "The batch is not in a state for this, or the idempotency key was used before",
    507: "There is no room on the disk, or the site keeps as much as it may",
    415: "The body is not multipart/form-data",
    416: "The file has no such bytes",
}
_STATUSES = {
    200: "How it stands",
    202: "Accepted; it will be screened whatever happens",
    204: "It is deleted",
}
_FILES = {
    "text/csv": "screening_id,decision,deciding_criteria\nS-001,ineligible,INCL02\n",
    "text/html": "<!DOCTYPE html><title>Batch</title>",
    "text/calendar": "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
    "application/json": {"rows": 120, "rejected": 2, "screened": 118},
    "application/vnd.apache.parquet": "PAR1",
    "image/png": "\x89PNG",
    "image/svg+xml": "<svg xmlns='http://www.w3.org/2000/svg'/>",
}
"""The kinds of files, each with the beginning of one."""
_FILES_OF = {
    "results": ("text/csv", "application/vnd.apache.parquet"),
    "rejected": ("text/csv",),
    "report": ("text/html",),
    "summary": ("application/json",),
}
_PROBLEM = PROBLEM_RESPONSES[400]["content"]


def answers(status: int, example: dict[str, Any] | None, *more: int) -> Responses:
    """What a route answers when all is well, and every problem it can answer with."""
    good: dict[str, Any] = {"description": _STATUSES[status]}
    if example is not None:
        good["model"] = BatchPage if "batches" in example else BatchAnswer
        good["content"] = {"application/json": {"example": example}}
    if status == 202 and 415 in more:
        link = {"description": "Where to follow it", "schema": {"type": "string"}}
        good["headers"] = {"Location": link}
    return {**PROBLEM_RESPONSES, **_problems(*more), status: good}


def download(name: str) -> Responses:
    """What a route answers that gives out a file."""
    kinds = _FILES_OF.get(name, tuple(_FILES))
    content: dict[str, Any] = {kind: {"example": _FILES[kind]} for kind in kinds}
    return {
        **PROBLEM_RESPONSES,
        **_problems(409, 416),
        200: {"description": "The file", "content": content},
        206: {"description": "The bytes that were asked for", "content": content},
    }


def _problems(*statuses: int) -> Responses:
    return {each: {"description": _MORE[each], "content": _PROBLEM} for each in statuses}
