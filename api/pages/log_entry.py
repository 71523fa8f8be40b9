"""An entry of the screening log as a page: what it says, why, and what was added to it since."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from api.batches.errors import BatchRequestError
from api.batches.keeper import BatchKeeper
from api.decisions import Desk
from api.entry_documents import proof_of
from api.log.entry import Entry, Kind
from api.log.reading import LogReader
from api.pages.language import language_of
from api.pages.log_explanations import (
    KeptExplanation,
    criteria_then,
    explained,
    kept_explanation,
)
from api.pages.site import render
from api.pages.wording import has_words
from api.parameters import Number, caller_of
from eligibility.protocol.model import Criterion

_MOST_HOPS = 100


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed into a form of the page that could not be used: nothing of it is lost."""

    form: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)
    """By field, the key of the words that say what is wrong with it."""
    details: Sequence[str] = ()
    """What the library says of it, in English."""
    problem: str | None = None
    """The key of the words for what hinders the whole form."""

    def text(self, form: str, name: str, default: str = "") -> str:
        """What stands in a field of a form."""
        return self.fields.get(name, default) if form == self.form else default


NOTHING_TYPED = Typed()


@dataclass(frozen=True, slots=True)
class EntryView:
    """All that the page shows."""

    entry: Entry
    kept: KeptExplanation
    history: tuple[Entry, ...]
    """The first entry, and all that was added to it since, this one included."""
    replaced_by: Entry | None
    is_in_chain: bool
    last: int
    subject: str
    criteria: Mapping[str, Criterion]
    """As they were then, by id."""

    @property
    def reviews(self) -> dict[str, list[Entry]]:
        """By criterion, the answers to this entry; the last one counts."""
        found: dict[str, list[Entry]] = {}
        for each in self.history:
            if each.kind == Kind.REVIEW and each.refers_to == self.entry.sequence:
                found.setdefault(each.criterion or "", []).append(each)
        return found

    @property
    def seen_until(self) -> int:
        """The last entry about this one."""
        about = [e.sequence for e in self.history if e.refers_to == self.entry.sequence]
        return max([self.entry.sequence, *about])

    @property
    def stands(self) -> bool:
        """Whether it is a decision that nothing has taken the place of."""
        return self.entry.decision is not None and self.replaced_by is None

    @property
    def detail(self) -> dict[str, Any]:
        """What has no column of its own."""
        return self.entry.told

    @property
    def receipt(self) -> str:
        """What proves that it was logged, to be kept elsewhere."""
        return json.dumps(proof_of(self.entry), indent=1)


async def one_entry(request: Request, sequence: Number, recorded: int | None = None) -> Response:
    """The page of an entry; `recorded` names one that was just added to it."""
    return await entry_page(request, sequence, recorded=recorded)


async def entry_page(
    request: Request,
    sequence: int,
    *,
    status: int = 200,
    typed: Typed = NOTHING_TYPED,
    recorded: int | None = None,
) -> Response:
    """The page of an entry, also with what somebody typed into it in vain."""
    desk: Desk = request.app.state.desk
    sites = caller_of(request).sites
    last = desk.log.head.sequence
    view = await desk.read(partial(view_of, desk.log.reader, sequence, sites, last))
    language = language_of(request)
    found = await desk.compute(partial(explained, view.entry, view.kept, language))
    return render(
        request,
        "log/entry.html",
        status=status,
        view=view,
        explanation=found.shown,
        is_made_again=found.is_made_again,
        titles=_titles(view, found.shown),
        detail_names=[each for each in _words_of(view.detail) if has_words(f"log.detail.{each}")],
        entry=view.entry,
        run=await asyncio.to_thread(_run_of, request, view.entry),
        typed=typed,
        recorded=next((e for e in view.history if e.sequence == recorded), None),
        once=typed.fields.get("once") or new_once(),
    )


def view_of(reader: LogReader, sequence: int, sites: tuple[str, ...], last: int = 0) -> EntryView:
    """An entry with what belongs to it; EntryNotFound if it is absent or another site's."""
    entry = reader.entry(sequence, sites=sites)
    is_plain = entry.subject_form == "plain"
    return EntryView(
        entry=entry,
        kept=kept_explanation(reader, entry, sites=sites),
        history=_history(reader, entry, sites),
        replaced_by=reader.replacements([sequence], sites=sites).get(sequence),
        is_in_chain=reader.is_in_chain(entry),
        last=max(last, sequence),
        subject=(entry.subject or "") if is_plain else (entry.subject or "")[:16],
        criteria=criteria_then(entry),
    )


def _run_of(request: Request, entry: Entry) -> str | None:
    """The address of the table run that an entry is about, while it is kept."""
    batch = entry.told.get("batch")
    if entry.kind != Kind.BATCH or not isinstance(batch, str):
        return None
    keeper: BatchKeeper = request.app.state.batches
    try:
        keeper.store.find(entry.site, batch)
    except BatchRequestError:
        return None
    return f"/tables/{batch}"


def _words_of(detail: Mapping[str, Any]) -> Iterator[str]:
    """What may have words of ours in a detail: its names, and the event it tells of."""
    yield from detail
    if isinstance(detail.get("event"), str):
        yield detail["event"]


def _titles(view: EntryView, explanation: Mapping[str, Any] | None) -> dict[str, tuple[str, str]]:
    """By id the title of each criterion and the language it is in; the trial's own where nothing explains it."""
    own = {name: (each.title, "en") for name, each in view.criteria.items()}
    criteria = explanation["criteria"] if explanation else ()
    return own | {
        each["id"]: (each["title"], each.get("title_language", "en")) for each in criteria
    }


def new_once() -> str:
    """What a form carries so that it is written once, however often it is sent."""
    return secrets.token_urlsafe(16)


def _history(reader: LogReader, entry: Entry, sites: Sequence[str]) -> tuple[Entry, ...]:
    root = entry
    for _ in range(_MOST_HOPS):
        if root.refers_to is None:
            break
        root = reader.entry(root.refers_to, sites=sites)
    found, waiting = [root], [root]
    while waiting and len(found) <= _MOST_HOPS:
        about = reader.about(waiting.pop().sequence, sites=sites)
        found += about
        waiting += [each for each in about if each.kind == Kind.CORRECTION]
    return tuple(sorted(found, key=lambda each: each.sequence))
