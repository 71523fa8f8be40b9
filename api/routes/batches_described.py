"""What the description of the service says of batches: bodies and answers."""

from __future__ import annotations

from typing import Any

from api.batches.upload import MOST_TEXT_BYTES
from api.problems import PROBLEM_RESPONSES

Responses = dict[int | str, dict[str, Any]]

ID = "019a6f3c2b1e" + "5f0c9d7e4b8a4d21a3f6c0b9e8d7f615"
_TABLE = "screening_id,sex,age_years\nS-001,female,54\n"
_MAPPING = "id: patient\ncolumns:\n  gender: sex\n"

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


def answers(shape: object | None, *more: int, status: int = 200) -> Responses:
    """What a route answers when all is well, and every problem it can answer with."""
    good: dict[str, Any] = {"description": _STATUSES[status]}
    if shape is not None:
        good["model"] = shape
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
