"""Searching the log, against plain Python over all that was written: nothing missing, nothing foreign."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from api.log import reading
from api.log.drafts import WithdrawalDraft
from api.log.entry import Entry, Kind
from api.log.errors import EntryNotFound
from api.log.keys import LogKey
from api.log.reading import MAX_PAGE, Search, SearchError
from api.log.screening_log import ScreeningLog, open_log
from api.log.settings import LogSettings
from eligibility.protocol.verdict import Decision

from .conftest import new_postgresql, sqlite_url
from .drafts import (
    CRITERIA,
    SITE,
    TRIAL,
    configuration,
    correction,
    decision,
    random_decision,
    review,
)

_SITES = ("site-1", "site-2", "Ünlü")
_FIRST_DAY = date(2026, 11, 1)
_ENTRIES, _SEARCHES = 400, 150


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def written(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[ScreeningLog, list[Entry], dict[int, str | None]]]:
    folder: Path = tmp_path_factory.mktemp("reading")
    url = (
        sqlite_url(folder)
        if request.param == "sqlite"
        else new_postgresql(request.getfixturevalue("postgresql_socket"))
    )
    chance = random.Random(11)
    clock = _Clock(chance)
    key = LogKey(b"a key of the tests, 32 bytes long")
    entries: list[Entry] = []
    ids: dict[int, str | None] = {}
    for keeps in (False, True):
        log = open_log(
            url, key, upgrade=True, now=clock, settings=LogSettings(keep_screening_ids=keeps)
        )
        for number in range(_ENTRIES // 2):
            _write_one(log, chance, number, entries, ids)
        if not keeps:
            log.close()
    yield log, entries, ids
    log.close()


class _Clock:
    """A clock that sometimes goes back: the order of the log is not that of its times."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    def __call__(self) -> str:
        day = _FIRST_DAY + timedelta(days=self._chance.randint(0, 19))
        time = self._chance.choice(["00:00:00.000000", "12:30:00.500000", "23:59:59.999999"])
        return f"{day}T{time}Z"


def _write_one(
    log: ScreeningLog,
    chance: random.Random,
    number: int,
    entries: list[Entry],
    ids: dict[int, str | None],
) -> None:
    old = chance.choice(entries) if entries and chance.random() < 0.3 else None
    if old is None or old.decision is None:
        draft: Any = configuration() if chance.random() < 0.1 else random_decision(chance, number)
        who = getattr(draft, "screening_id", None)
    elif old.judgement and chance.random() < 0.7:
        draft = review(old.sequence, chance.choice(old.judgement_criteria), site=old.site)
        who = ids[old.sequence]
    elif chance.random() < 0.2:
        draft = WithdrawalDraft(
            actor="anna", site=old.site, refers_to=old.sequence, reason="an error"
        )
        who = ids[old.sequence]
    else:
        who = ids[old.sequence]
        draft = correction(old.sequence, site=old.site, trial=old.trial, screening_id=who)
    future = log.submit(draft)
    if future.exception() is None:
        entry = future.result().entry
        entries.append(entry)
        ids[entry.sequence] = who


def _expected(search: Search, entries: list[Entry], ids: dict[int, str | None]) -> list[Entry]:
    """The meaning of a search, one condition after the other."""
    found = [entry for entry in entries if entry.site in search.sites]
    for name in ("decision", "kind", "trial", "actor", "input_hash", "rules_hash", "refers_to"):
        wanted = getattr(search, name)
        if wanted is not None:
            found = [entry for entry in found if getattr(entry, name) == wanted]
    if search.criterion:
        found = [
            entry
            for entry in found
            if search.criterion in entry.deciding.split(" ") or entry.criterion == search.criterion
        ]
    if search.standing is not None:
        replaced = {e.refers_to for e in entries if e.kind == Kind.CORRECTION}
        found = [e for e in found if e.decision and (e.sequence not in replaced) is search.standing]
    if search.screening_id:
        found = [entry for entry in found if ids[entry.sequence] == search.screening_id]
    if search.recorded_from:
        found = [e for e in found if date.fromisoformat(e.recorded_at[:10]) >= search.recorded_from]
    if search.recorded_until:
        found = [
            e for e in found if date.fromisoformat(e.recorded_at[:10]) <= search.recorded_until
        ]
    return sorted(found, key=lambda e: e.sequence, reverse=not search.oldest_first)


def _random_search(chance: random.Random, entries: list[Entry]) -> Search:
    def maybe(values: Any) -> Any:
        return chance.choice(values) if chance.random() < 0.3 else None

    days = [_FIRST_DAY + timedelta(days=number) for number in range(-2, 22)]
    return Search(
        sites=tuple(chance.sample(_SITES, chance.randint(0, 3))),
        criterion=maybe([*CRITERIA, "INCL0", "_NCL01", "%"]),
        decision=maybe(list(Decision)),
        kind=maybe(list(Kind)),
        trial=maybe([TRIAL, "NCT00000001", "NCT"]),
        screening_id=maybe(["P-1", "P-2", "P-4", "%"]),
        actor=maybe(["anna", "ćlara", "Anna"]),
        input_hash=maybe([entry.input_hash for entry in entries])
        if chance.random() < 0.2
        else None,
        rules_hash=maybe(["a" * 64, "b" * 64]) if chance.random() < 0.2 else None,
        refers_to=maybe([1, 5, 30]) if chance.random() < 0.2 else None,
        standing=maybe([True, False]),
        recorded_from=maybe(days),
        recorded_until=maybe([*days, date.max]),
        oldest_first=chance.random() < 0.5,
    )


