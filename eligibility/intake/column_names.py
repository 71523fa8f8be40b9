"""What sites call the record's fields in tables of their own, in English and Chinese; for suggestions only."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_BRACKETS = re.compile(r"[(\[{【][^)\]}】]*[)\]}】]")
_BETWEEN = re.compile(r"[\W_]+")

# One field on a line: its path, its Chinese names, other names.
_NAMES = """
screening_id | 筛选号, 筛选编号, 受试者编号, 受试者号, 受试者代码, 入组编号, 研究编号, 编号 |
  screening no, screening number, subject id, subject no, subject number, subject, usubjid, subjid,
  participant id, study id, study no, id, code
as_of | 截止日期, 评估日期, 数据日期, 判定日期 | as of date, assessment date, cut off, data cutoff, evaluation
  date
planned_start | 计划首次给药日期, 计划给药日期, 计划开始日期, 拟首次给药日期 | planned first dose, first dose
  planned, planned c1d1, c1d1, start planned
sex | 性别 | gender, geschlecht, sexe
age_years | 年龄 | age, age at screening, alter, patient age
birth_date | 出生日期, 出生年月, 生日 | dob, date of birth, birthdate, birth year, year of birth, yob,
  geburtsdatum
weight_kg | 体重 | weight, body weight, wt, gewicht
ecog | ECOG评分, ECOG体能状态评分, 体能状态, 体力状况, PS评分 | ecog ps, ps, performance status, ecog score,
  ecog performance status, who ps
karnofsky | KPS评分, 卡氏评分, KPS | kps, karnofsky score
diagnosis.cancer | 肿瘤类型, 癌种, 原发部位 | cancer, cancer type, tumour type, tumor type, primary site,
  diagnosis
diagnosis.extent | 疾病范围, 分期, 临床分期 | extent, disease extent, stage, disease stage
diagnosis.confirmation | 确诊方式, 病理确诊, 诊断依据 | confirmation, basis of diagnosis, confirmed by
specimens.1.site | 标本部位, 取材部位, 标本来源 | specimen, specimen site, biopsy site, sample site
specimens.1.date | 取材日期, 活检日期, 病理日期 | specimen date, biopsy date, pathology date, sample date
specimens.1.er_percent | 雌激素受体, 雌激素受体阳性率, ER百分比, ER阳性率 | er, er pct, er percentage,
  oestrogen receptor, estrogen receptor
specimens.1.er_status | ER状态, 雌激素受体状态 | er status, estrogen receptor status, oestrogen receptor
  status
specimens.1.pr_percent | 孕激素受体, 孕激素受体阳性率, PR百分比, PR阳性率 | pr, pgr, pr pct, pr percentage,
  progesterone receptor
specimens.1.pr_status | PR状态, 孕激素受体状态 | pr status, pgr status, progesterone receptor status
specimens.1.her2_ihc | HER2免疫组化, HER2评分, HER2 IHC | her2, her 2, her2 ihc score, her2 score, erbb2 ihc
specimens.1.her2_status | HER2状态 | her2 status, erbb2 status
specimens.1.her2_ish | HER2 FISH, FISH结果, 原位杂交, HER2原位杂交 | fish, ish, her2 fish, her2 ish, fish
  result
specimens.1.her2_ratio | HER2/CEP17比值, HER2比值 | her2 ratio, her2 cep17, her2 cep17 ratio
specimens.1.her2_copies | HER2拷贝数 | her2 copy number, her2 copies
treatments.complete | 治疗史完整, 治疗史是否完整 | treatment history complete, treatments complete
treatments.1.kind | 治疗类型, 治疗方式, 既往治疗类型 | treatment kind, treatment type, therapy type
treatments.1.agents | 药物, 治疗药物, 用药, 化疗方案, 方案, 末次治疗药物, 既往治疗方案 | drug, drugs, agent,
  agents, regimen, chemo, chemotherapy, treatment, therapy, prior therapy, last therapy
