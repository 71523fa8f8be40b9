"""The description of the service (OpenAPI), with the schema of a patient profile in it."""

from __future__ import annotations

import re
from typing import Any

from fastapi import FastAPI
from pydantic import TypeAdapter

from api.access import ROUTES, Route
from api.answers.problems import ProblemAnswer
from api.problems import PROBLEM_RESPONSES
from eligibility.patient.record import PatientRecord
from eligibility.patient.schema import definitions

JSON = "application/json"
_SCHEMAS = "#/components/schemas/"
PATIENT = {"$ref": _SCHEMAS + PatientRecord.__name__}
"""The schema of a patient profile, as the description names it."""


class Service(FastAPI):
    """An application whose description also holds the schema of a patient profile."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document."""
        if self.openapi_schema:
            return self.openapi_schema
        document = super().openapi()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        schemas.update(definitions(_SCHEMAS + "{model}"))
        schemas.update(_problem())
        document["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
        document["tags"] = [
            {"name": name, "description": about} for name, (about, _) in _TOPICS.items()
        ]
        for route in ROUTES:
            operation = document["paths"].get(route.path, {}).get(route.method.lower())
            if operation is None:
                continue
            operation["operationId"] = _operation_id(route)
            operation["tags"] = [_topic(route)]
            if not route.is_public:
                operation["security"] = [{"key": []}]
            _add_example(operation, f"{route.method} {route.path}")
        return document


_TOPICS = {
    "screening": ("Screen a patient", ("screenings", "what-if")),
    "batches": ("Screen a table", ("batches",)),
    "log": ("The screening log: decisions, their replay, reviews and corrections", ("log",)),
    "trials": ("Trials of the library and their criteria", ("trials",)),
    "vocabulary": (
        "What a patient profile or a table may hold",
        ("patient-schema", "vocabulary", "template.csv"),
    ),
    "operation": ("Whether the service is up, and what it counts", ("health", "ready", "metrics")),
}
"""Topics of the description: what they are about, and the first parts of the paths below them."""


def _topic(route: Route) -> str:
    part = route.path.removeprefix("/v1").split("/")[1]
    return next(name for name, (_, parts) in _TOPICS.items() if part in parts)


def _operation_id(route: Route) -> str:
    """What a client made from the description calls the operation, as `post_log_sequence_replay`."""
    words = re.findall(r"[a-z]+", route.path.removeprefix("/v1"))
    return "_".join((route.method.lower(), *words))


def _problem() -> dict[str, Any]:
    """The shape of a problem, and of its faults, by name."""
    whole = TypeAdapter(ProblemAnswer).json_schema(ref_template=_SCHEMAS + "{model}")
    parts: dict[str, Any] = whole.pop("$defs")
    return {**parts, ProblemAnswer.__name__: whole}


def _add_example(operation: dict[str, Any], route: str) -> None:
    """What the route answers when all is well."""
    from api.examples import examples  # noqa: PLC0415 - they are made by the routes, which need this module

    if route in examples():
        for status in ("200", "201", "202"):
            for content in operation["responses"].get(status, {}).get("content", {}).values():
                content["example"] = examples()[route]


def json_body(schema: dict[str, Any], example: object, *, required: bool = True) -> dict[str, Any]:
    """The description of a body that a route reads by itself."""
    content = {JSON: {"schema": schema, "example": example}}
    return {"requestBody": {"required": required, "content": content}}


def answers(shape: object, *, status: int = 200) -> dict[int | str, dict[str, Any]]:
    """What a route may answer: problems, or a document of this shape.

    A route says its shape here and not as its response model: what it made is sent as it is, for an explanation is
    hashed byte for byte; tests hold the two together. The example is added when the description is asked for.
    """
    return {**PROBLEM_RESPONSES, **done(shape, status=status)}


def done(shape: object, *, status: int = 200) -> dict[int | str, dict[str, Any]]:
    """What a route answers when all is well."""
    return {status: {"description": "Done", "model": shape}}
