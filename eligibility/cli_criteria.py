"""The commands about the criteria of a trial: `eligibility criteria lint | cases | show | list`."""

from __future__ import annotations

from typing import Annotated

import typer

from eligibility.cli_options import (
    DEFAULT_TRIAL,
    ProfileOption,
    ReadingOption,
    chosen_trial,
    console_for,
)

criteria_app = typer.Typer(
    no_args_is_help=True, help="Check, run and show the criteria of a trial."
)


@criteria_app.command("lint")
def lint(
    trial: Annotated[str, typer.Argument(help="Registry number or folder.")] = DEFAULT_TRIAL,
) -> None:
    """Check the files of a trial; exit status 1 if anything is wrong."""
    from eligibility.protocol.library import trial_folder
    from eligibility.screening.lint import lint_trial

    found = lint_trial(trial_folder(trial))
    for each in found:
        print(each)
    errors = sum(each.severity == "error" for each in found)
    print(f"{trial}: {errors} errors, {len(found) - errors} warnings")
    if errors:
        raise typer.Exit(1)


@criteria_app.command("cases")
def cases(
    trial: Annotated[str, typer.Argument(help="Registry number or folder.")] = DEFAULT_TRIAL,
) -> None:
    """Run the examples of every criterion, on both evaluators; exit status 1 if one is wrong."""
    from eligibility.protocol.library import trial_folder
    from eligibility.screening.cases import CaseRunner

    folder = trial_folder(trial)
    wrong = count = 0
    for engine in ("reference", "durable-rules"):
        for outcome in CaseRunner(folder, engine=engine).run():
            count += 1
            if outcome.complaint:
                wrong += 1
                print(
                    f"{outcome.at}: {outcome.subject}, {outcome.name} ({engine}): {outcome.complaint}"
                )
    print(f"{trial}: {count} examples run on two evaluators, {wrong} wrong")
    if wrong:
        raise typer.Exit(1)


@criteria_app.command("show")
def show(
    trial: Annotated[str, typer.Argument(help="Registry number or folder.")] = DEFAULT_TRIAL,
    *,
    profile: ProfileOption = None,
    reading: ReadingOption = None,
) -> None:
    """Print a trial as a page: the protocol's words, the condition, the readings in force."""
    from eligibility.reports.trial_page import trial_page

    console_for().print(trial_page(chosen_trial(trial, profile, reading)))


@criteria_app.command("list")
def list_trials() -> None:
    """Print the trials of the library and their site profiles; exit status 1 if one cannot be loaded."""
    from eligibility.errors import CriteriaError
    from eligibility.protocol.library import load_trial, trial_names

    broken = False
    for name in trial_names():
        try:
            loaded = load_trial(name)
        except CriteriaError as error:
            broken = True
            print(f"{name}  cannot be loaded:")
            for fault in getattr(error, "faults", (error,)):
                print(f"  {fault}")
        else:
            print(f"{name}  {loaded.title}  (profiles: {', '.join(loaded.profiles) or 'none'})")
    if broken:
        raise typer.Exit(1)
