"""Query parameters that a route does not have, or twice, are refused: a date nobody reads must not seem to count."""

from __future__ import annotations

from fastapi import Request
from fastapi.routing import APIRoute

from api.guard import Refusal
from api.problems import Problem
from eligibility.errors import did_you_mean


async def check_parameters(request: Request) -> None:
    """Raise Refusal for the first parameter that is unknown or comes again."""
    if not request.scope["query_string"]:
        return
    route = request.scope["route"]
    assert isinstance(route, APIRoute)  # dependencies run for these only
    known = {field.alias for field in route.dependant.query_params}
    seen: set[str] = set()
    for number, (name, _) in enumerate(request.query_params.multi_items(), start=1):
        if name not in known:
            # The name itself may be a value in the wrong place.
            raise _refusal(
                number,
                code="unknown_parameter",
                message="there is no such parameter",
                hint=did_you_mean(name[:60], known) or "take it away",
            )
        if name in seen:
            raise _refusal(
                number,
                code="parameter_twice",
                message="the parameter comes more than once",
                hint="send it once",
            )
        seen.add(name)


def _refusal(number: int, *, code: str, message: str, hint: str) -> Refusal:
    fault: dict[str, str | None] = {
        "path": f"parameter {number}",
        "code": code,
        "message": message,
        "hint": hint,
    }
    return Refusal(Problem(422, "parameters_invalid", "a parameter cannot be read", faults=[fault]))
