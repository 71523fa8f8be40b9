"""A table that is sent comes back as the library screens it, and is the site's own."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import re
import shutil
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import openpyxl
import polars
import pytest
from fastapi.testclient import TestClient

from api.access import ROUTES
from api.app import create_app
from api.batches.errors import BatchRequestError
from api.batches.room import Room
from api.batches.store import Store
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
    send,
    service,
    table,
    until,
)
from tests.api.conftest import client_of
from tests.api.door import identities as who


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[TestClient]:
    with service(folder, batch_uploads=8) as client:
        yield client


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


# Sending ---------------------------------------------------------------------------------------


def test_the_same_request_under_one_key_is_one_batch(client: TestClient) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: send(client, table(3), key="k1"), range(3)))
    other = send(client, table(4), key="k1")
    also_other = send(client, table(3), key="k1", verdicts_only=True)

    assert {each.status_code for each in answers} == {202}
    [batch] = {each.json()["id"] for each in answers}
    assert {each.headers["location"] for each in answers} == {f"/v1/batches/{batch}"}
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")
    assert also_other.status_code == 409


@pytest.mark.parametrize("key", ["with space", "k" * 129, "é"])
def test_a_batchs_key_is_written_like_any_other(client: TestClient, key: str) -> None:
    headers = [(b"Idempotency-Key", key.encode())]
    answer = client.post("/v1/batches", files={"table": table(1)}, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (422, "parameters_invalid")


def test_two_keys_for_a_batch_are_none(client: TestClient) -> None:
    headers = [("Idempotency-Key", "a"), ("Idempotency-Key", "b")]
    answer = client.post("/v1/batches", files={"table": table(1)}, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_twice")


def multipart(*parts: tuple[bytes, bytes], end: bytes = b"--X--\r\n") -> bytes:
    written = [
        b"--X\r\nContent-Disposition: form-data; name=" + name + b"\r\n\r\n" + content + b"\r\n"
        for name, content in parts
    ]
    return b"".join(written) + end


GOOD = (b'"table"; filename="t.csv"', table(1))
REFUSED: dict[str, tuple[bytes, int, str]] = {
    "no table": (multipart((b'"mapping"', b"id: a")), 422, "table_missing"),
    "nothing at all": (b"", 400, "upload_cut_off"),
    "an empty table": (multipart((b'"table"', b"")), 422, "table_empty"),
    "two tables": (multipart(GOOD, GOOD), 422, "part_twice"),
    "another part": (multipart(GOOD, (b'"Zaphodia"', b"1")), 422, "unknown_part"),
    "a part without name": (multipart((b"", b"1")), 422, "unknown_part"),
    "no last boundary": (multipart(GOOD, end=b""), 400, "upload_cut_off"),
    "cut off in the table": (multipart(GOOD)[:90], 400, "upload_cut_off"),
    "no multipart": (b"{}", 400, "upload_unreadable"),
    "a long header": (b"--X\r\nA: " + b"a" * 9_000, 400, "upload_unreadable"),
    "a long sheet": (multipart((b'"sheet"', b"a" * 500), GOOD), 422, "sheet_unreadable"),
    "no text as sheet": (multipart((b'"sheet"', b"\xff"), GOOD), 422, "sheet_unreadable"),
    "a bad mapping": (multipart((b'"mapping"', b"colums: {}\n"), GOOD), 422, "missing_key"),
    "no mapping": (multipart((b'"mapping"', b"{"), GOOD), 422, "yaml"),
    "a large mapping": (multipart((b'"mapping"', b"#" * 1_000_001), GOOD), 413, "mapping_too_large"),
    "joins": (
        multipart(
            (b'"mapping"', b"id: a\njoins:\n- {table: b.csv, key: a, items: treatments}\n"), GOOD
        ),
        422,
        "joins_not_possible",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("body", "status", "code"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_table_is_refused_and_leaves_nothing(
    client: TestClient, folder: Path, body: bytes, status: int, code: str
) -> None:
    before = client.get("/v1/batches", params={"limit": 1}).json()["batches"]
    answer = client.post(
        "/v1/batches", content=body, headers={"Content-Type": "multipart/form-data; boundary=X"}
    )

    assert answer.status_code == status, answer.text
    if code not in ("missing_key", "yaml"):  # the library's own word
        assert answer.json()["code"] == code
    assert "Zaphodia" not in answer.text
    assert list((folder / "batches" / "uploads").iterdir()) == []
    assert [b["id"] for b in client.get("/v1/batches", params={"limit": 1}).json()["batches"]] == [
        b["id"] for b in before
    ]


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("application/json", 415, "not_multipart"),
        ("", 415, "not_multipart"),
        ("multipart/form-data", 400, "upload_unreadable"),
        ("multipart/form-data; boundary=" + "b" * 300, 400, "upload_unreadable"),
    ],
)
def test_a_body_of_another_kind(client: TestClient, kind: str, status: int, code: str) -> None:
    answer = client.post("/v1/batches", content=multipart(GOOD), headers={"Content-Type": kind})

    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"trial": "NCT00000000"}, 404),
        ({"profile": "nobody"}, 404),
        ({"as_of": "yesterday"}, 422),
        ({"planned_start": "2026-13-01"}, 422),
        ({"planned_start": "day 3"}, 422),
        ({"encoding": "ebcdic"}, 422),
        ({"format": "pdf"}, 422),
        ({"reading": "x"}, 422),
        ({"site": "berlin"}, 404),
    ],
)
def test_a_choice_that_there_is_not(client: TestClient, asked: dict[str, str], status: int) -> None:
    assert send(client, table(1), **asked).status_code == status


def test_a_name_is_shown_and_used_for_nothing(client: TestClient) -> None:
    part = b'"table"; filename="../../etc/Jane\x07 Doe.csv"', table(1)
    kind = {"Content-Type": "multipart/form-data; boundary=X"}
    sent = client.post("/v1/batches", content=multipart(part), headers=kind, params=AS_OF)

    assert sent.json()["name"] == "Jane Doe.csv"


def test_a_table_that_cannot_be_read_says_why(client: TestClient) -> None:
    shown = until(client, send(client, b"\x00\x01\x02").json()["id"], "failed")

    assert shown["problem"]["code"]
    assert shown["result"] is None
    assert client.get(f"/v1/batches/{shown['id']}/results").status_code == 409


def test_pages_go_through_all_batches_once(client: TestClient) -> None:
    sent = {send(client, table(1)).json()["id"] for _ in range(3)}
    ids, before = [], None
    while True:
        asked = {"limit": 2, **({"before": before} if before else {})}
        page = client.get("/v1/batches", params=asked).json()
        ids += [each["id"] for each in page["batches"]]
        before = page["next"]
        if before is None:
            break

    assert len(ids) == len(set(ids)) > 2
    assert set(ids) >= sent
    assert ids == sorted(ids, reverse=True)
    assert client.get("/v1/batches", params={"before": "x"}).status_code == 422


def test_more_than_may_wait_or_come_is_told_so(tmp_path: Path) -> None:
    limits = {"batch_max_waiting": 1, "batch_max_bytes": 30_000, "batch_processes": 1}
    with service(tmp_path, **limits) as client:
        large = send(client, b"x" * 40_000)
        first = send(client, table(800, slow=True))
        second = send(client, table(1))
        client.post(f"/v1/batches/{first.json()['id']}/cancel")

    assert (large.status_code, large.json()["code"]) == (413, "body_too_large")
    assert first.status_code == 202
    assert (second.status_code, second.json()["code"]) == (503, "too_many_batches")
    assert int(second.headers["retry-after"]) > 0


def test_one_site_takes_no_more_than_half_of_the_room(tmp_path: Path) -> None:
    settings = who.settings_with_both(tmp_path, batch_max_waiting=2, batch_processes=1)
    store = who.store_of(settings)
    mine, theirs = (
        who.bearer(who.key(store, sites=(site,))) for site in (who.SITE, who.OTHER_SITE)
    )
    with client_of(create_app(settings)) as client:

        def sent(headers: dict[str, str]) -> tuple[int, str]:
            files = {"table": ("t.csv", table(800, slow=True))}
            answer = client.post("/v1/batches", params=AS_OF, files=files, headers=headers)
            return answer.status_code, answer.json().get("code", "")

        found = [sent(each) for each in (mine, mine, theirs, theirs)]

    assert found == [(202, ""), (503, "too_many_batches")] * 2


def chunks(content: bytes) -> Iterator[bytes]:
    """A body whose length is not announced."""
    for at in range(0, len(content), 1 << 16):
        yield content[at : at + (1 << 16)]


def test_the_last_room_on_the_disk_is_not_for_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = {"Content-Type": "multipart/form-data; boundary=X"}
    body = multipart((b'"table"', b"x" * (9 << 20)))
    free = shutil.disk_usage(tmp_path)
    with service(tmp_path, disk_reserve_bytes=1000) as client:

        def sent(bytes_free: list[int], content: Any) -> tuple[int, str]:
            found = iter(bytes_free)
            monkeypatch.setattr(
                shutil, "disk_usage", lambda _: free._replace(free=next(found, bytes_free[-1]))
            )
            answer = client.post("/v1/batches", content=content, headers=kind, params=AS_OF)
            return answer.status_code, answer.json().get("code", "")

        refused = [
            sent([999], multipart(GOOD)),
            sent([len(body) + 999], body),
            sent([1000, 999], chunks(body)),
        ]
        assert list((tmp_path / "batches" / "uploads").iterdir()) == []
        assert client.get("/v1/batches").json()["batches"] == []
        taken = sent([len(body) + 1000, 1000], body)

    assert refused == [(507, "disk_reserve")] * 3
    assert taken == (202, "")


def test_a_site_keeps_no_more_than_it_may(tmp_path: Path) -> None:
    content = table(200)
    with service(tmp_path, batch_site_bytes=len(content) + 3_000) as client:
        first = done_or_failed(client, content)
        kind = {"Content-Type": "multipart/form-data; boundary=X"}
        second = [
            send(client, content),
            client.post("/v1/batches", content=chunks(multipart((b'"table"', content))),
                        headers=kind, params=AS_OF),
        ]  # fmt: skip
        client.delete(f"/v1/batches/{first}")
        third = send(client, content)

    assert [(each.status_code, each.json()["code"]) for each in second] == [(507, "site_quota")] * 2
    assert third.status_code == 202


def done_or_failed(client: TestClient, content: bytes) -> str:
    batch = str(send(client, content).json()["id"])
    until(client, batch, "done", "failed")
    return batch


def test_who_uploads_leaves_places_to_other_sites(tmp_path: Path) -> None:
    async def asked() -> list[bool]:
        settings = who.settings_with_both(tmp_path, batch_uploads=4)
        store = Store(tmp_path)
        store.prepare()
        room = Room(settings, store, asyncio.Semaphore(4))
        async with AsyncExitStack() as held:
            found = []
            for site in ("berlin", "berlin", "berlin", "basel", "basel", "lyon"):
                try:
                    await held.enter_async_context(room.for_upload(site))
                except BatchRequestError:
                    found.append(False)
                else:
                    found.append(True)
        async with room.for_upload("lyon"):
            return found

    assert asyncio.run(asked()) == [True, True, False, True, True, False]


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
