"""Phrases about one leaf condition: what was found, what is needed, what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from eligibility.dates import Anchors, format_day
from eligibility.evidence import Evidence, evidence_of
from eligibility.findings.catalogue import COLLECTIONS
from eligibility.findings.findings import ItemFindings
from eligibility.findings.model import Finding, Members, UnknownReason
from eligibility.intervals import Interval, Operator
from eligibility.own_words import own_words
from eligibility.protocol.conditions import (
    Compare,
    Elapsed,
    FindingLeaf,
    Gap,
    Includes,
    OneOf,
    Some,
)
from eligibility.screening.judging import LeafUse
from eligibility.screening.model import Screening
from eligibility.screening.proof import reason_of
from eligibility.stand_ins import only_stand_ins, stand_in
from eligibility.truth import Truth
from eligibility.wording import ENGLISH, Told, Voice

_OPPOSITE: dict[Operator, str] = {
    "at_most": "more_than",
    "more_than": "at_most",
    "at_least": "less_than",
    "less_than": "at_least",
    "exactly": "not_exactly",
}

# Grades and scores are said by their titles already: this is the one place that knows.
UNSPOKEN = {"ECOG grade", "IHC score", "NYHA class"}

_YES_NO = frozenset(("yes", "no"))

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
        self._yes_no = (voice.words_of("yes"), voice.words_of("no"))
        self._own = own_words(screening.compiled, voice)
        self.anchors: Anchors = screening.anchors
        self._record = screening.findings.scope.record
        self._open_days = screening.compiled.open_days
        self._evidence: dict[str, Evidence | None] = {}

    def evidence(self, field: str) -> Evidence | None:
        """The recorded value at a field, looked up once."""
        if field not in self._evidence:
            self._evidence[field] = evidence_of(self._record, field, self.voice)
        return self._evidence[field]

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
        """What was found: the recorded value in its own words, a derived one with what it came from."""
        finding = use.finding
        if finding is None or finding.value is None:
            return ""
        written = [e for e in map(self.evidence, finding.fields) if e is not None]
        if isinstance(use.leaf, Elapsed):
            return self._days_before(use, use.leaf, written)
        assert not isinstance(
            use.leaf, (Gap, Some)
        )  # a gap has no finding, a list is not worded so
        recorded = self._recorded(use.leaf.finding, written)
        if isinstance(finding.value, Interval):
            return recorded or self._note(finding)
        derived = _codes_in_words(finding.value, self.voice)
        if recorded == derived or not recorded:
            return derived
        return self._say("found.derived", value=derived, recorded=recorded)

    def _named(self, finding: str, evidence: Evidence) -> str:
        """A recorded value with its unit; one that stands in for the finding says what it is."""
        text = with_unit(evidence, self.voice)
        title = stand_in(finding, evidence.field)
        return (
            text
            if title is None
            else self._say("found.stand_in", title=self._text(title), value=text)
        )

    def _dated(self, finding: str, evidence: Evidence) -> str:
        """A recorded day: a test has it beside its result, a date is itself the day."""
        if evidence.date:
            return self.voice.date(evidence.date)
        return self._named(finding, evidence)

    def _recorded(self, finding: str, written: list[Evidence]) -> str:
        """Recorded values in running text; a limit of normal is named as what it is."""
        voice = self.voice
        values, limits = [], []
        for each in written:
            if each.field.endswith(".upper_limit_of_normal"):
                limits.append(each)
            elif not is_unit(each):
                values.append(each)
        text = voice.listed(dict.fromkeys(self._named(finding, e) for e in values))
        if not limits:
            return text
        limit = voice.listed(dict.fromkeys(with_unit(e, voice) for e in limits))
        return self._say("found.limit", value=text, limit=limit)

    def _days_before(self, use: LeafUse, leaf: Elapsed, written: list[Evidence]) -> str:
        dates = (e for e in written if not e.field.endswith(".value"))
        told = [e for e in dates if e.value not in self._yes_no]
        text = self.voice.listed(dict.fromkeys(self._dated(leaf.finding, e) for e in told))
        event = use.finding.value if use.finding is not None else None
        anchor = self.anchors.day(leaf.before)
        if isinstance(event, Interval) and event.high is None and event.low == self.anchors.as_of:
            text = self._say("found.ongoing")
        elif not text and isinstance(event, Interval) and event.high is not None:
            # Nobody wrote the day down; that it is over may decide, and settles nothing that is open.
            is_open = use.truth is Truth.UNKNOWN
            text = "" if is_open else self._say("found.not_after", date=self.day(int(event.high)))
        elif not isinstance(event, Interval) or event.low != event.high or anchor is None:
            pass
        elif event.low is not None:
            days = anchor - int(event.low)
            text = self._say(
                "found.days", date=text, days=days, anchor=self._say(f"anchor.{leaf.before}")
            )
        return text

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
            note=self._text(finding.note) if finding.note else "",
            comparison=_comparison(use.leaf, self.voice),
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
        return self.voice.date(format_day(day, self.anchors.clock))

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

    def _note(self, finding: Finding) -> str:
        return self.voice.text(finding.note) if finding.note else ""


def with_unit(evidence: Evidence, voice: Voice) -> str:
    """A recorded value with the unit it was recorded in."""
    unit = evidence.unit
    if unit is None or unit in UNSPOKEN or not evidence.value[-1:].isdigit():
        return evidence.value
    return voice.with_unit(evidence.value, unit)


@lru_cache(maxsize=2048)
def requirement(leaf: FindingLeaf, title: str, wanted: Truth, voice: Voice = ENGLISH) -> str:
    """A leaf as a requirement, turned round where the criterion needs it not to hold; `title` is the catalogue's."""
    title = voice.text(title)
    holds = wanted is Truth.TRUE
    match leaf:
        case Compare():
            return voice.say(
                "requirement.number", title=title, comparison=_operator(leaf, voice, holds=holds)
            )
        case Elapsed():
            return voice.say(
                "requirement.date",
                title=title,
                comparison=_operator(leaf, voice, holds=holds),
                anchor=voice.say(f"anchor.{leaf.before}"),
            )
        case OneOf() | Includes():
            if not holds and leaf.codes < _YES_NO:
                return voice.say(
                    "requirement.one_of",
                    title=title,
                    codes=voice.listed(map(voice.words_of, _YES_NO - leaf.codes)),
                )
            codes = voice.listed(map(voice.words_of, sorted(leaf.codes)), joined_by="list.or")
            key = "requirement.one_of" if holds else "requirement.none_of"
            return voice.say(key, title=title, codes=codes)


