"""Examples of answers for the description of the service, made by the code that answers."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from typing import Any

from api.decisions import Order, answered, prepare_decision
from api.entry_documents import entry_document
from api.examples_of_batches import BATCHES
from api.log.drafts import Draft, ReviewDraft, WithdrawalDraft, document_bytes
from api.log.entry import Entry, between_spaces, first_previous_hash
from api.log.exports import IE_COLUMNS, LOG_COLUMNS, ti_lines
from api.parameters import Caller
from api.replay import replayed
from api.routes.trials import one_criterion, one_trial, trials
from api.routes.what_if import EXAMPLE as WHAT_IF
from api.routes.what_if import compared
from api.screeners import screener_of
from api.vocabulary import vocabulary
from eligibility.intake.template import example_profile, template_csv
from eligibility.patient.schema import record_schema
from eligibility.protocol.library import DEFAULT_TRIAL
from eligibility.protocol.verdict import Verdict
from eligibility.version import ENGINE_VERSION

_CALLER = Caller("key-1", "berlin", None)
_DATES = {"as_of": "2026-11-21", "planned_start": "2026-12-01"}
_PROFILE = "atezolizumab_p1"
_LOG_ID = "0" * 32
_NOTHING: dict[str, Any] = {
    **dict.fromkeys(Entry._fields),
    "engine_version": ENGINE_VERSION,
    "deciding": "",
    "judgement": "",
    "kept": "",
    "entry_hash": "",
}
_AT = "2026-11-21T09:30:00.000000Z"


@cache
def examples() -> dict[str, Any]:
    """By method and path; JSON as data, CSV as text."""
    return {**_of_records(), **_of_trials(), **_of_decisions(), **_of_the_log(), **BATCHES}


def _of_records() -> dict[str, Any]:
    schema = record_schema()
    names = ("screening_id",)  # the others refer to definitions that an example does not have
    codes = vocabulary()
    fields = dict(list(codes["fields"].items())[:2])
    return {
        "GET /health": {"status": "up", "engine_version": ENGINE_VERSION},
        "GET /ready": {"status": "ready"},
        "GET /metrics": "eligibility_requests_open 0.0\n",
        "GET /v1/patient-schema": {
            **{key: value for key, value in schema.items() if key not in ("properties", "$defs")},
            "properties": {name: schema["properties"][name] for name in names},
        },
        "GET /v1/vocabulary": {**codes, "fields": fields},
        "GET /v1/template.csv": template_csv(),
    }


def _of_trials() -> dict[str, Any]:
    whole = one_trial(DEFAULT_TRIAL, profile=_PROFILE)
    shortened = {
        **whole,
        "interpretations": whole["interpretations"][:1],
        "criteria": whole["criteria"][:1],
    }
    return {
        "GET /v1/trials": trials(),
        "GET /v1/trials/{trial}": shortened,
        "GET /v1/trials/{trial}/criteria/{criterion}": one_criterion(DEFAULT_TRIAL, "EXCL05"),
    }


def _decided() -> tuple[Entry, dict[str, Any]]:
    """The example patient's entry, and what her screening is answered with."""
    order = Order(example_profile(), DEFAULT_TRIAL, _PROFILE, *_DATES.values())
    prepared = prepare_decision(order, _CALLER, date.fromisoformat(_DATES["as_of"]))
    fields = {
        name: getattr(prepared.draft, name)
        for name in ("trial", "profile", "rules_hash", "input_hash", "explanation_hash", *_DATES)
    }
    draft = prepared.draft
    deciding = between_spaces(draft.deciding)
    entry = _entry(
        draft, 1, **fields, kind="decision", decision=draft.decision.value, deciding=deciding
    )
    return entry, json.loads(answered(prepared.document, entry))


def _of_decisions() -> dict[str, Any]:
    _, answer = _decided()
    content = document_bytes(WHAT_IF)
    compare = compared(
        content,
        DEFAULT_TRIAL,
        _PROFILE,
        as_of=_DATES["as_of"],
        planned_start=_DATES["planned_start"],
    )
    return {
        "POST /v1/screenings": answer,
        "POST /v1/screenings/all-trials": {"results": [answer]},
        "POST /v1/log/{sequence}/corrections": answer,
        "POST /v1/what-if": json.loads(compare),
    }


def _of_the_log() -> dict[str, Any]:
    entry, answer = _decided()
    explanation = {key: said for key, said in answer.items() if key != "entry"}
    document = entry_document(entry)
    page = {"entries": [document], "next": None}
    common: dict[str, Any] = {"actor": "key-2", "site": "berlin", "refers_to": 1}
    reason = "discussed at the tumour board"
    review = ReviewDraft(
        **common,
        criterion="EXCL05",
        answer=Verdict.PASS,
        signed_by="Dr B. Investigator",
        reason=reason,
    )
    withdrawal = WithdrawalDraft(**common, reason="entered for the wrong patient")
    return {
        "GET /v1/log": page,
        "POST /v1/log/search": page,
        "GET /v1/log/{sequence}": {**document, "about": []},
        "GET /v1/log/{sequence}/explanation": explanation,
        "POST /v1/log/{sequence}/replay": replayed(entry, example_profile(), is_posted=True).answer,
        "POST /v1/log/{sequence}/reviews": entry_document(
            _entry(review, 2, kind="review", refers_to=1, criterion="EXCL05", answer="pass",
                   signed_by=review.signed_by, reason=reason, trial=DEFAULT_TRIAL)
        ),
        "POST /v1/log/{sequence}/withdrawals": entry_document(
            _entry(withdrawal, 2, kind="correction", refers_to=1, reason=withdrawal.reason,
                   trial=DEFAULT_TRIAL)
        ),
        "GET /v1/log/export.csv": ",".join(LOG_COLUMNS) + "\n",
        "GET /v1/log/export/ti.csv": "".join(ti_lines([screener_of(DEFAULT_TRIAL).trial])),
        "GET /v1/log/export/ie.csv": ",".join(IE_COLUMNS) + "\n",
    }  # fmt: skip


def _entry(draft: Draft, sequence: int, **fields: Any) -> Entry:
    """An entry as the log would make it, with a number, a time and a place of its own."""
    placed = {
        **_NOTHING, **fields, "sequence": sequence, "entry_id": f"{sequence:032x}", "recorded_at": _AT,
        "actor": draft.actor, "site": draft.site, "previous_hash": first_previous_hash(_LOG_ID),
    }  # fmt: skip
    return Entry(**placed).hashed()
