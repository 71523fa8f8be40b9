"""A body that is being sent: multipart/form-data taken apart as it comes, its table straight to the disk."""

from __future__ import annotations

import hashlib
import os
import re
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header

from api.batches.errors import StorageError, UploadError
from api.batches.files import create
from api.batches.kept import MAPPING, TABLE
from eligibility.intake.mapping import MAX_MAPPING_BYTES

MOST_TEXT_BYTES = 400
_MOST_PARTS, _MOST_HEADER_BYTES, _MOST_BOUNDARY = 10, 8_192, 200
_LONGEST_NAME = 200
_NOT_SHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_FILES = frozenset({"table", "mapping"})
TEXTS = frozenset({"sheet"})


def boundary_of(content_type: str) -> bytes:
    """What stands between the parts, as the header of the request names it."""
    kind, options = parse_options_header(content_type.encode("latin-1", "replace"))
    if kind != b"multipart/form-data":
        raise UploadError(
            "a batch is sent as multipart/form-data",
            code="not_multipart",
            hint="curl does so with: -F table=@FILE",
        )
    boundary = options.get(b"boundary", b"")
    if not 0 < len(boundary) <= _MOST_BOUNDARY:
        raise _unreadable()
    return boundary


class Upload:
    """Takes the bytes of a body in any pieces, and leaves `table` and `mapping.yaml` in a folder."""

    def __init__(self, folder: Path, boundary: bytes, *, texts: frozenset[str] = TEXTS) -> None:
        self.folder = folder
        self.name = ""
        """What the sender calls the table."""
        self.table_bytes, self._table_hash = 0, hashlib.sha256()
        self.mapping_sha256: str | None = None
        self._names = texts
        self._texts: dict[str, bytearray] = {}
        self._mapping_bytes, self._mapping_hash = 0, hashlib.sha256()
        self._seen: set[str] = set()
        self._part: str | None = None
        self._stream: BinaryIO | None = None
        self._header, self._value = bytearray(), bytearray()
        self._headers: dict[bytes, bytes] = {}
        self._header_bytes = 0
        self._is_whole = False
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin_part,
                "on_header_field": self._add_to_header,
                "on_header_value": self._add_to_value,
                "on_header_end": self._end_header,
                "on_headers_finished": self._name_part,
                "on_part_data": self._add_data,
                "on_part_end": self._end_part,
                "on_end": self._end,
            },
        )

    def feed(self, content: bytes) -> None:
        """Take some more bytes; raises UploadError as soon as they cannot be right."""
        try:
            self._parser.write(content)
        except FormParserError:
            raise _unreadable() from None
        except OSError:
            raise no_room() from None

    def finish(self) -> None:
        """All has come: the files are on disk."""
        with suppress(FormParserError):
            self._parser.finalize()
        if not self._is_whole:
            raise UploadError(
                "the body ends before its last part does",
                code="upload_cut_off",
                hint="send it again",
            )
        if "table" not in self._seen:
            raise UploadError(
                "the body has no part named table", code="table_missing", hint="-F table=@FILE"
            )
        if not self.table_bytes:
            raise UploadError(
                "the table is empty", code="table_empty", hint="send a table with rows"
            )
        if "mapping" in self._seen:
            self.mapping_sha256 = self._mapping_hash.hexdigest()

    def close(self) -> None:
        """Let go of the file that is being written."""
        if self._stream is not None:
            with suppress(OSError):
                self._stream.close()
            self._stream = None

    @property
    def table_sha256(self) -> str:
        """The hash of the table."""
        return self._table_hash.hexdigest()

    @property
    def sheet(self) -> str | None:
        """The sheet that was named."""
        if "sheet" not in self._seen:
            return None
        text = self.text("sheet")
        if not text:
            raise UploadError("the name of the sheet cannot be read", code="sheet_unreadable")
        return text

    @property
    def has_mapping(self) -> bool:
        """Whether a mapping came, and not only the empty place for one that a form has."""
        return self._mapping_bytes > 0

    def text(self, name: str) -> str:
        """What a part holds that is no file; empty where it cannot be read."""
        try:
            text = bytes(self._texts.get(name, b"")).decode("utf-8").strip()
        except UnicodeDecodeError:
            return ""
        return "" if _NOT_SHOWN.search(text) else text

    # What the parser finds -------------------------------------------------------------------

    def _begin_part(self) -> None:
        self._headers, self._header_bytes = {}, 0
        self._header.clear()
        self._value.clear()
        if len(self._seen) >= _MOST_PARTS:
            raise _unreadable()

    def _add_to_header(self, data: bytes, start: int, end: int) -> None:
        self._count_header(end - start)
        self._header += data[start:end]

    def _add_to_value(self, data: bytes, start: int, end: int) -> None:
        self._count_header(end - start)
        self._value += data[start:end]

    def _count_header(self, size: int) -> None:
        self._header_bytes += size
        if self._header_bytes > _MOST_HEADER_BYTES:
            raise _unreadable()

    def _end_header(self) -> None:
        self._headers[bytes(self._header).lower()] = bytes(self._value)
        self._header.clear()
        self._value.clear()

    def _name_part(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        name = options.get(b"name", b"").decode("latin-1")
        if name not in _FILES and name not in self._names:
            raise UploadError(
                "a part of the body has another name than table, mapping or sheet",
                code="unknown_part",
                hint="other choices are parameters of the address",
            )
        if name in self._seen:
            raise UploadError(f"the part {name} comes more than once", code="part_twice")
        self._seen.add(name)
        self._part = name
        if name == "table":
            self.name = shown_name(options.get(b"filename", b""))
        if name in self._names:
            self._texts[name] = bytearray()
        else:
            path = self.folder / (TABLE if name == "table" else MAPPING)
            self._stream = os.fdopen(create(path), "wb")

    def _add_data(self, data: bytes, start: int, end: int) -> None:
        content = memoryview(data)[start:end]
        if self._part in self._texts:
            self._add_text(self._texts[self._part], content)
            return
        assert self._stream is not None  # opened when the part was named
        self._stream.write(content)
        if self._part == "table":
            self.table_bytes += len(content)
            self._table_hash.update(content)
            return
        self._mapping_bytes += len(content)
        self._mapping_hash.update(content)
        if self._mapping_bytes > MAX_MAPPING_BYTES:
            raise UploadError(
                f"the mapping is larger than {MAX_MAPPING_BYTES} bytes", code="mapping_too_large"
            )

    def _add_text(self, text: bytearray, content: memoryview) -> None:
        text += content
        if len(text) <= MOST_TEXT_BYTES:
            return
        if self._part == "sheet":
            raise UploadError("the name of the sheet is too long", code="sheet_unreadable")
        raise UploadError("a part of the body that is no file is too long", code="part_too_long")

    def _end_part(self) -> None:
        if self._stream is not None:
            self._stream.flush()
            os.fsync(self._stream.fileno())
        self.close()
        self._part = None

    def _end(self) -> None:
        self._is_whole = True


def shown_name(given: bytes) -> str:
    """The last part of a file name, with nothing in it that would not show."""
    text = given.decode("utf-8", "replace").replace("\\", "/").rpartition("/")[2]
    return _NOT_SHOWN.sub("", text)[:_LONGEST_NAME]


def no_room() -> StorageError:
    """The disk is full, gone or not ours."""
    return StorageError(
        "the upload cannot be kept; nothing was accepted",
        hint="try again; the operator looks for room",
    )


def _unreadable() -> UploadError:
    return UploadError(
        "the body is not multipart/form-data as its header announces it",
        hint="send it with a program that writes such bodies, such as curl -F",
    )
