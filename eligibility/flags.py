"""Advisory colours for laboratory results: what sister protocols would say, never a verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from eligibility.findings.catalogue import FINDINGS
from eligibility.intervals import Interval, compare
from eligibility.phrases import Phrases, with_unit
from eligibility.protocol.model import Band
from eligibility.screening.model import Screening
from eligibility.truth import Truth
from eligibility.wording import listed, say

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
    finding = screening.findings.get(band.finding)
    colour = _colour(finding.value, band) if isinstance(finding.value, Interval) else "unknown"
    written = [phrases.evidence(field) for field in finding.fields if field.endswith(".value")]
    return Flag(
        finding=band.finding,
        title=FINDINGS[band.finding].title,
        colour=colour,
        value=listed(with_unit(each) for each in written if each is not None),
        green=band.green_written,
        red=band.red_written,
        text=say(f"flag.{colour}"),
    )


def _colour(value: Interval, band: Band) -> Colour:
    if compare(value, *band.green) is Truth.TRUE:
        return "green"
    return "red" if compare(value, *band.red) is Truth.TRUE else "amber"
