"""The tables of the screening log; `migrations/` makes them, a test compares the two."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

# Times and ids are compared byte by byte, whatever language the server speaks.
_ASCII = Text().with_variant(Text(collation="C"), "postgresql")
_NUMBER = BigInteger().with_variant(Integer(), "sqlite")

metadata = MetaData()

log = Table(
    "log",
    metadata,
    Column("one", Integer, CheckConstraint("one = 1", name="log_one"), primary_key=True),
    Column("log_id", Text, nullable=False),
    sqlite_strict=True,  # SQLite checks types only if asked to
)

head = Table(
    "head",
    metadata,
    Column("one", Integer, CheckConstraint("one = 1", name="head_one"), primary_key=True),
    Column("sequence", _NUMBER, nullable=False),
    Column("entry_hash", Text, nullable=False),
    Column("key_id", Text, nullable=False),
    Column("signature", Text, nullable=False),
    sqlite_strict=True,  # SQLite checks types only if asked to
)

entries = Table(
    "entries",
    metadata,
    Column("sequence", _NUMBER, primary_key=True, autoincrement=False),
    Column("entry_id", _ASCII, nullable=False, unique=True),
    Column("recorded_at", _ASCII, nullable=False),
    Column("actor", Text, nullable=False),
    Column("site", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("engine_version", Text, nullable=False),
    Column("trial", Text),
    Column("profile", Text),
    Column("rules_hash", Text),
    Column("input_hash", Text),
    Column("decision", Text),
    Column("deciding", Text, nullable=False),
    Column("judgement", Text, nullable=False),
    Column("explanation_hash", Text),
    Column("as_of", Text),
    Column("planned_start", Text),
    Column("subject", Text),
    Column("subject_form", Text),
    Column("kept", Text, nullable=False),
    Column("key_hash", Text, unique=True),
    Column("request_hash", Text),
    Column("refers_to", _NUMBER, ForeignKey("entries.sequence")),
    Column("criterion", Text),
    Column("answer", Text),
    Column("signed_by", Text),
    Column("reason", Text),
    Column("detail", Text),
    Column("previous_hash", Text, nullable=False),
    Column("entry_hash", Text, nullable=False),
    CheckConstraint("sequence > 0", name="entries_sequence"),
    CheckConstraint(
        "kind IN ('decision', 'correction', 'review', 'batch', 'configuration')",
        name="entries_kind",
    ),
    CheckConstraint(
        "decision IS NULL OR (decision IN ('eligible', 'ineligible', 'undetermined')"
        " AND kind IN ('decision', 'correction') AND input_hash IS NOT NULL"
        " AND explanation_hash IS NOT NULL AND rules_hash IS NOT NULL)",
        name="entries_decision",
    ),
    CheckConstraint("kind <> 'decision' OR decision IS NOT NULL", name="entries_decided"),
    CheckConstraint(
        "kind NOT IN ('correction', 'review')"
        " OR (refers_to IS NOT NULL AND refers_to < sequence AND reason IS NOT NULL)",
        name="entries_refers_to",
    ),
    CheckConstraint(
        "kind <> 'review' OR (criterion IS NOT NULL AND answer IN ('pass', 'fail')"
        " AND signed_by IS NOT NULL)",
        name="entries_review",
    ),
    CheckConstraint(
        "kind <> 'batch' OR (decision IS NULL AND input_hash IS NOT NULL AND trial IS NOT NULL"
        " AND rules_hash IS NOT NULL AND detail IS NOT NULL)",
        name="entries_batch",
    ),
    Index("entries_site", "site", "sequence"),
    Index("entries_site_subject", "site", "subject", "sequence"),
    Index("entries_refers_to_kind", "refers_to", "kind"),
    Index("entries_input", "site", "input_hash"),
    sqlite_strict=True,  # SQLite checks types only if asked to
)

documents = Table(
    "documents",
    metadata,
    Column(
        "sequence", _NUMBER, ForeignKey("entries.sequence"), primary_key=True, autoincrement=False
    ),
    Column("part", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
    CheckConstraint("part IN ('profile', 'explanation')", name="documents_part"),
    sqlite_strict=True,  # SQLite checks types only if asked to
)
