"""The triggers that keep the log append-only, and whether they are still what they were made as."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, text

FUNCTION = "screening_log_is_append_only"
FUNCTION_BODY = " BEGIN RAISE EXCEPTION 'the screening log is append-only'; END "
_KEEPS = {"entries": ("UPDATE", "DELETE"), "documents": ("UPDATE",), "log": ("UPDATE", "DELETE")}
_POSTGRESQL = """
    SELECT t.tgname, pg_get_triggerdef(t.oid, true), t.tgenabled::text, p.prosrc, l.lanname
    FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_language l ON l.oid = p.prolang
    WHERE NOT t.tgisinternal
    AND t.tgrelid IN (to_regclass('entries'), to_regclass('documents'), to_regclass('log'), to_regclass('head'))
"""
_ON_EVERY_WRITE = {"O", "A"}


def sqlite_triggers() -> dict[str, str]:
    """Their statements, by name, in an embedded log."""
    return {
        f"{table}_no_{action.lower()}": f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} "
        "BEGIN SELECT RAISE(ABORT, 'the screening log is append-only'); END"
        for table, actions in _KEEPS.items()
        for action in actions
    }


def postgresql_triggers() -> dict[str, str]:
    """Their statements, by name, on PostgreSQL."""
    return {
        f"{table}_no_{action.lower()}": f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {FUNCTION}()"
        for table, actions in _KEEPS.items()
        for action in (*actions, "TRUNCATE")
    }


def faults_of(connection: Connection, *, is_sqlite: bool) -> Iterator[tuple[str, str]]:
    """Code and message for every trigger that is gone, changed, switched off, or not ours."""
    expected = sqlite_triggers() if is_sqlite else postgresql_triggers()
    found = dict(_sqlite(connection) if is_sqlite else _postgresql(connection))
    for name in sorted(expected.keys() - found.keys()):
        yield "trigger_missing", f"the trigger {name} is gone: entries could be changed"
    for name in sorted(expected.keys() & found.keys()):
        if found[name] != expected[name]:
            yield (
                "trigger_changed",
                f"the trigger {name} is not as it was made: entries could be changed",
            )
    for _ in found.keys() - expected.keys():  # its name may be anything
        yield "trigger_unknown", "the tables have a trigger that the log did not make"


def _sqlite(connection: Connection) -> Iterator[tuple[str, str]]:
    rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
    for name, statement in rows:
        yield name, " ".join(str(statement).split())


def _postgresql(connection: Connection) -> Iterator[tuple[str, str]]:
    for name, statement, enabled, body, language in connection.execute(text(_POSTGRESQL)):
        is_ours = (body, language) == (FUNCTION_BODY, "plpgsql") and enabled in _ON_EVERY_WRITE
        yield name, statement if is_ours else ""
