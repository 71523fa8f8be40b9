"""Start dates in lines of text: from when, until when, and what stands on which days."""

from __future__ import annotations

from collections.abc import Iterator

from eligibility.dates import parse_day
from eligibility.explanation import CalendarPeriod, Explanation, StartDates
from eligibility.protocol.model import Remedy
from eligibility.wording import Voice


def date_lines(explanation: Explanation, voice: Voice) -> Iterator[str]:
    """Lines of an explanation whose dates were looked at."""
    dates = explanation.dates
    assert dates is not None  # asked for by the caller
    if dates.possible_from is None:
        yield voice.say("page.no_start", again=_again(explanation, voice))
    else:
        yield _possible(dates, dates.possible_from, voice)
    planned = explanation.screening.anchors.planned_start
    if dates.valid_until is not None and planned is not None:
        yield voice.say(
            "page.holds",
            decision=voice.say(f"word.{explanation.decision.value}"),
            date=voice.date(dates.valid_until),
            criteria=voice.comma.join(dates.ended_by),
        )
    for period in dates.calendar:
        yield voice.say(
            "page.period",
            span=_span(period, voice),
            decision=voice.say(f"word.{period.decision.value}"),
            because=_because(period, voice),
        )


def _again(explanation: Explanation, voice: Voice) -> str:
    later = [b.until for b in explanation.blockers if b.action is Remedy.WAIT and b.until]
    if not later:
        return ""
    last = max(later, key=lambda day: parse_day(day)[0])
    return voice.say("page.again", date=voice.date(last))


def _possible(dates: StartDates, first: str, voice: Voice) -> str:
    def clause(key: str, criteria: tuple[str, ...]) -> str:
        return voice.say(key, criteria=voice.comma.join(criteria)) if criteria else ""

    return voice.say(
        "page.not_before" if dates.still_open else "page.possible_from",
        date=voice.date(first),
        held=clause("page.held_back", dates.held_back_by),
        repeat=clause("page.repeat", dates.to_repeat),
        open=clause("page.open_then", dates.still_open),
    )


def _span(period: CalendarPeriod, voice: Voice) -> str:
    first = voice.date(period.first)
    if period.last == period.first:
        return voice.say("page.on_day", date=first)
    if period.last is None:
        return voice.say("page.span_open", first=first)
    return voice.say("page.span", first=first, last=voice.date(period.last))


def _because(period: CalendarPeriod, voice: Voice) -> str:
    """What fails and what is open on these days."""
    fails = [
        voice.say("page.repeat_test", criterion=name) if name in period.to_repeat else name
        for name in period.failing
    ]
    parts = [voice.say("page.fails", criteria=voice.semicolon.join(fails))] if fails else []
    if period.unknown:
        parts.append(voice.say("page.open", criteria=voice.comma.join(period.unknown)))
    return voice.say("page.because", parts=voice.semicolon.join(parts)) if parts else ""
