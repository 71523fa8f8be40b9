"""The service calls nobody: with all of it in use, no process of it leaves this machine."""

from __future__ import annotations

import json
import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from api.access import ROUTES, Route
from api.pages.example_patients import EXAMPLES, example_patient
from api.pages.patient_form import form_of_profile
from eligibility.protocol.library import trial_ids
from tests.api.batches.sending import fetched, send, table, until
from tests.api.callers import MALE, PATIENT, QUERY
from tests.api.door import identities as who
from tests.api.door.guarded import Guarded, guarded
from tests.api.door.server import Server, running
from tests.api.hostile.routes import JSON_ROUTES, example
from tests.pages.tables import done, own_table
from tests.pages.visitor import NAVIGATING, Visitor

_ELSEWHERE = "192.0.2.1"  # of documentation: it belongs to nobody
_NAME = "nobody.invalid"


@pytest.fixture
def environment(tmp_path: Path) -> Guarded:
    return guarded(tmp_path / "environment")


# The guard itself


@pytest.mark.parametrize(
    ("does", "seen"),
    [
        (f"socket.create_connection(('{_ELSEWHERE}', 80), 1)", ("socket.getaddrinfo", _ELSEWHERE)),
        (f"socket.socket().connect_ex(('{_ELSEWHERE}', 80))", ("socket.connect", _ELSEWHERE)),
        (f"socket.socket().connect(('{_NAME}', 80))", ("socket.connect", _NAME)),
        (f"udp.connect_ex(('{_NAME}', 80))", ("socket.connect", _NAME)),
        (f"udp.sendto(b'x', ('{_ELSEWHERE}', 53))", ("socket.sendto", _ELSEWHERE)),
        (f"udp.sendto(b'x', 0, ('{_NAME}', 53))", ("socket.sendto", _NAME)),
        (f"udp.sendmsg([b'x'], [], 0, ('{_ELSEWHERE}', 53))", ("socket.sendmsg", _ELSEWHERE)),
        (f"socket.getaddrinfo('{_NAME}', 80)", ("socket.getaddrinfo", _NAME)),
        (f"socket.gethostbyname('{_NAME}')", ("socket.gethostbyname", _NAME)),
        (f"socket.gethostbyaddr('{_ELSEWHERE}')", ("socket.gethostbyaddr", _ELSEWHERE)),
        (f"urllib.request.urlopen('https://{_NAME}/')", ("socket.getaddrinfo", _NAME)),
        (f"asyncio.run(asyncio.open_connection('{_NAME}', 80))", ("socket.getaddrinfo", _NAME)),
    ],
)
@pytest.mark.parametrize("isolated", [[], ["-I"]], ids=["plain", "isolated"])
def test_the_guard_sees_and_forbids(
    environment: Guarded, does: str, seen: tuple[str, str], isolated: list[str]
) -> None:
    program = "import asyncio, socket, urllib.request\n"
    program += "udp = socket.socket(type=socket.SOCK_DGRAM)\n" + does
    ended = subprocess.run(
        [environment.python, *isolated, "-c", program],
        env={},
        capture_output=True,
        timeout=60,
        check=False,
    )

    assert environment.outbound() == [seen]
    assert ended.returncode == 1
    assert b"no outbound calls" in ended.stderr


