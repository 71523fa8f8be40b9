"""What kind of file a table is: told by its first bytes, never by its name alone."""

from __future__ import annotations

import re
from enum import Enum

from eligibility.errors import Fault
from eligibility.intake.faults import TableError

HEAD = 4096
_BZIP2 = re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)")
_BOM = b"\xef\xbb\xbf"
_UTF_32 = (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_NO_TABLE = {b"%PDF": "a PDF document", b"SQLite": "a database"}
_MARKUP = (b"<!doctype", b"<html", b"<?xml")


class Kind(Enum):
    """The kinds of files that can be told apart; the value is the name of a packed one."""

    TEXT = "text"
    JSON_LINES = "json lines"
    PARQUET = "parquet"
    EXCEL = "excel"
    GZIP = "gzip"
    BZIP2 = "bzip2"
    XZ = "xz"
    ZSTD = "zstd"
    ZIP = "zip"

    @property
    def is_packed(self) -> bool:
        """Whether another file stands inside."""
        return self in _PACKED


_PACKED = frozenset({Kind.GZIP, Kind.BZIP2, Kind.XZ, Kind.ZSTD, Kind.ZIP})
_MAGIC = {
    b"PAR1": Kind.PARQUET,
    b"\x1f\x8b": Kind.GZIP,
    b"\xfd7zXZ\x00": Kind.XZ,
    b"\x28\xb5\x2f\xfd": Kind.ZSTD,
    b"PK\x03\x04": Kind.ZIP,
    b"PK\x05\x06": Kind.ZIP,
}


def kind_of(head: bytes, name: str) -> Kind:
    """The kind of a file from its first bytes; a zip archive may still be a workbook."""
    for magic, kind in _MAGIC.items():
        if head.startswith(magic):
            return kind
    if _BZIP2.match(head):
        return Kind.BZIP2
    if fault := _refused(head):
        raise TableError([fault], source=name)
    return Kind.JSON_LINES if _bare(head).startswith(b"{") else Kind.TEXT


def kind_of_archive(members: list[str], name: str) -> Kind:
    """Whether a zip archive is a workbook, by the names of what is in it."""
    if "xl/workbook.xml" in members:
        return Kind.EXCEL
    if "xl/workbook.bin" in members or "content.xml" in members:
        raise TableError([_OTHER_WORKBOOK], source=name)
    return Kind.ZIP


def _bare(head: bytes) -> bytes:
    return head.removeprefix(_BOM).lstrip()


def _refused(head: bytes) -> Fault | None:
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return _OLD_WORKBOOK
    if _bare(head).startswith(b"["):
        return _JSON_ARRAY
    if _bare(head).split(b"\n", 1)[0].strip() == b"{":
        return _JSON_PAGE
    if head.startswith((b"\xff\xfe{\x00", b"\xfe\xff\x00{")):
        return Fault("", "encoding", "JSON lines are UTF-8 text", "save the file as UTF-8")
    if head.startswith((b"ARROW1", b"ORC", b"$FL2", b"<stata", b"HEADER RECORD")):
        return Fault(
            "",
            "unknown_kind",
            "this kind of data file is not read here",
            "give it as Parquet, or as CSV (UTF-8)",
        )
    return _no_text(head)


def _no_text(head: bytes) -> Fault | None:
    for magic, kind in _NO_TABLE.items():
        if head.startswith(magic):
            return _not_a_table(kind)
    if _bare(head)[:15].lower().startswith(_MARKUP):
        return _not_a_table("a web page or XML document")
    is_utf_16 = head.startswith(_UTF_16) and not head.startswith(_UTF_32)
    if head.startswith(_UTF_32) or (not is_utf_16 and head.count(0) * 4 > len(head)):
        return _UNCLEAR_ENCODING
    return None


def _not_a_table(kind: str) -> Fault:
    message = f"this is {kind}, not a text table"
    hint = "save the sheet as CSV (UTF-8) and give that file"
    return Fault("", "not_a_text_table", message, hint)


_OTHER_WORKBOOK = Fault(
    "",
    "other_workbook",
    "this kind of workbook (.xlsb, .ods) is not read here",
    "save it as an Excel workbook (.xlsx) or as CSV (UTF-8)",
)
_OLD_WORKBOOK = Fault(
    "",
    "other_workbook",
    "this is an old Excel workbook (.xls), or one locked with a password",
    "save it as .xlsx without a password, or as CSV (UTF-8)",
)
_JSON_ARRAY = Fault(
    "",
    "json_array",
    "this is one JSON list, and a table of patients has one JSON object per line",
    "write each object on a line of its own, without brackets and commas around it",
)
_JSON_PAGE = Fault(
    "",
    "json_page",
    "this is a JSON document over several lines, and a table has one JSON object per line",
    "write each patient on one line, or give a single profile to `eligibility screen`",
)
_UNCLEAR_ENCODING = Fault(
    "",
    "encoding",
    "the file is in an encoding that cannot be told from its first bytes",
    "save it as UTF-8",
)
