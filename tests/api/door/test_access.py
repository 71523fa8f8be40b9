"""Every route for every kind of caller: the cells are made from the routes that the service has."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from starlette.routing import Route as PlainRoute

from api.access import ROUTES, Route
from api.app import create_app
from api.security.principal import EVERY_SITE
from api.settings import Settings
from api.words import Role
from eligibility.intake.template import example_profile
from tests.api.conftest import client_of
from tests.api.door import identities as who

DATES = {"as_of": "2026-11-21", "planned_start": "2026-12-01"}
NOBODY = ("none", "malformed", "no bearer", "two", "unknown key", "wrong secret", "expired",
          "not yet", "revoked", "expired token", "unsigned token", "a stranger's token")  # fmt: skip
CALLERS = (
    *NOBODY,
    *Role,
    *(f"{role} token" for role in Role),
    "no role",
    "other site",
    "every site",
)
# An entry that is not there: what the door lets through is 404 then, whoever asks.
PLACES = {
    "trial": "NCT06731140",
    "criterion": "EXCL05",
    "sequence": "9007199254740992",
    "batch": "none",
    "name": "base.css",
    "row": "0",
}
REASON = {"reason": "the wrong patient"}
# The good body of each route that takes another than a profile, and what it is answered.
GOOD: dict[str, tuple[dict[str, object], int]] = {
    "/v1/what-if": ({"patient": example_profile(), "set": {"ecog": 1}}, 200),
    "/v1/log/search": ({"kind": "decision"}, 200),
    "/v1/log/{sequence}/replay": (example_profile(), 404),
    "/v1/log/{sequence}/reviews": (
        {"criterion": "EXCL09", "answer": "pass", "name": "Dr B", **REASON},
        404,
    ),
    "/v1/log/{sequence}/corrections": ({"patient": example_profile(), **REASON}, 404),
    "/v1/log/{sequence}/withdrawals": (REASON, 404),
}
BODIES = {"none sent": None, "a good one": example_profile(), "no JSON": b"{"}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return who.settings_with_both(tmp_path_factory.mktemp("identity"))


@pytest.fixture(scope="module")
def service(settings: Settings) -> FastAPI:
    return create_app(settings)


@pytest.fixture(scope="module")
def client(service: FastAPI) -> Iterator[TestClient]:
    with client_of(service) as client:
        yield client


@pytest.fixture(scope="module")
def credentials(settings: Settings) -> dict[str, list[tuple[str, str]]]:
    """The `Authorization` headers of every kind of caller."""
    store = who.store_of(settings)
    day = timedelta(days=1)
    good = who.key(store)
    unsigned = "eyJhbGciOiJub25lIn0." + who.token().split(".")[1] + "."
    written = {
        "malformed": "elig_x",
        "unknown key": f"elig_{'0' * 12}_{'A' * 43}",
        "wrong secret": good[:-4] + "AAAA",
        "expired": who.key(store, begins=-2 * day),
        "not yet": who.key(store, begins=day),
        "revoked": who.key(store, revoked=True),
        "expired token": who.token(exp=1_700_000_000),
        "unsigned token": unsigned,
        "a stranger's token": who.token(who.STRANGER),
        "no role": who.token(eligibility_roles=["owner"]),
        "other site": who.key(store, sites=(who.OTHER_SITE,)),
        "every site": who.key(store, sites=(EVERY_SITE,)),
        **{role: who.key(store, role) for role in Role},
        **{f"{role} token": who.token(eligibility_roles=[role.value]) for role in Role},
    }
    headers = {caller: [("authorization", f"Bearer {text}")] for caller, text in written.items()}
    return {
        **headers,
        "none": [],
        "no bearer": [("authorization", f"Basic {good}")],
        "two": [("authorization", f"Bearer {good}")] * 2,
    }


def expected(route: Route, caller: str) -> int | None:
    """The status a cell of the matrix must have; None where the route itself decides."""
    if route.is_public:
        return None
    if caller in NOBODY:
        return 303 if route.is_page and route.method == "GET" else 401
    role = (
        "coordinator" if caller in ("other site", "every site") else caller.removesuffix(" token")
    )
    if role not in {each.value for each in route.roles}:
        return 403
    if route.sited:
        if route.is_page:  # a page goes by the session: whose site is not settled chooses it first
            return {"every site": 303}.get(caller) if route.method == "GET" else None
        # The call names the site; "every site" sees it as those do whose site it is.
        return 404 if caller == "other site" else None
    return None


def call(
    client: TestClient, route: Route, headers: list[tuple[str, str]], body: str
) -> tuple[int, str]:
    path = route.path.format(**PLACES)
    sent = BODIES[body]
    if body == "a good one" and route.path in GOOD:
        sent = GOOD[route.path][0]
    content = {"content": sent} if isinstance(sent, bytes) else {"json": sent} if sent else {}
    query = {"site": who.SITE} if route.sited and not route.is_page else {}
    if route.path.startswith("/v1/screenings"):
        query |= DATES
    answer = client.request(route.method, path, params=query, headers=headers, **content)
    assert answer.headers["x-content-type-options"] == "nosniff"
    return answer.status_code, answer.text


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_every_cell_of_the_access_matrix(
    client: TestClient,
    credentials: dict[str, list[tuple[str, str]]],
    route: Route,
    caller: str,
    body: str,
) -> None:
    status, text = call(client, route, credentials[caller], body)

    wanted = expected(route, caller)
    if wanted is not None:
        assert status == wanted
    elif route.is_page and route.method == "POST":
        assert status in (403, 422), "it comes without the token of a form, or for no site"
    elif "{batch}" in route.path:
        assert status == 404, "there is no batch of this name"
    elif route.is_upload:
        assert status == 415
    else:
        assert status == answered(route, body), text


def answered(route: Route, body: str) -> int:
    """What a route itself answers to whom it is for."""
    if route.method == "POST" and body == "a good one":
        return GOOD.get(route.path, ({}, 200))[1]
    # Without a body a replay is from the stored profile; and whether there is an entry is asked first.
    if route.method == "POST" and not route.path.endswith("/replay"):
        return 400
    return 404 if "{sequence}" in route.path else 200


def test_the_table_has_a_row_for_every_route_and_a_route_for_every_row(service: FastAPI) -> None:
    found = {
        (method, route.path)
        for route in service.routes
        if isinstance(route, (APIRoute, PlainRoute))
        for method in (route.methods or ())
        if method != "HEAD"
    }

    assert found == {(row.method, row.path) for row in ROUTES}


# Written a second time on purpose: a slip in the table must not move what the matrix expects with it.
PERMITTED = {
    "GET /health": "anybody",
    "GET /ready": "anybody",
    "GET /metrics": "reader coordinator investigator admin",
    "GET /openapi.json": "reader coordinator investigator admin",
    "POST /v1/screenings": "coordinator investigator, by site",
    "POST /v1/screenings/all-trials": "coordinator investigator, by site",
    "GET /v1/trials/{trial}/criteria/{criterion}": "reader coordinator investigator admin",
    "GET /v1/vocabulary": "reader coordinator investigator admin",
    "GET /v1/template.csv": "reader coordinator investigator admin",
    "POST /v1/what-if": "coordinator investigator",
    "GET /v1/log": "reader coordinator investigator admin, by site",
    "POST /v1/log/search": "reader coordinator investigator admin, by site",
    "GET /v1/log/export.csv": "reader coordinator investigator admin, by site",
    "GET /v1/log/export/ti.csv": "reader coordinator investigator admin",
    "GET /v1/log/export/ie.csv": "reader coordinator investigator admin, by site",
    "GET /v1/log/{sequence}": "reader coordinator investigator admin, by site",
    "GET /v1/log/{sequence}/explanation": "reader coordinator investigator admin, by site",
    "POST /v1/log/{sequence}/replay": "reader coordinator investigator admin, by site",
    "POST /v1/log/{sequence}/reviews": "investigator, by site",
    "POST /v1/log/{sequence}/corrections": "coordinator investigator, by site",
    "POST /v1/log/{sequence}/withdrawals": "coordinator investigator, by site",
    "GET /v1/trials": "reader coordinator investigator admin",
    "GET /v1/trials/{trial}": "reader coordinator investigator admin",
    "GET /v1/patient-schema": "reader coordinator investigator admin",
    "POST /v1/batches": "coordinator investigator, by site",
    "GET /v1/batches": "coordinator investigator, by site",
    "GET /v1/batches/{batch}": "coordinator investigator, by site",
    "DELETE /v1/batches/{batch}": "coordinator investigator, by site",
    "POST /v1/batches/{batch}/cancel": "coordinator investigator, by site",
    "POST /v1/batches/{batch}/resume": "coordinator investigator, by site",
    "GET /v1/batches/{batch}/results": "coordinator investigator, by site",
    "GET /v1/batches/{batch}/rejected": "coordinator investigator, by site",
    "GET /v1/batches/{batch}/report": "coordinator investigator, by site",
    "GET /v1/batches/{batch}/summary": "coordinator investigator, by site",
    "GET /v1/batches/{batch}/files/{name}": "coordinator investigator, by site",
    "GET /static/{name}": "anybody",
    "GET /sign-in": "anybody",
    "POST /sign-in": "anybody",
    "POST /sign-out": "anybody",
    "POST /language": "anybody",
    "GET /site": "reader coordinator investigator admin",
    "POST /site": "reader coordinator investigator admin",
    "GET /": "reader coordinator investigator admin",
    "GET /patient": "coordinator investigator, by site",
    "POST /patient": "coordinator investigator",
    "POST /patient/answer": "coordinator investigator",
    "POST /patient/profile": "coordinator investigator",
    "POST /patient/record": "coordinator investigator, by site",
    "GET /checklist": "coordinator investigator",
    "POST /checklist": "coordinator investigator",
    "GET /log-book/{sequence}/checklist": "reader coordinator investigator admin, by site",
    "POST /log-book/{sequence}/checklist": "reader coordinator investigator admin, by site",
    "GET /criteria": "reader coordinator investigator admin",
    "GET /criteria/{trial}": "reader coordinator investigator admin",
    "GET /criteria/{trial}/analysis": "reader coordinator investigator admin",
    "GET /criteria/{trial}/over-time": "coordinator investigator",
    "POST /criteria/{trial}/over-time": "coordinator investigator",
    "GET /tables": "coordinator investigator, by site",
    "POST /tables": "coordinator investigator, by site",
    "POST /tables/mappings": "coordinator investigator, by site",
    "GET /tables/{batch}": "coordinator investigator, by site",
    "POST /tables/{batch}/mapping": "coordinator investigator, by site",
    "GET /tables/{batch}/progress": "coordinator investigator, by site",
    "POST /tables/{batch}/step": "coordinator investigator, by site",
    "POST /tables/{batch}/results": "coordinator investigator, by site",
    "GET /tables/{batch}/rows/{row}": "coordinator investigator, by site",
    "GET /tables/{batch}/rejected": "coordinator investigator, by site",
    "GET /tables/{batch}/files/{name}": "coordinator investigator, by site",
    "GET /log-book": "reader coordinator investigator admin, by site",
    "POST /log-book": "reader coordinator investigator admin, by site",
    "GET /log-book/screening-log.csv": "reader coordinator investigator admin, by site",
    "GET /log-book/sdtm-ti.csv": "reader coordinator investigator admin, by site",
    "GET /log-book/sdtm-ie.csv": "reader coordinator investigator admin, by site",
    "GET /log-book/compare": "reader coordinator investigator admin, by site",
    "POST /log-book/compare": "reader coordinator investigator admin, by site",
    "GET /log-book/{sequence}": "reader coordinator investigator admin, by site",
    "POST /log-book/{sequence}/replay": "reader coordinator investigator admin, by site",
    "POST /log-book/{sequence}/reviews": "investigator, by site",
    "POST /log-book/{sequence}/corrections": "coordinator investigator, by site",
    "POST /log-book/{sequence}/withdrawals": "coordinator investigator, by site",
}


def test_the_table_says_what_was_decided() -> None:
    written = {
        f"{row.method} {row.path}": (
            (" ".join(role for role in Role if role in row.roles) or "anybody")
            + (", by site" if row.sited else "")
        )
        for row in ROUTES
    }

    assert written == PERMITTED


def test_a_refusal_says_the_same_for_every_bad_credential(
    client: TestClient, credentials: dict[str, list[tuple[str, str]]]
) -> None:
    answers = {client.get("/v1/trials", headers=credentials[caller]).text for caller in NOBODY}

    assert len(answers) == 1


def test_another_site_answers_like_one_that_is_not_there(
    client: TestClient, credentials: dict[str, list[tuple[str, str]]]
) -> None:
    answers = [
        client.post(
            "/v1/screenings", params={**DATES, "site": site}, headers=credentials[Role.COORDINATOR]
        )
        for site in (who.OTHER_SITE, "nowhere", "*", "", "BERLIN", "x" * 80)
    ]

    assert {(answer.status_code, answer.text) for answer in answers} == {(404, answers[0].text)}


def test_who_names_a_site_that_is_not_hers_is_told_that_it_is_the_site(
    client: TestClient, credentials: dict[str, list[tuple[str, str]]]
) -> None:
    headers = credentials[Role.COORDINATOR]

    answer = client.post("/v1/screenings", params={"site": who.OTHER_SITE}, headers=headers).json()

    assert (answer["code"], answer["hint"]) == (
        "unknown_site",
        "name one of your sites: ?site=...",
    )
    assert who.OTHER_SITE not in str(answer)


@pytest.mark.parametrize(
    ("route", "roles"),
    [("/v1/screenings", "coordinator or investigator"), ("/v1/log/1/reviews", "investigator")],
)
def test_who_has_not_the_role_is_told_which_it_needs(
    client: TestClient, credentials: dict[str, list[tuple[str, str]]], route: str, roles: str
) -> None:
    answer = client.post(route, json=REASON, headers=credentials[Role.READER])

    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert answer.json()["hint"] == f"it needs a role that you do not have: {roles}"


@pytest.mark.parametrize(
    ("query", "status"),
    [("", 422), ("site=berlin", 200), ("site=berlin&site=basel", 422), ("site=*", 404)],
)
def test_who_has_every_site_says_which(
    client: TestClient, credentials: dict[str, list[tuple[str, str]]], query: str, status: int
) -> None:
    answer = client.post(
        f"/v1/screenings?as_of=2026-11-21&{query}",
        headers=credentials["every site"],
        json=example_profile(),
    )

    assert answer.status_code == status
