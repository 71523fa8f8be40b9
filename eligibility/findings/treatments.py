"""Treatment findings: what a course was by its ingredients, and which day may have been its last."""

from __future__ import annotations

from eligibility.findings.agents import (
    CLASSES,
    GLUCOCORTICOID,
    IMMUNE,
    classes_given,
    classes_mentioned,
)
from eligibility.findings.model import (
    Codes,
    Collection,
    Finding,
    FindingSpec,
    Members,
    Scope,
    UnknownReason,
    unknown,
)
from eligibility.findings.readers import code, day, past, read_code, read_date, read_quantity
from eligibility.intervals import Interval, entirely_below
from eligibility.patient import vocabulary as v
from eligibility.patient.record import PatientRecord
from eligibility.patient.sections import SteroidUse, Treatment

# Procedures are what they are called; drugs are what they contain.
_PROCEDURES = {
    v.TreatmentKind.SURGERY,
    v.TreatmentKind.RADIOTHERAPY,
    v.TreatmentKind.TRANSFUSION,
}


def read_classes(scope: Scope) -> Finding:
    """What the course is, surely and possibly: its ingredients decide, its label where they are unknown."""
    treatment = scope.part
    assert isinstance(treatment, Treatment)
    found = classes_given(treatment.agents)
    known = frozenset(kind for kind in found if kind is not None)
    mentioned = known.union(*map(classes_mentioned, treatment.agents))
    members = _members(
        treatment.kind.value, known, mentioned, unlisted=None in found, named=bool(found)
    )
    uses_label = members != Members(known, known) or not found
    fields = [f"{scope.prefix}kind"] if uses_label else []
    fields += [f"{scope.prefix}agents"] if found or members.possible is None else []
    if members.possible == members.present:
        return Finding(members, tuple(fields))
    reason, note = _why_open(unlisted=None in found, named=bool(found))
    return Finding(members, tuple(fields), reason, note)


def _why_open(*, unlisted: bool, named: bool) -> tuple[UnknownReason, str]:
    """Why a course may be more than it surely is."""
    if unlisted:
        note = "a drug is not on the list of drugs; look for its generic name, or have it added"
        return UnknownReason.NOT_RECORDED, note
    if named:
        note = "none of the drugs named is of the kind the treatment is called"
        return UnknownReason.CONFLICTING, note
    return UnknownReason.NOT_RECORDED, "the drugs of the treatment are not named"


def _members(
    label: v.TreatmentKind | None, known: Codes, mentioned: Codes, *, unlisted: bool, named: bool
) -> Members:
    """What label and drugs allow together: an unlisted drug may be anything, whatever the label."""
    if label in _PROCEDURES:
        return Members(known | {label.value}, known | {label.value})
    said = _classes_said(label)
    if unlisted or not named:
        # A drug that is named may be all that the label is wrong about; "immunotherapy" does not say which of two.
        is_sure = not known and len(said) == 1 and mentioned <= said
        sure = said if is_sure else known
        return Members(sure, None if unlisted or not said else said)
    # "Chemotherapy: trastuzumab" may leave the chemotherapy unnamed, or call trastuzumab what it is not.
    return Members(known, known | said if said.isdisjoint(known) else known)


def _classes_said(label: v.TreatmentKind | None) -> Codes:
    """The classes, one of which the label claims; none where it claims nothing."""
    if label is None or label is v.TreatmentKind.OTHER:
        return frozenset()
    return IMMUNE if label is v.TreatmentKind.IMMUNOTHERAPY else frozenset((label.value,))


def read_last_dose(scope: Scope) -> Finding:
    """The last day of a course: recorded, or any day its start and whether it goes on still allow."""
    course = scope.part
    assert isinstance(course, (Treatment, SteroidUse))
    ongoing, path = course.ongoing.value, f"{scope.prefix}ongoing"
    begun = _begun(course, scope)
    stated = read_date(scope, "last_dose")
    conflict = _ended_before_it_began(begun, stated) or _ended_long_ago(scope)
    if conflict is not None:
        return conflict
    is_told = stated.value is not None or ongoing is not None
    if begun.reason is UnknownReason.CONFLICTING and is_told:
        return begun  # it cannot have ended, or go on, before it begins
    if ongoing is v.YesNo.YES:
        # It may still be given up to the planned start, and nobody can know today when it will stop.
        return Finding(Interval(scope.as_of, None), (path,))
    if course.last_dose.value is not None:
        return stated
    if _is_operation(course) and begun.value is not None:
        return begun
    earliest = begun.value.low if isinstance(begun.value, Interval) else None
    latest = scope.as_of if ongoing is v.YesNo.NO else None
    return Finding(Interval(earliest, latest), (f"{scope.prefix}last_dose", *begun.fields, path))


LONGEST_PAUSE = 200
"""Days; between two doses of an ongoing treatment lie at most six months (denosumab, zoledronate), and some delay."""


