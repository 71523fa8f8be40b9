"""The server as an operator meets it: start, refusal to start, several workers, and the end."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from eligibility.intake.template import example_profile
from tests.api.door import identities as who
from tests.api.door.server import Server, parsed, read_all, running
from tests.cli.running import run_program
from tests.log import postgresql

BODY = json.dumps(example_profile()).encode()
PSQL = shutil.which("psql") or "psql"
SERVE = [sys.executable, "-c", "from api.serve import main; main()"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"HOST": "0.0.0.0"}, "needs IDENTITY=keys or IDENTITY=oidc"),
        ({"PROT": "1"}, 'did you mean "ELIGIBILITY_PORT"?'),
        ({"IDENTITY": "keys"}, "needs DATABASE_URL"),
    ],
    ids=str,
)
def test_it_does_not_start_in_a_way_that_is_not_safe(given: dict[str, str], said: str) -> None:
    environment = {**os.environ, **{f"ELIGIBILITY_{name}": text for name, text in given.items()}}

    ended = subprocess.run(SERVE, env=environment, capture_output=True, timeout=60, check=False)

    message = ended.stderr.decode()
    assert ended.returncode == 1
    assert message.startswith("error: ")
    assert said in message
    assert "Traceback" not in message


@pytest.mark.parametrize("switches", [(), ("-O",)], ids=["as ever", "without assertions"])
def test_it_does_not_start_with_a_session_key_that_cannot_be_used(
    tmp_path: Path, switches: tuple[str, ...]
) -> None:
    given = {
        "IDENTITY": "keys", "DATABASE_URL": f"sqlite:///{tmp_path / 'keys.db'}", "PORT": "0",
        "DATA_FOLDER": str(tmp_path / "data"), "SESSION_KEY_FILE": str(tmp_path / "session.key"),
    }  # fmt: skip
    environment = {**os.environ, **{f"ELIGIBILITY_{name}": text for name, text in given.items()}}
    (tmp_path / "session.key").write_text("ab" * 8, encoding="ascii")
    command = [sys.executable, *switches, *SERVE[1:]]

    ended = subprocess.run(command, env=environment, capture_output=True, timeout=30, check=False)

    assert ended.returncode == 1
    assert "the key of the sessions is shorter" in ended.stderr.decode()


def test_a_request_under_way_is_finished_before_the_end(tmp_path: Path) -> None:
    head = b"POST /v1/screenings?as_of=2026-11-21 HTTP/1.1\r\nHost: localhost\r\n"
    with running(tmp_path) as server, server.connect() as connection:
        connection.sendall(head + b"Content-Length: %d\r\n\r\n" % len(BODY))
        time.sleep(0.3)
        ended: list[bool] = []
        stopping = threading.Thread(target=lambda: ended.append(server.stops()))
        stopping.start()
        time.sleep(0.5)
        connection.sendall(BODY)
        status, headers, _ = parsed(read_all(connection))
        stopping.join(30)

        assert (status, headers["connection"]) == (200, "close")
        assert ended == [True]


def test_the_end_does_not_wait_for_the_idle(tmp_path: Path) -> None:
    with running(tmp_path, RECEIVE_SECONDS=60) as server, server.connect() as connection:
        connection.sendall(b"GET /hea")
        time.sleep(0.2)
        began = time.monotonic()

        assert server.stops()
        assert time.monotonic() - began < 10


def test_several_workers_are_counted_together(tmp_path: Path) -> None:
    settings = who.settings_with_both(tmp_path)
    key = who.key(who.store_of(settings))
    given = {"WORKERS": 2, "IDENTITY": "keys", "DATABASE_URL": settings.database()}
    with running(tmp_path, **given) as server:

        def ask(path: str) -> str:
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
            connection.request("GET", path, headers={"Authorization": f"Bearer {key}"})
            answer = connection.getresponse()
            text = answer.read().decode()
            connection.close()
            assert answer.status == 200
            return text

        for _ in range(30):
            ask("/v1/trials")
        counted = 'eligibility_requests_total{method="GET",route="/v1/trials",status="200"} 30.0'
        assert counted in ask("/metrics")
        folders = list(tmp_path.glob("eligibility-metrics-*"))
        assert [oct(folder.stat().st_mode & 0o777) for folder in folders] == ["0o700"]
        assert server.stops()
        assert list(tmp_path.glob("eligibility-metrics-*")) == []


def test_workers_end_with_the_process_that_started_them(tmp_path: Path) -> None:
    with running(tmp_path, WORKERS=2) as server:
        workers = _children(server.process.pid)
        assert len(workers) >= 2

        server.process.kill()
        server.process.wait(10)
        until = time.monotonic() + 20
        while time.monotonic() < until and any(map(_is_running, workers)):
            time.sleep(0.05)

        assert not any(map(_is_running, workers))


def _children(process: int) -> list[int]:
    return [
        int(each) for each in Path(f"/proc/{process}/task/{process}/children").read_text().split()
    ]


def _is_running(process: int) -> bool:
    """A process that nobody has waited for yet is gone all the same."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def test_a_log_that_cannot_be_opened_ends_the_start_with_one_message(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "screening-log.db").write_bytes(b"no database" * 1000)
    environment = {**os.environ, "ELIGIBILITY_DATA_FOLDER": str(folder)}

    ended = subprocess.run(SERVE, env=environment, capture_output=True, timeout=60, check=False)

    assert ended.returncode == 1
    assert ended.stderr.decode().startswith(
        "error: log.key: the key of the screening log cannot be"
    )
    assert "Traceback" not in ended.stderr.decode()
    assert not (folder / "log.key").exists()


