"""Fields that tell who the patient is are recognised by their names, and refused with a hint."""

from __future__ import annotations

import pytest

from eligibility.errors import RecordError
from eligibility.findings.catalogue import FINDINGS
from eligibility.intake.template import template_csv
from eligibility.patient.identifiers import is_identifying
from eligibility.patient.record import read_record

IDENTIFYING = (
    "Name", "PatientName", "patient name", "first_name", "Last Name", "fullName", "Surname",
    "MRN", "patient_mrn", "hospital no", "Medical Record Number", "id number", "id_card",
    "national id number", "national_id", "SSN", "nhs_number", "Phone no.", "mobile", "telephone_number", "Tel",
    "e-mail", "E-Mail Address", "email", "Home address", "street", "zip code", "passport_no",
    "initials", "患者姓名", "姓名", "联系电话", "手机号", "手机号码", "身份证号", "身份证号码",
    "家庭住址", "病历号", "病案号", "住院号", "门诊号", "医保卡号", "邮箱", "微信", "身份證號", "電話",
)  # fmt: skip
HARMLESS = (
    "pharmaceutical_therapy_drug_name", "drug name", "screening_id", "patient_id", "age_years",
    "lesions.1.site", "record_date", "number of lesions", "chart_review_date", "住院日期", "住院",
    "门诊", "年龄", "药物名称", "电话随访日期", "诊断",
)  # fmt: skip


@pytest.mark.parametrize("name", IDENTIFYING)
def test_names_that_tell_who_she_is_are_recognised(name: str) -> None:
    assert is_identifying(name)


@pytest.mark.parametrize("name", HARMLESS)
def test_other_names_are_left_alone(name: str) -> None:
    assert not is_identifying(name)


def test_no_field_or_finding_of_ours_is_taken_for_identifying() -> None:
    ours = [*template_csv().splitlines()[0].split(","), *FINDINGS]

    assert [name for name in ours if is_identifying(name)] == []


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({"姓名": "Canary"}, "?"),
        ({"ecog": 1, "phone": "Canary"}, "?"),
        ({"cns": {"MRN": "Canary"}}, "cns.?"),
        ({"labs": [{"test": "anc", "patient_name": "Canary"}]}, "labs.0.?"),
    ],
    ids=str,
)
def test_a_profile_with_such_a_field_is_refused_with_a_hint(
    document: dict[str, object], path: str
) -> None:
    with pytest.raises(RecordError) as caught:
        read_record(document)

    [fault] = caught.value.faults
    assert (fault.path, fault.code) == (path, "identifying_field")
    assert "screening_id" in str(fault.hint)
    assert "Canary" not in str(caught.value)
