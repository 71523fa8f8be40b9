"""Screening ids a column at a time: well written, and seen for the first time."""

from __future__ import annotations

from collections import Counter

import numpy as np
import numpy.typing as npt
import polars as pl

from eligibility.intake.seen_ids import SeenIds
from eligibility.interning import Numbers
from eligibility.patient.record import SCREENING_ID_PATTERN
from eligibility.patient.recorded import absent_reason


def usable_ids(ids: pl.Series, places: Numbers, seen: SeenIds) -> npt.NDArray[np.bool_]:
    """Which of the rows at these places have an id of their own that no other row has had.

    Whatever is odd about an id, the reader of rows says it: in doubt a row is left to that.
    """
    texts = ids.gather(places)
    usable = texts.str.contains(SCREENING_ID_PATTERN).to_numpy().copy()
    has_digit = texts.str.contains(r"[0-9]").to_numpy()
    for place in np.flatnonzero(usable & ~has_digit).tolist():
        usable[place] = absent_reason(texts[place]) is None
    taken = texts.to_list()
    others = _others(ids, places)
    known = seen.known(taken)
    once = len(set(taken)) == len(taken) and set(others).isdisjoint(taken)
    if once and not known:
        return usable
    times = Counter([*taken, *others])
    repeated = {text for text, count in times.items() if count > 1} | known
    usable &= np.array([text not in repeated for text in taken], dtype=np.bool_)
    return usable


def _others(ids: pl.Series, places: Numbers) -> list[str]:
    """The ids of the rows that are not at these places."""
    if len(places) == len(ids):
        return []
    elsewhere = np.ones(len(ids), dtype=np.bool_)
    elsewhere[places] = False
    return [text.strip() for text in ids.filter(pl.Series(elsewhere)).to_list()]
