"""A second place that remembers the chain: a file of signed lines, each with a number and a hash.

Whoever can rewrite the database cannot rewrite this file, if it lies elsewhere. Lines are only added;
each holds the hash of the one before.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.log.entry import canonical, sha256
from api.log.errors import LogSettingsError
from api.log.head import Head
from api.log.keys import LogKey
from eligibility.errors import Location

_FIRST = "0" * 64
_TAIL_BYTES = 64 * 1024
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


class Checkpoints:
    """The file; several processes may add to it."""

    def __init__(self, path: Path, key: LogKey) -> None:
        self.path, self._key = path, key

    def last(self) -> Checkpoint | None:
        """The newest checkpoint; None where there is none yet. Only the end of the file is read."""
        try:
            with self.path.open("rb") as stream:
                found, faults, _ = self._end_of(stream.fileno())
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._fault(error) from None
        if faults:
            raise LogSettingsError(
                f"the last checkpoint cannot be believed: {faults[-1].message}",
                code="checkpoints_damaged",
                location=Location(self.path.name),
                hint="keep the file, run `eligibility log verify`, find out who changed it",
            )
        return found[-1] if found else None

    def read(self) -> tuple[list[Checkpoint], list[CheckpointFault]]:
        """Every checkpoint, and every line that cannot be believed."""
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return [], []
        except OSError as error:
            raise self._fault(error) from None
        found, faults, _ = self._parsed(content.split(b"\n"))
        return found, faults

    def write(self, head: Head, at: str, *, restored: str | None = None) -> bool:
        """Add the head unless the file already knows it; durable when this returns."""
        try:
            with self._locked() as descriptor:
                found, _, previous = self._end_of(descriptor)
                if restored is None and found and found[-1].head.sequence >= head.sequence:
                    return False
                fields = {**head._asdict(), "at": at, "restored": restored, "previous": previous}
                signed = {**fields, "signature": self._key.sign(canonical(fields))}
                # A line cut short by a crash stays as it is; it must not swallow this one.
                start = b"" if _ends_with_a_line(descriptor) else b"\n"
                _write_all(descriptor, start + canonical(signed) + b"\n")
                os.fsync(descriptor)
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

    def _end_of(self, descriptor: int) -> tuple[list[Checkpoint], list[CheckpointFault], str]:
        """The last whole line, read from the end: the file only grows."""
        size = os.fstat(descriptor).st_size
        tail = os.pread(descriptor, _TAIL_BYTES, max(0, size - _TAIL_BYTES))
        whole = [line for line in tail.split(b"\n") if _fields(line) is not None]
        if not whole:
            return [], [], _FIRST
        return self._parsed(whole[-1:], previous=None)

    def _parsed(
        self, lines: list[bytes], *, previous: str | None = _FIRST
    ) -> tuple[list[Checkpoint], list[CheckpointFault], str]:
        found: list[Checkpoint] = []
        faults: list[CheckpointFault] = []
        for number, line in enumerate(lines, start=1):
            fields = _fields(line)
            if fields is None:
                continue  # cut short by a crash; were it more, the next line would not fit
            signature = str(fields.pop("signature"))
            if not self._key.is_signature(canonical(fields), signature):
                faults.append(CheckpointFault(number, "the signature is wrong"))
            elif previous not in (None, fields["previous"]):
                faults.append(CheckpointFault(number, "a line before it is missing or changed"))
            else:
                head = Head(fields["log_id"], fields["sequence"], fields["entry_hash"])
                found.append(Checkpoint(head, fields["at"], fields["restored"]))
            previous = sha256(line)
        return found, faults, previous or _FIRST

    def _fault(self, error: OSError) -> LogSettingsError:
        return LogSettingsError(
            f"the checkpoints cannot be read or written: {error.strerror}",
            code="checkpoints_unusable",
            location=Location(self.path.name),
            hint="name a file in a folder that the service may write to",
        )


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
