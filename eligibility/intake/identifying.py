"""Names of columns that promise to tell who the patient is, in which case the table is refused."""

from __future__ import annotations

import re

from eligibility.patient.spelling import normalise

_IDENTIFIERS = frozenset(
    re.findall(
        r"\w+",
        """name full_name first_name last_name given_name family_name middle_name maiden_name
        forename patient_name pat_name id_number id_no id_card identity_card national_id nhs_number
        insurance_number hospital_number hospital_no hospital_id medical_record record_number
        medical_record_number chart_number patient_number e_mail tel zip zip_code street
        姓名 患者姓名 电话 手机 手机号 身份证 身份证号 住址 地址 病历号 住院号 邮箱""",
    )
)
_IDENTIFYING_WORDS = frozenset(
    {"mrn", "ssn", "phone", "telephone", "mobile", "email", "address", "passport", "surname"}
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def is_identifying(name: str) -> bool:
    """Whether a column's name promises something that tells who the patient is."""
    plain = normalise(_CAMEL.sub(" ", name.strip()).replace(".", " "))
    return plain in _IDENTIFIERS or not _IDENTIFYING_WORDS.isdisjoint(plain.split("_"))
