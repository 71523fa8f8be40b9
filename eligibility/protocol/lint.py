"""Lint of a trial's files: every fault of loading, and what only the files together show.

It looks at the trial without a site profile, with each one, and with each reading that is not in
force, since a fault there would only come to light on the day somebody switches.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

from eligibility.errors import Location, did_you_mean
from eligibility.protocol.conditions import AllOf, Condition, Not
from eligibility.protocol.dictionary import Dictionary
from eligibility.protocol.lint_finding import LintFinding, in_file_order
from eligibility.protocol.lint_groups import GroupLint
from eligibility.protocol.lint_words import lint_words
from eligibility.protocol.lint_worlds import possible_truths, topics_of
from eligibility.protocol.loader import TrialLoader
from eligibility.protocol.model import Criterion, Trial
from eligibility.protocol.registry_text import lint_registry_text
from eligibility.protocol.unread_files import unread_files
from eligibility.protocol.verdict import Verdict
from eligibility.truth import Truth
from eligibility.yaml_nodes import CriteriaFilesError


@dataclass(frozen=True, slots=True)
class Variant:
    """The trial as it loads with one site profile, or with another reading of one sentence."""

    trial: Trial
    dictionary: Dictionary


@dataclass(slots=True)
class ProtocolLint:
    """What lint found, and the trial as it is in force: without a site profile, then with each."""

    findings: list[LintFinding] = field(default_factory=list)
    variants: list[Variant] = field(default_factory=list)

    @property
    def loads(self) -> bool:
        """Whether the files can be used at all."""
        return bool(self.variants)


def lint_protocol(folder: Path) -> ProtocolLint:
    """Everything that can be said of a trial without screening a patient, in file order."""
    lint = _load_variants(folder)
    if lint.loads:
        groups = GroupLint()
        variants = [*lint.variants, *_other_readings(folder, lint)]
        lint.findings += lint_words(folder, (variant.trial for variant in variants))
        for variant in variants:
            for criterion in variant.trial.criteria:
                groups.visit(criterion.condition)
        lint.findings += groups.findings()
        lint.findings += _profile_findings(lint.variants)
        lint.findings += _one_sided(lint)
        lint.findings += _contradicting(lint.variants)
        lint.findings += lint_registry_text(folder, lint.variants[0].trial)
    lint.findings += unread_files(folder)
    lint.findings = sorted(set(lint.findings), key=in_file_order)
    return lint


def possible_verdicts(criterion_id: str, variants: Iterable[Variant]) -> set[Verdict]:
    """Verdicts a criterion can reach with some site profile; unknown always, while data may lack."""
    found = {Verdict.UNKNOWN}
    for variant in variants:
        criterion = variant.trial.criterion(criterion_id)
        found |= {criterion.verdict(truth) for truth in possible_truths(criterion.condition)}
    return found


def _load_variants(folder: Path) -> ProtocolLint:
    lint = ProtocolLint()
    variants: list[Variant] = []
    for profile in (None, *sorted(path.stem for path in (folder / "profiles").glob("*.yaml"))):
        variants += _load(TrialLoader(folder, profile=profile), lint.findings)
    if not lint.findings:
        lint.variants = variants
    return lint


def _load(loader: TrialLoader, findings: list[LintFinding]) -> list[Variant]:
    """The variant a loader reads, or nothing and its faults among the findings."""
    try:
        return [Variant(loader.load(), loader.dictionary)]
    except CriteriaFilesError as error:
        findings += [
            LintFinding("error", fault.code, fault.at, fault.message, fault.hint)
            for fault in error.faults
        ]
        return []


def _other_readings(folder: Path, lint: ProtocolLint) -> Iterator[Variant]:
    """The trial with each reading that is not in force, one at a time."""
    for name, interpretation in lint.variants[0].trial.interpretations.items():
        for reading in interpretation.readings:
            if reading != interpretation.reading:
                loader = TrialLoader(folder, readings={name: reading}, with_cases=False)
                yield from _load(loader, lint.findings)


def _profile_findings(variants: list[Variant]) -> Iterator[LintFinding]:
    asked = variants[0].dictionary.asked_of_profile
    given = {name for variant in variants for name in variant.dictionary.profile}
    for name, at in asked.items():
        if name not in given:
            yield LintFinding(
                "warning",
                "missing_definition",
                at,
                f'no site profile of this trial gives "{name}"',
                did_you_mean(name, given) if given else "add a site profile under profiles/",
            )
    for variant in variants[1:]:
        yield from _one_profile(variant, {n: at for n, at in asked.items() if n in given})


def _one_profile(variant: Variant, asked: dict[str, Location]) -> Iterator[LintFinding]:
    profile, dictionary = variant.trial.profile, variant.dictionary
    if profile is None:
        return
    for name, condition in profile.definitions.items():
        if name not in asked and name not in dictionary.used_in_profile:
            message = f'no criterion asks for the definition "{name}"'
            wanted = set(dictionary.asked_of_profile) - set(profile.definitions)
            hint = (did_you_mean(name, wanted) if wanted else None) or "delete it"
            yield LintFinding("warning", "idle_definition", condition.at, message, hint)
    for name in asked:
        if name not in profile.definitions:
            at = Location(f"profiles/{profile.name}.yaml")
            message = f'the site profile does not give "{name}", which a criterion asks for'
            yield LintFinding("warning", "missing_definition", at, message, "add it to definitions")


def _one_sided(lint: ProtocolLint) -> Iterator[LintFinding]:
    """Criteria that nobody can pass, or that nobody can fail, where nothing inside says why."""
    explained = {finding.location.source for finding in lint.findings}
    for criterion in lint.variants[0].trial.criteria:
        if criterion.condition.at.source in explained:
            continue
        possible = possible_verdicts(criterion.id, lint.variants)
        if Verdict.PASS not in possible:
            yield _never(criterion, "pass", "never_passes")
        if Verdict.FAIL not in possible:
            yield _never(criterion, "fail", "never_fails")


def _never(criterion: Criterion, verb: str, code: str) -> LintFinding:
    message = f"no patient can ever {verb} {criterion.id}"
    hint = "correct the condition; a criterion has to tell patients apart"
    return LintFinding("error", code, criterion.condition.at, message, hint)


def _contradicting(variants: list[Variant]) -> Iterator[LintFinding]:
    """Pairs of criteria that nobody can pass both of."""
    for variant in variants:
        for one, other in combinations(variant.trial.criteria, 2):
            first, second = _passing(one), _passing(other)
            if topics_of(first).isdisjoint(topics_of(second)):
                continue
            if any(Truth.TRUE not in possible_truths(each) for each in (first, second)):
                continue
            if Truth.TRUE not in possible_truths(AllOf((first, second))):
                at = other.condition.at
                message = f"no patient can ever pass both {other.id} and {one.id}"
                hint = f"{one.id} is at {one.condition.at}; one of the two is wrong"
                yield LintFinding("error", "criteria_contradict", at, message, hint)


def _passing(criterion: Criterion) -> Condition:
    """The condition that is true of those who pass."""
    passes = criterion.verdict(Truth.TRUE) is Verdict.PASS
    return criterion.condition if passes else Not(criterion.condition)
