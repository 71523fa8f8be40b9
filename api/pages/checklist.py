"""The eligibility checklist of one screening as data: the page and the PDF draw the same object."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from typing import Any

from api.log.entry import Entry, Kind
from api.pages.trial_words import teller
from api.pages.value_titles import value_title
from api.pages.wording import say
from eligibility.dates import format_day
from eligibility.evidence import Evidence
from eligibility.explanation import CriterionExplanation, Explanation
from eligibility.found_values import with_unit
from eligibility.protocol.model import Trial
from eligibility.version import ENGINE_VERSION
from eligibility.wording import VOICES, Language, Told, Voice


@dataclass(frozen=True, slots=True)
class FoundValue:
    """One value of the chart, what it is called, and where it stands there."""

    title: str
    value: str
    limit: str | None
    """Of a laboratory result, the laboratory's upper limit of normal."""
    source: str | None
    date: str | None

    def told(self, language: Language) -> str:
        """Title and value in one line."""
        value = self.value
        if self.limit is not None:
            value = say("checklist.limit", language, value=value, limit=self.limit)
        if self.title.endswith(("?", "？")):
            return f"{self.title} {value}"
        return say("checklist.within", language, item=self.title, title=value)


@dataclass(frozen=True, slots=True)
class Review:
    """An investigator's answer to a criterion, from the screening log; it never replaces what was computed."""

    sequence: int
    answer: str
    name: str
    recorded_at: str
    reason: str


@dataclass(frozen=True, slots=True)
class Item:
    """One criterion to be checked and initialled."""

    number: str
    kind: str
    text: str
    """The protocol's words."""
    truth: str
    """What was computed of the statement: `true`, `false` or `unknown`."""
    verdict: str
    reason: str
    values: tuple[FoundValue, ...]
    assumptions: tuple[str, ...]
    reviews: tuple[Review, ...] = ()

    @property
    def needed(self) -> str:
        """Which answer passes: an inclusion must hold, an exclusion must not."""
        return "true" if self.kind == "inclusion" else "false"


@dataclass(frozen=True, slots=True)
class LogPosition:
    """Where the screening stands in the screening log."""

    sequence: int
    entry_hash: str
    recorded_at: str
    actor: str
    corrected_by: tuple[int, ...] = ()
    withdrawn_by: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Checklist:
    """Everything that is printed."""

    trial: str
    title: Told
    source: str | None
    """Where the criteria's text was taken from; None where the criteria in force are others by now."""
    subject: str | None
    as_of: str
    planned_start: str | None
    profile: str | None
    profile_title: Told | None
    decision: str
    items: tuple[Item, ...]
    rules_hash: str
    input_hash: str
    engine_version: str
    language: Language
    """The language of reasons, values and assumptions."""
    valid_until: str | None = None
    """The last start for which the decision stands; None where it has no end, or is not known."""
    site: str | None = None
    zone: tzinfo = UTC
    """By which clock the site tells the time."""
    position: LogPosition | None = None
    """None for a preview that the log does not hold."""

    @property
    def counts(self) -> dict[str, int]:
        """How many criteria pass, fail and are unknown."""
        verdicts = [item.verdict for item in self.items]
        return {name: verdicts.count(name) for name in ("pass", "fail", "unknown")}


def checklist_of(
    explanation: Explanation, input_hash: str, *, position: LogPosition | None = None
) -> Checklist:
    """The checklist of a screening that was explained just now, in the explanation's language."""
    screening = explanation.screening
    trial, dates = screening.compiled.trial, screening.anchors
    start = dates.planned_start
    return Checklist(
        trial=trial.id,
        title=explanation.title,
        source=trial.source,
        subject=screening.findings.scope.record.screening_id,
        as_of=format_day(dates.as_of, dates.clock),
        planned_start=None if start is None else format_day(start, dates.clock),
        profile=trial.profile.name if trial.profile else None,
        profile_title=_profile_title(trial, explanation.language),
        decision=screening.decision.value,
        items=tuple(_item(each, explanation) for each in explanation.criteria),
        rules_hash=trial.rules_hash,
        input_hash=input_hash,
        engine_version=ENGINE_VERSION,
        language=explanation.language,
        valid_until=explanation.valid_until,
        position=position,
    )


