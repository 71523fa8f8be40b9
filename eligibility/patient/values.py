"""Values as charts write them: numbers with `<`, `>` and ranges, scores such as `1-2+`, partial dates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from eligibility.dates import DATE_PATTERN, PartialDate, parse_partial_date
from eligibility.full_width import narrow
from eligibility.intervals import Interval

_NUMBER = r"\d{1,9}(?:\.\d{1,20})?"  # programs write 60.300000000000004
# Digits are 0 to 9, at any width: an Arabic digit is more likely a slip of a converter than a value.
_COMPARED = re.compile(rf"(<=|>=|<|>|≤|≥)\s*({_NUMBER})", re.ASCII)
_RANGE = re.compile(rf"({_NUMBER})\s*(?:-|–|~|〜|to|\.\.)\s*({_NUMBER})", re.ASCII)
_EXACT = re.compile(_NUMBER, re.ASCII)
_SCORE = re.compile(r"([0-3])\+?(?:\s*(?:-|–|~|〜|to)\s*([0-3])\+?)?", re.ASCII)
_THOUSANDS = re.compile(r"\d+,\d+", re.ASCII)
_LONGEST_TEXT = 40
_SUFFIXES = {
    "years": ("周岁", "岁"),
    "IHC score": ("分",),
    "ECOG grade": ("分", "级"),
    "Karnofsky points": ("分",),
    "NYHA class": ("级",),
}
"""By unit, what Chinese charts write behind the number."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A number known within bounds, with the text it was written as."""

    interval: Interval
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a field accepts: the lowest and highest number that can be meant, and the unit it is in."""

    name: str
    """What such a number is called in the published schema."""
    low: Decimal
    high: Decimal
    unit: str | None = None
    whole: bool = False
    score: bool = False

    def __get_pydantic_core_schema__(
        self, source: type[Any], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.read, serialization=core_schema.to_string_ser_schema()
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        unit = f" in {self.unit}" if self.unit else ""
        text = f'number{unit} from {self.low} to {self.high}, or text such as "<1", ">90", "1-10"'
        return {
            "anyOf": [
                {"type": "number", "minimum": float(self.low), "maximum": float(self.high)},
                {"type": "string", "maxLength": _LONGEST_TEXT},
            ],
            "description": text,
        }

    def read(self, raw: object) -> Measured:
        """The measured number, or a fault that says what to write and never what was written."""
        if isinstance(raw, Measured):
            raw = raw.text
        text = self._bare(_plain_text(raw))
        interval = self._parse(text)
        if interval.low is not None and interval.low > self.high:
            raise self._outside()
        if interval.high is not None and (interval.high > self.high or interval.high < self.low):
            raise self._outside()
        if interval.low is not None and interval.low < self.low:
            raise self._outside()
        return Measured(self._closed(interval), text)

    def _bare(self, text: str) -> str:
        """Without what says again that it is a score, a grade or an age."""
        if self.score and text.startswith("(") and text.endswith(")"):
            text = text[1:-1].strip()
        for suffix in _SUFFIXES.get(self.unit or "", ()):
            if text.endswith(suffix):
                return text.removesuffix(suffix).rstrip()
        return text

    def _parse(self, text: str) -> Interval:
        bare = text.removesuffix("%").rstrip() if self.unit == "%" else text
        if self.score and (score := _SCORE.fullmatch(bare)):
            low = Decimal(score[1])
            return _range(low, Decimal(score[2]) if score[2] else low)
        if _EXACT.fullmatch(bare):
            return _range(self._number(bare), self._number(bare))
        if compared := _COMPARED.fullmatch(bare):
            return _half_line(compared[1], self._number(compared[2]))
        bare = bare.replace("%", "") if self.unit == "%" else bare
        if both := _RANGE.fullmatch(bare):
            return _range(self._number(both[1]), self._number(both[2]))
        raise _unreadable(bare)

    def _number(self, text: str) -> Decimal:
        number = Decimal(text)
        if self.whole and number != number.to_integral_value():
            raise PydanticCustomError("not_whole", "a whole number is needed here")
        return number

    def _closed(self, interval: Interval) -> Interval:
        """Replace an open end of the world by the field's own bound, and scores by whole steps."""
        low, high, low_open, high_open = interval
        low, low_open = (self.low, False) if low is None else (low, low_open)
        if high is None and self.high < Decimal(1_000_000):
            high, high_open = self.high, False
        if self.whole and low_open:
            low, low_open = low + 1, False
        if self.whole and high_open and high is not None:
            high, high_open = high - 1, False
        if high is not None and (high < low or (high == low and (low_open or high_open))):
            raise self._outside()
        return Interval(low, high, low_open, high_open)

    def _outside(self) -> PydanticCustomError:
        return PydanticCustomError(
            "out_of_bounds",
            "the value lies outside {low} to {high}{unit}",
            {
                "low": str(self.low),
                "high": str(self.high),
                "unit": f" {self.unit}" if self.unit else "",
            },
        )


