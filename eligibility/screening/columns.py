"""The columnar evaluator: rows alike in all that a condition may depend on are judged once, by the reference.

Nothing here knows what a condition means. Rows are numbered by what they have in common; of each number the first
row is read and judged by `leaf_truth`, and the answer is handed to the rest. Above the leaves truths are columns of
small whole numbers (FALSE 0, UNKNOWN 1, TRUE 2), for which "and" is the minimum and "or" the maximum.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from eligibility.dates import Anchors
from eligibility.findings.findings import Findings, findings_of
from eligibility.interning import Coded, Combinations, Numbers, first_rows
from eligibility.patient.record import PatientRecord
from eligibility.protocol.conditions import Some
from eligibility.protocol.model import Criterion
from eligibility.protocol.verdict import Verdict, decide
from eligibility.screening.asks import Asks, FieldColumn, Header, Limit, Part
from eligibility.screening.compile import CompiledTrial
from eligibility.screening.leaves import evaluate, leaf_truth, settled_by_completeness
from eligibility.screening.model import CriterionResult, Screening
from eligibility.screening.network import Edge
from eligibility.screening.patterns import VERDICTS, Pattern, Patterns
from eligibility.truth import Truth, any_of

Truths = npt.NDArray[np.int8]

_NOT_JUDGED = -1
_MOST_KEPT = 1_000_000
"""Distinct combinations kept; a table of all different rows must not fill the memory."""
_MOST_PATTERNS = 200_000
"""Distinct patterns of verdicts kept."""


class Batch(Protocol):
    """Rows that are sound, column by column, coded so that equal codes mean equal things in every batch."""

    rows: int

    def text(self, column: int) -> Coded:
        """What the cells of a column say."""
        ...

    def whether(self, column: int) -> Coded:
        """Whether the cells of a column say something, nothing, or why there is nothing."""
        ...

    def presence(self, item: str) -> Coded:
        """Whether the rows have an item."""
        ...

    def birth(self, column: int) -> Coded:
        """Completed years since the dates of a column when each row is judged."""
        ...

    def places(self, column: int, limits: Sequence[Limit]) -> Coded:
        """Where the dates of a column lie before, on or after the day of judgement and each limit's day."""
        ...

    def order(self, one: int, other: int) -> Coded:
        """How the dates of two columns lie to each other."""
        ...

    def anchor_places(self, limits: Sequence[Limit]) -> Coded:
        """The same for the day of judgement itself, and whether a start is planned."""
        ...

    def anchors(self, row: int) -> Anchors:
        """The dates a row is judged at."""
        ...

    def record(self, row: int, columns: tuple[int, ...]) -> PatientRecord:
        """What a row says in these columns."""
        ...


class Judged(NamedTuple):
    """What was found of the rows of a batch."""

    leaves: Sequence[Truths]
    """By leaf, the truth for each row."""
    numbers: Numbers
    """For each row the number of its pattern of verdicts."""
    patterns: Sequence[Pattern]
    """Every pattern known so far."""

    def leaf_truths(self, row: int) -> tuple[Truth, ...]:
        """The truths of one row."""
        return tuple(Truth(int(truths[row])) for truths in self.leaves)


