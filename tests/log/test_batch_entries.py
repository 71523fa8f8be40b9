"""The entry of a batch: what it holds, that it is written once, and that a change of it is seen."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import text

from api.log.drafts import BatchDraft
from api.log.entry import Kind
from api.log.errors import EntryRefused, IdempotencyConflict
from api.log.reading import Search
from api.log.screening_log import ScreeningLog
from api.log.verify import verify
from eligibility.protocol.verdict import Decision

from .drafts import SITE, decision

COUNTS = {Decision.ELIGIBLE: 1, Decision.INELIGIBLE: 2, Decision.UNDETERMINED: 3}


def batch(**changed: object) -> BatchDraft:
    fields: dict[str, object] = {
        "actor": "key:1", "site": SITE, "idempotency_key": "batch:1", "batch": "a" * 44,
        "trial": "NCT06731140", "rules_hash": "1" * 64, "engine_version": "0.1.0",
        "table_hash": "2" * 64, "results_hash": "3" * 64, "rows": 7, "rejected": 1,
        "decisions": COUNTS,
    }  # fmt: skip
    return BatchDraft(**{**fields, **changed})


def test_it_holds_rules_hashes_and_counts(log: ScreeningLog) -> None:
    entry = log.append(batch()).entry

    assert (entry.kind, entry.decision, entry.subject) == ("batch", None, None)
    assert (entry.trial, entry.rules_hash, entry.input_hash) == ("NCT06731140", "1" * 64, "2" * 64)
    assert json.loads(str(entry.detail)) == {
        "batch": "a" * 44, "mapping_hash": None, "results_hash": "3" * 64, "rows": 7, "rejected": 1,
        "eligible": 1, "ineligible": 2, "undetermined": 3,
    }  # fmt: skip


def test_it_is_written_once_and_stands_in_the_chain(log: ScreeningLog) -> None:
    log.append(decision())
    first, again = log.append(batch()), log.append(batch())
    log.append(decision(2))

    assert (first.is_new, again.is_new) == (True, False)
    assert first.entry == again.entry
    with pytest.raises(IdempotencyConflict):
        log.append(batch(rows=8))
    found = log.reader.search(Search((SITE,), kind=Kind.BATCH)).entries
    assert [each.sequence for each in found] == [first.entry.sequence]


@pytest.mark.parametrize(
    "changed",
    [
        {"batch": "1"},
        {"rows": -1},
        {"rows": True},
        {"table_hash": "x"},
        {"decisions": {"maybe": 1}},
    ],
)
def test_it_holds_nothing_else(changed: dict[str, object]) -> None:
    with pytest.raises(EntryRefused):
        batch(**changed)


def test_a_change_of_its_counts_is_seen(log: ScreeningLog) -> None:
    log.append(batch())
    with log.database.writing() as connection:
        connection.execute(
            text(
                "DROP TRIGGER entries_no_update" + ("" if log.database.is_sqlite else " ON entries")
            )
        )
        connection.execute(text("UPDATE entries SET detail = replace(detail, '7', '8')"))

    found = verify(log.database, log._key, checkpoints=None)

    assert not found.is_intact
