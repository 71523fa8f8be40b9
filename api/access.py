"""The one table of what the service answers, and to whom. What is not in it does not exist."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from api.words import Role

ANYBODY: frozenset[Role] = frozenset()
EVERYONE = frozenset(Role)
INVESTIGATORS = frozenset({Role.INVESTIGATOR})
SCREENERS = frozenset({Role.COORDINATOR, Role.INVESTIGATOR})


@dataclass(frozen=True)
class Route:
    """One row: a method and path, the roles that may use it, whether it acts for a site."""

    method: str
    path: str
    roles: frozenset[Role]
    """Any one of them suffices; none at all means that nobody is asked who they are."""
    sited: bool = False
    """Whether what happens belongs to a site, which is then settled before the body is read."""
    is_upload: bool = False
    """Whether its body is a whole table, with a limit and a pace of its own."""
    is_page: bool = False
    """Whether a person looks at the answer: she signs in with a session, and refusals are pages too."""

    @property
    def is_public(self) -> bool:
        """Whether the route is for anybody, known or not."""
        return not self.roles

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What the path looks like when it comes in."""
        parts = re.split(r"\{\w+\}", self.path)
        return re.compile("[^/]+".join(map(re.escape, parts)))


ROUTES = (
    Route("GET", "/health", ANYBODY),
    Route("GET", "/ready", ANYBODY),
    Route("GET", "/metrics", EVERYONE),
    Route("GET", "/openapi.json", EVERYONE),
    Route("POST", "/v1/screenings", SCREENERS, sited=True),
    Route("POST", "/v1/screenings/all-trials", SCREENERS, sited=True),
    Route("POST", "/v1/what-if", SCREENERS),
    Route("GET", "/v1/log", EVERYONE, sited=True),
    Route("POST", "/v1/log/search", EVERYONE, sited=True),
    Route("GET", "/v1/log/export.csv", EVERYONE, sited=True),
    Route("GET", "/v1/log/export/ti.csv", EVERYONE),
    Route("GET", "/v1/log/export/ie.csv", EVERYONE, sited=True),
    Route("GET", "/v1/log/{sequence}", EVERYONE, sited=True),
    Route("GET", "/v1/log/{sequence}/explanation", EVERYONE, sited=True),
    Route("POST", "/v1/log/{sequence}/replay", EVERYONE, sited=True),
    Route("POST", "/v1/log/{sequence}/reviews", INVESTIGATORS, sited=True),
    Route("POST", "/v1/log/{sequence}/corrections", SCREENERS, sited=True),
    Route("POST", "/v1/log/{sequence}/withdrawals", SCREENERS, sited=True),
    Route("GET", "/v1/trials", EVERYONE),
    Route("GET", "/v1/trials/{trial}", EVERYONE),
    Route("GET", "/v1/trials/{trial}/criteria/{criterion}", EVERYONE),
    Route("GET", "/v1/vocabulary", EVERYONE),
    Route("GET", "/v1/template.csv", EVERYONE),
    Route("GET", "/v1/patient-schema", EVERYONE),
    Route("POST", "/v1/batches", SCREENERS, sited=True, is_upload=True),
    Route("GET", "/v1/batches", SCREENERS, sited=True),
    Route("GET", "/v1/batches/{batch}", SCREENERS, sited=True),
    Route("DELETE", "/v1/batches/{batch}", SCREENERS, sited=True),
    Route("POST", "/v1/batches/{batch}/cancel", SCREENERS, sited=True),
    Route("POST", "/v1/batches/{batch}/resume", SCREENERS, sited=True),
    Route("GET", "/v1/batches/{batch}/results", SCREENERS, sited=True),
    Route("GET", "/v1/batches/{batch}/rejected", SCREENERS, sited=True),
    Route("GET", "/v1/batches/{batch}/report", SCREENERS, sited=True),
    Route("GET", "/v1/batches/{batch}/summary", SCREENERS, sited=True),
    Route("GET", "/v1/batches/{batch}/files/{name}", SCREENERS, sited=True),
    Route("GET", "/static/{name}", ANYBODY, is_page=True),
    Route("GET", "/sign-in", ANYBODY, is_page=True),
    Route("POST", "/sign-in", ANYBODY, is_page=True),
    Route("POST", "/sign-out", ANYBODY, is_page=True),
    Route("POST", "/language", ANYBODY, is_page=True),
    Route("GET", "/site", EVERYONE, is_page=True),
    Route("POST", "/site", EVERYONE, is_page=True),
    Route("GET", "/", EVERYONE, is_page=True),
    Route("GET", "/checklist", SCREENERS, is_page=True),
    Route("POST", "/checklist", SCREENERS, is_page=True),
    Route("GET", "/log-book/{sequence}/checklist", EVERYONE, sited=True, is_page=True),
    Route("POST", "/log-book/{sequence}/checklist", EVERYONE, sited=True, is_page=True),
    Route("GET", "/criteria", EVERYONE, is_page=True),
    Route("GET", "/criteria/{trial}", EVERYONE, is_page=True),
    Route("GET", "/criteria/{trial}/analysis", EVERYONE, is_page=True),
    Route("GET", "/criteria/{trial}/over-time", SCREENERS, is_page=True),
    Route("POST", "/criteria/{trial}/over-time", SCREENERS, is_page=True),
    Route("GET", "/patient", SCREENERS, sited=True, is_page=True),
    Route("POST", "/patient", SCREENERS, is_page=True),
    Route("POST", "/patient/answer", SCREENERS, is_page=True),
    Route("POST", "/patient/profile", SCREENERS, is_page=True),
    Route("POST", "/patient/record", SCREENERS, sited=True, is_page=True),
    Route("GET", "/tables", SCREENERS, sited=True, is_page=True),
    Route("POST", "/tables", SCREENERS, sited=True, is_upload=True, is_page=True),
    Route("POST", "/tables/mappings", SCREENERS, sited=True, is_page=True),
    Route("GET", "/tables/{batch}", SCREENERS, sited=True, is_page=True),
    Route("POST", "/tables/{batch}/mapping", SCREENERS, sited=True, is_page=True),
    Route("GET", "/tables/{batch}/progress", SCREENERS, sited=True, is_page=True),
    Route("POST", "/tables/{batch}/step", SCREENERS, sited=True, is_page=True),
    Route("POST", "/tables/{batch}/results", SCREENERS, sited=True, is_page=True),
    Route("GET", "/tables/{batch}/rows/{row}", SCREENERS, sited=True, is_page=True),
    Route("GET", "/tables/{batch}/rejected", SCREENERS, sited=True, is_page=True),
    Route("GET", "/tables/{batch}/files/{name}", SCREENERS, sited=True, is_page=True),
    Route("GET", "/log-book", EVERYONE, sited=True, is_page=True),
    Route("POST", "/log-book", EVERYONE, sited=True, is_page=True),
    Route("GET", "/log-book/screening-log.csv", EVERYONE, sited=True, is_page=True),
    Route("GET", "/log-book/sdtm-ti.csv", EVERYONE, sited=True, is_page=True),
    Route("GET", "/log-book/sdtm-ie.csv", EVERYONE, sited=True, is_page=True),
    Route("GET", "/log-book/compare", EVERYONE, sited=True, is_page=True),
    Route("POST", "/log-book/compare", EVERYONE, sited=True, is_page=True),
    Route("GET", "/log-book/{sequence}", EVERYONE, sited=True, is_page=True),
    Route("POST", "/log-book/{sequence}/replay", EVERYONE, sited=True, is_page=True),
    Route("POST", "/log-book/{sequence}/reviews", INVESTIGATORS, sited=True, is_page=True),
    Route("POST", "/log-book/{sequence}/corrections", SCREENERS, sited=True, is_page=True),
    Route("POST", "/log-book/{sequence}/withdrawals", SCREENERS, sited=True, is_page=True),
)


class AccessTable:
    """Finds the row of a request."""

    def __init__(self, routes: Iterable[Route] = ROUTES) -> None:
        self.routes = tuple(routes)
        self._plain = {(r.method, r.path): r for r in self.routes if "{" not in r.path}
        self._patterned = tuple(r for r in self.routes if "{" in r.path)

    def row(self, method: str, path: str) -> Route | None:
        """The row that a request is for; None if there is none."""
        if found := self._plain.get((method, path)):
            return found
        for route in self._patterned:
            if route.method == method and route.pattern.fullmatch(path):
                return route
        return None

    def methods(self, path: str) -> tuple[str, ...]:
        """The methods that a path has."""
        return tuple(sorted({r.method for r in self.routes if r.pattern.fullmatch(path)}))
