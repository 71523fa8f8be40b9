"""What the conditions of a trial may refer to by name, and what of it they did refer to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from eligibility.errors import Location
from eligibility.protocol.conditions import Condition


@dataclass(slots=True)
class Dictionary:
    """What a condition may refer to, and which of it was used."""

    readings: Mapping[str, str] = field(default_factory=dict)
    declared_readings: Mapping[str, Iterable[str]] = field(default_factory=dict)
    profile: Mapping[str, Condition] = field(default_factory=dict)
    definitions: dict[str, Condition] = field(default_factory=dict)
    used_interpretations: list[str] = field(default_factory=list)
    used_definitions: list[str] = field(default_factory=list)
    used_in_profile: tuple[str, ...] = ()
    asked_of_profile: dict[str, Location] = field(default_factory=dict)
    readings_seen: dict[str, set[str]] = field(default_factory=dict)
