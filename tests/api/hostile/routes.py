"""The routes that take a body, as the service's own list and description have them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from api.access import ROUTES, Route
from api.app import create_app
from api.settings import Settings

PLACES = {
    "batch": "0" * 44, "criterion": "EXCL05", "name": "results.csv", "row": "0", "sequence": "1",
    "trial": "NCT06731140",
}  # fmt: skip
DESCRIPTION: dict[str, Any] = create_app(Settings(data_folder=Path("never-opened"))).openapi()


def path_of(route: Route) -> str:
    """A path that the route answers."""
    return route.path.format(**PLACES)


def operation(route: Route) -> dict[str, Any]:
    """What the description says of a route."""
    found: dict[str, Any] = DESCRIPTION["paths"].get(route.path, {}).get(route.method.lower(), {})
    return found


def statuses(route: Route) -> set[int]:
    """The statuses that are announced."""
    return {int(each) for each in operation(route)["responses"]}


def takes(route: Route, kind: str) -> bool:
    """Whether a route takes a body of this kind."""
    return kind in operation(route).get("requestBody", {}).get("content", {})


JSON_ROUTES = [route for route in ROUTES if takes(route, "application/json")]
UPLOADS = [route for route in ROUTES if takes(route, "multipart/form-data")]
WITHOUT_BODY = [
    route
    for route in ROUTES
    if operation(route)
    and route not in JSON_ROUTES
    and route not in UPLOADS
    and not route.is_public
]


def example(route: Route) -> Any:
    """The good body that the description shows."""
    content = operation(route)["requestBody"]["content"]["application/json"]
    if "example" in content:
        return content["example"]
    return next(iter(content["examples"].values()))["value"]


def leaves(document: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The places of all values of a document."""
    if isinstance(document, dict | list):
        items = document.items() if isinstance(document, dict) else enumerate(document)
        for key, value in items:
            yield from leaves(value, (*at, key))
    else:
        yield at


def replaced(document: Any, at: tuple[Any, ...], value: Any) -> Any:
    """The document with another value in one place."""
    copy = json.loads(json.dumps(document))
    if not at:
        return value
    inner = copy
    for key in at[:-1]:
        inner = inner[key]
    inner[at[-1]] = value
    return copy