def checklist_of_document(
    document: Mapping[str, Any],
    input_hash: str,
    position: LogPosition,
    trial: Trial | None,
    language: Language,
) -> Checklist:
    """The checklist of an explanation that the log kept, in English; the names of values are the reader's.

    `trial` is the trial as it is now, if its rules are still the same.
    """
    return Checklist(
        trial=document["trial"],
        title=Told(document["trial_title"], "en"),
        source=trial.source if trial else None,
        subject=document["screening_id"],
        as_of=document["as_of"],
        planned_start=document["planned_start"],
        profile=document["profile"],
        profile_title=_profile_title(trial, "en") if trial else None,
        decision=document["decision"],
        items=tuple(_item_of_document(each, language) for each in document["criteria"]),
        rules_hash=document["rules_hash"],
        input_hash=input_hash,
        engine_version=document["engine_version"],
        language="en",
        valid_until=document["valid_until"],
        position=position,
    )


def position_of(entry: Entry, about: Iterable[Entry]) -> LogPosition:
    """Where a screening stands in the log, and what has replaced it since."""
    later = [each for each in about if each.kind == Kind.CORRECTION]
    return LogPosition(
        sequence=entry.sequence,
        entry_hash=entry.entry_hash,
        recorded_at=entry.recorded_at,
        actor=entry.signer,
        corrected_by=tuple(each.sequence for each in later if each.decision is not None),
        withdrawn_by=tuple(each.sequence for each in later if each.decision is None),
    )


def reviews_of(about: Iterable[Entry]) -> dict[str, tuple[Review, ...]]:
    """The reviews of a screening by criterion."""
    found: dict[str, tuple[Review, ...]] = {}
    for each in about:
        if each.kind == Kind.REVIEW and each.criterion:
            review = Review(
                sequence=each.sequence,
                answer=each.answer or "",
                name=each.signer,
                recorded_at=each.recorded_at,
                reason=each.reason or "",
            )
            found[each.criterion] = (*found.get(each.criterion, ()), review)
    return found


def _profile_title(trial: Trial, language: Language) -> Told | None:
    return teller(trial, language)(trial.profile.title) if trial.profile else None


def _item(each: CriterionExplanation, explanation: Explanation) -> Item:
    record = explanation.screening.findings.scope.record
    language = explanation.language
    return Item(
        number=each.criterion.id,
        kind=each.criterion.kind,
        text=each.criterion.text,
        truth=each.truth.name.lower(),
        verdict=each.verdict.value,
        reason=each.reason,
        values=_values(
            [e._asdict() for e in each.evidence],
            VOICES[language],
            lambda field: value_title(field, language, record),
        ),
        assumptions=each.assumptions,
    )


def _item_of_document(each: Mapping[str, Any], language: Language) -> Item:
    return Item(
        number=each["id"],
        kind=each["kind"],
        text=each["text"],
        truth=each["truth"],
        verdict=each["verdict"],
        reason=each["reason"],
        values=_values(each["evidence"], VOICES["en"], lambda field: value_title(field, language)),
        assumptions=tuple(each["assumptions"]),
    )


def _values(
    evidence: Sequence[Mapping[str, Any]], voice: Voice, titled: Callable[[str], str]
) -> tuple[FoundValue, ...]:
    """The values with units; what only says the unit, date or limit of its neighbour is no value itself."""
    by_field = {each["field"]: each for each in evidence}
    found = []
    for field, each in by_field.items():
        owner, _, part = field.rpartition(".")
        value_beside = by_field.get(f"{owner}.value")
        beside = value_beside is not None and value_beside is not each
        if part == "unit" or (beside and part == "upper_limit_of_normal"):
            continue
        if beside and part == "date" and value_beside and value_beside["date"]:
            continue
        limit = by_field.get(f"{owner}.upper_limit_of_normal") if part == "value" else None
        found.append(
            FoundValue(
                title=titled(field),
                value=with_unit(Evidence(**each), voice),
                limit=with_unit(Evidence(**limit), voice) if limit else None,
                source=each["source"],
                date=each["date"],
            )
        )
    return tuple(found)


def with_reviews(checklist: Checklist, reviews: Mapping[str, tuple[Review, ...]]) -> Checklist:
    """The checklist with what the investigator has answered."""
    items = (replace(each, reviews=reviews.get(each.number, ())) for each in checklist.items)
    return replace(checklist, items=tuple(items))
