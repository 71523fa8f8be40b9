"""The sentences coordinators read in Chinese; a change here is copy-editing and reviewed as such."""

# ruff: noqa: E501 - sentences are compared whole

from __future__ import annotations

from dataclasses import replace

import pytest
from inline_snapshot import snapshot

from eligibility.dates import anchors
from eligibility.explanation import Explanation, explain
from eligibility.intake.template import example_profile
from eligibility.patient.record import read_record
from eligibility.reports.document import to_document
from eligibility.screening.model import Alarm

from .charts import AS_OF, START, Document, complete, criterion, infarction, melanoma, patient
from .charts import screener as screener_of


def explained(document: Document, start: str | None = START) -> Explanation:
    screening = screener_of().screen(read_record(document), anchors(AS_OF, start))
    return explain(screening, "zh")


def reason(changes: Document, name: str, *removed: str, start: str | None = START) -> str:
    return criterion(explained(patient(changes, *removed), start), name).reason


def test_numbers() -> None:
    written = (1, 3, None, "pending", "illegible", "2-3")

    assert [reason({"ecog": each}, "INCL01") for each in written] == snapshot(
        [
            "ECOG体能状态评分：1。",
            "ECOG体能状态评分：3（要求：ECOG体能状态评分不超过2）。",
            "ECOG体能状态评分未记录。",
            "ECOG体能状态评分待出结果。",
            "ECOG体能状态评分无法辨认。",
            "ECOG体能状态评分为2-3，无法据此判断是否满足“不超过2”。",
        ]
    )


def test_what_the_protocol_leaves_open() -> None:
    assert reason({"specimens.0.er_percent": 1}, "INCL02") == snapshot(
        "方案对此未作规定：恰为1%既不大于也不小于1%；两种类型均可入组，存疑的只是属于哪一型。"
    )


def test_what_the_record_contradicts() -> None:
    assert reason({"ecog": 3, "karnofsky": 90}, "INCL01") == snapshot(
        "ECOG体能状态评分：记录自相矛盾（ECOG评分与Karnofsky评分不一致）。"
    )
    assert reason({"labs.2.value": "150000"}, "INCL04") == snapshot(
        "血小板计数：记录自相矛盾（该单位下不可能出现此数值）。"
    )


def test_ingredients_are_told_as_they_were_written() -> None:
    changed = {
        "treatments.items.0.kind": "chemotherapy",
        "treatments.items.0.agents": ["trastuzumab", "docetaxel"],
    }

    assert reason(changed, "INCL03") == snapshot(
        "治疗（第1项）的药物类别：化疗和靶向治疗（原始记录：trastuzumab, docetaxel）（要求：药物类别：免疫检查点抑制剂）；治疗（第1项）的药物类别：化疗和靶向治疗（原始记录：trastuzumab, docetaxel）；治疗（第2项）的药物类别：化疗（原始记录：epirubicin, cyclophosphamide, docetaxel）（要求：药物类别：免疫检查点抑制剂）；治疗（第2项）的药物类别：化疗（原始记录：epirubicin, cyclophosphamide, docetaxel）；治疗（第2项）的进展依据：无（要求：进展依据：活检或影像学）；治疗（第2项）的进展依据：无；另有3项。"
    )


def test_washouts() -> None:
    last = "treatments.items.0.last_dose"
    ongoing = {"treatments.items.0.ongoing": "yes", last: None}

    assert reason({last: "2026-11-15"}, "EXCL05") == snapshot(
        "治疗（第1项）的药物类别：免疫检查点抑制剂和化疗（原始记录：atezolizumab, nab-paclitaxel）；治疗（第1项）的末次给药：2026年11月15日（计划首次给药前16天）（要求：末次给药距计划首次给药超过21天）。"
    )
    assert reason({last: "2026-11"}, "EXCL05") == snapshot(
        "治疗（第1项）的末次给药为2026年11月，无法据此判断是否满足“距计划首次给药不足21天”；治疗（第1项）的末次给药为2026年11月，无法据此判断是否满足“距计划首次给药恰为21天”。"
    )
    assert reason(ongoing, "EXCL05") == snapshot(
        "治疗（第1项）的药物类别：免疫检查点抑制剂和化疗（原始记录：atezolizumab, nab-paclitaxel）；治疗（第1项）的末次给药：仍在进行（要求：末次给药距计划首次给药超过21天）。"
    )
    assert reason({}, "EXCL05", start=None) == snapshot(
        "计划首次给药日期未知，无法计算距治疗（第1项）的末次给药的时间；计划首次给药日期未知，无法计算距治疗（第2项）的末次给药的时间；计划首次给药日期未知，无法计算距治疗（第3项）的末次给药的时间。"
    )


def test_laboratory_results() -> None:
    assert reason({"labs.2.value": "80"}, "INCL04") == snapshot(
        "血小板计数：80 10^9/L（要求：血小板计数至少为100 10^9/L）。"
    )
    assert reason({"labs.2.date": "2026-11-01"}, "INCL04") == snapshot(
        "最近一次血小板计数的采样日期：2026年11月1日（计划首次给药前30天）（要求：最近一次血小板计数的采样日期距计划首次给药不超过14天）。"
    )
    assert reason({"labs.6.value": "120"}, "INCL04") == snapshot(
        "AST（正常值上限的倍数）：120 U/L（正常值上限40 U/L）（要求：AST（正常值上限的倍数）不超过2.5倍ULN）；转移部位（第1项）的器官：肺（要求：器官：肝）；转移部位（第2项）的器官：淋巴结（要求：器官：肝）；转移部位：列表已声明完整，其中没有相关项目（要求：列表完整：转移部位）。"
    )
    assert reason({"labs.6.unit": "furlong"}, "INCL04") == snapshot(
        "AST（正常值上限的倍数）无法读取：单位无法识别（该项检查可用的单位：U/L、IU/L、[IU]/L、xULN）。"
    )


