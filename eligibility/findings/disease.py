"""Findings about the cancer: diagnosis, lesions, metastatic sites, the central nervous system."""

from __future__ import annotations

from decimal import Decimal

from eligibility.findings.model import (
    Collection,
    Finding,
    FindingSpec,
    Members,
    Scope,
    UnknownReason,
    unknown,
)
from eligibility.findings.readers import code, day, quantity, read_code, read_quantity
from eligibility.findings.treatments import read_classes
from eligibility.intervals import Interval, entirely_below
from eligibility.patient import vocabulary as v
from eligibility.patient.sections import Lesion, MetastaticSite

_ZERO = Decimal(0)
_YES, _NO = frozenset(("yes",)), frozenset(("no",))


def read_longest_diameter(scope: Scope) -> Finding:
    """As measured; where the axis is not said, or only the short axis, the longest is at least that."""
    stated = read_quantity(scope, "longest_diameter_mm")
    others = [read_quantity(scope, "size_mm"), read_quantity(scope, "short_axis_mm")]
    known = [other for other in others if isinstance(other.value, Interval)]
    conflict = _axes_conflict(scope)
    if conflict is not None or stated.value is not None:
        return conflict or stated
    if not known:
        return stated
    at_least = max(known, key=_low)
    return Finding(Interval(_low(at_least), None, _low_open(at_least)), at_least.fields)


def read_short_axis(scope: Scope) -> Finding:
    """As measured; otherwise it is at most the longest diameter, or the size whose axis is not said."""
    stated = read_quantity(scope, "short_axis_mm")
    others = [read_quantity(scope, "size_mm"), read_quantity(scope, "longest_diameter_mm")]
    known = [other for other in others if isinstance(other.value, Interval)]
    conflict = _axes_conflict(scope)
    if conflict is not None or stated.value is not None:
        return conflict or stated
    if not known:
        return stated
    at_most = min(known, key=_high)
    assert isinstance(at_most.value, Interval)
    return Finding(
        Interval(_ZERO, at_most.value.high, low_open=True, high_open=at_most.value.high_open),
        at_most.fields,
    )


def _axes_conflict(scope: Scope) -> Finding | None:
    """A short axis cannot exceed the size, nor the size the longest diameter."""
    names = ("short_axis_mm", "size_mm", "longest_diameter_mm")
    ordered = [f for f in (read_quantity(scope, name) for name in names) if f.value is not None]
    for number, smaller in enumerate(ordered):
        for larger in ordered[number + 1 :]:
            if entirely_below(_numbers(larger), _numbers(smaller)):
                fields = (*smaller.fields, *larger.fields)
                return unknown(fields, UnknownReason.CONFLICTING, "the axes disagree")
    return None


def _numbers(finding: Finding) -> Interval:
    assert isinstance(finding.value, Interval)
    return finding.value


def _low(finding: Finding) -> Decimal:
    assert isinstance(finding.value, Interval)
    assert finding.value.low is not None
    return Decimal(finding.value.low)


def _high(finding: Finding) -> Decimal:
    assert isinstance(finding.value, Interval)
    assert finding.value.high is not None
    return Decimal(finding.value.high)


def _low_open(finding: Finding) -> bool:
    return isinstance(finding.value, Interval) and finding.value.low_open


def read_irradiated(scope: Scope) -> Finding:
    """As recorded; no lesion was irradiated in a patient whose complete list holds no radiotherapy."""
    stated = read_code(scope, "irradiated")
    never = _never_irradiated(scope)
    if never is None or stated.value == _NO:
        return stated
    if stated.value == _YES:
        return unknown(
            (*stated.fields, *never.fields),
            UnknownReason.CONFLICTING,
            "irradiated, but the complete list of treatments holds no radiotherapy",
        )
    return never


def _never_irradiated(scope: Scope) -> Finding | None:
    """A no for every lesion, where the complete list of treatments shows it."""
    treatments = scope.record.treatments
    if not treatments.complete:
        return None
    fields = ["treatments.complete"]
    for number, treatment in enumerate(treatments.items):
        item = scope._replace(part=treatment, prefix=f"treatments.items.{number}.")
        classes = read_classes(item)
        if not isinstance(classes.value, Members) or _may_be_radiotherapy(classes.value):
            return None
        fields.extend(classes.fields)
    return Finding(_NO, tuple(fields))


def _may_be_radiotherapy(classes: Members) -> bool:
    return classes.possible is None or v.TreatmentKind.RADIOTHERAPY in classes.possible


def read_size_kind(scope: Scope) -> Finding:
    """What sort of lesion it is."""
    assert isinstance(scope.part, Lesion)
    return read_code(scope, "kind")


def read_site(scope: Scope) -> Finding:
    """Which organ."""
    assert isinstance(scope.part, MetastaticSite)
    return Finding(frozenset((scope.part.site.value,)), (f"{scope.prefix}site",))


