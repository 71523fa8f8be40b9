"""Simplified Chinese: every sentence an explanation may need, and how Chinese writes lists, dates and units."""

from __future__ import annotations

import re

from eligibility.dates import Duration
from eligibility.wording.chinese_codes import CODES
from eligibility.wording.chinese_texts import FIXED_TEXTS
from eligibility.wording.voice import Voice

SENTENCES: dict[str, str] = {
    # labels of a criterion, by kind and verdict
    "label.inclusion.pass": "符合",
    "label.inclusion.fail": "不符合",
    "label.inclusion.unknown": "待核实",
    "label.exclusion.pass": "未触发",
    "label.exclusion.fail": "触发",
    "label.exclusion.unknown": "待核实",
    # decisions
    "decision.eligible": "符合入组条件：全部标准均通过。最终由研究者决定。",
    "decision.ineligible": "不符合入组条件，原因：{criteria}。",
    "decision.undetermined": "尚不能判定，原因：{criteria}。",
    "decision.alarm": "尚不能判定：两个评估程序的结果不一致，因此不给出结论。{message}",
    # how a leaf compares
    "operator.at_most": "不超过{limit}",
    "operator.at_least": "至少为{limit}",
    "operator.more_than": "超过{limit}",
    "operator.less_than": "不足{limit}",
    "operator.exactly": "恰为{limit}",
    "operator.not_exactly": "不等于{limit}",
    "requirement.number": "{title}{comparison}",
    "requirement.date": "{title}距{anchor}{comparison}",
    "comparison.date": "距{anchor}{comparison}",
    "requirement.one_of": "{title}：{codes}",
    "requirement.none_of": "{title}：不属于{codes}",
    "requirement.complete": "列表完整：{title}",
    "anchor.planned_start": "计划首次给药",
    "anchor.screening": "筛选",
    # what a criterion's leaf says
    "found.value": "{title}：{value}",
    "found.item": "{item}的{title}",
    "found.item_name": "{title}（第{number}项）",
    "found.derived": "{value}（原始记录：{recorded}）",
    "found.limit": "{value}（正常值上限{limit}）",
    "found.unclear": "不明确",
    "found.assumed": "{title}按既定假设取值：{assumption}",
    "found.no_items": "{title}：列表已声明完整，其中没有相关项目",
    "found.days": "{date}（{anchor}前{days}天）",
    "found.ongoing": "仍在进行",
    "found.not_after": "不晚于{date}",
    "found.stand_in": "{title}{value}",
    "found.required": "{found}（要求：{requirement}）",
    "open.not_recorded": "{title}未记录",
    "open.not_recorded_because": "{title}不明：{note}",
    "open.pending": "{title}待出结果",
    "open.unreadable": "{title}无法辨认",
    "open.unreadable_because": "{title}无法读取：{note}",
    "open.conflicting": "{title}：记录自相矛盾",
    "open.conflicting_because": "{title}：记录自相矛盾（{note}）",
    "open.straddles": "{title}为{value}，无法据此判断是否满足“{comparison}”",
    "open.stand_in": "{title}未记录，仅凭{value}无法判断是否满足“{comparison}”",
    "open.start": "计划首次给药日期未知，无法计算距{title}的时间",
    "open.incomplete": "列表未声明完整：{title}",
    "open.protocol_gap": "方案对此未作规定：{note}",
    "open.needs_judgement": "需由研究者判断：{note}",
    "open.suspected": "{title}：{note}",
    "sentence.reading": "{name}：{meaning}",
    "sentence.original": "“{text}”（英文原文）",
    "sentence.more": "另有{count}项",
    "sentence.nothing_needed": "记录中没有与之相悖的内容",
    "sentence.alarm": "不给出结论：{message}",
    # what can be done
    "action.never": "不会改变",
    "action.wait": "等待后可通过",
    "action.wait_until": "等待后可通过，自{date}起",
    "action.wait_open": "自{date}起不再判为不通过，但届时仍待核实",
    "action.rescreen_until": "自{date}起重新筛选可通过",
    "action.rescreen_open": "自{date}起重新筛选不再判为不通过，但届时仍待核实",
    "action.retest_until": "自{date}起首次给药，复查后可通过",
    "action.retest_open": "自{date}起首次给药，复查后不再判为不通过，但届时仍待核实",
    "action.retest": "目前不通过；仅当新的检查或评估有不同结果时才可通过",
    "action.ask_again": "请重新评估或询问；所记内容过旧或可能过旧，不能反映目前情况",
    "action.retest_old": "请重新检测；此结果距计划首次给药过久",
    "action.fetch": "在病历中查找，或向患者及相关科室询问",
    "action.decide": "由研究者判断",
    "action.decide_until": "由研究者判断；自{date}起不再待定",
    "action.decide_again": "由研究者判断；自{date}起重新筛选则不再待定",
    # questions
    "question.start": "计划首次给药日期是哪一天？",
    "question.item": "{item}：{question}",
    "question.gap": "{criterion}：{note}",
    # margins
    "margin.number": "{title}为{value}，界限为{limit}",
    "margin.expires": "首次给药不晚于{until}时仍有效：{title}",
    "margin.cleared": "{title}：洗脱期或时间窗已于{days}天前结束",
    # flags
    "flag.green": "在各常见同类方案的限值之内",
    "flag.amber": "仅部分同类方案可接受",
    "flag.red": "超出所有常见同类方案的限值",
    "flag.stale": "标本日期未注明，或距首次给药已超过14天：请复查",
    "flag.unknown": "没有可用的结果",
    "list.or": "或",
    "list.and": "和",
    "list.comma": "、",
    "list.semicolon": "；",
    # a condition as a tree
    "tree.all_of": "须全部符合",
    "tree.any_of": "符合任一项",
    "tree.not": "不符合以下情况",
    "tree.some": "至少有一项{title}符合",
    "tree.review": "以下情况暂不判定（{reason}：{note}）",
    "reason.not_recorded": "未记录",
    "reason.pending": "待出结果",
    "reason.unreadable": "无法辨认",
    "reason.straddles": "数值跨越界限",
    "reason.conflicting": "记录自相矛盾",
    "reason.protocol_gap": "方案未作规定",
    "reason.needs_judgement": "需研究者判断",
    "tree.gap": "暂不判定：{note}",
    "tree.always": "一律成立",
    "tree.never": "一律不成立",
    "tree.root": "在以下情况下该条成立",
    "tree.no_items": "未列出任何条目",
    "tree.complete": "该列表完整",
    "tree.incomplete": "未确认该列表完整，可能另有条目",
    "tree.not_known": "未知",
    # the page for the terminal
    "page.no_screening_id": "（无筛选号）",
    "page.patient": "患者 {who}   试验 {trial} {title}",
    "page.dates": "判定日期：{as_of}，计划首次给药：{start}{readings}，中心配置：{profile}",
    "page.not_known": "未知",
    "page.readings": "，采用其他解读：{readings}",
    "page.no_profile": "无",
    "page.blockers": "入组障碍",
    "page.blocker": "{criterion} {title}：{text}",
    "page.questions": "接下来需要了解",
    "page.question_settles": "{question} [可判定 {criteria}{needed}]",
    "page.question_bears_on": "{question} [涉及 {criteria}{needed}]",
    "page.needed": "；要求：{requirements}",
    "page.settled": "无需再了解",
    "page.settled_final": "无需再了解：任何答案都不会改变结论",
    "page.settled_line": "{title}（{criteria}）",
    "page.start_dates": "首次给药日期",
    "page.margins": "接近界限",
    "page.margin": "{criterion}：{text}",
    "page.forcing": "仅凭以下事实即不符合入组条件",
    "page.no_start": "按本次筛选没有可行的首次给药日期{again}",
    "page.again": "；可自{date}起重新筛选",
    "page.possible_from": "最早可自{date}起{held}{repeat}{open}",
    "page.not_before": "不早于{date}{held}{repeat}{open}",
    "page.held_back": "，受限于{criteria}",
    "page.repeat": "；届时需复查：{criteria}",
    "page.open_then": "；届时仍待核实：{criteria}",
    "page.holds": "“{decision}”对不晚于{date}的首次给药有效，其后{criteria}发生变化",
    "page.period": "{span}：{decision}{because}",
    "page.on_day": "{date}当天",
    "page.span": "{first}至{last}",
    "page.span_open": "{first}及以后",
    "page.because": "（{parts}）",
    "page.fails": "不通过：{criteria}",
    "page.repeat_test": "{criterion}（需复查）",
    "page.open": "待核实：{criteria}",
    "page.flags": "实验室检查，颜色仅供参考",
    "page.flag_result": "项目",
    "page.flag_value": "结果",
    "page.colour": "颜色",
    "page.criteria": "全部标准",
    "page.criterion": "标准",
    "page.verdict": "判定",
    "page.why": "理由",
    "page.chart": "病历：{evidence}",
    "page.assumed": "假设：{assumption}",
    "page.reading": "解读：{reading}",
    "page.cited": "{field} = {value}",
    "page.cited_at": "{field} = {value}（{place}）",
    "page.foot": "规则 {rules}，由 {engine} 判定，经参考程序核对。本结果仅供研究者决策参考，不构成入组。",
    "page.column_patient": "患者",
    "page.column_decision": "结论",
    "page.column_deciding": "决定性标准",
    "page.column_question": "下一个问题",
    "page.column_from": "最早可自",
    "page.all_pass": "全部通过",
    "page.and_more": "另有{count}项",
    "colour.green": "绿色",
    "colour.amber": "黄色",
    "colour.unknown": "无",
    "colour.red": "红色",
    "word.eligible": "符合",
    "word.ineligible": "不符合",
    "word.undetermined": "待定",
    # the figures of a batch
    "figure.one_patient": "1例患者",
    "figure.patients": "{count}例患者",
    "figure.none": "无",
    "figure.attrition": "入组流失：各标准排除的患者",
    "figure.attrition_reads": (
        "{patients}中，{left}例没有任何标准不通过，其中{undetermined}例待定。一例患者可有多条标准不通过，"
        "因此逐条累计与单条独立的例数不同。"
    ),
    "figure.all_screened": "全部已筛查患者",
    "figure.sequential": "逐条累计：按方案顺序，经每条标准后的剩余患者",
    "figure.independent": "单条独立：每条标准单独计算",
    "figure.passing_so_far": "至此均通过",
    "figure.undetermined_so_far": "至此待定",
    "figure.fails_it": "该条不通过",
    "figure.criterion": "标准",
    "figure.entering": "进入",
    "figure.lost": "排除",
    "figure.left": "剩余",
    "figure.of_these_undetermined": "其中待定",
    "figure.fail_by_itself": "单条不通过",
    "figure.verdicts": "各标准的判定：不通过、待定、通过",
    "figure.fails": "不通过",
    "figure.undetermined": "待定",
    "figure.passes": "通过",
    "figure.failed_most": "不通过最多的是{criterion}：{patients}中有{count}例。",
    "figure.several_failed_most": "不通过最多的有{number}条标准：{patients}中各有{count}例。",
    "figure.none_failed": "没有患者因任何标准不通过。",
    "figure.open_criteria": "数据缺失：待定的标准",
    "figure.undetermined_for": "待定例数",
    "figure.undetermined_most": "待定最多的是{criterion}：{patients}中有{count}例。",
    "figure.several_undetermined_most": "待定最多的有{number}条标准：{patients}中各有{count}例。",
    "figure.none_undetermined": "没有任何标准待定。",
    "figure.next_questions": "数据缺失：下一步需查明的问题",
    "figure.questions_read": "{patients}尚有问题需查明；每例只计一次，按最能推进判定的问题归类。",
    "figure.questions_not_asked": "本次运行未要求列出问题（--verdicts-only）。",
    "figure.other_questions": "其余问题合计",
    "figure.next_question": "下一个问题",
    "figure.patients_column": "患者数",
    "figure.gain": "去除单条标准后的变化",
    "figure.gain_reads": (
        "仅一条标准不通过、其余均通过的患者：{count}例。供讨论方案时参考，不得作为豁免某条标准的理由。"
    ),
    "figure.dropped": "去除的标准",
    "figure.failed_to_eligible": "不符合 → 符合",
    "figure.open_to_eligible": "待定 → 符合",
    "figure.failed_to_undetermined": "不符合 → 待定",
}

