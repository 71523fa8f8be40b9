"""Style sheets and scripts: cached for ever under the name of their content, and nothing else is reachable."""

from __future__ import annotations

import re

import pytest

from api.pages.static_files import address, static_files
from tests.pages.visitor import Visitor

TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}  # fmt: skip


@pytest.mark.parametrize("name", sorted(static_files()))
def test_a_file_in_its_version_is_kept_for_ever(stranger: Visitor, name: str) -> None:
    answer = stranger.open(address(name))

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == TYPES[name.rpartition(".")[2]]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("query", ["", "?v=0", "?v="])
def test_under_another_name_it_is_asked_for_again(stranger: Visitor, query: str) -> None:
    answer = stranger.open(f"/static/base.css{query}")

    assert answer.headers["cache-control"] == "public, no-cache"
    again = stranger.open("/static/base.css", **{"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path",
    ["../app.py", "..%2fapp.py", "%2e%2e/app.py", "base.css/", "", ".", "BASE.CSS", "base.css%00",
     "base.html", "/etc/passwd", "%2fetc%2fpasswd", "..%5capp.py"],
)  # fmt: skip
def test_nothing_else_is_reachable(visitor: Visitor, path: str) -> None:
    answer = visitor.client.get(f"/static/{path}")

    assert answer.status_code == 404
    assert answer.headers["cache-control"] == "no-store"


def test_pages_and_problems_are_not_kept(visitor: Visitor) -> None:
    for path in ("/", "/nothing", "/static/nothing"):
        assert visitor.open(path).headers["cache-control"] == "no-store"


def test_what_a_page_loads_is_there_in_this_version(visitor: Visitor) -> None:
    named = re.findall(r'(?:src|href)="(/static/[^"]+)"', visitor.open("/").text)

    assert len(named) >= 3
    assert all("immutable" in visitor.open(each).headers["cache-control"] for each in named)


def test_a_script_names_the_versions_of_those_it_imports() -> None:
    imports = [
        (found[1], found[2])
        for file in static_files().values()
        if file.media_type.startswith("text/javascript")
        for found in re.finditer(
            r'from "\./([a-z_]+\.js)(\?v=[0-9a-f]{16})?"', file.content.decode()
        )
    ]

    assert all(f"?v={static_files()[name].version}" == version for name, version in imports)
