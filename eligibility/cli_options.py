"""What the commands share: options, and how a trial and a console come of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from eligibility.errors import EligibilityError

if TYPE_CHECKING:
    from rich.console import Console

TrialOption = Annotated[
    str, typer.Option("--trial", help="Registry number of a trial, or the folder that holds one.")
]
ProfileOption = Annotated[
    str | None,
    typer.Option("--profile", help="Site profile: laboratory limits and declared assumptions."),
]
AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of", help='Date the record is judged on ("2026-11-21", or "day 120"); default today.'
    ),
]
StartOption = Annotated[
    str | None,
    typer.Option("--planned-start", help="Planned date of the first dose; windows count from it."),
]
ReadingOption = Annotated[
    list[str] | None,
    typer.Option(
        "--reading", help="Another reading of an interpretation, as name=reading; repeatable."
    ),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON document instead of a page.")
]
LanguageOption = Annotated[
    Literal["en", "zh"],
    typer.Option(
        "--language", help="Language of the page: English, or simplified Chinese; JSON is English."
    ),
]
DEFAULT_TRIAL = "NCT06731140"


def chosen_trial(trial: str, profile: str | None, readings: list[str] | None) -> Any:
    """The trial that the options name, as its profile and readings make it."""
    from eligibility.protocol.library import load_trial

    chosen: dict[str, str] = {}
    for each in readings or []:
        name, sign, reading = each.partition("=")
        if not sign:
            raise EligibilityError("a reading is written as name=reading", code="reading_option")
        chosen[name.strip()] = reading.strip()
    return load_trial(trial, profile=profile, readings=chosen)


def console_for(*, stderr: bool = False) -> Console:
    """A console for pages; what is said on the way goes to standard error."""
    from rich.console import Console

    console = Console(stderr=stderr, highlight=False)
    # A pipe has no width of its own; 80 columns would break every table.
    return console if console.is_terminal else Console(stderr=stderr, highlight=False, width=140)
