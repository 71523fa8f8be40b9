"""A cell of a workbook as the text a person sees in it: dates as far as shown, percentages with sign."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache

from eligibility.errors import Fault
from eligibility.intake.scalars import (
    NOT_FINITE,
    TIME_OF_DAY,
    UnreadableCell,
    cell_text,
    decimal_text,
)

EXCEL_ERROR = Fault(
    "",
    "excel_error",
    "the cell shows an error of the spreadsheet, such as #N/A",
    "correct the formula, or empty the cell",
)
UNCALCULATED = Fault(
    "",
    "formula_without_value",
    "the cell holds a formula that was never calculated",
    "open the workbook in Excel or LibreOffice, and save it",
)
MERGED = Fault(
    "",
    "merged_cell",
    "the cell is part of a merged one, so that its own content is not known",
    "unmerge the cells, and fill each of them",
)
_NO_YEAR = Fault(
    "",
    "date_without_year",
    "the cell shows a date without its year, which the spreadsheet may have made up",
    "show the cell as a date with year, and check it; ranges such as 3-10 are written as text",
)
_NUMBER_FORMAT = Fault(
    "",
    "number_format",
    "the cell's number format shows signs that its value does not have, such as <",
    "write what is shown as text",
)

_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.')
_BRACKETED = re.compile(r"\[[^\]]*\]")
_TIMES = re.compile(r"am/pm|a/p|h+[:.\s]*m+|m+[:.]s+|[hs]+")
_MEANINGFUL = re.compile(r"[<>≤≥±~]")
_FIRST_YEAR = 1900
"""Before it the program shows #####."""
_DIGITS = 15
"""What a spreadsheet shows and promises: 0.1+0.2 is stored as 0.30000000000000004."""


def excel_text(value: object, number_format: str) -> str:
    """The text of a cell's value in its number format."""
    if isinstance(value, datetime):
        return _date(value, number_format)
    if isinstance(value, (time, timedelta)):
        raise UnreadableCell(TIME_OF_DAY)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _number(value, number_format)
    return cell_text(value)


def _number(value: float, number_format: str) -> str:
    signs, is_percent = _shown(number_format)
    if signs:
        raise UnreadableCell(_NUMBER_FORMAT)
    try:
        number = Decimal(value) if isinstance(value, int) else Decimal(f"{value:.{_DIGITS}g}")
    except (ValueError, OverflowError):
        raise UnreadableCell(NOT_FINITE) from None
    if not number.is_finite():
        raise UnreadableCell(NOT_FINITE)
    return f"{decimal_text(number * 100)}%" if is_percent else decimal_text(number)


@lru_cache(maxsize=1024)
def _shown(number_format: str) -> tuple[bool, bool]:
    """Whether a format adds signs that change the meaning, and whether it shows percentages."""
    bare = _BRACKETED.sub("", number_format)
    return bool(_MEANINGFUL.search(bare)), "%" in _QUOTED.sub("", bare)


@lru_cache(maxsize=1024)
def _parts(number_format: str) -> frozenset[str]:
    """Which of year, month and day a date format shows; all of them for the system's own formats."""
    first = number_format.split(";", maxsplit=1)[0]
    bare = _TIMES.sub("", _QUOTED.sub("", _BRACKETED.sub("", first)).lower())
    shown = frozenset(bare) & frozenset("ymde")
    return frozenset("ymd") if not shown else frozenset(shown | ({"y"} if "e" in shown else set()))


def _date(value: datetime, number_format: str) -> str:
    if value.year < _FIRST_YEAR:
        raise UnreadableCell(EXCEL_ERROR)
    if value.time() != time():
        raise UnreadableCell(TIME_OF_DAY)
    shown = _parts(number_format)
    if "y" not in shown:
        raise UnreadableCell(_NO_YEAR)
    if "m" not in shown:
        return f"{value.year:04}"
    return f"{value.year:04}-{value.month:02}" + (f"-{value.day:02}" if "d" in shown else "")
