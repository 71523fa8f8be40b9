"""Each part of what rows must have in common is needed: without it the two engines differ on one of these tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from eligibility.columnar import birth_years, coded
from eligibility.columnar.anchor_days import AnchorDays
from eligibility.columnar.structure import Structure
from eligibility.errors import EligibilityError
from eligibility.findings.reads import Reads
from eligibility.intake import dictionaries
from eligibility.interning import Coded
from eligibility.screening import asks, columns
from eligibility.screening.asks import Asks, Header
from tests.differential.batch_tables import PLANNED_START
from tests.differential.columns_at_scale import PROFILES, lines_by_reference, screened_by_columns
from tests.differential.telling_tables import OWN_DATES_ONLY, TABLES


@cache
def expected(name: str, profile: str | None, folder: Path) -> list[str]:
    return [line for line in lines_by_reference(_file(name, folder), profile, _start(name)) if line]


def _start(name: str) -> str | None:
    return None if name in OWN_DATES_ONLY else PLANNED_START


def _file(name: str, folder: Path) -> Path:
    path = folder / f"{name}.csv"
    path.write_text(TABLES[name], encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tables")


def differs(name: str, profile: str | None, folder: Path) -> bool:
    by_reference = expected(name, profile, folder)
    try:
        lines, _ = screened_by_columns(_file(name, folder), profile, _start(name), 1000)
    except EligibilityError:
        return True
    return lines != by_reference


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("name", TABLES)
def test_intact_the_engines_say_the_same(name: str, profile: str | None, folder: Path) -> None:
    assert expected(name, profile, folder)
    assert not differs(name, profile, folder)


def dropped(wanted: Callable[[tuple[Any, ...], Asks], bool]) -> Any:
    codes = columns._codes

    def fewer(asked: Asks, batch: Any) -> list[tuple[object, Coded]]:
        return [(key, each) for key, each in codes(asked, batch) if not wanted(key, asked)]  # type: ignore[arg-type]

    return columns, "_codes", fewer


def without(**nothing: Any) -> Any:
    """The header's answer with a part of it left out."""
    made = Header._asks

    def fewer(*arguments: Any) -> Asks:
        return replace(made(*arguments), **nothing)

    return Header, "_asks", fewer


def without_found(**nothing: Any) -> Any:
    made = Header._asks

    def fewer(self: Header, found: Sequence[Any], leaf: Any) -> Asks:
        return made(self, [each._replace(**nothing) for each in found], leaf)

    return Header, "_asks", fewer


def kind_without(what: str) -> Any:
    kind = dictionaries._kind

    def plain(steps: Any, value: object) -> str:
        is_meant = steps[-1] == "absent" if what == "absence" else isinstance(value, bool)
        return str(steps[-1]) if is_meant else kind(steps, value)

    return dictionaries, "_kind", plain


def found_without_apart() -> Any:
    found = Header._found

    def fewer(self: Header, reads: Reads) -> Any:
        return found(self, reads._replace(apart=()))

    return Header, "_found", fewer


def anchors_without(place: slice) -> Any:
    parts = AnchorDays._parts

    def fewer(self: AnchorDays, limits: Any, first: int) -> list[tuple[object, Coded]]:
        kept = parts(self, limits, first)
        none = Coded(np.zeros(len(kept[0][1].codes), dtype=np.int64), 1)
        kept[place] = [(name, none) for name, _ in kept[place]]
        return kept

    return AnchorDays, "_parts", fewer


def sides(which: int) -> Any:
    def one(low: Any, high: Any, days: Any, is_date: Any) -> Any:
        return np.where(is_date, np.sign((low, high)[which] - days) + 1, 0)

    return coded, "_sides", one


def first_days_only(self: Any, one: int, other: int) -> Coded:
    (first, _, is_date), (second, _, is_too) = self._ends(one), self._ends(other)
    return Coded(np.where(is_date & is_too, np.sign(first - second) + 2, 0), 4)


def nothing_judged(self: Structure, rows: Any, *_: object) -> Any:
    return np.zeros(rows.rows, dtype=np.int8)


def births_of_all(self: Any, dictionary: Any, numbers: Any, judged: Any, on_offset: Any) -> Coded:
    born = dictionary.days[0][numbers]
    return _years(self, dictionary, numbers, np.maximum(judged, born), on_offset)


_years = birth_years.BirthYears.number


def _is(kind: str) -> Callable[[tuple[Any, ...], Asks], bool]:
    return lambda key, _: key[0] == kind


MUTATIONS = {
    "items": ("items", dropped(_is("item"))),
    "whether": ("samples", dropped(_is("whether"))),
    "texts": ("observed", dropped(_is("text"))),
    "anchors": ("judged on other days", dropped(_is("anchor"))),
    "dates": ("judged on other days", dropped(lambda k, a: k[0] == "date" and k[1] in a.dates)),
    "observed": ("observed", dropped(lambda k, a: k[0] == "date" and k[1] in a.observed)),
    "order": ("malignancies", dropped(_is("order"))),
    "births": ("births", dropped(_is("birth"))),
    "Asks.texts": ("observed", without(texts=())),
    "Asks.whether": ("samples", without(whether=())),
    "Asks.dates": ("judged on other days", without(dates=())),
    "Asks.observed": ("observed", without(observed=())),
    "Asks.births": ("births", without(births=())),
    "Asks.items": ("items", without(items=())),
    "Asks.limits": ("judged on other days", without(limits=())),
    "Asks.is_observed": ("tests to come", without(is_observed=False)),
    "Asks.columns": ("observed", without(columns=())),
    "why a value is absent": ("samples", kind_without("absence")),
    "yes or no": ("lists", kind_without("yes and no")),
    "days that tell results apart": ("two results", found_without_apart()),
    "which test a result is of": (
        "results by number",
        (Header, "_test_of", lambda self, column: iter(())),
    ),
    "ages": ("ages of findings", without_found(ages=())),
    "beyond the item": ("irradiated", (asks, "_reads_beyond", lambda leaf: [])),
    "beyond the list": ("steroids", (asks, "BEYOND_THE_LIST", {})),
    "whether a start is planned": ("judged on other days", anchors_without(slice(0, 1))),
    "limits about the day of judgement": (
        "judged on other days",
        anchors_without(slice(1, None)),
    ),
    "order of last days": ("two results", (coded.CodedRows, "order", first_days_only)),
    "places of last days": ("judged on other days", sides(0)),
    "places of first days": ("judged on other days", sides(1)),
    "one clock": ("clocks", (coded, "_on_one_clock", lambda *_: np.True_)),
    "contradicting lists": ("lists", (Structure, "_judged_list", nothing_judged)),
    "born after judgement": ("births", (birth_years.BirthYears, "number", births_of_all)),
}


@pytest.mark.parametrize("part", MUTATIONS)
def test_without_a_part_of_the_key_the_engines_differ(
    part: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, (where, attribute, instead) = MUTATIONS[part]
    assert not any(differs(name, profile, folder) for profile in PROFILES)

    monkeypatch.setattr(where, attribute, instead)

    assert any(differs(name, profile, folder) for profile in PROFILES)
