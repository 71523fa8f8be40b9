"""Reading the log: one entry, or a search page by page; never more than the caller's sites."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, func, select

from api.log import tables
from api.log.database import Database
from api.log.entry import Entry, Kind, first_previous_hash, hash_of, is_storable, sha256
from api.log.errors import (
    EntryRefused,
    LogDamaged,
    LogError,
    entry_not_found,
    explanation_not_kept,
)
from api.log.head import log_id_of
from api.log.keys import LogKey
from eligibility.protocol.verdict import Decision, Verdict

MAX_PAGE = 500
_STREAMED = 1000
_MOST_ENTRIES = 2**53
# What decided a decision is all of one verdict.
_DECIDED_BY = {
    Verdict.PASS: Decision.ELIGIBLE,
    Verdict.FAIL: Decision.INELIGIBLE,
    Verdict.UNKNOWN: Decision.UNDETERMINED,
}
_LATER = tables.entries.alias("later")
_SUPERSEDED = (
    select(_LATER.c.sequence)
    .where(_LATER.c.refers_to == tables.entries.c.sequence, _LATER.c.kind == Kind.CORRECTION)
    .correlate(tables.entries)
    .exists()
)


class SearchError(LogError):
    """A search that cannot be carried out as it is asked for."""

    code = "search_invalid"


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for; what is left out does not matter. All conditions must hold."""

    sites: tuple[str, ...]
    criterion: str | None = None
    """A criterion that decided, or that a review answers."""
    verdict: Verdict | None = None
    """What that criterion came to where it decided, or what a review says of it."""
    decision: Decision | None = None
    kind: Kind | None = None
    trial: str | None = None
    screening_id: str | None = None
    actor: str | None = None
    input_hash: str | None = None
    rules_hash: str | None = None
    refers_to: int | None = None
    standing: bool | None = None
    """Decisions that stand, or those that were corrected or withdrawn; no other entries, whichever is asked for."""
    recorded_from: date | None = None
    """First day, in UTC."""
    recorded_until: date | None = None
    """Last day, in UTC."""
    oldest_first: bool = False

    def __post_init__(self) -> None:
        texts = [value for value in asdict(self).values() if isinstance(value, str)]
        if not all(is_storable(text) for text in (*texts, *self.sites)):
            raise SearchError("a search holds characters that no entry holds")
        if self.refers_to is not None and not 1 <= self.refers_to <= _MOST_ENTRIES:
            raise SearchError("no entry has this number")
        if self.verdict is not None and self.criterion is None:
            raise SearchError("a verdict is that of a criterion, and none is named")


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries, and where the next ones begin; None at the end."""

    entries: tuple[Entry, ...]
    next_cursor: str | None


class LogReader:
    """Answers questions about one log."""

    def __init__(self, database: Database, key: LogKey) -> None:
        self._database, self._key = database, key

    @property
    def key(self) -> LogKey:
        """The key of this log: it gives subjects their codes."""
        return self._key

    def entry(self, sequence: int, *, sites: Sequence[str]) -> Entry:
        """The entry with this number; EntryNotFound if it is absent or another site's."""
        if not 1 <= sequence <= _MOST_ENTRIES:
            raise entry_not_found()
        return self._one(tables.entries.c.sequence == sequence, sites)

    def about(self, sequence: int, *, sites: Sequence[str]) -> tuple[Entry, ...]:
        """Corrections and reviews that point to an entry, in their order."""
        self.entry(sequence, sites=sites)
        query = select(tables.entries).where(
            tables.entries.c.refers_to == sequence, tables.entries.c.site.in_(sites)
        )
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(tables.entries.c.sequence)).all()
        return tuple(Entry(*row) for row in rows)

    def replacements(self, sequences: Sequence[int], *, sites: Sequence[str]) -> dict[int, Entry]:
        """By number, what took the place of those of some entries that were corrected or withdrawn."""
        column = tables.entries.c
        query = select(tables.entries).where(
            column.refers_to.in_(sequences),
            column.kind == Kind.CORRECTION,
            column.site.in_(sites),
        )
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        found = [Entry(*row) for row in rows]
        return {entry.refers_to: entry for entry in found if entry.refers_to is not None}

    def superseded_by(self, sequences: Sequence[int], *, sites: Sequence[str]) -> dict[int, int]:
        """The same with no more than the number of what took the place."""
        column = tables.entries.c
        query = select(column.refers_to, column.sequence).where(
            column.refers_to.in_(sequences),
            column.kind == Kind.CORRECTION,
            column.site.in_(sites),
        )
        with self._database.reading() as connection:
            return {row.refers_to: row.sequence for row in connection.execute(query)}

    def is_in_chain(self, entry: Entry) -> bool:
        """Whether an entry has the hash of its fields, and holds the hash of the entry before it."""
        query = select(tables.entries.c.entry_hash).where(
            tables.entries.c.sequence == entry.sequence - 1
        )
        with self._database.reading() as connection:
            before = connection.execute(query).scalar()
            if entry.sequence == 1:
                before = first_previous_hash(log_id_of(connection))
        return before == entry.previous_hash and hash_of(entry) == entry.entry_hash

    def document(self, sequence: int, part: str, *, sites: Sequence[str]) -> bytes | None:
        """A kept profile or explanation, checked against the entry; None where it was not kept."""
        entry = self.entry(sequence, sites=sites)
        documents = tables.documents.c
        query = select(documents.content).where(
            documents.sequence == sequence, documents.part == part
        )
        with self._database.reading() as connection:
            content = connection.execute(query).scalar()
        if content is None:
            return None
        expected = entry.input_hash if part == "profile" else entry.explanation_hash
        if sha256(bytes(content)) != expected:
            raise LogDamaged(
                f"the kept {part} of entry {sequence} is not what was hashed",
                code="document_changed",
                hint="run `eligibility log verify`",
            )
        return bytes(content)

    def explanation(self, sequence: int, *, sites: Sequence[str]) -> bytes:
        """The explanation of a decision as it was hashed; LogError where there is none or it is not kept."""
        if self.entry(sequence, sites=sites).explanation_hash is None:
            raise EntryRefused(
                "this entry holds no decision of one patient, so nothing was explained",
                code="not_a_decision",
                hint="name the number of a decision or of a correction",
            )
        content = self.document(sequence, "explanation", sites=sites)
        if content is None:
            raise explanation_not_kept()
        return content

    def search(self, search: Search, *, limit: int = 50, cursor: str | None = None) -> Page:
        """One page; give its cursor back for the next one. Entries added meanwhile shift nothing."""
        if not 1 <= limit <= MAX_PAGE:
            raise SearchError(f"a page has 1 to {MAX_PAGE} entries", code="page_size")
        after = self._place(search, cursor) if cursor else None
        with self._database.reading() as connection:
            rows = connection.execute(self._query(search, after).limit(limit + 1)).all()
        found = tuple(Entry(*row) for row in rows[:limit])
        more = len(rows) > limit
        return Page(found, self._cursor(search, found[-1].sequence) if more else None)

    def every(self, search: Search) -> Iterator[Entry]:
        """Every entry of a search, as of the moment the first one is asked for.

        Read page by page: who takes them slowly, or stops halfway, holds no connection and no transaction. The log
        only grows, so its end at the beginning is that moment.
        """
        after, last = None, self._newest()
        while True:
            query = self._query(search, after).where(tables.entries.c.sequence <= last)
            with self._database.reading() as connection:
                rows = connection.execute(query.limit(_STREAMED)).all()
            for row in rows:
                yield Entry(*row)
            if len(rows) < _STREAMED:
                return
            after = rows[-1].sequence

    def these(self, sequences: Sequence[int], *, sites: Sequence[str]) -> Iterator[Entry]:
        """The entries with these numbers, in their order; read as `every` reads them."""
        column = tables.entries.c
        for start in range(0, len(sequences), _STREAMED):
            wanted = column.sequence.in_(sequences[start : start + _STREAMED])
            query = select(tables.entries).where(wanted, column.site.in_(sites))
            with self._database.reading() as connection:
                rows = connection.execute(query.order_by(column.sequence)).all()
            for row in rows:
                yield Entry(*row)

    def _newest(self) -> int:
        with self._database.reading() as connection:
            newest = select(func.max(tables.entries.c.sequence))
            return connection.execute(newest).scalar() or 0

    def _one(self, where: Any, sites: Sequence[str]) -> Entry:
        query = select(tables.entries).where(where, tables.entries.c.site.in_(sites))
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        if row is None:
            raise entry_not_found()
        return Entry(*row)

    def _query(self, search: Search, after: int | None) -> Any:
        column = tables.entries.c
        order = column.sequence.asc() if search.oldest_first else column.sequence.desc()
        where = [column.site.in_(search.sites), *self._conditions(search)]
        if after is not None:
            where.append(
                column.sequence > after if search.oldest_first else column.sequence < after
            )
        return select(tables.entries).where(and_(*where)).order_by(order)

    def _conditions(self, search: Search) -> Iterator[Any]:
        column = tables.entries.c
        for name in ("decision", "kind", "trial", "actor", "input_hash", "rules_hash", "refers_to"):
            value = getattr(search, name)
            if value is not None:
                yield column[name] == value
        if search.standing is not None:
            yield column.decision.is_not(None)
            yield ~_SUPERSEDED if search.standing else _SUPERSEDED
        if search.criterion is not None:
            yield _came_to(search.criterion, search.verdict)
        if search.screening_id is not None:
            hidden = [self._key.subject(site, search.screening_id) for site in search.sites]
            yield column.subject.in_([search.screening_id, *hidden])
        if search.recorded_from is not None:
            yield column.recorded_at >= search.recorded_from.isoformat()
        if search.recorded_until is not None:
            yield column.recorded_at < _day_after(search.recorded_until)

    def _cursor(self, search: Search, sequence: int) -> str:
        place = json.dumps([sequence, _fingerprint(search)]).encode()
        signature = self._key.sign_cursor(place).encode()
        return base64.urlsafe_b64encode(signature + place).decode()

    def _place(self, search: Search, cursor: str) -> int:
        """Where a cursor points; only ours, and only for the search it was given for."""
        try:
            content = base64.urlsafe_b64decode(cursor.encode("ascii"))
        except ValueError:
            content = b""
        if (
            base64.urlsafe_b64encode(content).decode() != cursor
        ):  # the decoder skips what it dislikes
            content = b""
        signature, place = content[:32], content[32:]
        if hmac.compare_digest(self._key.sign_cursor(place).encode(), signature):
            sequence, fingerprint = json.loads(place)
            if fingerprint == _fingerprint(search):
                return int(sequence)
        raise SearchError(
            "this cursor does not belong to this search",
            code="cursor_invalid",
            hint="repeat the search from its first page, or with the same conditions",
        )


def _came_to(criterion: str, verdict: Verdict | None) -> Any:
    """Entries that a criterion decided, or that a review of it answers; with one verdict, or any."""
    column = tables.entries.c
    decided = column.deciding.contains(f" {criterion} ", autoescape=True)
    answered = column.criterion == criterion
    if verdict is None:
        return decided | answered
    reviewed = answered & (column.answer == verdict.value)
    return reviewed | (decided & (column.decision == _DECIDED_BY[verdict].value))


def stream(connection: Connection, query: Any) -> Iterator[Entry]:
    """Entries of a query, a thousand rows in memory at a time."""
    rows = connection.execution_options(yield_per=_STREAMED).execute(query)
    for row in rows:
        yield Entry(*row)


def _fingerprint(search: Search) -> str:
    return sha256(json.dumps(asdict(search), default=str, sort_keys=True).encode())[:32]


def _day_after(day: date) -> str:
    """The text before which all times of a day stand, the last day of all included."""
    return "A" if day == date.max else (day + timedelta(days=1)).isoformat()


def utc_now() -> str:
    """Now, as it is written into an entry."""
    return spelled(datetime.now(UTC))


def spelled(moment: datetime) -> str:
    """A moment as it is written into an entry."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
