"""The figures of a batch: each a drawing, the table that says the same, and one sentence that reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eligibility.reports.batch_facts import BatchFacts
from eligibility.reports.drawing import BASELINE, ROW, WIDTH, Bar, Drawing, Panel, cut
from eligibility.reports.markup import Element

MOST_SHOWN = 15
_LABELS = 372
_NOTES = 84
_HEAD = 88
_FOOT = 34
_VERDICTS = (("fail", "fails"), ("unknown", "undetermined"), ("pass", "passes"))

TableRow = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing, its title, how it reads, and its numbers."""

    name: str
    title: str
    reading: str
    drawing: Element
    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]


def figures(facts: BatchFacts) -> list[Figure]:
    """All figures of a batch, in the order of the report."""
    return [
        attrition(facts),
        verdicts(facts),
        open_criteria(facts),
        next_questions(facts),
        gain(facts),
    ]


def attrition(facts: BatchFacts) -> Figure:
    """Who is left after each criterion in turn, beside who fails each by itself."""
    sequential, independent = facts.attrition.sequential(), facts.attrition.independent()
    last = sequential[-1]
    reading = (
        f"Of {_patients(facts.attrition.screened)} {last['remaining']:,} fail no criterion, and "
        f"{last['remaining_undetermined']:,} of these are undetermined. Sequential and independent "
        "counts differ, since a patient may fail several."
    )
    title = "Attrition: patients lost to each criterion"
    return Figure(
        "attrition",
        title,
        reading,
        _attrition_chart(facts, title, reading),
        ("criterion", "entering", "lost", "left", "of these undetermined", "fail it by itself"),
        tuple(
            (
                step["criterion"],
                step["entering"],
                step["failed"],
                step["remaining"],
                step["remaining_undetermined"],
                alone["failed"],
            )
            for step, alone in zip(sequential, independent, strict=True)
        ),
    )


def _attrition_chart(facts: BatchFacts, title: str, reading: str) -> Element:
    """Two panels over the same criteria and on the same scale, so that their bars compare."""
    screened = facts.attrition.screened
    top, most = _HEAD + 18, max(screened, 1)
    left = [Bar("All patients screened", (("plain", screened),))]
    drawing = Drawing("attrition", title, reading, height=_height(len(facts.criteria) + 1) + 18)
    for number, row in enumerate(facts.attrition.sequential(), 1):
        still_open = row["remaining_undetermined"]
        segments = (("pass", row["remaining"] - still_open), ("unknown", still_open))
        left.append(Bar(_label(facts, row["criterion"]), segments))
        lost = f"−{row['failed']:,}" if row["failed"] else ""
        drawing.text(lost, 650, top + ROW * number + BASELINE, anchor="end")
    failing = [
        Bar("", (("fail", row["failed"]),), f"{row['failed']:,}")
        for row in facts.attrition.independent()
    ]
    drawing.text("Sequential: left after each criterion, in order", _LABELS, 54)
    drawing.legend([("pass", "passing so far"), ("unknown", "undetermined so far")], _LABELS, 78)
    drawing.text("lost", 650, top - 6, tone="soft", anchor="end")
    drawing.text("Independent: each by itself", 690, 54)
    drawing.legend([("fail", "fails it")], 690, 78)
    drawing.labels(left, top, width=_LABELS - 24)
    drawing.bars(Panel(_LABELS, top, 236, most), left)
    drawing.bars(Panel(690, top + ROW, 140, most), failing)
    return drawing.root


def verdicts(facts: BatchFacts) -> Figure:
    """Pass, fail and undetermined for each criterion, those that fail most first."""
    rows = facts.attrition.independent()
    order = sorted(rows, key=lambda row: (-row["failed"], -row["undetermined"]))
    bars = [
        Bar(
            _label(facts, row["criterion"]),
            (("fail", row["failed"]), ("unknown", row["undetermined"]), ("pass", row["passed"])),
        )
        for row in order
    ]
    reading = (
        _most_often(
            facts, "failed most often, by", [(row["criterion"], row["failed"]) for row in order]
        )
        or "No patient fails any criterion."
    )
    return Figure(
        "verdicts",
        title := "Verdicts by criterion: fails, undetermined, passes",
        reading,
        _chart("verdicts", title, reading, bars, legend=_VERDICTS),
        ("criterion", "fails", "undetermined", "passes"),
        tuple((r["criterion"], r["failed"], r["undetermined"], r["passed"]) for r in order),
    )


def open_criteria(facts: BatchFacts) -> Figure:
    """For how many patients each criterion is undetermined, the most frequent first."""
    rows = [row for row in facts.attrition.independent() if row["undetermined"]]
    order = sorted(rows, key=lambda row: -row["undetermined"])
    bars = [
        Bar(
            _label(facts, row["criterion"]),
            (("unknown", row["undetermined"]),),
            f"{row['undetermined']:,}",
        )
        for row in order
    ]
    reading = (
        _most_often(
            facts,
            "undetermined most often, for",
            [(row["criterion"], row["undetermined"]) for row in order],
        )
        or "No criterion is undetermined for any patient."
    )
    title = "Missing data: criteria that are undetermined"
    return Figure(
        "open_criteria",
        title,
        reading,
        _chart("open_criteria", title, reading, bars),
        ("criterion", "undetermined for"),
        tuple((row["criterion"], row["undetermined"]) for row in order),
    )


