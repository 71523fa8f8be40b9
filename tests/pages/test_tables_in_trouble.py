"""Tables whose trial changed, whose files are damaged, whose site has its share: their pages still say what is so."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI

import api.pages.table_runs
from api.app import create_app
from api.screeners import screener_of
from api.words import Role
from tests.api.batches.keeping import accepted
from tests.api.conftest import client_of
from tests.api.door import identities as who
from tests.pages.tables import act, done, own_table, prepared, words
from tests.pages.visitor import Visitor


@pytest.fixture(scope="module")
def finished(service: FastAPI) -> str:
    """A run of 20 rows that is done."""
    return done(Visitor(service), own_table(20))


# Results of a trial that is another by now -----------------------------------------------------


def heads(text: str) -> list[str]:
    """The columns of the results by which they can be sorted."""
    return re.findall(r"sort=(\w+)", text.partition("<thead>")[2].partition("</thead>")[0])


@pytest.fixture
def outcome(service: FastAPI, finished: str) -> Any:
    """The file that tells what a run computed, as it was before afterwards."""
    kept = service.state.batches.store.find("local", finished.rpartition("/")[2])
    path: Path = kept.path / "outcome.json"
    before = path.read_bytes()
    yield path
    path.write_bytes(before)


@pytest.mark.parametrize("changed", [{"profile": "renamed"}, {"trial": "NCT00000000"}], ids=str)
@pytest.mark.parametrize("query", ["", "?verdict=fail&criterion=INCL01", "?sort=INCL01&down=true"])
def test_results_are_shown_when_the_profile_or_trial_is_gone(
    visitor: Visitor, finished: str, outcome: Path, changed: dict[str, str], query: str
) -> None:
    before = visitor.open(finished + query).text
    outcome.write_text(json.dumps({**json.loads(outcome.read_bytes()), **changed}))

    answer = visitor.open(finished + query)

    assert answer.status_code == 200
    assert heads(answer.text) == heads(before)
    assert "INCL01" in heads(answer.text)
    assert answer.text.count('class="mark fail"') == before.count('class="mark fail"')
    assert '<option value="EXCL05">EXCL05</option>' in answer.text
    assert visitor.open(f"{finished}/rows/0").status_code == 200


def test_a_criterion_that_was_removed_since_stays_a_column_of_the_results(
    visitor: Visitor, finished: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial = screener_of("NCT06731140").trial
    fewer = replace(trial, criteria=trial.criteria[1:])
    monkeypatch.setattr(
        api.pages.table_runs, "screener_of", lambda *_: SimpleNamespace(trial=fewer)
    )

    text = visitor.open(finished).text

    assert trial.criteria[0].id == "INCL01"
    assert "INCL01" in heads(text)
    assert '<option value="INCL01">INCL01</option>' in text
    assert f"INCL02 – {html.escape(trial.criteria[1].title, quote=False)}</option>" in text


# Damaged files ---------------------------------------------------------------------------------


def test_one_damaged_mapping_hides_neither_the_list_nor_a_draft(
    service: FastAPI, visitor: Visitor
) -> None:
    mappings = service.state.batches.mappings
    saved = mappings.save("local", "Klinik", {"id": "No"}, actor="local")
    (mappings._folder / "local" / f"{saved.key}.json").write_bytes(b"{")
    place = prepared(visitor, own_table(3))

    pages = [visitor.open("/tables"), visitor.open(place)]

    assert [each.status_code for each in pages] == [200, 200]
    assert act(visitor, place, "use").status_code == 303
    visitor.send("/tables/mappings", {"key": saved.key})
    assert list(mappings._folder.rglob("*.json")) == []


def test_a_draft_that_is_damaged_does_not_hide_the_others(
    service: FastAPI, visitor: Visitor
) -> None:
    bad, good = (prepared(visitor, own_table(3)) for _ in range(2))
    kept = service.state.batches.drafts.find("local", bad.rpartition("/")[2])
    (kept.path / "draft.json").write_bytes(b"{")

    answer = visitor.open("/tables")

    assert answer.status_code == 200
    assert good in answer.text
    assert bad not in answer.text
    assert act(visitor, bad, "remove").status_code == 303
    assert not kept.path.exists()


# Choices that are long -------------------------------------------------------------------------

FIELDS = [f"treatments.{n}.last_dose" for n in range(1, 21)]


@pytest.mark.parametrize("do", ["check", "forget", "screen"])
def test_a_column_that_fills_many_fields_is_no_clash_with_itself(visitor: Visitor, do: str) -> None:
    mapping = f"id: No\ncolumns: {{End: [{', '.join(FIELDS)}]}}\n".encode()
    place = prepared(visitor, b"No,End\nP-1,2026-10-01\n", mapping=mapping)
    text = visitor.open(place).text
    hidden = re.findall(
        r'<input type="hidden" name="((?:was\.|header)[^"]*)" value="([^"]*)"', text
    )
    shown = {name: html.unescape(value) for name, value in hidden}
    choice = " + ".join(FIELDS)
    assert shown["was.to.1"] == choice
    assert len(choice) > 400

    answer = act(visitor, place, do, **shown, **{"to.0": "screening_id", "to.1": choice})

    assert answer.status_code == 303, words(answer.text)
    kept = html.unescape(visitor.open(place).text).count(f'name="was.to.1" value="{choice}"')
    assert kept == (1 if do == "check" else 0)


def test_what_is_typed_for_a_column_loses_no_field(visitor: Visitor) -> None:
    place = prepared(visitor, b"No,End\nP-1,2026-10-01\n")
    choice = " + ".join(FIELDS)

    assert act(visitor, place, "check", **{"to.1": choice}).status_code == 303

    assert f'name="was.to.1" value="{choice}"' in html.unescape(visitor.open(place).text)


# A site's share of the queue -------------------------------------------------------------------


def test_a_draft_waits_like_an_upload_while_its_site_has_its_share(tmp_path: Path) -> None:
    settings = who.settings_with_both(tmp_path, batch_max_waiting=2)
    service = create_app(settings)
    with client_of(service):
        mine, theirs = (Visitor(service) for _ in range(2))
        for visitor, site in ((mine, who.SITE), (theirs, who.OTHER_SITE)):
            key = who.key(who.store_of(settings), Role.COORDINATOR, sites=(site,))
            visitor.sign_in(key)
        places = [prepared(each, own_table(2)) for each in (mine, theirs)]
        for visitor, place in zip((mine, theirs), places, strict=True):
            act(visitor, place, "use")
        lock = accepted(service.state.batches.store, who.SITE).lock()
        assert lock is not None, "it waits until the test is over"
        refused = act(mine, places[0], "screen")
        taken = act(theirs, places[1], "screen")
        lock.release()

    assert refused.status_code == 503
    assert "too many" in words(refused.text).lower() or "try again" in words(refused.text).lower()
    assert (taken.status_code, taken.headers["location"]) == (303, places[1])
