"""YAML into conditions: every key, operator, finding, code and unit is checked where it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from eligibility.dates import ANCHOR_NAMES, AnchorName, parse_duration
from eligibility.errors import did_you_mean
from eligibility.findings.catalogue import COLLECTIONS, FINDINGS
from eligibility.findings.model import Collection, FindingSpec, UnknownReason
from eligibility.intervals import OPERATORS, Operator
from eligibility.protocol.conditions import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Constant,
    Elapsed,
    Gap,
    Includes,
    Not,
    OneOf,
    Some,
)
from eligibility.protocol.dictionary import Dictionary
from eligibility.protocol.literals import LiteralFault, read_quantity_literal
from eligibility.truth import Truth, truth_of
from eligibility.yaml_nodes import Node

_REVIEW_REASONS = (UnknownReason.PROTOCOL_GAP, UnknownReason.NEEDS_JUDGEMENT)
_NOTHING = Constant(Truth.UNKNOWN)  # stands in for a condition that could not be read
_CODE_OPERATORS = ("is", "one_of", "includes")
_LONGEST = {"days": 47_500, "weeks": 6_800, "months": 1_560, "years": 130}


class ConditionParser:
    """Reads conditions; `collection` is the list whose items they are asked of, if any."""

    def __init__(self, dictionary: Dictionary, collection: Collection | None = None) -> None:
        self.dictionary = dictionary
        self.collection = collection
        self._forms: dict[str, Callable[[Node], Condition]] = {
            "all_of": self._all_of,
            "any_of": self._any_of,
            "not": self._not,
            "finding": self._leaf,
            "some": self._some,
            "review_if": self._review,
            "interpretation": self._interpretation,
            "profile": self._profile,
            "use": self._use,
        }

    def condition(self, node: Node) -> Condition:
        """The condition a node holds; a fault is collected and stands as unknown."""
        constant = node.truth_value()
        if constant is not None:
            return Constant(truth_of(constant), node.at)
        if not node.is_mapping:
            node.fault(
                "a condition is needed here",
                'write one, such as "{finding: sex, is: female}"',
                "condition",
            )
            return _NOTHING
        keys = list(node.mapping())
        forms = [key for key in keys if key in self._forms]
        if len(forms) == 1:
            return self._forms[forms[0]](node)
        if not forms:
            self._unknown_form(node, keys)
        else:
            node.fault(
                f"one condition holds both {forms[0]} and {forms[1]}",
                "split it under all_of or any_of",
                "two_conditions",
            )
        return _NOTHING

    def _unknown_form(self, node: Node, keys: list[str]) -> None:
        if not keys:
            node.fault(
                "the condition is empty",
                'write one, such as "{finding: sex, is: female}"',
                "condition",
            )
            return
        at = node.key_location(keys[0])
        hint = did_you_mean(keys[0], self._forms)
        node.faults.add(at, f'unknown key "{keys[0]}"', hint, "unknown_key")

    def _all_of(self, node: Node) -> Condition:
        return AllOf(self._children(node, "all_of"), node.at)

    def _any_of(self, node: Node) -> Condition:
        return AnyOf(self._children(node, "any_of"), node.at)

    def _children(self, node: Node, key: str) -> tuple[Condition, ...]:
        items = node.mapping([key])[key].sequence()
        if not items:
            node.fault(
                f"{key} needs at least one condition", "add one, or delete the group", "empty_group"
            )
        return tuple(self.condition(item) for item in items)

    def _not(self, node: Node) -> Condition:
        return Not(self.condition(node.mapping(["not"])["not"]), node.at)

    def _some(self, node: Node) -> Condition:
        parts = node.mapping(["some", "where"], ["where"])
        name = parts["some"].text()
        if self.collection is not None:
            parts["some"].fault(
                "a list inside a list cannot be looked through",
                "put the second `some` beside the first, under all_of or any_of",
                "nested_some",
            )
            return _NOTHING
        collection = COLLECTIONS.get(name)
        if collection is None:
            parts["some"].fault(
                f'unknown list "{name}"', did_you_mean(name, COLLECTIONS), "unknown_collection"
            )
            return _NOTHING
        if "where" not in parts:
            return _NOTHING
        return Some(
            name, ConditionParser(self.dictionary, collection).condition(parts["where"]), node.at
        )

    def _review(self, node: Node) -> Condition:
        parts = node.mapping(["review_if", "because", "note"], ["because", "note"])
        when = self.condition(parts["review_if"])
        reason = self._reason(parts.get("because"))
        note = parts["note"].text() if "note" in parts else ""
        return AllOf((when, Gap(reason, note, node.at)), node.at)

    def _reason(self, node: Node | None) -> UnknownReason:
        accepted = {reason.value: reason for reason in _REVIEW_REASONS}
        if node is None:
            return UnknownReason.PROTOCOL_GAP
        if node.text() not in accepted:
            hint = did_you_mean(node.text(), accepted)
            node.fault(f'unknown reason "{node.text()}"', hint, "unknown_reason")
        return accepted.get(node.text(), UnknownReason.PROTOCOL_GAP)

    def _interpretation(self, node: Node) -> Condition:
        parts = node.mapping(["interpretation", "readings"], ["readings"])
        name = parts["interpretation"].text()
        chosen = self.dictionary.readings.get(name)
        if chosen is None:
            parts["interpretation"].fault(
                f'unknown interpretation "{name}"',
                did_you_mean(name, self.dictionary.readings),
                "unknown_interpretation",
            )
            return _NOTHING
        self.dictionary.used_interpretations.append(name)
        if "readings" not in parts:
            return _NOTHING
        written = parts["readings"].mapping()
        if not parts["readings"].is_mapping:
            return _NOTHING
        self._check_readings(name, parts["readings"], written)
        readings = {reading: self.condition(child) for reading, child in written.items()}
        self.dictionary.readings_seen.setdefault(name, set()).update(readings)
        if chosen not in readings and chosen in self.dictionary.declared_readings[name]:
            node.fault(
                f'the reading "{chosen}" of {name} is not written here',
                "every reading of trial.yaml is written wherever it is asked for",
                "missing_reading",
            )
        return readings.get(chosen, _NOTHING)

    def _check_readings(self, name: str, node: Node, written: Iterable[str]) -> None:
        declared = set(self.dictionary.declared_readings.get(name, ()))
        for reading in written:
            if reading not in declared:
                message = f'unknown reading "{reading}" of {name}'
                hint = did_you_mean(reading, declared)
                node.faults.add(node.key_location(reading), message, hint, "unknown_reading")

    def _profile(self, node: Node) -> Condition:
        parts = node.mapping(["profile", "otherwise"], ["otherwise"])
        name = parts["profile"].text()
        if self._inside_list(parts["profile"]):
            return _NOTHING
        self.dictionary.asked_of_profile.setdefault(name, node.at)
        if name in self.dictionary.profile:
            return self.dictionary.profile[name]
        note = parts["otherwise"].text() if "otherwise" in parts else ""
        return Gap(UnknownReason.PROTOCOL_GAP, note, node.at)

    def _use(self, node: Node) -> Condition:
        name_node = node.mapping(["use"])["use"]
        name = name_node.text()
        if self._inside_list(name_node):
            return _NOTHING
        definition = self.dictionary.definitions.get(name)
        if definition is None:
            known = self.dictionary.definitions
            hint = did_you_mean(name, known) if known else "a definition may use those before it"
            name_node.fault(f'unknown definition "{name}"', hint, "unknown_definition")
            return _NOTHING
        self.dictionary.used_definitions.append(name)
        return definition

    def _inside_list(self, node: Node) -> bool:
        if self.collection is not None:
            message = "a definition is about the whole record and has no meaning inside a list"
            node.fault(message, "write the condition out here", "definition_in_list")
        return self.collection is not None

    def _leaf(self, node: Node) -> Condition:
        parts = node.mapping()
        spec = self._spec(parts.pop("finding"))
        before = parts.pop("before", None)
        if spec is None:
            return _NOTHING
        if len(parts) != 1:
            self._wrong_operators(node, list(parts), spec)
            return _NOTHING
        operator, value = next(iter(parts.items()))
        if operator not in self._operators(spec):
            self._wrong_operator(node, operator, spec)
            return _NOTHING
        if spec.kind == "date":
            return self._elapsed(node, spec, operator, value, before)
        if before is not None:
            before.fault("only dates are compared with an anchor", "delete it", "needless_anchor")
        if operator in _CODE_OPERATORS:
            return self._coded(node, spec, operator, value)
        return self._compare(node, spec, operator, value)

    def _spec(self, node: Node) -> FindingSpec | None:
        known = self.collection.findings if self.collection else FINDINGS
        name = node.text()
        if name not in known:
            where = f" of {self.collection.name}" if self.collection else ""
            hint = self._elsewhere(name) or did_you_mean(name, known)
            node.fault(f'unknown finding "{name}"{where}', hint, "unknown_finding")
        return known.get(name)

    def _elsewhere(self, name: str) -> str | None:
        """Where a finding that is unknown here is known."""
        if self.collection and name in FINDINGS:
            return "it is about the whole record, so ask for it outside the list"
        lists = [each.name for each in COLLECTIONS.values() if name in each.findings]
        if self.collection or not lists:
            return None
        return "ask for it inside a list: " + " or ".join(f'"some: {each}"' for each in lists)

    @staticmethod
    def _operators(spec: FindingSpec) -> tuple[str, ...]:
        match spec.kind:
            case "quantity" | "date":
                return OPERATORS
            case "codes":
                return ("is", "one_of")
            case "members":
                return ("includes",)

    def _wrong_operators(self, node: Node, written: list[str], spec: FindingSpec) -> None:
        """None or several: most often one of them is a misspelt key."""
        every = (*OPERATORS, *_CODE_OPERATORS)
        unknown = [key for key in written if key not in every]
        for key in unknown:
            hint = did_you_mean(key, (*self._operators(spec), "before"))
            node.faults.add(node.key_location(key), f'unknown key "{key}"', hint, "unknown_key")
        if not unknown:
            message = f"{spec.name} needs exactly one operator"
            hint = "use one of: " + ", ".join(self._operators(spec))
            node.fault(message, hint, "operator_count")

    def _wrong_operator(self, node: Node, operator: str, spec: FindingSpec) -> None:
        at = node.key_location(operator)
        every = (*OPERATORS, *_CODE_OPERATORS)
        if operator in every:
            message = f'"{operator}" cannot be asked of {spec.name}'
            hint = "use one of: " + ", ".join(self._operators(spec))
            node.faults.add(at, message, hint, "operator_mismatch")
        else:
            node.faults.add(
                at,
                f'unknown operator "{operator}"',
                did_you_mean(operator, every),
                "unknown_operator",
            )

    def _elapsed(
        self, node: Node, spec: FindingSpec, operator: str, value: Node, before: Node | None
    ) -> Condition:
        anchor = self._anchor(node, before)
        try:
            duration = parse_duration(value.text())
        except ValueError as fault:
            value.fault(f'unreadable duration "{value.text()}"', str(fault), "duration")
            return _NOTHING
        if duration.amount > _LONGEST[duration.unit]:
            value.fault("the duration is longer than any life", "check its unit", "duration")
            return _NOTHING
        return Elapsed(spec.name, _as_operator(operator), duration, anchor, node.at)

    @staticmethod
    def _anchor(node: Node, before: Node | None) -> AnchorName:
        if before is None:
            node.fault(
                "a date needs the anchor it counts from",
                "add `before: planned_start` or `before: screening`",
                "missing_anchor",
            )
            return "planned_start"
        for name in ANCHOR_NAMES:
            if before.text() == name:
                return name
        hint = did_you_mean(before.text(), ANCHOR_NAMES)
        before.fault(f'unknown anchor "{before.text()}"', hint, "unknown_anchor")
        return "planned_start"

    def _compare(self, node: Node, spec: FindingSpec, operator: str, value: Node) -> Condition:
        try:
            limit = read_quantity_literal(value.text(), spec)
        except LiteralFault as fault:
            value.fault(fault.message, fault.hint, fault.code)
            return _NOTHING
        return Compare(spec.name, _as_operator(operator), limit, value.text(), node.at)

    def _coded(self, node: Node, spec: FindingSpec, operator: str, value: Node) -> Condition:
        items = [value] if operator == "is" else value.sequence()
        if not items:
            value.fault(f"{operator} needs at least one code", "add one", "no_codes")
        codes: list[str] = []
        for item in items:
            # YAML 1.1 habits: an unquoted yes or true both mean the code "yes".
            text = {"true": "yes", "false": "no"}.get(item.text(), item.text())
            if text not in spec.codes:
                hint = did_you_mean(text, spec.codes)
                item.fault(f'unknown code "{text}" of {spec.name}', hint, "unknown_code")
            elif text in codes:
                item.fault(f'the code "{text}" stands here twice', "delete one", "duplicate_code")
            codes.append(text)
        form = Includes if operator == "includes" else OneOf
        return form(spec.name, frozenset(codes), node.at)


def _as_operator(text: str) -> Operator:
    for operator in OPERATORS:
        if operator == text:
            return operator
    raise AssertionError(f"{text} was checked before")
