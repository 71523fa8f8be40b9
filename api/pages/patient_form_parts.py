"""The parts of the patient form as its template draws them: fields, items, lists, fieldsets."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a drop-down."""

    value: str
    words: str


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field as it is drawn."""

    name: str
    label: str
    text: str
    choices: tuple[Choice, ...] = ()
    reasons: tuple[Choice, ...] = ()
    faults: tuple[str, ...] = ()
    unit: str = ""
    example: str = ""
    is_long: bool = False
    suggestions: str = ""
    """The list of suggestions it has."""

    @property
    def is_used(self) -> bool:
        """Whether it must be seen: it holds something, or something is wrong with it."""
        return bool(self.text.strip() or self.faults)


@dataclass(frozen=True, slots=True)
class GroupView:
    """One item of a list, or a row of the laboratory: fields that are seen, and those that are folded away."""

    name: str
    title: str
    fields: tuple[FieldView, ...]
    more: tuple[FieldView, ...]
    found: tuple[FieldView, ...] = ()
    """When and where each of its values was found, as far as that is not said yet."""

    @property
    def is_open(self) -> bool:
        """Whether what is seldom asked must be seen."""
        return any(field.is_used for field in self.more)


@dataclass(frozen=True, slots=True)
class ListView:
    """A list of items."""

    path: str
    title: str
    declared: FieldView | None
    items: tuple[GroupView, ...]
    more: tuple[FieldView | GroupView, ...] = ()
    source: FieldView | None = None
    """The document that the list as a whole comes from."""
    is_kept: bool = False
    is_asked: bool = True
    """Whether a criterion asks about it, or it holds something."""


@dataclass(frozen=True, slots=True)
class TopicView(GroupView):
    """One fieldset: fields of the record itself, then lists."""

    lists: tuple[ListView, ...] = ()
    is_kept: bool = False
    """Whether some of it is kept from a profile, because the form cannot show it."""
