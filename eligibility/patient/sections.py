"""The parts of a patient record, one model per topic of the chart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, Field

from eligibility.patient import vocabulary as v
from eligibility.patient.recorded import Listing, Model, Recorded, Text, one_line
from eligibility.patient.spelling import Spelled
from eligibility.patient.values import (
    IhcScore,
    LabValue,
    LineOfTherapy,
    Millimetres,
    NyhaClass,
    Percent,
    Ratio,
    When,
)

YesNo = Annotated[v.YesNo, Spelled(v.YesNo)]
_Status = Annotated[v.ReceptorStatus, Spelled(v.ReceptorStatus)]


class Diagnosis(Model):
    """The cancer itself."""

    cancer: Recorded[Annotated[v.CancerType, Spelled(v.CancerType)]] = Recorded()
    """Where the cancer started."""
    extent: Recorded[Annotated[v.DiseaseExtent, Spelled(v.DiseaseExtent)]] = Recorded()
    """Metastatic (stage IV), locally advanced without metastasis, or early."""
    confirmation: Recorded[Annotated[v.Confirmation, Spelled(v.Confirmation)]] = Recorded()
    """How the diagnosis was confirmed."""


class Specimen(Model):
    """One tumour specimen and its receptors."""

    site: Recorded[Annotated[v.SpecimenSite, Spelled(v.SpecimenSite)]] = Recorded()
    """Primary tumour or metastasis."""
    date: Recorded[When] = Recorded()
    """When it was taken."""
    er_percent: Recorded[Percent] = Recorded()
    """Oestrogen receptor: percentage of positive tumour cells by immunohistochemistry."""
    er_status: Recorded[_Status] = Recorded()
    """Oestrogen receptor as a word, where the report gives no percentage."""
    pr_percent: Recorded[Percent] = Recorded()
    """Progesterone receptor: percentage of positive tumour cells by immunohistochemistry."""
    pr_status: Recorded[_Status] = Recorded()
    """Progesterone receptor as a word, where the report gives no percentage."""
    her2_ihc: Recorded[IhcScore] = Recorded()
    """HER2 immunohistochemistry score, 0 to 3+, or a range such as 1-2+."""
    her2_status: Recorded[Annotated[v.Her2Status, Spelled(v.Her2Status)]] = Recorded()
    """HER2 as a word, where the report gives no score."""
    her2_ish: Recorded[Annotated[v.IshStatus, Spelled(v.IshStatus)]] = Recorded()
    """Final result of in-situ hybridisation."""
    her2_ish_method: Recorded[Annotated[v.IshMethod, Spelled(v.IshMethod)]] = Recorded()
    """Which hybridisation test; NGS copy number is not one."""
    her2_ratio: Recorded[Ratio] = Recorded()
    """HER2 to CEP17 ratio."""
    her2_copies: Recorded[Ratio] = Recorded()
    """Mean HER2 copies per cell."""


class Treatment(Model):
    """One course of treatment, or one operation."""

    kind: Recorded[Annotated[v.TreatmentKind, Spelled(v.TreatmentKind)]] = Recorded()
    """What sort of treatment; the ingredients decide where they are known."""
    agents: Annotated[tuple[Text, ...], Field(max_length=20, strict=False)] = ()
    """Ingredients or brand names."""
    setting: Recorded[Annotated[v.TreatmentSetting, Spelled(v.TreatmentSetting)]] = Recorded()
    """What it was given for."""
    line: Recorded[LineOfTherapy] = Recorded()
    """Line of therapy for advanced disease."""
    start: Recorded[When] = Recorded()
    """First dose, or the day of the operation."""
    last_dose: Recorded[When] = Recorded()
    """Last dose or fraction, or the day of the operation."""
    ongoing: Recorded[YesNo] = Recorded()
    """Still being given on the date the record is judged."""
    outpatient: Recorded[YesNo] = Recorded()
    """Operations: done in an outpatient clinic."""
    progression: Recorded[Annotated[v.ProgressionEvidence, Spelled(v.ProgressionEvidence)]] = (
        Recorded()
    )
    """On what evidence the disease recurred or progressed on or after it; `none` if it did not."""
    progression_timing: Recorded[Annotated[v.ProgressionTiming, Spelled(v.ProgressionTiming)]] = (
        Recorded()
    )
    """During the course, after it, or only after a later line of treatment."""
    source: Text | None = None
    """The document it comes from."""


class LabResult(Model):
    """One laboratory result."""

    test: Annotated[v.LabTest, Spelled(v.LabTest)]
    """What was measured."""
    value: Recorded[LabValue] = Recorded()
    """The number as reported."""
    unit: Annotated[str, Field(max_length=20), AfterValidator(one_line)] | None = None
    """The unit as reported."""
    upper_limit_of_normal: Recorded[LabValue] = Recorded()
    """The reporting laboratory's own upper limit of normal, in the same unit."""
    date: Recorded[When] = Recorded()
    """When the sample was taken."""
    source: Text | None = None
    """The document it comes from."""


