"""Recorded values in running text: what stands in the chart, with its unit, its day and what it stands for."""

from __future__ import annotations

from eligibility.dates import format_day
from eligibility.evidence import Evidence, evidence_of
from eligibility.findings.model import Finding, Members
from eligibility.intervals import Interval
from eligibility.protocol.conditions import Elapsed, Gap, Some
from eligibility.screening.judging import LeafUse
from eligibility.screening.model import Screening
from eligibility.stand_ins import stand_in
from eligibility.truth import Truth
from eligibility.wording import Voice

# Grades and scores are said by their titles already: this is the one place that knows.
UNSPOKEN = {"ECOG grade", "IHC score", "NYHA class"}


class FoundValues:
    """The words for what was found in one record, in one language."""

    def __init__(self, screening: Screening, voice: Voice) -> None:
        self._voice = voice
        self._anchors = screening.anchors
        self._record = screening.findings.scope.record
        self._evidence: dict[str, Evidence | None] = {}
        self._yes_no = (voice.words_of("yes"), voice.words_of("no"))

    def evidence(self, field: str) -> Evidence | None:
        """The recorded value at a field, looked up once."""
        if field not in self._evidence:
            self._evidence[field] = evidence_of(self._record, field, self._voice)
        return self._evidence[field]

    def value(self, use: LeafUse) -> str:
        """What was found: the recorded value in its own words, a derived one with what it came from."""
        finding = use.finding
        if finding is None or finding.value is None:
            return ""
        written = [e for e in map(self.evidence, finding.fields) if e is not None]
        if isinstance(use.leaf, Elapsed):
            return self._days_before(use, use.leaf, written)
        # A gap has no finding, and a list is not worded so.
        assert not isinstance(use.leaf, (Gap, Some))
        recorded = self._recorded(use.leaf.finding, written)
        if isinstance(finding.value, Interval):
            return recorded or note_of(finding, self._voice)
        derived = _codes_in_words(finding.value, self._voice)
        if recorded == derived or not recorded:
            return derived
        return self._voice.say("found.derived", value=derived, recorded=recorded)

    def _named(self, finding: str, evidence: Evidence) -> str:
        """A recorded value with its unit; one that stands in for the finding says what it is."""
        text = with_unit(evidence, self._voice)
        title = stand_in(finding, evidence.field)
        if title is None:
            return text
        return self._voice.say("found.stand_in", title=self._voice.text(title), value=text)

    def _dated(self, finding: str, evidence: Evidence) -> str:
        """A recorded day: a test has it beside its result, a date is itself the day."""
        if evidence.date:
            return self._voice.date(evidence.date)
        return self._named(finding, evidence)

    def _recorded(self, finding: str, written: list[Evidence]) -> str:
        """Recorded values in running text; a limit of normal is named as what it is."""
        voice = self._voice
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
        return voice.say("found.limit", value=text, limit=limit)

    def _days_before(self, use: LeafUse, leaf: Elapsed, written: list[Evidence]) -> str:
        dates = (e for e in written if not e.field.endswith(".value"))
        told = [e for e in dates if e.value not in self._yes_no]
        text = self._voice.listed(dict.fromkeys(self._dated(leaf.finding, e) for e in told))
        event = use.finding.value if use.finding is not None else None
        anchor = self._anchors.day(leaf.before)
        if isinstance(event, Interval) and event.high is None and event.low == self._anchors.as_of:
            text = self._voice.say("found.ongoing")
        elif not text and isinstance(event, Interval) and event.high is not None:
            # Nobody wrote the day down; that it is over may decide, and settles nothing that is open.
            if use.truth is not Truth.UNKNOWN:
                text = self._voice.say("found.not_after", date=self.day(int(event.high)))
        elif not isinstance(event, Interval) or event.low != event.high or anchor is None:
            pass
        elif event.low is not None:
            days = anchor - int(event.low)
            text = self._voice.say(
                "found.days", date=text, days=days, anchor=self._voice.say(f"anchor.{leaf.before}")
            )
        return text

    def day(self, day: int) -> str:
        """A day as text on the screening's clock."""
        return self._voice.date(format_day(day, self._anchors.clock))


def note_of(finding: Finding, voice: Voice) -> str:
    """What a finding says of itself, if it does."""
    return voice.text(finding.note) if finding.note else ""


def with_unit(evidence: Evidence, voice: Voice) -> str:
    """A recorded value with the unit it was recorded in."""
    unit = evidence.unit
    if unit is None or unit in UNSPOKEN or not evidence.value[-1:].isdigit():
        return evidence.value
    return voice.with_unit(evidence.value, unit)


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