Fixture = tuple[ScreeningLog, list[Entry], dict[int, str | None]]


def test_a_search_finds_what_plain_python_finds(written: Fixture, record_property: Any) -> None:
    log, entries, ids = written
    chance = random.Random(12)
    hits = 0
    for _ in range(_SEARCHES):
        search = _random_search(chance, entries)
        expected = _expected(search, entries, ids)

        assert list(log.reader.every(search)) == expected, search
        assert _paged(log, search, chance.randint(1, 40)) == expected, search
        hits += bool(expected)
        numbers = [entry.sequence for entry in expected]
        successors = log.reader.replacements(numbers, sites=search.sites)
        assert log.reader.superseded_by(numbers, sites=search.sites) == {
            old: new.sequence for old, new in successors.items()
        }
    record_property("searches of the log like plain Python", _SEARCHES)
    assert hits > _SEARCHES / 5
    assert len(entries) > 300


def _paged(log: ScreeningLog, search: Search, size: int) -> list[Entry]:
    found: list[Entry] = []
    cursor = None
    while True:
        page = log.reader.search(search, limit=size, cursor=cursor)
        assert len(page.entries) <= size
        found += page.entries
        cursor = page.next_cursor
        if cursor is None:
            return found


def test_entries_added_while_paging_shift_nothing(log: ScreeningLog) -> None:
    chance = random.Random(1)
    search = Search(sites=_SITES)
    for number in range(20):
        log.append(random_decision(chance, number))
    before = list(log.reader.every(search))

    first = log.reader.search(search, limit=5)
    log.append(random_decision(chance, 99))
    rest = log.reader.search(search, limit=50, cursor=first.next_cursor)

    assert [*first.entries, *rest.entries] == before


def test_readers_that_stop_halfway_hold_nothing(log: ScreeningLog) -> None:
    """More of them than the pool has connections, and none is collected."""
    for number in range(3):
        log.append(decision(number))
    search = Search(sites=(SITE,))
    halfway = [log.reader.every(search) for _ in range(20)]
    firsts = [next(each) for each in halfway]

    assert len(log.reader.search(search).entries) == 3
    assert {entry.sequence for entry in firsts} == {3}


@pytest.mark.parametrize("oldest_first", [True, False])
def test_every_entry_is_as_of_the_moment_of_the_first(
    log: ScreeningLog, monkeypatch: pytest.MonkeyPatch, *, oldest_first: bool
) -> None:
    monkeypatch.setattr(reading, "_STREAMED", 3)
    for number in range(8):
        log.append(decision(number))
    entries = log.reader.every(Search(sites=(SITE,), oldest_first=oldest_first))

    found = [next(entries).sequence]
    log.append(decision(99))
    found += [entry.sequence for entry in entries]

    assert found == sorted(range(1, 9), reverse=not oldest_first)


@pytest.mark.parametrize("limit", [-1, 0, MAX_PAGE + 1, 10**9])
def test_a_page_has_a_size(log: ScreeningLog, limit: int) -> None:
    with pytest.raises(SearchError, match="a page has"):
        log.reader.search(Search(sites=(SITE,)), limit=limit)


def test_a_cursor_is_ours_and_of_its_search(log: ScreeningLog) -> None:
    for number in range(3):
        log.append(random_decision(random.Random(2), number))
    search = Search(sites=_SITES)
    cursor = log.reader.search(search, limit=1).next_cursor
    assert cursor is not None
    forged = cursor[:-6] + ("A" if cursor[-6] != "A" else "B") + cursor[-5:]

    for wrong in (forged, "x", "ü", "=" * 9, cursor + "AAAA", cursor + "\n", "A" * 4000):
        with pytest.raises(SearchError, match="does not belong"):
            log.reader.search(search, limit=1, cursor=wrong)
    with pytest.raises(SearchError, match="does not belong"):
        log.reader.search(replace(search, sites=("site-2",)), limit=1, cursor=cursor)


def test_an_entry_of_another_site_is_as_absent_as_one_that_never_was(written: Fixture) -> None:
    log, entries, _ = written
    entry = entries[0]
    others = [site for site in _SITES if site != entry.site]

    told = []
    for sites in (others, []):
        for number in (entry.sequence, 10**6, 0, -1, 2**70):
            with pytest.raises(EntryNotFound) as refused:
                log.reader.entry(number, sites=sites)
            told.append(str(refused.value))
        with pytest.raises(EntryNotFound):
            log.reader.about(entry.sequence, sites=sites)
        with pytest.raises(EntryNotFound):
            log.reader.document(entry.sequence, "profile", sites=sites)
    assert len(set(told)) == 1
    assert log.reader.entry(entry.sequence, sites=[entry.site]) == entry


@pytest.mark.parametrize(
    "asked",
    [{"actor": "a\x00"}, {"screening_id": "\ud800"}, {"refers_to": 2**70}, {"refers_to": 0}],
)
def test_what_no_entry_can_hold_cannot_be_asked_for(asked: dict[str, Any]) -> None:
    with pytest.raises(SearchError):
        Search(sites=(SITE,), **asked)
