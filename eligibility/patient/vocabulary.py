"""The closed vocabularies of the record: every code a field may hold, and the spellings accepted for it."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from eligibility.errors import did_you_mean


class AbsentReason(StrEnum):
    """Why a field holds no value."""

    NOT_RECORDED = "not_recorded"
    PENDING = "pending"
    NOT_DONE = "not_done"
    UNREADABLE = "unreadable"
    CONFLICTING = "conflicting"


class Sex(StrEnum):
    FEMALE = "female"
    MALE = "male"
    OTHER = "other"


class CancerType(StrEnum):
    BREAST = "breast"
    OTHER = "other"


class DiseaseExtent(StrEnum):
    METASTATIC = "metastatic"
    LOCALLY_ADVANCED = "locally_advanced"
    EARLY = "early"


class Confirmation(StrEnum):
    HISTOLOGY = "histology"
    CYTOLOGY = "cytology"
    CLINICAL = "clinical"


class SpecimenSite(StrEnum):
    PRIMARY = "primary"
    METASTASIS = "metastasis"


class ReceptorStatus(StrEnum):
    POSITIVE = "positive"
    NEGATIVE = "negative"


class Her2Status(StrEnum):
    NEGATIVE = "negative"
    ULTRALOW = "ultralow"
    LOW = "low"
    EQUIVOCAL = "equivocal"
    POSITIVE = "positive"


class IshStatus(StrEnum):
    AMPLIFIED = "amplified"
    NOT_AMPLIFIED = "not_amplified"
    EQUIVOCAL = "equivocal"


class IshMethod(StrEnum):
    FISH = "fish"
    CISH = "cish"
    SISH = "sish"
    DISH = "dish"
    NGS = "ngs"


class TreatmentKind(StrEnum):
    CHEMOTHERAPY = "chemotherapy"
    RADIOTHERAPY = "radiotherapy"
    IMMUNOTHERAPY = "immunotherapy"
    SURGERY = "surgery"
    ENDOCRINE = "endocrine"
    TARGETED = "targeted"
    ANTIBODY_DRUG_CONJUGATE = "antibody_drug_conjugate"
    BONE_AGENT = "bone_agent"
    GROWTH_FACTOR = "growth_factor"
    ERYTHROPOIETIN = "erythropoietin"
    TRANSFUSION = "transfusion"
    OTHER = "other"


class TreatmentSetting(StrEnum):
    NEOADJUVANT = "neoadjuvant"
    ADJUVANT = "adjuvant"
    LOCALLY_ADVANCED = "locally_advanced"
    METASTATIC = "metastatic"


class ProgressionEvidence(StrEnum):
    RADIOLOGIC = "radiologic"
    BIOPSY = "biopsy"
    MARKER_ONLY = "marker_only"
    CLINICAL_ONLY = "clinical_only"
    NONE = "none"


class ProgressionTiming(StrEnum):
    DURING = "during"
    AFTER = "after"
    AFTER_LATER_LINE = "after_later_line"


class LabTest(StrEnum):
    ANC = "anc"
    LYMPHOCYTES = "lymphocytes"
    EOSINOPHILS = "eosinophils"
    PLATELETS = "platelets"
    HAEMOGLOBIN = "haemoglobin"
    AST = "ast"
    ALT = "alt"
    ALP = "alp"
    BILIRUBIN = "bilirubin"
    CREATININE = "creatinine"
    CREATININE_CLEARANCE = "creatinine_clearance"
    ALBUMIN = "albumin"
    INR = "inr"
    APTT = "aptt"


class LesionKind(StrEnum):
    EXTRANODAL = "extranodal"
    LYMPH_NODE = "lymph_node"
    BONE = "bone"
    BONE_WITH_SOFT_TISSUE = "bone_with_soft_tissue"
    EFFUSION = "effusion"
    LEPTOMENINGEAL = "leptomeningeal"
    LYMPHANGITIC = "lymphangitic"


class LesionMethod(StrEnum):
    CT = "ct"
    MRI = "mri"
    CHEST_XRAY = "chest_xray"
    CALLIPER = "calliper"
    ULTRASOUND = "ultrasound"
    OTHER = "other"


class MetastaticSite(StrEnum):
    LIVER = "liver"
    BONE = "bone"
    LUNG = "lung"
    BRAIN = "brain"
    LYMPH_NODE = "lymph_node"
    SKIN = "skin"
    PERITONEUM = "peritoneum"
    PLEURA = "pleura"
    OTHER = "other"


class Certainty(StrEnum):
    CONFIRMED = "confirmed"
    SUSPECTED = "suspected"
    RULED_OUT = "ruled_out"


class AutoimmuneCode(StrEnum):
    SYSTEMIC_LUPUS = "systemic_lupus"
    RHEUMATOID_ARTHRITIS = "rheumatoid_arthritis"
    INFLAMMATORY_BOWEL_DISEASE = "inflammatory_bowel_disease"
    MULTIPLE_SCLEROSIS = "multiple_sclerosis"
    MYASTHENIA_GRAVIS = "myasthenia_gravis"
    SJOGREN_SYNDROME = "sjogren_syndrome"
    SYSTEMIC_SCLEROSIS = "systemic_sclerosis"
    VASCULITIS = "vasculitis"
    AUTOIMMUNE_HEPATITIS = "autoimmune_hepatitis"
    AUTOIMMUNE_HYPOTHYROIDISM = "autoimmune_hypothyroidism"
    TYPE_1_DIABETES = "type_1_diabetes"
    VITILIGO = "vitiligo"
    PSORIASIS = "psoriasis"
    ECZEMA = "eczema"
    IMMUNE_RELATED_ADVERSE_EVENT = "immune_related_adverse_event"
    OTHER_AUTOIMMUNE = "other_autoimmune"
    PRIMARY_IMMUNODEFICIENCY = "primary_immunodeficiency"
    AIDS = "aids"
    HIV_CONTROLLED = "hiv_controlled"
    TRANSPLANT_IMMUNOSUPPRESSION = "transplant_immunosuppression"
    OTHER_IMMUNE_DEFICIENCY = "other_immune_deficiency"


class CardiovascularCode(StrEnum):
    UNSTABLE_ANGINA = "unstable_angina"
    NEW_ANGINA = "new_angina"
    STABLE_ANGINA = "stable_angina"
    MYOCARDIAL_INFARCTION = "myocardial_infarction"
    HEART_FAILURE = "heart_failure"
    REDUCED_EJECTION_FRACTION = "reduced_ejection_fraction"
    UNSTABLE_ARRHYTHMIA = "unstable_arrhythmia"
    ATRIAL_FIBRILLATION = "atrial_fibrillation"
    STROKE = "stroke"
    HYPERTENSION = "hypertension"
    OTHER_CARDIOVASCULAR = "other_cardiovascular"


class EosinophilMastCellCode(StrEnum):
    HYPEREOSINOPHILIC_SYNDROME = "hypereosinophilic_syndrome"
    EOSINOPHILIC_ORGAN_DISEASE = "eosinophilic_organ_disease"
    MASTOCYTOSIS = "mastocytosis"
    RAISED_EOSINOPHIL_COUNT = "raised_eosinophil_count"
    REACTIVE_EOSINOPHILIA = "reactive_eosinophilia"


class MalignancyType(StrEnum):
    BREAST = "breast"
    BASAL_CELL_SKIN = "basal_cell_skin"
    SQUAMOUS_CELL_SKIN = "squamous_cell_skin"
    CERVIX_IN_SITU = "cervix_in_situ"
    MELANOMA = "melanoma"
    HAEMATOLOGIC = "haematologic"
    OTHER_INVASIVE = "other_invasive"
    LOCALISED_PROSTATE = "localised_prostate"
    STAGE_I_UTERINE = "stage_i_uterine"
    OTHER_IN_SITU = "other_in_situ"
    UNSPECIFIED = "unspecified"


class ReproductiveStatus(StrEnum):
    CHILDBEARING_POTENTIAL = "childbearing_potential"
    POSTMENOPAUSAL = "postmenopausal"
    SURGICALLY_STERILE = "surgically_sterile"


class TestResult(StrEnum):
    POSITIVE = "positive"
    NEGATIVE = "negative"


class Contraception(StrEnum):
    AGREED = "agreed"
    REFUSED = "refused"


class AllergyKind(StrEnum):
    RETINOID = "retinoid"
    MONOCLONAL_ANTIBODY = "monoclonal_antibody"
    CHEMOTHERAPY_DRUG = "chemotherapy_drug"
    EXCIPIENT = "excipient"
    UNSPECIFIED_DRUG = "unspecified_drug"
    UNRELATED = "unrelated"


class SteroidKind(StrEnum):
    GLUCOCORTICOID = "glucocorticoid"
    REPLACEMENT = "replacement"
    SEX_HORMONE = "sex_hormone"


class SteroidRoute(StrEnum):
    ORAL = "oral"
    INJECTED = "injected"
    INHALED = "inhaled"
    TOPICAL = "topical"


class SteroidPattern(StrEnum):
    LONG_TERM = "long_term"
    OCCASIONAL = "occasional"


class YesNo(StrEnum):
    YES = "yes"
    NO = "no"


SPELLINGS: dict[type[StrEnum], dict[str, str]] = {
    Sex: {"f": "female", "woman": "female", "m": "male", "man": "male"},
    YesNo: {"y": "yes", "true": "yes", "n": "no", "false": "no"},
    DiseaseExtent: {"stage_iv": "metastatic", "m1": "metastatic"},
    IshStatus: {
        "positive": "amplified",
        "negative": "not_amplified",
        "non_amplified": "not_amplified",
        "nonamplified": "not_amplified",
    },
    Confirmation: {"histological": "histology", "biopsy": "histology", "cytological": "cytology"},
    LesionMethod: {"caliper": "calliper", "x_ray": "chest_xray", "xray": "chest_xray"},
    LesionKind: {"node": "lymph_node", "visceral": "extranodal", "soft_tissue": "extranodal"},
    TreatmentKind: {
        "chemo": "chemotherapy",
        "radiation": "radiotherapy",
        "adc": "antibody_drug_conjugate",
    },
    ReproductiveStatus: {"wocbp": "childbearing_potential", "post_menopausal": "postmenopausal"},
    LabTest: {
        "hemoglobin": "haemoglobin",
        "hb": "haemoglobin",
        "neutrophils": "anc",
        "total_bilirubin": "bilirubin",
    },
    SteroidPattern: {"chronic": "long_term", "longterm": "long_term"},
    SteroidRoute: {"po": "oral", "iv": "injected", "im": "injected"},
}


def normalise(text: str) -> str:
    """A spelling reduced to lower case words joined by underscores."""
    return "_".join(text.lower().replace("-", " ").replace("_", " ").replace("'", "").split())


class Spelled:
    """Reads a code of a vocabulary in any accepted spelling; a fault names the vocabulary, never the text."""

    def __init__(self, codes: type[StrEnum]) -> None:
        self.codes = codes
        self.accepted = {code.value: code for code in codes}
        self.accepted |= {
            spelling: codes(code) for spelling, code in SPELLINGS.get(codes, {}).items()
        }

    def __get_pydantic_core_schema__(
        self, source: type[Any], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.read,
            serialization=core_schema.plain_serializer_function_ser_schema(lambda code: code.value),
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        words = {"type": "string", "enum": sorted(self.accepted)}
        return {"anyOf": [words, {"type": "boolean"}]} if self.codes is YesNo else words

    def read(self, raw: object) -> StrEnum:
        """The code of a spelling."""
        if isinstance(raw, bool) and self.codes is YesNo:
            return YesNo.YES if raw else YesNo.NO
        if not isinstance(raw, str):
            raise PydanticCustomError("code_type", "a code in quotes is needed here")
        code = self.accepted.get(normalise(raw))
        if code is None:
            raise PydanticCustomError(
                "unknown_code", "not one of the accepted words{hint}", {"hint": self._hint(raw)}
            )
        return code

    def _hint(self, raw: str) -> str:
        # The hint names words of the vocabulary only: the text itself may hold a patient's value.
        hint = did_you_mean(normalise(raw[:60]), [code.value for code in self.codes])
        return f": {hint}" if hint else ""
