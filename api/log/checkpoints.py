"""A second place that remembers the chain: a file of signed lines, each with a number and a hash.

Whoever can rewrite the database cannot rewrite this file, if it lies elsewhere. Lines are only added;
each holds the hash of the one before.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from api.log.entry import canonical, sha256
from api.log.errors import LogSettingsError
from api.log.head import Head
from api.log.keys import LogKey
from eligibility.errors import Location

_FIRST = "0" * 64
_TAIL_BYTES = 64 * 1024
_MOST_UNREADABLE = 1  # a line that a crash cut short
_LONGEST_UNREADABLE = 16 * 1024
_FIELDS = {"log_id", "sequence", "entry_hash", "at", "restored", "previous", "signature"}


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The end of the log as it was at a time."""

    head: Head
    at: str
    restored: str | None
    """Why an older state of the log holds from here on: what a restore left behind is lost, and said to be."""


@dataclass(frozen=True, slots=True)
class CheckpointFault:
    """A line of the file that is not as it was written."""

    line: int
    message: str


class _Line(NamedTuple):
    """A line, and where it stands in the file."""

    place: int
    content: bytes


@dataclass(frozen=True, slots=True)
class _End:
    """The last checkpoint of the file, and the hash of its line, which the next one holds."""

    checkpoint: Checkpoint | None
    hash: str
    seen: _Line | None


class Checkpoints:
    """The file; several processes may add to it."""

    def __init__(self, path: Path, key: LogKey) -> None:
        self.path, self._key = path, key
        self._seen: _Line | None = None
        """The last line that this process read or wrote: it must still be there."""

    def last(self) -> Checkpoint | None:
        """The newest checkpoint; None where there is none yet. Only the end of the file is read."""
        try:
            with self.path.open("rb") as stream:
                end = self._end_of(stream.fileno())
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._fault(error) from None
        self._seen = end.seen or self._seen
        return end.checkpoint

    def age_seconds(self) -> float | None:
        """How long ago the last one was written, by whichever process; None where there is none."""
        try:
            return max(0.0, time.time() - self.path.stat().st_mtime)
        except OSError:
            return None

    def read(self) -> tuple[list[Checkpoint], list[CheckpointFault]]:
        """Every checkpoint, and every line that cannot be believed."""
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return [], []
        except OSError as error:
            raise self._fault(error) from None
        return self._parsed(_lines(content))

    def write(self, head: Head, at: str, *, restored: str | None = None) -> bool:
        """Add the head unless the file already knows it; durable when this returns."""
        try:
            with self._locked() as descriptor:
                self._check_seen(descriptor)
                end = self._end_of(descriptor)
                self._seen = end.seen or self._seen
                last = end.checkpoint
                if restored is None and last is not None and last.head.sequence >= head.sequence:
                    return False
                fields = {**head._asdict(), "at": at, "restored": restored, "previous": end.hash}
                signed = {**fields, "signature": self._key.sign(canonical(fields))}
                line = canonical(signed) + b"\n"
                # A line cut short by a crash stays as it is; it must not swallow this one.
                start = b"" if _ends_with_a_line(descriptor) else b"\n"
                _write_all(descriptor, start + line)
                os.fsync(descriptor)
                self._seen = _Line(os.fstat(descriptor).st_size - len(line), line)
                return True
        except OSError as error:
            raise self._fault(error) from None

    @contextmanager
    def _locked(self) -> Iterator[int]:
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield descriptor
        finally:
            os.close(descriptor)

    def _check_seen(self, descriptor: int) -> None:
        """The file still holds what this process last saw of it: it only grows."""
        if self._seen is not None:
            line = self._seen.content
            if os.pread(descriptor, len(line), self._seen.place) != line:
                raise self._damaged("a checkpoint that was there is gone or changed")

    def _end_of(self, descriptor: int) -> _End:
        """The last whole line, read from the end: the file only grows."""
        size = os.fstat(descriptor).st_size
        start = max(0, size - _TAIL_BYTES)
        # Not a byte more: what another process adds from now on has no place in this count.
        content = os.pread(descriptor, size - start, start)
        lines = _lines(content)
        whole = [place for place, line in enumerate(lines) if _fields(line) is not None]
        after = len(lines) - (whole[-1] + 1 if whole else 0)
        too_long = any(len(line) > _LONGEST_UNREADABLE for line in lines[len(lines) - after :])
        if after > _MOST_UNREADABLE or too_long or (start > 0 and not whole):
            raise self._damaged("its last lines cannot be read")
        if not whole:
            return _End(None, _FIRST, None)
        line = lines[whole[-1]]
        found, faults = self._parsed([line], previous=None)
        if faults:
            raise self._damaged(faults[-1].message)
        behind = lines[whole[-1] + 1 :]
        length = len(line) + sum(1 + len(each) for each in behind)
        if content.endswith(b"\n"):
            length += 1
        return _End(found[-1], sha256(line), _Line(size - length, line))

    def _parsed(
        self, lines: list[bytes], *, previous: str | None = _FIRST
    ) -> tuple[list[Checkpoint], list[CheckpointFault]]:
        found: list[Checkpoint] = []
        faults: list[CheckpointFault] = []
        unreadable = 0
        for number, line in enumerate(lines, start=1):
            fields = _fields(line)
            if fields is None:
                # A crash cuts one line short, and the next one follows it; more of them is no crash.
                unreadable += 1
                if unreadable > _MOST_UNREADABLE or len(line) > _LONGEST_UNREADABLE:
                    faults.append(
                        CheckpointFault(number, "more cannot be read than a crash leaves")
                    )
                continue
            unreadable = 0
            signature = str(fields.pop("signature"))
            if not self._key.is_signature(canonical(fields), signature):
                faults.append(CheckpointFault(number, "the signature is wrong"))
            elif previous not in (None, fields["previous"]):
                faults.append(CheckpointFault(number, "a line before it is missing or changed"))
            else:
                head = Head(fields["log_id"], fields["sequence"], fields["entry_hash"])
                found.append(Checkpoint(head, fields["at"], fields["restored"]))
            previous = sha256(line)
        return found, faults

    def _damaged(self, what: str) -> LogSettingsError:
        return LogSettingsError(
            f"the checkpoints cannot be believed: {what}",
            code="checkpoints_damaged",
            location=Location(self.path.name),
            hint="keep the file, run `eligibility log verify`, find out who changed it",
        )

    def _fault(self, error: OSError) -> LogSettingsError:
        return LogSettingsError(
            f"the checkpoints cannot be read or written: {error.strerror}",
            code="checkpoints_unusable",
            location=Location(self.path.name),
            hint="name a file in a folder that the service may write to",
        )


def _lines(content: bytes) -> list[bytes]:
    """The lines, the last one also where it does not end."""
    lines = content.split(b"\n")
    return lines if lines[-1] else lines[:-1]


def _fields(line: bytes) -> dict[str, Any] | None:
    """The fields of a line that is whole: an object of texts and one number."""
    try:
        fields = json.loads(line)
        if not isinstance(fields, dict) or set(fields) != _FIELDS:
            return None
        is_plain = all(isinstance(value, (str, int, type(None))) for value in fields.values())
        canonical(fields)
    except (ValueError, RecursionError):
        return None
    return fields if is_plain else None


def _ends_with_a_line(descriptor: int) -> bool:
    size = os.fstat(descriptor).st_size
    return size == 0 or os.pread(descriptor, 1, size - 1) == b"\n"


def _write_all(descriptor: int, content: bytes) -> None:
    while content:
        content = content[os.write(descriptor, content) :]
