"""Somebody with a browser without script: keeps cookies, fills in forms and sends them with their tokens."""

from __future__ import annotations

import re
from typing import Any

from fastapi import FastAPI

from tests.api.conftest import client_of

_TOKEN = re.compile(r'<meta name="csrf-token" content="([0-9a-f]+)">')
NAVIGATING = {"sec-fetch-site": "same-origin", "sec-fetch-dest": "document", "accept": "text/html"}


class Visitor:
    """A browser for a service in this process; its application must be running."""

    def __init__(self, service: FastAPI, **headers: str) -> None:
        self.client = client_of(service)
        self.client.headers.update({**NAVIGATING, **headers})

    def open(self, path: str, **headers: str) -> Any:
        """A page, as a click on a link asks for it."""
        return self.client.get(path, headers=headers)

    def token(self, path: str = "/") -> str:
        """The token that a page's forms carry."""
        answer = self.client.get(path)
        if answer.status_code == 303:
            answer = self.client.get(answer.headers["location"])
        found = _TOKEN.search(answer.text)
        assert found, answer.text
        return found[1]

    def send(self, path: str, fields: dict[str, str] | None = None, **headers: str) -> Any:
        """A form with its token."""
        content = {"csrf": self.token(), **(fields or {})}
        return self.client.post(path, data=content, headers=headers)

    def sign_in(self, key: str, next_path: str = "/") -> Any:
        """The way in, with an access key."""
        return self.send("/sign-in", {"key": key, "next": next_path})
