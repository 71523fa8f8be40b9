"""Numbers of tables whose cells are separated by semicolons, where a comma may stand for the point."""

from __future__ import annotations

import re
from functools import cache

from eligibility.full_width import narrow
from eligibility.intake.fields import ANY_NUMBER, Item, Target, all_fields
from eligibility.patient.values import Bounds

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*", re.ASCII)
_DECIMAL_COMMA = re.compile(r"(?:\d+,(?!\d{3}$)\d+|0,\d+)", re.ASCII)
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+", re.ASCII)


def is_number(target: Target) -> bool:
    """Whether the field behind a column holds a number."""
    words = (ANY_NUMBER if isinstance(s, Item) else s for s in target.steps if s != "items")
    return ".".join(words) in _number_fields()


@cache
def _number_fields() -> frozenset[str]:
    notes = (n for n in all_fields() if any(isinstance(m, Bounds) for m in n.markers))
    return frozenset(path for n in notes for path in (n.path, f"{n.path}.value"))


def with_point(text: str) -> str:
    """The text of a number with a point where a comma can only be decimal: `1,5` but not `1,500`.

    `1,500` stays as it is, and `1.500`, which is 1500 to whoever writes decimal commas, is returned
    as `1,500`: the record's parser refuses it with a message about such commas.

    >>> with_point("1,5-2,25"), with_point("<0,125"), with_point("1,500"), with_point("1.500")
    ('1.5-2.25', '<0.125', '1,500', '1,500')
    """
    return _NUMBER.sub(lambda found: _pointed(found[0]), narrow(text))


def _pointed(number: str) -> str:
    if _DECIMAL_COMMA.fullmatch(number):
        return number.replace(",", ".")
    return number.replace(".", ",") if _THOUSANDS.fullmatch(number) else number