treatments.1.setting | 治疗阶段, 治疗目的 | setting, treatment setting, intent
treatments.1.line | 治疗线数, 线数, 几线治疗 | line, line of therapy, lot, lines
treatments.1.start | 开始日期, 首次给药日期, 治疗开始日期, 手术日期 | start, start date, first dose, treatment
  start, therapy start
treatments.1.last_dose | 末次给药, 末次给药日期, 结束日期, 末次用药日期, 治疗结束日期 | last dose, last dose
  date, end date, stop date, treatment end, therapy end, chemo bis
treatments.1.ongoing | 仍在治疗, 正在使用, 是否继续 | ongoing, still on treatment
treatments.1.progression | 进展, 疾病进展, 进展依据 | progression, progressed, pd
labs.anc.value | 中性粒细胞, 中性粒细胞计数, 中性粒细胞绝对值 | anc, neutrophils, neutrophil count, neut
labs.lymphocytes.value | 淋巴细胞, 淋巴细胞计数 | lymphocytes, lymphocyte count, lymph
labs.platelets.value | 血小板, 血小板计数 | plt, platelet, platelets, platelet count
labs.haemoglobin.value | 血红蛋白 | hb, hgb, haemoglobin, hemoglobin
labs.creatinine.value | 肌酐, 血肌酐 | creatinine, scr, crea
labs.creatinine_clearance.value | 肌酐清除率 | creatinine clearance, crcl, ccr
labs.albumin.value | 白蛋白 | albumin, alb
labs.ast.value | 谷草转氨酶, 天门冬氨酸氨基转移酶 | ast, got, sgot
labs.alt.value | 谷丙转氨酶, 丙氨酸氨基转移酶 | alt, gpt, sgpt
labs.alp.value | 碱性磷酸酶 | alp, alkaline phosphatase
labs.bilirubin.value | 总胆红素, 胆红素 | bilirubin, tbil, total bilirubin, bili
labs.inr.value | 国际标准化比值 | inr
labs.aptt.value | 活化部分凝血活酶时间 | aptt, ptt
labs.eosinophils.value | 嗜酸性粒细胞, 嗜酸性粒细胞计数 | eosinophils, eos, eosinophil count
lesions.1.kind | 病灶类型 | lesion kind, lesion type
lesions.1.longest_diameter_mm | 最长径, 病灶最长径, 长径 | longest diameter, lesion size, target lesion,
  lesion mm
lesions.1.short_axis_mm | 短径, 淋巴结短径 | short axis, short diameter
lesions.1.method | 测量方法, 检查方法, 影像学方法 | imaging, imaging method, measured by
metastatic_sites | 转移部位, 转移灶部位, 转移器官 | metastases, metastatic site, metastasis sites, sites of
  metastasis, mets
cns.known_metastases | 脑转移, 中枢神经系统转移, 是否脑转移 | brain metastases, brain mets, cns metastases,
  cns mets
cns.symptomatic | 脑转移症状, 有症状脑转移 | brain mets symptomatic, symptomatic cns metastases
cns.treated | 脑转移已治疗 | brain mets treated, cns treated
cns.leptomeningeal | 脑膜转移, 软脑膜转移 | leptomeningeal, leptomeningeal disease, lmd
history.autoimmune | 自身免疫病, 自身免疫性疾病, 自身免疫病史 | autoimmune, autoimmune disease, autoimmune
  history
history.cardiovascular | 心血管病史, 心脏病史, 心血管疾病 | cardiac history, cardiovascular, cardiovascular
  disease, heart disease
history.gilbert_syndrome | Gilbert综合征, 吉尔伯特综合征 | gilbert, gilbert syndrome
history.anticoagulated | 抗凝治疗, 抗凝药物 | anticoagulated, anticoagulation, on anticoagulants
other_malignancies | 其他恶性肿瘤, 第二原发肿瘤 | other malignancy, second malignancy, prior malignancy, other
  cancer
reproductive.status | 生育状态, 生育能力, 绝经状态 | menopausal status, menopause, childbearing potential,
  wocbp
