"""Files that only the service may read: written whole or not at all, and safe on disk before anybody hears of them."""

from __future__ import annotations

import fcntl
import json
import os
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from api.batches.errors import RecordDamaged

FOLDER, FILE = 0o700, 0o600


def make_folder(path: Path) -> Path:
    """A folder for nobody else, with those above it."""
    if not path.parent.is_dir():
        make_folder(path.parent)  # else those above would be made for everybody
    path.mkdir(mode=FOLDER, exist_ok=True)
    return path


def create(path: Path) -> int:
    """A new, empty file, open for writing."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE)


def sync_folder(path: Path) -> None:
    """Waits until the names in a folder are on disk."""
    place = os.open(path, os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)


def write_json(path: Path, document: dict[str, Any], *, durable: bool = True) -> None:
    """Puts a document in the place of a file; whoever stops this leaves the old one or the new one."""
    content = json.dumps(document, ensure_ascii=False, allow_nan=False).encode()
    new = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}.new")
    new.unlink(missing_ok=True)
    handle = create(new)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            if durable:
                stream.flush()
                os.fsync(stream.fileno())
        new.replace(path)
    except OSError:
        with suppress(OSError):
            new.unlink()
        raise
    if durable:
        sync_folder(path.parent)


def read_json(path: Path) -> dict[str, Any] | None:
    """The document in a file; None if there is no such file. Raises RecordDamaged for what is no document."""
    try:
        found = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValueError:
        raise RecordDamaged from None
    if not isinstance(found, dict):
        raise RecordDamaged
    return found


class Lock:
    """A file that at most one process holds; whatever ends that process lets go of it."""

    def __init__(self, handle: int) -> None:
        self.handle = handle

    @classmethod
    def take(cls, path: Path, *, wait: bool = False) -> Lock | None:
        """The lock; None if another has it, or if the place for it is gone, were it while this waited."""
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE)
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            if _is_at(path, handle):
                return cls(handle)
        except BlockingIOError:
            pass
        except OSError:
            os.close(handle)
            raise
        os.close(handle)
        return None

    def release(self) -> None:
        """Let go; a process that was given the handle holds on."""
        os.close(self.handle)

    def __enter__(self) -> Lock:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def _is_at(path: Path, handle: int) -> bool:
    """Whether an open file is still where it was opened: not removed, nor moved away with its folder."""
    try:
        return os.path.samestat(path.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False


def is_held(path: Path) -> bool:
    """Whether some process holds a lock."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False
