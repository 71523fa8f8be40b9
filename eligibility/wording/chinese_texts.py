"""Chinese for the fixed texts of the catalogue: titles, questions, and the notes of findings."""

from __future__ import annotations

from eligibility.findings.units import spellings_of, unknown_unit
from eligibility.patient.vocabulary import LabTest

_PERSON = {
    "sex": "性别",
    "What is the patient's sex?": "患者的性别是什么？",
    "age": "年龄",
    "How old is the patient?": "患者多大年龄？",
    "ECOG performance status": "ECOG体能状态评分",
    "What is the ECOG performance status?": "ECOG体能状态评分是多少？",
    "childbearing potential": "生育能力",
    "Is she of childbearing potential, post-menopausal or surgically sterile?": (
        "患者有生育能力、已绝经还是已手术绝育？"
    ),
    "pregnancy": "妊娠",
    "What is the result of a pregnancy test, and on which day was it done?": "妊娠试验结果如何，于哪一天检测？",
    "pregnancy test": "妊娠试验",
    "On which day was the pregnancy test done?": "妊娠试验于哪一天进行？",
    "breastfeeding": "哺乳",
    "Is she breastfeeding?": "患者是否正在哺乳？",
    "intention to become pregnant": "妊娠计划",
    "Does she intend to become pregnant during the study?": "患者是否计划在研究期间妊娠？",
    "agreement to contraception": "同意避孕",
    "Does she agree to abstinence or contraception as the protocol outlines?": (
        "患者是否同意按方案要求禁欲或避孕？"
    ),
    "cognitive ability": "认知能力",
    "Is she able to understand the protocol?": "患者是否能够理解方案？",
    "willingness to take part": "参加意愿",
    "Is she willing to take part?": "患者是否愿意参加？",
    "willingness to be followed up": "接受随访的意愿",
    "Is she willing to be followed up?": "患者是否愿意接受随访？",
}
_DISEASE = {
    "type of cancer": "肿瘤类型",
    "Is the cancer under treatment a breast cancer?": "正在治疗的肿瘤是否为乳腺癌？",
    "extent of disease": "疾病范围",
    "Is the disease metastatic, locally advanced or early?": "疾病为转移性、局部晚期还是早期？",
    "confirmation of the diagnosis": "诊断依据",
    "Was the diagnosis confirmed by histology?": "诊断是否经组织学证实？",
    "CNS metastases": "中枢神经系统转移",
    "Are metastases of the central nervous system known?": "是否已知有中枢神经系统转移？",
    "symptoms of CNS metastases": "中枢神经系统转移的症状",
    "Do any CNS metastases cause symptoms?": "是否有引起症状的中枢神经系统转移？",
    "treatment of CNS metastases": "中枢神经系统转移的治疗",
    "Have all CNS metastases been treated?": "中枢神经系统转移是否均已接受治疗？",
    "end of CNS treatment": "中枢神经系统治疗结束日期",
    "On which day did the last treatment of CNS metastases end?": (
        "中枢神经系统转移的最后一次治疗在哪一天结束？"
    ),
    "progression of CNS metastases": "中枢神经系统转移的进展",
    "Are any CNS metastases progressing?": "是否有正在进展的中枢神经系统转移？",
    "leptomeningeal disease": "软脑膜病变",
    "Is leptomeningeal disease known?": "是否已知有软脑膜病变？",
    "Gilbert's syndrome": "Gilbert综合征",
    "Does she have Gilbert's syndrome?": "患者是否有Gilbert综合征？",
    "anticoagulation": "抗凝治疗",
    "Does she take an anticoagulant?": "患者是否正在使用抗凝药物？",
    "oestrogen receptor": "雌激素受体",
    "What percentage of tumour cells is ER positive?": "ER阳性的肿瘤细胞占百分之多少？",
    "progesterone receptor": "孕激素受体",
    "What percentage of tumour cells is PR positive?": "PR阳性的肿瘤细胞占百分之多少？",
    "HER2 immunohistochemistry": "HER2免疫组化",
    "What is the HER2 IHC score?": "HER2免疫组化评分是多少？",
    "HER2 in-situ hybridisation": "HER2原位杂交",
    "What did FISH or CISH for HER2 show?": "HER2的FISH或CISH结果如何？",
    "HER2 as a word without a score": "HER2文字结论（无评分）",
    "What is the HER2 IHC score behind the word?": "该文字结论对应的HER2免疫组化评分是多少？",
}
_LISTS = {
    "treatment": "治疗",
    "Are all treatments of the cancer listed?": "肿瘤的全部治疗是否均已列出？",
    "last dose": "末次给药",
    "On which day was it given last, or is it still going on?": "末次给药在哪一天，还是仍在进行？",
    "still being given": "仍在用药",
    "Is it still being given?": "是否仍在用药？",
    "drug class": "药物类别",
    "Which drugs did the treatment contain?": "该治疗包含哪些药物？",
    "setting": "治疗阶段",
    "What was it given for?": "该治疗用于哪个阶段？",
    "line of therapy": "治疗线数",
    "Which line of therapy was it?": "该治疗是第几线？",
    "first dose": "首次给药",
    "On which day did it start?": "从哪一天开始？",
    "outpatient operation": "门诊手术",
    "Was the operation done in an outpatient clinic?": "手术是否在门诊进行？",
    "evidence of progression": "进展依据",
    "Did the disease progress on or after it, and on what evidence?": (
        "在该治疗期间或之后疾病是否进展，依据是什么？"
    ),
    "time of progression": "进展时间",
    "Did the disease progress during it, after it, or after a later line?": (
        "疾病进展发生在该治疗期间、之后，还是后续治疗线之后？"
    ),
    "steroid": "类固醇激素",
    "Are all steroids, now and in the past, listed?": "目前和既往使用的类固醇激素是否均已列出？",
    "kind of steroid": "激素种类",
    "What sort of steroid is it?": "是哪一种激素？",
    "route": "给药途径",
    "How is the steroid given?": "激素的给药途径是什么？",
    "pattern of use": "使用方式",
    "Was the steroid taken long-term or occasionally?": "激素为长期使用还是偶尔使用？",
    "lesion": "病灶",
    "Are all lesions of the latest assessment listed?": "最近一次评估的全部病灶是否均已列出？",
    "kind of lesion": "病灶类型",
    "What sort of lesion is it?": "是哪一类病灶？",
    "longest diameter": "最长径",
    "What is the longest diameter of the lesion?": "病灶的最长径是多少？",
    "short axis": "短径",
    "What is the short axis of the lymph node?": "淋巴结的短径是多少？",
    "method": "测量方法",
    "How was the lesion measured?": "病灶用什么方法测量？",
    "slice thickness": "层厚",
    "What is the slice thickness of the scan?": "扫描层厚是多少？",
    "earlier irradiation": "既往照射",
    "Was the lesion irradiated?": "病灶是否接受过照射？",
    "growth since irradiation": "照射后增大",
    "Has the lesion grown since it was irradiated?": "照射后病灶是否增大？",
    "metastatic site": "转移部位",
    "Are all organs with metastases listed?": "有转移的器官是否均已列出？",
    "organ": "器官",
    "Which organ is it?": "是哪个器官？",
}
_HISTORY = {
    "autoimmune disease or immune deficiency": "自身免疫性疾病或免疫缺陷",
    "Is every autoimmune disease and immune deficiency, active or past, listed (or denied)?": (
        "现有和既往的自身免疫性疾病及免疫缺陷是否均已列出（或否认）？"
    ),
    "condition": "疾病",
    "Is the suspected autoimmune disease confirmed or ruled out?": (
        "疑似的自身免疫性疾病是已确诊还是已排除？"
    ),
    "date of the condition": "发病日期",
    "When did the autoimmune condition begin?": "自身免疫性疾病何时开始？",
    "cardiovascular disease": "心血管疾病",
    "Is every cardiovascular disease listed (or denied)?": "心血管疾病是否均已列出（或否认）？",
    "Is the suspected cardiovascular disease confirmed or ruled out?": (
        "疑似的心血管疾病是已确诊还是已排除？"
    ),
    "When did the cardiovascular event happen?": "心血管事件何时发生？",
    "NYHA class": "NYHA心功能分级",
    "Which NYHA class is the heart failure?": "心力衰竭为NYHA几级？",
    "control": "控制情况",
    "Is the hypertension controlled?": "高血压是否得到控制？",
    "disorder of eosinophils or mast cells": "嗜酸性粒细胞或肥大细胞疾病",
    "Is every disorder of eosinophils or mast cells listed (or denied)?": (
        "嗜酸性粒细胞或肥大细胞疾病是否均已列出（或否认）？"
    ),
    "Is the suspected eosinophil disorder confirmed or ruled out?": (
        "疑似的嗜酸性粒细胞疾病是已确诊还是已排除？"
    ),
    "When did the disorder begin?": "该疾病何时开始？",
    "other malignancy": "其他恶性肿瘤",
    "Is every other malignancy listed (or denied)?": "其他恶性肿瘤是否均已列出（或否认）？",
    "type of malignancy": "恶性肿瘤类型",
    "Which malignancy was it?": "是哪种恶性肿瘤？",
    "diagnosis": "诊断日期",
    "When was the other malignancy diagnosed?": "其他恶性肿瘤何时确诊？",
    "last disease or treatment": "末次病情活动或治疗",
    "When was the other malignancy last active or under treatment?": (
        "其他恶性肿瘤末次活动或接受治疗是在何时？"
    ),
    "allergy": "过敏",
    "Is every allergy listed (or denied)?": "过敏史是否均已列出（或否认）？",
    "kind of substance": "过敏原类别",
    "What sort of substance is the allergy to?": "对哪一类物质过敏？",
    "the substance is of another kind": "所记物质属于另一类",
}
_TESTS = {
    "absolute neutrophil count": "中性粒细胞绝对计数",
    "lymphocyte count": "淋巴细胞计数",
    "eosinophil count": "嗜酸性粒细胞计数",
    "platelet count": "血小板计数",
    "haemoglobin": "血红蛋白",
    "AST": "AST",
    "ALT": "ALT",
    "alkaline phosphatase": "碱性磷酸酶",
    "total bilirubin": "总胆红素",
    "creatinine": "肌酐",
    "albumin": "白蛋白",
    "INR": "INR",
    "aPTT": "APTT",
}
_LABORATORY = {
    **_TESTS,
    **{
        english.format(test=test): chinese.format(test=name)
        for test, name in _TESTS.items()
        for english, chinese in (
            ("{test} as a multiple of the upper limit of normal", "{test}（正常值上限的倍数）"),
            ("sample date of the latest {test}", "最近一次{test}的采样日期"),
            (
                "What is the latest {test}, in which unit, and when was the sample taken?",
                "最近一次{test}的结果、单位和采样日期是什么？",
            ),
            (
                "What is the latest {test}, and what is that laboratory's upper limit of normal?",
                "最近一次{test}的结果是多少，该实验室的正常值上限是多少？",
            ),
            ("When was the sample for the latest {test} taken?", "最近一次{test}何时采样？"),
        )
    },
    "creatinine clearance (measured, else Cockcroft-Gault)": (
        "肌酐清除率（实测，否则按Cockcroft-Gault公式）"
    ),
    "What is the creatinine clearance, or creatinine, age and weight?": (
        "肌酐清除率是多少，或者肌酐、年龄和体重是多少？"
    ),
    "sample date behind the creatinine clearance": "肌酐清除率所依据的采样日期",
    "highest eosinophil count as a multiple of its limit": "嗜酸性粒细胞最高计数（上限的倍数）",
    "What explains the raised eosinophil count?": "嗜酸性粒细胞计数升高的原因是什么？",
}
_NOTES = {
    "complete": "完整",
    "date of birth": "出生日期",
    "start": "开始日期",
    "size without its axis": "未注明径线的大小",
    "not complete": "不完整",
    "a leptomeningeal lesion is listed": "列有软脑膜病灶",
    "no organ with metastases is listed": "未列出任何有转移的器官",
    "organs with metastases are listed": "列有发生转移的器官",
    "recorded although no CNS metastases are known": "未知有中枢神经系统转移，却有此记录",
    "the brain is listed as an organ with metastases": "转移器官中列有脑",
    "treatment of CNS metastases is recorded although none are known": (
        "未知有中枢神经系统转移，却记录了其治疗"
    ),
    "something that belongs in it stands elsewhere in the record": (
        "应列入其中的内容出现在记录的其他部分"
    ),
    "the list is not declared complete": "列表未声明完整",
    "a copy number from sequencing is not FISH or CISH": "测序得到的拷贝数不等同于FISH或CISH",
    "score and word disagree": "评分与文字结论不一致",
    "the stain is negative but the gene may be amplified": "免疫组化为阴性，但基因可能扩增",
    "the stain is negative but the gene is amplified": "免疫组化阴性，但基因扩增",
    "the word disagrees with ratio and copies": "文字结论与比值和拷贝数不一致",
    "this specimen was tested for HER2, but has no score": "该标本做过HER2检测，但没有评分",
    "against a usual limit": "按常用上限计算",
    "no eosinophil count is recorded": "没有嗜酸性粒细胞计数记录",
    "suspected, not confirmed": "疑似，未确诊",
    "the substance is named among other words": "物质名称出现在其他文字之中",
    "last active before it was diagnosed": "末次活动早于确诊",
    "an upper limit cannot be zero": "正常值上限不可能为零",
    "no laboratory has such a limit": "没有实验室采用这样的上限",
    "no such value is possible in this unit": "该单位下不可能出现此数值",
    "the result has no unit": "结果没有单位",
    **{
        unknown_unit(test): f"单位无法识别（该项检查可用的单位：{'、'.join(spellings_of(test))}）"
        for test in LabTest
    },
    "irradiated, but the complete list of treatments holds no radiotherapy": (
        "记录为已照射，但完整的治疗列表中没有放疗"
    ),
    "the axes disagree": "各径线相互矛盾",
    "from the Karnofsky score": "由Karnofsky评分推得",
    "ECOG grade and Karnofsky score disagree": "ECOG评分与Karnofsky评分不一致",
    "age and date of birth disagree": "年龄与出生日期不一致",
    "recorded although it is not possible": "有此记录，但不可能发生",
    "sex and status disagree": "性别与生育状况不一致",
    "dated more than 90 days before screening": "所记日期距筛选已超过90天",
    "perhaps dated more than 90 days before screening": "所记日期距筛选可能已超过90天",
    "the test is older than a pregnancy lasts": "该检测距今已超过一次妊娠的时长",
    "the test may be older than a pregnancy lasts": "该检测距今可能已超过一次妊娠的时长",
    "dated after the day the record is judged on": "日期晚于判定日期",
    "percentage and word disagree": "百分比与文字结论不一致",
    "said to be going on, but the last dose was more than half a year ago": (
        "记录为仍在进行，但末次给药距今已超过半年"
    ),
    "a drug is not on the list of drugs; look for its generic name, or have it added": (
        "有药物不在药物表中；请改写为通用名，或将其加入药物表"
    ),
    "the drugs of the treatment are not named": "未写明该治疗的药物",
    "none of the drugs named is of the kind the treatment is called": "所列药物均不属于该治疗所标注的类别",
    "the last dose lies before the first": "末次给药早于首次给药",
}

FIXED_TEXTS: dict[str, str] = {**_PERSON, **_DISEASE, **_LISTS, **_HISTORY, **_LABORATORY, **_NOTES}
"""By their English text; one English text has one meaning throughout the catalogue."""
