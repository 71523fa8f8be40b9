"""Tables as they are sent: what is no table, no name or no key is refused and leaves nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.api.batches.sending import AS_OF, GOOD, multipart, send, table, until


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