def _ended_long_ago(scope: Scope) -> Finding | None:
    """A course cannot be going on when its latest dose was given longer ago than any pause lasts."""
    stated, ongoing = read_date(scope, "last_dose"), read_code(scope, "ongoing")
    if ongoing.value != frozenset(("yes",)) or not isinstance(stated.value, Interval):
        return None
    if stated.value.high is None or stated.value.high >= scope.as_of - LONGEST_PAUSE:
        return None
    fields = (*stated.fields, *ongoing.fields)
    note = "said to be going on, but the last dose was more than half a year ago"
    return unknown(fields, UnknownReason.CONFLICTING, note)


def _is_operation(course: Treatment | SteroidUse) -> bool:
    """Whether its first day is its last: an operation, unless its last day is in dispute."""
    return (
        isinstance(course, Treatment)
        and course.kind.value is v.TreatmentKind.SURGERY
        and course.last_dose.absent is not v.AbsentReason.CONFLICTING
    )


def _begun(course: Treatment | SteroidUse, scope: Scope) -> Finding:
    """When a course began; steroids have no start in the record."""
    if isinstance(course, Treatment) and course.start.value is not None:
        return past(course.start.value, f"{scope.prefix}start", scope.as_of)
    return unknown(())


def _ended_before_it_began(begun: Finding, stated: Finding) -> Finding | None:
    """A last dose cannot lie before the first."""
    first, last = begun.value, stated.value
    if not isinstance(first, Interval) or not isinstance(last, Interval):
        return None
    if not entirely_below(last, first):
        return None
    fields = (*stated.fields, *begun.fields)
    return unknown(fields, UnknownReason.CONFLICTING, "the last dose lies before the first")


def read_ongoing(scope: Scope) -> Finding:
    """As recorded; a course with a recorded last dose is over."""
    stated = read_code(scope, "ongoing")
    if stated.value is not None:
        return _ended_long_ago(scope) or stated
    course = scope.part
    assert isinstance(course, (Treatment, SteroidUse))
    if course.last_dose.value is None:
        return stated
    return Finding(frozenset(("no",)), (f"{scope.prefix}last_dose",))


def read_line(scope: Scope) -> Finding:
    """Line of therapy for advanced disease."""
    return read_quantity(scope, "line")


_COMMON = [
    FindingSpec(
        "last_dose",
        "date",
        "last dose",
        "On which day was it given last, or is it still going on?",
        read_last_dose,
    ),
    FindingSpec(
        "ongoing",
        "codes",
        "still being given",
        "Is it still being given?",
        read_ongoing,
        codes=frozenset(("yes", "no")),
    ),
]

TREATMENT = Collection(
    "treatment",
    "treatments",
    "treatment",
    "Are all treatments of the cancer listed?",
    {
        spec.name: spec
        for spec in [
            *_COMMON,
            FindingSpec(
                "classes",
                "members",
                "drug class",
                "Which drugs did the treatment contain?",
                read_classes,
                codes=CLASSES,
            ),
            code("setting", "setting", v.TreatmentSetting, "setting", "What was it given for?"),
            FindingSpec(
                "line", "quantity", "line of therapy", "Which line of therapy was it?", read_line
            ),
            day("start", "start", "first dose", "On which day did it start?"),
            code(
                "outpatient",
                "outpatient",
                v.YesNo,
                "outpatient operation",
                "Was the operation done in an outpatient clinic?",
            ),
            code(
                "progression",
                "progression",
                v.ProgressionEvidence,
                "evidence of progression",
                "Did the disease progress on or after it, and on what evidence?",
            ),
            code(
                "progression_timing",
                "progression_timing",
                v.ProgressionTiming,
                "time of progression",
                "Did the disease progress during it, after it, or after a later line?",
            ),
        ]
    },
)


def _steroids_among_treatments(record: PatientRecord) -> tuple[str, ...]:
    """A glucocorticoid listed as a treatment; with no steroid listed, the list of steroids lacks it."""
    if record.steroids.items:
        return ()
    return tuple(
        f"treatments.items.{number}.agents"
        for number, treatment in enumerate(record.treatments.items)
        if any(GLUCOCORTICOID in classes_mentioned(agent) for agent in treatment.agents)
    )


STEROID = Collection(
    "steroid",
    "steroids",
    "steroid",
    "Are all steroids, now and in the past, listed?",
    {
        spec.name: spec
        for spec in [
            *_COMMON,
            code("kind", "kind", v.SteroidKind, "kind of steroid", "What sort of steroid is it?"),
            code("route", "route", v.SteroidRoute, "route", "How is the steroid given?"),
            code(
                "pattern",
                "pattern",
                v.SteroidPattern,
                "pattern of use",
                "Was the steroid taken long-term or occasionally?",
            ),
        ]
    },
    gap=_steroids_among_treatments,
)
