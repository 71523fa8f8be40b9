"""For people who test criteria of their own: patients as Hypothesis strategies and from a random source.

Everything is imported when it is first used: `import hypothesis` calls `register` in every environment this
package is installed in, and must stay quick there.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eligibility.testing.generate import (
        ANCHORS,
        AS_OF,
        OFFSET_ANCHORS,
        PLANNED_START,
        anchors_for,
        random_document,
        random_patient,
    )
    from eligibility.testing.strategies import (
        boundary_patients,
        messy_cells,
        nearly_eligible_patients,
        patients,
    )

__all__ = [
    "ANCHORS",
    "AS_OF",
    "OFFSET_ANCHORS",
    "PLANNED_START",
    "anchors_for",
    "boundary_patients",
    "messy_cells",
    "nearly_eligible_patients",
    "patients",
    "random_document",
    "random_patient",
    "register",
]
_STRATEGIES = {"boundary_patients", "messy_cells", "nearly_eligible_patients", "patients"}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = "strategies" if name in _STRATEGIES else "generate"
    return getattr(import_module(f"eligibility.testing.{home}"), name)


def register() -> None:
    """Teach Hypothesis to make patient records: `st.from_type(PatientRecord)`. Hypothesis calls this itself."""
    strategies = import_module("hypothesis.strategies")
    record = import_module("eligibility.patient.record")
    strategies.register_type_strategy(
        record.PatientRecord,
        lambda _: import_module("eligibility.testing.strategies").patients(),
    )
