"""Everything criteria may ask about: the explicit list of findings and of the lists they can look through."""

from __future__ import annotations

from eligibility.findings import (
    disease,
    her2,
    history,
    laboratory,
    lesions,
    person,
    receptors,
    treatments,
)
from eligibility.findings.model import Collection, FindingSpec

FINDINGS: dict[str, FindingSpec] = {
    spec.name: spec
    for spec in [
        *person.FINDINGS,
        *disease.FINDINGS,
        *receptors.FINDINGS,
        *her2.FINDINGS,
        *laboratory.FINDINGS,
        *history.FINDINGS,
    ]
}

COLLECTIONS: dict[str, Collection] = {
    collection.name: collection
    for collection in [
        treatments.TREATMENT,
        treatments.STEROID,
        lesions.LESION,
        disease.METASTATIC_SITE,
        *history.COLLECTIONS,
    ]
}
