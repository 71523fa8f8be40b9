"""Each part of what rows must have in common is needed: without it the two engines differ on one of these tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache
from itertools import product
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
from tests.differential.batch_tables import PLANNED_START, TableWriter
from tests.differential.columns_at_scale import PROFILES, lines_by_reference, screened_by_columns

ABSENT = ("not done", "pending", "conflicting", "unreadable", "")
DAYS = ("2026-01-02", "2026-01-02/2026-01-04", "2026-01-03", "2026-01", "2025-12", "2025-12-30")


def table(names: str, rows: Iterable[Sequence[str]]) -> str:
    lines = (f"P{number},{','.join(row)}" for number, row in enumerate(rows))
    return "\n".join([f"screening_id,{names}", *lines, ""])


def _anc(number: int) -> str:
    return ",".join(f"labs.anc.{number}.{part}" for part in ("value", "unit", "date"))


UNIT = ("10^9/L",)

TABLES = {
    "full width": TableWriter(3, mess=0.01).table(60),
    # A test that is pending was done, and so an older result is not the latest; one not done was not.
    "samples": table(
        f"{_anc(1)},{_anc(2)}",
        (
            (one, *UNIT, day, other, *UNIT, older)
            for one, day, other, older in product(
                (*ABSENT, "1.8"), ("2026-01-03", "2025-11-01"), ("1.2", ""), ("2025-11-02", "")
            )
        ),
    ),
    "two results": table(
        f"{_anc(1)},{_anc(2)}",
        (("1.8", *UNIT, one, "1.0", *UNIT, two) for one, two in product(DAYS, DAYS)),
    ),
    "results by number": table(
        "labs.1.test,labs.1.value,labs.1.unit,labs.1.date",
        ((test, "1.2", *UNIT, "2026-01-04") for test in ("anc", "lymphocytes", "anc")),
    ),
    "items": table(
        "treatments.complete,treatments.1.line,treatments.1.setting,treatments.1.kind,"
        "metastatic_sites.complete,metastatic_sites.1.site",
        product(
            ("yes",), ("", "1"), ("", "adjuvant"), ("", "chemotherapy"), ("yes",), ("", "liver")
        ),
    ),
    "judged on other days": table(
        "as_of,planned_start,treatments.complete,treatments.1.kind,treatments.1.last_dose,"
        "treatments.1.ongoing",
        (
            (judged, start, "yes", "chemotherapy", last, ongoing)
            for judged, start, last, ongoing in product(
                ("2026-01-05", "2025-12-20"),
                ("", "2026-01-15", "2026-03-15"),
                ("", "2025-12-24", "2025-12-25", "2025-12-26", "2024-01", "2025"),
                ("yes", "no", ""),
            )
        ),
    ),
    "both clocks": table(
        "as_of,planned_start,treatments.complete,treatments.1.kind,treatments.1.last_dose,"
        "treatments.1.ongoing,other_malignancies.complete,other_malignancies.1.type,"
        "other_malignancies.1.last_active",
        (
            (judged, start, "yes", "chemotherapy", last, ongoing, "yes", kind, active)
            for (judged, start), last, ongoing, (kind, active) in product(
                (
                    ("2026-01-05", "2026-01-15"),
                    ("day 0", "day 10"),
                    ("day 0", "day 69"),
                    ("2026-01-05", ""),
                    ("day 0", ""),
                ),
                ("", "2025-12-30", "2025-09-01", "day -6", "day -100"),
                ("yes", "no"),
                (
                    ("", ""),
                    ("melanoma", "2021-01-05"),
                    ("melanoma", "2021-01-06"),
                    ("melanoma", "day -1826"),
                    ("melanoma", "day -1825"),
                ),
            )
        ),
    ),
    "malignancies": table(
        "other_malignancies.complete,other_malignancies.1.type,other_malignancies.1.diagnosed,"
        "other_malignancies.1.last_active",
        (
            ("yes", "melanoma", *days)
            for days in product(
                ("2021-01-03", "2021-01", "2020-12-30", "2015", "2019-05-05"), repeat=2
            )
        ),
    ),
    "ages of findings": table(
        "treatments.complete,treatments.1.kind,treatments.1.ongoing,treatments.1.last_dose,sex,"
        "reproductive.pregnancy_test,reproductive.pregnancy_test.date",
        (
            ("yes", "chemotherapy", ongoing, dose, "female", test, day)
            for ongoing, dose, test, day in product(
                ("yes", "no"),
                ("2025-12-26", "2025-01-06", "2025-01-05", "2025-01-04", "2025-01-03"),
                ("negative", "positive"),
                ("2025-04-01", "2025-03-31", "2025-03-30"),
            )
        ),
    ),
    "births": table(
        "as_of,sex,birth_date,birth_date.date,weight_kg,labs.creatinine.value,labs.creatinine.unit",
        (
            (judged, "female", birth, observed, "60", "1000", "umol/L")
            for judged, birth, observed in product(
                ("2026-01-05", "2026-01-10", "2025-06-30"),
                (
                    "2026-04-01",
                    "2026-01-20",
                    "2025-12-01",
                    "2008-01-05",
                    "2008-01-06",
                    "2008",
                    "1960",
                ),
                ("", "2026-01-06"),
            )
        ),
    ),
    "observed": table("ecog,ecog.date", product(("1", "3"), ("", "2026-01-05", "2026-01-06"))),
    # The day of this test is read as such, and says too that a later one is not to be believed.
    "tests to come": table(
        "as_of,sex,reproductive.pregnancy_test,reproductive.pregnancy_test.date,"
        "reproductive.breastfeeding",
        product(
            ("2026-01-05", "2026-01-06"),
            ("female",),
            ("negative", "positive"),
            ("2026-01-05", "2026-01-06", "2026-01", "2026-02", "2027", ""),
            ("no",),
        ),
    ),
    "irradiated": table(
        "treatments.complete,treatments.1.kind,lesions.complete,lesions.1.kind,"
        "lesions.1.longest_diameter_mm,lesions.1.method,lesions.1.slice_thickness_mm",
        (
            (complete, kind, "yes", "extranodal", "24", "ct", "5")
            for complete, kind in product(
                ("yes", "no", ""), ("surgery", "radiotherapy", "chemotherapy", "")
            )
        ),
    ),
    "steroids": table(
        "steroids.complete,treatments.complete,treatments.1.agents,treatments.1.kind",
        product(("yes", ""), ("yes",), ("prednisone", "olaparib", ""), ("", "other")),
    ),
    "brain": table(
        "cns.known_metastases,cns.treated,cns.symptomatic,cns.treatment_end",
        product(("yes", "no", ""), ("yes", "no", ""), ("no", ""), (*ABSENT, "2025-06-01")),
    ),
    "clocks": table(
        "as_of,planned_start,treatments.1.kind,treatments.1.last_dose",
        product(
            ("2026-01-05", "day 0"),
            ("",),
            ("chemotherapy",),
            ("2025-12-30", "day -6", "2025-12-30"),
        ),
    ),
    "lists": table(
        "treatments,treatments.complete,treatments.1.kind",
        product(("none", "unknown", ""), ("yes", "no", ""), ("surgery", "")),
    ),
}


OWN_DATES_ONLY = ("judged on other days", "both clocks", "clocks")
"""Tables whose rows have a planned start of their own or none."""


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
