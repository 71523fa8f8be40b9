"""Everything people may use or meet is named in the documents."""

from __future__ import annotations

import importlib
import pkgutil
import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
import typer

import eligibility
import eligibility.testing
from api.app import create_app
from api.settings import PREFIX, Settings
from eligibility.cli import app
from eligibility.errors import EligibilityError
from eligibility.findings.catalogue import COLLECTIONS, FINDINGS
from eligibility.findings.model import UnknownReason
from eligibility.intervals import OPERATORS
from eligibility.patient.vocabulary import AbsentReason
from eligibility.protocol.library import load_trial, trial_ids
from eligibility.protocol.model import Remedy
from eligibility.protocol.parser import ConditionParser, Dictionary
from eligibility.protocol.verdict import Decision, Verdict
from eligibility.truth import Truth
from tests.docs.pages import ROOT, every_text, text_of


def _missing(names: list[str], page: str) -> list[str]:
    """The names that do not stand in a page as code."""
    text = text_of(page)
    return [name for name in names if f"`{name}`" not in text]


def test_every_public_name_is_in_the_readme():
    assert _missing(eligibility.__all__, "README.md") == []


@pytest.mark.parametrize("name", eligibility.__all__)
def test_every_public_name_can_be_imported(name: str):
    assert getattr(eligibility, name) is not None


def test_every_finding_is_in_the_reference():
    inner = [name for collection in COLLECTIONS.values() for name in collection.findings]

    assert _missing([*FINDINGS, *COLLECTIONS, *inner], "docs/reference/findings.md") == []


def test_every_code_a_finding_may_have_is_in_the_reference():
    specs = [*FINDINGS.values(), *(s for c in COLLECTIONS.values() for s in c.findings.values())]
    codes = sorted({code for spec in specs for code in spec.codes})

    assert len(codes) > 50
    assert _missing(codes, "docs/reference/findings.md") == []


def test_every_operator_and_form_is_in_the_semantics():
    forms = list(ConditionParser(Dictionary())._forms)
    words = [
        *OPERATORS,
        *forms,
        "is",
        "one_of",
        "includes",
        "before",
        "because",
        "note",
        "where",
        "otherwise",
    ]
    text = text_of("docs/semantics.md")

    assert [word for word in words if not re.search(rf"[`{{ ,]{word}[`:,]", text)] == []


def test_every_unknown_reason_and_remedy_is_in_semantics_and_glossary():
    words = [*map(str, UnknownReason), *map(str, Remedy)]

    assert _missing(words, "docs/semantics.md") == []
    assert _missing(words, "GLOSSARY.md") == []


def test_every_verdict_decision_and_truth_is_in_the_glossary():
    text = text_of("GLOSSARY.md")
    names = [each.name for enum in (Truth, Verdict, Decision) for each in enum]

    assert [name for name in names if name not in text] == []


def test_every_absent_reason_is_in_the_glossary():
    text = text_of("GLOSSARY.md")

    assert [each.value for each in AbsentReason if each.value.replace("_", " ") not in text] == []