def next_questions(facts: BatchFacts) -> Figure:
    """Which question comes first for how many patients."""
    ranked = sorted(facts.questions.items(), key=lambda item: (-item[1], item[0]))
    shown = ranked[:MOST_SHOWN]
    others = sum(count for _, count in ranked[MOST_SHOWN:]) + facts.further_questions
    if others:
        shown.append(("all other questions together", others))
    asked = facts.questions.total() + facts.further_questions
    reading = (
        f"Something is to be found out for {_patients(asked)}; each is counted once, by the question "
        "that would settle most."
    )
    if facts.run.verdicts_only:
        reading = "Questions were not asked for in this run (--verdicts-only)."
    title = "Missing data: what to find out next"
    return Figure(
        "next_questions",
        title,
        reading,
        _question_chart(title, reading, shown),
        ("next question", "patients"),
        tuple(shown),
    )


def gain(facts: BatchFacts) -> Figure:
    """What dropping each criterion would change, the largest gain first."""
    pairs = zip(facts.criteria, facts.gains.by_place, strict=True)
    ranked = sorted(
        ((name, each) for name, each in pairs if each.changed),
        key=lambda pair: (-pair[1].to_eligible, -pair[1].changed),
    )
    bars = [
        Bar(
            _label(facts, name),
            (
                ("plain", each.failed_to_eligible),
                ("pass", each.open_to_eligible),
                ("unknown", each.failed_to_undetermined),
            ),
        )
        for name, each in ranked
    ]
    near = sum(each.failed_to_eligible for each in facts.gains.by_place)
    reading = (
        f"Near misses, with one criterion failed and all others passed: {near:,}. "
        "For talks about the protocol; never a reason to waive a criterion."
    )
    legend = (
        ("plain", "ineligible → eligible"),
        ("pass", "undetermined → eligible"),
        ("unknown", "ineligible → undetermined"),
    )
    title = "Gain if one criterion were dropped"
    return Figure(
        "gain",
        title,
        reading,
        _chart("gain", title, reading, bars, legend=legend),
        ("criterion dropped", *(words for _, words in legend)),
        tuple(
            (name, g.failed_to_eligible, g.open_to_eligible, g.failed_to_undetermined)
            for name, g in ranked
        ),
    )


def _chart(
    name: str,
    title: str,
    reading: str,
    bars: Sequence[Bar],
    *,
    legend: Sequence[tuple[str, str]] = (),
) -> Element:
    """One bar per criterion, with labels on the left."""
    head = _HEAD if legend else _HEAD - 40
    drawing = Drawing(name, title, reading, height=_height(len(bars)) - _HEAD + head)
    drawing.legend(legend, _LABELS - 40, 58)
    drawing.labels(bars, head, width=_LABELS - 24)
    if not bars:
        drawing.text("none", 12, head + 17, tone="soft")
    most = max((bar.total for bar in bars), default=0) or 1
    drawing.bars(Panel(_LABELS, head, WIDTH - _LABELS - _NOTES, most), bars)
    return drawing.root


def _question_chart(title: str, reading: str, asked: Sequence[tuple[str, int]]) -> Element:
    """Questions are long: each stands above its bar."""
    head, step = 44, 46
    height = head + step * max(len(asked), 1) + 8
    drawing = Drawing("next_questions", title, reading, height=height)
    if not asked:
        drawing.text("none", 12, head + 17, tone="soft")
    most = max((count for _, count in asked), default=0) or 1
    panel = Panel(12, head, WIDTH - 12 - _NOTES, most)
    for number, (text, count) in enumerate(asked):
        y = head + step * number
        drawing.text(cut(text, WIDTH - 24), 12, y + 14)
        drawing.bar(panel, Bar(text, (("plain", count),), f"{count:,}"), y + 20)
    return drawing.root


def _height(rows: int) -> int:
    return _HEAD + ROW * max(rows, 1) + _FOOT


def _label(facts: BatchFacts, criterion: str) -> str:
    return f"{criterion}  {facts.run.titles[criterion]}"


def _patients(count: int) -> str:
    return "1 patient" if count == 1 else f"{count:,} patients"


def _most_often(facts: BatchFacts, what: str, counts: Sequence[tuple[str, int]]) -> str:
    """Which criteria come first, and for how many patients; nothing if none does."""
    most = counts[0][1] if counts else 0
    if not most:
        return ""
    first = [name for name, count in counts if count == most]
    of = f"{most:,} of {_patients(facts.attrition.screened)}"
    if len(first) == 1:
        return f"{first[0]} is {what} {of}."
    return f"{len(first)} criteria are {what} {of} each."
