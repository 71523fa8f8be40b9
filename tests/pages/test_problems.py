"""What goes wrong on a page is told as a page, in the reader's language; for programs it stays a problem."""

from __future__ import annotations

import re

import pytest
from fastapi import FastAPI

from api.pages.wording import all_words
from api.problems import MEDIA_TYPE
from api.words import Role
from eligibility.errors import EligibilityError
from tests.api.door import identities as who
from tests.pages.visitor import Visitor


@pytest.mark.parametrize(
    ("language", "title"), [("en", "There is no such page"), ("zh-CN", "页面不存在")]
)
def test_a_page_that_is_not_there(visitor: Visitor, language: str, title: str) -> None:
    answer = visitor.open("/nothing", **{"accept-language": language})

    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert f"<h1>{title}</h1>" in answer.text
    assert answer.headers["x-request-id"] in answer.text


def test_programs_get_problems_as_ever(visitor: Visitor) -> None:
    for path in ("/v1/nothing", "/v1/trials/nothing"):
        assert visitor.open(path).headers["content-type"] == MEDIA_TYPE
    assert visitor.open("/nothing", accept="*/*").headers["content-type"] == MEDIA_TYPE


def test_a_script_gets_only_the_part_that_it_can_show(visitor: Visitor) -> None:
    answer = visitor.open("/nothing", **{"sec-fetch-dest": "empty"})

    assert answer.text.startswith('<section class="problem"')


def test_what_is_sent_without_a_session_is_refused_and_not_led_away(stranger: Visitor) -> None:
    posted = stranger.send("/site", {"site": who.SITE})
    asked = stranger.open("/", **{"sec-fetch-dest": "empty"})

    assert (posted.status_code, asked.status_code) == (401, 401)
    assert 'data-code="not_authenticated"' in posted.text
    assert "You are not signed in" in posted.text


def test_an_unknown_parameter_is_named_by_its_number_only(visitor: Visitor) -> None:
    answer = visitor.open("/?canary-731=canary-732")

    assert (answer.status_code, "canary-73" in answer.text) == (422, False)
    assert "parameter 1" in answer.text


def test_too_much_is_refused_on_a_page(visitor: Visitor) -> None:
    answer = visitor.send("/language", {"language": "x" * 1_100_000})

    assert (answer.status_code, 'data-code="body_too_large"' in answer.text) == (413, True)


def test_a_form_with_too_many_fields_is_a_problem(visitor: Visitor) -> None:
    answer = visitor.send("/language", {str(number): "" for number in range(6000)})

    assert answer.status_code == 400
    assert "<h1" in answer.text


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (RuntimeError("canary-731"), 500, "The service failed; nothing was decided"),
        (EligibilityError("the log is busy", hint="wait"), 422, "The log is busy"),
    ],
    ids=["a fault", "an error of ours"],
)
def test_errors_of_routes_are_pages(
    service: FastAPI, error: Exception, status: int, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*given: object, **named: object) -> None:
        raise error

    monkeypatch.setattr("api.pages.start.render", broken)

    answer = Visitor(service).open("/")

    assert answer.status_code == status
    assert words in answer.text
    assert "canary-731" not in answer.text


@pytest.mark.parametrize("path", ["/", "/nothing"])
def test_when_no_page_can_be_made_a_problem_is_the_answer(
    visitor: Visitor, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*given: object, **named: object) -> None:
        raise RuntimeError("canary-731")

    monkeypatch.setattr("api.pages.site.Site.render", broken)

    answer = visitor.open(path)

    assert (answer.status_code, answer.headers["content-type"]) == (500, MEDIA_TYPE)
    assert "x-request-id" in answer.headers
    assert "canary" not in answer.text


def test_who_may_not_is_told_so_on_a_page(
    guarded: FastAPI, stranger: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = stranger.open("/", **who.bearer(who.token(eligibility_roles=["owner"])))

    assert (answer.status_code, "Your role does not allow this" in answer.text) == (403, True)


def test_the_keys_are_out_of_reach(
    guarded: FastAPI, stranger: Visitor, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger.sign_in(who.key(who.store_of(settings), Role.READER))  # type: ignore[arg-type]

    def fails(*given: object) -> None:
        raise EligibilityError("no", code="key_store_unavailable")

    monkeypatch.setattr("api.security.key_store.SqlKeyStore.find", fails)
    answer = stranger.open("/")

    assert (answer.status_code, "Nobody can be identified" in answer.text) == (503, True)


def test_a_page_called_by_another_name_is_a_problem(visitor: Visitor) -> None:
    answer = visitor.open("/", host="evil.example")

    assert answer.status_code == 400
    assert 'data-code="host_unknown"' in answer.text


def test_every_kind_of_refusal_has_a_title_and_advice_in_every_language() -> None:
    titles = {key for key in all_words() if re.fullmatch(r"problem\.\d+", key)}

    assert {f"{key}.todo" for key in titles} <= set(all_words())
    assert {400, 401, 403, 404, 405, 413, 415, 422, 429, 500, 503} <= {
        int(key.rpartition(".")[2]) for key in titles
    }
