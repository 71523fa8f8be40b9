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
from eligibility.explanation import CriterionExplanation, Explanation
from eligibility.found_values import is_unit, with_unit
from eligibility.protocol.model import Remedy
from eligibility.protocol.verdict import Decision, Verdict
from eligibility.reports.start_dates import date_lines
from eligibility.wording import VOICES, Voice

_COLOUR_OF_DECISION = {
    Decision.ELIGIBLE: "green",
    Decision.INELIGIBLE: "red",
    Decision.UNDETERMINED: "yellow",
}
_COLOUR_OF_VERDICT = {Verdict.PASS: "green", Verdict.FAIL: "red", Verdict.UNKNOWN: "yellow"}
_COLOUR_OF_FLAG = {"green": "green", "amber": "yellow", "red": "red", "unknown": "dim"}
_MOST_EVIDENCE = 12


def page(explanation: Explanation) -> RenderableType:
    """The whole page of one patient, in the explanation's language."""
    voice = VOICES[explanation.language]
    parts = [
        _head(explanation, voice),
        *_sections(explanation, voice),
        _criteria(explanation, voice),
        _foot(explanation, voice),
    ]
    return Group(*parts)


def _head(explanation: Explanation, voice: Voice) -> RenderableType:
    screening = explanation.screening
    trial, anchors = screening.compiled.trial, screening.anchors
    say = voice.say
    who = screening.findings.scope.record.screening_id or say("page.no_screening_id")
    start = anchors.planned_start
    dates = say(
        "page.dates",
        as_of=voice.date(format_day(anchors.as_of, anchors.clock)),
        start=say("page.not_known")
        if start is None
        else voice.date(format_day(start, anchors.clock)),
        readings=say("page.readings", readings=escape(voice.comma.join(trial.overridden)))
        if trial.overridden
        else "",
        profile=escape(trial.profile.name) if trial.profile else say("page.no_profile"),
    )
    patient = say(
        "page.patient",
        who=f"[bold]{escape(who)}[/bold]",
        trial=f"[bold]{escape(trial.id)}[/bold]",
        title=escape(explanation.title.text),
    )
    colour = _COLOUR_OF_DECISION[explanation.decision]
    headline = Text(explanation.headline, style=f"bold {colour}")
    return Panel(Group(headline, patient, dates), border_style=colour)


def _sections(explanation: Explanation, voice: Voice) -> Iterator[RenderableType]:
    say = voice.say
    if explanation.blockers:
        yield _list(say("page.blockers"), _blocker_lines(explanation, voice))
    if explanation.questions:
        yield _list(say("page.questions"), _question_lines(explanation, voice))
    if explanation.settled:
        yield _list(_settled_title(explanation, voice), _settled_lines(explanation, voice))
    if explanation.dates is not None:
        yield _list(say("page.start_dates"), list(date_lines(explanation, voice)))
    if explanation.margins:
        margins = explanation.margins
        lines = [say("page.margin", criterion=m.criterion_id, text=m.text) for m in margins]
        yield _list(say("page.margins"), lines)
    if explanation.forcing:
        yield _list(say("page.forcing"), _forcing_lines(explanation, voice))
    recorded = [flag for flag in explanation.flags if flag.colour != "unknown"]
    if recorded:
        yield _flags(explanation, voice)


def _list(title: str, lines: list[str]) -> RenderableType:
    body = Text()
    for number, line in enumerate(lines, 1):
        body.append(f"  {number}. {line}\n")
    return Group(Text(title, style="bold"), body)


def _forcing_lines(explanation: Explanation, voice: Voice) -> list[str]:
    record = explanation.screening.findings.scope.record
    cited = (evidence_of(record, field, voice) for field in explanation.forcing)
    return [_cited(evidence, voice) for evidence in cited if evidence is not None]


def _blocker_lines(explanation: Explanation, voice: Voice) -> list[str]:
    titles = {each.criterion.id: each.title.text for each in explanation.criteria}
    return [
        voice.say(
            "page.blocker", criterion=b.criterion_id, title=titles[b.criterion_id], text=b.text
        )
        for b in explanation.blockers
    ]


def _question_lines(explanation: Explanation, voice: Voice) -> list[str]:
    lines = []
    for question in explanation.questions:
        needed = voice.semicolon.join(question.requirements)
        lines.append(
            voice.say(
                "page.question_settles" if question.settles else "page.question_bears_on",
                question=question.text,
                criteria=voice.comma.join(question.settles or question.bears_on),
                needed=voice.say("page.needed", requirements=needed) if needed else "",
            )
        )
    return lines


def _settled_title(explanation: Explanation, voice: Voice) -> str:
    is_final = any(blocker.action is Remedy.NEVER for blocker in explanation.blockers)
    return voice.say("page.settled_final" if is_final else "page.settled")