def _commands(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    if not hasattr(command, "list_commands"):
        return
    context = command.context_class(command)
    for name in command.list_commands(context):
        child = command.get_command(context, name)
        yield f"{path} {name}", child
        yield from _commands(child, f"{path} {name}")


def test_every_command_and_option_is_in_the_reference():
    sections = dict(
        re.findall(
            r"^## `(.+?)`\n(.*?)(?=^## |\Z)",
            text_of("docs/reference/command-line.md"),
            re.DOTALL | re.MULTILINE,
        )
    )

    for path, command in _commands(typer.main.get_command(app), "eligibility"):
        if not getattr(command, "commands", None):
            options = [p.opts[0] for p in command.params if p.opts[0].startswith("--")]
            assert [option for option in options if f"`{option}`" not in sections[path]] == []


def test_every_command_is_in_the_tour_of_the_readme():
    tour = text_of("README.md")
    paths = [
        path
        for path, child in _commands(typer.main.get_command(app), "eligibility")
        if not hasattr(child, "commands")
    ]

    assert [path for path in paths if path not in tour and path != "eligibility version"] == []


def _families(root: type[EligibilityError]) -> Iterator[type[EligibilityError]]:
    yield root
    for child in root.__subclasses__():
        yield from _families(child)


def test_every_error_code_is_in_the_reference():
    for module in pkgutil.walk_packages(eligibility.__path__, "eligibility."):
        importlib.import_module(module.name)
    families = [each.code for each in _families(EligibilityError)]
    sources = [*(ROOT / "eligibility").rglob("*.py"), *(ROOT / "api").rglob("*.py")]
    raised = [
        code
        for path in sources
        for code in re.findall(r'\bcode="(\w+)"', path.read_text(encoding="utf-8"))
    ]

    assert len(set(raised)) > 10
    assert _missing(sorted({*families, *raised}), "docs/reference/error-codes.md") == []


def test_every_code_a_broken_criteria_file_gives_is_in_the_reference():
    source = (ROOT / "eligibility" / "protocol").rglob("*.py")
    text = "".join(path.read_text(encoding="utf-8") for path in source)
    given = re.findall(r'(?:\.fault|\.add)\([^()]*(?:\([^()]*\)[^()]*)*, "(\w+)"\s*,?\s*\)', text)

    assert len(set(given)) > 30
    assert _missing(sorted(set(given)), "docs/reference/error-codes.md") == []


def test_every_route_of_the_service_is_in_the_reference():
    schema = create_app().openapi()
    routes = [
        f"{method.upper()} {path}"
        for path, methods in schema["paths"].items()
        for method in methods
    ]

    assert _missing(routes, "docs/reference/http.md") == []


def test_every_setting_of_the_service_is_in_the_reference():
    names = [f"{PREFIX}{name.upper()}" for name in Settings.model_fields]

    assert len(names) > 20
    assert _missing(names, "docs/reference/settings.md") == []


def test_every_interpretation_and_profile_of_every_trial_is_in_its_page():
    for name in trial_ids():
        trial = load_trial(name)
        page = f"docs/reference/{name.lower()}.md"
        text = text_of(page)

        assert _missing([*trial.interpretations, *trial.profiles], page) == []
        assert [
            c.id for c in trial.criteria if f"## {c.id} " not in text or f"> {c.text}" not in text
        ] == []


def test_a_trial_page_keeps_the_order_of_the_protocol():
    trial = load_trial("NCT06731140")

    printed = re.findall(
        r"^## ((?:INCL|EXCL)\d+) ", text_of("docs/reference/nct06731140.md"), re.MULTILINE
    )

    assert printed == [criterion.id for criterion in trial.criteria]


def test_every_strategy_for_testers_is_documented():
    text = every_text()

    assert [name for name in eligibility.testing.__all__ if name not in text] == []


def test_the_layers_in_the_architecture_are_those_that_are_checked():
    contracts = tomllib.loads(text_of("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    layers = next(each["layers"] for each in contracts if each["type"] == "layers")

    shown = text_of("docs/architecture.md").split("<!-- generated: layers -->")[1].split("```")[1]

    assert shown.splitlines()[1:] == layers


def test_every_package_that_is_required_has_its_reason():
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    required = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {re.split(r"[<>=~!\[ ]", each)[0].lower() for each in required}
    text = text_of("docs/decisions/0013-dependencies.md").lower()

    assert [name for name in sorted(names) if f"**{name}**" not in text] == []


def test_every_folder_of_tests_is_explained():
    folders = [
        path.name
        for path in (ROOT / "tests").iterdir()
        if path.is_dir() and not path.name.startswith(("_", "."))
    ]
    text = text_of("tests/README.md")

    assert [name for name in sorted(folders) if f"`{name}/`" not in text] == []
