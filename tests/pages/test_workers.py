"""One session, several workers: whichever answers knows who signed in, and that a key was revoked."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import httpx2

from api.security.keys import key_id_of
from tests.api.door import identities as who
from tests.api.door.server import running
from tests.pages.visitor import NAVIGATING

_TOKEN = re.compile(r'<meta name="csrf-token" content="([0-9a-f]+)">')


def test_every_worker_knows_a_session_and_its_end(tmp_path: Path) -> None:
    settings = who.settings_with_both(tmp_path)
    store = who.store_of(settings)
    key = who.key(store)
    given = {"IDENTITY": "keys", "DATABASE_URL": settings.database(), "KEY_CACHE_SECONDS": 0}
    with running(tmp_path, WORKERS=3, **given) as server:
        address = f"http://127.0.0.1:{server.port}"
        # Without connections that are kept, each request may go to another worker.
        once = httpx2.Limits(max_keepalive_connections=0)
        with httpx2.Client(
            base_url=address, headers=NAVIGATING, limits=once, timeout=30
        ) as browser:
            [token] = _TOKEN.findall(browser.get("/sign-in").text)
            sent = browser.post("/sign-in", data={"csrf": token, "key": key})
            signed_in = [browser.get("/").status_code for _ in range(20)]
            store.revoke(key_id_of(key) or "", datetime.now(UTC))
            ended = [browser.get("/").status_code for _ in range(20)]
        written = server.log.read_text(encoding="utf-8")

    assert sent.status_code == 303
    assert (set(signed_in), set(ended)) == ({200}, {303})
    assert key not in written
