"""A screening in terms a coordinator can act on: reasons, evidence, blockers, questions, dates, margins."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from eligibility import questions as asking
from eligibility.blockers import Blocker, blockers_of, is_final
from eligibility.dates import format_day
from eligibility.evidence import Evidence
from eligibility.findings.model import UnknownReason
from eligibility.flags import Flag, flags_of
from eligibility.margins import Margin, margins_of
from eligibility.phrases import Phrases
from eligibility.protocol.conditions import Compare, Elapsed, Includes, OneOf
from eligibility.protocol.model import Criterion
from eligibility.protocol.verdict import Decision, Verdict
from eligibility.questions import Question, Settled
from eligibility.screening.judging import LeafUse
from eligibility.screening.model import CriterionResult, Screening
from eligibility.screening.proof import reason_of
from eligibility.screening.reduction import forcing_facts
from eligibility.timeline import outlook
from eligibility.truth import Truth
from eligibility.wording import VOICES, Language, Told, Voice

_MOST_PHRASES = 6


class CriterionExplanation(NamedTuple):
    """One criterion: its words, its verdict, and why."""

    criterion: Criterion
    title: Told
    truth: Truth
    verdict: Verdict
    label: str
    reason: str
    requirements: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    unknown_reasons: tuple[UnknownReason, ...]
    interpretations: tuple[str, ...]
    assumptions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CalendarPeriod:
    """Planned starts, first and last included, over which the verdicts stay the same."""

    first: str
    last: str | None
    decision: Decision
    failing: tuple[str, ...]
    unknown: tuple[str, ...]
    to_repeat: tuple[str, ...]
    """Of those, the ones that do not pass by the age of a result and by nothing else."""


@dataclass(frozen=True, slots=True)
class StartDates:
    """When treatment could start: the first possible day, how long the answer holds, the whole calendar."""

    possible_from: str | None
    held_back_by: tuple[str, ...]
    to_repeat: tuple[str, ...]
    still_open: tuple[str, ...]
    """Criteria that are open even on that day."""
    renewable: tuple[str, ...]
    """Criteria that a fresh test cures when a result has grown too old."""
    valid_until: str | None
    ended_by: tuple[str, ...]
    calendar: tuple[CalendarPeriod, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything a coordinator is told about one screening, in one language.

    Texts are in the language; fields that are dates stay ISO or `day N`, and what people wrote stays as it is.
    """

    screening: Screening
    title: Told
    """The trial's."""
    headline: str
    criteria: tuple[CriterionExplanation, ...]
    blockers: tuple[Blocker, ...]
    questions: tuple[Question, ...]
    settled: tuple[Settled, ...]
    forcing: tuple[str, ...]
    margins: tuple[Margin, ...]
    flags: tuple[Flag, ...]
    dates: StartDates | None
    language: Language = "en"
    foreign: tuple[str, ...] = ()
    """Texts of the trial that stand untranslated in the texts above, marked there as English."""

    @property
    def possible_from(self) -> str | None:
        """First start day on which waiting and repeated tests have cured all that they can."""
        return self.dates.possible_from if self.dates else None

    @property
    def valid_until(self) -> str | None:
        """Last start day for which the decision stands; None when it has no end."""
        return self.dates.valid_until if self.dates else None

    @property
    def decision(self) -> Decision:
        """The decision explained."""
        return self.screening.decision


def explain(
    screening: Screening, language: Language = "en", *, calendar: bool = True
) -> Explanation:
    """The explanation of a screening; without `calendar` no start date but the planned one is looked at."""
    phrases = Phrases(screening, VOICES[language])
    uses = {
        result.criterion.id: screening.uses_of(result.criterion) for result in screening.results
    }
    blockers = blockers_of(screening, phrases, uses)
    final = is_final(blockers)
    return Explanation(
        screening=screening,
        title=phrases.trial_title,
        headline=_headline(screening, phrases),
        criteria=tuple(
            _criterion(screening, result, phrases, uses[result.criterion.id])
            for result in screening.results
        ),
        blockers=blockers,
        questions=asking.questions(screening, phrases, uses, final=final),
        settled=asking.settled(screening, phrases, uses, final=final),
        forcing=forcing_facts(screening),
        margins=margins_of(screening, phrases, uses),
        flags=flags_of(screening, phrases),
        dates=_start_dates(screening) if calendar and screening.alarm is None else None,
        language=language,
        foreign=tuple(phrases.foreign),
    )


