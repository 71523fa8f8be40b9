"""Every word a user reads in an explanation, in one table by language: sentences take typed parts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

Language = Literal["en"]
LANGUAGES: tuple[Language, ...] = ("en",)

WORDS: dict[Language, dict[str, str]] = {
    "en": {
        # labels of a criterion, by kind and verdict
        "label.inclusion.pass": "met",
        "label.inclusion.fail": "not met",
        "label.inclusion.unknown": "review",
        "label.exclusion.pass": "clear",
        "label.exclusion.fail": "triggered",
        "label.exclusion.unknown": "review",
        # decisions
        "decision.eligible": "ELIGIBLE: every criterion passes. The investigator decides.",
        "decision.ineligible": "INELIGIBLE because of {criteria}.",
        "decision.undetermined": "UNDETERMINED because of {criteria}.",
        "decision.alarm": "UNDETERMINED: the two evaluators did not agree, so no verdict is given. {message}",
        # how a leaf compares
        "operator.at_most": "at most {limit}",
        "operator.at_least": "at least {limit}",
        "operator.more_than": "more than {limit}",
        "operator.less_than": "less than {limit}",
        "operator.exactly": "exactly {limit}",
        "operator.not_exactly": "other than {limit}",
        "requirement.number": "{title} {comparison}",
        "requirement.date": "{title} {comparison} before {anchor}",
        "requirement.one_of": "{title}: {codes}",
        "requirement.none_of": "{title}: not {codes}",
        "requirement.complete": "a complete list: {title}",
        "anchor.planned_start": "the planned start",
        "anchor.screening": "screening",
        # what a criterion's leaf says
        "found.value": "{title}: {value}",
        "found.item": "{title} of {item}",
        "found.derived": "{value} (recorded: {recorded})",
        "found.limit": "{value} against an upper limit of {limit}",
        "found.unclear": "unclear",
        "found.assumed": "{title} assumed: {assumption}",
        "found.no_items": "{title}: nothing listed that counts, and the list is declared complete",
        "found.days": "{date} ({days} days before {anchor})",
        "found.ongoing": "still going on",
        "found.required": "{found} (needed: {requirement})",
        "open.not_recorded": "{title} is not recorded",
        "open.pending": "{title} is pending",
        "open.unreadable": "{title} cannot be read",
        "open.conflicting": "{title}: the record contradicts itself ({note})",
        "open.straddles": "{title} is {value}, which leaves open whether it is {comparison}",
        "open.start": "the planned start is not known, so the time since {title} cannot be counted",
        "open.incomplete": "the list is not declared complete: {title}",
        "open.protocol_gap": "the protocol leaves this open: {note}",
        "open.needs_judgement": "for the investigator: {note}",
        "open.suspected": "{title} is {note}",
        "sentence.more": "and {count} more",
        "sentence.nothing_needed": "nothing in the record speaks against it",
        "sentence.alarm": "no verdict: {message}",
        # what can be done
        "action.never": "will not change",
        "action.wait": "passes by waiting",
        "action.wait_until": "passes by waiting, from {date}",
        "action.wait_open": "no longer fails from {date}, but stays open then",
        "action.retest": "fails as things are; passes only if a new test or assessment shows otherwise",
        "action.fetch": "find it in the record or ask for it",
        "action.decide": "for the investigator to judge",
        "action.decide_until": "for the investigator to judge; no longer open from {date}",
        # questions
        "question.start": "What is the planned date of the first dose?",
        "question.settles": "settles {criteria}",
        "question.touches": "bears on {criteria}",
        # margins
        "margin.number": "{title} {value}, limit {limit}",
        "margin.expires": "counts for a start until {until}: {title}",
        "margin.result": "sample date of the latest ",
        "margin.cleared": "{title}: the window was left {days} days ago",
        # flags
        "flag.green": "within the limits of every common sister protocol",
        "flag.amber": "accepted by some sister protocols only",
        "flag.red": "beyond the limits of all common sister protocols",
        "flag.stale": "the sample is undated, or older than 14 days at the start: repeat it",
        "flag.unknown": "no usable result",
        "list.or": " or ",
        "list.and": " and ",
    }
}


def say(key: str, language: Language = "en", **parts: object) -> str:
    """The sentence for a key with its parts filled in; an unknown key or part is an error in our own code."""
    return WORDS[language][key].format(**parts)


def words_of(code: str) -> str:
    """A code as words: `not_amplified` reads "not amplified"."""
    return code.replace("_", " ")


def listed(items: Iterable[str], *, joined_by: str = "list.and", language: Language = "en") -> str:
    """Items as a list in running text."""
    texts = list(items)
    if len(texts) < 2:
        return "".join(texts)
    return ", ".join(texts[:-1]) + WORDS[language][joined_by] + texts[-1]
