"""Advisory colours for laboratory results: what sister protocols would say, never a verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from eligibility.findings.catalogue import FINDINGS
from eligibility.found_values import with_unit
from eligibility.intervals import Interval, compare
from eligibility.phrases import Phrases
from eligibility.protocol.model import Band
from eligibility.screening.model import Screening
from eligibility.truth import Truth

_OLDEST_DAYS = 14  # as the protocol's own words have it for laboratory results

Colour = Literal["green", "amber", "red", "unknown"]


@dataclass(frozen=True, slots=True)
class Flag:
    """One laboratory result in the light of sister protocols."""

    finding: str
    title: str
    colour: Colour
    value: str
    green: str
    red: str
    text: str


def flags_of(screening: Screening, phrases: Phrases) -> tuple[Flag, ...]:
    """One flag per band of the trial, in its order."""
    return tuple(_flag(screening, phrases, band) for band in screening.compiled.trial.bands)


def _flag(screening: Screening, phrases: Phrases, band: Band) -> Flag:
    voice = phrases.voice
    finding = screening.findings.get(band.finding)
    is_known = isinstance(finding.value, Interval)
    is_stale = is_known and _is_stale(screening, band)
    colour: Colour = "unknown"
    if isinstance(finding.value, Interval) and not is_stale:
        colour = _colour(finding.value, band)
    written = [phrases.evidence(field) for field in finding.fields if field.endswith(".value")]
    return Flag(
        finding=band.finding,
        title=voice.text(FINDINGS[band.finding].title),
        colour=colour,
        value=voice.listed(with_unit(each, voice) for each in written if each is not None),
        green=band.green_written,
        red=band.red_written,
        text=voice.say("flag.stale" if is_stale else f"flag.{colour}"),
    )


def _colour(value: Interval, band: Band) -> Colour:
    green, red = compare(value, *band.green), compare(value, *band.red)
    if green is Truth.TRUE:
        return "green"
    if red is Truth.TRUE:
        return "red"
    return "amber" if green is red is Truth.FALSE else "unknown"


def _is_stale(screening: Screening, band: Band) -> bool:
    """Whether the sample is undated, or older than results may be at the planned start."""
    name = f"{band.finding.removesuffix('_times_uln')}_date"
    sampled = screening.findings.get(name).value if name in FINDINGS else None
    anchors = screening.anchors
    start = anchors.as_of if anchors.planned_start is None else anchors.planned_start
    if not isinstance(sampled, Interval) or sampled.low is None:
        return True
    return sampled.low < start - _OLDEST_DAYS