def _plain_text(raw: object) -> str:
    if isinstance(raw, bool) or not isinstance(raw, (int, float, Decimal, str)):
        raise PydanticCustomError("number_type", 'a number or a text such as "<1" is needed here')
    if isinstance(raw, str):
        text = " ".join(narrow(raw).split())
        if len(text) > _LONGEST_TEXT:
            raise PydanticCustomError("text_too_long", "the text is too long for a number")
        return text
    number = Decimal(str(raw))
    if not number.is_finite():
        raise PydanticCustomError(
            "not_finite", "NaN and infinity are not values; leave it out instead"
        )
    return format(number.normalize() + 0 if number else Decimal(0), "f")


def _unreadable(text: str) -> PydanticCustomError:
    if _THOUSANDS.search(text):
        return PydanticCustomError(
            "decimal_comma",
            "a comma may mean thousands or decimals; write the number with a point and no commas",
        )
    return PydanticCustomError(
        "number_unreadable",
        'not a number: write it as "12.5", "<1", ">=90" or "1-10", or say why it is absent',
    )


def _range(low: Decimal, high: Decimal) -> Interval:
    if low > high:
        raise PydanticCustomError("range_reversed", "a range must start at its lower end")
    return Interval(low, high)


def _half_line(sign: str, number: Decimal) -> Interval:
    match sign:
        case "<":
            return Interval(None, number, high_open=True)
        case "<=" | "≤":
            return Interval(None, number)
        case ">":
            return Interval(number, None, low_open=True)
        case _:
            return Interval(number, None)


class _DateField:
    """Reads a partial date in any accepted spelling; writes the text it was given."""

    def __get_pydantic_core_schema__(
        self, source: type[Any], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            _read_date, serialization=core_schema.to_string_ser_schema()
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {
            "type": "string",
            "pattern": DATE_PATTERN,
            "description": 'date as "2024-05-17", "2024-05", "2024", or "day 120" in de-identified records',
        }


def _read_date(raw: object) -> PartialDate:
    if isinstance(raw, PartialDate):
        return raw
    if not isinstance(raw, str):
        raise PydanticCustomError("date_type", 'a date is a text such as "2024-05-17"')
    try:
        return parse_partial_date(raw)
    except ValueError as fault:
        raise PydanticCustomError("date_unreadable", "{why}", {"why": str(fault)}) from None


def _bounds(name: str, low: str, high: str, unit: str | None = None, **kind: bool) -> Bounds:
    return Bounds(name, Decimal(low), Decimal(high), unit, **kind)


When = Annotated[PartialDate, _DateField()]
Percent = Annotated[Measured, _bounds("Percent", "0", "100", "%")]
IhcScore = Annotated[Measured, _bounds("IhcScore", "0", "3", "IHC score", whole=True, score=True)]
EcogGrade = Annotated[Measured, _bounds("EcogGrade", "0", "5", "ECOG grade", whole=True)]
KarnofskyScore = Annotated[
    Measured, _bounds("KarnofskyScore", "0", "100", "Karnofsky points", whole=True)
]
AgeYears = Annotated[Measured, _bounds("AgeYears", "0", "130", "years")]
Millimetres = Annotated[Measured, _bounds("Millimetres", "0", "1000", "mm")]
Kilograms = Annotated[Measured, _bounds("Kilograms", "1", "500", "kg")]
Ratio = Annotated[Measured, _bounds("Ratio", "0", "100")]
NyhaClass = Annotated[Measured, _bounds("NyhaClass", "1", "4", "NYHA class", whole=True)]
LineOfTherapy = Annotated[Measured, _bounds("LineOfTherapy", "1", "30", whole=True)]
LabValue = Annotated[Measured, _bounds("LabValue", "0", "100000000")]
