"""Mappings that a site has saved by name, to be offered again for the next table of the same kind."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from api.batches.errors import StorageError, UploadError
from api.batches.files import make_folder, read_json, write_json
from api.batches.model import now
from api.security.principal import SITE

LONGEST_NAME, MOST_PER_SITE = 80, 200


@dataclass(frozen=True, slots=True)
class SavedMapping:
    """A mapping by the name that somebody gave it."""

    name: str
    actor: str
    saved_at: str
    document: dict[str, Any]
    """The mapping as it is written to a file."""

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
        """A mapping of a site by its key."""
        if len(key) != len(_key("")) or not key.isalnum():
            return None
        document = read_json(self._path(site, key))
        return None if document is None else SavedMapping(**document)

    def of_site(self, site: str) -> list[SavedMapping]:
        """All mappings of a site by name."""
        paths = (self._folder / site).glob("*.json") if SITE.fullmatch(site) else ()
        found = (self.find(site, path.stem) for path in paths)
        return sorted(filter(None, found), key=lambda each: each.name.casefold())

    def remove(self, site: str, key: str) -> None:
        """Forget a mapping."""
        if saved := self.find(site, key):
            with suppress(FileNotFoundError):
                self._path(site, saved.key).unlink()

    def _path(self, site: str, key: str) -> Path:
        return self._folder / site / f"{key}.json"


def _key(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:32]
