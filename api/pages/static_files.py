"""Style sheets, scripts and pictures of the pages: read once, named by their content, nothing else reachable."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from api.headers import ASKED_AGAIN, UNCHANGING

_FOLDER = Path(__file__).resolve().parent.parent / "static"
_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_IMPORT = re.compile(r'(?<=from "\./)[a-z_]+\.js(?=")')


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file as it is served."""

    content: bytes
    media_type: str
    version: str


@cache
def static_files() -> Mapping[str, StaticFile]:
    """Every file by its name. A module names the versions of those it imports, so that each is loaded once."""
    found: dict[str, StaticFile] = {}
    for path in sorted(_FOLDER.iterdir()):
        if path.suffix in _MEDIA_TYPES:
            _read(path.name, found, ())
    return found


def address(name: str) -> str:
    """Where a file is, in this version."""
    return f"/static/{name}?v={static_files()[name].version}"


def add_static_files(service: FastAPI) -> None:
    """Add the route."""
    static_files()
    service.get("/static/{name}", include_in_schema=False)(static_file)


async def static_file(request: Request, name: str, v: str | None = None) -> Response:
    """A file; for ever under the name with its version, else to be asked for again."""
    found = static_files().get(name)
    if found is None:
        raise HTTPException(404)
    caching = UNCHANGING if v == found.version else ASKED_AGAIN
    headers = {"cache-control": caching.decode(), "etag": f'"{found.version}"'}
    if request.headers.get("if-none-match") == headers["etag"]:
        return Response(status_code=304, headers=headers)
    return Response(found.content, headers={**headers, "content-type": found.media_type})


def _read(name: str, found: dict[str, StaticFile], within: tuple[str, ...]) -> StaticFile:
    if name in found:
        return found[name]
    if name in within:
        raise ValueError(f"scripts import each other in a circle: {within}")
    path = _FOLDER / name
    content = path.read_bytes()
    if path.suffix == ".js":

        def versioned(match: re.Match[str]) -> str:
            return f"{match[0]}?v={_read(match[0], found, (*within, name)).version}"

        content = _IMPORT.sub(versioned, content.decode("utf-8")).encode()
    version = hashlib.sha256(content).hexdigest()[:16]
    found[name] = StaticFile(content, _MEDIA_TYPES[path.suffix], version)
    return found[name]
