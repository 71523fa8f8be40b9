"""An explanation as a page for the terminal: the decision first, then what to do, then every criterion."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from eligibility.dates import format_day
from eligibility.evidence import Evidence, evidence_of
from eligibility.explanation import CalendarPeriod, CriterionExplanation, Explanation
from eligibility.phrases import is_unit, with_unit
from eligibility.protocol.model import Remedy
from eligibility.protocol.verdict import Decision, Verdict

_COLOUR_OF_DECISION = {
    Decision.ELIGIBLE: "green",
    Decision.INELIGIBLE: "red",
    Decision.UNDETERMINED: "yellow",
}
_COLOUR_OF_VERDICT = {Verdict.PASS: "green", Verdict.FAIL: "red", Verdict.UNKNOWN: "yellow"}
_COLOUR_OF_FLAG = {"green": "green", "amber": "yellow", "red": "red", "unknown": "dim"}
_MOST_EVIDENCE = 12


def page(explanation: Explanation) -> RenderableType:
    """The whole page of one patient."""
    parts = [
        _head(explanation),
        *_sections(explanation),
        _criteria(explanation),
        _foot(explanation),
    ]
    return Group(*parts)


def _head(explanation: Explanation) -> RenderableType:
    screening = explanation.screening
    trial, anchors = screening.compiled.trial, screening.anchors
    start = anchors.planned_start
    who = screening.findings.scope.record.screening_id or "(no screening id)"
    lines = [
        f"Patient [bold]{escape(who)}[/bold]   trial [bold]{escape(trial.id)}[/bold] {escape(trial.title)}",
        f"judged as of {format_day(anchors.as_of, anchors.clock)}, planned start "
        + ("not known" if start is None else format_day(start, anchors.clock))
        + (f", other readings: {escape(', '.join(trial.overridden))}" if trial.overridden else "")
        + f", site profile {escape(trial.profile.name) if trial.profile else 'none'}",
    ]
    colour = _COLOUR_OF_DECISION[explanation.decision]
    headline = Text(explanation.headline, style=f"bold {colour}")
    return Panel(Group(headline, *lines), border_style=colour)


def _sections(explanation: Explanation) -> Iterator[RenderableType]:
    if explanation.blockers:
        yield _list("What stands in the way", _blocker_lines(explanation))
    if explanation.questions:
        yield _list("What to find out next", _question_lines(explanation))
    if explanation.settled:
        yield _list(_settled_title(explanation), _settled_lines(explanation))
    if explanation.dates is not None:
        yield _list("Start dates", list(_date_lines(explanation)))
    if explanation.margins:
        yield _list(
            "Close to a limit", [f"{m.criterion_id}: {m.text}" for m in explanation.margins]
        )
    if explanation.forcing:
        yield _list("These facts alone make the patient ineligible", _forcing_lines(explanation))
    recorded = [flag for flag in explanation.flags if flag.colour != "unknown"]
    if recorded:
        yield _flags(explanation)


def _list(title: str, lines: list[str]) -> RenderableType:
    body = Text()
    for number, line in enumerate(lines, 1):
        body.append(f"  {number}. {line}\n")
    return Group(Text(title, style="bold"), body)


def _forcing_lines(explanation: Explanation) -> list[str]:
    record = explanation.screening.findings.scope.record
    cited = (evidence_of(record, field) for field in explanation.forcing)
    return [_cited(evidence) for evidence in cited if evidence is not None]


def _blocker_lines(explanation: Explanation) -> list[str]:
    by_id = {each.criterion.id: each for each in explanation.criteria}
    return [
        f"{blocker.criterion_id} {by_id[blocker.criterion_id].criterion.title}: {blocker.text}"
        for blocker in explanation.blockers
    ]


def _question_lines(explanation: Explanation) -> list[str]:
    lines = []
    for question in explanation.questions:
        ids = ", ".join(question.settles or question.bears_on)
        verb = "can settle" if question.settles else "bears on"
        needed = f"; needed: {'; '.join(question.requirements)}" if question.requirements else ""
        lines.append(f"{question.text} [{verb} {ids}{needed}]")
    return lines


def _settled_title(explanation: Explanation) -> str:
    if any(blocker.action is Remedy.NEVER for blocker in explanation.blockers):
        return "Need not be found out any more: nothing can change the decision"
    return "Need not be found out any more"


def _settled_lines(explanation: Explanation) -> list[str]:
    return [f"{each.title} ({', '.join(each.criteria)})" for each in explanation.settled]


def _date_lines(explanation: Explanation) -> Iterator[str]:
    dates = explanation.dates
    assert dates is not None  # asked for by the caller
    if dates.possible_from is None:
        later = [b for b in explanation.blockers if b.action is Remedy.WAIT and b.until]
        again = f"; screen again from {max(str(b.until) for b in later)}" if later else ""
        yield f"no start date is possible on this screening{again}"
    else:
        held = f", held back by {', '.join(dates.held_back_by)}" if dates.held_back_by else ""
        repeat = (
            f"; tests to repeat for it: {', '.join(dates.to_repeat)}" if dates.to_repeat else ""
        )
        open_then = f"; still open then: {', '.join(dates.still_open)}" if dates.still_open else ""
        word = "not before" if dates.still_open else "possible from"
        yield f"{word} {dates.possible_from}{held}{repeat}{open_then}"
    planned = explanation.screening.anchors.planned_start
    if dates.valid_until is not None and planned is not None:
        changes = ", ".join(dates.ended_by)
        answer = explanation.decision.value
        yield f'"{answer}" holds for starts until {dates.valid_until}, then {changes} changes'
    for period in dates.calendar:
        yield f"{_span(period)}: {period.decision.value}{_because(period, dates.renewable)}"


def _span(period: CalendarPeriod) -> str:
    if period.last == period.first:
        return f"on {period.first}"
    return f"{period.first} to {period.last or 'any later day'}"


def _because(period: CalendarPeriod, renewable: tuple[str, ...]) -> str:
    """What fails and what is open on these days."""
    fails = [f"{n}, repeat the test" if n in renewable else n for n in period.failing]
    parts = [f"fails {'; '.join(fails)}"] if fails else []
    if period.unknown:
        parts.append(f"open {', '.join(period.unknown)}")
    return f" ({'; '.join(parts)})" if parts else ""


def _flags(explanation: Explanation) -> RenderableType:
    table = Table(title="Laboratory, advisory colours only", title_justify="left", box=None)
    for heading in ("result", "value", "green", "red", "colour"):
        table.add_column(heading)
    for flag in explanation.flags:
        colour = _COLOUR_OF_FLAG[flag.colour]
        cells = [flag.title, flag.value or "-", flag.green, flag.red]
        table.add_row(*map(escape, cells), f"[{colour}]{flag.colour}[/{colour}]")
    return table


def _criteria(explanation: Explanation) -> RenderableType:
    table = Table(title="Every criterion", title_justify="left", show_lines=True, expand=True)
    table.add_column("criterion", ratio=1, no_wrap=True, min_width=8)
    table.add_column("verdict", no_wrap=True, min_width=9)
    table.add_column("why", ratio=6)
    order = [Verdict.FAIL, Verdict.UNKNOWN, Verdict.PASS]  # what can be acted on first
    for each in sorted(explanation.criteria, key=lambda c: order.index(c.verdict)):
        colour = _COLOUR_OF_VERDICT[each.verdict]
        table.add_row(each.criterion.id, f"[{colour}]{each.label}[/{colour}]", _why(each))
    return table


def _why(each: CriterionExplanation) -> RenderableType:
    text = Text()
    text.append(each.criterion.text + "\n", style="dim italic")
    text.append(each.reason)
    cited = [evidence for evidence in each.evidence if not is_unit(evidence)]
    shown = [_cited(evidence) for evidence in cited[:_MOST_EVIDENCE]]
    if len(cited) > _MOST_EVIDENCE:
        shown.append(f"and {len(cited) - _MOST_EVIDENCE} more")
    if shown:
        text.append("\nchart: " + "; ".join(shown), style="cyan")
    for assumption in each.assumptions:
        text.append(f"\nassumed: {assumption}", style="magenta")
    if each.verdict is not Verdict.PASS:
        for reading in each.interpretations:
            text.append(f"\nreading: {reading}", style="dim")
    return text


def _cited(evidence: Evidence) -> str:
    place = ", ".join(part for part in (evidence.date, evidence.source) if part)
    return f"{evidence.field} = {with_unit(evidence)}" + (f" ({place})" if place else "")


def _foot(explanation: Explanation) -> RenderableType:
    trial = explanation.screening.compiled.trial
    text = (
        f"rules {trial.rules_hash[:12]}, decided by {explanation.screening.engine}, checked by the reference. "
        "This supports the investigator's decision; it does not enrol."
    )
    return Text(text, style="dim")


def summary_table(rows: list[tuple[str, Explanation]]) -> Table:
    """One line per patient: file, decision, what decides, what to ask first, from when."""
    table = Table(expand=True)
    for heading in ("patient", "decision", "deciding", "next question", "possible from"):
        table.add_column(heading, ratio=3 if heading == "next question" else None)
    for name, explanation in rows:
        colour = _COLOUR_OF_DECISION[explanation.decision]
        question = explanation.questions[0].text if explanation.questions else ""
        table.add_row(
            escape(name),
            f"[{colour}]{explanation.decision.value}[/{colour}]",
            ", ".join(_first(explanation.screening.deciding, explanation.decision)),
            escape(question),
            explanation.possible_from or "-",
        )
    return table


def _first(ids: tuple[str, ...], decision: Decision) -> tuple[str, ...]:
    if decision is Decision.ELIGIBLE:
        return ("all pass",)
    return ids if len(ids) <= 4 else (*ids[:4], f"and {len(ids) - 4} more")
