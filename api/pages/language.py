"""In which language a person reads, and how dates, numbers and values are written in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from typing import Any

from markupsafe import Markup
from starlette.requests import Request

from api.security.cookies import cookie
from eligibility import wording
from eligibility.dates import usual_text
from eligibility.evidence import Evidence
from eligibility.found_values import with_unit

Language = wording.Language
LANGUAGES = wording.LANGUAGES
LANGUAGE = "language"
"""The cookie in which a choice is kept."""
TAGS: dict[Language, str] = {"en": "en", "zh": "zh-Hans"}
"""As the attribute `lang` has it."""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAY = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01])(?:T.*)?)?)?")
_BY_PLACE = re.compile(r"column (\d+)")
_OFFSET = re.compile(r"day (-?\d+)")


def language_of(request: Request) -> Language:
    """The language chosen, else the first that the browser asks for and we have, else English."""
    chosen = known_language(cookie(request.scope, LANGUAGE))
    if chosen is not None:
        return chosen
    wanted = request.headers.get("accept-language", "")[:200]
    ranked = sorted(map(_ranked, wanted.split(",")), key=lambda each: -each[1])
    return next((found for tag, q in ranked if q > 0 and (found := known_language(tag))), "en")


def known_language(tag: str | None) -> Language | None:
    """The language of a tag like `zh-CN`, if we have it."""
    start = (tag or "").partition("-")[0].strip().lower()
    return next((language for language in LANGUAGES if language == start), None)


def written_date(value: date | str | None, language: Language) -> str:
    """A day, month or year as a language writes it, however it was typed; `day 12` of a record without dates too."""
    text = value.isoformat() if isinstance(value, date) else usual_text(value or "")
    if offset := _OFFSET.fullmatch(text):
        return text if language == "en" else f"第{offset[1]}天"
    found = _DAY.fullmatch(text)
    if found is None:
        return text
    year, month, day = found.groups()
    if language == "zh":
        return f"{year}年" + (f"{int(month)}月" if month else "") + (f"{int(day)}日" if day else "")
    named = f"{_MONTHS[int(month) - 1]} {year}" if month else year
    return f"{int(day)} {named}" if day else named


def written_time(value: datetime | str, language: Language) -> str:
    """A moment to the minute, with its zone."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    zone = moment.tzname() or ""
    day, comma = written_date(moment.date(), language), "," if language == "en" else ""
    return f"{day}{comma} {moment:%H:%M} {zone}".strip()


def written_local_time(value: datetime | str, language: Language, zone: tzinfo) -> str:
    """A moment by the site's clock, and in UTC beside it where that is another."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    local, universal = moment.astimezone(zone), moment.astimezone(UTC)
    told = written_time(universal, language)
    if local.utcoffset() == universal.utcoffset():
        return told
    # By its distance from UTC: short names of zones, like CST, are those of several.
    offset = f"UTC{local:%z}"
    here = f"{written_time(local.replace(tzinfo=None), language)} {offset[:-2]}:{offset[-2:]}"
    return f"{here} ({told})" if language == "en" else f"{here}（{told}）"


def timed(value: datetime | str, language: Language, zone: tzinfo) -> Markup:
    """A moment that a browser understands too: where the site's clock is UTC, it adds its own (base.js)."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    mark = "" if moment.astimezone(zone).utcoffset() else Markup(" data-utc")
    text = written_local_time(moment, language, zone)
    return Markup('<time datetime="{}"{}>{}</time>').format(
        moment.isoformat(timespec="seconds"), mark, text
    )


def written_number(value: float | Decimal) -> str:
    """A number with its thousands apart; both languages write it so."""
    return f"{value:,}"


def written_column(name: str, language: Language) -> str:
    """A column of a table; one whose name is not repeated is called by its place."""
    found = _BY_PLACE.fullmatch(name)
    return f"第{found[1]}列" if found and language == "zh" else name


def written_value(value: Evidence | Mapping[str, Any], language: Language) -> str:
    """A value found, with its unit as sentences have it; `language` is that of the explanation it stands in."""
    evidence = value if isinstance(value, Evidence) else Evidence(**value)
    return with_unit(evidence, wording.VOICES[language])


def _ranked(part: str) -> tuple[str, float]:
    tag, _, quality = part.partition(";q=")
    try:
        return tag, float(quality or 1)
    except ValueError:
        return tag, 0.0
