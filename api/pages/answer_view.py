"""The answer beside the form: the decision, what to ask next, what stands in the way, every criterion."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from api.pages.language import Language, written_date
from api.pages.patient_fields import LABS, place_of
from api.pages.patient_form import FieldFault, PatientForm, field_of, screened
from api.pages.patient_view import fault_words
from api.pages.time_view import TimeView, time_view
from api.pages.wording import say
from api.screeners import screener_of
from eligibility.evidence import Evidence
from eligibility.explanation import CriterionExplanation, Explanation
from eligibility.findings.catalogue import FINDINGS
from eligibility.found_values import with_unit
from eligibility.own_words import own_words
from eligibility.protocol.model import Interpretation
from eligibility.protocol.verdict import Verdict
from eligibility.reports.condition_words import ConditionWords, condition_words
from eligibility.wording import VOICES, Told


@dataclass(frozen=True, slots=True)
class QuestionView:
    """One thing to find out, and the field that it is about."""

    text: str
    field: str
    needed: str
    settles: tuple[str, ...]
    bears_on: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BlockerView:
    """What a person can do, and the criteria that it is to be done for."""

    text: str
    criteria: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ValueView:
    """One value found, with where it stands."""

    field: str
    title: str
    value: str
    date: str
    source: str


@dataclass(frozen=True, slots=True)
class ReadingView:
    """One interpretation in force."""

    question: Told
    meaning: Told
    source: str


@dataclass(frozen=True, slots=True)
class CriterionView:
    """One criterion as it opens."""

    id: str
    kind: str
    title: Told
    text: str
    verdict: str
    label: str
    reason: str
    needed: tuple[str, ...]
    condition: ConditionWords
    values: tuple[ValueView, ...]
    readings: tuple[ReadingView, ...]
    assumptions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FaultView:
    """One thing that cannot be read, and the field it stands in."""

    field: str
    title: str
    words: str
    language: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as its template draws it; without explanation there are faults."""

    language: Language
    form: PatientForm
    explanation: Explanation | None
    faults: tuple[FaultView, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()
    questions: tuple[QuestionView, ...] = ()
    blockers: tuple[BlockerView, ...] = ()
    criteria: tuple[CriterionView, ...] = ()
    time: TimeView | None = None
    profile_json: str = ""

    @property
    def decision(self) -> str:
        """The word for the decision; `unreadable` where there is none."""
        return self.explanation.decision.value if self.explanation else "unreadable"


def answer_of(form: PatientForm, language: Language) -> Answer:
    """The answer to a form that can be read; FormFaults if it cannot."""
    order, explanation = screened(form, language)
    verdicts = Counter(each.verdict for each in explanation.criteria)
    teller = _Teller(form, explanation, language)
    return Answer(
        language,
        form,
        explanation,
        counts=tuple((verdict.value, verdicts[verdict]) for verdict in _VERDICTS),
        questions=tuple(teller.questions()),
        blockers=tuple(teller.blockers()),
        criteria=tuple(teller.criterion(each) for each in explanation.criteria),
        time=time_view(form, explanation, language),
        profile_json=json.dumps(order.profile_document, ensure_ascii=False, indent=2),
    )


def faulty_answer(form: PatientForm, faults: tuple[FieldFault, ...], language: Language) -> Answer:
    """The answer to a form that cannot be read: what is wrong, and where."""
    shown = []
    for fault in faults:
        words, tag = fault_words(fault, language)
        shown.append(FaultView(fault.field, title_of(form, fault.field, language), words, tag))
    return Answer(language, form, None, faults=tuple(shown))


def title_of(form: PatientForm, name: str, language: Language) -> str:
    """A field in words, with the item it is in: `Treatment 1: Last dose`."""
    if name in ("trial", "site_profile", "profile_json"):
        return say(f"patient.{name}", language)
    place = place_of(name)
    if place is None:
        return say("patient.whole_form", language)
    title = say(f"chart.{place.generic.replace('.N.', '.')}", language)
    if place.list_path == LABS:
        test = VOICES[language].text(FINDINGS[place.item.partition(".")[0]].title)
        within = test[:1].upper() + test[1:]
        title = within if place.generic.endswith(".value") else _within(within, title, language)
    elif place.list_path:
        number = _position(form, place.list_path, place.item)
        title = _within(f"{say(f'chart.{place.list_path}', language)} {number}", title, language)
    return say(f"patient.part.{place.part}", language, field=title) if place.part else title


def _within(item: str, title: str, language: Language) -> str:
    return say("patient.within", language, item=item, title=title)


def _position(form: PatientForm, path: str, item: str) -> int:
    """Which of the items on the page it is, whatever its number."""
    items = dict.fromkeys(
        place.item
        for name in form.texts
        if (place := place_of(name)) is not None and place.list_path == path
    )
    return list(items).index(item) + 1 if item in items else 1


_VERDICTS = (Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN)


class _Teller:
    """Tells the parts of one explanation."""

    def __init__(self, form: PatientForm, explanation: Explanation, language: Language) -> None:
        self._form, self._explanation, self._language = form, explanation, language
        self._voice = VOICES[language]
        self._trial = explanation.screening.compiled.trial

    def questions(self) -> list[QuestionView]:
        return [
            QuestionView(
                question.text,
                next((f for path in question.fields if (f := field_of(self._form, path))), ""),
                self._voice.semicolon.join(question.requirements),
                question.settles,
                question.bears_on,
            )
            for question in self._explanation.questions
        ]

    def blockers(self) -> list[BlockerView]:
        """One line for all criteria that the same is to be done for."""
        found: dict[str, list[str]] = {}
        for blocker in self._explanation.blockers:
            found.setdefault(blocker.text, []).append(blocker.criterion_id)
        return [BlockerView(text, tuple(criteria)) for text, criteria in found.items()]

    def criterion(self, each: CriterionExplanation) -> CriterionView:
        criterion = each.criterion
        return CriterionView(
            criterion.id,
            criterion.kind,
            each.title,
            criterion.text,
            each.verdict.value,
            each.label,
            each.reason,
            each.requirements,
            _condition(self._trial.id, self._profile(), criterion.id, self._language),
            tuple(self._value(evidence) for evidence in each.evidence),
            tuple(self._reading(self._trial.interpretations[n]) for n in criterion.interpretations),
            each.assumptions,
        )

    def _profile(self) -> str | None:
        return self._trial.profile.name if self._trial.profile else None

    def _value(self, evidence: Evidence) -> ValueView:
        name = field_of(self._form, evidence.field)
        return ValueView(
            name,
            title_of(self._form, name, self._language) if name else evidence.field,
            with_unit(evidence, self._voice),
            written_date(evidence.date, self._language) if evidence.date else "",
            evidence.source or "",
        )

    def _reading(self, each: Interpretation) -> ReadingView:
        told = own_words(self._explanation.screening.compiled, self._voice).told
        return ReadingView(told(each.question), told(each.readings[each.reading]), each.source)


@lru_cache(maxsize=1024)
def _condition(
    trial: str, profile: str | None, criterion: str, language: Language
) -> ConditionWords:
    """The condition of a criterion in words, the same for every patient."""
    found = screener_of(trial, profile).trial
    words = found.words.of(language) if language != "en" else None
    return condition_words(found.criterion(criterion).condition, VOICES[language], words)
