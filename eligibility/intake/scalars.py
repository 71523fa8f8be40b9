"""Typed values of Parquet, Excel and JSON as the text that a person would have written in the cell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal

from eligibility.errors import Fault
from eligibility.intake.text_lines import MAX_RECORD_CHARACTERS

LIST_SIGNS = (";", "|")

NOT_FINITE = Fault(
    "", "not_finite", "NaN and infinity are not values", "leave the cell empty instead"
)
TIME_OF_DAY = Fault(
    "",
    "time_of_day",
    "the cell holds a time of day, not only a date",
    "give the column as dates: which day a time counts for is the site's to say",
)
LIST_ITEM = Fault(
    "",
    "list_item",
    "an item of the list is empty, is a list itself, or holds ; or |",
    "give each item of a list as a text or number of its own",
)
CELL_TOO_LONG = Fault(
    "",
    "cell_too_long",
    f"the cell is longer than {MAX_RECORD_CHARACTERS} characters",
    "look for a file that was put into a cell",
)
NO_TEXT = Fault(
    "",
    "cell_type",
    "the cell holds neither a text, a number, a date, yes or no",
    "give one value per cell",
)


HALF_A_CHARACTER = Fault(
    "", "encoding", "the cell holds half a character, which is no text", "write the export anew"
)
_SURROGATE = re.compile("[\ud800-\udfff]")


class UnreadableCell(Exception):
    """A cell whose value cannot be written as text without a guess."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.code)
        self.fault = fault


def cell_text(value: object) -> str:
    """The text of a value, exact and in the spelling that the record's own parsers read.

    >>> cell_text(0.1), cell_text(2.0), cell_text(True), cell_text(["a", "b"])
    ('0.1', '2', 'yes', 'a;b')
    """
    if isinstance(value, (list, tuple)):
        return _items(value)
    text = _plain(value)
    if not text.isascii() and _SURROGATE.search(text):
        raise UnreadableCell(HALF_A_CHARACTER)
    if len(text) > MAX_RECORD_CHARACTERS:
        raise UnreadableCell(CELL_TOO_LONG)
    return text


def _plain(value: object) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "yes" if value else "no"
        case int() | float() | Decimal():
            return _number(value)
        case datetime():
            return _day(value)
        case date():
            return value.isoformat()
        case time():
            raise UnreadableCell(TIME_OF_DAY)
        case _:
            raise UnreadableCell(NO_TEXT)


def _number(value: float | Decimal) -> str:
    """A float by the shortest digits that are this number and no other."""
    if isinstance(value, int):
        return str(value)
    return decimal_text(Decimal(repr(value)) if isinstance(value, float) else value)


def decimal_text(value: Decimal) -> str:
    """All digits of a decimal, without zeros after the last that counts."""
    if not value.is_finite():
        raise UnreadableCell(NOT_FINITE)
    text = format(value, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) if value else "0"


def _day(value: datetime) -> str:
    """A timestamp at midnight, in whatever time zone it is given, is the date; no other is cut."""
    if value.time() != time():
        raise UnreadableCell(TIME_OF_DAY)
    return value.date().isoformat()


def _items(values: Sequence[object]) -> str:
    texts = [_item(value) for value in values]
    joined = LIST_SIGNS[0].join(texts)
    if len(joined) > MAX_RECORD_CHARACTERS:
        raise UnreadableCell(CELL_TOO_LONG)
    return joined


def _item(value: object) -> str:
    if isinstance(value, (list, tuple)):
        raise UnreadableCell(LIST_ITEM)
    text = _plain(value).strip()
    if not text or any(sign in text for sign in LIST_SIGNS):
        raise UnreadableCell(LIST_ITEM)
    return text
