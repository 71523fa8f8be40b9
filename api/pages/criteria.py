"""The trials of the library as pages: the protocol's words, the conditions, who chose which reading, the cases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import Response

from api.decisions import Desk
from api.pages.language import language_of
from api.pages.site import is_script, render
from api.pages.trial_words import Teller, profile_titles, teller
from api.parameters import OptionalName, PathName
from api.screeners import files_of, screener_of, trial_ids
from eligibility.protocol.conditions import Condition, walk
from eligibility.protocol.lint import lint_protocol
from eligibility.protocol.lint_finding import LintFinding
from eligibility.protocol.model import Criterion, Interpretation, Trial
from eligibility.reports.condition_words import ConditionWords, condition_words
from eligibility.wording import VOICES, Told


@dataclass(frozen=True, slots=True)
class Reading:
    """An interpretation as the page shows it."""

    name: str
    question: Told
    chosen: str
    meaning: Told
    others: tuple[tuple[str, Told], ...]
    source: Told


@dataclass(frozen=True, slots=True)
class ShownCriterion:
    """A criterion as the page shows it."""

    criterion: Criterion
    title: Told
    condition: ConditionWords
    readings: tuple[Reading, ...]
    of_profile: tuple[str, ...]
    """Definitions that it takes from the site profile in force."""
    notes: Told | None
    cases: tuple[dict[str, Any], ...]


def add_criteria(service: FastAPI) -> None:
    """Add the routes."""
    service.get("/criteria", include_in_schema=False)(library)
    service.get("/criteria/{trial}", include_in_schema=False)(one_trial)
    service.get("/criteria/{trial}/analysis", include_in_schema=False)(analysis)


def library(request: Request) -> Response:
    """The trials that there are."""
    language = language_of(request)
    trials = [screener_of(name).trial for name in trial_ids()]
    shown = [(trial, teller(trial, language)(trial.title)) for trial in trials]
    return render(request, "criteria/library.html", trials=shown)


def one_trial(request: Request, trial: PathName, *, profile: OptionalName = None) -> Response:
    """One trial with every criterion."""
    loaded = screener_of(trial, profile or None).trial
    told = teller(loaded, language_of(request))
    return render(
        request,
        "criteria/trial.html",
        trial=loaded,
        title=told(loaded.title),
        profiles=profile_titles(loaded, told),
        profile_title=told(loaded.profile.title) if loaded.profile else None,
        profile_source=told(loaded.profile.source) if loaded.profile else None,
        criteria=[shown_criterion(request, loaded, each) for each in loaded.criteria],
        assumptions=[told(each.name) for each in loaded.assumptions.values()],
    )


async def analysis(request: Request, trial: PathName) -> Response:
    """What the analysis of the trial's files found; it takes seconds, so it has a page of its own."""
    desk: Desk = request.app.state.desk
    loaded = screener_of(trial).trial
    found = await desk.study(lambda: _analysed(loaded.id))
    template = "criteria/_analysis.html" if is_script(request) else "criteria/analysis.html"
    return render(
        request, template, trial=loaded, findings=[(each, _home(loaded, each)) for each in found]
    )


def shown_criterion(request: Request, trial: Trial, criterion: Criterion) -> ShownCriterion:
    """One criterion in the reader's language."""
    language = language_of(request)
    told = teller(trial, language)
    given = trial.profile.definitions if trial.profile else {}
    return ShownCriterion(
        criterion=criterion,
        title=told(criterion.title),
        condition=condition_words(
            criterion.condition,
            VOICES[language],
            {} if language == "en" else trial.words.of(language),
        ),
        readings=tuple(
            _reading(trial.interpretations[name], told) for name in criterion.interpretations
        ),
        of_profile=tuple(name for name in given if _is_used(given[name], criterion)),
        notes=told(criterion.notes) if criterion.notes else None,
        cases=tuple(_cases(criterion)),
    )


def _is_used(definition: Condition, criterion: Criterion) -> bool:
    return any(each == definition for each in walk(criterion.condition))


def _reading(each: Interpretation, told: Teller) -> Reading:
    return Reading(
        name=each.name,
        question=told(each.question),
        chosen=each.reading,
        meaning=told(each.readings[each.reading]),
        others=tuple(
            (name, told(words)) for name, words in each.readings.items() if name != each.reading
        ),
        source=told(each.source),
    )


def _cases(criterion: Criterion) -> Iterator[dict[str, Any]]:
    for case in criterion.cases:
        patient = json.dumps(case.patient, ensure_ascii=False, indent=1, default=str)
        yield {"case": case, "patient": patient}


@lru_cache(maxsize=16)
def _analysed(trial: str) -> tuple[LintFinding, ...]:
    """Of the rules that are in force, which the files on disk may not be any more."""
    with files_of(trial).in_a_folder() as folder:
        return tuple(lint_protocol(folder).findings)


def _home(trial: Trial, finding: LintFinding) -> str | None:
    """The criterion in whose file a finding is."""
    return next(
        (each.id for each in trial.criteria if each.at.source == finding.location.source), None
    )
