"""People with keys who use the service in this process."""

from __future__ import annotations

from typing import Any

from fastapi.testclient import TestClient

from eligibility.intake.template import example_profile
from tests.api.door import identities as who

QUERY = {"as_of": "2026-11-21", "planned_start": "2026-12-01", "profile": "atezolizumab_p1"}
PATIENT = {**example_profile(), "screening_id": "S-100"}
MALE = {**PATIENT, "sex": "male", "screening_id": "S-200"}


class Caller:
    """A person with a key, who posts and reads."""

    def __init__(self, client: TestClient, key: str) -> None:
        self._client, self._headers = client, who.bearer(key)

    def get(self, path: str, **query: Any) -> Any:
        return self._client.get(path, params=query, headers=self._headers)

    def post(self, path: str, body: Any = None, key: str | None = None, **query: Any) -> Any:
        headers = {**self._headers, **({"idempotency-key": key} if key else {})}
        content = {} if body is None else {"json": body}
        return self._client.post(path, params=query, headers=headers, **content)

    def screens(self, patient: Any, **changed: Any) -> int:
        answer = self.post("/v1/screenings", patient, **{**QUERY, **changed})
        return int(answer.json()["entry"]["sequence"])
