"""The page of error codes, read from the source: where each is raised and what it says."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from reference.markdown import code, table

# Which argument is the code and which the message, by what is called.
_CALLS = {
    "Fault": (1, 2),
    "RejectedRow": (3, 4),
    "PydanticCustomError": (0, 1),
    "fault": (2, 0),
    "add": (3, 1),
    "LiteralFault": (2, 0),
    "LintFinding": (1, 3),
    "Alarm": (0, 1),
    "Problem": (1, 2),
    "_rejection": (1, None),
    "_report": (2, 3),
    "tell": (0, 1),
    "_never": (2, None),
    "_reason": (0, 1),
    "_of_run": (1, 2),
}
# What is said where the message is put together elsewhere.
_SAID = {
    "anchor_unreadable": "a date to screen at cannot be read, with what is wrong with it",
    "as_of_missing": "there is no date to judge this row on",
    "case_dates": "the dates of a case do not make sense, with what is wrong with them",
    "engine_fault": "the rule engine did not answer as it must, with how",
    "engines_disagree": "rule engine and reference disagree, with the criteria they differ on",
    "http": "no such route, or not with this method",
    "never_fails": "no patient can ever fail the criterion",
    "never_passes": "no patient can ever pass the criterion",
}
_AREAS = {
    "eligibility/patient": "Patient records",
    "eligibility/dates.py": "Dates to screen at",
    "eligibility/findings/agents.py": "Criteria files",
    "eligibility/yaml_nodes.py": "Criteria files",
    "eligibility/findings": "Dates to screen at",
    "eligibility/protocol": "Criteria files",
    "eligibility/screening": "Rule engine and lint",
    "eligibility/intake": "Tables and mappings",
    "eligibility/batch": "Tables and mappings",
    "eligibility/columnar": "Tables and mappings",
    "eligibility/distributed": "Clusters",
    "eligibility/cli": "Command line",
    "eligibility/errors.py": "Families",
    "api/log": "Screening log",
    "api/commands": "Screening log",
    "api": "HTTP service",
}


class Raised(NamedTuple):
    """A code, the message beside it, and the file it stands in."""

    code: str
    message: str
    path: str


def raised_in(root: Path) -> list[Raised]:
    """Every code in the source."""
    found = []
    for folder in ("eligibility", "api"):
        for path in sorted((root / folder).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            found += _in_module(tree, path.relative_to(root).as_posix())
    return found


def _in_module(tree: ast.AST, path: str) -> Iterator[Raised]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield from _of_class(node, path)
        elif isinstance(node, ast.Assign):
            yield from _of_table(node, path)
    for scope, call in _calls(tree, []):
        word, message = _of_call(call)
        text = _text(word)
        if text and _is_code(text):
            yield Raised(text, _message(message, scope, call.lineno), path)


def _of_class(node: ast.ClassDef, path: str) -> Iterator[Raised]:
    """`code = "..."` of an error class, which says itself what it is."""
    for each in node.body:
        if isinstance(each, ast.Assign) and getattr(each.targets[0], "id", "") == "code":
            summary = (ast.get_docstring(node) or "").split("\n")[0]
            yield Raised(str(_text(each.value)), summary, path)


def _of_table(node: ast.Assign, path: str) -> Iterator[Raised]:
    """`_MESSAGES`: the codes of pydantic with our words; `BROKEN`: those of rows, with words and hints."""
    name = getattr(node.targets[0], "id", "")
    if name in ("_MESSAGES", "BROKEN") and isinstance(node.value, ast.Dict):
        for key, value in zip(node.value.keys, node.value.values, strict=True):
            said = value.elts[0] if isinstance(value, ast.Tuple) else value
            yield Raised(str(_text(key)), str(_text(said)), path)


def _calls(node: ast.AST, scope: list[ast.AST]) -> Iterator[tuple[list[ast.AST], ast.Call]]:
    inner = [*scope, node] if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) else scope
    if isinstance(node, ast.Call):
        yield inner, node
    for child in ast.iter_child_nodes(node):
        yield from _calls(child, inner)


def _of_call(call: ast.Call) -> tuple[ast.expr | None, ast.expr | None]:
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    at_code, at_message = _CALLS.get(name, (None, 0))
    named = {each.arg: each.value for each in call.keywords}
    word = named.get("code") or _argument(call, at_code)
    return word, named.get("message") or _argument(call, at_message)


def _argument(call: ast.Call, place: int | None) -> ast.expr | None:
    return None if place is None or place >= len(call.args) else call.args[place]


def _text(node: ast.expr | None) -> str | None:
    """A literal text; parts that are filled in later read as an ellipsis."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) or "…" for part in node.values)
    return None


def _is_code(text: str) -> bool:
    return bool(text) and text.replace("_", "").replace("…", "").isalpha() and text.islower()


def _message(node: ast.expr | None, scope: list[ast.AST], line: int) -> str:
    """The message, or what a variable of that name was last given."""
    if isinstance(node, ast.Name) and scope:
        given = [
            each
            for each in ast.walk(scope[-1])
            if isinstance(each, ast.Assign)
            and getattr(each.targets[0], "id", "") == node.id
            and each.lineno < line
        ]
        return _message(given[-1].value, [], line) if given else ""
    return _text(node) or ""


def page(root: Path) -> str:
    """Codes by area, each with its messages."""
    areas: dict[str, dict[str, dict[str, None]]] = {}
    for each in raised_in(root):
        area = next(name for start, name in _AREAS.items() if each.path.startswith(start))
        messages = areas.setdefault(area, {}).setdefault(each.code, {})
        if each.message:
            messages[each.message] = None
    parts = [
        "# Error codes",
        "Codes are stable, messages are not. A message says what is wrong, where, and what to do, and never repeats a\n"
        "patient's value; `…` stands for what is filled in, such as the name of a field or a word of a criteria file.",
    ]
    for area in dict.fromkeys(_AREAS.values()):
        rows = [
            (code(name), "; ".join(texts) or _SAID.get(name, ""))
            for name, texts in sorted(areas.get(area, {}).items())
        ]
        parts += [f"## {area}", table(("code", "says"), rows)]
    return "\n\n".join(parts)
