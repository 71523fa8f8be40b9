"""A table that is sent comes back as the library screens it, and is the site's own."""

from __future__ import annotations

import gzip
import io
import json
import re
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import openpyxl
import polars
import pytest
from fastapi.testclient import TestClient

from api.access import ROUTES
from api.app import create_app
from api.log.entry import Kind
from api.log.reading import Search
from api.log.verify import verify
from api.log_place import open_screening_log, place_of
from api.settings import Settings
from tests.api.batches.sending import (
    AS_OF,
    by_the_library,
    done,
    fetched,
    table,
)
from tests.api.conftest import client_of
from tests.api.door import identities as who


def excel() -> bytes:
    book = openpyxl.Workbook()
    book.create_sheet("Patients")
    for row in table(10).decode().splitlines():
        book["Patients"].append(row.split(","))
    book["Sheet"].append(["nothing"])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def parquet() -> bytes:
    stream = io.BytesIO()
    polars.read_csv(table(10)).write_parquet(stream)
    return stream.getvalue()


KINDS: dict[str, tuple[bytes, dict[str, Any], dict[str, Any]]] = {
    "CSV": (table(30), {"profile": "atezolizumab_p1", "planned_start": "2026-12-01"}, {}),
    "cp1252": (table(10) + "Sé,female,54,0,breast\n".encode("cp1252"), {"encoding": "cp1252"}, {}),
    "Parquet to Parquet": (parquet(), {"format": "parquet"}, {"results_format": "parquet"}),
    "Excel": (excel(), {"sheet": "Patients"}, {}),
    "JSON lines": (b'{"screening_id": "S-1", "sex": "male"}\n{"sex": 3}\n', {}, {}),
    "gzip": (gzip.compress(table(10)), {"verdicts_only": True}, {}),
}


@pytest.fixture(scope="module")
def results(client: TestClient) -> dict[str, dict[str, Any]]:
    """All kinds at once, as a site would send them."""
    with ThreadPoolExecutor(len(KINDS)) as pool:
        found = pool.map(lambda kind: done(client, kind[0], **kind[1]), KINDS.values())
        return dict(zip(KINDS, found, strict=True))


@pytest.mark.parametrize("kind", KINDS)
def test_every_file_is_the_librarys_byte_for_byte(
    client: TestClient, results: dict[str, dict[str, Any]], tmp_path: Path, kind: str
) -> None:
    content, asked, other = KINDS[kind]
    asked = {**{k: v for k, v in asked.items() if k != "format"}, **other}

    assert fetched(client, results[kind]) == by_the_library(tmp_path / "own", content, **asked)


def test_a_batch_says_what_came_out(client: TestClient, results: dict[str, dict[str, Any]]) -> None:
    shown = results["CSV"]
    summary = client.get(f"/v1/batches/{shown['id']}/summary").json()

    assert shown["result"]["decisions"] == summary["decisions"]
    assert shown["result"]["rows"] == summary["rows"] == 30
    assert shown["table"]["sha256"] == summary["table_sha256"]
    assert (shown["name"], shown["profile"]) == ("table.csv", "atezolizumab_p1")


def test_the_named_results_are_those_of_the_list(
    client: TestClient, results: dict[str, dict[str, Any]]
) -> None:
    for shown in results.values():
        files = fetched(client, shown)
        for part, name in (("results", shown["result"]["results"]), ("rejected", "rejected.csv"),
                           ("report", "report.html"), ("summary", "summary.json")):  # fmt: skip
            answer = client.get(f"/v1/batches/{shown['id']}/{part}")
            assert answer.content == files[name]
            assert name in answer.headers["content-disposition"]


def test_a_part_of_a_file_can_be_fetched(
    client: TestClient, results: dict[str, dict[str, Any]]
) -> None:
    path = f"/v1/batches/{results['CSV']['id']}/results"
    whole = client.get(path)

    part = client.get(path, headers={"Range": "bytes=5-14", "If-Range": whole.headers["etag"]})
    beyond = client.get(path, headers={"Range": "bytes=99999999-"})
    odd = [client.get(path, headers={"Range": r}) for r in ("bytes=9-2", "bytes=-0")]
    unread = client.get(path, headers={"Range": "lines=1-2, x"})

    assert (part.status_code, part.content) == (206, whole.content[5:15])
    assert {each.status_code for each in (beyond, *odd)} == {416}
    assert beyond.json()["code"] == "range_not_there"
    assert (unread.status_code, unread.content) == (200, whole.content)