_UNITS = {
    "years": "岁",
    "%": "%",
    "xULN": "倍ULN",
    "Karnofsky points": "分（Karnofsky评分）",
    "ECOG grade": "分",
    "IHC score": "分",
    "NYHA class": "级（NYHA）",
}
_LENGTHS = {"days": "天", "weeks": "周", "months": "个月", "years": "年"}
_CALENDAR = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_RESULT = re.compile(r"最近一次(.+)的采样日期")


class Chinese(Voice):
    """Simplified Chinese, in the words of an oncology site in Shanghai."""

    language = "zh"

    def words_of(self, code: str) -> str:
        """As the table of codes has it; a code that is not there is an error in our own code."""
        return CODES[code]

    def text(self, fixed: str) -> str:
        """As the table of fixed texts has it; a text that is not there is an error in our own code."""
        return FIXED_TEXTS[fixed]

    def date(self, written: str) -> str:
        """`2026年11月21日`, `2026年11月`, `2026年`, `第120天`, and two of them joined by 至."""
        return "至".join(map(_day, written.split("/")))

    def with_unit(self, value: str, unit: str) -> str:
        """`24 mm`, `54岁`."""
        known = _UNITS.get(unit)
        return f"{value} {unit}" if known is None else f"{value}{known}"

    def limit(self, written: str) -> str:
        """The number with its unit in Chinese form."""
        number, space, unit = written.partition(" ")
        return self.with_unit(number, unit) if space else written

    def duration(self, length: Duration) -> str:
        """`21天`."""
        return f"{length.amount}{_LENGTHS[length.unit]}"

    def sentence(self, text: str) -> str:
        """With its full stop."""
        return f"{text}。"

    def opening(self, item: str) -> str:
        """As it stands: there are no capitals."""
        return item

    def result_of(self, title: str) -> str:
        """`最近一次血小板计数的采样日期` speaks of 血小板计数."""
        found = _RESULT.fullmatch(title)
        return found[1] if found else title


def _day(written: str) -> str:
    if written.startswith("day "):
        return f"第{written.removeprefix('day ')}天"
    match = _CALENDAR.fullmatch(written)
    assert match is not None  # dates are read before they are written
    return "".join(
        f"{int(part)}{unit}" for part, unit in zip(match.groups(), "年月日", strict=True) if part
    )


CHINESE = Chinese(SENTENCES)
