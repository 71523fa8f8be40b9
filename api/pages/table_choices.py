"""What a form about a draft changes: only what its person chose, never what somebody else chose since it was shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from starlette.datastructures import FormData

from api.batches.drafts import Preparation
from api.log.entry import sha256
from eligibility.intake.mapping_draft import LEAVE_OUT, MappingDraft
from eligibility.patient.identifiers import is_identifying

_LONGEST = 300
"""Most characters of what is typed into a field."""
_LONGEST_CHOICE = 4000
"""The same for a column, which may fill many fields."""
_SETTINGS = ("as_of", "planned_start", "encoding", "delimiter", "sheet")


@dataclass(frozen=True, slots=True)
class Clash:
    """Something that two people chose differently: the other's choice stands until this one is sent again."""

    name: str
    """Of the column, or the key of the words for a setting."""
    theirs: str
    mine: str
    index: int | None = None
    word: str = ""


@dataclass(slots=True)
class Merged:
    """A draft with what a form changes."""

    preparation: Preparation
    clashes: list[Clash] = field(default_factory=list)
    is_behind: bool = False
    """Whether the page that was sent did not show all that had been chosen by then."""


def text_of(form: FormData, name: str) -> str:
    """What was typed into a field, of a length that is kept."""
    value = form.get(name)
    longest = _LONGEST_CHOICE if name.startswith("to.") else _LONGEST
    return value.strip()[:longest] if isinstance(value, str) else ""


def header_mark(header: Sequence[str]) -> str:
    """By which a form says for which columns it was made."""
    return sha256("\0".join(header).encode())[:16]


def merged(preparation: Preparation, header: Sequence[str], form: FormData) -> Merged:
    """What the form says, compared with what it was shown with and with what is chosen by now."""
    merging = _Merging(form)
    trial = merging.value("tables.trial", "trial", "/".join(filter(None, _trial(preparation))))
    said = {
        name: merging.value(f"tables.{name}", name, getattr(preparation, name))
        for name in _SETTINGS
    }
    mapping = MappingDraft(**preparation.mapping)
    if form.get("header", header_mark(header)) == header_mark(header):
        for index, column in enumerate(header):
            merging.column(mapping, index, column)
    else:
        merging.other_columns()
    name, _, profile = trial.partition("/")
    chosen: dict[str, Any] = {"mapping": asdict(mapping), "trial": name, "profile": profile, **said}
    whole = replace(preparation, **chosen)
    return Merged(whole, merging.clashes, merging.is_behind)


def _trial(preparation: Preparation) -> tuple[str, str]:
    return preparation.trial, preparation.profile


class _Merging:
    def __init__(self, form: FormData) -> None:
        self.form = form
        self.clashes: list[Clash] = []
        self.is_behind = False

    def value(
        self,
        label: str,
        name: str,
        now: str,
        *,
        index: int | None = None,
        word: str = "",
    ) -> str:
        """What holds from now on for one field."""
        shown = self._sent(f"was.{name}", now)
        self.is_behind |= shown != now
        if self._sent(name, shown) in (shown, now):
            return now
        mine = text_of(self.form, name)
        if mine in (shown, now):
            return now
        if shown != now:
            self.clashes.append(Clash(label, now, mine, index, word))
            return now
        return mine

    def _sent(self, name: str, default: str) -> str:
        """What the form holds to the letter: what it only shows may be longer than what is typed."""
        value = self.form.get(name, default)
        return value if isinstance(value, str) else default

    def column(self, mapping: MappingDraft, index: int, column: str) -> None:
        """What the form says of one column and of its words."""
        before = mapping.choice(column)
        choice = self.value(column, f"to.{index}", before, index=index)
        if choice in ("", LEAVE_OUT) or not is_identifying(column):
            mapping.choose(column, choice)
        shown = self._sent(f"was.to.{index}", before)
        for number in range(len(self.form)):
            word = self.form.get(f"word.{index}.{number}")
            if not isinstance(word, str):
                break
            self._word(mapping, index, column, (word, number), is_same=shown == before)

    def _word(
        self,
        mapping: MappingDraft,
        index: int,
        column: str,
        said: tuple[str, int],
        *,
        is_same: bool,
    ) -> None:
        word, number = said
        name = f"means.{index}.{number}"
        if not mapping.choice(column):
            return
        if not is_same:  # the word was told for another field
            mine, shown = text_of(self.form, name), text_of(self.form, f"was.{name}")
            if mine != shown:
                self.clashes.append(Clash(column, mapping.choice(column), mine, word=word))
            return
        now = mapping.meaning(column, word) or ""
        meaning = self.value(column, name, now, index=index, word=word)
        if meaning != now:
            mapping.mean(column, word, meaning)

    def other_columns(self) -> None:
        """The table is read otherwise by now: no choice can be given to a column, and none is dropped unseen."""
        self.is_behind = True
        for name in self.form:
            kind, _, number = name.partition(".")
            if kind == "to" and (mine := text_of(self.form, name)) != text_of(
                self.form, f"was.{name}"
            ):
                self.clashes.append(Clash(f"#{int(number) + 1}", "", mine))
