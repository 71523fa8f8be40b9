"""Physical lines of a text table: decoded, numbered, and each with what is wrong with it."""

from __future__ import annotations

import io
from collections import deque
from dataclasses import dataclass
from typing import BinaryIO

MAX_RECORD_CHARACTERS = 65_536

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Line:
    """One physical line with its end, or the code of what is wrong with it."""

    number: int
    text: str
    fault: str | None = None


class Lines:
    """Physical lines with their numbers; lines taken too many can be put back."""

    def __init__(self, text: io.TextIOWrapper, number: int = 0) -> None:
        self._text = text
        self._number = number
        self._waiting: deque[Line] = deque()

    @property
    def read(self) -> int:
        """How many lines have been taken for good."""
        return self._number - len(self._waiting)

    def next(self) -> Line | None:
        """The next line; None at the end."""
        if self._waiting:
            return self._waiting.popleft()
        text = self._text.readline(MAX_RECORD_CHARACTERS + 1)
        if not text:
            return None
        self._number += 1
        if len(text) > MAX_RECORD_CHARACTERS:
            self._pass_over_the_rest(text)
            return Line(self._number, "", "line_too_long")
        return Line(self._number, text, _fault_in(text))

    def put_back(self, lines: list[Line]) -> None:
        """Gives back lines that belong to what follows."""
        self._waiting.extendleft(reversed(lines))

    def _pass_over_the_rest(self, text: str) -> None:
        while text and not text.endswith(("\n", "\r")):
            text = self._text.readline(MAX_RECORD_CHARACTERS)


def _fault_in(text: str) -> str | None:
    if "\0" in text:
        return "nul_byte"
    if text.isascii():
        return None
    # Undecodable bytes arrive as lone surrogates, or as the replacement character from UTF-16.
    undecoded = any("\ud800" <= sign <= "\udfff" or sign == "\ufffd" for sign in text)
    return "encoding" if undecoded else None


def text_of(stream: BinaryIO, encoding: str | None) -> io.TextIOWrapper:
    """The text of a stream in a named encoding, else in UTF-16 or UTF-8 by its first bytes."""
    buffered = stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(stream)  # type: ignore[type-var]
    if buffered.peek(2)[:2] in _UTF_16:
        encoding = "utf-16"
    elif encoding in (None, "utf-8"):
        encoding = "utf-8-sig"
    errors = "replace" if encoding == "utf-16" else "surrogateescape"
    return io.TextIOWrapper(buffered, encoding=encoding, errors=errors, newline="")


def utf_8(stream: BinaryIO) -> io.TextIOWrapper:
    """The text of a stream that stands somewhere in UTF-8."""
    return io.TextIOWrapper(stream, encoding="utf-8", errors="surrogateescape", newline="")
