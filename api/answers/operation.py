"""The codes of records, and how the service is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from eligibility.reports.answer import Described


class CodeAnswer(Described):
    """A code of a field."""

    code: str
    """The code."""
    label: str
    """The code in words."""
    spellings: Sequence[str]
    """Other ways to write it that are understood."""


class Vocabulary(Described):
    """What a coded field may hold."""

    fields: Mapping[str, Sequence[CodeAnswer]]
    """The codes, by path of the field; items of lists stand under `[]`."""
    units: Mapping[str, Sequence[str]]
    """The units that are understood, by laboratory test."""
    in_place_of_a_value: Sequence[str]
    """Words that say why there is no value."""
    in_place_of_a_list: Sequence[str]
    """Words that say that a list is empty, whole or not known."""


class HealthAnswer(Described):
    """The service is up."""

    status: Literal["up"]
    """That it is up."""
    engine_version: str
    """Version of this software."""


class ReadyAnswer(Described):
    """What the service depends on answers."""

    status: Literal["ready"]
    """That it is ready."""
