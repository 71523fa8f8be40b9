"""What is wrong with a parameter or a field of a body, in our words: the validator speaks of types and patterns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.answers.problems import FaultAnswer

_MESSAGES = {
    "missing": ("it is missing", "give it"),
    "greater_than_equal": ("the number is too small", "{ge} or more"),
    "less_than_equal": ("the number is too large", "{le} or less"),
    "string_too_short": ("the text is too short", "{min_length} characters or more"),
    "string_too_long": ("the text is too long", "{max_length} characters or fewer"),
    "string_pattern_mismatch": (
        "the text has not the form that is needed",
        "look at the reference of this request, or at /openapi.json",
    ),
    "literal_error": ("it is none of the words that are possible", "use {expected}"),
    "int_parsing": ("a whole number is needed", ""),
    "int_parsing_size": ("the number is too large", ""),
    "int_from_float": ("a whole number is needed", ""),
    "int_type": ("a whole number is needed", ""),
    "bool_parsing": ("true or false is needed", ""),
    "bool_type": ("true or false is needed", ""),
    "string_type": ("a text is needed", 'write it in quotes, "..."'),
    "list_type": ("a list is needed", "write it in brackets, [...]"),
    "dict_type": ("an object is needed", "write it in braces, {{...}}"),
    "model_type": ("an object is needed", "write it in braces, {{...}}"),
    "too_long": ("there are too many", "{max_length} or fewer"),
}
"""By the kind of the validator's error: what is wrong, and what to do with the limits that the route has."""
_LIMITS = ("ge", "le", "min_length", "max_length", "expected")
"""What may be told of an error's context: limits of ours, never what was sent."""


def fault(path: str, error: Mapping[str, Any]) -> FaultAnswer:
    """One error of the validator as a fault of the answer; `path` is a name of ours."""
    code = str(error["type"])
    if code not in _MESSAGES:
        return {"path": path, "code": code, "message": "it cannot be used", "hint": None}
    message, hint = _MESSAGES[code]
    limits = {name: error.get("ctx", {}).get(name, "") for name in _LIMITS}
    return {
        "path": path,
        "code": code,
        "message": message,
        "hint": hint.format(**limits) or None,
    }
