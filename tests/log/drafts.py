"""Entries to write in tests."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from api.log.drafts import ConfigurationDraft, CorrectionDraft, DecisionDraft, ReviewDraft
from api.log.entry import sha256
from api.log.screening_log import ScreeningLog
from eligibility.protocol.verdict import Decision, Verdict

TRIAL = "NCT06731140"
SITE = "site-1"
CRITERIA = tuple(f"INCL{n:02d}" for n in range(1, 8)) + tuple(f"EXCL{n:02d}" for n in range(1, 11))


def decision(number: int = 1, **changed: Any) -> DecisionDraft:
    return DecisionDraft(**{**_fields(number), **changed})


def correction(refers_to: int, **changed: Any) -> CorrectionDraft:
    pointing = {"refers_to": refers_to, "reason": "the creatinine was of another patient"}
    return CorrectionDraft(**{**_fields(refers_to + 1000), **pointing, **changed})


def review(refers_to: int, criterion: str = "EXCL09", **changed: Any) -> ReviewDraft:
    fields: dict[str, Any] = {
        "actor": "key-7",
        "site": SITE,
        "refers_to": refers_to,
        "criterion": criterion,
        "answer": Verdict.PASS,
        "signed_by": "Dr. B. Investigator",
        "reason": "discussed at the tumour board",
    }
    return ReviewDraft(**{**fields, **changed})


def configuration(**changed: Any) -> ConfigurationDraft:
    fields: dict[str, Any] = {"actor": "admin", "site": SITE, "event": "key_revoked"}
    return ConfigurationDraft(**{**fields, **changed})


def random_decision(chance: random.Random, number: int) -> DecisionDraft:
    """Any decision: sites, people, criteria and dates all over."""
    made = chance.choice(list(Decision))
    deciding = CRITERIA if made is Decision.ELIGIBLE else _some(chance)
    return decision(
        number,
        decision=made,
        deciding=deciding,
        judgement=_some(chance) if made is not Decision.ELIGIBLE and chance.random() < 0.3 else (),
        actor=chance.choice(["anna", "ben", "ćlara", "dé"]),
        site=chance.choice(["site-1", "site-2", "Ünlü"]),
        trial=chance.choice([TRIAL, "NCT00000001"]),
        screening_id=chance.choice([None, "P-1", "P-2", "P-3"]),
        as_of=chance.choice(["2026-11-21", "day 12"]),
        planned_start=chance.choice([None, "2026-12-01"]),
    )


def six_entries(open_it: Callable[..., ScreeningLog], marks: Path) -> ScreeningLog:
    """A log with six entries, and checkpoints that know of them."""
    log = open_it(checkpoints=marks)
    for number in range(6):
        log.append(decision(number))
    log.checkpoint()
    return log


def _some(chance: random.Random) -> tuple[str, ...]:
    chosen = set(chance.sample(CRITERIA, chance.randint(1, 4)))
    return tuple(each for each in CRITERIA if each in chosen)


def _fields(number: int) -> dict[str, Any]:
    return {
        "actor": "anna",
        "site": SITE,
        "trial": TRIAL,
        "profile": "atezolizumab_p1",
        "rules_hash": "a" * 64,
        "engine_version": "0.1.0",
        "input_hash": sha256(f"input {number}".encode()),
        "decision": Decision.UNDETERMINED,
        "deciding": ("EXCL02", "EXCL09"),
        "judgement": ("EXCL09",),
        "explanation_hash": sha256(f"explanation {number}".encode()),
        "as_of": "2026-11-21",
        "planned_start": "2026-12-01",
        "screening_id": f"P-{number}",
    }
