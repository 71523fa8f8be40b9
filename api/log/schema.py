"""Which version the tables have, and their way to the newest one."""

from __future__ import annotations

import secrets
from pathlib import Path

from sqlalchemy import Connection, inspect, select, text

from api.log.errors import LogSchema
from api.log.tables import log

REVISION = "0001"
MIGRATIONS = Path(__file__).parent / "migrations"
_UPGRADE = "run `eligibility log upgrade` with the account that owns the tables"


def is_empty(connection: Connection) -> bool:
    """Whether there is no screening log in this database yet."""
    return not inspect(connection).has_table("alembic_version")


def revision_of(connection: Connection) -> str | None:
    """The version of the tables; None where there are none."""
    if is_empty(connection):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def check_schema(connection: Connection) -> None:
    """Raises LogSchema unless the tables are exactly those this version reads and writes."""
    found = revision_of(connection)
    if found is None:
        raise missing()
    _refuse_newer(found)
    if found != REVISION:
        raise LogSchema(
            f"the tables have version {found}, {REVISION} is needed",
            code="log_schema_older",
            hint=_UPGRADE,
        )


def _refuse_newer(found: str) -> None:
    if found > REVISION:
        raise LogSchema(
            f"the tables have version {found}, this software knows up to {REVISION}",
            code="log_schema_newer",
            hint="use the newer software; going back would need a backup from before",
        )


def missing() -> LogSchema:
    """What is said where there is no log."""
    return LogSchema(
        "the database holds no screening log", code="log_schema_missing", hint=_UPGRADE
    )


def upgrade(connection: Connection) -> None:
    """Bring the tables to this version, in the caller's transaction; a newer one is refused."""
    found = revision_of(connection)
    if found == REVISION:
        return
    if found is not None:
        _refuse_newer(found)
    # Imported here: only the first start and an upgrade need it.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    if connection.execute(select(log.c.one)).first() is None:
        connection.execute(log.insert().values(one=1, log_id=secrets.token_hex(16)))
