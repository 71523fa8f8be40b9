"""What the operator's machinery asks: is the service up, is it ready, how is it doing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping

from fastapi import FastAPI
from fastapi.responses import Response

from api.answers.operation import HealthAnswer, ReadyAnswer
from api.answers.problems import FaultAnswer
from api.description import done
from api.logs import log
from api.metrics import MEDIA_TYPE, Metrics
from api.problems import PROBLEM_RESPONSES, PUBLIC_RESPONSES, Problem
from api.security.authenticator import Authenticator
from eligibility.version import ENGINE_VERSION

Check = Callable[[], Awaitable[object]]
_CHECK_SECONDS = 2.0
_KEPT_SECONDS = 1.0


class Readiness:
    """Asks what the service depends on whether it answers; once a second, however often it is asked."""

    def __init__(self, checks: Mapping[str, Check]) -> None:
        self._checks = checks
        self._asked_at = float("-inf")
        self._failing: list[str] = []
        self._turn = asyncio.Lock()

    async def failing(self) -> list[str]:
        """The names of the checks that fail."""
        async with self._turn:
            if time.monotonic() - self._asked_at >= _KEPT_SECONDS:
                found = await asyncio.gather(*map(self._fails, self._checks))
                self._failing = [
                    name for name, fails in zip(self._checks, found, strict=True) if fails
                ]
                self._asked_at = time.monotonic()
        return self._failing

    async def _fails(self, name: str) -> bool:
        try:
            async with asyncio.timeout(_CHECK_SECONDS):
                await self._checks[name]()
        except Exception as error:  # whatever it is, the service is not ready
            log("not_ready", check=name, error=type(error).__name__)
            return True
        return False


def checks_of(authenticator: Authenticator) -> dict[str, Check]:
    """What letting people in depends on."""
    reader = authenticator.keys
    if reader is None:
        return {}
    return {"keys": reader.check}


def add_operation(service: FastAPI, *, metrics: Metrics, readiness: Readiness) -> None:
    """Add the routes."""

    @service.get(
        "/health",
        summary="Is the service up?",
        response_model=None,
        responses={**PUBLIC_RESPONSES, **done(HealthAnswer)},
    )
    async def health() -> HealthAnswer:
        return {"status": "up", "engine_version": ENGINE_VERSION}

    @service.get(
        "/ready",
        summary="Can the service do its work?",
        responses={**PUBLIC_RESPONSES, **done(ReadyAnswer)},
    )
    async def ready() -> Response:
        """Ready once what it depends on answers; else 503 with the names of what does not."""
        failing = await readiness.failing()
        if not failing:
            return Response('{"status":"ready"}', media_type="application/json")
        faults: list[FaultAnswer] = [
            {"path": name, "code": "check_failed", "message": "it does not answer", "hint": None}
            for name in failing
        ]
        title = "something that the service needs does not answer"
        headers = {"retry-after": "5"}
        return Problem(503, "not_ready", title, faults=faults, headers=headers).response()

    @service.get(
        "/metrics",
        summary="Counts and times for Prometheus",
        response_class=Response,
        responses={
            **PROBLEM_RESPONSES,
            200: {"description": "Prometheus text", "content": {"text/plain": {}}},
        },
    )
    def page() -> Response:
        return Response(metrics.page(), headers={"content-type": MEDIA_TYPE})
