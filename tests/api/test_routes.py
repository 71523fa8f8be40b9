"""Every route with a good request, and many requests at once."""

from __future__ import annotations

import json
import random
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jsonschema_rs
import pytest
from fastapi.openapi.models import OpenAPI
from fastapi.testclient import TestClient
from pydantic import TypeAdapter

from api.access import ROUTES
from api.answers.log import EntryAnswer
from api.answers.problems import ProblemAnswer
from api.log.drafts import document_bytes
from api.log.entry import Entry, sha256
from eligibility.dates import anchors
from eligibility.explanation import explain
from eligibility.intake.template import example_profile, template_csv
from eligibility.patient.record import read_record
from eligibility.patient.schema import definitions, record_schema
from eligibility.patient.vocabulary import LabTest
from eligibility.protocol.library import load_trial, trial_ids
from eligibility.reports.document import to_document
from eligibility.screening.screen import Screener
from eligibility.testing import random_document
from eligibility.version import ENGINE_VERSION
from tests.unit.patient.json_schema import accepts, references, resolved

DATES = {"as_of": "2026-11-21", "planned_start": "2026-12-01"}
QUERY = {**DATES, "profile": "atezolizumab_p1"}


def test_the_service_says_that_it_is_up(client: TestClient) -> None:
    answer = client.get("/health")

    assert (answer.status_code, answer.json()) == (
        200,
        {"status": "up", "engine_version": ENGINE_VERSION},
    )


def test_a_screening_is_the_document_the_library_makes(client: TestClient) -> None:
    answer = client.post("/v1/screenings", params=QUERY, json=example_profile())

    screening = Screener(load_trial(profile="atezolizumab_p1")).screen(
        read_record(example_profile()), anchors(**DATES)
    )
    expected = json.loads(json.dumps(to_document(explain(screening))))
    found = answer.json()
    entry = found.pop("entry")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert found == expected
    assert entry["explanation_hash"] == sha256(document_bytes(expected))
    assert expected["decision"] == "eligible"


@pytest.mark.parametrize(
    ("changed", "decision"),
    [({"sex": "male"}, "ineligible"), ({"ecog": None}, "undetermined")],
    ids=["ineligible", "undetermined"],
)
def test_every_decision_is_a_good_answer(
    client: TestClient, changed: dict[str, Any], decision: str
) -> None:
    answer = client.post("/v1/screenings", params=QUERY, json={**example_profile(), **changed})

    assert (answer.status_code, answer.json()["decision"]) == (200, decision)


def test_an_empty_record_is_undetermined(client: TestClient) -> None:
    found = client.post("/v1/screenings", params=DATES, json={}).json()

    assert found["decision"] == "undetermined"
    assert {each["verdict"] for each in found["criteria"]} == {"unknown"}


def test_a_record_in_day_offsets_is_screened_on_its_own_clock(client: TestClient) -> None:
    patient = {"treatments": [{"kind": "chemo", "last_dose": "day 95"}]}
    dates = {"as_of": "day 100", "planned_start": "day 110"}

    found = client.post("/v1/screenings", params=dates, json=patient).json()

    assert (found["decision"], found["as_of"]) == ("ineligible", "day 100")


def test_a_trial_may_be_named_in_lower_case(client: TestClient) -> None:
    query = {**QUERY, "trial": "nct06731140"}

    found = client.post("/v1/screenings", params=query, json=example_profile()).json()

    assert found["trial"] == "NCT06731140"


def test_trials_are_listed_with_their_profiles(client: TestClient) -> None:
    found = {each["id"]: each for each in client.get("/v1/trials").json()}

    trial = found["NCT06731140"]
    assert list(found) == trial_ids()
    assert set(trial["profiles"]) == {"atezolizumab_p1", "shamrock_p3"}
    assert trial["profile"] is None


def test_a_trial_shows_its_criteria_and_readings(client: TestClient) -> None:
    trial = client.get("/v1/trials/NCT06731140", params={"profile": "shamrock_p3"}).json()

    assert trial["profile"] == "shamrock_p3"
    assert len(trial["criteria"]) == 17
    assert all(each["text"] for each in trial["criteria"])
    assert "washout_day_21" in {each["name"] for each in trial["interpretations"]}


def test_the_hash_of_the_rules_depends_on_the_profile(client: TestClient) -> None:
    hashes = {
        client.get("/v1/trials/NCT06731140", params=query).json()["rules_hash"]
        for query in ({}, {"profile": "shamrock_p3"}, {"profile": "atezolizumab_p1"})
    }

    assert len(hashes) == 3


