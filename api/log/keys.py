"""The log's secret key: it signs the head and the checkpoints, and hides screening ids."""

from __future__ import annotations

import hmac
import os
import secrets
from pathlib import Path

from api.log.errors import LogSettingsError
from eligibility.errors import Location

_BYTES = 32


class LogKey:
    """Keys for each purpose, derived from one secret that is kept apart from the database."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) < _BYTES:
            raise LogSettingsError(
                f"the key of the screening log is shorter than {_BYTES} bytes",
                code="log_key_too_short",
                hint="`eligibility log create-key FILE` writes a good one",
            )
        self._own = {
            purpose: hmac.digest(secret, b"screening log: " + purpose.encode(), "sha256")
            for purpose in ("id", "seal", "cursor", "subject", "idempotency")
        }
        self.key_id = self._tag("id", b"")[:16]

    def __repr__(self) -> str:
        return f"LogKey({self.key_id})"

    def sign(self, content: bytes) -> str:
        """The signature of a head or checkpoint."""
        return self._tag("seal", content)

    def is_signature(self, content: bytes, signature: str) -> bool:
        """Whether this key made the signature."""
        return hmac.compare_digest(self.sign(content).encode(), signature.encode())

    def sign_cursor(self, content: bytes) -> str:
        """The signature of a place in a search."""
        return self._tag("cursor", content)[:32]

    def subject(self, site: str, screening_id: str) -> str:
        """A screening id that only who knows it can find again; different at every site."""
        return self._tag("subject", _joined(site, screening_id))

    def idempotency(self, site: str, actor: str, key: str) -> str:
        """An idempotency key as it is stored; each actor has keys of their own."""
        return self._tag("idempotency", _joined(site, actor, key))

    def _tag(self, purpose: str, content: bytes) -> str:
        return hmac.digest(self._own[purpose], content, "sha256").hex()


def _joined(*texts: str) -> bytes:
    """Texts behind their lengths, so that no two lists of texts look alike."""
    parts = [text.encode() for text in texts]
    return b"".join(len(part).to_bytes(4) + part for part in parts)


def read_key(path: Path) -> LogKey:
    """The key in a file, as 64 or more hexadecimal digits."""
    try:
        secret = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except OSError as error:
        raise LogSettingsError(
            f"the key of the screening log cannot be read: {error.strerror}",
            code="log_key_unreadable",
            location=Location(path.name),
            hint="name the file, or write a new one with `eligibility log create-key FILE`",
        ) from None
    except ValueError:
        raise LogSettingsError(
            "the key of the screening log is not hexadecimal",
            code="log_key_unreadable",
            location=Location(path.name),
            hint="a key file holds 64 hexadecimal digits and nothing else",
        ) from None
    return LogKey(secret)


def create_key(path: Path) -> LogKey:
    """A new random key in a new file that only its owner may read; a file that is there is kept."""
    secret = secrets.token_bytes(_BYTES)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise LogSettingsError(
            f"the key of the screening log cannot be written: {error.strerror}",
            code="log_key_not_written",
            location=Location(path.name),
            hint="name a new file in a folder of your own; a key is never overwritten",
        ) from None
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(secret.hex() + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    return LogKey(secret)
