"""The key that signs sessions: a file of its own, made once, the same for every worker."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from api.settings import PREFIX, Settings, SettingsError
from eligibility.errors import Fault

NAME = "session.key"
_BYTES = 32


def read_session_key(settings: Settings) -> bytes:
    """The key; in the data folder it is made if it is not there. Raises SettingsError."""
    path = settings.session_key_file
    if path is None:
        path = settings.data_folder / NAME
        _make(path)
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        raise _unusable("the key of the sessions cannot be read") from None
    if len(key) < _BYTES:
        raise _unusable(f"the key of the sessions is shorter than {2 * _BYTES} hexadecimal digits")
    return key


def _make(path: Path) -> None:
    """Write a new key whole under its name, unless another worker was first."""
    if path.exists():
        return
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{NAME}-")
        with os.fdopen(descriptor, "w", encoding="ascii") as stream:
            stream.write(secrets.token_hex(_BYTES) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        with suppress(FileExistsError):
            path.hardlink_to(name)
        Path(name).unlink()
    except OSError:
        raise _unusable("the key of the sessions cannot be written") from None


def _unusable(message: str) -> SettingsError:
    hint = "name a file of 64 hexadecimal digits, or a data folder that can be written to"
    return SettingsError(
        [Fault(f"{PREFIX}SESSION_KEY_FILE", "session_key_unusable", message, hint)]
    )
