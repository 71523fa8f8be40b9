"""The exports of the screening log over HTTP: whole, one site's, without screening ids."""

from __future__ import annotations

import csv
import io

from api.words import Role
from tests.api.callers import MALE, PATIENT, Caller


def test_the_exported_log_has_every_entry_of_the_site_and_no_screening_id(
    callers: dict[str, Caller],
) -> None:
    here = callers[Role.COORDINATOR]
    own = {here.screens(PATIENT), here.screens(MALE)}
    other = callers["abroad"].screens(PATIENT)

    answer = here.get("/v1/log/export.csv")

    rows = list(csv.DictReader(io.StringIO(answer.text)))
    found = [int(row["number"]) for row in rows]
    assert answer.headers["content-disposition"] == 'attachment; filename="screening-log.csv"'
    assert found == sorted(found)
    assert own <= set(found)
    assert other not in found
    assert "S-100" not in answer.text


def test_the_datasets_of_sdtm_are_exported(callers: dict[str, Caller]) -> None:
    abroad = callers["abroad"]
    abroad.screens(MALE)

    ti = list(csv.DictReader(io.StringIO(abroad.get("/v1/log/export/ti.csv").text)))
    ie = list(csv.DictReader(io.StringIO(abroad.get("/v1/log/export/ie.csv").text)))

    assert len(ti) == 17
    assert [(row["DOMAIN"], row["IETESTCD"], row["IEORRES"]) for row in ie] == [
        ("IE", "INCL08", "N")
    ]


def test_a_long_export_is_whole_and_a_dataset_with_a_gap_is_a_problem(
    callers: dict[str, Caller],
) -> None:
    lyon = callers["lyon"]
    log = lyon._client.app.state.log_keeper.log  # type: ignore[attr-defined]
    from tests.log.drafts import decision  # noqa: PLC0415 - beside its only use

    # At a site of their own, where they are in nobody's way.
    futures = [log.submit(decision(number, site="lyon")) for number in range(1500)]
    last = futures[-1].result().entry.sequence

    rows = lyon.get("/v1/log/export.csv").text.splitlines()

    assert len(rows) > 1500
    assert int(rows[-1].split(",")[0]) == last
    # Those entries were decided by criteria that nobody has any more.
    failures = lyon.get("/v1/log/export/ie.csv")
    assert (failures.status_code, failures.json()["code"]) == (409, "criteria_version_missing")
