"""Screening ids a column at a time: well written, and seen for the first time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from eligibility.intake.seen_ids import SeenIds
from eligibility.interning import Numbers
from eligibility.patient.record import SCREENING_ID_PATTERN
from eligibility.patient.recorded import absent_reason

Mask = npt.NDArray[np.bool_]


def take_ids(ids: pl.Series, places: Numbers, lines: Numbers, seen: SeenIds) -> Mask:
    """Which of the rows at these places have an id of their own that no other row has had; it is taken.

    Whatever is odd about an id, the reader of rows says it: in doubt a row is left to that.
    """
    usable = _is_well_written(ids)
    twins = pl.Series([text.strip() for text in ids.filter(~usable)], dtype=pl.String)
    usable &= ~(ids.is_duplicated() | ids.is_in(twins.implode())).to_numpy()
    among = np.flatnonzero(usable[places])
    taken = places[among]
    texts = ids if len(taken) == len(ids) else ids.gather(taken)
    first_lines = seen.take(texts.to_list(), lines[taken])
    mask = np.zeros(len(places), dtype=np.bool_)
    mask[among[first_lines == 0]] = True
    return mask


def _is_well_written(ids: pl.Series) -> Mask:
    well_written: Mask = ids.str.contains(SCREENING_ID_PATTERN).to_numpy().copy()
    has_digit = ids.str.contains(r"[0-9]").to_numpy()
    for place in np.flatnonzero(well_written & ~has_digit).tolist():
        well_written[place] = absent_reason(ids[place]) is None
    return well_written
