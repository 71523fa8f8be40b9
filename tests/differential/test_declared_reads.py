"""What a finding is said to read is all it reads: of the rest of the record nothing changes it."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest

from eligibility.dates import Anchors
from eligibility.findings.catalogue import COLLECTIONS, FINDINGS
from eligibility.findings.findings import Findings, findings_of
from eligibility.findings.reads import BEYOND_THE_ITEM, BEYOND_THE_LIST, ITEM_READS, READS, Reads
from eligibility.patient.record import PatientRecord
from eligibility.patient.restriction import only, recorded_fields
from eligibility.patient.sections import OBSERVED_WITH
from eligibility.testing import anchors_for, random_patient

from .dated import AGES, NOT_YET, dated


def test_every_finding_says_what_it_reads() -> None:
    assert set(READS) == set(FINDINGS)
    assert {name: set(found) for name, found in ITEM_READS.items()} == {
        name: set(collection.findings) for name, collection in COLLECTIONS.items()
    }
    assert set(BEYOND_THE_LIST) == {name for name, each in COLLECTIONS.items() if each.gap}


@pytest.mark.parametrize("seed", range(4))
def test_findings_need_nothing_but_what_they_are_said_to_read(seed: int) -> None:
    random = Random(seed)

    for _ in range(40):
        record = random_patient(random, style=random.choice(["any", "nearly_eligible", "boundary"]))
        at = anchors_for(record)
        for name, whole, reduced in _pairs(dated(record, at, random, (*AGES, *NOT_YET)), at):
            assert whole == reduced, name


def _pairs(record: PatientRecord, at: Anchors) -> Iterator[tuple[str, object, object]]:
    """Each finding's value and reason from the whole record, and from what it is said to read."""
    whole = findings_of(record, at)
    for name, reads in READS.items():
        yield name, whole.get(name)[::2], _reduced(record, at, reads).get(name)[::2]
    for name, collection in COLLECTIONS.items():
        complete = f"{collection.path}.complete"
        beyond = BEYOND_THE_LIST.get(name, Reads())
        reduced = _reduced(record, at, beyond, complete)
        yield complete, whole.completeness(name)[::2], reduced.completeness(name)[::2]
        for field, own in ITEM_READS[name].items():
            beyond = BEYOND_THE_ITEM.get((name, field), Reads())
            for item in whole.items(name):
                prefix = f"{collection.path}.items.{item.number}."
                read = (*own.fields, *own.whether)
                days = (OBSERVED_WITH.get(f"{collection.path}.{each}", "") for each in read)
                asked = {f"{prefix}{each.rpartition('.')[2]}" for each in (*read, *days)}
                # The word for completeness keeps the other items, so that this one keeps its number.
                reduced = _reduced(record, at, beyond, complete, *asked)
                found = reduced.items(name)[item.number]
                yield f"{name}.{field}", item.get(field)[::2], found.get(field)[::2]


def _reduced(record: PatientRecord, at: Anchors, reads: Reads, *more: str) -> Findings:
    """The findings of a record with nothing but what is said to be read, and these fields more."""
    read = {field for field in recorded_fields(record) if _is_read(field, reads, record)}
    return findings_of(only(record, frozenset(read.union(more))), at)


def _is_read(field: str, reads: Reads, record: PatientRecord) -> bool:
    steps = [step for step in field.split(".") if step != "items"]
    plain = ".".join(step for step in steps if not step.isdecimal())
    lists = tuple(f"{path}." for path in reads.items)
    if plain.startswith(lists):
        return True
    names = {*reads.fields, *reads.whether, *reads.apart, *reads.age_from}
    # The day a value was observed on goes without saying.
    names |= {OBSERVED_WITH[name] for name in names & OBSERVED_WITH.keys()}
    if steps[0] == "labs":
        test = record.labs[int(steps[1])].test.value
        days = {f"labs[{test}].date"} if f"labs[{test}].value" in names else set()
        return f"labs[{test}].{steps[2]}" in names | days
    return plain in names
