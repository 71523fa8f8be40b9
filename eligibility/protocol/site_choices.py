"""What a trial or a site declares beside its criteria: assumptions and laboratory flags."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from eligibility.errors import did_you_mean
from eligibility.findings.catalogue import COLLECTIONS, FINDINGS
from eligibility.findings.findings import Assumption
from eligibility.findings.model import FindingSpec, Value
from eligibility.intervals import Interval, Operator
from eligibility.protocol.literals import LiteralFault, read_quantity_literal
from eligibility.protocol.model import Band
from eligibility.yaml_nodes import Node

_SIGNS: dict[str, Operator] = {
    ">=": "at_least",
    "<=": "at_most",
    "<": "less_than",
    ">": "more_than",
}


def read_assumptions(node: Node | None) -> dict[str, Assumption]:
    """Declared values by the finding they fill; faults are collected."""
    found: dict[str, Assumption] = {}
    keys = ("finding", "value", "source")
    for child in node.sequence() if node else []:
        parts = child.mapping(keys, keys)
        if len(parts) < len(keys):
            continue
        value = _assumed_value(parts["finding"], parts["value"])
        name = parts["finding"].text()
        if name in found:
            parts["finding"].fault(
                f'"{name}" is assumed twice', "keep one of them", "duplicate_assumption"
            )
        if value is not None:
            words = f"{name} = {parts['value'].text()}, {parts['source'].text()}"
            found[name] = Assumption(words, value)
    return found


def _assumed_value(finding: Node, value: Node) -> Value | None:
    name = finding.text()
    collection, _, item = name.partition(".")
    if item == "complete" and collection in COLLECTIONS:
        return _assumed_complete(value)
    known: Mapping[str, FindingSpec] = FINDINGS
    if item:
        known = COLLECTIONS[collection].findings if collection in COLLECTIONS else {}
    spec = known.get(item or collection)
    if spec is None or spec.kind not in ("quantity", "codes"):
        every = [*FINDINGS, *(f"{c}.{f}" for c in COLLECTIONS for f in COLLECTIONS[c].findings)]
        finding.fault(
            f'nothing can be assumed about "{name}"', did_you_mean(name, every), "unknown_finding"
        )
        return None
    return _assumed_code(spec, value) if spec.kind == "codes" else _assumed_number(spec, value)


def _assumed_complete(value: Node) -> Value | None:
    if value.text() in ("yes", "true"):
        return frozenset(("yes",))
    value.fault("a list can only be assumed to be complete", "write `value: yes`", "unknown_code")
    return None


def _assumed_number(spec: FindingSpec, value: Node) -> Value | None:
    try:
        number = read_quantity_literal(value.text(), spec)
    except LiteralFault as fault:
        value.fault(fault.message, fault.hint, fault.code)
        return None
    return Interval(number, number)


def _assumed_code(spec: FindingSpec, value: Node) -> Value | None:
    code = {"true": "yes", "false": "no"}.get(value.text(), value.text())
    if code not in spec.codes:
        value.fault(
            f'unknown code "{code}" of {spec.name}', did_you_mean(code, spec.codes), "unknown_code"
        )
        return None
    return frozenset((code,))


def read_bands(node: Node | None) -> list[Band]:
    """The advisory laboratory flags; faults are collected."""
    bands: list[Band] = []
    keys = ("finding", "green", "red")
    for child in node.sequence() if node else []:
        parts = child.mapping(keys, keys)
        spec = FINDINGS.get(parts["finding"].text()) if "finding" in parts else None
        if len(parts) < len(keys):
            continue
        if spec is None or spec.kind != "quantity":
            name = parts["finding"].text()
            numeric = [each.name for each in FINDINGS.values() if each.kind == "quantity"]
            hint = did_you_mean(name, numeric) or "flags are for numbers, such as anc"
            parts["finding"].fault(f'"{name}" is not a numeric finding', hint, "unknown_finding")
            continue
        green, red = _limit(parts["green"], spec), _limit(parts["red"], spec)
        if green and red:
            bands.append(Band(spec.name, green, red, parts["green"].text(), parts["red"].text()))
    return bands


def _limit(node: Node, spec: FindingSpec) -> tuple[Operator, Decimal] | None:
    sign, _, literal = node.text().partition(" ")
    if sign not in _SIGNS:
        node.fault(
            "a flag's limit starts with >=, <=, < or >", 'write it as ">= 1.5 10^9/L"', "band"
        )
        return None
    try:
        return _SIGNS[sign], read_quantity_literal(literal, spec)
    except LiteralFault as fault:
        node.fault(fault.message, fault.hint, fault.code)
        return None
