"""Two explanations of one patient side by side: each in short, and exactly what differs."""

from __future__ import annotations

from typing import cast

from api.answers.what_if import (
    AnswerInShort,
    ChangedCriterion,
    VerdictAndReason,
    VerdictInShort,
    WhatIfChanges,
)
from eligibility.reports.answer import Answer, CriterionAnswer


def in_short(document: Answer) -> AnswerInShort:
    """What a what-if shows of an explanation: decision, verdicts, questions, dates."""
    return {
        "as_of": document["as_of"],
        "planned_start": document["planned_start"],
        "decision": document["decision"],
        "deciding": document["deciding"],
        "headline": document["headline"],
        "alarm": document["alarm"],
        "criteria": [_verdict(each) for each in document["criteria"]],
        "questions": document["questions"],
        "possible_from": document["possible_from"],
        "held_back_by": document["held_back_by"],
        "to_repeat": document["to_repeat"],
        "still_open": document["still_open"],
        "valid_until": document["valid_until"],
        "ended_by": document["ended_by"],
    }


def changes(before: AnswerInShort, after: AnswerInShort) -> WhatIfChanges:
    """Everything that differs between two answers in short, and nothing that does not."""
    pairs = zip(before["criteria"], after["criteria"], strict=True)
    criteria: list[ChangedCriterion] = [
        {"id": old["id"], "before": _said(old), "after": _said(new)}
        for old, new in pairs
        if old != new
    ]
    earlier, later = (
        {each["text"]: each for each in side["questions"]} for side in (before, after)
    )
    one, other = cast("dict[str, object]", before), cast("dict[str, object]", after)
    differing = {
        name: {"before": one[name], "after": other[name]}
        for name in one
        if name not in ("criteria", "questions") and one[name] != other[name]
    }
    found = {
        **differing,
        "criteria": criteria,
        "questions_settled": [each for text, each in earlier.items() if text not in later],
        "questions_raised": [each for text, each in later.items() if text not in earlier],
    }
    return cast("WhatIfChanges", found)


def _verdict(criterion: CriterionAnswer) -> VerdictInShort:
    return {
        "id": criterion["id"],
        "title": criterion["title"],
        "verdict": criterion["verdict"],
        "label": criterion["label"],
        "reason": criterion["reason"],
    }


def _said(criterion: VerdictInShort) -> VerdictAndReason:
    return {"verdict": criterion["verdict"], "reason": criterion["reason"]}
