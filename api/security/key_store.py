"""API keys in a database: one table, in SQLite or PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    MetaData,
    Row,
    String,
    Table,
    create_engine,
    event,
    insert,
    make_url,
    select,
    update,
)
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from api.security.keys import ApiKey
from api.words import Role
from eligibility.errors import EligibilityError

METADATA = MetaData()
_COMMON: dict[str, Any] = {"hide_parameters": True, "pool_pre_ping": True}
_WAIT_SECONDS = 3
# However a server or the way to it is lost, no thread waits for it without end.
_WAITS = {
    "connect_timeout": _WAIT_SECONDS,
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": _WAIT_SECONDS * 1000,
}
# Times are ISO 8601 texts in UTC: SQLite has no type for them, and none is ever compared in SQL.
API_KEYS = Table(
    "api_keys",
    METADATA,
    Column("id", String(12), primary_key=True),
    Column("name", String(80), nullable=False),
    Column("role", String(20), nullable=False),
    Column("sites", String(2000), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("created_at", String(40), nullable=False),
    Column("expires_at", String(40), nullable=False),
    Column("revoked_at", String(40)),
)


class KeyStoreError(EligibilityError):
    """The database of the keys cannot be used; nobody is let in meanwhile."""

    code = "key_store_unavailable"


class SqlKeyStore:
    """Keys in the table `api_keys`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def at(cls, url: str) -> SqlKeyStore:
        """The store at a database address."""
        try:
            address = make_url(url)
            if address.get_backend_name() != "postgresql":
                waits = {"timeout": _WAIT_SECONDS}
                return cls(create_engine(address, connect_args=waits, **_COMMON))
            address = address.set(drivername="postgresql+psycopg")
            waits = {name: wait for name, wait in _WAITS.items() if name not in address.query}
            engine = create_engine(address, connect_args=waits, **_COMMON)
            event.listen(engine, "connect", _limit_statements)
            return cls(engine)
        except (ArgumentError, ImportError):
            raise KeyStoreError(
                "the address of the database cannot be used",
                hint="write sqlite:////path/to/file.db or postgresql://user:password@host/name",
            ) from None

    def prepare(self) -> None:
        """Make the table if it is not there."""
        with self._reached():
            METADATA.create_all(self._engine)

    def find(self, key_id: str) -> ApiKey | None:
        """The key with this id."""
        with self._begun() as connection:
            row = connection.execute(select(API_KEYS).where(API_KEYS.c.id == key_id)).one_or_none()
        return _key(row) if row else None

    def add(self, key: ApiKey) -> None:
        """Keep a new key."""
        row = {
            "id": key.id,
            "name": key.name,
            "role": key.role.value,
            "sites": ",".join(sorted(key.sites)),
            "digest": key.digest,
            "created_at": _written(key.created_at),
            "expires_at": _written(key.expires_at),
        }
        with self._begun() as connection:
            connection.execute(insert(API_KEYS).values(row))

    def revoke(self, key_id: str, at: datetime) -> bool:
        """End a key; False if there is none with this id, or it was ended before."""
        live = (API_KEYS.c.id == key_id) & API_KEYS.c.revoked_at.is_(None)
        with self._begun() as connection:
            changed = connection.execute(
                update(API_KEYS).where(live).values(revoked_at=_written(at))
            )
        return changed.rowcount == 1

    def list(self) -> list[ApiKey]:
        """All keys, oldest first."""
        with self._begun() as connection:
            rows = connection.execute(select(API_KEYS).order_by(API_KEYS.c.created_at)).all()
        return [_key(row) for row in rows]

    @contextmanager
    def _begun(self) -> Iterator[Connection]:
        with self._reached(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _reached(self) -> Iterator[None]:
        """Errors of the database as ours: its own may hold statements, addresses and passwords."""
        try:
            yield
        except SQLAlchemyError:
            raise KeyStoreError(
                "the database of the API keys does not answer, or lacks its table",
                hint="check ELIGIBILITY_DATABASE_URL; `eligibility keys create` makes the table",
            ) from None


def _limit_statements(connection: Any, _: object) -> None:
    connection.execute(f"SET statement_timeout = {_WAIT_SECONDS * 1000}")
    connection.commit()


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _key(row: Row[tuple[str | None, ...]]) -> ApiKey:
    fields = row._mapping
    ended = fields["revoked_at"]
    return ApiKey(
        id=fields["id"],
        name=fields["name"],
        role=Role(fields["role"]),
        sites=frozenset(filter(None, fields["sites"].split(","))),
        digest=fields["digest"],
        created_at=datetime.fromisoformat(fields["created_at"]),
        expires_at=datetime.fromisoformat(fields["expires_at"]),
        revoked_at=datetime.fromisoformat(ended) if ended else None,
    )
