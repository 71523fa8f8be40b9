"""The signed end of the chain: which entry is the last, in a form that only the key can make."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, bindparam, func, insert, select, update

from api.log import tables
from api.log.entry import canonical, first_previous_hash
from api.log.errors import LogDamaged, LogSettingsError
from api.log.keys import LogKey

_LAST = tables.entries.alias("last")
_LAST_NUMBER = select(func.max(tables.entries.c.sequence)).scalar_subquery()
# Built once: building a statement takes as long as asking it.
_SIGNED_AND_LAST = select(
    tables.head, _LAST.c.sequence.label("last_sequence"), _LAST.c.entry_hash.label("last_hash")
).select_from(tables.head.outerjoin(_LAST, _LAST.c.sequence == _LAST_NUMBER))
_ANY_ENTRY = select(tables.entries.c.sequence).limit(1)
_HASH_AT = select(tables.entries.c.entry_hash).where(
    tables.entries.c.sequence == bindparam("sequence")
)
_INSERT_HEAD = insert(tables.head)
_UPDATE_HEAD = update(tables.head)
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
    signed = connection.execute(_SIGNED_AND_LAST).first()
    if signed is None and connection.execute(_ANY_ENTRY).first() is None:
        return Head(log_id, 0, first_previous_hash(log_id))
    if signed is None or signed.last_sequence is None:
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
    if (signed.last_sequence, signed.last_hash) != (found.sequence, found.entry_hash):
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
        connection.execute(_INSERT_HEAD, {"one": 1, **values})
    else:
        connection.execute(_UPDATE_HEAD, values)


def still_holds(connection: Connection, head: Head) -> bool:
    """Whether the entry that was once the last is still there and the same."""
    if head.sequence == 0:
        return head.entry_hash == first_previous_hash(head.log_id)
    found = connection.execute(_HASH_AT, {"sequence": head.sequence}).scalar()
    return found == head.entry_hash
