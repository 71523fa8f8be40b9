"""Query parameters and headers of the routes; what a route does not have, or has twice, is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Header, Path, Query, Request
from fastapi.routing import APIRoute
from pydantic import BaseModel

from api.answers.problems import FaultAnswer
from api.guard import SITE_PARAMETER, Refusal
from api.problems import Problem
from api.security.principal import EVERY_SITE, Principal
from eligibility.errors import did_you_mean

_NAME = r"^[A-Za-z0-9_.-]+$"
OptionalName = Annotated[str | None, Query(max_length=60, pattern=_NAME)]
_TRIAL = "Registry number of a trial of the library."
TrialName = Annotated[str, Query(max_length=60, pattern=_NAME, description=_TRIAL)]
OptionalTrial = Annotated[str | None, Query(max_length=60, pattern=_NAME, description=_TRIAL)]
ProfileName = Annotated[
    str | None,
    Query(
        max_length=60, pattern=_NAME, description="A site profile of the trial; none if left out."
    ),
]
PathName = Annotated[str, Path(max_length=60)]
Number = Annotated[int, Path(ge=1, le=2**53, description="The number of an entry of the log.")]
LONGEST_DAY = 40
"""Characters of a day, however it is written: `2026 年 12 月 10 日` is one too."""
Day = Annotated[
    str | None,
    Query(
        min_length=1,  # an empty one is a variable that was not set, and no wish for today
        max_length=LONGEST_DAY,
        description='A whole date, "2026-11-21", or "day 120" for de-identified records.',
    ),
]
Site = Annotated[
    str | None,
    Query(
        alias=SITE_PARAMETER,
        max_length=40,
        description="The site it is for. Needed only by who has several.",
    ),
]
"""Read and checked by the guard; a route names it so that it is known and described."""
IDEMPOTENCY_KEY = "Idempotency-Key"
RequestKey = Annotated[
    str | None,
    Header(
        alias=IDEMPOTENCY_KEY,
        pattern=r"^[\x21-\x7e]{1,128}$",
        description="Sent again with the same request, it brings the same answer and no second entry.",
    ),
]


_KNOWN: dict[str, frozenset[str]] = {}
"""The parameters of each route, gathered once."""


@dataclass(frozen=True, slots=True)
class Caller:
    """For whom a route works: who asks, for which site, under which key of the request."""

    actor: str
    site: str
    key: str | None
    name: str | None = None
    """What people call who asks, as the operator or the identity provider has it."""

    @property
    def sites(self) -> tuple[str, ...]:
        """The sites whose entries exist for this call; what is about every site is about this one."""
        return (self.site, EVERY_SITE)


def caller_of(request: Request, key: str | None = None) -> Caller:
    """The caller as the guard has let it in."""
    if len(request.headers.getlist(IDEMPOTENCY_KEY)) > 1:
        raise Refusal(Problem(422, "idempotency_key_twice", "the request has two idempotency keys"))
    principal: Principal = request.state.principal
    return Caller(principal.id, request.state.site, key, principal.name or None)


async def check_parameters(request: Request) -> None:
    """Raise Refusal for the first parameter that is unknown or comes again."""
    if not request.scope["query_string"]:
        return
    route = request.scope["route"]
    assert isinstance(route, APIRoute)  # dependencies run for these only
    known = _known(route)
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


def _known(route: APIRoute) -> frozenset[str]:
    if route.unique_id not in _KNOWN:
        _KNOWN[route.unique_id] = frozenset(_names(route))
    return _KNOWN[route.unique_id]


def _names(route: APIRoute) -> Iterator[str]:
    """The parameters of a route; those of a model are its fields."""
    for field in route.dependant.query_params:
        kind = field.field_info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from (each.alias or name for name, each in kind.model_fields.items())
        else:
            yield field.alias


def _refusal(number: int, *, code: str, message: str, hint: str) -> Refusal:
    fault: FaultAnswer = {
        "path": f"parameter {number}",
        "code": code,
        "message": message,
        "hint": hint,
    }
    return Refusal(Problem(422, "parameters_invalid", "a parameter cannot be read", faults=[fault]))