def test_the_guard_lets_this_machine_alone(environment: Guarded, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening, socket.socket(socket.AF_UNIX) as unix:
        unix.bind(str(tmp_path / "socket"))
        unix.listen()
        program = (
            "import socket, sys\n"
            "for host in ('127.0.0.1', 'localhost'):\n"
            "    socket.create_connection((host, int(sys.argv[1])), 5).close()\n"
            "socket.socket(socket.AF_UNIX).connect(sys.argv[2])\n"
        )
        port = str(listening.getsockname()[1])
        command = [environment.python, "-c", program, port, str(tmp_path / "socket")]
        ended = subprocess.run(command, capture_output=True, timeout=60, check=False)

    assert (ended.returncode, ended.stderr) == (0, b"")
    assert environment.outbound() == []
    assert len(environment.began()) == 1


def test_the_guard_sees_what_a_worker_of_the_service_calls(
    environment: Guarded, tmp_path: Path
) -> None:
    """The one call that an operator can ask for: the public keys of an issuer."""
    given = {
        "IDENTITY": "oidc", "OIDC_ISSUER": who.ISSUER, "OIDC_AUDIENCE": who.AUDIENCE,
        "OIDC_JWKS": f"https://{_NAME}/keys", "WORKERS": 2,
    }  # fmt: skip
    with (
        running(tmp_path, python=environment.python, **given) as server,
        _calling(server) as client,
    ):
        answer = client.get("/v1/trials", headers=who.bearer(who.token()))

    assert answer.status_code in (401, 503)
    assert ("socket.getaddrinfo", _NAME) in environment.outbound()


# The service


def test_the_service_in_full_use_calls_nobody(environment: Guarded, tmp_path: Path) -> None:
    given = {
        "WORKERS": 2, "LOG_KEEP_PROFILES": True, "LOG_KEEP_EXPLANATIONS": True,
        "LOG_RETENTION_DAYS": 1, "REQUESTS_PER_SECOND": 1e6, "REQUEST_BURST": 1_000_000,
    }  # fmt: skip
    with (
        running(tmp_path, python=environment.python, **given) as server,
        _calling(server) as client,
    ):
        batch = _use_the_interface(client)
        visitor = _Afar(client)
        run = _use_the_pages(visitor)
        places = {"batch": batch, "row": "0", "name": "summary.json", "sequence": "1",
                  "criterion": "EXCL05", "trial": trial_ids()[0]}  # fmt: skip
        statuses = {str(route): _asked(visitor, route, places, run) for route in ROUTES}
        assert server.stops()

    assert {each for each, status in statuses.items() if status >= 500} == set()
    began = environment.began().values()
    for part, least in (("api.serve", 1), ("spawn_main", 2), ("api.batches.child", 2)):
        assert sum(part in each for each in began) >= least, part
    assert environment.started() == {str(environment.python)}
    assert environment.outbound() == []


def _use_the_interface(client: httpx2.Client) -> str:
    """Screenings, everything that takes JSON, and a batch, whose name it is."""
    for patient in (PATIENT, MALE):
        screened = client.post("/v1/screenings", params=QUERY, json=patient)
        assert screened.status_code == 200
    for route in JSON_ROUTES:
        path = route.path.format(sequence="1")
        client.request(route.method, path, json=example(route))
    assert client.post("/v1/log/1/replay").json()["outcome"] == "confirmed"
    sent = send(client, table(20)).json()["id"]  # type: ignore[arg-type]
    shown = until(client, sent, "done", "failed")  # type: ignore[arg-type]
    assert shown["state"] == "done"
    assert fetched(client, shown)  # type: ignore[arg-type]
    assert client.get("/metrics").status_code == 200
    return str(sent)


def _use_the_pages(visitor: Visitor) -> str:
    """A patient, a checklist as page and as PDF, and a table, whose place it is."""
    name = EXAMPLES[0]
    dates = {"as_of": QUERY["as_of"], "planned_start": QUERY["planned_start"]}
    page = visitor.open(f"/patient?example={name}").text
    key = re.search(r'name="request_key" value="(\w+)"', page)
    assert key
    form = form_of_profile(example_patient(name), **dates)
    fields = {"trial": form.trial, "request_key": key[1], **form.texts}
    for path in ("/patient/answer", "/patient", "/patient/record"):
        assert visitor.send(path, fields).status_code == 200, path
    asked = {"trial": form.trial, "patient": json.dumps(example_patient(name)), **dates}
    for kind, begins in (("page", b"<!doctype"), ("pdf", b"%PDF")):
        answer = visitor.send("/checklist", {**asked, "form": kind})
        assert answer.content[:9].startswith(begins), kind
    return done(visitor, own_table(20))


def _asked(visitor: Visitor, route: Route, places: dict[str, str], run: str) -> int:
    """The status of a route, asked for as well as one request for all can be."""
    if route.path.startswith("/tables/"):
        places = {**places, "batch": run.rpartition("/")[2]}
    path = route.path.format(**places)
    if route.is_page and route.method == "POST" and not route.is_upload:
        return int(visitor.send(path, {}).status_code)
    return int(visitor.client.request(route.method, path).status_code)


class _Afar(Visitor):
    """A browser for a service in another process."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.client.headers.update(NAVIGATING)


@contextmanager
def _calling(server: Server) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=f"http://127.0.0.1:{server.port}", timeout=30) as client:
        yield client
