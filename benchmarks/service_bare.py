#!/usr/bin/env python
"""The bare endpoint that the service is measured beside: validates the body, returns a finished response.

Usage: benchmarks/service_bare.py PORT BYTES WORKERS
"""

from __future__ import annotations

import asyncio
import os
import sys

import uvicorn
from fastapi import FastAPI
from fastapi.responses import Response
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.protocol import send_at_once
from eligibility.patient.record import PatientRecord


class Prompt(HttpToolsProtocol):
    """Sends at once, as ours does: else uvicorn with several workers would wait 40 ms for each acknowledgement."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        send_at_once(transport)


ANSWER = b"x" * int(os.environ.get("BARE_BYTES", "0"))
app = FastAPI()


@app.post("/v1/screenings")
async def bare(record: PatientRecord) -> Response:
    return Response(ANSWER, media_type="application/json")


if __name__ == "__main__":
    os.environ["BARE_BYTES"] = sys.argv[2]
    sys.path.insert(0, os.path.dirname(__file__))  # noqa: PTH120 - as the import system has it
    uvicorn.run(
        "service_bare:app",
        port=int(sys.argv[1]),
        workers=int(sys.argv[3]),
        http=Prompt,
        access_log=False,
        log_level="error",
    )
