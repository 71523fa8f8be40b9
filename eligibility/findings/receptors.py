"""Receptor findings over all tumour specimens: each is the range of values that any of them shows."""

from __future__ import annotations

from decimal import Decimal

from eligibility.findings.model import (
    Codes,
    Finding,
    FindingSpec,
    Reader,
    Scope,
    UnknownReason,
    unknown,
)
from eligibility.findings.readers import absent
from eligibility.intervals import Interval, compare, hull, intersection
from eligibility.patient import vocabulary as v
from eligibility.patient.recorded import Recorded
from eligibility.patient.sections import Specimen
from eligibility.patient.values import Measured
from eligibility.truth import Truth

# ASCO/CAP 2020: a report of "positive" means 1 to 100 % of tumour cells, "negative" less than 1 %.
_PERCENT_OF_WORD = {
    v.ReceptorStatus.POSITIVE: Interval(Decimal(1), Decimal(100)),
    v.ReceptorStatus.NEGATIVE: Interval(Decimal(0), Decimal(1), high_open=True),
}
_ANY = Interval(None, None)
_AMPLIFIED = frozenset((v.IshStatus.AMPLIFIED.value,))
_NOT_AMPLIFIED = frozenset((v.IshStatus.NOT_AMPLIFIED.value,))
_SCORED = frozenset(("scored",))  # what takes the place of a word where a score says more
_EQUIVOCAL = frozenset((v.IshStatus.EQUIVOCAL.value,))


def _percent(specimen: Specimen, prefix: str, receptor: str) -> Finding:
    """One specimen's percentage of positive cells: as measured, else what the word for it means."""
    percent: Recorded[Measured] = getattr(specimen, f"{receptor}_percent")
    status: Recorded[v.ReceptorStatus] = getattr(specimen, f"{receptor}_status")
    percent_path, status_path = f"{prefix}.{receptor}_percent", f"{prefix}.{receptor}_status"
    if percent.value is None and status.value is None:
        is_disputed = status.absent is v.AbsentReason.CONFLICTING
        return absent(status, status_path) if is_disputed else absent(percent, percent_path)
    if percent.value is None:
        assert status.value is not None  # one of the two has a value
        return Finding(_PERCENT_OF_WORD[status.value], (status_path,))
    if status.value is None:
        return Finding(percent.value.interval, (percent_path,))
    together = intersection(percent.value.interval, _PERCENT_OF_WORD[status.value])
    fields = (percent_path, status_path)
    if together is None:
        return unknown(fields, UnknownReason.CONFLICTING, "percentage and word disagree")
    return Finding(together, fields if together != percent.value.interval else fields[:1])


def _over_specimens(findings: list[Finding], missing: str) -> Finding:
    """All values the specimens show; a conflict within one of them leaves the finding open."""
    for finding in findings:
        if (
            finding.reason is UnknownReason.CONFLICTING
            or finding.reason is UnknownReason.NEEDS_JUDGEMENT
        ):
            return finding
    known = [finding for finding in findings if finding.value is not None]
    if not known:
        return findings[0] if findings else unknown((f"specimens.0.{missing}",))
    fields = tuple(path for finding in known for path in finding.fields)
    if isinstance(known[0].value, Interval):
        return Finding(hull(f.value for f in known if isinstance(f.value, Interval)), fields)
    codes: Codes = frozenset().union(*(f.value for f in known if isinstance(f.value, frozenset)))
    return Finding(codes, fields)


def _numbered(scope: Scope) -> list[tuple[str, Specimen]]:
    return [(f"specimens.{number}", s) for number, s in enumerate(scope.record.specimens)]


def _receptor(receptor: str) -> Reader:
    def reader(scope: Scope) -> Finding:
        findings = [_percent(s, prefix, receptor) for prefix, s in _numbered(scope)]
        return _over_specimens(findings, f"{receptor}_percent")

    return reader


def _ish(specimen: Specimen, prefix: str) -> Finding:
    """One specimen's hybridisation result: the report's word, checked against ratio and copies."""
    word, path = specimen.her2_ish, f"{prefix}.her2_ish"
    if specimen.her2_ish_method.value is v.IshMethod.NGS:
        return unknown(
            (f"{prefix}.her2_ish_method",),
            UnknownReason.NEEDS_JUDGEMENT,
            "a copy number from sequencing is not FISH or CISH",
        )
    groups = _possible_groups(specimen)
    measured = (f"{prefix}.her2_ratio", f"{prefix}.her2_copies")
    if word.value is None:
        if groups is None:
            return absent(word, path)
        return Finding(frozenset().union(*(_RESULT_OF_GROUP[g] for g in groups)), measured)
    if groups is not None and not any(word.value in _WORDS_OF_GROUP[g] for g in groups):
        return unknown(
            (path, *measured), UnknownReason.CONFLICTING, "the word disagrees with ratio and copies"
        )
    return Finding(frozenset((word.value.value,)), (path,))


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


def _possible_groups(specimen: Specimen) -> list[int] | None:
    """The groups that ratio and copies allow; None where both are missing."""
    ratio, copies = specimen.her2_ratio.value, specimen.her2_copies.value
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


def read_ish(scope: Scope) -> Finding:
    """What in-situ hybridisation may have shown, over all specimens."""
    return _over_specimens(_each_ish(scope), "her2_ish")


def _each_ish(scope: Scope) -> list[Finding]:
    return [_ish(specimen, prefix) for prefix, specimen in _numbered(scope)]


def read_ihc(scope: Scope) -> Finding:
    """HER2 scores over all specimens; a negative score beside an amplified gene is a conflict."""
    findings = []
    for prefix, specimen in _numbered(scope):
        score, path = specimen.her2_ihc, f"{prefix}.her2_ihc"
        if score.value is None:
            findings.append(absent(score, path))
        else:
            findings.append(Finding(score.value.interval, (path,)))
    finding = _over_specimens(findings, "her2_ihc")
    if isinstance(finding.value, Interval) and compare(finding.value, "at_most", 1) is Truth.TRUE:
        amplified = [ish for ish in _each_ish(scope) if ish.value == _AMPLIFIED]
        if amplified:
            return unknown(
                (*finding.fields, *amplified[0].fields),
                UnknownReason.CONFLICTING,
                "the stain is negative but the gene is amplified",
            )
    return finding


def read_her2_word(scope: Scope) -> Finding:
    """HER2 as a word, only where no specimen has a score."""
    findings = []
    for prefix, specimen in _numbered(scope):
        word, path = specimen.her2_status, f"{prefix}.her2_status"
        if specimen.her2_ihc.value is not None:
            return Finding(_SCORED, (f"{prefix}.her2_ihc",))
        if word.value is None:
            findings.append(absent(word, path))
        else:
            findings.append(Finding(frozenset((word.value.value,)), (path,)))
    return _over_specimens(findings, "her2_status")


FINDINGS: list[FindingSpec] = [
    FindingSpec(
        "er_percent",
        "quantity",
        "oestrogen receptor",
        "What percentage of tumour cells is ER positive?",
        _receptor("er"),
        "%",
    ),
    FindingSpec(
        "pr_percent",
        "quantity",
        "progesterone receptor",
        "What percentage of tumour cells is PR positive?",
        _receptor("pr"),
        "%",
    ),
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
        read_her2_word,
        codes=frozenset(s.value for s in v.Her2Status) | _SCORED,
    ),
]
