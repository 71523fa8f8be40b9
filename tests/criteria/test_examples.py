"""Every worked example of every trial in the library, on both evaluators."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from eligibility.protocol.library import trial_folder, trial_ids
from eligibility.protocol.loader import load_trial_folder
from eligibility.protocol.model import Criterion
from eligibility.protocol.verdict import Verdict
from eligibility.screening.cases import CaseOutcome, CaseRunner
from eligibility.screening.model import Engine

ENGINES: tuple[Engine, ...] = ("reference", "durable-rules")
TRIALS = trial_ids()
FOLDER = trial_folder("NCT06731140")
INCL01 = "inclusion/INCL01_ecog_performance_status.yaml"


def examples() -> Iterator[tuple[str, str, str]]:
    """Trial, criterion (or "patient") and name of every example."""
    for trial in TRIALS:
        runner = CaseRunner(trial_folder(trial), engine="reference")
        for criterion in runner.trial.criteria:
            for case in criterion.cases:
                yield trial, criterion.id, case.name
        for vignette in runner.vignettes():
            yield trial, "patient", vignette.name


EXAMPLES = list(examples())
CRITERIA = load_trial_folder(FOLDER).criteria


@cache
def outcomes(trial: str, engine: Engine) -> dict[tuple[str, str], CaseOutcome]:
    """All examples of a trial, run once on one evaluator."""
    runner = CaseRunner(trial_folder(trial), engine=engine)
    return {(outcome.subject, outcome.name): outcome for outcome in runner.run()}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("trial", "subject", "name"),
    EXAMPLES,
    ids=[f"{example[1]}: {example[2]}" for example in EXAMPLES],
)
def test_an_example_gets_the_verdicts_it_expects(
    trial: str, subject: str, name: str, engine: Engine
) -> None:
    outcome = outcomes(trial, engine)[subject, name]

    assert outcome.complaint is None, f"{outcome.at}: {outcome.complaint}"


def test_every_example_has_a_name_of_its_own() -> None:
    assert len(set(EXAMPLES)) == len(EXAMPLES)


@pytest.mark.parametrize("criterion", CRITERIA, ids=lambda criterion: criterion.id)
def test_a_criterion_has_cases_that_pass_that_fail_and_that_stay_open(criterion: Criterion) -> None:
    assert {case.verdict for case in criterion.cases} == set(Verdict)


def test_there_are_at_least_sixty_whole_patients() -> None:
    assert len(CaseRunner(FOLDER, engine="reference").vignettes()) >= 60


@pytest.mark.parametrize("criterion", CRITERIA, ids=lambda criterion: criterion.id)
def test_every_criterion_alone_excludes_some_patient_and_alone_leaves_some_open(
    criterion: Criterion,
) -> None:
    alone = [
        vignette.verdicts[criterion.id]
        for vignette in CaseRunner(FOLDER, engine="reference").vignettes()
        if vignette.deciding == (criterion.id,)
    ]

    assert {Verdict.FAIL, Verdict.UNKNOWN} <= set(alone)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("file", "written", "changed", "complaint"),
    [
        pytest.param(
            INCL01,
            '{case: "ECOG 2 is the last admitted grade", patient: {ecog: 2}, verdict: pass}',
            '{case: "ECOG 2 is the last admitted grade", patient: {ecog: 2}, verdict: fail}',
            "INCL01: expected fail, found pass",
            id="verdict of a case",
        ),
        pytest.param(
            INCL01,
            "because: unreadable",
            "because: conflicting",
            "INCL01: expected the reason conflicting, found unreadable",
            id="reason of a case",
        ),
        pytest.param(
            "patients.yaml",
            "change: {ecog: 3}, fail: [INCL01], deciding: [INCL01]",
            "change: {ecog: 3}, unknown: [INCL01], deciding: [INCL01]",
            "INCL01: expected unknown, found fail",
            id="verdict of a whole patient",
        ),
        pytest.param(
            "patients.yaml",
            "change: {ecog: 3}, fail: [INCL01], deciding: [INCL01]",
            "change: {ecog: 3}, fail: [INCL01], deciding: all",
            "found INCL01",
            id="deciding criteria of a whole patient",
        ),
    ],
)
def test_a_wrong_expectation_is_reported(
    tmp_path: Path, file: str, written: str, changed: str, complaint: str, engine: Engine
) -> None:
    folder = tmp_path / "nct06731140"
    shutil.copytree(FOLDER, folder)
    text = (folder / file).read_text(encoding="utf-8")
    assert text.count(written) == 1
    right = {o.name for o in outcomes("NCT06731140", engine).values() if o.complaint is None}

    (folder / file).write_text(text.replace(written, changed), encoding="utf-8")

    wrong = [o for o in CaseRunner(folder, engine=engine).run() if o.complaint and o.name in right]
    assert len(wrong) == 1
    assert complaint in (wrong[0].complaint or "")
    assert wrong[0].at.source == file
