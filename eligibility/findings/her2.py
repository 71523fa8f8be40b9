"""HER2 findings: each specimen's stain, hybridisation and word are read together, then over all specimens."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from eligibility.findings.model import Finding, FindingSpec, Scope, UnknownReason, unknown
from eligibility.findings.readers import absent
from eligibility.findings.receptors import OPEN_REASONS, over_specimens
from eligibility.intervals import Interval, compare
from eligibility.patient import vocabulary as v
from eligibility.patient.recorded import Recorded
from eligibility.patient.sections import Specimen
from eligibility.patient.values import Measured
from eligibility.truth import Truth

_ANY = Interval(None, None)
_AMPLIFIED = frozenset((v.IshStatus.AMPLIFIED.value,))
_NOT_AMPLIFIED = frozenset((v.IshStatus.NOT_AMPLIFIED.value,))
_EQUIVOCAL = frozenset((v.IshStatus.EQUIVOCAL.value,))
_SCORED = frozenset(("scored",))  # what takes the place of a word where a score says more
_WORD_AGAINST_NUMBERS = "the word disagrees with ratio and copies"
_WORDS_FOR_NEGATIVE = (v.Her2Status.NEGATIVE, v.Her2Status.LOW, v.Her2Status.ULTRALOW)

# ASCO/CAP 2018 groups by HER2/CEP17 ratio and HER2 copies per cell. Groups 2 and 4 need a concomitant
# review of the stain: the report's final word is accepted, without one the result is equivocal.
_RESULT_OF_GROUP = {
    1: _AMPLIFIED,
    2: _EQUIVOCAL,
    3: _AMPLIFIED,
    4: _EQUIVOCAL,
    5: _NOT_AMPLIFIED,
}
_WORDS_OF_GROUP = {
    1: {v.IshStatus.AMPLIFIED},
    2: set(v.IshStatus),
    3: {v.IshStatus.AMPLIFIED},
    4: set(v.IshStatus),
    5: {v.IshStatus.NOT_AMPLIFIED},
}


class _Report(NamedTuple):
    """What one specimen says about HER2."""

    prefix: str
    specimen: Specimen
    score: Recorded[Measured]
    word: Recorded[v.Her2Status]
    gene: Finding
    """Whether it is amplified, by whatever method."""
    ish: Finding
    """The same by hybridisation."""
    mentions_ish: bool


def _reports(scope: Scope) -> list[_Report]:
    return [_report(f"specimens.{n}", s) for n, s in enumerate(scope.record.specimens)]


def _report(prefix: str, specimen: Specimen) -> _Report:
    parts = (specimen.her2_ish, specimen.her2_ratio, specimen.her2_copies)
    gene = _amplification(specimen, prefix)
    return _Report(
        prefix,
        specimen,
        specimen.her2_ihc,
        specimen.her2_status,
        gene,
        _ish(specimen, prefix, gene),
        any(part.value is not None or part.absent in OPEN_REASONS for part in parts),
    )


def _ish(specimen: Specimen, prefix: str, gene: Finding) -> Finding:
    """One specimen's hybridisation result; sequencing is none."""
    if specimen.her2_ish_method.value is v.IshMethod.NGS:
        return unknown(
            (f"{prefix}.her2_ish_method",),
            UnknownReason.NEEDS_JUDGEMENT,
            "a copy number from sequencing is not FISH or CISH",
        )
    return gene


def _amplification(specimen: Specimen, prefix: str) -> Finding:
    """What a report says of the gene, by whatever method: its word, checked against ratio and copies."""
    word, path = specimen.her2_ish, f"{prefix}.her2_ish"
    groups = _possible_groups(specimen)
    measured = (f"{prefix}.her2_ratio", f"{prefix}.her2_copies")
    if word.value is None:
        if groups is None:
            return absent(word, path)
        return Finding(frozenset().union(*(_RESULT_OF_GROUP[g] for g in groups)), measured)
    if groups is not None and not any(word.value in _WORDS_OF_GROUP[g] for g in groups):
        return unknown((path, *measured), UnknownReason.CONFLICTING, _WORD_AGAINST_NUMBERS)
    return Finding(frozenset((word.value.value,)), (path,))


def _possible_groups(specimen: Specimen) -> list[int] | None:
    """The groups that ratio and copies allow; None where both are missing."""
    ratio = specimen.her2_ratio.value
    copies = specimen.her2_copies.value
    if ratio is None and copies is None:
        return None
    high_ratio = compare(ratio.interval if ratio else _ANY, "at_least", Decimal(2))
    at_least_4 = compare(copies.interval if copies else _ANY, "at_least", Decimal(4))
    at_least_6 = compare(copies.interval if copies else _ANY, "at_least", Decimal(6))
    excluded: set[int] = set()
    excluded |= {1, 2} if high_ratio is Truth.FALSE else set()
    excluded |= {3, 4, 5} if high_ratio is Truth.TRUE else set()
    excluded |= {1, 4} if at_least_4 is Truth.FALSE else set()
    excluded |= {2, 5} if at_least_4 is Truth.TRUE else set()
    excluded |= {3} if at_least_6 is Truth.FALSE else set()
    excluded |= {4} if at_least_6 is Truth.TRUE else set()
    return [group for group in _RESULT_OF_GROUP if group not in excluded]


