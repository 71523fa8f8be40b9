"""Which version the tables have, and their way to the newest one."""

from __future__ import annotations

import secrets
from pathlib import Path

from sqlalchemy import Connection, inspect, select, text

from api.log.errors import LogSchema
from api.log.tables import log

REVISION = "first_release"
_UNRELEASED = frozenset({"0001"})
"""Versions from before the first release: one name stood for several sets of tables, so none can be upgraded."""
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
    if found != REVISION:
        _refuse_unknown(found)
        raise LogSchema(
            f"the tables have version {found}, {REVISION} is needed",
            code="log_schema_older",
            hint=_UPGRADE,
        )


def _refuse_unknown(found: str) -> None:
    """Raises LogSchema for a version from which no migration leads here."""
    if found in _UNRELEASED:
        raise LogSchema(
            f"the tables have version {found}, from before the first release, and cannot be upgraded",
            code="log_schema_unreleased",
            hint="export the log with the software that made it; then begin a new one in another place",
        )
    if found not in _known():
        raise LogSchema(
            f"the tables have version {found}, this software knows up to {REVISION}",
            code="log_schema_newer",
            hint="use the newer software; going back would need a backup from before",
        )


def _known() -> frozenset[str]:
    """Every version that the migrations have a name for: the names have no order, the migrations do."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - only another version needs it

    scripts = ScriptDirectory(str(MIGRATIONS))
    return frozenset(each.revision for each in scripts.walk_revisions())


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
        _refuse_unknown(found)
    # Imported here: only the first start and an upgrade need it.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    if connection.execute(select(log.c.one)).first() is None:
        connection.execute(log.insert().values(one=1, log_id=secrets.token_hex(16)))