def test_the_schema_of_a_patient_is_served(client: TestClient) -> None:
    schema = client.get("/v1/patient-schema").json()

    assert schema == record_schema()
    assert accepts(schema, example_profile(), schema)


def test_the_description_of_the_service_is_valid(client: TestClient) -> None:
    description = client.get("/openapi.json").json()

    OpenAPI.model_validate(description)
    found = set(references(description))
    assert "#/components/schemas/PatientRecord" in found
    assert all(resolved(reference, description) for reference in found)


def test_every_route_is_described_with_its_errors(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]

    assert set(paths) == {row.path for row in ROUTES if not row.is_page} - {"/openapi.json"}
    assert {"400", "404", "413", "422"} <= set(paths["/v1/screenings"]["post"]["responses"])


def test_the_example_of_the_description_is_valid_and_screens(client: TestClient) -> None:
    description = client.get("/openapi.json").json()
    body = description["paths"]["/v1/screenings"]["post"]["requestBody"]["content"]
    example = body["application/json"]["example"]

    answer = client.post("/v1/screenings", params=QUERY, json=example)

    assert accepts(body["application/json"]["schema"], example, description)
    assert (answer.status_code, answer.json()["decision"]) == (200, "eligible")


def test_answers_do_not_depend_on_what_else_is_asked_at_the_time(client: TestClient) -> None:
    source = random.Random(4)
    patients = [random_document(source, style="nearly_eligible") for _ in range(20)]

    def screened(patient: dict[str, Any]) -> tuple[int, str]:
        answer = client.post("/v1/screenings", params=QUERY, json=patient)
        found = answer.json()
        found.pop("entry", None)
        return answer.status_code, json.dumps(found)

    one_by_one = [screened(patient) for patient in patients]
    with ThreadPoolExecutor(20) as pool:
        all_at_once = list(pool.map(screened, patients))

    assert all_at_once == one_by_one
    assert [status for status, _ in one_by_one].count(200) >= 10


def test_the_description_says_which_routes_need_a_key(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]

    public = {
        path for path, methods in paths.items() if "security" not in methods.get("get", methods)
    }
    assert public & {"/health", "/ready", "/metrics", "/v1/trials"} == {"/health", "/ready"}
    assert paths["/v1/screenings"]["post"]["security"] == [{"key": []}]


def test_every_operation_has_a_topic_and_a_name_that_clients_can_use(client: TestClient) -> None:
    description = client.get("/openapi.json").json()
    operations = [each for methods in description["paths"].values() for each in methods.values()]
    names = [operation["operationId"] for operation in operations]
    topics = {topic["name"] for topic in description["tags"]}

    assert len(set(names)) == len(names)
    assert all(re.fullmatch("(get|post|delete)(_[a-z]+)+", name) for name in names)
    assert {"post_screenings", "post_log_sequence_replay", "get_template_csv"} < set(names)
    assert {tag for operation in operations for tag in operation["tags"]} == topics


def test_every_answer_and_body_is_described_with_an_example(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]

    lacking = [
        f"{method} {path}"
        for path, methods in paths.items()
        for method, operation in methods.items()
        for part in (operation.get("requestBody", {}), *_good(operation["responses"]))
        for content in part.get("content", {}).values()
        if "example" not in content
    ]
    assert lacking == []


def _good(responses: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for status, each in responses.items() if status.startswith("2")]


