"""What a field of a record means: the words beneath it in the class that declares it.

pydantic can keep them itself, but looks for the source of every class while it is imported, through all modules that
are loaded by then: that was more than half of the time in which the service was imported.
"""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from typing import Any


def meaning_of(model: type, name: str) -> str:
    """What is written beneath a field, in the class or in the one it comes from; empty if nothing is."""
    for owner in model.__mro__:
        written = _written(owner.__module__).get(_declared_as(owner), {})
        if name in written:
            return written[name]
    return ""


def describe(schema: dict[str, Any], model: type) -> None:
    """Add the meanings to the JSON schema of a part of a record; pydantic calls it when a schema is asked for."""
    for name, field in schema.get("properties", {}).items():
        if meaning := meaning_of(model, name):
            field.setdefault("description", meaning)


def _declared_as(model: type) -> str:
    """The name in the source: that of a generic model is followed by what it is made for."""
    return model.__qualname__.partition("[")[0]


@cache
def _written(module: str) -> Mapping[str, Mapping[str, str]]:
    """By class and field, for every class of a module of ours."""
    if not module.startswith(f"{__package__}."):
        return {}
    tree = ast.parse(inspect.getsource(importlib.import_module(module)))
    return {node.name: _fields(node) for node in tree.body if isinstance(node, ast.ClassDef)}


def _fields(node: ast.ClassDef) -> dict[str, str]:
    return {
        field.target.id: inspect.cleandoc(below.value.value)
        for field, below in pairwise(node.body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(below, ast.Expr)
        and isinstance(below.value, ast.Constant)
        and isinstance(below.value.value, str)
    }
