"""The cases inside a criterion file: worked examples with the verdict each must get."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from eligibility.dates import anchors
from eligibility.errors import AnchorError, did_you_mean
from eligibility.findings.model import UnknownReason
from eligibility.protocol.model import Case
from eligibility.protocol.verdict import Verdict
from eligibility.yaml_nodes import Node

_KEYS = ("case", "patient", "verdict", "because", "as_of", "planned_start", "profile")
_REQUIRED = ("case", "patient", "verdict")


@dataclass(frozen=True, slots=True)
class CaseDates:
    """The dates a case is screened at unless it says otherwise."""

    as_of: str = "2026-01-05"
    planned_start: str = "2026-01-15"


def read_case_dates(node: Node | None) -> CaseDates:
    """What `trial.yaml` says under `case_dates`; faults are collected."""
    if node is None:
        return CaseDates()
    keys = ("as_of", "planned_start")
    parts = node.mapping(keys, keys)
    if len(parts) < len(keys):
        return CaseDates()
    dates = CaseDates(parts["as_of"].text(), parts["planned_start"].text())
    _check_dates(node, dates.as_of, dates.planned_start)
    return dates


def read_cases(node: Node | None, dates: CaseDates, profiles: Iterable[str]) -> tuple[Case, ...]:
    """The cases of one criterion; faults are collected."""
    known = list(profiles)
    cases = [_case(child, dates, known) for child in (node.sequence() if node else [])]
    return tuple(case for case in cases if case is not None)


def _case(node: Node, dates: CaseDates, profiles: list[str]) -> Case | None:
    parts = node.mapping(_KEYS, _REQUIRED)
    if any(key not in parts for key in _REQUIRED):
        return None
    verdicts = [verdict.value for verdict in Verdict]
    verdict = _one_of(parts["verdict"], verdicts, "verdict", "unknown_verdict")
    reasons = [reason.value for reason in UnknownReason]
    because = None
    if "because" in parts:
        because = _one_of(parts["because"], reasons, "reason", "unknown_reason")
    as_of = parts["as_of"].text() if "as_of" in parts else dates.as_of
    start = parts["planned_start"].text() if "planned_start" in parts else dates.planned_start
    planned_start = None if start == "none" else start
    profile = None
    if "profile" in parts:
        profile = _one_of(parts["profile"], profiles, "site profile", "unknown_profile")
    own_date = parts.get("planned_start") or parts.get("as_of")
    if own_date is not None:
        _check_dates(own_date, as_of, planned_start)
    if verdict is None:
        return None
    return Case(
        name=parts["case"].sentence(),
        patient=parts["patient"].plain() or {},
        verdict=Verdict(verdict),
        because=because,
        as_of=as_of,
        planned_start=planned_start,
        profile=profile,
        at=node.at,
    )


def _one_of(node: Node, accepted: list[str], what: str, code: str) -> str | None:
    word = node.text()
    if word in accepted:
        return word
    hint = did_you_mean(word, accepted) if accepted else f"the trial has no {what}"
    node.fault(f'unknown {what} "{word[:60]}"', hint, code)
    return None


def _check_dates(node: Node, as_of: str, planned_start: str | None) -> None:
    try:
        anchors(as_of, planned_start)
    except AnchorError as error:
        node.fault(error.message, error.hint, "case_dates")
