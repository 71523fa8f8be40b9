"""An explanation as one JSON document: what `screen --json` prints and the service returns."""

from __future__ import annotations

from typing import Any

from eligibility.dates import format_day
from eligibility.explanation import CriterionExplanation, Explanation
from eligibility.protocol.model import Trial
from eligibility.reports.firing import firing_in_words
from eligibility.version import ENGINE_VERSION


def to_document(explanation: Explanation) -> dict[str, Any]:
    """Plain data with stable keys; every text is English, every date ISO or `day N`.

    Raises ValueError for an explanation in another language: documents are compared and logged byte for byte.
    """
    if explanation.language != "en":
        raise ValueError("a document is made of an explanation in English")
    screening = explanation.screening
    anchors, trial = screening.anchors, screening.compiled.trial
    start = anchors.planned_start
    return {
        "trial": trial.id,
        "trial_title": trial.title,
        "profile": trial.profile.name if trial.profile else None,
        "screening_id": screening.findings.scope.record.screening_id,
        "as_of": format_day(anchors.as_of, anchors.clock),
        "planned_start": None if start is None else format_day(start, anchors.clock),
        "decision": screening.decision.value,
        "deciding": list(screening.deciding),
        "headline": explanation.headline,
        "criteria": [_criterion(each) for each in explanation.criteria],
        "blockers": [
            {
                "criterion": b.criterion_id,
                "action": b.action.value,
                "until": b.until,
                "text": b.text,
            }
            for b in explanation.blockers
        ],
        "questions": [_fields_of(question) for question in explanation.questions],
        "no_longer_matters": [_fields_of(settled) for settled in explanation.settled],
        "forcing": list(explanation.forcing),
        "other_readings": list(trial.overridden),
        **_dates(explanation),
        "margins": [_fields_of(margin) for margin in explanation.margins],
        "laboratory_flags": [_fields_of(flag) for flag in explanation.flags],
        "interpretations": interpretations_in_force(trial),
        "engine": screening.engine,
        "alarm": _fields_of(screening.alarm) if screening.alarm else None,
        "fired": firing_in_words(screening),
        "rules_hash": trial.rules_hash,
        "engine_version": ENGINE_VERSION,
    }


def _fields_of(part: Any) -> dict[str, Any]:
    """The fields of a part by name; unlike `asdict` it copies nothing, for nothing here can change."""
    return {name: getattr(part, name) for name in part.__dataclass_fields__}


def _criterion(each: CriterionExplanation) -> dict[str, Any]:
    return {
        "id": each.criterion.id,
        "kind": each.criterion.kind,
        "title": each.criterion.title,
        "text": each.criterion.text,
        "truth": each.truth.name.lower(),
        "verdict": each.verdict.value,
        "label": each.label,
        "reason": each.reason,
        "unknown_reasons": [reason.value for reason in each.unknown_reasons],
        "requirements": list(each.requirements),
        "evidence": [evidence._asdict() for evidence in each.evidence],
        "interpretations": list(each.interpretations),
        "assumptions": list(each.assumptions),
    }


def _dates(explanation: Explanation) -> dict[str, Any]:
    dates = explanation.dates
    return {
        "possible_from": dates.possible_from if dates else None,
        "held_back_by": list(dates.held_back_by) if dates else [],
        "to_repeat": list(dates.to_repeat) if dates else [],
        "still_open": list(dates.still_open) if dates else [],
        "renewable": list(dates.renewable) if dates else [],
        "valid_until": dates.valid_until if dates else None,
        "ended_by": list(dates.ended_by) if dates else [],
        "calendar": [_fields_of(period) for period in dates.calendar] if dates else [],
    }


def interpretations_in_force(trial: Trial) -> list[dict[str, str]]:
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
