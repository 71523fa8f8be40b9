"""A synthetic registry of any size: sixty columns, some values missing, dates around the day of judgement.

`python benchmarks/patient_table.py 100000 table.csv` writes one; same number and seed, same bytes.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import polars as pl

AS_OF, PLANNED_START = "2026-11-21", "2026-12-01"
_JUDGED = np.datetime64(AS_OF)
BLOCK = 250_000


class _Writer:
    """Columns of random cells."""

    def __init__(self, rows: int, seed: tuple[int, int]) -> None:
        self.rows = rows
        self.random = np.random.default_rng(seed)
        self.columns: dict[str, pl.Series] = {}

    def codes(self, name: str, weights: dict[str, float]) -> None:
        shares = np.array(list(weights.values()))
        picked = self.random.choice(len(shares), self.rows, p=shares / shares.sum())
        self.columns[name] = pl.Series(list(weights), dtype=pl.String).gather(picked)

    def numbers(
        self, name: str, mean: float, spread: float, *, digits: int = 1, missing: float = 0.01
    ) -> None:
        values = np.abs(self.random.normal(mean, spread, self.rows)).round(digits)
        texts = (
            pl.Series(values).cast(pl.String)
            if digits
            else pl.Series(values.astype(int)).cast(pl.String)
        )
        self.columns[name] = self._with_gaps(texts, missing)

    def days(self, name: str, first: int, last: int, *, missing: float = 0.02) -> None:
        self._days_ago(name, self.random.integers(first, last, self.rows), missing)

    def sampled(self, *names: str) -> None:
        """Results of one blood sample: mostly fresh, some too old, now and then one taken on another day."""
        ago = np.abs(self.random.normal(0, 3, self.rows)).astype(int)
        for name in names:
            other = self.random.random(self.rows) < 0.02
            self._days_ago(name, np.where(other, ago + 3, ago), 0.01)

    def _days_ago(self, name: str, ago: np.ndarray, missing: float) -> None:
        texts = (
            pl.Series(_JUDGED - ago.astype("timedelta64[D]")).cast(pl.Date).dt.to_string("%Y-%m-%d")
        )
        self.columns[name] = self._with_gaps(texts, missing)

    def _with_gaps(self, texts: pl.Series, missing: float) -> pl.Series:
        empty = pl.Series(self.random.random(self.rows) < missing)
        return texts.set(empty, "")


_YES_NO = {"no": 0.9, "yes": 0.05, "": 0.02}
_LABS = {
    "anc": (4.6, 1.4, "10^9/L", None),
    "lymphocytes": (1.6, 0.6, "10^9/L", None),
    "platelets": (240.0, 70.0, "10^9/L", None),
    "haemoglobin": (12.0, 1.6, "g/dL", None),
    "ast": (34.0, 25.0, "U/L", "40"),
    "alt": (34.0, 20.0, "U/L", "40"),
    "alp": (110.0, 80.0, "U/L", "130"),
    "bilirubin": (11.0, 6.0, "umol/L", "21"),
    "albumin": (39.0, 5.0, "g/L", None),
    "eosinophils": (0.2, 0.15, "10^9/L", "0.5"),
}


def frame(rows: int, *, first: int = 0, seed: int = 7) -> pl.DataFrame:
    """Rows of the table from number `first` on."""
    table = _Writer(rows, (seed, first))
    numbers = pl.Series(np.arange(first, first + rows)).cast(pl.String).str.zfill(9)
    table.columns["screening_id"] = "P-" + numbers
    table.codes("sex", {"female": 0.98, "male": 0.01, "": 0.01})
    table.numbers("age_years", 56, 11, digits=0, missing=0.01)
    table.codes("ecog", {"0": 0.3, "1": 0.45, "2": 0.12, "1-2": 0.03, "3": 0.05, "": 0.02})
    table.codes("diagnosis.cancer", {"breast": 0.98, "other": 0.01, "": 0.01})
    table.codes(
        "diagnosis.extent", {"metastatic": 0.8, "locally_advanced": 0.1, "early": 0.05, "": 0.02}
    )
    table.codes("diagnosis.confirmation", {"histology": 0.93, "cytology": 0.03, "": 0.04})
    percent = {
        "0": 0.3,
        "<1": 0.1,
        "1": 0.01,
        "5": 0.08,
        "1-10": 0.02,
        "60": 0.15,
        "90": 0.25,
        "": 0.02,
    }
    table.codes("specimens.1.er_percent", percent)
    table.codes("specimens.1.pr_percent", percent)
    table.codes(
        "specimens.1.her2_ihc",
        {"0": 0.3, "1+": 0.35, "2+": 0.15, "1-2+": 0.03, "3+": 0.12, "": 0.02},
    )
    table.codes(
        "specimens.1.her2_ish", {"not_amplified": 0.6, "amplified": 0.1, "not done": 0.2, "": 0.02}
    )
    _treatments(table)
    for name, (mean, spread, unit, limit) in _LABS.items():
        table.numbers(f"labs.{name}.value", mean, spread, digits=2 if mean < 1 else 1)
        table.codes(f"labs.{name}.unit", {unit: 1.0})
        if limit:
            table.codes(f"labs.{name}.upper_limit_of_normal", {limit: 0.95, "": 0.02})
    table.sampled(*(f"labs.{name}.date" for name in _LABS))
    _rest(table)
    return pl.DataFrame(table.columns)


def _treatments(table: _Writer) -> None:
    table.codes("treatments.complete", {"yes": 0.9, "": 0.02})
    table.codes(
        "treatments.1.agents",
        {
            "atezolizumab; nab-paclitaxel": 0.5,
            "pembrolizumab; carboplatin": 0.3,
            "toripalimab": 0.1,
            "capecitabine": 0.1,
        },
    )
    table.codes("treatments.1.setting", {"metastatic": 0.85, "adjuvant": 0.1, "": 0.02})
    table.days("treatments.1.start", 121, 500)
    table.days("treatments.1.last_dose", 0, 120)
    table.codes(
        "treatments.1.progression",
        {"radiologic": 0.8, "clinical_only": 0.1, "none": 0.05, "": 0.02},
    )
    table.codes("treatments.1.progression_timing", {"during": 0.9, "after": 0.1})
    table.codes("treatments.2.kind", {"chemotherapy": 0.7, "radiotherapy": 0.2, "surgery": 0.1})
    table.days("treatments.2.last_dose", 5, 2000)


def _rest(table: _Writer) -> None:
    table.codes("lesions.complete", {"yes": 0.9, "": 0.02})
    table.codes("lesions.1.kind", {"extranodal": 0.8, "lymph_node": 0.2})
    table.numbers("lesions.1.longest_diameter_mm", 25, 10, digits=0)
    table.codes("lesions.1.method", {"ct": 0.9, "mri": 0.1})
    table.codes(
        "metastatic_sites",
        {"lung; liver": 0.3, "bone": 0.3, "lymph_node": 0.35, "brain": 0.02, "": 0.03},
    )
    table.codes("metastatic_sites.complete", {"yes": 0.97, "": 0.03})
    for name in ("known_metastases", "symptomatic"):
        table.codes(f"cns.{name}", _YES_NO)
    for name in ("autoimmune", "cardiovascular", "eosinophil_mast_cell"):
        table.codes(f"history.{name}", {"none": 0.95, "": 0.02})
    table.codes("other_malignancies", {"none": 0.95, "": 0.02})
    table.codes(
        "reproductive.status", {"postmenopausal": 0.7, "childbearing_potential": 0.25, "": 0.02}
    )
    table.codes("reproductive.pregnancy_test", {"negative": 0.9, "": 0.02})
    for name in ("breastfeeding", "intends_pregnancy"):
        table.codes(f"reproductive.{name}", _YES_NO)
    table.codes("reproductive.contraception", {"agreed": 0.9, "refused": 0.03, "": 0.02})
    table.codes("allergies", {"none": 0.9, "": 0.02})
    table.codes("steroids", {"none": 0.9, "": 0.02})
    for name in ("cognitive_ability", "willing_to_participate", "willing_to_be_followed_up"):
        table.codes(f"consent.{name}", {"yes": 0.95, "": 0.02})


def write(path: Path, rows: int) -> None:
    """The table as CSV, made in blocks."""
    with path.open("wb") as stream:
        for first in range(0, rows, BLOCK):
            part = frame(min(BLOCK, rows - first), first=first)
            part.write_csv(stream, include_header=not first, quote_style="never")


if __name__ == "__main__":
    write(Path(sys.argv[2]), int(sys.argv[1]))
