"""Tables for comparing the two ways of screening a batch: rows of plausible, edge and odd cells."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from random import Random

from eligibility.testing.cells import cell_by
from eligibility.testing.chooser import RandomChooser

EXAMPLES = Path(__file__).parents[2] / "examples"
AS_OF, PLANNED_START = "2026-01-05", "2026-01-15"

_MESSY_TOO = {
    "screening_id": (),
    "planned_start": (
        "",
        "",
        "",
        "",
        "2026-01-15",
        "2026-01-15",
        "2026-01-08",
        "2026-02",
        "2026-01-04",
        "2026年1月15日",
        "2026/1/15",
        "day 10",
    ),
    "as_of": (
        "",
        "",
        "",
        "",
        "2026-01-05",
        "2026-01-05",
        "2026-01-06",
        "2026年1月6日",
        "2025-12-31",
        "2025-12-31",
        "n/a",
    ),
}
_DATES = ("date", "start", "last_dose", "treatment_end", "diagnosed", "last_active")
_MORE = {
    "history.autoimmune.1.date": ("pending",),
    "history.autoimmune.1.code": ("rheumatoid_arthritis", "vitiligo"),
    "history.cardiovascular.1.code": ("heart_failure", "hypertension"),
    "history.cardiovascular.2.code": ("hypertension", "heart_failure"),
    "history.cardiovascular.2.nyha_class": ("1", "2", "1-2", "4"),
    "history.cardiovascular.2.controlled": ("yes", "no"),
    "other_malignancies.1.type": ("melanoma", "basal_cell_skin", "breast", "unspecified"),
    "other_malignancies.1.diagnosed": ("pending",),
    "other_malignancies.1.last_active": ("pending",),
    "labs.anc.2.value": ("0.9", "1.5", "2.0", "<1", "900"),
    "labs.anc.2.unit": ("10^9/L", "/uL", "x"),
    "labs.anc.2.date": ("pending",),
    "labs.1.test": ("anc", "ast", "creatinine"),
    "labs.1.value": ("1.2", "88", "200"),
    "labs.1.unit": ("10^9/L", "U/L", "umol/L"),
    "labs.1.upper_limit_of_normal": ("40", "1"),
    "labs.1.date": ("pending",),
    "birth_date": (
        "1950-01-05",
        "2008-01-05",
        "2008-01-06",
        "1960",
        "1971-03",
        "1971年3月",
        "2008/1/6",
    ),
    "karnofsky": ("70", "50", "40-60", "90", "70分", "４０～60"),
    "lesions.1.size_mm": ("12", "9.9", ">20", "＞20", "不详"),
    "lesions.1.progressed_since_irradiation": ("yes", "no"),
    "specimens.2.her2_ihc": ("0", "2+", "3+", "2＋", "（1+）", "未检测"),
    "specimens.2.her2_ratio": ("1.9", "2.0", "2.1"),
    "specimens.2.her2_copies": ("3.9", "4.0", "6"),
    "ecog.absent": ("pending", "not_done"),
    "cns.treated": ("yes", "no", "pending"),
    "cns.treatment_end": ("pending",),
    "lesions.2.kind": ("leptomeningeal", "lymph_node"),
    "steroids.1.kind": ("glucocorticoid",),
    "treatments.4.last_dose": ("pending",),
    "treatments.4.agents": ("prednisone", "olaparib; dexamethasone"),
}
STATES = (
    "ecog",
    "karnofsky",
    "cns.known_metastases",
    "cns.symptomatic",
    "cns.progressing",
    "cns.leptomeningeal",
    "reproductive.breastfeeding",
    "reproductive.intends_pregnancy",
    "reproductive.contraception",
    "consent.cognitive_ability",
    "consent.willing_to_participate",
    "consent.willing_to_be_followed_up",
)
"""What is believed for 90 days only."""

_OBSERVED = (
    *STATES,
    "birth_date",
    "cns.treatment_end",
    "reproductive.pregnancy_test",
    "specimens.1.her2_ihc",
    "labs.anc.value",
    "labs.anc.date",
    "treatments.1.kind",
    "treatments.2.last_dose",
    "diagnosis.extent",
)
"""Values whose day of observation is a column too."""

_CODES = {
    "history.autoimmune.1": "code",
    "history.cardiovascular.1": "code",
    "history.cardiovascular.2": "code",
    "labs.1": "test",
}
"""Items that must say what they are."""


def _any_of(item: str, names: Iterable[str]) -> bool:
    return any(name.startswith(f"{item}.") for name in names)


class TableWriter:
    """Writes random tables; `mess` is the share of cells that may hold anything, `columns` how many to pick."""

    def __init__(self, seed: int, *, mess: float, columns: int | None = None) -> None:
        self._random = Random(seed)
        self._chooser = RandomChooser(self._random)
        self._mess = mess
        self._pools = _pools()
        if columns is not None:
            others = self._random.sample(sorted(self._pools.keys() - {"screening_id"}), columns)
            needed = (f"{item}.{code}" for item, code in _CODES.items() if _any_of(item, others))
            chosen = dict.fromkeys(("screening_id", *others, *needed))
            self._pools = {name: self._pools[name] for name in chosen}
        self._next = 0

    def table(self, rows: int) -> str:
        """A table of so many rows, with a header."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        names = list(self._pools)
        writer.writerow(names)
        for _ in range(rows):
            writer.writerow(self._row(names))
        return text.getvalue()

    def _row(self, names: list[str]) -> list[str]:
        self._next += 1
        odd_row = self._random.random() < 20 * self._mess
        row = {name: self._cell(name, odd_row=odd_row) for name in names}
        if self._random.random() < 0.95:
            self._mend(row)
        return list(row.values())

    def _mend(self, row: dict[str, str]) -> None:
        """Cells that cannot stand together would reject nearly every row, and nothing would be compared."""
        for name, cell in list(row.items()):
            items = [other for other in row if other.startswith(f"{name}.") and row[other]]
            if cell == "none" and items:
                for other in self._random.choice(([name], items)):
                    row[other] = ""
        if row.get("ecog"):
            row.update({"ecog.absent": ""} if "ecog.absent" in row else {})
        for item, code in _CODES.items():
            if _any_of(item, [name for name, cell in row.items() if cell]):
                known = [each for each in self._pools[f"{item}.{code}"] if each]
                row[f"{item}.{code}"] = row[f"{item}.{code}"] or self._random.choice(known)

    def _cell(self, name: str, *, odd_row: bool) -> str:
        chance = self._random.random
        if name == "screening_id":
            number = self._next - (chance() < self._mess)
            return f"P{number}" if chance() > self._mess else self._random.choice(_ODD_IDS)
        if odd_row and chance() < 0.03:
            return cell_by(self._chooser).replace("\x00", "")
        if chance() < 0.12:
            return ""
        if name.rpartition(".")[2] in _DATES and chance() < 0.7:
            return self._day()
        return self._random.choice(self._pools[name])

    def _day(self) -> str:
        near = self._random.choice((0, 7, 14, 21, 28, 90, 182, 280, 365, 1826))
        away = near + self._random.choice((-11, -10, -9, -2, -1, 0, 0, 1, 2, 9))
        day = (date.fromisoformat(AS_OF) - timedelta(days=away)).isoformat()
        if self._random.random() < 0.05:
            return (date.fromisoformat(AS_OF) + timedelta(days=away % 3)).isoformat()
        return self._random.choice((day, day, day, day, day[:7], day[:4], f"{day[:7]}/{day}"))


_ODD_IDS = ("", " P1", "pending", "unknown", "-x", "P 1", "NOT_DONE", "n" * 70, "P1 ", "é")


def _pools() -> dict[str, tuple[str, ...]]:
    with (EXAMPLES / "patients.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    pools: dict[str, tuple[str, ...]] = {
        name: tuple(row[name] for row in rows) + _edges(name) for name in rows[0]
    }
    observed = {f"{name}.date": ("pending", "2026-01-06") for name in _OBSERVED}
    return {**pools, **_MORE, **observed, **{k: v for k, v in _MESSY_TOO.items() if v}}


def _edges(name: str) -> tuple[str, ...]:
    """Values about the limits of the shipped profiles, and words that every value may be."""
    if name.endswith((".complete", ".code", ".test", ".unit", ".certainty", ".family_history")):
        return ()
    if not name.endswith(".value") or not name.startswith("labs."):
        return ("pending",)
    return ("1.49", "1.5", "99", "100", "100-120", "<1", ">90", "9.0", "60", "120", "not done")
