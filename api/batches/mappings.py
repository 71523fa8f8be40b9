"""Mappings that a site has saved by name, to be offered again for the next table of the same kind.

One that is damaged is skipped and told of once; saving or removing it does not read it.
"""

from __future__ import annotations

import hashlib
import logging
import re
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from api.batches.errors import RecordDamaged, StorageError, UploadError
from api.batches.files import make_folder, read_json, write_json
from api.batches.model import now
from api.logs import log
from api.security.principal import SITE

LONGEST_NAME, MOST_PER_SITE = 80, 200
_KEY = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class SavedMapping:
    """A mapping by the name that somebody gave it."""

    name: str
    actor: str
    saved_at: str
    document: dict[str, Any]
    """The mapping as it is written to a file."""

    @classmethod
    def of(cls, document: dict[str, Any]) -> Self:
        """The mapping that a document was made of. Raises RecordDamaged."""
        try:
            saved = cls(**document)
            datetime.fromisoformat(saved.saved_at)
            texts = [saved.name, saved.actor, *saved.columns()]
        except (AttributeError, TypeError, ValueError):
            raise RecordDamaged from None
        if not all(isinstance(each, str) for each in texts):
            raise RecordDamaged
        return saved

    @property
    def key(self) -> str:
        """The name as a file or a form can carry it."""
        return _key(self.name)

    def columns(self) -> set[str]:
        """The columns of a table that it is for."""
        said = self.document
        used = {*said.get("columns", ()), *said.get("as_of", ()), said.get("planned_start")}
        return {each for each in (said.get("id"), *used) if each}


class SavedMappings:
    """The saved mappings of all sites."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._told: set[Path] = set()

    def save(self, site: str, name: str, document: dict[str, Any], *, actor: str) -> SavedMapping:
        """Keep a mapping; one of the same name is replaced whole."""
        saved = SavedMapping(name, actor, now(), document)
        path = self._path(site, saved.key)
        try:
            make_folder(path.parent)
            is_new = not path.exists()
            if is_new and len(list(path.parent.glob("*.json"))) >= MOST_PER_SITE:
                raise UploadError(
                    f"a site keeps at most {MOST_PER_SITE} mappings",
                    code="too_many_mappings",
                    hint="remove one that is not needed",
                )
            write_json(path, asdict(saved))
        except OSError:
            raise StorageError("the mapping cannot be saved", hint="try again") from None
        return saved

    def find(self, site: str, key: str) -> SavedMapping | None:
        """A mapping of a site by its key. Raises RecordDamaged."""
        if not _KEY.fullmatch(key):
            return None
        try:
            document = read_json(self._path(site, key))
        except OSError:
            raise RecordDamaged from None
        return None if document is None else SavedMapping.of(document)

    def of_site(self, site: str) -> list[SavedMapping]:
        """All mappings of a site by name, but those that are damaged."""
        paths = (self._folder / site).glob("*.json") if SITE.fullmatch(site) else ()
        found = (self._found(site, path) for path in paths)
        return sorted(filter(None, found), key=lambda each: each.name.casefold())

    def remove(self, site: str, key: str) -> None:
        """Forget a mapping, whatever is in it."""
        if not _KEY.fullmatch(key):
            return
        try:
            self._path(site, key).unlink(missing_ok=True)
        except OSError:
            raise StorageError("the mapping cannot be removed", hint="try again") from None

    def _found(self, site: str, path: Path) -> SavedMapping | None:
        try:
            return self.find(site, path.stem)
        except RecordDamaged as error:
            if path not in self._told:
                self._told.add(path)
                log("mapping_damaged", logging.ERROR, site=site, code=error.code)
            return None

    def _path(self, site: str, key: str) -> Path:
        return self._folder / site / f"{key}.json"


def _key(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:32]
