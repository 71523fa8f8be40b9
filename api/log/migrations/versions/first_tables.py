"""The first tables: entries that are only ever added, the signed head, documents that may be deleted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.log.errors import LogSchema
from api.log.triggers import FUNCTION, FUNCTION_BODY, postgresql_triggers, sqlite_triggers

revision = "first_release"
down_revision = None
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_ASCII = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_NOT_NULL = ("actor", "site", "kind", "engine_version", "deciding", "judgement", "kept")


def upgrade() -> None:
    """Tables, indexes, and triggers that refuse every change of what was written."""
    _singles()
    _entries()
    _documents()
    if op.get_bind().dialect.name == "sqlite":
        statements = sqlite_triggers()
    else:
        op.execute(
            f"CREATE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $${FUNCTION_BODY}$$"
        )
        statements = postgresql_triggers()
    for statement in statements.values():
        op.execute(statement)


def downgrade() -> None:
    """There is none: a log is not taken apart."""
    raise LogSchema(
        "the tables of the screening log have no way back",
        code="log_schema_no_way_back",
        hint="restore a backup from before the upgrade",
    )


def _singles() -> None:
    op.create_table(
        "log",
        sa.Column(
            "one", sa.Integer, sa.CheckConstraint("one = 1", name="log_one"), primary_key=True
        ),
        sa.Column("log_id", sa.Text, nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "head",
        sa.Column(
            "one", sa.Integer, sa.CheckConstraint("one = 1", name="head_one"), primary_key=True
        ),
        sa.Column("sequence", _NUMBER, nullable=False),
        sa.Column("entry_hash", sa.Text, nullable=False),
        sa.Column("key_id", sa.Text, nullable=False),
        sa.Column("signature", sa.Text, nullable=False),
        sqlite_strict=True,
    )


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=name not in _NOT_NULL) for name in names]


def _entries() -> None:
    op.create_table(
        "entries",
        sa.Column("sequence", _NUMBER, primary_key=True, autoincrement=False),
        sa.Column("entry_id", _ASCII, nullable=False, unique=True),
        sa.Column("recorded_at", _ASCII, nullable=False),
        *_text("actor", "site", "kind", "engine_version", "trial", "profile", "rules_hash"),
        *_text("input_hash", "decision", "deciding", "judgement", "explanation_hash"),
        *_text("as_of", "planned_start", "subject", "subject_form", "kept"),
        sa.Column("key_hash", sa.Text, unique=True),
        sa.Column("request_hash", sa.Text),
        sa.Column("refers_to", _NUMBER, sa.ForeignKey("entries.sequence")),
        *_text("criterion", "answer", "signed_by", "reason", "detail"),
        sa.Column("previous_hash", sa.Text, nullable=False),
        sa.Column("entry_hash", sa.Text, nullable=False),
        *_checks(),
        sqlite_strict=True,
    )
    op.create_index("entries_site", "entries", ["site", "sequence"])
    op.create_index("entries_site_subject", "entries", ["site", "subject", "sequence"])
    op.create_index("entries_refers_to_kind", "entries", ["refers_to", "kind"])
    op.create_index("entries_input", "entries", ["site", "input_hash"])


def _checks() -> list[sa.CheckConstraint]:
    return [
        sa.CheckConstraint("sequence > 0", name="entries_sequence"),
        sa.CheckConstraint(
            "kind IN ('decision', 'correction', 'review', 'batch', 'configuration')",
            name="entries_kind",
        ),
        sa.CheckConstraint(
            "decision IS NULL OR (decision IN ('eligible', 'ineligible', 'undetermined')"
            " AND kind IN ('decision', 'correction') AND input_hash IS NOT NULL"
            " AND explanation_hash IS NOT NULL AND rules_hash IS NOT NULL)",
            name="entries_decision",
        ),
        sa.CheckConstraint("kind <> 'decision' OR decision IS NOT NULL", name="entries_decided"),
        sa.CheckConstraint(
            "kind NOT IN ('correction', 'review')"
            " OR (refers_to IS NOT NULL AND refers_to < sequence AND reason IS NOT NULL)",
            name="entries_refers_to",
        ),
        sa.CheckConstraint(
            "kind <> 'review' OR (criterion IS NOT NULL AND answer IN ('pass', 'fail')"
            " AND signed_by IS NOT NULL)",
            name="entries_review",
        ),
        sa.CheckConstraint(
            "kind <> 'batch' OR (decision IS NULL AND input_hash IS NOT NULL AND trial IS NOT NULL"
            " AND rules_hash IS NOT NULL AND detail IS NOT NULL)",
            name="entries_batch",
        ),
    ]


def _documents() -> None:
    op.create_table(
        "documents",
        sa.Column(
            "sequence",
            _NUMBER,
            sa.ForeignKey("entries.sequence"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("part", sa.Text, primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.CheckConstraint("part IN ('profile', 'explanation')", name="documents_part"),
        sqlite_strict=True,
    )
