"""Bodies of requests: read up to a limit, parsed strictly, never repeated in an error."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ConfigDict, ValidationError

from api.answers.problems import FaultAnswer
from api.guard import Refusal
from api.problems import Problem, problem_of
from api.value_words import fault
from eligibility.errors import Fault, RecordError
from eligibility.patient.record import MAX_DOCUMENT_BYTES, parse_json

_MOST_FAULTS = 20
_UNREADABLE = "the body cannot be read"


class Body(BaseModel):
    """What a route takes as JSON; a field that it does not have is refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


_Kind = TypeVar("_Kind", bound=Body)


async def body_of(request: Request) -> bytes:
    """The request's body, given up as soon as it is longer than a record may be."""
    received = bytearray()
    async for chunk in request.stream():
        received += chunk
        if len(received) > MAX_DOCUMENT_BYTES:
            message = f"the body is larger than {MAX_DOCUMENT_BYTES} bytes"
            raise RecordError([Fault("", "too_large", message)])
    return bytes(received)


def read_body(content: bytes, kind: type[_Kind]) -> _Kind:
    """The body as what it should be; raises Refusal for what is wrong in it."""
    try:
        document = parse_json(content)
    except RecordError as error:
        problem = problem_of(error)
        raise Refusal(replace(problem, code="body_invalid", title=_UNREADABLE)) from None
    try:
        return kind.model_validate(document)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        faults = [_fault(each, kind) for each in found[:_MOST_FAULTS]]
        raise Refusal(Problem(422, "body_invalid", _UNREADABLE, faults=faults)) from None


def _fault(error: Any, kind: type[Body]) -> FaultAnswer:
    """Where and what, by names that are ours: the sender's own names may be values in the wrong place."""
    known = set(kind.model_fields)
    first = error["loc"][0] if error["loc"] else ""
    path = str(first) if first in known else "the body"
    if error["type"] != "extra_forbidden":
        return fault(path, error)
    hint = f"use: {', '.join(sorted(known))}"
    return {
        "path": path,
        "code": error["type"],
        "message": "there is no such field",
        "hint": hint,
    }
