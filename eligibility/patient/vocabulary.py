"""The closed vocabularies of the record: every code a field may hold."""

from __future__ import annotations

from enum import StrEnum


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
