"""A trial as a readable page: the protocol's words, the condition in plain words, the readings in force."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from eligibility.protocol.conditions import Condition
from eligibility.protocol.model import Criterion, Trial
from eligibility.reports.condition_words import ConditionWords, condition_words
from eligibility.wording import ENGLISH


def trial_page(trial: Trial) -> RenderableType:
    """The whole trial."""
    profile = trial.profile
    head = [
        Text(f"{trial.id}  {trial.title}", style="bold"),
        Text(trial.source),
        Text(f"site profile: {profile.name}, {profile.title}" if profile else "site profile: none")
        + Text(f" (available: {', '.join(trial.profiles) or 'none'})"),
        Text(f"rules {trial.rules_hash}", style="dim"),
    ]
    return Group(Panel(Group(*head)), *(_criterion(c) for c in trial.criteria), _readings(trial))


def _criterion(criterion: Criterion) -> RenderableType:
    colour = "red" if criterion.is_exclusion else "green"
    title = f"[{colour}]{criterion.id}[/{colour}] {escape(criterion.title)} ({criterion.kind})"
    parts: list[RenderableType] = [
        Text(criterion.text, style="italic"),
        condition_tree(criterion.condition),
    ]
    if criterion.notes:
        parts.append(Text(f"note: {criterion.notes}", style="dim"))
    if criterion.interpretations:
        parts.append(Text(f"readings: {', '.join(criterion.interpretations)}", style="dim"))
    parts.append(
        Text(f"if it fails: {criterion.if_failed.value}; {len(criterion.cases)} cases", style="dim")
    )
    return Panel(Group(*parts), title=title, title_align="left")


def condition_tree(condition: Condition) -> Tree:
    """A condition as an indented tree."""
    root = Tree(ENGLISH.say("tree.root"), guide_style="dim")
    _grow(root, condition_words(condition))
    return root


def _grow(tree: Tree, node: ConditionWords) -> None:
    branch = tree.add(Text(node.text, style="yellow" if node.is_open else ""))
    for child in node.children:
        _grow(branch, child)


def _readings(trial: Trial) -> RenderableType:
    table = Table(
        title="Interpretations in force", title_justify="left", show_lines=True, expand=True
    )
    for heading, share in (
        ("name", 2),
        ("question", 3),
        ("reading in force", 3),
        ("others", 3),
        ("source", 3),
    ):
        table.add_column(heading, ratio=share, overflow="fold")
    for each in trial.interpretations.values():
        others = "\n".join(
            f"{name}: {words}" for name, words in each.readings.items() if name != each.reading
        )
        chosen = f"{each.reading}: {each.readings[each.reading]}"
        table.add_row(*map(escape, (each.name, each.question, chosen, others or "-", each.source)))
    return table
