"""Words of the list of the screening log: its search, its columns, its files."""

WORDS = {
    "log.heading": ("Screening log", "筛查日志"),
    "log.about": (
        "Every recorded decision of your site, with what was added to it. Nothing here is ever changed or removed;"
        " a correction is a new entry.",
        "本中心每一次已记录的判定及其后续补充。任何记录均不会被修改或删除，更正以新记录的形式添加。",
    ),
    "log.search": ("Search the log", "检索日志"),
    "log.any": ("any", "不限"),
    "log.decision": ("Decision", "判定结果"),
    "log.kind": ("Kind of entry", "记录类型"),
    "log.kind.decision": ("decision", "判定"),
    "log.kind.correction": ("correction", "更正"),
    "log.kind.withdrawal": ("withdrawal", "撤回"),
    "log.kind.review": ("investigator's review", "研究者复核"),
    "log.kind.batch": ("table screened", "批量筛查"),
    "log.kind.configuration": ("configuration", "系统设置"),
    "log.criterion": ("Criterion", "标准编号"),
    "log.verdict": ("What it came to", "该标准的结论"),
    "log.verdict_hint": (
        "A criterion is found where it decided, or where an investigator answered it: all that pass make"
        " eligible, one that fails makes ineligible, one that is unknown keeps a decision open.",
        "可按起决定作用的标准或研究者已复核的标准检索：全部通过则符合入选条件，"
        "有不通过则不符合，有未知则尚不能判定。",
    ),
    "log.trial": ("Trial", "试验"),
    "log.recorded_from": ("Recorded from (UTC)", "记录日期自（UTC）"),
    "log.recorded_until": ("Recorded until (UTC)", "记录日期至（UTC）"),
    "log.screening_id": ("Screening number", "筛选号"),
    "log.actor": ("Recorded by", "记录人"),
    "log.search_go": ("Search", "检索"),
    "log.clear": ("Show every entry", "显示全部记录"),
    "log.found_all": ("All entries", "全部记录"),
    "log.found_filtered": ("Entries found", "检索结果"),
    "log.empty": (
        "Nothing has been recorded at this site yet. Screen a patient and record the screening: it appears here.",
        "本中心尚无记录。筛查一位患者并记录结果后，即会显示在此处。",
    ),
    "log.empty_go": ("Screen a patient", "筛查患者"),
    "log.no_result": (
        "No entry of this site meets all conditions. Take one away, or check the screening number and the days.",
        "本中心没有符合全部条件的记录。请减少条件，或核对筛选号和日期。",
    ),
    "log.kept_unreadable": (
        "This search cannot be opened: it was another person's or site's, or begins in a log that was searched"
        " otherwise. Type it again.",
        "无法打开该检索：它属于其他人员或中心，或检索条件已变。请重新输入。",
    ),
    "log.number": ("No.", "编号"),
    "log.turn": ("turn the order around", "切换排序方向"),
    "log.recorded": ("Recorded", "记录时间"),
    "log.what": ("What", "内容"),
    "log.criteria": ("Criteria", "相关标准"),
    "log.as_of": ("Judged as of", "判定日期"),
    "log.planned_start": ("Planned start", "计划开始治疗日期"),
    "log.subject": ("Patient", "患者"),
    "log.keyed": (
        "A code: the screening number itself is not kept in the log.",
        "此为代码，日志中不保存筛选号本身。",
    ),
    "log.pick": ("Compare", "比较"),
    "log.pick_n": ("Compare entry {n}", "比较第 {n} 号记录"),
    "log.none": ("none", "无"),
    "log.entry_n": ("Entry {n}", "第 {n} 号记录"),
    "log.entry_heading": ("Entry {n}: {kind}", "第 {n} 号记录：{kind}"),
    "log.corrected": ("corrected", "已更正"),
    "log.withdrawn": ("withdrawn", "已撤回"),
    "log.first_page": ("First page", "第一页"),
    "log.next_page": ("Next page", "下一页"),
    "log.compare_two": ("Compare the two that are marked", "比较所选的两条记录"),
    "log.compare_numbers": ("Compare by numbers", "按编号比较"),
    "log.exports": ("Take it away as a file", "导出文件"),
    "log.exports_about": (
        "No file holds a name or a screening number in plain text, unless your site keeps screening numbers"
        " as they are: then SDTM IE has them in USUBJID.",
        "文件中不含姓名。除非本中心设置为保存原始筛选号（此时 SDTM IE 的 USUBJID 中会出现），否则也不含筛选号。",
    ),
    "log.export.log": ("Screening log (CSV)", "筛查日志（CSV）"),
    "log.export.log_text": (
        "Every entry that meets the conditions above, oldest first. Patients are codes.",
        "符合上述条件的全部记录，按时间先后排列。患者以代码表示。",
    ),
    "log.export.ti": ("SDTM TI (CSV)", "SDTM TI 文件（CSV）"),
    "log.export.ti_text": (
        "The criteria of {trial} in the version in force. No patient is in it; other conditions do not count.",
        "{trial} 现行版本的入排标准，不含任何患者信息；其他条件不影响此文件。",
    ),
    "log.export.ie": ("SDTM IE (CSV)", "SDTM IE 文件（CSV）"),
    "log.export.ie_text": (
        "The criteria of {trial} that were not met, by subject, in the decision that stood on the last day asked"
        " for. Other conditions do not count: they could let a decision stand that was replaced.",
        "按受试者列出 {trial} 中未满足的标准，以截止日期当日有效的判定为准。其他条件不影响此文件，"
        "以免已被取代的判定被误认为有效。",
    ),
    "log.checklist": ("Checklist of this entry", "本记录的核对表"),
    "log.back_to": ("Back to entry {n}", "返回第 {n} 号记录"),
}
