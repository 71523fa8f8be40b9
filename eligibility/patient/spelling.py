"""How codes may be spelled, and the field type that reads them: a fault names words, never the text."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from eligibility.errors import did_you_mean
from eligibility.full_width import narrow
from eligibility.patient.vocabulary import (
    Confirmation,
    DiseaseExtent,
    IshStatus,
    LabTest,
    LesionKind,
    LesionMethod,
    ReproductiveStatus,
    Sex,
    SteroidPattern,
    SteroidRoute,
    TreatmentKind,
    YesNo,
)

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
    return "_".join(
        narrow(text).lower().replace("-", " ").replace("_", " ").replace("'", "").split()
    )


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
