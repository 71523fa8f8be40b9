"""Names of fields that would tell who the patient is: one list, for tables, profiles and whatever else comes in."""

from __future__ import annotations

import re

from eligibility.patient.spelling import normalise


def _listed(words: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", words))


_WORDS = _listed(
    """mrn ssn nric phone telephone mobile cellphone fax email address passport surname forename
    postcode zipcode wechat whatsapp initials firstname lastname fullname"""
)
"""Any one of these words in a name is enough."""
_WHOLE = _listed(
    """name id_card identity_card national_id medical_record hospital_id e_mail mail tel zip zip_code street
    nhs_number medicare_number social_security contact next_of_kin"""
)
_PERSON = _listed(
    """patient pat subject participant person full first last given family middle maiden contact
    mother father spouse relative"""
)
_FILE = _listed(
    """id identity national hospital insurance medical health record chart patient inpatient
    outpatient admission card"""
)
_NUMBER = _listed("number no nr num")
# At the end only: a date of a telephone visit tells nobody's number. The second half names files and stays, which
# tell nobody who it is unless their number is meant.
_CHINESE = re.compile(
    "(?:(?:姓名|电话|電話|手机|手機|身份证|身份證|身分證|住址|地址|护照|護照|邮箱|郵箱|微信|联系方式|聯繫方式"
    "|联系人|聯絡人)(?:号码|號碼|号|號)?|姓名(?:缩写|縮寫|拼音)"
    "|(?:病历|病歷|病案|住院|门诊|門診|就诊卡?|就診卡?|医保卡?|醫保卡?|社保卡?)(?:号码|號碼|号|號))$"
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def is_identifying(name: str) -> bool:
    """Whether a field's name promises something that tells who the patient is.

    >>> [is_identifying(name) for name in ("PatientName", "身份证号", "drug_name", "screening_id")]
    [True, True, False, False]
    """
    plain = normalise(_CAMEL.sub(" ", name.strip()).replace(".", " "))
    words = plain.split("_")
    return (
        plain in _WHOLE
        or not _WORDS.isdisjoint(words)
        or _is_made_of(words, _PERSON, _listed("name names"))
        or _is_made_of(words, _FILE, _NUMBER)
        or _CHINESE.search(plain) is not None
    )


def _is_made_of(words: list[str], first: frozenset[str], last: frozenset[str]) -> bool:
    return len(words) > 1 and words[-1] in last and first.issuperset(words[:-1])
