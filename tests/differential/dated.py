"""Records with days of observation on some of their values."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

from eligibility.dates import Anchors, format_day, parse_partial_date
from eligibility.patient.recorded import Model, Recorded

AGES = (0, 1, 89, 90, 91, 279, 280, 281, 400)
"""How long ago values were observed: today, and about how long a state and a pregnancy last."""

NOT_YET = (-30, -1)


def dated(part: Any, at: Anchors, random: Random, ages: Sequence[int] = AGES) -> Any:
    """The same record, or part of one, with a day on every tenth of its values; some of the days are partial."""
    changed: dict[str, Any] = {}
    for name in part.model_fields_set:
        value = getattr(part, name)
        if isinstance(value, Recorded):
            if value.value is not None and random.random() < 0.1:
                day = parse_partial_date(_written(at, random, ages))
                changed[name] = value.model_copy(update={"date": day})
        elif isinstance(value, Model):
            changed[name] = dated(value, at, random, ages)
        elif isinstance(value, tuple) and value and isinstance(value[0], Model):
            changed[name] = tuple(dated(item, at, random, ages) for item in value)
    return part.model_copy(update=changed)


def _written(at: Anchors, random: Random, ages: Sequence[int]) -> str:
    day = format_day(at.as_of - random.choice(ages), at.clock)
    if at.clock != "calendar":
        return day
    return random.choice((day, day, day, day[:7], day[:4]))
