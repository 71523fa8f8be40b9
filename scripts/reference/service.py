"""Reference pages of the service: its routes and who may use them, its settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic_core import PydanticUndefined

from api.access import EVERYONE, ROUTES, Route
from api.app import create_app
from api.settings import PREFIX, Settings
from reference.markdown import code, codes, table


def http() -> str:
    """The routes of the service, from its own schema."""
    schema = create_app().openapi()
    parts = [
        "# HTTP service",
        "`make serve` starts it on 127.0.0.1:8000; `/openapi.json` is its schema. Errors are RFC 9457 problems\n"
        "(`application/problem+json`) with a stable [`code`](error-codes.md), a `title`, a `hint` and the `faults`\n"
        "found; none of them repeats what was sent.",
        "Every answer carries an `x-request-id`, which is also in the log; a UUID sent under that name is taken over.",
        "## Who may ask\n\n"
        "While [no identity is configured](../how-to/run-the-service.md), only this machine is served, and may do\n"
        "everything. Else each request brings an API key or a token as `Authorization: Bearer ...`, and is judged by\n"
        "this table before its body is read. What is not in it does not exist. What belongs to a site exists only\n"
        "for those of that site: for others it is 404, like anything that is not there. Requests and answers with\n"
        "examples are in `/openapi.json`; [how to use them](../how-to/screen-over-http.md).",
        table(
            ("route", "roles", "acts for a site"),
            (_row(route) for route in ROUTES if not route.is_page),
        ),
        "The [pages](../how-to/run-the-service.md) are no interface for programs: they know people by their sessions,\n"
        "and may change with any version.",
        table(
            ("page", "roles", "acts for a site"), (_row(route) for route in ROUTES if route.is_page)
        ),
    ]
    for path, methods in schema["paths"].items():
        for method, route in methods.items():
            answers = ", ".join(sorted(route["responses"]))
            about = [route["summary"], route.get("description", ""), f"Answers {answers}."]
            text = " ".join(each if each[-1] in ".?" else f"{each}." for each in about if each)
            parts += [f"## `{method.upper()} {path}`", text]
            rows = [
                (code(p["name"]), p["in"], _given(p), p.get("description", ""))
                for p in route.get("parameters", [])
            ]
            if rows:
                parts.append(table(("parameter", "in", "default", "meaning"), rows))
    return "\n\n".join(parts)


def _given(parameter: dict[str, Any]) -> str:
    if parameter.get("required"):
        return "required"
    return code(parameter["schema"].get("default"))


def _row(route: Route) -> Sequence[str]:
    roles = "everyone who is known" if route.roles == EVERYONE else codes(route.roles)
    return code(f"{route.method} {route.path}"), roles or "anybody", "yes" if route.sited else ""


def settings() -> str:
    """Every setting with its default."""
    rows = [
        (code(f"{PREFIX}{name.upper()}"), _default(field.default), field.description)
        for name, field in Settings.model_fields.items()
    ]
    parts = [
        "# Settings of the service",
        "Read from the environment when the service starts. A name that is not listed here, or a value that cannot be\n"
        "used, ends the start with one message that names the setting and never repeats its value. Seconds may have\n"
        "decimals. See [how to run the service](../how-to/run-the-service.md).",
        table(("variable", "default", "meaning"), rows),
    ]
    return "\n\n".join(parts)


def _default(value: object) -> str:
    if value is None or value is PydanticUndefined:
        return ""
    if isinstance(value, bool):
        return code(str(value).lower())
    return code(",".join(value) if isinstance(value, tuple) else value)
