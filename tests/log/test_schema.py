"""Tables of another version: brought up to this one, or refused by name; never taken apart."""

from __future__ import annotations

import shutil
from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy import text

from api.log import schema
from api.log.errors import LogSchema

from .conftest import Opener


@pytest.mark.parametrize("upgrade", [False, True])
@pytest.mark.parametrize(
    ("found", "code"),
    [("0001", "log_schema_unreleased"), ("0000", "log_schema_newer"), ("9999", "log_schema_newer"),
     ("a_later_step", "log_schema_newer")],
)  # fmt: skip
def test_tables_of_a_version_that_no_migration_knows_are_refused(
    open_it: Opener, found: str, code: str, *, upgrade: bool
) -> None:
    log = open_it()
    with log.database.writing() as connection:
        connection.execute(
            text("UPDATE alembic_version SET version_num = :found"), {"found": found}
        )

    with pytest.raises(LogSchema) as refused:
        open_it(upgrade=upgrade)
    assert refused.value.code == code
    assert refused.value.hint
    with log.database.reading() as connection:
        assert schema.revision_of(connection) == found, "it is left as it was"


def test_a_newer_log_is_not_upgraded_backwards(open_it: Opener) -> None:
    log = open_it()
    with log.database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(LogSchema, match="use the newer software"):
        open_it(upgrade=True)


def test_an_older_log_is_brought_to_the_newer_tables(
    open_it: Opener, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    open_it().close()
    newer = tmp_path / "migrations"
    shutil.copytree(schema.MIGRATIONS, newer, ignore=shutil.ignore_patterns("__pycache__"))
    (newer / "versions" / "second_tables.py").write_text(
        "from alembic import op\n"
        f"revision, down_revision = 'another_step', '{schema.REVISION}'\n"
        "def upgrade(): op.execute('CREATE TABLE second (one INTEGER)')\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(schema, "MIGRATIONS", newer)
    monkeypatch.setattr(schema, "REVISION", "another_step")

    with pytest.raises(LogSchema, match="another_step is needed") as refused:
        open_it(upgrade=False)
    assert refused.value.code == "log_schema_older", "the name comes before the older one"
    log = open_it(upgrade=True)

    with log.database.reading() as connection:
        assert schema.revision_of(connection) == "another_step"
        assert connection.execute(text("SELECT count(*) FROM second")).scalar() == 0


def test_the_tables_of_a_log_are_not_taken_apart() -> None:
    first = import_module("api.log.migrations.versions.first_tables")
    with pytest.raises(LogSchema) as refused:
        first.downgrade()
    assert refused.value.code == "log_schema_no_way_back"


def test_the_tables_are_those_the_migrations_make(open_it: Opener) -> None:
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415
    from alembic.migration import MigrationContext  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    from api.log.tables import metadata  # noqa: PLC0415

    log = open_it()
    with log.database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    assert schema.__file__
    scripts = ScriptDirectory(str(Path(schema.__file__).parent / "migrations"))
    assert scripts.get_current_head() == schema.REVISION
