"""Requests made from the service's own description: each answer is one that the description announces."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as how_often
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.access import ROUTES
from api.app import create_app
from api.settings import Settings
from tests.api.batches.sending import send, table, until
from tests.api.door.server import Server, running

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
EXAMPLES, MANY = 6, 1000
LIMITS = {
    "REQUESTS_PER_SECOND": 100_000, "REQUEST_BURST": 100_000, "BATCH_MAX_WAITING": 100_000,
    "BATCH_PROCESSES": 1, "BATCH_MAX_BYTES": 1_000_000,
}  # fmt: skip


def described() -> dict[str, Any]:
    """The description of the service as it stands."""
    return create_app(Settings(data_folder=Path("never-opened"))).openapi()


SCHEMA = schemathesis.openapi.from_dict(described())
OPERATIONS = {found.ok().label: found.ok() for found in SCHEMA.get_all_operations()}


@dataclass
class Asked:
    """A running service with a batch that is done."""

    server: Server
    batch: str
    turn: Iterator[int] = field(default_factory=lambda: iter(range(10**9)))

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    with running(tmp_path_factory.mktemp("described"), **LIMITS) as server:
        with httpx2.Client(base_url=f"http://127.0.0.1:{server.port}", timeout=30) as client:
            batch = send(client, table(10)).json()["id"]
            until(client, batch, "done")
        yield Asked(server, batch)
        faults = [line for line in server.lines() if line["event"] in ("fault", "batches_failed")]
        assert faults == []


def check(asked: Asked, operation: Any, mode: GenerationMode, examples: int) -> None:
    """Ask so often, and check every answer against the description."""
    limits = how_often(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )

    @seed(4)
    @limits
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        number = next(asked.turn)
        if number % 2 and "batch" in case.path_parameters and operation.method != "delete":
            case.path_parameters["batch"] = asked.batch
        answer = case.call(base_url=asked.address, timeout=60)
        case.validate_response(answer, checks=CHECKS)

    with suppress(Unsatisfiable):  # no request of this kind can be made where nothing can be wrong
        ask()


MODES = {"as described": GenerationMode.POSITIVE, "otherwise": GenerationMode.NEGATIVE}


every_operation = pytest.mark.parametrize(
    ("label", "mode"), [(label, mode) for label in OPERATIONS for mode in MODES]
)


@every_operation
def test_every_answer_is_one_that_is_described(asked: Asked, label: str, mode: str) -> None:
    check(asked, OPERATIONS[label], MODES[mode], EXAMPLES)


@pytest.mark.deep
@every_operation
def test_every_answer_of_many_is_one_that_is_described(asked: Asked, label: str, mode: str) -> None:
    check(asked, OPERATIONS[label], MODES[mode], MANY)


def test_the_operations_are_those_of_the_service() -> None:
    described = {f"{row.method} {row.path}" for row in ROUTES if not row.is_page}

    assert described == {*OPERATIONS, "GET /openapi.json"}
