"""The image and the compose file say what they promise; whether they run is shown where containers can."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from api.settings import load_settings
from api.words import Identity

ROOT = Path(__file__).resolve().parents[3]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["service", "upgrade", "role", "database"])
def test_a_container_has_no_more_rights_than_it_needs(name: str) -> None:
    service = COMPOSE["services"][name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert int(service["user"].split(":")[0]) > 0
    assert {"mem_limit", "pids_limit"} <= set(service)
    assert not service.get("privileged")


def test_the_settings_of_the_compose_file_start_a_service_with_identity() -> None:
    environment = {
        name: re.sub(r"\$\{\w+:-(.*)\}", r"\1", str(value))
        for name, value in COMPOSE["services"]["service"]["environment"].items()
    }

    settings = load_settings(environment)

    assert settings.identity == (Identity.KEYS,)
    assert settings.database_url is None, "the password stands in a file"
    assert settings.log_database is None, "the password stands in a file"


def test_the_owner_upgrades_the_log_and_the_service_only_adds_to_it() -> None:
    service, upgrade, role = (COMPOSE["services"][name] for name in ("service", "upgrade", "role"))
    used = load_settings({k: v for k, v in service["environment"].items() if "_LOG_" in k})
    owned = load_settings(upgrade["environment"])

    assert used.log_database_file == Path("/run/secrets/database_url")
    assert owned.log_database_file == owned.database_url_file == Path("/run/secrets/owner_url")
    assert used.log_key_file == owned.log_key_file
    # A key made before the service has ever started is the first entry: without a checkpoint no start would follow.
    assert used.log_checkpoints == owned.log_checkpoints
    assert set(upgrade["volumes"]) <= set(service["volumes"])
    assert upgrade["image"] == service["image"]
    assert {"owner_url", "database_password"}.isdisjoint(service["secrets"])
    ended = {"condition": "service_completed_successfully"}
    assert (service["depends_on"]["role"], role["depends_on"]["upgrade"]) == (ended, ended)


def test_patients_tables_and_checkpoints_lie_in_volumes_of_their_own() -> None:
    service = COMPOSE["services"]["service"]
    places = dict(volume.split(":") for volume in service["volumes"])

    assert set(places) == {"data", "checkpoints"}
    assert f"ELIGIBILITY_DATA_FOLDER={places['data']}\n" in DOCKERFILE
    checkpoints = Path(service["environment"]["ELIGIBILITY_LOG_CHECKPOINTS"])
    assert checkpoints.parent == Path(places["checkpoints"])
    assert f"    {places['data']} {places['checkpoints']}\n" in DOCKERFILE
    assert set(COMPOSE["volumes"]) == {"database", "data", "checkpoints"}


def test_no_secret_stands_in_the_compose_file_and_every_one_used_is_declared() -> None:
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    used = {name for each in COMPOSE["services"].values() for name in each["secrets"]}

    assert used == set(COMPOSE["secrets"])
    assert re.findall(r"(?i)password: *[^\s{/]+|://\w+:\w+@", text) == []


def test_the_database_is_reached_from_inside_only() -> None:
    assert "ports" not in COMPOSE["services"]["database"]
    assert COMPOSE["services"]["database"]["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert all(each.startswith("127.0.0.1:") for each in COMPOSE["services"]["service"]["ports"])


def test_the_image_runs_the_guarded_server_as_nobody_in_particular() -> None:
    last_stage = DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :]

    assert re.search(r"^USER [1-9]\d+:[1-9]\d+$", last_stage, re.MULTILINE)
    assert re.search(r"^HEALTHCHECK .*", last_stage, re.MULTILINE)
    assert re.findall(r"^CMD (.*)$", last_stage, re.MULTILINE) == ['["eligibility-serve"]']
    assert "/health" in last_stage
    assert not re.search(r"^ADD |sudo|latest", DOCKERFILE, re.MULTILINE)
