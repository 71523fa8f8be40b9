"""Errors as RFC 9457 problems: one shape for all, with a stable code and never the input."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from fastapi.responses import JSONResponse

from eligibility.errors import AnchorError, EligibilityError, RecordError

_STATUS = {
    "unknown_trial": 404,
    "unknown_profile": 404,
    "too_large": 413,
    "json_unreadable": 400,
    "encoding": 400,
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong, for a program (`code`) and for a person (`title`, `hint`, `faults`)."""

    status: int
    code: str
    title: str
    hint: str | None = None
    faults: list[dict[str, str | None]] = field(default_factory=list)

    def response(self) -> JSONResponse:
        """The HTTP response that carries the problem."""
        content: dict[str, Any] = {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "code": self.code,
            "hint": self.hint,
            "faults": self.faults,
        }
        return JSONResponse(content, self.status, media_type="application/problem+json")


def problem_of(error: EligibilityError) -> Problem:
    """The problem for an error of the library."""
    if isinstance(error, RecordError):
        faults: list[dict[str, str | None]] = [
            {"path": f.path, "code": f.code, "message": f.message, "hint": f.hint}
            for f in error.faults
        ]
        status = _STATUS.get(error.faults[0].code, 422)
        return Problem(status, error.code, "the patient profile cannot be read", faults=faults)
    inner = [str(each.code) for each in getattr(error, "faults", ())]
    code = inner[0] if inner else error.code
    problem = Problem(_STATUS.get(code, 422), code, error.message, error.hint)
    if isinstance(error, AnchorError) and error.location is not None:
        problem.faults.append(
            {"path": error.location.path, "code": code, "message": error.message, "hint": None}
        )
    return problem


_CONTENT = {
    "application/problem+json": {
        "schema": {
            "type": "object",
            "required": ["type", "title", "status", "code"],
            "properties": {
                "type": {"type": "string"},
                "title": {"type": "string"},
                "status": {"type": "integer"},
                "code": {"type": "string"},
                "hint": {"type": ["string", "null"]},
                "faults": {"type": "array", "items": {"type": "object"}},
            },
        }
    }
}
PROBLEM_RESPONSES: dict[int | str, dict[str, Any]] = {
    400: {"description": "The body is not JSON", "content": _CONTENT},
    404: {"description": "No such trial or profile", "content": _CONTENT},
    413: {"description": "The body is too large", "content": _CONTENT},
    422: {"description": "The profile or a parameter cannot be read", "content": _CONTENT},
}