def test_lists_and_diseases() -> None:
    suspected = complete({"code": "systemic_lupus", "certainty": "suspected"})

    assert reason({}, "EXCL02", "history.autoimmune") == snapshot(
        "列表未声明完整：自身免疫性疾病或免疫缺陷。"
    )
    assert reason({}, "EXCL02") == snapshot(
        "自身免疫性疾病或免疫缺陷：列表已声明完整，其中没有相关项目。"
    )
    assert reason({"history.autoimmune": suspected}, "EXCL02") == snapshot(
        "自身免疫性疾病或免疫缺陷（第1项）的疾病：疑似，未确诊。"
    )
    assert reason(infarction("2026-08-01"), "EXCL03") == snapshot(
        "心血管疾病（第1项）的疾病：心肌梗死；心血管疾病（第1项）的发病日期：2026年8月1日（计划首次给药前122天）（要求：发病日期距计划首次给药至少为6个月）。"
    )
    assert reason(melanoma(diagnosed="2024", last_active="2024"), "EXCL04") == snapshot(
        "其他恶性肿瘤（第1项）的恶性肿瘤类型：黑色素瘤（要求：恶性肿瘤类型：皮肤基底细胞癌、乳腺癌、宫颈原位癌或皮肤鳞状细胞癌）；其他恶性肿瘤（第1项）的恶性肿瘤类型：黑色素瘤；其他恶性肿瘤（第1项）的诊断日期：2024年（要求：诊断日期距筛选至少为5年）。"
    )


def test_readings_and_assumptions() -> None:
    lesion = {"kind": "extranodal", "longest_diameter_mm": 24, "method": "ct", "irradiated": "no"}

    explanation = explained(patient({"lesions": complete(lesion)}))

    assert criterion(explanation, "INCL06").assumptions == snapshot(
        ("病灶层厚 = 5 mm，报告未注明时RECIST 1.1假定层厚不超过5 mm",)
    )
    assert criterion(explanation, "EXCL05").interpretations == snapshot(
        ("washout_day_21：待定", "washout_antibody_drug_conjugate：待定，其携带细胞毒性药物")
    )


def test_headlines() -> None:
    changed: list[Document] = [{}, {"sex": "male", "ecog": 3}, {"ecog": "2-3"}]

    assert [explained(patient(each)).headline for each in changed] == snapshot(
        [
            "符合入组条件：全部标准均通过。最终由研究者决定。",
            "不符合入组条件，原因：INCL01和INCL08。",
            "尚不能判定，原因：INCL01。",
        ]
    )


def test_questions() -> None:
    explanation = explained(patient(None, "ecog", "labs.2", "treatments.items.0.setting"))

    assert [(each.text, each.requirements) for each in explanation.questions] == snapshot(
        [
            ("ECOG体能状态评分是多少？", ("ECOG体能状态评分不超过2",)),
            ("治疗（第1项）：该治疗用于哪个阶段？", ("治疗阶段：转移性",)),
            (
                "最近一次血小板计数的结果、单位和采样日期是什么？",
                (
                    "血小板计数至少为100 10^9/L",
                    "最近一次血小板计数的采样日期距计划首次给药不超过14天",
                ),
            ),
        ]
    )


def test_steps_carry_their_date_as_data() -> None:
    changed = {"sex": "male", "ecog": 3, "specimens.0.er_percent": 1, "steroids": None,
               "treatments.items.0.last_dose": "2026-11-15"}  # fmt: skip

    explanation = explained(patient(changed))

    told = [(each.criterion_id, each.until, each.text) for each in explanation.blockers]
    assert told == snapshot(
        [
            ("INCL08", None, "不会改变"),
            ("EXCL05", "2026-12-07", "等待后可通过，自2026年12月7日起"),
            ("INCL01", None, "目前不通过；仅当新的检查或评估有不同结果时才可通过"),
            ("EXCL09", None, "在病历中查找，或向患者及相关科室询问"),
            ("INCL02", None, "由研究者判断"),
        ]
    )


def test_margins() -> None:
    assert [each.text for each in explained(example_profile()).margins] == snapshot(
        [
            "首次给药不晚于2026年12月3日时仍有效：中性粒细胞绝对计数、淋巴细胞计数、血小板计数、血红蛋白、AST、ALT和碱性磷酸酶",
            "病灶（第2项）的短径为16 mm，界限为15 mm",
        ]
    )


def test_an_alarm_says_what_could_not_be_said_in_chinese() -> None:
    screening = screener_of().screen(read_record(patient()), anchors(AS_OF, START))
    alarmed = replace(screening, alarm=Alarm("engine_fault", "no facts were derived"))

    explanation = explain(alarmed, "zh")

    assert explanation.headline == snapshot(
        "尚不能判定：两个评估程序的结果不一致，因此不给出结论。“no facts were derived”（英文原文）"
    )
    assert explanation.foreign == ("no facts were derived",)


def test_a_document_is_english() -> None:
    with pytest.raises(ValueError, match="in English"):
        to_document(explained(patient()))