def _settled_lines(explanation: Explanation, voice: Voice) -> list[str]:
    return [
        voice.say("page.settled_line", title=each.title, criteria=voice.comma.join(each.criteria))
        for each in explanation.settled
    ]


def _flags(explanation: Explanation, voice: Voice) -> RenderableType:
    table = Table(title=voice.say("page.flags"), title_justify="left", box=None)
    for key in ("page.flag_result", "page.flag_value", "colour.green", "colour.red", "page.colour"):
        table.add_column(voice.say(key), overflow="fold")
    for flag in explanation.flags:
        colour = _COLOUR_OF_FLAG[flag.colour]
        cells = [flag.title, flag.value or "-", flag.green, flag.red]
        name = voice.say(f"colour.{flag.colour}")
        table.add_row(*map(escape, cells), f"[{colour}]{name}[/{colour}]")
    return table


def _criteria(explanation: Explanation, voice: Voice) -> RenderableType:
    say = voice.say
    table = Table(title=say("page.criteria"), title_justify="left", show_lines=True, expand=True)
    table.add_column(say("page.criterion"), ratio=1, no_wrap=True, min_width=8)
    table.add_column(say("page.verdict"), no_wrap=True, min_width=9)
    # Chinese has no blanks to break at: a line too long is folded, never cut.
    table.add_column(say("page.why"), ratio=6, overflow="fold")
    order = [Verdict.FAIL, Verdict.UNKNOWN, Verdict.PASS]  # what can be acted on first
    for each in sorted(explanation.criteria, key=lambda c: order.index(c.verdict)):
        colour = _COLOUR_OF_VERDICT[each.verdict]
        table.add_row(each.criterion.id, f"[{colour}]{each.label}[/{colour}]", _why(each, voice))
    return table


def _why(each: CriterionExplanation, voice: Voice) -> RenderableType:
    text = Text()
    text.append(each.criterion.text + "\n", style="dim italic")
    text.append(each.reason)
    cited = [evidence for evidence in each.evidence if not is_unit(evidence)]
    shown = [_cited(evidence, voice) for evidence in cited[:_MOST_EVIDENCE]]
    if len(cited) > _MOST_EVIDENCE:
        shown.append(voice.say("page.and_more", count=len(cited) - _MOST_EVIDENCE))
    if shown:
        chart = voice.say("page.chart", evidence=voice.semicolon.join(shown))
        text.append(f"\n{chart}", style="cyan")
    for assumption in each.assumptions:
        text.append("\n" + voice.say("page.assumed", assumption=assumption), style="magenta")
    if each.verdict is not Verdict.PASS:
        for reading in each.interpretations:
            text.append("\n" + voice.say("page.reading", reading=reading), style="dim")
    return text


def _cited(evidence: Evidence, voice: Voice) -> str:
    value = with_unit(evidence, voice)
    date = voice.date(evidence.date) if evidence.date else None
    place = voice.comma.join(part for part in (date, evidence.source) if part)
    if not place:
        return voice.say("page.cited", field=evidence.field, value=value)
    return voice.say("page.cited_at", field=evidence.field, value=value, place=place)


def _foot(explanation: Explanation, voice: Voice) -> RenderableType:
    screening = explanation.screening
    rules = screening.compiled.trial.rules_hash[:12]
    return Text(voice.say("page.foot", rules=rules, engine=screening.engine), style="dim")


def summary_table(rows: list[tuple[str, Explanation]]) -> Table:
    """One line per patient: file, decision, what decides, what to ask first, from when."""
    heading = VOICES[rows[0][1].language if rows else "en"].say
    table = Table(expand=True)
    for name in ("patient", "decision", "deciding", "question", "from"):
        ratio = 3 if name == "question" else None
        table.add_column(heading(f"page.column_{name}"), ratio=ratio, overflow="fold")
    for name, explanation in rows:
        voice = VOICES[explanation.language]
        colour = _COLOUR_OF_DECISION[explanation.decision]
        question = explanation.questions[0].text if explanation.questions else ""
        start = explanation.possible_from
        table.add_row(
            escape(name),
            f"[{colour}]{voice.say(f'word.{explanation.decision.value}')}[/{colour}]",
            voice.comma.join(_first(explanation, voice)),
            escape(question),
            voice.date(start) if start else "-",
        )
    return table


def _first(explanation: Explanation, voice: Voice) -> tuple[str, ...]:
    ids = explanation.screening.deciding
    if explanation.decision is Decision.ELIGIBLE:
        return (voice.say("page.all_pass"),)
    return ids if len(ids) <= 4 else (*ids[:4], voice.say("page.and_more", count=len(ids) - 4))