def test_the_report_may_show_and_nothing_more(
    client: TestClient, results: dict[str, dict[str, Any]]
) -> None:
    answer = client.get(f"/v1/batches/{results['CSV']['id']}/report")
    policy = answer.headers["content-security-policy"]

    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script" not in policy
    assert answer.headers["content-disposition"].startswith("inline")
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "name", ["batch.json", "table", "..%2Ftable", "figures", "%2e%2e", "x" * 200]
)
def test_only_what_the_run_made_is_given_out(
    client: TestClient, results: dict[str, dict[str, Any]], name: str
) -> None:
    assert client.get(f"/v1/batches/{results['CSV']['id']}/files/{name}").status_code in (404, 422)


def test_everything_on_disk_is_for_the_service_alone(
    folder: Path, results: dict[str, dict[str, Any]]
) -> None:
    there = [folder / "batches", *(folder / "batches").rglob("*")]

    assert len(there) > 50
    wrong = [p for p in there if stat.S_IMODE(p.stat().st_mode) != (0o700 if p.is_dir() else 0o600)]
    assert wrong == []
    assert [p for p in there if "table.csv" in p.name] == []


def test_a_batch_has_one_entry_in_the_log_and_no_patient_in_it(
    folder: Path, client: TestClient, results: dict[str, dict[str, Any]]
) -> None:
    log = open_screening_log(Settings(data_folder=folder))
    try:
        found = log.reader.search(Search(("local",), kind=Kind.BATCH), limit=500).entries
    finally:
        log.close()
    for shown in results.values():
        [entry] = [each for each in found if shown["id"] in str(each.detail)]
        detail = json.loads(str(entry.detail))
        assert entry.sequence == shown["result"]["entry"]["sequence"]
        assert entry.input_hash == shown["table"]["sha256"]
        assert detail["results_hash"] == shown["result"]["results_sha256"]
        assert (entry.trial, entry.rules_hash) == ("NCT06731140", shown["result"]["rules_hash"])
        assert (
            detail["rejected"] + detail["eligible"] + detail["ineligible"] + detail["undetermined"]
            == detail["rows"]
        )
        assert re.search(r"S-\d|table\.csv", str(entry)) is None


def test_another_sites_batch_is_not_there(tmp_path: Path) -> None:
    settings = who.settings_with_both(tmp_path)
    store = who.store_of(settings)
    mine, theirs, both = (
        {"Authorization": f"Bearer {who.key(store, sites=sites)}"}
        for sites in ((who.SITE,), (who.OTHER_SITE,), (who.SITE, who.OTHER_SITE))
    )
    with client_of(create_app(settings)) as client:
        files = {"table": ("t.csv", table(1))}
        batch = client.post("/v1/batches", params=AS_OF, files=files, headers=mine).json()["id"]
        absent = client.get(f"/v1/batches/{'0' * 44}", headers=theirs)
        for route in [r for r in ROUTES if "{batch}" in r.path and not r.is_page]:
            path = route.path.format(batch=batch, name="results.csv")
            answer = client.request(route.method, path, headers=theirs)
            assert (answer.status_code, answer.text) == (404, absent.text), route
        assert client.get("/v1/batches", headers=theirs).json()["batches"] == []
        one = {"site": who.OTHER_SITE}
        assert client.get(f"/v1/batches/{batch}", params=one, headers=both).status_code == 404
        one = {"site": who.SITE}
        assert client.get(f"/v1/batches/{batch}", params=one, headers=both).status_code == 200


def test_the_log_with_its_batches_is_whole(
    folder: Path, results: dict[str, dict[str, Any]]
) -> None:
    place = place_of(Settings(data_folder=folder))
    log = open_screening_log(Settings(data_folder=folder))
    try:
        found = verify(log.database, place.key(), checkpoints=None)
    finally:
        log.close()

    assert found.entries >= len(results)
    assert found.is_intact, found.faults
