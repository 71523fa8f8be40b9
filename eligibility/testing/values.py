"""Which values each field of a patient may take: the usual ones, those at a limit, and the odd ones."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from typing import Any, Final, Literal

Style = Literal["any", "nearly_eligible", "boundary"]

LEFT_OUT: Final = object()
"""Chosen instead of a value: the field is not written at all."""
ABSENT: Final = ("not recorded", "pending", "not done", "unreadable", "conflicting")
_LISTS_OF_TEXT = tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """What may stand in one field; the first usual value is the simplest."""

    usual: tuple[Any, ...]
    edge: tuple[Any, ...] = ()
    """Values at a limit of NCT06731140, and just beside it."""
    odd: tuple[Any, ...] = ()
    """Rare, imprecise or oddly spelled."""
    plain: bool = False
    """A field that cannot say why it is absent."""
    needed: bool = False
    """A field that cannot be left out."""


# Of a hundred choices: left out, usual, edge, odd, absent with a reason.
_SHARES: dict[Style, tuple[int, int, int, int, int]] = {
    "any": (22, 42, 16, 12, 8),
    "nearly_eligible": (12, 20, 50, 12, 6),
    "boundary": (4, 26, 58, 9, 3),
}


@lru_cache(maxsize=1024)
def slots(values: Values, style: Style) -> tuple[Any, ...]:
    """The values of a field, each as often as the style wants it, simplest first."""
    kinds = (
        () if values.needed else (LEFT_OUT,),
        values.usual,
        values.edge,
        values.odd,
        () if values.plain else ABSENT,
    )
    shares = _SHARES[style]
    size = max([100, *(ceil(100 * len(k) / s) for k, s in zip(kinds, shares, strict=True) if k)])
    found: list[Any] = []
    for kind, share in zip(kinds, shares, strict=True):
        if kind:
            count = max(len(kind), round(size * share / 100))
            found.extend(kind[number * len(kind) // count] for number in range(count))
    return tuple(found)


YES_NO = Values(("no", "yes"), odd=("Y", True, False))

SEX = Values(
    ("female",), ("male", "other"), ("F", "Woman", "man", {"value": "female", "source": "registry"})
)
AGE_YEARS = Values(
    (52, 38), (18, 17, "17.9", "17-18", ">=18", "<18"), (0, "50-60", ">64", 90, "18 ")
)
WEIGHT_KG = Values((60, "62.5"), (40, 95), ("55-65", 1))
ECOG = Values(
    (1, 0, 2),
    (2, 3, "1-2", "2-3", "<3", ">2"),
    (0, 4, 5, "0-5", "≤1", {"value": 1, "source": "clinic letter"}),
)
KARNOFSKY = Values(
    (90, 80), (70, 60, 50, 40, 69, 41, "60-70", "40-50", "50-60"), (0, 100, ">=70", "<50")
)

CANCER = Values(("breast",), ("other",))
EXTENT = Values(
    ("metastatic",), ("locally_advanced", "early"), ("Stage IV", "M1", {"absent": "pending"})
)
CONFIRMATION = Values(("histology",), ("cytology", "clinical"), ("biopsy",))

PERCENT = Values(
    (0, 80, "<1"),
    (1, "0.9", "1.1", ">1", "<=1", "0-1", "1-10", "<5", "0.99"),
    ("90 %", ">90", 100, "5–10", "0..1", "2 to 5"),
)
RECEPTOR_STATUS = Values(("negative", "positive"))
SPECIMEN_SITE = Values(("primary", "metastasis"))
IHC = Values((0, "1+"), (2, "2+", 3, "1-2+", "2-3+", "0-1+"), ("1-3", "0-3", "<2", ">=2", "3+"))
HER2_STATUS = Values(("negative", "low"), ("positive", "equivocal", "ultralow"))
ISH = Values(
    ("not_amplified",), ("amplified", "equivocal"), ("negative", "non-amplified", "positive")
)
ISH_METHOD = Values(("fish", "cish"), ("ngs",), ("sish", "DISH"))
HER2_RATIO = Values(("1.2",), (2, "1.99", "2.0", "1.8-2.2", "<2", ">=2"), (0, "3.5", ">2"))
HER2_COPIES = Values(("2.5",), (4, "3.9", 6, "5.9", "3.5-4.5", "<4", ">=6", "4-6"), (0, "12"))

ICI_REGIMENS: tuple[_LISTS_OF_TEXT, ...] = (
    ("pembrolizumab", "nab-paclitaxel"),
    ("atezolizumab", "nab-paclitaxel"),
    ("Keytruda", "carboplatin", "gemcitabine"),
    ("toripalimab", "trastuzumab deruxtecan"),
    ("durvalumab", "olaparib"),
)
ICI_ALONE: tuple[_LISTS_OF_TEXT, ...] = (
    ("pembrolizumab",),
    ("nivolumab", "ipilimumab"),
    ("Tecentriq",),
)
CHEMOTHERAPY: tuple[_LISTS_OF_TEXT, ...] = (
    ("capecitabine",),
    ("doxorubicin", "cyclophosphamide"),
    ("eribulin",),
)
NOT_LISTED: tuple[_LISTS_OF_TEXT, ...] = (
    ("letrozole", "palbociclib"),
    ("fulvestrant",),
    ("olaparib",),
    ("denosumab",),
    ("pegfilgrastim",),
    ("zoledronic acid",),
)
CONJUGATES: tuple[_LISTS_OF_TEXT, ...] = (("sacituzumab govitecan",), ("trastuzumab deruxtecan",))
OTHER_IMMUNE: tuple[_LISTS_OF_TEXT, ...] = (
    ("aldesleukin",),
    ("interferon",),
    ("nelipepimut-s", "capecitabine"),
)
UNKNOWN_DRUGS: tuple[_LISTS_OF_TEXT, ...] = (
    ("study drug",),
    ("XB-7001", "paclitaxel"),
    ("pembrolizumab", "study drug"),
    (),
)
AGENTS = Values(
    (*ICI_REGIMENS[:2], *CHEMOTHERAPY[:1], *NOT_LISTED[:1]),
    (*ICI_ALONE, *CONJUGATES, *OTHER_IMMUNE, *UNKNOWN_DRUGS),
    (*ICI_REGIMENS[2:], *CHEMOTHERAPY[1:], *NOT_LISTED[1:]),
    plain=True,
)
TREATMENT_KIND = Values(
    ("chemotherapy", "immunotherapy", "radiotherapy", "surgery"),
    ("antibody_drug_conjugate", "targeted", "other"),
    ("endocrine", "bone_agent", "growth_factor", "erythropoietin", "transfusion", "Chemo", "ADC"),
)
SETTING = Values(("metastatic",), ("neoadjuvant", "adjuvant", "locally_advanced"))
LINE = Values((1, 2), (), ("1-2", 5))
PROGRESSION = Values(("radiologic", "none"), ("biopsy", "marker_only", "clinical_only"))
TIMING = Values(("during", "after"), ("after_later_line",))

LESION_KIND = Values(
    ("extranodal", "lymph_node"),
    ("bone", "bone_with_soft_tissue"),
    ("effusion", "leptomeningeal", "lymphangitic", "node", "visceral"),
)
DIAMETER = Values(
    (22, 35),
    (10, "9.9", "10.0", 20, "19.9", 15, "14.9", "9-11", ">=10", "<10"),
    (0, "8.5", ">30", "18-22"),
)
SHORT_AXIS = Values((18, 7), (15, "14.9", "15.0", 10, "14-16", "<15", ">=15"), (0, "9.9", ">20"))
SIZE = Values((22, 12), (10, 15, "14.9", 20, "9.9"), ("10-20", "<15", ">15"))
LESION_METHOD = Values(
    ("ct", "mri"), ("chest_xray", "calliper", "ultrasound", "other"), ("X-ray", "caliper")
)
SLICE_THICKNESS = Values((5, "2.5"), ("5.1", "5.0", 6, "<=5", "4-6"), (1, ">5", "10"))
ORGAN = Values(
    ("lung", "liver", "bone"),
    ("brain",),
    ("lymph_node", "skin", "peritoneum", "pleura", "other"),
    plain=True,
    needed=True,
)

CERTAINTY = Values(("confirmed",), ("suspected", "ruled_out"), plain=True)
FAMILY_HISTORY = Values((False,), (True,), plain=True)
AUTOIMMUNE = Values(
    ("systemic_lupus", "vitiligo"),
    ("immune_related_adverse_event", "autoimmune_hypothyroidism", "hiv_controlled", "aids"),
    (
        "rheumatoid_arthritis",
        "inflammatory_bowel_disease",
        "multiple_sclerosis",
        "myasthenia_gravis",
        "sjogren_syndrome",
        "systemic_sclerosis",
        "vasculitis",
        "autoimmune_hepatitis",
        "type_1_diabetes",
        "psoriasis",
        "eczema",
        "other_autoimmune",
        "primary_immunodeficiency",
        "transplant_immunosuppression",
        "other_immune_deficiency",
    ),
    plain=True,
    needed=True,
)
CARDIOVASCULAR = Values(
    ("hypertension", "myocardial_infarction"),
    ("new_angina", "heart_failure", "unstable_angina", "unstable_arrhythmia"),
    (
        "stable_angina",
        "reduced_ejection_fraction",
        "atrial_fibrillation",
        "stroke",
        "other_cardiovascular",
    ),
    plain=True,
    needed=True,
)
EOSINOPHIL_MAST_CELL = Values(
    ("mastocytosis", "raised_eosinophil_count"),
    ("reactive_eosinophilia",),
    ("hypereosinophilic_syndrome", "eosinophilic_organ_disease"),
    plain=True,
    needed=True,
)
NYHA_CLASS = Values((1, 3), (2, "1-2", ">=2"), (4, "2-3", "<2"))
MALIGNANCY = Values(
    ("melanoma", "basal_cell_skin"),
    ("localised_prostate", "cervix_in_situ", "breast", "unspecified"),
    ("squamous_cell_skin", "haematologic", "other_invasive", "stage_i_uterine", "other_in_situ"),
)

REPRODUCTIVE_STATUS = Values(
    ("childbearing_potential", "postmenopausal"),
    ("surgically_sterile",),
    ("WOCBP", "post-menopausal"),
)
PREGNANCY_TEST = Values(("negative",), ("positive",))
CONTRACEPTION = Values(("agreed",), ("refused",))
ALLERGY = Values(
    ("unrelated",),
    ("retinoid", "monoclonal_antibody", "excipient"),
    ("chemotherapy_drug", "unspecified_drug"),
)
SUBSTANCE = Values(
    ("penicillin",),
    odd=("isotretinoin", "pembrolizumab", "paclitaxel", "polysorbate 80"),
    plain=True,
)
STEROID_KIND = Values(("glucocorticoid",), ("replacement", "sex_hormone"))
STEROID_ROUTE = Values(("oral",), ("injected", "inhaled", "topical"), ("PO", "IV"))
STEROID_PATTERN = Values(("occasional",), ("long_term",), ("chronic",))
