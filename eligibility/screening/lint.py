"""Lint of a trial, whole: its files, what they mean together, and its worked cases."""

from __future__ import annotations

from pathlib import Path

from eligibility.protocol.lint import lint_protocol
from eligibility.protocol.lint_finding import LintFinding, in_file_order
from eligibility.screening.lint_cases import lint_cases


def lint_trial(folder: Path) -> list[LintFinding]:
    """Everything lint has to say of a trial's folder, sorted by file and line; nothing is raised."""
    lint = lint_protocol(folder)
    found = list(lint.findings)
    if lint.loads:
        found += lint_cases(folder, lint.variants)
    return sorted(found, key=in_file_order)
