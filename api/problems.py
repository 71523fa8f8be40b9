"""Errors as RFC 9457 problems: one shape for all, with a stable code and never the input."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from api.answers.problems import FaultAnswer, ProblemAnswer
from api.log.errors import LogBusy, LogDamaged, LogSchema, LogSettingsError, LogUnavailable
from eligibility.errors import AnchorError, EligibilityError, RecordError

_STATUS = {
    "unknown_trial": 404,
    "unknown_profile": 404,
    "unknown_criterion": 404,
    "too_large": 413,
    "json_unreadable": 400,
    "encoding": 400,
    "entry_not_found": 404,
    "explanation_not_kept": 404,
    "idempotency_conflict": 409,
    "answer_not_repeatable": 409,
    "entry_superseded": 409,
    "answered_meanwhile": 409,
    "not_a_decision": 409,
    "not_for_judgement": 409,
    "criteria_version_missing": 409,
    "batch_not_found": 404,
    "file_not_found": 404,
    "batch_not_done": 409,
    "batch_running": 409,
    "batch_ended": 409,
    "not_multipart": 415,
    "upload_unreadable": 400,
    "upload_cut_off": 400,
    "mapping_too_large": 413,
    "storage_unavailable": 503,
    "disk_reserve": 507,
    "site_quota": 507,
    "record_damaged": 500,
    "too_many_batches": 503,
}
_RETRY_SECONDS = {"too_many_batches": "30"}
_UNAVAILABLE = (LogUnavailable, LogDamaged, LogSchema, LogSettingsError)


MEDIA_TYPE = "application/problem+json"
AS_PAGE = "problem_as_page"
"""Under this name a request's state holds what makes a page of a problem, if a person is to read it."""


class ProblemResponse(JSONResponse):
    """The HTTP response that carries a problem, and leaves its code for the log."""

    media_type = MEDIA_TYPE

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.document, problem.status, headers=problem.headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request; with a page where a person looks at the answer."""
        state = scope.setdefault("state", {})
        state["problem"] = self.problem.code
        as_page: Callable[[Scope, Problem], Response] | None = state.get(AS_PAGE)
        if as_page is None:
            await super().__call__(scope, receive, send)
        else:
            await as_page(scope, self.problem)(scope, receive, send)


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong, for a program (`code`) and for a person (`title`, `hint`, `faults`)."""

    status: int
    code: str
    title: str
    hint: str | None = None
    faults: list[FaultAnswer] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    parts: dict[str, str] = field(default_factory=dict)
    """What the words of a page say besides; it is no part of the JSON."""

    @property
    def document(self) -> ProblemAnswer:
        """The problem as JSON."""
        return {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "code": self.code,
            "hint": self.hint,
            "faults": self.faults,
        }

    def response(self) -> ProblemResponse:
        """The HTTP response that carries the problem."""
        return ProblemResponse(self)

    def body(self) -> bytes:
        """The problem as the bytes of a response, where no framework writes it."""
        return json.dumps(self.document, separators=(",", ":")).encode()


def problem_of(error: EligibilityError) -> Problem:
    """The problem for an error of the library."""
    if isinstance(error, RecordError):
        faults: list[FaultAnswer] = [
            {"path": f.path, "code": f.code, "message": f.message, "hint": f.hint}
            for f in error.faults
        ]
        status = _STATUS.get(error.faults[0].code, 422)
        return Problem(status, error.code, "the patient profile cannot be read", faults=faults)
    if isinstance(error, LogBusy):
        return Problem(503, error.code, error.message, error.hint, headers={"retry-after": "1"})
    if isinstance(error, _UNAVAILABLE):
        return Problem(503, error.code, error.message, error.hint, headers={"retry-after": "5"})
    inner = [str(each.code) for each in getattr(error, "faults", ())]
    code = inner[0] if inner else error.code
    problem = Problem(_STATUS.get(code, 422), code, error.message, error.hint)
    if code in _RETRY_SECONDS:
        problem.headers["retry-after"] = _RETRY_SECONDS[code]
    if isinstance(error, AnchorError) and error.location is not None and error.location.path:
        problem.faults.append(
            {"path": error.location.path, "code": code, "message": error.message, "hint": None}
        )
    return problem


_CONTENT = {MEDIA_TYPE: {"schema": {"$ref": f"#/components/schemas/{ProblemAnswer.__name__}"}}}
"""FastAPI would describe a model as plain JSON; `api.description` adds the shape itself."""
_PUBLIC = {
    400: "The request, its host or its body cannot be read",
    403: "This caller may not do that",
    408: "The request did not arrive in time",
    413: "The body is too large",
    414: "Path and query are too long",
    422: "The profile or a parameter cannot be read",
    429: "Too many requests",
    431: "The headers are too large",
    500: "The service failed",
    503: "The service is busy or not ready",
}
_DESCRIPTIONS = {
    **_PUBLIC,
    401: "No valid API key or token",
    404: "Not there, or not for this caller",
    409: "The idempotency key, or the state of the entry, does not allow it",
}


def _described(statuses: dict[int, str]) -> dict[int | str, dict[str, Any]]:
    return {
        status: {"description": text, "content": _CONTENT}
        for status, text in sorted(statuses.items())
    }


PROBLEM_RESPONSES = _described(_DESCRIPTIONS)
"""What every route may answer that lets nobody in unseen."""
PUBLIC_RESPONSES = _described(_PUBLIC)
"""What a route may answer that needs neither identity nor parameters."""
