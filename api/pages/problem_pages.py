"""A problem as a page: the same title, advice, faults and request id, in the reader's language."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from api.pages.site import Site
from api.pages.wording import has_words
from api.problems import Problem


def problem_page(site: Site, scope: Scope, problem: Problem) -> Response:
    """The page for a problem."""
    key = _key(problem)
    return site.render(
        Request(scope),
        "base/problem.html",
        status=problem.status,
        headers=problem.headers,
        problem=problem,
        key=key,
        todo=_todo(key, problem),
        request_id=scope["state"]["request_id"],
    )


def _key(problem: Problem) -> str | None:
    """The words of a code, else those of its status; None if only the problem's own title says it."""
    own = f"problem.{problem.code}"
    if has_words(own):
        return own
    return f"problem.{problem.status}" if problem.code == "http" else None


def _todo(key: str | None, problem: Problem) -> str:
    """What to do; what is unknown to us is answered like any other problem of its kind."""
    wanted = (f"{key}.todo", f"problem.{problem.status}.todo")
    return next(filter(has_words, wanted), f"problem.{problem.status // 100 * 100}.todo")