class Lesion(Model):
    """One tumour lesion at the latest assessment."""

    kind: Recorded[Annotated[v.LesionKind, Spelled(v.LesionKind)]] = Recorded()
    """What sort of lesion."""
    longest_diameter_mm: Recorded[Millimetres] = Recorded()
    """Longest diameter."""
    short_axis_mm: Recorded[Millimetres] = Recorded()
    """Short axis; decides for lymph nodes."""
    size_mm: Recorded[Millimetres] = Recorded()
    """Size where the report does not say which axis."""
    method: Recorded[Annotated[v.LesionMethod, Spelled(v.LesionMethod)]] = Recorded()
    """How it was measured."""
    slice_thickness_mm: Recorded[Millimetres] = Recorded()
    """Slice thickness of the scan."""
    irradiated: Recorded[YesNo] = Recorded()
    """Lies in a previously irradiated field."""
    progressed_since_irradiation: Recorded[YesNo] = Recorded()
    """Has grown since it was irradiated."""
    source: Text | None = None
    """The document it comes from."""


class MetastaticSite(Model):
    """One organ with metastases."""

    site: Annotated[v.MetastaticSite, Spelled(v.MetastaticSite)]
    """Which organ."""


class CnsDisease(Model):
    """Metastases of the central nervous system."""

    known_metastases: Recorded[YesNo] = Recorded()
    """Metastases of brain or spinal cord are known; no scan is required to say no."""
    symptomatic: Recorded[YesNo] = Recorded()
    """They cause symptoms."""
    treated: Recorded[YesNo] = Recorded()
    """They have been treated."""
    treatment_end: Recorded[When] = Recorded()
    """Last day of their treatment."""
    progressing: Recorded[YesNo] = Recorded()
    """They are actively progressing."""
    leptomeningeal: Recorded[YesNo] = Recorded()
    """Leptomeningeal disease is known."""


class Condition(Model):
    """What every condition of the history has in common."""

    certainty: Annotated[v.Certainty, Spelled(v.Certainty)] = v.Certainty.CONFIRMED
    """Confirmed, suspected or ruled out."""
    family_history: bool = False
    """True when a relative has it, not the patient."""
    date: Recorded[When] = Recorded()
    """Onset or latest event."""
    source: Text | None = None
    """The document it comes from."""


class AutoimmuneCondition(Condition):
    """An autoimmune disease or immune deficiency, active or past."""

    code: Annotated[v.AutoimmuneCode, Spelled(v.AutoimmuneCode)]
    """Which one."""


class CardiovascularCondition(Condition):
    """A disease of heart or vessels."""

    code: Annotated[v.CardiovascularCode, Spelled(v.CardiovascularCode)]
    """Which one."""
    nyha_class: Recorded[NyhaClass] = Recorded()
    """Heart failure: NYHA class 1 to 4."""
    controlled: Recorded[YesNo] = Recorded()
    """Hypertension: controlled by treatment."""


class EosinophilMastCellCondition(Condition):
    """A disorder of eosinophils or mast cells."""

    code: Annotated[v.EosinophilMastCellCode, Spelled(v.EosinophilMastCellCode)]
    """Which one."""