def make_role(owner: str, password: Path) -> None:
    """As the compose file does."""
    script = Path(__file__).resolve().parents[3] / "deploy" / "service-role.sql"
    given = (f"--variable=password_file={password}", f"--file={script}")
    subprocess.run([PSQL, "--quiet", "--no-psqlrc", *given, owner], check=True, timeout=60)


def told(url: str, statement: str) -> str:
    """What the database says against a statement."""
    command = [PSQL, "--no-psqlrc", f"--command={statement}", url]
    ended = subprocess.run(command, capture_output=True, timeout=60, check=False)
    assert ended.returncode != 0, statement
    return ended.stderr.decode()


def posted(server: Server, key: str) -> int:
    """The status of a screening that the holder of a key asks for."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    path = "/v1/screenings?as_of=2026-11-21"
    connection.request("POST", path, BODY, {"Authorization": f"Bearer {key}"})
    status = connection.getresponse().status
    connection.close()
    return status


def test_a_team_has_keys_and_log_in_one_postgresql(tmp_path: Path) -> None:
    if postgresql.programs() is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with postgresql.server() as socket:
        owner, url = (f"postgresql://{name}@/postgres?host={socket}" for name in ("log", "service"))
        given = {
            "IDENTITY": "keys", "DATABASE_URL": url, "LOG_DATABASE": url, "WORKERS": 2,
            "LOG_KEY_FILE": tmp_path / "key", "LOG_CHECKPOINTS": tmp_path / "marks",
        }  # fmt: skip
        environment = {f"ELIGIBILITY_{name}": str(value) for name, value in given.items()}
        environment = {**os.environ, **environment}
        owning = {
            **environment, "ELIGIBILITY_DATABASE_URL": owner, "ELIGIBILITY_LOG_DATABASE": owner,
        }  # fmt: skip
        made = run_program("log", "create-key", tmp_path / "key", env=environment)
        upgraded = run_program("log", "upgrade", env=owning)
        (tmp_path / "password").write_text("a'word\n", encoding="utf-8")
        for _ in range(2):
            make_role(owner, tmp_path / "password")
        assert (made.returncode, upgraded.returncode) == (0, 0)
        words = ("keys", "create", "a team", "--role", "coordinator", "--site", "basel")
        assert run_program(*words, env=environment).returncode != 0, "the service makes no keys"
        key = run_program(*words, env=owning).stdout.strip()
        with running(tmp_path, **given) as server:
            status, _, body = parsed(
                server.send(b"GET /ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            )
            assert (status, json.loads(body)) == (200, {"status": "ready"})
            assert posted(server, key) == 200
            # The owner adds to the log too, while the service runs.
            assert posted(server, run_program(*words, env=owning).stdout.strip()) == 200
            assert server.stops()
        for change in ("UPDATE entries SET reason = 'x'", "DELETE FROM entries", "DROP TABLE head",
                       "UPDATE api_keys SET revoked_at = NULL", "TRUNCATE documents"):  # fmt: skip
            assert "permission denied" in told(url, change) or "must be owner" in told(url, change)
        verified = run_program("log", "verify", env=environment)
        # Two keys that were made, and two decisions.
        assert "4 entries" in verified.stdout
        assert "the log is intact" in verified.stdout
        assert not list((tmp_path / "data").glob("*.db")), "the log is in PostgreSQL"