reproductive.pregnancy_test | 妊娠试验, 妊娠检查, 孕检 | pregnancy test, hcg, pregnancy
reproductive.breastfeeding | 哺乳, 哺乳期, 是否哺乳 | breastfeeding, lactating, breast feeding
reproductive.intends_pregnancy | 妊娠计划, 计划妊娠 | plans pregnancy, pregnancy intention
reproductive.contraception | 避孕, 避孕措施 | contraception, birth control
allergies | 过敏史, 过敏 | allergy, allergies, drug allergy
steroids | 激素使用, 糖皮质激素 | steroid, steroids, corticosteroids
consent.cognitive_ability | 认知能力, 理解能力 | cognitive ability, able to consent
consent.willing_to_participate | 自愿参加, 知情同意, 愿意参加 | consent, willing, informed consent
consent.willing_to_be_followed_up | 愿意随访, 接受随访 | willing follow up, follow up consent
"""


# Fields that hold a number of one measure, by the end of their path: how names write that measure, and how others.
_MEASURES = {
    "_mm": ("mm 毫米", "cm m inch inches 厘米 公分 英寸"),
    "_kg": ("kg kgs 公斤 千克", "lb lbs pound pounds st stone g 斤 磅 克"),
    "_years": (
        "y yr yrs year years 岁 周岁 年",
        "month months mo mos day days week weeks 月 天 周",
    ),
    "_percent": (
        "% pct percent percentage 百分比 阳性率",
        "score allred h hscore irs intensity 评分 积分 强度",
    ),
    ".her2_ihc": ("ihc score 免疫组化 评分", "fish ish ratio copies copy cep17 比值 拷贝 原位杂交"),
    "ecog": ("ps who 评分", "kps karnofsky 卡氏"),
    "karnofsky": ("kps 评分", "ecog zubrod who"),
}
_WORD = re.compile(r"[a-z]+[0-9]*|%|[^\W\d_a-z]+")


def names_other_measure(name: str, path: str) -> bool:
    """Whether a column's name says that its numbers are of another measure than the field's.

    >>> names_other_measure("Lesion size (cm)", "lesions.1.longest_diameter_mm")
    True
    >>> names_other_measure("体重(公斤)", "weight_kg")
    False
    """
    written = unicodedata.normalize("NFKC", name)
    words = _WORD.findall(_CAMEL.sub(" ", written).casefold())
    for end, (own, others) in _MEASURES.items():
        if path.endswith(end):
            own_words, other_words = own.split(), others.split()
            return any(_is_written(word, other_words, own_words) for word in words)
    return False


def _is_written(word: str, marks: list[str], own: list[str]) -> bool:
    """Whether a word is one of the marks; Chinese has no spaces, so that a mark may end a longer word."""
    if word.isascii():
        return word in marks
    return word.endswith(tuple(marks)) and not word.endswith(tuple(own))


def plain(name: str) -> str:
    """A column's name without case, spacing, punctuation, and what stands in brackets, such as a unit.

    >>> plain("Last dose (date)"), plain("ER%"), plain("血红蛋白(g/L)")
    ('last_dose', 'er', '血红蛋白')
    """
    text = unicodedata.normalize("NFKC", name)
    bare = _BETWEEN.sub("_", _BRACKETS.sub(" ", _CAMEL.sub(" ", text)).casefold()).strip("_")
    return bare or _BETWEEN.sub("_", text.casefold()).strip("_")


@cache
def known_names() -> dict[str, str]:
    """What people call fields, made plain, and the path of the field that is most likely meant."""
    found: dict[str, str] = {}
    for path, chinese, english in _lines():
        for name in (*chinese, *english):
            found.setdefault(plain(name), path)
    return found


@cache
def chinese_names() -> dict[str, str]:
    """What a field is called in Chinese, by its path."""
    return {path: chinese[0] for path, chinese, _ in _lines()}


def _lines() -> list[tuple[str, list[str], list[str]]]:
    parts = (line.split(" | ") for line in _NAMES.strip().replace("\n ", "").splitlines())
    return [(path, _listed(chinese), _listed(english)) for path, chinese, english in parts]


def _listed(text: str) -> list[str]:
    return [each.strip() for each in text.split(",")]