class History(Model):
    """Conditions other than the cancer, by topic, so that each list can be declared complete."""

    autoimmune: Listing[AutoimmuneCondition] = Listing()
    """Autoimmune disease and immune deficiency."""
    cardiovascular: Listing[CardiovascularCondition] = Listing()
    """Heart and vessels."""
    eosinophil_mast_cell: Listing[EosinophilMastCellCondition] = Listing()
    """Eosinophils and mast cells."""
    gilbert_syndrome: Recorded[YesNo] = Recorded()
    """Gilbert's syndrome is known."""
    anticoagulated: Recorded[YesNo] = Recorded()
    """Takes an anticoagulant."""


class Malignancy(Model):
    """One other malignancy."""

    type: Recorded[Annotated[v.MalignancyType, Spelled(v.MalignancyType)]] = Recorded()
    """Which one; a second or contralateral breast cancer is breast."""
    diagnosed: Recorded[When] = Recorded()
    """When it was diagnosed."""
    last_active: Recorded[When] = Recorded()
    """Last day of disease or of its treatment."""
    source: Text | None = None
    """The document it comes from."""


class Reproductive(Model):
    """Reproductive status and contraception."""

    status: Recorded[Annotated[v.ReproductiveStatus, Spelled(v.ReproductiveStatus)]] = Recorded()
    """Whether she can become pregnant."""
    pregnancy_test: Recorded[Annotated[v.TestResult, Spelled(v.TestResult)]] = Recorded()
    """Result of the latest pregnancy test."""
    breastfeeding: Recorded[YesNo] = Recorded()
    """Breastfeeding."""
    intends_pregnancy: Recorded[YesNo] = Recorded()
    """Intends to become pregnant during the study."""
    contraception: Recorded[Annotated[v.Contraception, Spelled(v.Contraception)]] = Recorded()
    """Agrees to abstinence or contraception as the protocol outlines, or refuses."""


class Allergy(Model):
    """One allergy."""

    kind: Recorded[Annotated[v.AllergyKind, Spelled(v.AllergyKind)]] = Recorded()
    """What sort of substance."""
    substance: Text | None = None
    """The substance in the chart's words."""
    source: Text | None = None
    """The document it comes from."""


class SteroidUse(Model):
    """One course of steroids."""

    kind: Recorded[Annotated[v.SteroidKind, Spelled(v.SteroidKind)]] = Recorded()
    """Glucocorticoid, replacement dose, or sex hormone."""
    route: Recorded[Annotated[v.SteroidRoute, Spelled(v.SteroidRoute)]] = Recorded()
    """How it is given."""
    pattern: Recorded[Annotated[v.SteroidPattern, Spelled(v.SteroidPattern)]] = Recorded()
    """Long-term or occasional."""
    ongoing: Recorded[YesNo] = Recorded()
    """Still taken on the date the record is judged."""
    last_dose: Recorded[When] = Recorded()
    """Last dose."""
    source: Text | None = None
    """The document it comes from."""


class Consent(Model):
    """What is known before consent."""

    cognitive_ability: Recorded[YesNo] = Recorded()
    """Is able to understand the protocol."""
    willing_to_participate: Recorded[YesNo] = Recorded()
    """Is willing to take part."""
    willing_to_be_followed_up: Recorded[YesNo] = Recorded()
    """Is willing to be followed up."""


class Observation(NamedTuple):
    """Fields of a part of the record that were observed on, or not before, a day the part says itself."""

    section: str
    day: str
    fields: frozenset[str]


OBSERVATIONS: Mapping[type[Model], Observation] = {
    Specimen: Observation("specimens", "date", frozenset(Specimen.model_fields) - {"date"}),
    LabResult: Observation("labs", "date", frozenset(("value", "upper_limit_of_normal"))),
    Treatment: Observation("treatments", "start", frozenset(("progression", "progression_timing"))),
}
"""Other parts with a date of their own date an event, and what they say beside it is not from that day."""

OBSERVED_WITH: Mapping[str, str] = {
    f"{each.section}.{field}": f"{each.section}.{each.day}"
    for each in OBSERVATIONS.values()
    for field in each.fields
}
"""By field without numbers, the field that says on which day it was observed."""
