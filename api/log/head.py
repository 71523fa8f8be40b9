"""The signed end of the chain: which entry is the last, in a form that only the key can make."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, select

from api.log import tables
from api.log.entry import canonical, first_previous_hash
from api.log.errors import LogDamaged, LogSettingsError
from api.log.keys import LogKey

_VERIFY = "write nothing more; run `eligibility log verify` and compare with the last backup"


class Head(NamedTuple):
    """The last entry of a log: number and hash. Number 0 is the place before the first."""

    log_id: str
    sequence: int
    entry_hash: str

    def content(self) -> bytes:
        """What is signed."""
        return canonical(self._asdict())


def log_id_of(connection: Connection) -> str:
    """The random name of this log."""
    found = connection.execute(select(tables.log.c.log_id)).scalars().all()
    if len(found) != 1:
        raise LogDamaged(
            "the row that names the log is gone", code="log_name_missing", hint=_VERIFY
        )
    return str(found[0])


def read_head(connection: Connection, key: LogKey, log_id: str) -> Head:
    """The last entry, once its signature is checked and the table ends with it; else LogDamaged."""
    entries, head = tables.entries, tables.head
    newest = select(entries.c.sequence, entries.c.entry_hash).order_by(entries.c.sequence.desc())
    last = connection.execute(newest.limit(1)).first()
    signed = connection.execute(select(head)).first()
    if last is None and signed is None:
        return Head(log_id, 0, first_previous_hash(log_id))
    if signed is None or last is None:
        raise LogDamaged(
            "the log has entries without a signed head, or a head without entries",
            code="log_head_missing",
            hint=_VERIFY,
        )
    if signed.key_id != key.key_id:
        raise LogSettingsError(
            "the screening log was signed with another key",
            code="log_key_differs",
            hint="name the key file that belongs to this database",
        )
    found = Head(log_id, signed.sequence, signed.entry_hash)
    if not key.is_signature(found.content(), signed.signature):
        raise LogDamaged(
            "the signature of the log's head is wrong", code="log_head_forged", hint=_VERIFY
        )
    if (last.sequence, last.entry_hash) != (found.sequence, found.entry_hash):
        raise LogDamaged(
            "the log does not end where its signed head says", code="log_head_differs", hint=_VERIFY
        )
    return found


def write_head(connection: Connection, key: LogKey, head: Head, *, is_first: bool) -> None:
    """Sign the new end of the chain."""
    values = {
        "sequence": head.sequence,
        "entry_hash": head.entry_hash,
        "key_id": key.key_id,
        "signature": key.sign(head.content()),
    }
    if is_first:
        connection.execute(tables.head.insert().values(one=1, **values))
    else:
        connection.execute(tables.head.update().values(**values))


def hash_at(connection: Connection, head: Head) -> bool:
    """Whether the entry that was once the last is still there and the same."""
    if head.sequence == 0:
        return head.entry_hash == first_previous_hash(head.log_id)
    entries = tables.entries
    found = select(entries.c.entry_hash).where(entries.c.sequence == head.sequence)
    return connection.execute(found).scalar() == head.entry_hash