def read_ihc(scope: Scope) -> Finding:
    """HER2 scores over all specimens that say something; one of them left open leaves all open."""
    reports = _reports(scope)
    is_scored = any(report.score.value is not None for report in reports)
    readings = [_score(report, is_scored=is_scored) for report in reports]
    known = [reading for reading in readings if reading is not None]
    for reading in known:
        if reading.value is None:
            return reading
    return over_specimens(known, "her2_ihc")


def _score(report: _Report, *, is_scored: bool) -> Finding | None:
    """One specimen's score; None where it says nothing that bears on it."""
    path = f"{report.prefix}.her2_ihc"
    if report.score.value is not None:
        finding = Finding(report.score.value.interval, (path,))
        return _score_conflict(report, report.score.value.interval) or finding
    if report.score.absent in OPEN_REASONS:
        return absent(report.score, path)
    is_equivocal = is_scored and report.word.value is v.Her2Status.EQUIVOCAL
    if report.mentions_ish or is_equivocal:
        return unknown((path,), note="this specimen was tested for HER2, but has no score")
    return None


def _score_conflict(report: _Report, score: Interval) -> Finding | None:
    """A score cannot stand beside the opposite word, nor a negative one beside an amplified gene."""
    path = f"{report.prefix}.her2_ihc"
    is_negative = compare(score, "at_most", 1) is Truth.TRUE
    is_positive = compare(score, "at_least", 3) is Truth.TRUE
    word = report.word.value
    if (is_negative and word is v.Her2Status.POSITIVE) or (
        is_positive and word in _WORDS_FOR_NEGATIVE
    ):
        fields = (path, f"{report.prefix}.her2_status")
        return unknown(fields, UnknownReason.CONFLICTING, "score and word disagree")
    # Sequencing is no FISH, and may yet speak against the stain.
    gene = report.gene
    if is_negative and gene.value == _AMPLIFIED:
        return unknown(
            (path, *gene.fields),
            UnknownReason.CONFLICTING,
            "the stain is negative but the gene is amplified",
        )
    if is_negative and _may_be_amplified(report):
        return unknown(
            (path, *gene.fields),
            UnknownReason.CONFLICTING,
            "the stain is negative but the gene may be amplified",
        )
    return None


def _may_be_amplified(report: _Report) -> bool:
    """Whether what was said or counted leaves an amplified gene possible beside a negative stain."""
    gene = report.gene
    ratio, copies = report.specimen.her2_ratio.value, report.specimen.her2_copies
    if gene.reason is UnknownReason.CONFLICTING and gene.note == _WORD_AGAINST_NUMBERS:
        groups = _possible_groups(report.specimen) or []
        is_said = report.specimen.her2_ish.value is v.IshStatus.AMPLIFIED
        return is_said or any(_RESULT_OF_GROUP[group] == _AMPLIFIED for group in groups)
    if not isinstance(gene.value, frozenset) or gene.value.isdisjoint(_AMPLIFIED):
        return False
    # Beside a low ratio only six copies amplify (group 3): not suggested where nobody counts any.
    is_low = ratio is not None and compare(ratio.interval, "less_than", Decimal(2)) is Truth.TRUE
    is_counted = copies.value is not None or copies.absent in OPEN_REASONS
    return is_counted or not is_low


def read_ish(scope: Scope) -> Finding:
    """Hybridisation over the specimens whose stain calls for it; one without a result leaves all open."""
    called_for = [report for report in _reports(scope) if _calls_for_ish(report)]
    for report in called_for:
        if report.ish.value is None:
            return report.ish
    return over_specimens([report.ish for report in called_for], "her2_ish")


def _calls_for_ish(report: _Report) -> bool:
    if report.score.value is None:
        return report.mentions_ish
    return compare(report.score.value.interval, "exactly", 2) is not Truth.FALSE


def read_word(scope: Scope) -> Finding:
    """HER2 as a word, of the specimens without a score."""
    reports = _reports(scope)
    scored = [f"{r.prefix}.her2_ihc" for r in reports if r.score.value is not None]
    words = [_word(report) for report in reports if report.score.value is None]
    if scored:
        said = [word for word in words if word.value is not None]
        return over_specimens([Finding(_SCORED, tuple(scored)), *said], "her2_status")
    return over_specimens(words, "her2_status")


def _word(report: _Report) -> Finding:
    path = f"{report.prefix}.her2_status"
    if report.word.value is None:
        return absent(report.word, path)
    return Finding(frozenset((report.word.value.value,)), (path,))


FINDINGS: list[FindingSpec] = [
    FindingSpec(
        "her2_ihc",
        "quantity",
        "HER2 immunohistochemistry",
        "What is the HER2 IHC score?",
        read_ihc,
        "IHC score",
    ),
    FindingSpec(
        "her2_ish",
        "codes",
        "HER2 in-situ hybridisation",
        "What did FISH or CISH for HER2 show?",
        read_ish,
        codes=frozenset(s.value for s in v.IshStatus),
    ),
    FindingSpec(
        "her2_word",
        "codes",
        "HER2 as a word without a score",
        "What is the HER2 IHC score behind the word?",
        read_word,
        codes=frozenset(s.value for s in v.Her2Status) | _SCORED,
    ),
]
