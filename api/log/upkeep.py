"""Looking after the log: forgetting kept documents in time, backup, and going on after a restore."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import ColumnElement, Select, delete, select

from api.log import tables
from api.log.checkpoints import Checkpoints
from api.log.database import Database, make_private, translated
from api.log.drafts import ConfigurationDraft
from api.log.errors import LogSettingsError
from api.log.head import Head, log_id_of, read_head
from api.log.keys import LogKey
from api.log.reading import spelled, utc_now
from api.log.references import FORGOTTEN, GONE
from api.log.screening_log import ScreeningLog
from eligibility.errors import Location

_FORGOTTEN_AT_ONCE = 500
_PAUSE_SECONDS = 0.05


def forget_documents(log: ScreeningLog, *, before: date, actor: str, site: str) -> int:
    """Delete the profiles and explanations a site kept of entries written before a day or moment; log it.

    The entries stay, with the hashes of what is gone: the chain does not notice. A few are deleted at a time, so that
    screening goes on; several processes may do it at once, and it is logged once, before and after.
    """
    count = _forgotten(log, before=before, actor=actor, site=site)
    log.database.overwrite_deleted()  # also what an earlier time could not, for somebody was reading
    return count


def _forgotten(log: ScreeningLog, *, before: date, actor: str, site: str) -> int:
    """How many documents were deleted; they may still stand in the files."""
    entries, documents = tables.entries.c, tables.documents.c
    old = (
        select(documents.sequence)
        .join(tables.entries, documents.sequence == entries.sequence)
        .where(_is_before(before), entries.site == site)
        .distinct()
    )
    with log.database.reading() as connection:
        last = connection.execute(old.order_by(documents.sequence.desc()).limit(1)).scalar()
    if last is None:
        return 0

    def tell(event: str, **more: int) -> None:
        draft = ConfigurationDraft(
            actor=actor,
            site=site,
            event=event,
            changed={"before": _spelled(before), **more},
            idempotency_key=f"{event} before {_spelled(before)} up to {last}",
        )
        log.append(draft)

    # First the entry: should the deletion fail, the log tells of one too many, never of one too few.
    tell(FORGOTTEN)
    count = sum(_deleted(log, old.where(documents.sequence <= last)))
    # Only now nothing of it may be there any more: what is, was put back.
    tell(GONE, up_to=last)
    return count


def _is_before(before: date) -> ColumnElement[bool]:
    return tables.entries.c.recorded_at < _spelled(before)


def _spelled(before: date) -> str:
    """A moment as entries have their times; a day, and what is the beginning of one in UTC, as the day."""
    if not isinstance(before, datetime):
        return before.isoformat()
    return spelled(before).removesuffix("T00:00:00.000000Z")


def _deleted(log: ScreeningLog, these: Select[tuple[int]]) -> Iterator[int]:
    """How many documents each transaction deleted."""
    documents = tables.documents.c
    while True:
        with log.database.reading() as connection:
            query = these.order_by(documents.sequence).limit(_FORGOTTEN_AT_ONCE)
            numbers = connection.execute(query).scalars().all()
        if not numbers:
            return
        with log.database.writing() as connection:
            gone = delete(tables.documents).where(documents.sequence.in_(numbers))
            count = int(connection.execute(gone).rowcount)
        yield count
        time.sleep(_PAUSE_SECONDS)  # whoever waits to write has a turn


def forget_everywhere(log: ScreeningLog, *, before: date, actor: str) -> int:
    """The same for every site that has kept such documents."""
    entries, documents = tables.entries.c, tables.documents.c
    sites = (
        select(entries.site)
        .join(tables.documents, documents.sequence == entries.sequence)
        .where(_is_before(before))
        .distinct()
        .order_by(entries.site)
    )
    with log.database.reading() as connection:
        found = connection.execute(sites).scalars().all()
    try:
        return sum(_forgotten(log, before=before, actor=actor, site=site) for site in found)
    finally:
        log.database.overwrite_deleted()  # after all of them: who reads holds this up, and no site


def back_up(database: Database, target: Path) -> None:
    """A copy of the embedded log as of one moment, made while it is in use; an existing file is kept."""
    source = database.file()
    if source is None:
        raise LogSettingsError(
            "PostgreSQL is backed up by its own programs",
            code="backup_by_pg_dump",
            hint="pg_dump --format=custom --file=FILE DATABASE, restored by pg_restore",
        )
    if target.exists():
        raise LogSettingsError(
            "the backup is there already",
            code="backup_exists",
            location=Location(target.name),
            hint="name a new file",
        )
    partial = target.with_name(f"{target.name}.partial")
    partial.unlink(missing_ok=True)
    make_private(partial)  # it may hold profiles, as the log itself
    with (
        translated(),
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as reading,
        closing(sqlite3.connect(partial)) as writing,
    ):
        reading.backup(writing)  # in one step: between steps, each commit would begin it anew
        writing.execute("PRAGMA journal_mode = DELETE")
    partial.replace(target)


def accept_restored(
    database: Database, key: LogKey, checkpoints: Checkpoints, *, reason: str
) -> Head:
    """Tell the checkpoints that an older state holds from now on, and why; what is lost stays told of."""
    with database.reading() as connection:
        head = read_head(connection, key, log_id_of(connection))
    checkpoints.write(head, utc_now(), restored=reason)
    return head
