"""Examples of what the routes of batches answer."""

from __future__ import annotations

from typing import Any

from api.batches.answers import BatchAnswer, BatchPage
from api.batches.model import BatchProgress, State
from api.routes.batches_described import ID
from eligibility.version import ENGINE_VERSION

_HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_ACCEPTED: BatchAnswer = {
    "id": ID,
    "state": State.WAITING,
    "site": "berlin",
    "created_at": "2026-11-21T14:55:00+00:00",
    "created_by": "key:4f1c2a9b7d3e",
    "name": "november.csv",
    "trial": "NCT06731140",
    "profile": "atezolizumab_p1",
    "as_of": "2026-11-21",
    "planned_start": "2026-12-01",
    "encoding": None,
    "sheet": None,
    "format": "csv",
    "verdicts_only": False,
    "table": {"bytes": 4096, "sha256": _HASH},
    "mapping_sha256": None,
    "progress": None,
    "ended_at": None,
    "problem": None,
    "result": None,
}
_PROGRESS: BatchProgress = {
    "rows": 120,
    "bytes_read": 4096,
    "rows_per_second": 24000,
    "seconds_left": 0,
}
_CANCELLED: BatchAnswer = {
    **_ACCEPTED,
    "state": State.CANCELLED,
    "progress": _PROGRESS,
    "ended_at": "2026-11-21T14:55:03+00:00",
}
_DONE: BatchAnswer = {
    **_CANCELLED,
    "state": State.DONE,
    "result": {
        "rows": 120,
        "rejected": 2,
        "decisions": {"eligible": 11, "ineligible": 71, "undetermined": 36},
        "rejected_by_code": {"duplicate_screening_id": 2},
        "rules_hash": _HASH,
        "engine_version": ENGINE_VERSION,
        "as_of": "2026-11-21",
        "results": "results.csv",
        "results_sha256": _HASH,
        "files": [{"name": "results.csv", "bytes": 16384}],
        "began_anew": None,
        "entry": {
            "sequence": 42,
            "recorded_at": "2026-11-21T14:55:03.120000Z",
            "entry_hash": _HASH,
        },
    },
}
_PAGE: BatchPage = {"batches": [_DONE], "next": None}

BATCHES: dict[str, Any] = {
    "POST /v1/batches": _ACCEPTED,
    "GET /v1/batches": _PAGE,
    "GET /v1/batches/{batch}": _DONE,
    "POST /v1/batches/{batch}/cancel": _CANCELLED,
    "POST /v1/batches/{batch}/resume": _ACCEPTED,
}
"""By method and path."""