def _operator(leaf: Compare | Elapsed, voice: Voice, *, holds: bool) -> str:
    if isinstance(leaf, Compare):
        limit, operator = voice.limit(leaf.written), leaf.operator
    else:
        limit, operator = voice.duration(leaf.duration), leaf.operator
    said = operator if holds else _OPPOSITE[operator]
    return voice.say(f"operator.{said}", limit=limit)


def _comparison(leaf: FindingLeaf | Gap | Some, voice: Voice) -> str:
    match leaf:
        case Compare():
            return _operator(leaf, voice, holds=True)
        case Elapsed():
            return voice.say(
                "comparison.date",
                comparison=_operator(leaf, voice, holds=True),
                anchor=voice.say(f"anchor.{leaf.before}"),
            )
        case OneOf() | Includes():
            return voice.listed(map(voice.words_of, sorted(leaf.codes)), joined_by="list.or")
        case _:
            return ""


def _codes_in_words(value: frozenset[str] | Members, voice: Voice) -> str:
    codes, joined_by = (
        (value, "list.or") if isinstance(value, frozenset) else (value.present, "list.and")
    )
    return voice.listed(map(voice.words_of, sorted(codes)), joined_by=joined_by) or voice.say(
        "found.unclear"
    )


def is_unit(evidence: Evidence) -> bool:
    """Whether a field only says in which unit its neighbour is."""
    return evidence.field.endswith(".unit")
