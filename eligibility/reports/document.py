"""An explanation as one JSON document: what `screen --json` prints and the service returns."""

from __future__ import annotations

from typing import Literal

from eligibility.blockers import Blocker
from eligibility.dates import format_day
from eligibility.evidence import Evidence
from eligibility.explanation import CalendarPeriod, CriterionExplanation, Explanation
from eligibility.flags import Flag
from eligibility.protocol.model import Trial
from eligibility.questions import Question
from eligibility.reports.answer import (
    AlarmAnswer,
    Answer,
    BlockerAnswer,
    CriterionAnswer,
    EvidenceAnswer,
    FlagAnswer,
    PeriodAnswer,
    QuestionAnswer,
    ReadingAnswer,
)
from eligibility.reports.firing import firing_in_words
from eligibility.screening.model import Alarm
from eligibility.truth import Truth
from eligibility.version import ENGINE_VERSION

_TRUTHS: dict[Truth, Literal["true", "false", "unknown"]] = {
    Truth.TRUE: "true",
    Truth.FALSE: "false",
    Truth.UNKNOWN: "unknown",
}


def to_document(explanation: Explanation) -> Answer:
    """Plain data with stable keys; every text is English, every date ISO or `day N`.

    Raises ValueError for an explanation in another language: documents are compared and logged byte for byte.
    """
    if explanation.language != "en":
        raise ValueError("a document is made of an explanation in English")
    screening, dates = explanation.screening, explanation.dates
    anchors, trial = screening.anchors, screening.compiled.trial
    start = anchors.planned_start
    return {
        "trial": trial.id,
        "trial_title": trial.title,
        "profile": trial.profile.name if trial.profile else None,
        "screening_id": screening.findings.scope.record.screening_id,
        "as_of": format_day(anchors.as_of, anchors.clock),
        "planned_start": None if start is None else format_day(start, anchors.clock),
        "decision": screening.decision,
        "deciding": screening.deciding,
        "headline": explanation.headline,
        "criteria": [_criterion(each) for each in explanation.criteria],
        "blockers": [_blocker(each) for each in explanation.blockers],
        "questions": [_question(each) for each in explanation.questions],
        "no_longer_matters": [
            {"title": each.title, "criteria": each.criteria} for each in explanation.settled
        ],
        "forcing": explanation.forcing,
        "other_readings": trial.overridden,
        "possible_from": dates.possible_from if dates else None,
        "held_back_by": dates.held_back_by if dates else (),
        "to_repeat": dates.to_repeat if dates else (),
        "still_open": dates.still_open if dates else (),
        "renewable": dates.renewable if dates else (),
        "valid_until": dates.valid_until if dates else None,
        "ended_by": dates.ended_by if dates else (),
        "calendar": [_period(each) for each in dates.calendar] if dates else [],
        "margins": [
            {"criterion_id": each.criterion_id, "findings": each.findings, "text": each.text}
            for each in explanation.margins
        ],
        "laboratory_flags": [_flag(each) for each in explanation.flags],
        "interpretations": interpretations_in_force(trial),
        "engine": screening.engine,
        "alarm": _alarm(screening.alarm) if screening.alarm else None,
        "fired": firing_in_words(screening),
        "rules_hash": trial.rules_hash,
        "engine_version": ENGINE_VERSION,
    }


def _criterion(each: CriterionExplanation) -> CriterionAnswer:
    return {
        "id": each.criterion.id,
        "kind": each.criterion.kind,
        "title": each.criterion.title,
        "text": each.criterion.text,
        "truth": _TRUTHS[each.truth],
        "verdict": each.verdict,
        "label": each.label,
        "reason": each.reason,
        "unknown_reasons": each.unknown_reasons,
        "requirements": each.requirements,
        "evidence": [_evidence(evidence) for evidence in each.evidence],
        "interpretations": each.interpretations,
        "assumptions": each.assumptions,
    }


def _evidence(each: Evidence) -> EvidenceAnswer:
    return {
        "field": each.field,
        "value": each.value,
        "unit": each.unit,
        "date": each.date,
        "source": each.source,
    }


def _blocker(each: Blocker) -> BlockerAnswer:
    return {
        "criterion": each.criterion_id,
        "action": each.action,
        "until": each.until,
        "text": each.text,
    }


def _question(each: Question) -> QuestionAnswer:
    return {
        "text": each.text,
        "fields": each.fields,
        "reasons": each.reasons,
        "requirements": each.requirements,
        "settles": each.settles,
        "bears_on": each.bears_on,
    }


def _period(each: CalendarPeriod) -> PeriodAnswer:
    return {
        "first": each.first,
        "last": each.last,
        "decision": each.decision,
        "failing": each.failing,
        "unknown": each.unknown,
        "to_repeat": each.to_repeat,
    }


def _flag(each: Flag) -> FlagAnswer:
    return {
        "finding": each.finding,
        "title": each.title,
        "colour": each.colour,
        "value": each.value,
        "green": each.green,
        "red": each.red,
        "text": each.text,
    }


def _alarm(alarm: Alarm) -> AlarmAnswer:
    return {"code": alarm.code, "message": alarm.message}


def interpretations_in_force(trial: Trial) -> list[ReadingAnswer]:
    """Which reading of every ambiguous sentence was used, and where it comes from."""
    return [
        {
            "name": each.name,
            "question": each.question,
            "reading": each.reading,
            "meaning": each.readings[each.reading],
            "source": each.source,
        }
        for each in trial.interpretations.values()
    ]