class ColumnScreen:
    """Judges batches of one table against one trial; what it has learnt of one batch serves the next."""

    def __init__(self, compiled: CompiledTrial, columns: Sequence[FieldColumn]) -> None:
        self.compiled = compiled
        self._assumptions = compiled.trial.assumptions
        self._parts: dict[Asks, list[Part]] = {}
        for part in Header(columns).parts(compiled.leaves):
            self._parts.setdefault(part.asks, []).append(part)
        self._judge = [
            _judge_of(compiled, part) for parts in self._parts.values() for part in parts
        ]
        self.forget()

    def forget(self) -> None:
        """Forgets what was learnt: codes may mean something else from now on."""
        self._combinations = Combinations()
        self._patterns = Patterns()
        self._known = {
            asks: np.empty((len(parts), 0), dtype=np.int8) for asks, parts in self._parts.items()
        }
        self._judged = dict.fromkeys(self._parts, 0)

    def judged(self, batch: Batch) -> Judged:
        """The truths of all leaves and, for each row, the number of its pattern of verdicts."""
        if self._combinations.total > _MOST_KEPT or len(self._patterns) > _MOST_PATTERNS:
            self.forget()
        leaves = self._leaf_truths(batch)
        nodes = self._fold(leaves)
        columns = []
        for node, criterion in zip(
            self.compiled.network.criteria, self.compiled.trial.criteria, strict=True
        ):
            verdict_of = [VERDICTS.index(criterion.verdict(truth)) for truth in Truth]
            truths = _along(nodes, node.edge)
            columns.append(np.array(verdict_of, dtype=np.int8)[truths])
        return Judged(leaves, self._patterns.number(columns, batch.rows), self._patterns.known)

    def _leaf_truths(self, batch: Batch) -> list[Truths]:
        begun: dict[tuple[object, ...], Coded] = {}
        found: list[Truths | None] = [None] * len(self.compiled.leaves)
        judges = iter(self._judge)
        for asks, parts in self._parts.items():
            judging = [next(judges) for _ in parts]
            numbers = self._combinations.number(_codes(asks, batch), begun, batch.rows)
            table = self._learnt(asks, judging, numbers, batch)
            for place, part in enumerate(parts):
                truths = table[place][numbers.codes]
                so_far = found[part.leaf]
                found[part.leaf] = truths if so_far is None else np.maximum(so_far, truths)
        return [truths for truths in found if truths is not None]

    def _learnt(
        self, asks: Asks, judging: list[_Judge], numbers: Coded, batch: Batch
    ) -> npt.NDArray[np.int8]:
        """The table of truths by number, after judging the first row of every new number."""
        table = self._known[asks]
        if numbers.size > table.shape[1]:
            wider = np.full((len(judging), 2 * numbers.size), _NOT_JUDGED, dtype=np.int8)
            wider[:, : table.shape[1]] = table
            table = self._known[asks] = wider
        if self._judged[asks] == numbers.size:
            return table
        fresh = np.flatnonzero(table[0][numbers.codes] == _NOT_JUDGED)
        for number, row in zip(*first_rows(numbers.codes, fresh), strict=True):
            findings, anchors = self._findings(batch, row, asks), batch.anchors(row)
            table[:, number] = [judge(findings, anchors).value for judge in judging]
            self._judged[asks] += 1
        return table

    def _findings(self, batch: Batch, row: int, asks: Asks) -> Findings:
        record, anchors = batch.record(row, asks.columns), batch.anchors(row)
        if asks.is_observed:
            return findings_of(record, anchors, self._assumptions)
        # Sound rows are on the clock of their anchors, and nothing asked about has a day of observation.
        return Findings(record, anchors.as_of, anchors.clock, self._assumptions)

    def screening(
        self, record: PatientRecord, anchors: Anchors, judged: Judged, row: int
    ) -> Screening:
        """The screening of one row that was judged; only its record is needed anew."""
        trial = self.compiled.trial
        verdicts = judged.patterns[int(judged.numbers[row])]
        results = tuple(
            CriterionResult(criterion, _truth_of(criterion, verdict), verdict)
            for criterion, verdict in zip(trial.criteria, verdicts, strict=True)
        )
        return Screening(
            compiled=self.compiled,
            anchors=anchors,
            findings=findings_of(record, anchors, self._assumptions),
            results=results,
            decision=decide(verdicts),
            leaf_truths=judged.leaf_truths(row),
            fired=(),
            engine="reference",
        )

    def _fold(self, leaves: list[Truths]) -> list[Truths]:
        nodes = list(leaves)
        for group in self.compiled.network.groups:
            combine = np.minimum if group.kind == "all" else np.maximum
            nodes.append(combine.reduce([_along(nodes, edge) for edge in group.edges]))
        return nodes


def _along(nodes: list[Truths], edge: Edge) -> Truths:
    truths = nodes[edge.node]
    return 2 - truths if edge.negated else truths


def _codes(asks: Asks, batch: Batch) -> list[tuple[object, Coded]]:
    """What rows must have in common, named so that equal names mean equal codes; the dullest first."""
    limits = asks.limits
    codes: list[tuple[object, Coded]] = [
        *((("item", item), batch.presence(item)) for item in asks.items),
        *((("whether", column), batch.whether(column)) for column in asks.whether),
        *((("text", column), batch.text(column)) for column in asks.texts),
    ]
    if asks.is_dated:
        codes.append((("anchor", limits), batch.anchor_places(limits)))
    for place, column in enumerate(asks.dates):
        codes.append((("date", column, limits), batch.places(column, limits)))
        codes.extend(
            (("order", earlier, column), batch.order(earlier, column))
            for earlier in asks.dates[:place]
        )
    codes.extend(
        (("date", column, limits), batch.places(column, limits)) for column in asks.observed
    )
    codes.extend((("birth", column), batch.birth(column)) for column in asks.births)
    return codes


def _truth_of(criterion: Criterion, verdict: Verdict) -> Truth:
    return next(truth for truth in Truth if criterion.verdict(truth) is verdict)


_Judge = Callable[[Findings, Anchors], Truth]


def _judge_of(compiled: CompiledTrial, part: Part) -> _Judge:
    """How a part of a leaf is judged: by the one meaning of the leaf."""
    leaf = compiled.leaves[part.leaf]

    def whole(findings: Findings, anchors: Anchors) -> Truth:
        return leaf_truth(leaf, findings, anchors)

    def of_items(findings: Findings, anchors: Anchors) -> Truth:
        assert isinstance(leaf, Some)  # only lists have items
        items = findings.items(leaf.collection)
        return any_of(evaluate(leaf.where, item, anchors) for item in items)

    def of_completeness(findings: Findings, _: Anchors) -> Truth:
        assert isinstance(leaf, Some)  # only lists can be complete
        return settled_by_completeness(Truth.FALSE, findings.completeness(leaf.collection))

    return {"leaf": whole, "items": of_items, "completeness": of_completeness}[part.of]
