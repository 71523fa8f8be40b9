"""No way around the access table: other methods, and paths that are spelled otherwise."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from api.access import AccessTable
from api.app import create_app
from api.settings import Settings
from api.words import Role
from eligibility.intake.template import example_profile
from tests.api.conftest import client_of
from tests.api.door import identities as who


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return who.settings_with_both(tmp_path_factory.mktemp("identity"))


@pytest.fixture(scope="module")
def client(settings: Settings) -> Iterator[TestClient]:
    with client_of(create_app(settings)) as client:
        yield client


@pytest.fixture(scope="module")
def reader(settings: Settings) -> dict[str, str]:
    """The header of somebody who may read."""
    return who.bearer(who.key(who.store_of(settings), Role.READER))


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "PATCH", "BREW"])
@pytest.mark.parametrize("path", ["/health", "/v1/trials", "/v1/trials/NCT06731140"])
def test_other_methods_are_refused_before_and_after_the_door(
    client: TestClient,
    reader: dict[str, str],
    method: str,
    path: str,
) -> None:
    known = client.request(method, path, headers=reader)

    assert client.request(method, path).status_code == 401
    assert (known.status_code, known.headers["allow"]) == (405, "GET")


@pytest.mark.parametrize(
    "path",
    ["/v1/screenings%0A", "/metrics%0A", "/v1/screenings/", "//v1/screenings", "/v1//screenings",
     "/V1/screenings", "/v1/../v1/screenings", "/v1/screenings;x", "/v1/screenings%00"],
)  # fmt: skip
def test_a_path_spelled_otherwise_is_no_way_around_the_table(
    client: TestClient, reader: dict[str, str], path: str
) -> None:
    assert client.post(path, json=example_profile()).status_code in (401, 405)
    assert client.post(path, headers=reader, json={}).status_code in (
        403,
        404,
        405,
    )


def test_a_row_is_found_by_the_whole_path_only() -> None:
    table = AccessTable()

    assert table.row("GET", "/v1/trials/NCT1") is not None
    assert [table.row("GET", path) for path in ("/v1/trials/a/b", "/v1/trials/", "/metrics\n")] == [
        None
    ] * 3
