"""The trials of the library with their criteria, as people and programs read them."""

from __future__ import annotations

from fastapi import FastAPI
from rich.console import Console

from api.answers.trials import (
    CriterionInFull,
    CriterionText,
    TrialAnswer,
    TrialInFull,
)
from api.description import answers
from api.parameters import PathName, ProfileName
from api.screeners import screener_of, trial_ids
from eligibility.errors import EligibilityError
from eligibility.protocol.model import Criterion, Trial
from eligibility.reports.document import interpretations_in_force
from eligibility.reports.trial_page import condition_tree

_WIDTH = 120


def add_trials(service: FastAPI) -> None:
    """Add the routes."""
    service.get(
        "/v1/trials",
        summary="Trials of the library",
        response_model=None,
        responses=answers(list[TrialAnswer]),
    )(trials)
    service.get(
        "/v1/trials/{trial}",
        summary="One trial with its criteria",
        response_model=None,
        responses=answers(TrialInFull),
    )(one_trial)
    service.get(
        "/v1/trials/{trial}/criteria/{criterion}",
        summary="One criterion",
        response_model=None,
        responses=answers(CriterionInFull),
    )(one_criterion)


def trials() -> list[TrialAnswer]:
    """Each with its site profiles and the hash of its rules."""
    return [_summary(screener_of(name).trial) for name in trial_ids()]


def one_trial(trial: PathName, *, profile: ProfileName = None) -> TrialInFull:
    """Every criterion with its text, and every reading of the protocol in force."""
    loaded = screener_of(trial, profile).trial
    return {
        **_summary(loaded),
        "interpretations": interpretations_in_force(loaded),
        "criteria": [_criterion(criterion) for criterion in loaded.criteria],
    }


def one_criterion(
    trial: PathName, criterion: PathName, *, profile: ProfileName = None
) -> CriterionInFull:
    """Its text, its condition in words, the readings it depends on, and its worked cases."""
    loaded = screener_of(trial, profile).trial
    for each in loaded.criteria:
        if each.id == criterion.upper():
            return {
                "trial": loaded.id,
                "rules_hash": loaded.rules_hash,
                **_criterion(each),
                "if_failed": each.if_failed,
                "condition": _in_words(each),
                "readings": [
                    reading
                    for reading in interpretations_in_force(loaded)
                    if reading["name"] in each.interpretations
                ],
                "cases": [{"case": case.name, "verdict": case.verdict} for case in each.cases],
            }
    raise EligibilityError(
        "the trial has no such criterion",
        code="unknown_criterion",
        hint=f"GET /v1/trials/{loaded.id} lists them",
    )


def _in_words(criterion: Criterion) -> list[str]:
    """The tree of the condition as the command line shows it, line by line."""
    console = Console(width=_WIDTH, color_system=None)
    with console.capture() as captured:
        console.print(condition_tree(criterion.condition))
    return [line.rstrip() for line in captured.get().splitlines()]


def _summary(trial: Trial) -> TrialAnswer:
    return {
        "id": trial.id,
        "title": trial.title,
        "source": trial.source,
        "profiles": list(trial.profiles),
        "profile": trial.profile.name if trial.profile else None,
        "rules_hash": trial.rules_hash,
    }


def _criterion(criterion: Criterion) -> CriterionText:
    return {
        "id": criterion.id,
        "kind": criterion.kind,
        "title": criterion.title,
        "text": criterion.text,
        "notes": criterion.notes,
        "interpretations": list(criterion.interpretations),
    }