def test_the_example_of_a_screening_is_what_its_request_is_answered(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    operation = paths["/v1/screenings"]["post"]
    example = operation["responses"]["200"]["content"]["application/json"]["example"]

    found = client.post("/v1/screenings", params=QUERY, json=example_profile()).json()

    assert set(found) == set(example)
    assert {**found, "entry": None} == {**example, "entry": None}
    assert found["entry"]["input_hash"] == example["entry"]["input_hash"]


def test_the_vocabulary_names_every_coded_field_with_labels(client: TestClient) -> None:
    found = client.get("/v1/vocabulary").json()

    assert {"sex", "ecog"} & set(found["fields"]) == {"sex"}
    assert found["fields"]["treatments[].kind"]
    assert found["fields"]["specimens[].her2_ish"]
    for codes in found["fields"].values():
        assert all(each["label"] and each["code"] for each in codes)
    assert "not recorded" in found["in_place_of_a_value"]
    assert found["units"]["ast"] == ["U/L", "IU/L", "[IU]/L", "xULN"]
    assert set(found["units"]) == set(LabTest)


def test_every_code_of_the_vocabulary_is_accepted_by_the_schema(client: TestClient) -> None:
    schema = client.get("/v1/patient-schema").json()

    for each in client.get("/v1/vocabulary").json()["fields"]["sex"]:
        for written in (each["code"], *each["spellings"]):
            assert accepts(schema, {"sex": written}, schema)


def test_the_template_is_the_librarys(client: TestClient) -> None:
    answer = client.get("/v1/template.csv")

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.text == template_csv()


def test_a_criterion_is_shown_with_its_condition_readings_and_cases(client: TestClient) -> None:
    found = client.get("/v1/trials/NCT06731140/criteria/excl05").json()

    assert (found["id"], found["trial"]) == ("EXCL05", "NCT06731140")
    assert found["condition"][0] == "the statement holds if"
    assert {each["name"] for each in found["readings"]} == set(found["interpretations"])
    assert len(found["cases"]) > 3


def test_a_criterion_that_is_not_there_is_said_without_its_name(client: TestClient) -> None:
    answer = client.get("/v1/trials/NCT06731140/criteria/CANARY")

    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_criterion")
    assert "CANARY" not in answer.text


def test_every_document_that_is_answered_has_named_and_typed_keys(client: TestClient) -> None:
    description = client.get("/openapi.json").json()
    untyped = {  # a schema itself, and files of a run
        "GET /v1/patient-schema",
        "GET /v1/batches/{batch}/summary",
        "GET /v1/batches/{batch}/files/{name}",
    }

    found = {
        f"{method.upper()} {path}": content["application/json"].get("schema", {})
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
        for part in _good(operation["responses"])
        if "application/json" in (content := part.get("content", {}))
    }

    assert len(found) > 20
    assert {
        label
        for label, schema in found.items()
        if not _is_typed(schema.get("items", schema), description)
    } == untyped


def _is_typed(schema: dict[str, Any], description: dict[str, Any]) -> bool:
    named = resolved(schema["$ref"], description) if "$ref" in schema else {}
    return bool(named.get("properties")) and named["additionalProperties"] is False


def test_every_key_of_every_answer_is_described(client: TestClient) -> None:
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    ours = schemas.keys() - definitions("#/components/schemas/{model}").keys()

    assert len(ours) > 40
    assert [
        (name, key)
        for name in sorted(ours)
        for key, field in schemas[name].get("properties", {}).items()
        if not field.get("description")
    ] == []


def test_every_example_of_an_answer_has_the_shape_that_is_described(client: TestClient) -> None:
    description = client.get("/openapi.json").json()

    checked = 0
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            for part in _good(operation["responses"]):
                content = part.get("content", {}).get("application/json", {})
                if "schema" in content:
                    whole = {**content["schema"], "components": description["components"]}
                    validator = jsonschema_rs.validator_for(whole)
                    faults = [each.message for each in validator.iter_errors(content["example"])]
                    assert faults == [], f"{method} {path}"
                    checked += 1
    assert checked > 20


def test_a_problem_has_the_shape_that_is_described(client: TestClient) -> None:
    shape = TypeAdapter(ProblemAnswer)
    answers = [
        client.get("/v1/log", params={"limit": 0}),
        client.post("/v1/screenings", json={"ecog": "nine"}),
        client.post("/v1/screenings", content=b"{"),
        client.get("/v1/trials/none"),
        client.get("/nowhere"),
        client.post("/v1/what-if", json={"patient": {}, "unknown": 1}),
        client.post("/v1/screenings", json={}, params={"as_of": "soon"}),
    ]

    assert {each.status_code for each in answers} == {400, 404, 422}
    for each in answers:
        assert shape.validate_json(each.content, strict=True)["status"] == each.status_code


def test_a_shape_does_not_take_the_place_of_a_part_of_a_record(client: TestClient) -> None:
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    parts = definitions("#/components/schemas/{model}")

    assert {name: schemas[name] for name in parts} == parts
    assert not {name for name in parts if name.endswith(("Answer", "InFull", "Page"))}


def test_an_entry_is_shown_with_every_field_but_those_of_repeated_requests() -> None:
    shown = set(EntryAnswer.__annotations__)

    assert set(Entry._fields) - shown == {"key_hash", "request_hash"}
    assert shown - set(Entry._fields) == {"withdraws", "superseded_by"}
