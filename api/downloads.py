"""A file as an answer: whole or one part of it, never cached, and gone without noise if it is removed meanwhile."""

from __future__ import annotations

import re
from pathlib import Path

from starlette.responses import FileResponse
from starlette.types import Receive, Scope, Send

from api.guard import Refusal, not_visible
from api.headers import POLICY, REPORT_POLICY
from api.problems import Problem

_RANGE = re.compile(rb"bytes=(\d{1,18})-(\d{0,18})|bytes=-(\d{1,18})")
_KINDS = {
    ".csv": "text/csv; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ics": "text/calendar; charset=utf-8",
    ".json": "application/json",
    ".parquet": "application/vnd.apache.parquet",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}
_SHOWN = frozenset({".html", ".png", ".svg"})


class Download(FileResponse):
    """Answers with a file under the name it is to be saved by."""

    def __init__(self, path: Path, name: str) -> None:
        ending = path.suffix
        super().__init__(
            path,
            media_type=_KINDS.get(ending, "application/octet-stream"),
            filename=name,
            content_disposition_type="inline" if ending in _SHOWN else "attachment",
            headers={POLICY.decode(): REPORT_POLICY.decode()},
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request."""
        try:
            size = Path(self.path).stat().st_size
            await super().__call__(_with_one_range(scope, size), receive, send)
        except (FileNotFoundError, RuntimeError):
            if Path(self.path).exists():
                raise
            await not_visible().response()(scope, receive, send)


def _with_one_range(scope: Scope, size: int) -> Scope:
    """The request with a range that can be answered, or with none: what is not understood asks for the whole."""
    given = [value for name, value in scope["headers"] if name == b"range"]
    if not given:
        return scope
    match = _RANGE.fullmatch(given[0]) if len(given) == 1 else None
    if match is not None and _is_there(match, size):
        return scope
    if match is not None and not any(name == b"if-range" for name, _ in scope["headers"]):
        title = "the file has no such bytes"
        headers = {"content-range": f"bytes */{size}"}
        raise Refusal(Problem(416, "range_not_there", title, headers=headers))
    kept = [(name, value) for name, value in scope["headers"] if name != b"range"]
    return {**scope, "headers": kept}


def _is_there(match: re.Match[bytes], size: int) -> bool:
    if match[3] is not None:
        return int(match[3]) > 0 and size > 0
    return int(match[1]) < size and (not match[2] or int(match[1]) <= int(match[2]))
