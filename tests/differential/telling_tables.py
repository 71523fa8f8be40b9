"""Small tables whose rows differ where rows might be taken for the same: each tells a part of the key from another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product

from tests.differential.batch_tables import TableWriter

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
    "observed": table(
        "sex,sex.date", product(("female", "male"), ("", "2026-01-05", "2026-01-06"))
    ),
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
