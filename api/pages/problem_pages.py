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
    own, kind = f"problem.{problem.code}", _kind(problem.status)
    is_ours = has_words(own)
    return site.render(
        Request(scope),
        "base/problem.html",
        status=problem.status,
        headers=problem.headers,
        problem=problem,
        title_key=own if is_ours else kind,
        todo_key=f"{own}.todo" if has_words(f"{own}.todo") else f"{kind}.todo",
        # What we have no words for is said in its own, below what kind of problem it is.
        detail=None if is_ours or problem.code == "http" else problem.title,
        hint=None if is_ours else problem.hint,
        request_id=scope["state"]["request_id"],
    )


def _kind(status: int) -> str:
    """The words of a status, else those of all like it."""
    exact = f"problem.{status}"
    return exact if has_words(exact) else f"problem.{status // 100}00"
