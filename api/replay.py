"""Replaying a logged decision: does the same profile, by the same rules, give the same explanation, byte for byte?"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from api.answers.log import ReplayAnswer, ReplayCode, ReplayOutcome, ReplayReason
from api.decisions import profile_bytes
from api.log.drafts import explanation_bytes
from api.log.entry import Entry, sha256
from api.log.errors import EntryRefused
from api.logs import log
from api.screeners import screener_of
from eligibility.dates import anchors
from eligibility.errors import EligibilityError
from eligibility.explanation import explain
from eligibility.patient.record import read_record
from eligibility.protocol.model import Trial
from eligibility.reports.document import to_document
from eligibility.screening.model import Screening
from eligibility.version import ENGINE_VERSION

_CONFIRMED: ReplayOutcome = "confirmed"
_DIFFERS: ReplayOutcome = "differs"
_CANNOT: ReplayOutcome = "cannot_be_confirmed"


@dataclass(frozen=True, slots=True)
class Replay:
    """What a replay found, and the explanation as it comes out now; None where nothing could be screened."""

    answer: ReplayAnswer
    explanation: bytes | None
    screening: Screening | None = None
    """What it explains, to be told in another language."""


def replayed(entry: Entry, document: object | None, *, is_posted: bool) -> Replay:
    """Screen once more. Raises EntryRefused for an entry that decided nothing, RecordError for no profile."""
    if entry.decision is None or entry.trial is None or entry.as_of is None:
        raise EntryRefused(
            "this entry holds no decision of one patient, so there is nothing to replay",
            code="not_a_decision",
            hint="name the number of a decision or of a correction",
        )
    reasons = _of_the_profile(entry, document, is_posted=is_posted)
    trial, more = _of_the_rules(entry)
    reasons += more
    if reasons or trial is None:
        return Replay(_answer(entry, _CANNOT, reasons, is_posted=is_posted), None)
    screening = _screened(entry, document)
    found = explanation_bytes(to_document(explain(screening)))
    if sha256(found) == entry.explanation_hash:
        return Replay(_answer(entry, _CONFIRMED, [], is_posted=is_posted), found, screening)
    log("replay_differs", logging.ERROR, code="explanation_differs")
    text = "the same profile, by the same rules, now gives another explanation: tell the operator"
    differs = [_reason("explanation_differs", text)]
    return Replay(_answer(entry, _DIFFERS, differs, is_posted=is_posted), found, screening)


def _of_the_profile(
    entry: Entry, document: object | None, *, is_posted: bool
) -> list[ReplayReason]:
    """Why the profile is not the one that was screened, or is not there."""
    if document is None:
        text = "the profile was not kept, or was deleted since: post it to this address"
        return [_reason("profile_not_kept", text)]
    read_record(document)
    if is_posted and sha256(profile_bytes(document)) != entry.input_hash:
        text = "the profile that was posted is not the one that was screened: its hash is another"
        return [_reason("profile_differs", text)]
    return []


def _of_the_rules(entry: Entry) -> tuple[Trial | None, list[ReplayReason]]:
    """The trial as it is now, and in what it is not what it was then."""
    reasons = []
    if entry.engine_version != ENGINE_VERSION:
        text = f"it was decided by version {entry.engine_version}, this is {ENGINE_VERSION}"
        reasons.append(_reason("engine_version_differs", text))
    try:
        trial = screener_of(entry.trial or "", entry.profile).trial
    except EligibilityError:
        text = "the trial, or the site profile it was decided with, is not in the library any more"
        return None, [*reasons, _reason("criteria_gone", text)]
    if trial.rules_hash != entry.rules_hash:
        text = (
            f"it was decided by criteria of version {(entry.rules_hash or '')[:12]},"
            f" those in force have version {trial.rules_hash[:12]}"
        )
        reasons.append(_reason("criteria_version_differs", text))
    return trial, reasons


def _screened(entry: Entry, document: object | None) -> Screening:
    screener = screener_of(entry.trial or "", entry.profile)
    dates = anchors(entry.as_of or "", entry.planned_start)
    return screener.screen(read_record(document), dates)


def _reason(code: ReplayCode, text: str) -> ReplayReason:
    return {"code": code, "text": text}


def _answer(
    entry: Entry, outcome: ReplayOutcome, reasons: list[ReplayReason], *, is_posted: bool
) -> ReplayAnswer:
    assert entry.decision is not None  # `replayed` refuses what decided nothing
    because = f" because {'; and '.join(each['text'] for each in reasons)}" if reasons else ""
    says = {
        _CONFIRMED: "The explanation came out again, byte for byte.",
        _DIFFERS: f"The decision is not confirmed{because}.",
        _CANNOT: f"The decision cannot be confirmed{because}.",
    }
    return {
        "sequence": entry.sequence,
        "outcome": outcome,
        "says": says[outcome],
        "reasons": reasons,
        "profile": "posted" if is_posted else "stored",
        "decision": entry.decision,
        "input_hash": entry.input_hash,
        "explanation_hash": entry.explanation_hash,
        "rules_hash": entry.rules_hash,
        "engine_version": entry.engine_version,
    }
