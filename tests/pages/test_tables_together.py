"""Several people on one table: who sees it, and whose choices count when two work on one draft."""

from __future__ import annotations

import html
import re
from datetime import date
from typing import Any

import pytest
from fastapi import FastAPI

from api.batches.drafts import KeptDraft
from api.batches.model import Choices
from api.pages import table_drafts
from api.words import Role
from tests.api.door import identities as who
from tests.pages.tables import (
    AS_OF,
    CLINIC,
    TRIAL,
    act,
    chosen,
    done,
    own_table,
    prepared,
    words,
)
from tests.pages.visitor import Visitor


@pytest.fixture
def colleagues(guarded: FastAPI, settings: Any) -> tuple[Visitor, Visitor, Visitor]:
    store = who.store_of(settings)
    found = [Visitor(guarded) for _ in range(3)]
    for visitor, site in zip(found, (who.SITE, who.SITE, who.OTHER_SITE), strict=True):
        visitor.sign_in(who.key(store, Role.COORDINATOR, sites=(site,)))
    return found[0], found[1], found[2]


def test_a_second_person_of_the_site_opens_the_same_and_no_other_site_does(
    colleagues: tuple[Visitor, Visitor, Visitor],
) -> None:
    first, second, other = colleagues
    draft = prepared(first, CLINIC.encode())
    run = done(first, own_table(20))

    for place in (draft, run, f"{run}/rows/0", f"{run}/rejected", f"{run}/files/results.csv"):
        assert second.open(place).status_code == 200
        assert other.open(place).status_code == 404
    assert run in second.open("/tables").text
    assert run not in other.open("/tables").text
    for step in ("cancel", "resume", "remove"):
        assert other.send(f"{run}/step", {"do": step}).status_code == 404
    assert act(other, draft, "remove").status_code == 404
    assert other.send(f"{run}/results", {"text": "S"}).status_code == 404
    assert second.send(f"{run}/step", {"do": "remove"}).headers["location"] == "/tables"
    assert first.open(run).status_code == 404


# Two people on one draft -----------------------------------------------------------------------


def as_shown(text: str) -> dict[str, str]:
    """The fields of a draft's page that say what it was shown with."""
    hidden = re.findall(
        r'<input type="hidden" name="((?:was\.|word\.|header)[^"]*)" value="([^"]*)"', text
    )
    return {name: html.unescape(value) for name, value in hidden}


def test_two_people_on_one_draft_do_not_wipe_each_others_choices(visitor: Visitor) -> None:
    place = prepared(visitor, CLINIC.encode())
    shown = as_shown(visitor.open(place).text)
    unchosen = {f"to.{n}": "" for n in range(8)}

    act(visitor, place, "check", **shown, **{**unchosen, "to.1": "sex", "to.0": "screening_id"})
    second = act(visitor, place, "check", **shown, **{**unchosen, "to.2": "ecog"})

    assert second.status_code == 303
    assert chosen(visitor.open(place).text) == {"0": "screening_id", "1": "sex", "2": "ecog"}


def test_what_two_people_chose_differently_is_shown_with_both(visitor: Visitor) -> None:
    place = prepared(visitor, CLINIC.encode())
    shown = as_shown(visitor.open(place).text)
    act(visitor, place, "check", **shown, **{"to.2": "ecog"})

    answer = act(visitor, place, "check", **shown, **{"to.2": "karnofsky", "to.1": "sex"})

    assert answer.status_code == 409
    assert "theirs, kept: ecog ; yours, not kept: karnofsky" in words(answer.text)
    assert chosen(answer.text)["2"] == "karnofsky", "it is there to be sent again"
    assert chosen(visitor.open(place).text) == {"1": "sex", "2": "ecog"}
    again = act(visitor, place, "check", **as_shown(answer.text), **{"to.2": "karnofsky"})
    assert again.status_code == 303
    assert chosen(visitor.open(place).text)["2"] == "karnofsky"


def test_words_and_days_told_meanwhile_stay(visitor: Visitor) -> None:
    place = prepared(visitor, CLINIC.encode())
    act(visitor, place, "check", **{"to.1": "sex"})
    shown = as_shown(visitor.open(place).text)
    assert shown["word.1.0"] == "w"
    act(visitor, place, "check", **shown, **{"means.1.0": "female"})

    answer = act(visitor, place, "check", **shown, **{"means.1.0": "male", "as_of": "2026-11-20"})

    assert answer.status_code == 409
    assert "female" in words(answer.text).partition("yours, not kept")[0]
    assert 'name="was.as_of" value="2026-11-20"' in visitor.open(place).text


@pytest.mark.parametrize("do", ["screen", "forget"])
def test_nobody_screens_or_forgets_what_they_have_not_seen(visitor: Visitor, do: str) -> None:
    place = prepared(visitor, own_table(3))
    act(visitor, place, "use")
    shown = as_shown(visitor.open(place).text)
    act(visitor, place, "check", **shown, **{"to.2": "-"})

    assert act(visitor, place, do, **shown).status_code == 409
    seen = as_shown(visitor.open(place).text)
    assert chosen(visitor.open(place).text)["2"] == "-"
    assert act(visitor, place, do, **seen).status_code == 303


def test_a_choice_for_columns_that_are_read_otherwise_by_now_is_not_given_to_others(
    visitor: Visitor,
) -> None:
    place = prepared(visitor, CLINIC.encode())
    shown = as_shown(visitor.open(place).text)
    act(visitor, place, "check", **shown, **{"delimiter": "comma"})

    answer = act(visitor, place, "check", **shown, **{"to.0": "sex"})

    assert answer.status_code == 409
    assert "yours, not kept: sex" in words(answer.text)
    assert chosen(visitor.open(place).text) == {}


@pytest.mark.parametrize(
    ("do", "before"),
    [("check", "alone"), ("screen", "alone"), ("screen", "view_of"), ("screen", "screen")],
)
def test_who_comes_a_moment_after_it_was_screened_is_led_to_the_run(
    service: FastAPI, visitor: Visitor, monkeypatch: pytest.MonkeyPatch, do: str, before: str
) -> None:
    place = prepared(visitor, own_table(3))
    act(visitor, place, "use")
    drafts = service.state.batches.drafts
    screen = drafts.screen
    owner = table_drafts if before == "view_of" else drafts
    step = getattr(owner, before)

    def after_a_colleague(kept: KeptDraft, *asked: Any, **more: Any) -> Any:
        choices = Choices(TRIAL, as_of=AS_OF)
        screen(kept, choices, actor="key:2", today=date(2026, 11, 21), mapping=None)
        return step(kept, *asked, **more)

    monkeypatch.setattr(owner, before, after_a_colleague)
    answer = act(visitor, place, do)

    assert (answer.status_code, answer.headers.get("location")) == (303, place), answer.text
    assert visitor.open(place).status_code == 200


@pytest.mark.parametrize("do", ["check", "screen"])
def test_who_comes_a_moment_after_it_was_removed_is_told_so(
    service: FastAPI, visitor: Visitor, monkeypatch: pytest.MonkeyPatch, do: str
) -> None:
    place = prepared(visitor, own_table(3))
    drafts = service.state.batches.drafts
    alone = drafts.alone

    def after_a_colleague(kept: KeptDraft) -> Any:
        drafts.remove(kept)
        return alone(kept)

    monkeypatch.setattr(drafts, "alone", after_a_colleague)

    assert act(visitor, place, do).status_code == 404
