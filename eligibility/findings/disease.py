"""Findings about the cancer: diagnosis, organs with metastases, the central nervous system."""

from __future__ import annotations

from eligibility.findings.model import (
    Collection,
    Finding,
    FindingSpec,
    Scope,
    UnknownReason,
    unknown,
)
from eligibility.findings.readers import code, day, read_code, read_state
from eligibility.patient import vocabulary as v
from eligibility.patient.recorded import NotYetObserved
from eligibility.patient.sections import MetastaticSite

_YES, _NO = frozenset(("yes",)), frozenset(("no",))


def read_site(scope: Scope) -> Finding:
    """Which organ."""
    assert isinstance(scope.part, MetastaticSite)
    return Finding(frozenset((scope.part.site.value,)), (f"{scope.prefix}site",))


def read_cns_metastases(scope: Scope) -> Finding:
    """As recorded; a no of long ago is none any more, for metastases come and do not go."""
    recorded = _cns_metastases_on_record(scope)
    return recorded if recorded.value != _NO else read_state(scope, "cns.known_metastases")


def _cns_metastases_on_record(scope: Scope) -> Finding:
    """Whenever it was recorded; a brain among the organs with metastases says yes, and contradicts a no."""
    stated = read_code(scope, "cns.known_metastases")
    sites = scope.record.metastatic_sites.items
    brain = [n for n, item in enumerate(sites) if item.site is v.MetastaticSite.BRAIN]
    if stated.value == _NO and (treated := _cns_treatment(scope)) is not None:
        return unknown(
            (*stated.fields, treated),
            UnknownReason.CONFLICTING,
            "treatment of CNS metastases is recorded although none are known",
        )
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


def _cns_treatment(scope: Scope) -> str | None:
    """The field that says CNS metastases were treated, if one does; a last day of treatment does, whatever its date."""
    cns = scope.record.cns
    if cns.treated.value is v.YesNo.YES:
        return "cns.treated"
    is_told = cns.treatment_end.value is not None or isinstance(cns.treatment_end, NotYetObserved)
    return "cns.treatment_end" if is_told else None


def read_leptomeningeal(scope: Scope) -> Finding:
    """As recorded, a recent no only; a leptomeningeal lesion says yes, and no CNS metastases at all say no."""
    stated = read_code(scope, "cns.leptomeningeal")
    lesions = scope.record.lesions.items
    seen = [n for n, each in enumerate(lesions) if each.kind.value is v.LesionKind.LEPTOMENINGEAL]
    if seen and stated.value != _YES:
        fields = (f"lesions.items.{seen[0]}.kind",)
        is_denied = read_code(scope, "cns.known_metastases").value == _NO
        if stated.value is None and not is_denied:
            return Finding(_YES, fields)
        note = "a leptomeningeal lesion is listed"
        return unknown((*stated.fields, *fields), UnknownReason.CONFLICTING, note)
    if stated.value == _NO:
        stated = read_state(scope, "cns.leptomeningeal")
    known = read_cns_metastases(scope)
    return known if stated.value is None and known.value == _NO else stated


_DISTANT = {
    v.MetastaticSite.LIVER,
    v.MetastaticSite.BONE,
    v.MetastaticSite.LUNG,
    v.MetastaticSite.BRAIN,
    v.MetastaticSite.PERITONEUM,
    v.MetastaticSite.PLEURA,
}


def read_extent(scope: Scope) -> Finding:
    """As recorded, unless the listed organs with metastases say otherwise."""
    stated, sites = read_code(scope, "diagnosis.extent"), scope.record.metastatic_sites
    distant = [n for n, item in enumerate(sites.items) if item.site in _DISTANT]
    is_metastatic = stated.value == frozenset((v.DiseaseExtent.METASTATIC.value,))
    if stated.value is not None and not is_metastatic and distant:
        fields = (*stated.fields, f"metastatic_sites.items.{distant[0]}.site")
        return unknown(fields, UnknownReason.CONFLICTING, "organs with metastases are listed")
    if is_metastatic and sites.complete and not sites.items:
        fields = (*stated.fields, "metastatic_sites.complete")
        return unknown(fields, UnknownReason.CONFLICTING, "no organ with metastases is listed")
    return stated


def _cns_sign(name: str, path: str, title: str, question: str) -> FindingSpec:
    def reader(scope: Scope) -> Finding:
        """As recorded; where no CNS metastases are known, there is nothing that could show it."""
        denied, recorded = _cns_metastases_on_record(scope), read_code(scope, path)
        if denied.value == _NO and recorded.value == _YES:
            # Whichever was first: metastases do not go, and there is no sign of those to come.
            return unknown(
                (*denied.fields, *recorded.fields),
                UnknownReason.CONFLICTING,
                "recorded although no CNS metastases are known",
            )
        stated, known = read_state(scope, path), read_cns_metastases(scope)
        return known if stated.value is None and known.value == _NO else stated

    return FindingSpec(name, "codes", title, question, reader, codes=_YES | _NO)


FINDINGS: list[FindingSpec] = [
    code(
        "cancer",
        "diagnosis.cancer",
        v.CancerType,
        "type of cancer",
        "Is the cancer under treatment a breast cancer?",
    ),
    FindingSpec(
        "disease_extent",
        "codes",
        "extent of disease",
        "Is the disease metastatic, locally advanced or early?",
        read_extent,
        codes=frozenset(extent.value for extent in v.DiseaseExtent),
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
        "Do any CNS metastases cause symptoms?",
    ),
    code(
        "cns_treated",
        "cns.treated",
        v.YesNo,
        "treatment of CNS metastases",
        "Have all CNS metastases been treated?",
    ),
    day(
        "cns_treatment_end",
        "cns.treatment_end",
        "end of CNS treatment",
        "On which day did the last treatment of CNS metastases end?",
    ),
    _cns_sign(
        "cns_progressing",
        "cns.progressing",
        "progression of CNS metastases",
        "Are any CNS metastases progressing?",
    ),
    FindingSpec(
        "leptomeningeal",
        "codes",
        "leptomeningeal disease",
        "Is leptomeningeal disease known?",
        read_leptomeningeal,
        codes=_YES | _NO,
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
