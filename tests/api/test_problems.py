"""Every request that cannot be answered gets one shape of problem, which repeats nothing of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

import api.decisions
from eligibility.intake.template import example_profile
from eligibility.patient.record import MAX_DOCUMENT_BYTES

CANARY = "Canary-Jane-Doe-1961"
DATES = {"as_of": "2026-11-21", "planned_start": "2026-12-01"}


def problem(answer: Response, status: int) -> dict[str, Any]:
    """The problem in an answer, once its shape is checked."""
    assert answer.headers["content-type"] == "application/problem+json"
    assert "canary" not in answer.text.lower()
    found: dict[str, Any] = answer.json()
    assert set(found) == {"type", "title", "status", "code", "hint", "faults"}
    assert found["status"] == answer.status_code == status
    assert found["title"]
    for fault in found["faults"]:
        assert set(fault) == {"path", "code", "message", "hint"}
    return found


def codes(found: dict[str, Any]) -> list[str]:
    return [fault["code"] for fault in found["faults"]]


BODIES: dict[str, tuple[bytes, int, str]] = {
    "nothing": (b"", 400, "json_unreadable"),
    "spaces": (b"   ", 400, "json_unreadable"),
    "text": (CANARY.encode(), 400, "json_unreadable"),
    "cut off": (b'{"ecog": ', 400, "json_unreadable"),
    "a trailing comma": (b'{"ecog": 1,}', 400, "json_unreadable"),
    "two documents": (b"{}{}", 400, "json_unreadable"),
    "a form": (b"ecog=1&sex=female", 400, "json_unreadable"),
    "Latin-1": ('{"sex": "fémale"}'.encode("latin-1"), 400, "encoding"),
    "gzip": (b"\x1f\x8b\x08\x00" + CANARY.encode(), 400, "encoding"),
    "null": (b"null", 422, "model_type"),
    "a list": (b"[]", 422, "model_type"),
    "a text in quotes": (f'"{CANARY}"'.encode(), 422, "model_type"),
    "NaN": (b'{"ecog": NaN}', 422, "not_finite"),
    "infinity": (b'{"labs": [{"test": "anc", "value": -Infinity}]}', 422, "not_finite"),
    "an overflow": (b'{"weight_kg": 1e999}', 422, "not_finite"),
    "5,000 digits": (b'{"ecog": ' + b"9" * 5000 + b"}", 422, "number_too_long"),
    "a key twice": (b'{"ecog": 1, "ecog": 2}', 422, "duplicate_key"),
    "deep nesting": (b"[" * 100_000, 422, "nested_too_deeply"),
    "half a surrogate": (b'{"allergies": [{"substance": "\\ud800"}]}', 422, "string_unicode"),
    "half a surrogate as a key": (b'{"\\ud800": 1}', 422, "string_unicode"),
    "an unknown field": (b'{"ecgo": 1}', 422, "extra_forbidden"),
    "a value as a field": (f'{{"{CANARY}": 1}}'.encode(), 422, "extra_forbidden"),
    "a wrong word": (f'{{"sex": "{CANARY}"}}'.encode(), 422, "unknown_code"),
    "a wrong number": (f'{{"ecog": "{CANARY}"}}'.encode(), 422, "number_unreadable"),
    "a wrong date": (f'{{"birth_date": "{CANARY}"}}'.encode(), 422, "date_unreadable"),
    "a name for an id": (f'{{"screening_id": "{CANARY}?"}}'.encode(), 422, "string_pattern_mismatch"),
    "a control character": (b'{"allergies": [{"substance": "\\u001b[31m"}]}', 422,
                            "control_characters"),
    "mixed clocks": (b'{"birth_date": "1980", "ecog": {"date": "day 1"}}', 422, "clocks_mixed"),
    "as much as a record may be": (b" " * MAX_DOCUMENT_BYTES, 400, "json_unreadable"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "status", "code"), BODIES.values(), ids=BODIES)
def test_a_body_that_is_no_patient(client: TestClient, body: bytes, status: int, code: str) -> None:
    answer = client.post("/v1/screenings", params=DATES, content=body)

    found = problem(answer, status)
    assert found["code"] == "record_invalid"
    assert codes(found) == [code]


@pytest.mark.parametrize("size", [MAX_DOCUMENT_BYTES + 1, 20_000_000])
def test_a_body_that_is_too_large(client: TestClient, size: int) -> None:
    answer = client.post("/v1/screenings", params=DATES, content=b"[" * size)

    assert problem(answer, 413)["code"] == "body_too_large"


def test_a_fault_says_where_and_what_to_do(client: TestClient) -> None:
    answer = client.post("/v1/screenings", params=DATES, json={"cns": {"symptomatc": "no"}})

    assert problem(answer, 422)["faults"] == [
        {
            "path": "cns.symptomatc",
            "code": "extra_forbidden",
            "message": "unknown field",
            "hint": 'did you mean "symptomatic"?',
        }
    ]


def test_a_flood_of_faults_gets_a_short_answer(client: TestClient) -> None:
    flood = {"labs": [{f"{CANARY}{number}": 1 for number in range(20_000)}]}

    answer = client.post("/v1/screenings", params=DATES, json=flood)

    assert problem(answer, 422)["faults"][-1]["code"] == "more_faults"
    assert len(answer.content) < 30_000


@pytest.mark.parametrize(
    ("query", "status", "code", "path"),
    [
        ({"as_of": "soon"}, 422, "anchor_unreadable", "as_of"),
        ({"as_of": "2026-02-30"}, 422, "anchor_unreadable", "as_of"),
        ({**DATES, "planned_start": "2026-12"}, 422, "anchor_unreadable", "planned_start"),
        ({**DATES, "planned_start": "2026-11-20"}, 422, "planned_start_before_as_of", None),
        ({**DATES, "planned_start": "day 3"}, 422, "anchor_clocks_differ", None),
        ({"as_of": "day 3"}, 422, "clock_mismatch", None),
        ({"as_of": CANARY}, 422, "anchor_unreadable", "as_of"),
        ({"as_of": ""}, 422, "parameters_invalid", "as_of"),
        ({**DATES, "planned_start": ""}, 422, "parameters_invalid", "planned_start"),
        ({"as_of": CANARY * 5}, 422, "parameters_invalid", "as_of"),
        ({**DATES, "trial": "NCT00000000"}, 404, "unknown_trial", None),
        ({**DATES, "trial": ".."}, 404, "unknown_trial", None),
        ({**DATES, "trial": "../nct06731140"}, 422, "parameters_invalid", "trial"),
        ({**DATES, "trial": ""}, 422, "parameters_invalid", "trial"),
        ({**DATES, "trial": "x" * 61}, 422, "parameters_invalid", "trial"),
        ({**DATES, "profile": "unheard_of"}, 404, "unknown_profile", None),
        ({**DATES, "profile": ".."}, 404, "unknown_profile", None),
        ({**DATES, "profile": "../trial"}, 422, "parameters_invalid", "profile"),
        ({**DATES, "profile": "a\x00b"}, 422, "parameters_invalid", "profile"),
    ],
    ids=str,
)
def test_a_parameter_that_cannot_be_meant(
    client: TestClient, query: dict[str, str], status: int, code: str, path: str | None
) -> None:
    answer = client.post("/v1/screenings", params=query, json=example_profile())

    found = problem(answer, status)
    assert found["code"] == code
    assert [fault["path"] for fault in found["faults"]] == ([path] if path else [])


@pytest.mark.parametrize(
    "path",
    [
        "/v1/trials/NCT00000000",
        "/v1/trials/..",
        "/v1/trials/%2e%2e",
        "/v1/trials/..%2f..%2fetc%2fpasswd",
        "/v1/trials/..%5c..%5cwindows",
        "/v1/trials/%00",
        f"/v1/trials/{CANARY}",
        "/v1/trials/NCT06731140/",
        "/v1/trials/NCT06731140?profile=unheard_of",
        "/v1/screening",
        "/etc/passwd",
    ],
)
def test_what_is_not_there_is_404(client: TestClient, path: str) -> None:
    problem(client.get(path), 404)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/screenings"),
        ("DELETE", "/v1/trials"),
        ("POST", "/health"),
        ("PUT", "/v1/trials"),
    ],
)
def test_a_method_that_a_route_has_not_is_405(client: TestClient, method: str, path: str) -> None:
    found = problem(client.request(method, path), 405)

    assert found["code"] == "http"


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/xml", "", "application/json; charset=x"]
)
def test_the_body_counts_and_not_what_it_is_called(client: TestClient, kind: str) -> None:
    answer = client.post(
        "/v1/screenings",
        params=DATES,
        content=json.dumps(example_profile()),
        headers={"content-type": kind},
    )

    assert answer.status_code == 200


def test_a_body_that_comes_in_pieces_is_cut_off_too(client: TestClient) -> None:
    pieces = (b" " * 100_000 for _ in range(11))

    answer = client.post("/v1/screenings", params=DATES, content=pieces)

    assert problem(answer, 413)["code"] == "body_too_large"


def test_a_fault_of_the_service_says_nothing_about_the_patient(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError(CANARY)

    monkeypatch.setattr(api.decisions, "prepare_decision", fails)

    answer = client.post("/v1/screenings", params=DATES, json=example_profile())

    assert problem(answer, 500)["code"] == "internal"


@pytest.mark.parametrize(
    "document",
    [
        {"ecog": CANARY},
        {"ecog": {"value": CANARY}},
        {"ecog": {"absent": CANARY}},
        {"sex": [CANARY]},
        {"labs": [{"test": CANARY, "unit": CANARY * 3}]},
        {"labs": {CANARY: CANARY}},
        {"treatments": CANARY},
        {"treatments": [{"agents": [CANARY * 30]}]},
        {CANARY: {CANARY: CANARY}},
        {"history": {"autoimmune": [{"code": CANARY}]}},
        {"screening_id": f"{CANARY}/"},
        [CANARY],
    ],
    ids=lambda document: str(document)[:50],
)
def test_no_refusal_repeats_what_was_sent(client: TestClient, document: object) -> None:
    problem(client.post("/v1/screenings", params=DATES, json=document), 422)


@pytest.mark.parametrize(
    ("query", "code", "hint"),
    [
        ("as_of=2026-11-21&planed_start=2026-12-01", "unknown_parameter", "planned_start"),
        (f"{CANARY}=1", "unknown_parameter", "use one of"),
        ("as_of=2026-11-21&as_of=2026-11-22", "parameter_twice", "once"),
        ("profile=shamrock_p3&profile=shamrock_p3", "parameter_twice", "once"),
    ],
)
def test_a_parameter_that_would_not_count_is_refused(
    client: TestClient, query: str, code: str, hint: str
) -> None:
    answer = client.post(f"/v1/screenings?{query}", json=example_profile())

    [fault] = problem(answer, 422)["faults"]
    assert fault["code"] == code
    assert hint in fault["hint"]


def test_a_route_without_parameters_takes_none(client: TestClient) -> None:
    assert codes(problem(client.get("/health?verbose=1"), 422)) == ["unknown_parameter"]


@pytest.mark.parametrize(
    ("query", "code", "message", "hint"),
    [
        ("limit=0", "greater_than_equal", "the number is too small", "1 or more"),
        ("limit=9999", "less_than_equal", "the number is too large", "500 or less"),
        ("limit=many", "int_parsing", "a whole number is needed", None),
        ("standing=often", "bool_parsing", "true or false is needed", None),
        ("decision=yes", "literal_error", "it is none of the words that are possible",
         "use 'eligible', 'ineligible' or 'undetermined'"),
        ("recorded_from=yesterday", "string_pattern_mismatch", "the text has not the form that is needed",
         "look at the reference of this request, or at /openapi.json"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_parameter_is_said_in_plain_words(
    client: TestClient, query: str, code: str, message: str, hint: str | None
) -> None:
    [fault] = client.get(f"/v1/log?{query}").json()["faults"]

    assert (fault["code"], fault["message"], fault["hint"]) == (code, message, hint)


def test_what_is_wrong_with_a_body_is_said_in_plain_words(client: TestClient) -> None:
    answer = client.post("/v1/log/1/reviews", json={"criterion": 7, "answer": "maybe"})

    told = {each["path"]: (each["message"], each["hint"]) for each in answer.json()["faults"]}
    assert told == {
        "criterion": ("a text is needed", 'write it in quotes, "..."'),
        "answer": ("it is none of the words that are possible", "use 'pass' or 'fail'"),
        "name": ("it is missing", "give it"),
        "reason": ("it is missing", "give it"),
    }
