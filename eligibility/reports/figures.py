"""The figures of a batch: each a drawing, the table that says the same, and one sentence that reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eligibility.reports.batch_facts import BatchFacts
from eligibility.reports.drawing import BASELINE, ROW, WIDTH, Bar, Drawing, Panel, cut
from eligibility.reports.figure_words import FigureWords
from eligibility.reports.markup import Element
from eligibility.wording import Language

MOST_SHOWN = 15
_LABELS = 372
_NOTES = 84
_HEAD = 88
_FOOT = 34
_VERDICTS = (("fail", "fails"), ("unknown", "undetermined"), ("pass", "passes"))
_GAINS = (
    ("plain", "failed_to_eligible"),
    ("pass", "open_to_eligible"),
    ("unknown", "failed_to_undetermined"),
)
"""Tones, and the keys of their words."""

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


def figures(facts: BatchFacts, language: Language = "en") -> list[Figure]:
    """All figures of a batch, in the order of the report."""
    words = FigureWords(facts.run, language)
    drawn = (attrition, verdicts, open_criteria, next_questions, gain)
    return [draw(facts, words) for draw in drawn]


def attrition(facts: BatchFacts, words: FigureWords) -> Figure:
    """Who is left after each criterion in turn, beside who fails each by itself."""
    sequential, independent = facts.attrition.sequential(), facts.attrition.independent()
    last = sequential[-1]
    reading = words.say(
        "attrition_reads",
        patients=words.patients(facts.attrition.screened),
        left=last["remaining"],
        undetermined=last["remaining_undetermined"],
    )
    title = words.say("attrition")
    columns = ("criterion", "entering", "lost", "left", "of_these_undetermined", "fail_by_itself")
    return Figure(
        "attrition",
        title,
        reading,
        _attrition_chart(facts, title, reading, words),
        tuple(map(words.say, columns)),
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


def _attrition_chart(facts: BatchFacts, title: str, reading: str, words: FigureWords) -> Element:
    """Two panels over the same criteria and on the same scale, so that their bars compare."""
    screened = facts.attrition.screened
    top, most = _HEAD + 18, max(screened, 1)
    left = [Bar(words.say("all_screened"), (("plain", screened),))]
    height = _height(len(facts.criteria) + 1) + 18
    drawing = Drawing("attrition", title, reading, height=height, language=words.language)
    for number, row in enumerate(facts.attrition.sequential(), 1):
        still_open = row["remaining_undetermined"]
        segments = (("pass", row["remaining"] - still_open), ("unknown", still_open))
        left.append(Bar(words.label(row["criterion"]), segments))
        lost = f"−{row['failed']:,}" if row["failed"] else ""
        drawing.text(lost, 650, top + ROW * number + BASELINE, anchor="end")
    failing = [
        Bar("", (("fail", row["failed"]),), f"{row['failed']:,}")
        for row in facts.attrition.independent()
    ]
    so_far = _legend((("pass", "passing_so_far"), ("unknown", "undetermined_so_far")), words)
    drawing.text(words.say("sequential"), _LABELS, 54)
    drawing.legend(so_far, _LABELS, 78)
    drawing.text(words.say("lost"), 650, top - 6, tone="soft", anchor="end")
    drawing.text(words.say("independent"), 690, 54)
    drawing.legend(_legend((("fail", "fails_it"),), words), 690, 78)
    drawing.labels(left, top, width=_LABELS - 24)
    drawing.bars(Panel(_LABELS, top, 236, most), left)
    drawing.bars(Panel(690, top + ROW, 140, most), failing)
    return drawing.root


def verdicts(facts: BatchFacts, words: FigureWords) -> Figure:
    """Pass, fail and undetermined for each criterion, those that fail most first."""
    rows = facts.attrition.independent()
    order = sorted(rows, key=lambda row: (-row["failed"], -row["undetermined"]))
    bars = [
        Bar(
            words.label(row["criterion"]),
            (("fail", row["failed"]), ("unknown", row["undetermined"]), ("pass", row["passed"])),
        )
        for row in order
    ]
    failed = [(row["criterion"], row["failed"]) for row in order]
    reading = words.most_often("failed", failed, facts.attrition.screened)
    return Figure(
        "verdicts",
        title := words.say("verdicts"),
        reading,
        _chart("verdicts", title, reading, bars, words=words, legend=_legend(_VERDICTS, words)),
        tuple(map(words.say, ("criterion", "fails", "undetermined", "passes"))),
        tuple((r["criterion"], r["failed"], r["undetermined"], r["passed"]) for r in order),
    )


def open_criteria(facts: BatchFacts, words: FigureWords) -> Figure:
    """For how many patients each criterion is undetermined, the most frequent first."""
    rows = [row for row in facts.attrition.independent() if row["undetermined"]]
    order = sorted(rows, key=lambda row: -row["undetermined"])
    bars = [
        Bar(
            words.label(row["criterion"]),
            (("unknown", row["undetermined"]),),
            f"{row['undetermined']:,}",
        )
        for row in order
    ]
    counts = [(row["criterion"], row["undetermined"]) for row in order]
    reading = words.most_often("undetermined", counts, facts.attrition.screened)
    return Figure(
        "open_criteria",
        title := words.say("open_criteria"),
        reading,
        _chart("open_criteria", title, reading, bars, words=words),
        tuple(map(words.say, ("criterion", "undetermined_for"))),
        tuple(counts),
    )


def next_questions(facts: BatchFacts, words: FigureWords) -> Figure:
    """Which question comes first for how many patients."""
    ranked = sorted(facts.questions.items(), key=lambda item: (-item[1], item[0]))
    shown = [(words.question(asked), count) for asked, count in ranked[:MOST_SHOWN]]
    others = sum(count for _, count in ranked[MOST_SHOWN:]) + facts.further_questions
    if others:
        shown.append((words.say("other_questions"), others))
    asked = facts.questions.total() + facts.further_questions
    reading = words.say("questions_read", patients=words.patients(asked))
    if facts.run.verdicts_only:
        reading = words.say("questions_not_asked")
    title = words.say("next_questions")
    return Figure(
        "next_questions",
        title,
        reading,
        _question_chart(title, reading, shown, words),
        tuple(map(words.say, ("next_question", "patients_column"))),
        tuple(shown),
    )


def gain(facts: BatchFacts, words: FigureWords) -> Figure:
    """What dropping each criterion would change, the largest gain first."""
    pairs = zip(facts.criteria, facts.gains.by_place, strict=True)
    ranked = sorted(
        ((name, each) for name, each in pairs if each.changed),
        key=lambda pair: (-pair[1].to_eligible, -pair[1].changed),
    )
    bars = [
        Bar(
            words.label(name),
            (
                ("plain", each.failed_to_eligible),
                ("pass", each.open_to_eligible),
                ("unknown", each.failed_to_undetermined),
            ),
        )
        for name, each in ranked
    ]
    near = sum(each.failed_to_eligible for each in facts.gains.by_place)
    reading = words.say("gain_reads", count=near)
    legend = _legend(_GAINS, words)
    return Figure(
        "gain",
        title := words.say("gain"),
        reading,
        _chart("gain", title, reading, bars, words=words, legend=legend),
        (words.say("dropped"), *(each for _, each in legend)),
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
    words: FigureWords,
    legend: Sequence[tuple[str, str]] = (),
) -> Element:
    """One bar per criterion, with labels on the left."""
    head = _HEAD if legend else _HEAD - 40
    height = _height(len(bars)) - _HEAD + head
    drawing = Drawing(name, title, reading, height=height, language=words.language)
    drawing.legend(legend, _LABELS - 40, 58)
    drawing.labels(bars, head, width=_LABELS - 24)
    if not bars:
        drawing.text(words.say("none"), 12, head + 17, tone="soft")
    most = max((bar.total for bar in bars), default=0) or 1
    drawing.bars(Panel(_LABELS, head, WIDTH - _LABELS - _NOTES, most), bars)
    return drawing.root


def _question_chart(
    title: str, reading: str, asked: Sequence[tuple[str, int]], words: FigureWords
) -> Element:
    """Questions are long: each stands above its bar."""
    head, step = 44, 46
    height = head + step * max(len(asked), 1) + 8
    drawing = Drawing("next_questions", title, reading, height=height, language=words.language)
    if not asked:
        drawing.text(words.say("none"), 12, head + 17, tone="soft")
    most = max((count for _, count in asked), default=0) or 1
    panel = Panel(12, head, WIDTH - 12 - _NOTES, most)
    for number, (text, count) in enumerate(asked):
        y = head + step * number
        drawing.text(cut(text, WIDTH - 24), 12, y + 14)
        drawing.bar(panel, Bar(text, (("plain", count),), f"{count:,}"), y + 20)
    return drawing.root


def _height(rows: int) -> int:
    return _HEAD + ROW * max(rows, 1) + _FOOT


def _legend(tones: Sequence[tuple[str, str]], words: FigureWords) -> list[tuple[str, str]]:
    return [(tone, words.say(key)) for tone, key in tones]
