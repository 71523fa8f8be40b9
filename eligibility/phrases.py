"""Phrases about one leaf condition: what was found beside what is needed, or what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from eligibility.dates import Anchors
from eligibility.evidence import Evidence
from eligibility.findings.catalogue import COLLECTIONS
from eligibility.findings.findings import ItemFindings
from eligibility.findings.model import Finding, UnknownReason
from eligibility.found_values import FoundValues, note_of
from eligibility.own_words import own_words
from eligibility.protocol.conditions import (
    Elapsed,
    FindingLeaf,
    Gap,
    Includes,
    OneOf,
    Some,
)
from eligibility.requirements import comparison, requirement
from eligibility.screening.judging import LeafUse
from eligibility.screening.model import Screening
from eligibility.screening.proof import reason_of
from eligibility.stand_ins import only_stand_ins
from eligibility.truth import Truth
from eligibility.wording import ENGLISH, Told, Voice

# What is recorded and cannot be used says why.
_BECAUSE = {
    UnknownReason.NOT_RECORDED: "open.not_recorded_because",
    UnknownReason.UNREADABLE: "open.unreadable_because",
    UnknownReason.CONFLICTING: "open.conflicting_because",
}


class Phrases:
    """Words about the leaves of one screening, in one language."""

    def __init__(self, screening: Screening, voice: Voice = ENGLISH) -> None:
        self.screening = screening
        self.voice = voice
        self.foreign: dict[str, None] = {}
        """Texts of the trial that were said in its own language, for want of a translation."""
        self._say = voice.say
        self._text = voice.text
        self._items: dict[ItemFindings, str] = {}
        self._own = own_words(screening.compiled, voice)
        self.anchors: Anchors = screening.anchors
        self._open_days = screening.compiled.open_days
        self._values = FoundValues(screening, voice)

    def evidence(self, field: str) -> Evidence | None:
        """The recorded value at a field, looked up once."""
        return self._values.evidence(field)

    def title(self, use: LeafUse) -> str:
        """What the leaf is about, naming the item of a list it belongs to."""
        if isinstance(use.leaf, Some):
            return self.voice.text(COLLECTIONS[use.leaf.collection].title)
        if isinstance(use.leaf, Gap):
            return ""
        title = self._text(use.source.spec(use.leaf.finding).title)
        if isinstance(use.source, ItemFindings):
            return self._say("found.item", title=title, item=self.item_name(use.source))
        return title

    def requirements(self, uses: Iterable[LeafUse]) -> tuple[str, ...]:
        """What the leaves would have to be; a leaf asked of several items of a list is said once."""
        once = {id(use.leaf): use for use in uses}
        return tuple(dict.fromkeys(text for text in map(self.requirement, once.values()) if text))

    def requirement(self, use: LeafUse) -> str | None:
        """What the leaf would have to be for the criterion to pass, as a requirement."""
        if isinstance(use.leaf, Gap) or use.wanted is Truth.UNKNOWN:
            return None
        if isinstance(use.leaf, Some):
            return self._say("requirement.complete", title=self.title(use))
        title = use.source.spec(use.leaf.finding).title
        if use.wanted is Truth.FALSE and isinstance(use.leaf, Elapsed):
            return self._window(use.leaf, title)
        return requirement(use.leaf, title, use.wanted, self.voice)

    def _window(self, leaf: Elapsed, title: str) -> str | None:
        """What passes an exclusion window; where its last day is left open, only a day more does."""
        is_open = (leaf.finding, leaf.before, leaf.duration) in self._open_days
        if is_open and leaf.operator == "exactly":
            return None
        if is_open and leaf.operator == "less_than":
            return requirement(replace(leaf, operator="at_most"), title, Truth.FALSE, self.voice)
        return requirement(leaf, title, Truth.FALSE, self.voice)

    def value(self, use: LeafUse) -> str:
        """What was found, in words: nothing where nothing is recorded."""
        return self._values.value(use)

    def found(self, use: LeafUse) -> str:
        """What a decided leaf found; nothing where it rests on no recorded fact."""
        finding = use.finding
        if finding is not None and not finding.fields and finding.assumed is None:
            return ""
        if isinstance(use.leaf, Some):
            return self._say("found.no_items", title=self.title(use))
        if finding is not None and finding.assumed is not None:
            return self._say(
                "found.assumed", title=self.title(use), assumption=self.own(finding.assumed)
            )
        return self._say("found.value", title=self.title(use), value=self.value(use))

    def found_and_needed(self, use: LeafUse) -> str:
        """What a leaf found and what the criterion would need instead."""
        needed, found = self.requirement(use), self.found(use)
        is_mere_denial = isinstance(use.leaf, (OneOf, Includes)) and use.wanted is Truth.FALSE
        if needed is None or use.finding is None or is_mere_denial:
            return found
        return self._say("found.required", found=found, requirement=needed)

    def missing(self, use: LeafUse) -> str:
        """What an undecided leaf lacks."""
        reason = reason_of(use, self.anchors)
        if isinstance(use.leaf, Gap):
            return self._say(f"open.{reason.value}", note=self.own(use.leaf.note))
        if isinstance(use.leaf, Some):
            return self._say("open.incomplete", title=self.title(use))
        finding = use.finding
        assert finding is not None  # only gaps have none
        if self.lacks_start(use):
            return self._say("open.start", title=self.title(use))
        value = self.value(use) if reason is UnknownReason.STRADDLES else ""
        return self._say(
            self._open(use.leaf, finding, reason, value),
            title=self.title(use),
            value=value,
            note=note_of(finding, self.voice),
            comparison=comparison(use.leaf, self.voice),
        )

    def _open(self, leaf: FindingLeaf, finding: Finding, reason: UnknownReason, value: str) -> str:
        """The sentence for a reason: with the note where there is one, never about a value that is not there."""
        if reason is UnknownReason.NEEDS_JUDGEMENT:
            return "open.suspected"
        if reason is UnknownReason.STRADDLES and not value:
            return "open.not_recorded"
        written = [field for field in finding.fields if self.evidence(field) is not None]
        if reason is UnknownReason.STRADDLES and only_stand_ins(leaf.finding, written):
            return "open.stand_in"
        because = _BECAUSE.get(reason) if finding.note else None
        return because or f"open.{reason.value}"

    def lacks_start(self, use: LeafUse) -> bool:
        """Whether the leaf is open only because no planned start is known."""
        before = getattr(use.leaf, "before", None)
        finding = use.finding
        known = finding is not None and finding.value is not None
        return known and before is not None and self.anchors.day(before) is None

    def day(self, day: int) -> str:
        """A day as text on the screening's clock."""
        return self._values.day(day)

    def item_name(self, source: ItemFindings) -> str:
        """The item of a list a finding belongs to, counted from 1 as people do."""
        name = self._items.get(source)
        if name is None:
            title = self.voice.text(source.collection.title)
            name = self._say("found.item_name", title=title, number=source.number + 1)
            self._items[source] = name
        return name

    def own(self, original: str) -> str:
        """A text of the trial within a sentence; where it stays in its own language, the sentence says so."""
        text, foreign = self._own.within(original)
        if foreign:
            self.foreign[foreign] = None
        return text

    def title_of(self, criterion_id: str) -> Told:
        """A criterion's title, and the language it is in."""
        return self._own.titles[criterion_id]

    def readings_of(self, criterion_id: str) -> tuple[str, ...]:
        """How a criterion's sentences are read: the name of each interpretation and what is meant."""
        readings, foreign = self._own.readings[criterion_id]
        self.foreign.update(foreign)
        return readings

    @property
    def trial_title(self) -> Told:
        """The trial's title, and the language it is in."""
        return self._own.title
