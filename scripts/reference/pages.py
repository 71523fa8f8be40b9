"""Whole reference pages: findings, a trial, the command line."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from typing import Any

import typer

from eligibility import testing as offers
from eligibility.cli import app
from eligibility.dates import Anchors, format_day
from eligibility.findings.agents import agent_list
from eligibility.findings.catalogue import COLLECTIONS, FINDINGS
from eligibility.findings.model import FindingSpec
from eligibility.findings.units import spellings_of
from eligibility.patient.vocabulary import LabTest
from eligibility.protocol.library import load_trial
from eligibility.protocol.model import Criterion, Profile, Trial
from eligibility.reports.trial_page import condition_tree
from reference.markdown import bullets, code, codes, fenced, table


def findings() -> str:
    """Everything criteria may ask about."""
    parts = [
        "# Findings",
        "What a condition may name. `finding: NAME` asks about the patient, `some: LIST` about the items of a list.\n"
        "A quantity and a date take `at_most`, `at_least`, `more_than`, `less_than`, `exactly` (a date also\n"
        "`before:` with its anchor), codes take `is` and `one_of`, members take `includes`. What a finding means is\n"
        "said by its reader in `eligibility/findings/`.",
        "## Of the patient",
        _findings_table(FINDINGS),
        "## Of the items of a list",
        "A list that is not declared complete leaves `some` unknown where no listed item answers it; the question is\n"
        "then the list's own.",
    ]
    for name, collection in COLLECTIONS.items():
        parts += [
            f"### `{name}`",
            f"`{collection.path}` in the record. {collection.question}",
            _findings_table(collection.findings),
        ]
    kinds: dict[str, list[str]] = {}
    for agent, kind in agent_list().classes.items():
        kinds.setdefault(kind, []).append(agent)
    parts += [
        "## Units of laboratory tests",
        "How the unit of a result may be written, as people do or as UCUM has it; the first is the criteria's own.\n"
        "Capital and small letters, the micro sign, raised numbers and blanks make no difference. A result in any\n"
        "other unit leaves open what it bears on. `xULN`: the value is a multiple of the upper limit of normal.",
        table(
            ("test", "units"),
            ((code(test.value), ", ".join(map(code, spellings_of(test)))) for test in LabTest),
        ),
        "## Drug classes",
        "What `classes` knows by name, from `eligibility/findings/agents.yaml`.",
        table(
            ("class", "ingredients and brands"),
            ((code(k), ", ".join(v)) for k, v in kinds.items()),
        ),
    ]
    return "\n\n".join(parts)


def _findings_table(specs: Mapping[str, FindingSpec]) -> str:
    rows = (
        (
            code(name),
            spec.kind,
            codes(spec.codes) or (spec.unit or ""),
            spec.title,
            spec.question,
        )
        for name, spec in specs.items()
    )
    return table(("finding", "kind", "unit or codes", "what it is", "asked as"), rows)


def trial(name: str) -> str:
    """A trial in the order of its protocol."""
    loaded = load_trial(name)
    parts = [
        f"# {loaded.id}: {loaded.title}",
        loaded.source,
        "Each criterion with the protocol's words, when they hold, and what a person can do where it fails. An\n"
        "inclusion criterion passes where its statement holds, an exclusion criterion where it does not. The cases\n"
        f"stand in the files under `criteria/{loaded.id.lower()}/`.",
        *(_criterion(each) for each in loaded.criteria),
        "## Interpretations",
        "Sentences that can be read in several ways. The reading in force is the first; `--reading name=reading`\n"
        "takes another one for a run.",
        _interpretations(loaded),
        "## Assumptions",
        "\n".join(f"- {each.name}" for each in loaded.assumptions.values()) or "none",
        "## Laboratory colours",
        "Advice, never a verdict: green is within the strictest common sister protocol, red beyond the loosest.",
        table(
            ("finding", "green", "red"),
            ((code(b.finding), b.green_written, b.red_written) for b in loaded.bands),
        ),
        "## Site profiles",
        *(_profile(load_trial(name, profile=each).profile) for each in loaded.profiles),
    ]
    return "\n\n".join(parts)


def _criterion(criterion: Criterion) -> str:
    parts = [
        f"## {criterion.id} {criterion.title}",
        f"> {criterion.text}",
        f"The statement ({criterion.kind}) holds if",
        bullets(condition_tree(criterion.condition)),
        f"If it fails: `{criterion.if_failed.value}`.",
    ]
    if criterion.notes:
        parts.append(criterion.notes)
    if criterion.interpretations:
        parts.append(f"Interpretations: {', '.join(map(code, criterion.interpretations))}.")
    return "\n\n".join(parts)


def _interpretations(loaded: Trial) -> str:
    rows = (
        (
            code(each.name),
            each.question,
            "; ".join(
                f"`{reading}`: {each.readings[reading]}"
                for reading in sorted(each.readings, key=lambda r: r != each.reading)
            ),
            each.source,
        )
        for each in loaded.interpretations.values()
    )
    return table(("name", "question", "readings, the one in force first", "source"), rows)


def _profile(profile: Profile | None) -> str:
    assert profile is not None  # loaded by its name
    parts = [f"### `{profile.name}`", f"{profile.title}. Source: {profile.source}"]
    for name, condition in profile.definitions.items():
        parts += [f"`{name}` holds if", bullets(condition_tree(condition))]
    return "\n\n".join(parts)


def command_line() -> str:
    """Every command with its arguments and options."""
    root = typer.main.get_command(app)
    parts = [
        "# Command line",
        "Faults end with status 1 and one message that says what, where and what to do; a misuse of the command line\n"
        "itself with status 2; an interruption with 130. A decision never changes the status.",
    ]
    for path, command in _commands("eligibility", root):
        usage = f"{path} [OPTIONS] {_arguments(command)}".rstrip()
        parts += [f"## `{path}`", str(command.help), fenced(usage)]
        rows = [(_spelling(p), _default(p), p.help or "") for p in command.params]
        if rows:
            parts.append(table(("argument or option", "default", "meaning"), rows))
    return "\n\n".join(parts)


def _commands(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    if not hasattr(command, "list_commands"):
        yield path, command
        return
    context = command.context_class(command)
    for name in command.list_commands(context):
        yield from _commands(f"{path} {name}", command.get_command(context, name))


def _arguments(command: Any) -> str:
    return " ".join(
        _spelling(p).strip("`") for p in command.params if not p.opts[0].startswith("-")
    )


def _spelling(parameter: Any) -> str:
    name = parameter.opts[0]
    return code(
        name if name.startswith("-") else name.upper() + ("..." if parameter.nargs < 0 else "")
    )


def _default(parameter: Any) -> str:
    if parameter.required:
        return "required"
    return "" if parameter.default in (None, False) else code(parameter.default)


def testing() -> str:
    """What `eligibility.testing` offers."""
    rows = ((code(name), _offered(getattr(offers, name))) for name in offers.__all__)
    parts = [
        "# For people who test",
        "`eligibility.testing` makes patients for tests of your own criteria: as Hypothesis strategies and from a\n"
        "random source. Install the extra `testing`; then `st.from_type(PatientRecord)` works as well.",
        table(("name", "what it is"), rows),
    ]
    return "\n\n".join(parts)


def _offered(thing: Any) -> str:
    """The first sentence of a function's docstring; a constant's value."""
    if callable(thing):
        return str(inspect.getdoc(thing)).split("\n")[0]
    if isinstance(thing, Anchors):
        start = "" if thing.planned_start is None else format_day(thing.planned_start, thing.clock)
        return f"judged as of {code(format_day(thing.as_of, thing.clock))}, start on {code(start)}"
    return code(thing)
