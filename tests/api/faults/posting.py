"""Requests as bytes, and their answers as they come over a connection."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from eligibility.intake.template import example_profile

PATH = "/v1/screenings?as_of=2026-11-21&planned_start=2026-12-01&profile=atezolizumab_p1"


def patient(key: str) -> dict[str, Any]:
    """The patient that a key is always sent with."""
    return {**example_profile(), "screening_id": f"S-{key}"}


def request_of(profile: object, key: str) -> bytes:
    """A whole request."""
    body = json.dumps(profile).encode()
    head = (
        f"POST {PATH} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
        f"idempotency-key: {key}\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection that is closed in any case, also where the server has gone."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def answer_to(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Status and body, both whole; IncompleteReadError if the server has gone before."""
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("latin-1").lower().split("\r\n")
    length = next(line for line in lines if line.startswith("content-length:")).split(":")[1]
    return int(lines[0].split(" ")[1]), await reader.readexactly(int(length))
