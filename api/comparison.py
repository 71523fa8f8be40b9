"""Two explanations of one patient side by side: each in short, and exactly what differs."""

from __future__ import annotations

from typing import Any

_SHOWN = ("as_of", "planned_start", "decision", "deciding", "headline", "alarm")
_DATES = ("possible_from", "held_back_by", "to_repeat", "still_open", "valid_until", "ended_by")


def in_short(document: dict[str, Any]) -> dict[str, Any]:
    """What a what-if shows of an explanation: decision, verdicts, questions, dates."""
    return {
        **{name: document[name] for name in _SHOWN},
        "criteria": [_verdict(each) for each in document["criteria"]],
        "questions": document["questions"],
        **{name: document[name] for name in _DATES},
    }


def changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Everything that differs between two answers in short, and nothing that does not."""
    pairs = zip(before["criteria"], after["criteria"], strict=True)
    earlier, later = (
        {each["text"]: each for each in side["questions"]} for side in (before, after)
    )
    return {
        **{
            name: {"before": before[name], "after": after[name]}
            for name in (*_SHOWN, *_DATES)
            if before[name] != after[name]
        },
        "criteria": [
            {"id": old["id"], "before": _said(old), "after": _said(new)}
            for old, new in pairs
            if old != new
        ],
        "questions_settled": [each for text, each in earlier.items() if text not in later],
        "questions_raised": [each for text, each in later.items() if text not in earlier],
    }


def _verdict(criterion: dict[str, Any]) -> dict[str, Any]:
    names = ("id", "title", "verdict", "label", "reason")
    return {name: criterion[name] for name in names}


def _said(criterion: dict[str, Any]) -> dict[str, Any]:
    return {name: criterion[name] for name in ("verdict", "reason")}
