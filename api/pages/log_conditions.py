"""What a search on the log's pages asks for: as typed, as an address that names no patient, as the reader takes it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from api.log.entry import Kind, is_storable
from api.log.reading import Search
from api.pages.site import site_of
from eligibility.dates import usual_text
from eligibility.patient.record import SCREENING_ID_PATTERN
from eligibility.protocol.verdict import Decision, Verdict

SHOWN = (
    "kind",
    "decision",
    "criterion",
    "verdict",
    "trial",
    "recorded_from",
    "recorded_until",
    "order",
)
"""Conditions that may stand in an address: codes and days, nothing about a person."""
SEALED = ("screening_id", "actor")
"""Those that may not: they stand in it encrypted, for the person who searched and her site only."""
_PURPOSE = "kept search"
_HEADER = {"alg": "dir", "enc": "A256GCM"}
_CHOICES = {
    "kind": frozenset(Kind),
    "decision": frozenset(Decision),
    "verdict": frozenset(Verdict),
    "order": frozenset({"newest_first", "oldest_first"}),
}
_DAYS = ("recorded_from", "recorded_until")
_CRITERION = re.compile(r"[A-Z][A-Z0-9_]{0,7}", re.ASCII)
_TRIAL = re.compile(r"[A-Za-z0-9_.-]{1,60}", re.ASCII)
_SCREENING_ID = re.compile(SCREENING_ID_PATTERN)
_LONGEST = 200


class LogQuery(BaseModel):
    """The parameters of a search's address; what they say is checked when it is searched by them."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    kind: str = Field("", max_length=60)
    decision: str = Field("", max_length=60)
    criterion: str = Field("", max_length=60)
    verdict: str = Field("", max_length=60)
    trial: str = Field("", max_length=60)
    recorded_from: str = Field("", max_length=60)
    recorded_until: str = Field("", max_length=60)
    order: str = Field("", max_length=60)
    kept: str = Field("", max_length=4000)


@dataclass(frozen=True, slots=True)
class Conditions:
    """Every condition as typed, empty where it does not matter; and where a page begins."""

    texts: Mapping[str, str]
    cursor: str | None = None
    is_readable: bool = True
    """Whether what was sealed could be opened."""

    def __getitem__(self, name: str) -> str:
        return self.texts.get(name, "")

    @property
    def is_filtered(self) -> bool:
        """Whether anything is asked for but the order."""
        return any(self[name] for name in (*SHOWN, *SEALED) if name != "order")

    def faults(self) -> dict[str, str]:
        """By field, the key of the words that say what cannot be read in it."""
        return dict(self._faults())

    def search(self, sites: tuple[str, ...]) -> Search:
        """The search, once there are no faults."""
        return Search(
            sites=sites,
            kind=Kind(self["kind"]) if self["kind"] else None,
            decision=Decision(self["decision"]) if self["decision"] else None,
            criterion=self["criterion"] or None,
            verdict=Verdict(self["verdict"]) if self["verdict"] else None,
            trial=self["trial"].upper() or None,
            recorded_from=_day(self["recorded_from"]),
            recorded_until=_day(self["recorded_until"]),
            screening_id=self["screening_id"] or None,
            actor=self["actor"] or None,
            oldest_first=self["order"] == "oldest_first",
        )

    def _faults(self) -> Iterator[tuple[str, str]]:
        for name, known in _CHOICES.items():
            if self[name] and self[name] not in known:
                yield name, "log.fault.choice"
        if self["criterion"] and not _CRITERION.fullmatch(self["criterion"]):
            yield "criterion", "log.fault.criterion"
        if self["verdict"] and not self["criterion"]:
            yield "criterion", "log.fault.verdict_of"
        if self["trial"] and not _TRIAL.fullmatch(self["trial"]):
            yield "trial", "log.fault.trial"
        if self["screening_id"] and not _SCREENING_ID.fullmatch(self["screening_id"]):
            yield "screening_id", "log.fault.screening_id"
        if not is_storable(self["actor"]):
            yield "actor", "log.fault.actor"
        yield from self._faults_of_days()

    def _faults_of_days(self) -> Iterator[tuple[str, str]]:
        unreadable = [name for name in _DAYS if self[name] and _day(self[name]) is None]
        yield from ((name, "log.fault.day") for name in unreadable)
        first, last = _day(self["recorded_from"]), _day(self["recorded_until"])
        if first and last and last < first:
            yield "recorded_until", "log.fault.order_of_days"


def typed_conditions(fields: Mapping[str, object]) -> Conditions:
    """What a form of the search has."""
    texts = {name: fields.get(name) for name in (*SHOWN, *SEALED)}
    cleaned = {
        name: text.strip()[:_LONGEST] for name, text in texts.items() if isinstance(text, str)
    }
    return _tidied(cleaned)


def kept_conditions(request: Request, query: LogQuery) -> Conditions:
    """What an address has."""
    texts = {name: str(getattr(query, name)).strip() for name in SHOWN}
    if not query.kept:
        return _tidied(texts)
    opened = _opened(request, query.kept)
    if opened is None:
        return Conditions(texts, is_readable=False)
    return _tidied({**texts, **{name: opened.get(name, "") for name in SEALED}}, opened["cursor"])


def address(
    request: Request,
    conditions: Conditions,
    *,
    path: str = "/log-book",
    cursor: str | None = None,
    **changed: str,
) -> str:
    """The address of a search, or of one of its pages. A cursor is sealed too: it is made of what is searched for."""
    texts = {name: conditions[name] for name in SHOWN} | changed
    query = {name: text for name, text in texts.items() if text}
    unseen = {name: conditions[name] for name in SEALED if conditions[name]}
    if unseen or cursor:
        query["kept"] = _sealed(request, {**unseen, "cursor": cursor})
    return f"{path}?{urlencode(query)}" if query else path


def _tidied(texts: dict[str, str], cursor: str | None = None) -> Conditions:
    if "criterion" in texts:
        texts["criterion"] = texts["criterion"].upper()
    texts |= {name: usual_text(texts[name]) for name in _DAYS if name in texts}
    return Conditions(texts, cursor)


def _sealed(request: Request, content: dict[str, str | None]) -> str:
    text = json.dumps({**content, "for": _holder(request)})
    return jwe.encrypt_compact(_HEADER, text.encode(), _key(request))


def _opened(request: Request, token: str) -> dict[str, str] | None:
    """What was sealed for this person at this site; None for anything else."""
    try:
        content = json.loads(
            jwe.decrypt_compact(token, _key(request), algorithms=list(_HEADER.values())).plaintext
            or b""
        )
    except (JoseError, ValueError):
        return None
    is_own = content.pop("for", None) == _holder(request)
    return content if is_own else None


def _holder(request: Request) -> list[str]:
    return [request.state.principal.id, request.state.site]


def _key(request: Request) -> OctKey:
    return OctKey.import_key(site_of(request).sessions.key_for(_PURPOSE))


def _day(text: str) -> date | None:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