def read_cns_metastases(scope: Scope) -> Finding:
    """As recorded; a brain among the organs with metastases says yes, and contradicts a no."""
    stated = read_code(scope, "cns.known_metastases")
    sites = scope.record.metastatic_sites.items
    brain = [n for n, item in enumerate(sites) if item.site is v.MetastaticSite.BRAIN]
    if not brain or stated.value == _YES:
        return stated
    listed = Finding(_YES, (f"metastatic_sites.items.{brain[0]}.site",))
    if stated.value is None:
        return listed
    return unknown(
        (*stated.fields, *listed.fields),
        UnknownReason.CONFLICTING,
        "the brain is listed as an organ with metastases",
    )


def _cns_sign(name: str, path: str, title: str, question: str) -> FindingSpec:
    def reader(scope: Scope) -> Finding:
        """As recorded; where no CNS metastases are known, there is nothing that could show it."""
        stated = read_code(scope, path)
        known = read_cns_metastases(scope)
        if known.value != _NO:
            return stated
        # Leptomeningeal disease may be there without a metastasis in the brain itself.
        if stated.value == _YES and name != "leptomeningeal":
            return unknown(
                (*known.fields, *stated.fields),
                UnknownReason.CONFLICTING,
                "recorded although no CNS metastases are known",
            )
        return stated if stated.value is not None else known

    return FindingSpec(name, "codes", title, question, reader, codes=_YES | _NO)


FINDINGS: list[FindingSpec] = [
    code(
        "cancer",
        "diagnosis.cancer",
        v.CancerType,
        "type of cancer",
        "Is the cancer under treatment a breast cancer?",
    ),
    code(
        "disease_extent",
        "diagnosis.extent",
        v.DiseaseExtent,
        "extent of disease",
        "Is the disease metastatic, locally advanced or early?",
    ),
    code(
        "confirmation",
        "diagnosis.confirmation",
        v.Confirmation,
        "confirmation of the diagnosis",
        "Was the diagnosis confirmed by histology?",
    ),
    FindingSpec(
        "cns_metastases",
        "codes",
        "CNS metastases",
        "Are metastases of the central nervous system known?",
        read_cns_metastases,
        codes=_YES | _NO,
    ),
    _cns_sign(
        "cns_symptomatic",
        "cns.symptomatic",
        "symptoms of CNS metastases",
        "Do the CNS metastases cause symptoms?",
    ),
    code(
        "cns_treated",
        "cns.treated",
        v.YesNo,
        "treatment of CNS metastases",
        "Have the CNS metastases been treated?",
    ),
    day(
        "cns_treatment_end",
        "cns.treatment_end",
        "end of CNS treatment",
        "On which day did the treatment of the CNS metastases end?",
    ),
    _cns_sign(
        "cns_progressing",
        "cns.progressing",
        "progression of CNS metastases",
        "Are the CNS metastases progressing?",
    ),
    _cns_sign(
        "leptomeningeal",
        "cns.leptomeningeal",
        "leptomeningeal disease",
        "Is leptomeningeal disease known?",
    ),
    code(
        "gilbert_syndrome",
        "history.gilbert_syndrome",
        v.YesNo,
        "Gilbert's syndrome",
        "Does she have Gilbert's syndrome?",
    ),
    code(
        "anticoagulated",
        "history.anticoagulated",
        v.YesNo,
        "anticoagulation",
        "Does she take an anticoagulant?",
    ),
]

LESION = Collection(
    "lesion",
    "lesions",
    "lesion",
    "Are all lesions of the latest assessment listed?",
    {
        spec.name: spec
        for spec in [
            FindingSpec(
                "kind",
                "codes",
                "kind of lesion",
                "What sort of lesion is it?",
                read_size_kind,
                codes=frozenset(k.value for k in v.LesionKind),
            ),
            FindingSpec(
                "longest_diameter",
                "quantity",
                "longest diameter",
                "What is the longest diameter of the lesion?",
                read_longest_diameter,
                "mm",
            ),
            FindingSpec(
                "short_axis",
                "quantity",
                "short axis",
                "What is the short axis of the lymph node?",
                read_short_axis,
                "mm",
            ),
            code("method", "method", v.LesionMethod, "method", "How was the lesion measured?"),
            quantity(
                "slice_thickness",
                "slice_thickness_mm",
                "mm",
                "slice thickness",
                "What is the slice thickness of the scan?",
            ),
            FindingSpec(
                "irradiated",
                "codes",
                "earlier irradiation",
                "Was the lesion irradiated?",
                read_irradiated,
                codes=frozenset(("yes", "no")),
            ),
            code(
                "progressed_since_irradiation",
                "progressed_since_irradiation",
                v.YesNo,
                "growth since irradiation",
                "Has the lesion grown since it was irradiated?",
            ),
        ]
    },
)

METASTATIC_SITE = Collection(
    "metastatic_site",
    "metastatic_sites",
    "metastatic site",
    "Are all organs with metastases listed?",
    {
        "site": FindingSpec(
            "site",
            "codes",
            "organ",
            "Which organ is it?",
            read_site,
            codes=frozenset(s.value for s in v.MetastaticSite),
        )
    },
)