def _start_dates(screening: Screening) -> StartDates:
    ahead = outlook(screening)

    def text(day: int | None) -> str | None:
        return None if day is None else format_day(day, screening.anchors.clock)

    return StartDates(
        possible_from=text(ahead.possible_from),
        held_back_by=ahead.held_back_by,
        to_repeat=ahead.to_repeat,
        still_open=ahead.still_open,
        renewable=ahead.renewable,
        valid_until=text(ahead.valid_until),
        ended_by=ahead.ended_by,
        calendar=tuple(
            CalendarPeriod(
                format_day(period.first, screening.anchors.clock),
                text(period.last),
                period.decision,
                period.failing,
                period.unknown,
                period.to_repeat,
            )
            for period in ahead.periods
        ),
    )


def _headline(screening: Screening, phrases: Phrases) -> str:
    voice = phrases.voice
    if screening.alarm is not None:
        return voice.say("decision.alarm", message=phrases.own(screening.alarm.message))
    criteria = voice.listed(screening.deciding)
    return voice.say(f"decision.{screening.decision.value}", criteria=criteria)


def _criterion(
    screening: Screening, result: CriterionResult, phrases: Phrases, uses: tuple[LeafUse, ...]
) -> CriterionExplanation:
    criterion = result.criterion
    fields = dict.fromkeys(field for use in uses for field in _fields(use))
    if result.verdict is Verdict.UNKNOWN:
        fields |= dict.fromkeys(_known_fields(screening, criterion))
    evidence = (phrases.evidence(field) for field in fields)
    unknown = [use for use in uses if use.truth is Truth.UNKNOWN]
    reasons = dict.fromkeys(reason_of(use, screening.anchors) for use in unknown)
    findings = [use.finding for use in uses]
    return CriterionExplanation(
        criterion=criterion,
        title=phrases.title_of(criterion.id),
        truth=result.truth,
        verdict=result.verdict,
        label=phrases.voice.say(f"label.{criterion.kind}.{result.verdict.value}"),
        reason=_reason(screening, result, phrases, uses),
        requirements=phrases.requirements(uses),
        evidence=tuple(each for each in evidence if each is not None),
        unknown_reasons=tuple(reasons) if result.truth is Truth.UNKNOWN else (),
        interpretations=phrases.readings_of(criterion.id),
        assumptions=tuple(
            dict.fromkeys(phrases.own(f.assumed) for f in findings if f and f.assumed)
        ),
    )


def _known_fields(screening: Screening, criterion: Criterion) -> Iterator[str]:
    """Fields that say something about an open criterion: a score of 2+ is why the FISH matters."""
    for leaf in screening.compiled.criterion_leaves[criterion.id]:
        if isinstance(leaf, (Compare, Elapsed, OneOf, Includes)):
            finding = screening.findings.get(leaf.finding)
            if finding.value is not None:
                yield from finding.fields


def _fields(use: LeafUse) -> tuple[str, ...]:
    return use.finding.fields if use.finding is not None else ()


def _reason(
    screening: Screening, result: CriterionResult, phrases: Phrases, uses: tuple[LeafUse, ...]
) -> str:
    """One plain sentence: what was found and what is needed, or what is missing."""
    voice = phrases.voice
    if screening.alarm is not None:
        return voice.say("sentence.alarm", message=phrases.own(screening.alarm.message))
    told, worded = uses, phrases.found
    if result.verdict is Verdict.UNKNOWN:
        told, worded = tuple(u for u in uses if u.truth is Truth.UNKNOWN), phrases.missing
    elif result.verdict is Verdict.FAIL:
        worded = phrases.found_and_needed
    text = voice.semicolon.join(_phrases(told, worded, voice))
    return voice.sentence(text or voice.say("sentence.nothing_needed"))


def _phrases(
    uses: tuple[LeafUse, ...], worded: Callable[[LeafUse], str], voice: Voice
) -> list[str]:
    """The first few distinct phrases, and how many leaves go unsaid."""
    said: dict[str, None] = {}
    for number, use in enumerate(uses):
        if len(said) == _MOST_PHRASES:
            return [*said, voice.say("sentence.more", count=len(uses) - number)]
        if phrase := worded(use):
            said[phrase] = None
    return list(said)
