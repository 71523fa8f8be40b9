"""The page about the JSON document: every key that `eligibility screen --json` prints."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from eligibility.dates import anchors
from eligibility.explanation import explain
from eligibility.patient.record import read_record
from eligibility.protocol.library import load_trial
from eligibility.reports.document import to_document
from eligibility.screening.screen import Screener
from reference.markdown import code, table

MEANING = {
    "trial": "registry number",
    "trial_title": "its title",
    "profile": "site profile in force, or null",
    "screening_id": "as sent",
    "as_of": "the day the record was judged on",
    "planned_start": "planned first dose, or null",
    "decision": "eligible, ineligible, undetermined",
    "deciding": "ids that decide: those that fail; else those unknown; else all",
    "headline": "the decision in a sentence",
    "criteria": "every criterion, in protocol order",
    "criteria[].id": "INCLnn or EXCLnn, stable",
    "criteria[].kind": "inclusion or exclusion",
    "criteria[].title": "short name",
    "criteria[].text": "the protocol's words",
    "criteria[].truth": "does the wording hold: true, false, unknown",
    "criteria[].verdict": "pass, fail, unknown",
    "criteria[].label": "the verdict in a coordinator's word",
    "criteria[].reason": "why, in a sentence",
    "criteria[].unknown_reasons": "why it is open, as codes",
    "criteria[].requirements": "what it would need, as requirements",
    "criteria[].evidence": "the recorded values behind it",
    "criteria[].evidence[].field": "path in the record",
    "criteria[].evidence[].value": "as recorded",
    "criteria[].evidence[].unit": "unit, or null",
    "criteria[].evidence[].date": "when observed, or null",
    "criteria[].evidence[].source": "document it comes from, or null",
    "criteria[].interpretations": "readings it rests on",
    "criteria[].assumptions": "assumptions it rests on",
    "blockers": "criteria that do not pass, those that never can first",
    "blockers[].criterion": "its id",
    "blockers[].action": "never, wait, retest, fetch, decide",
    "blockers[].until": "the day it passes by itself, or null",
    "blockers[].text": "the same in words",
    "questions": "what to find out, most settling first; none once nothing can change the decision",
    "questions[].text": "the question",
    "questions[].fields": "record fields that would answer it",
    "questions[].reasons": "why it is open, as codes",
    "questions[].requirements": "what the answer would have to be",
    "questions[].settles": "criteria an answer can decide by itself",
    "questions[].bears_on": "all criteria that wait for it",
    "no_longer_matters": "facts not recorded that need not be",
    "no_longer_matters[].title": "the fact",
    "no_longer_matters[].criteria": "for which criteria",
    "forcing": "smallest set of record fields that alone makes the patient ineligible",
    "possible_from": "first start on which waiting has cured all that it can, or null; see `to_repeat`",
    "held_back_by": "criteria last to clear before it",
    "to_repeat": "criteria that need a fresh test for it",
    "still_open": "criteria that are open even on `possible_from`",
    "other_readings": "interpretations read otherwise than the trial says, as `name=reading`",
    "renewable": "criteria a fresh test cures",
    "valid_until": "last start for which the decision stands, or null for no end",
    "ended_by": "criteria that change then",
    "calendar": "all planned starts from the day of judgement on, in exact intervals",
    "calendar[].first": "first start of the interval",
    "calendar[].last": "last start, or null for no end",
    "calendar[].decision": "the decision over it",
    "calendar[].failing": "criteria that fail over it",
    "calendar[].unknown": "criteria open over it",
    "calendar[].to_repeat": "of those, the ones that a repeated test cures over it",
    "margins": "passing values close to a limit, results about to expire",
    "margins[].criterion_id": "its criterion",
    "margins[].findings": "its findings",
    "margins[].text": "in words",
    "laboratory_flags": "advisory colours",
    "laboratory_flags[].finding": "the result",
    "laboratory_flags[].title": "its name",
    "laboratory_flags[].colour": "green, amber, red, unknown",
    "laboratory_flags[].value": "as recorded",
    "laboratory_flags[].green": "where green ends",
    "laboratory_flags[].red": "where red begins",
    "laboratory_flags[].text": "in words",
    "interpretations": "every reading in force",
    "interpretations[].name": "its name",
    "interpretations[].question": "what is ambiguous",
    "interpretations[].reading": "the reading chosen",
    "interpretations[].meaning": "what it says",
    "interpretations[].source": "where it comes from",
    "engine": "durable-rules; the reference has checked it",
    "alarm": "null; else `code` and `message`: the two did not agree, and nothing is decided",
    "fired": "the rules in the order they fired, as sentences",
    "rules_hash": "SHA-256 over the criteria files used and the readings switched",
    "engine_version": "version of this software",
}


def documented_keys(document: dict[str, Any]) -> list[str]:
    """Every key of a document as a path, in its order, each once."""
    return list(dict.fromkeys(_paths(document, "")))


def _paths(part: Any, prefix: str) -> Iterator[str]:
    if isinstance(part, dict):
        for key, value in part.items():
            path = f"{prefix}.{key}" if prefix else key
            yield path
            yield from _paths(value, path)
    elif isinstance(part, (list, tuple)):
        for item in part:
            yield from _paths(item, f"{prefix}[]")


def example() -> dict[str, Any]:
    """A document that has something under every key: a failure, gaps, margins, dates."""
    fields = {
        "sex": "female",
        "ecog": {"value": 1, "date": "2026-11-20", "source": "clinic letter"},
        "treatments": [{"agents": ["capecitabine"], "last_dose": "2026-11-16"}],
        "other_malignancies": "none",
        "reproductive": {"status": "postmenopausal"},
        "cns": {"known_metastases": "no"},
        "lesions": [
            {"kind": "lymph_node", "short_axis_mm": 16, "method": "ct", "irradiated": "no"}
        ],
    }
    screener = Screener(load_trial("NCT06731140"))
    return to_document(
        explain(screener.screen(read_record(fields), anchors("2026-11-21", "2026-12-01")))
    )


def page() -> str:
    """The keys with their meanings; a key without a meaning is an error here."""
    rows = [(code(path), MEANING[path]) for path in documented_keys(example())]
    parts = [
        "# The answer as JSON",
        "What `eligibility screen --json` prints (a list of these for several files) and `POST /v1/screenings`\n"
        "returns. Keys are stable; the wording of texts is not. Dates are ISO dates, or `day N` where the record\n"
        "counts days. The service adds one key, `entry`: where the decision stands in the screening log, with the\n"
        "hashes of profile, explanation and entry.",
        table(("key", "meaning"), rows),
    ]
    return "\n\n".join(parts)
