"""The site that all pages are part of: their templates, their reader, and what stands around each of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from api.access import AccessTable
from api.headers import PAGE_POLICY, POLICY
from api.pages.language import (
    LANGUAGES,
    TAGS,
    Language,
    language_of,
    timed,
    written_column,
    written_date,
    written_local_time,
    written_number,
    written_value,
)
from api.pages.shown import shown
from api.pages.static_files import address
from api.pages.wording import say, told_problem
from api.security.authenticator import Authenticator
from api.security.principal import Principal
from api.security.sessions import Sessions
from api.settings import Settings, zone_of
from eligibility.version import ENGINE_VERSION
from eligibility.wording.faults import told_fault

TOKEN = "csrf"  # noqa: S105 - the name of a field
"""The field of a form that carries the token; a script sends it as the header `x-csrf-token`."""
NAVIGATION = (
    ("/", "nav.start"),
    ("/patient", "nav.patient"),
    ("/checklist", "nav.checklist"),
    ("/tables", "nav.tables"),
    ("/log-book", "nav.log"),
    ("/criteria", "nav.criteria"),
)
"""The menu. What has no row in the table of access, or is not for the reader's roles, is not shown."""
_TEMPLATES = Path(__file__).resolve().parent.parent / "templates"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks at a page, as the templates know her."""

    language: Language
    path: str
    principal: Principal | None
    site: str | None
    is_local: bool
    may: Callable[..., bool]

    @property
    def tag(self) -> str:
        """Her language as the attribute `lang` has it."""
        return TAGS[self.language]

    @property
    def person(self) -> str:
        """Who is signed in, by name and id."""
        if self.principal is None:
            return ""
        who = self.principal
        return f"{who.name} ({who.id})" if who.name else who.id

    @property
    def may_change_site(self) -> bool:
        """Whether she has more than one site."""
        return self.principal is not None and self.principal.site_for(None) is None


class Site:
    """Makes pages of templates."""

    def __init__(
        self,
        settings: Settings,
        *,
        table: AccessTable,
        authenticator: Authenticator,
        sessions: Sessions,
    ) -> None:
        self.settings = settings
        self.table = table
        self.authenticator = authenticator
        self.sessions = sessions
        zone = zone_of(settings.time_zone)
        self._environments = {language: _environment(language, zone) for language in LANGUAGES}

    def render(
        self,
        request: Request,
        template: str,
        *,
        status: int = 200,
        headers: dict[str, str] | None = None,
        **values: Any,
    ) -> HTMLResponse:
        """The page that a template makes of values, in the reader's language."""
        reader = self.reader(request)
        token = self.sessions.token(request.scope)
        text = (
            self._environments[reader.language]
            .get_template(template)
            .render(
                reader=reader,
                navigation=[entry for entry in NAVIGATION if reader.may(entry[0])],
                layout="base/fragment.html" if is_script(request) else "base/page.html",
                token=token,
                token_field=_token_field(token),
                **values,
            )
        )
        answer = HTMLResponse(text, status, {**(headers or {}), POLICY.decode(): _POLICY})
        answer.headers["content-language"] = reader.tag
        if request.scope["state"]["visit_is_new"]:
            answer.headers.append("set-cookie", self.sessions.visit_header(request.scope))
        return answer

    def reader(self, request: Request) -> Reader:
        """Who looks at the page."""
        state = request.scope["state"]
        principal: Principal | None = state.get("principal")
        return Reader(
            language=language_of(request),
            path=self._nearest_page(request.scope["path"]),
            principal=principal,
            site=state.get("site"),
            is_local=self.authenticator.is_open,
            may=partial(self.may, principal),
        )

    def _nearest_page(self, path: str) -> str:
        """The page that is shown, or the one that what was sent belongs to."""
        while path and not self.is_own_page(path):
            path = path.rpartition("/")[0]
        return path or "/"

    def may(self, principal: Principal | None, path: str, method: str = "GET") -> bool:
        """Whether somebody may use a page."""
        row = self.table.row(method, path)
        if row is None or principal is None:
            return False
        return row.is_public or not row.roles.isdisjoint(principal.roles)

    def is_own_page(self, path: str) -> bool:
        """Whether a path is that of one of our pages, so that one may be sent there."""
        row = self.table.row("GET", path)
        return row is not None and row.is_page and not row.is_public

    def next_path(self, given: str | None) -> str:
        """Where to go on: where it was asked for if that is a page of ours, else the start."""
        return given if given and self.is_own_page(given) else "/"


def site_of(request: Request) -> Site:
    """The site that a request came to."""
    site: Site = request.app.state.site
    return site


def render(
    request: Request,
    template: str,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    **values: Any,
) -> HTMLResponse:
    """The page that a template makes of values, in the reader's language."""
    return site_of(request).render(request, template, status=status, headers=headers, **values)


def words_for(request: Request) -> Callable[..., str]:
    """Says words in the reader's language, where it is not a template that does: `t(key, **parts)`."""
    return partial(say, language=language_of(request))


def is_script(request: Request) -> bool:
    """Whether a script asks, for a part of a page."""
    return request.headers.get("sec-fetch-dest") == "empty"


_POLICY = PAGE_POLICY.decode()


def _environment(language: Language, zone: tzinfo) -> Environment:
    """One for each language, so that macros speak it too without being told."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals |= {
        "t": partial(say, language=language),
        "language": language,
        "told_fault": partial(told_fault, language=language),
        "told_problem": partial(told_problem, language=language),
        "static": address,
        "version": ENGINE_VERSION,
    }
    environment.filters |= {
        "date": partial(written_date, language=language),
        "time": partial(written_local_time, language=language, zone=zone),
        "timed": partial(timed, language=language, zone=zone),
        "number": written_number,
        "shown": shown,
        "column": partial(written_column, language=language),
        "value_in": written_value,
    }
    return environment


def _token_field(token: str) -> Markup:
    return Markup('<input type="hidden" name="{}" value="{}">').format(TOKEN, token)
