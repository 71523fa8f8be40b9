"""Lint of a trial's words in other languages: which texts are missing, and which are of no text any more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from eligibility.errors import Location, did_you_mean
from eligibility.protocol.conditions import Gap, walk
from eligibility.protocol.lint_finding import LintFinding
from eligibility.protocol.model import Trial
from eligibility.protocol.trial_words import read_words
from eligibility.yaml_nodes import Faults, read_yaml


def words_of_trial(trial: Trial) -> Iterator[str]:
    """Every text of a trial that its reader may see and that a translation may stand for."""
    yield trial.title
    for criterion in trial.criteria:
        yield criterion.title
        for condition in walk(criterion.condition):
            if isinstance(condition, Gap):
                yield condition.note
    for interpretation in trial.interpretations.values():
        yield interpretation.question
        yield from interpretation.readings.values()
    if trial.profile is not None:
        yield trial.profile.title
    for assumption in trial.assumptions.values():
        yield assumption.name


def lint_words(folder: Path, trials: Iterable[Trial]) -> list[LintFinding]:
    """What is wrong with every file of words, given the trial in all its variants."""
    files = sorted(folder.glob("words.*.yaml"))
    if not files:
        return []
    originals = {" ".join(t.split()): None for trial in trials for t in words_of_trial(trial)}
    return [finding for file in files for finding in _lint_file(file, originals)]


def _lint_file(file: Path, originals: dict[str, None]) -> Iterator[LintFinding]:
    faults = Faults()
    node = read_yaml(file, faults)
    read = read_words(node, file.name.split(".")[1]) if node else []
    for fault in faults.found:
        yield LintFinding("error", fault.code, fault.at, fault.message, fault.hint)
    if node is None:
        return
    translated = set()
    for original, _ in read:
        text = original.sentence()
        translated.add(text)
        if text not in originals:
            hint = did_you_mean(text, originals) or "delete it, or write the text as it stands now"
            message = "the trial has no such text"
            yield LintFinding("error", "unknown_words", original.at, message, hint)
    for text in originals:
        if text not in translated:
            message = f'no translation of "{text}"'
            hint = "until it is added, the original is shown and said to be one"
            yield LintFinding("warning", "missing_words", Location(file.name), message, hint)
