"""Words of the comparison of two entries of the screening log."""

WORDS = {
    "log.compare": ("Two screenings side by side", "两次筛查对比"),
    "log.first": ("First entry", "第一条记录编号"),
    "log.second": ("Second entry", "第二条记录编号"),
    "log.compare_go": ("Compare", "比较"),
    "log.decided_by": ("{id} decided", "{id} 起决定作用"),
    "log.yes": ("yes", "是"),
    "log.no": ("no", "否"),
    "log.by_criterion": ("Criterion by criterion", "逐条比较"),
    "log.changed_count": ("{n} of {all} criteria changed.", "{all} 条标准中有 {n} 条发生变化。"),
    "log.same_count": ("{n} criteria are the same", "{n} 条标准相同"),
    "log.other_trial": (
        "The entries are of different trials: their criteria cannot be compared.",
        "两条记录属于不同试验，标准无法比较。",
    ),
    "log.other_rules": (
        "The criteria were of different versions: a change may come from the criteria, not from the patient.",
        "两次所用标准版本不同：变化可能源于标准，而非患者。",
    ),
    "log.cannot_compare": (
        "Verdicts and reasons cannot be compared criterion by criterion. What is missing:",
        "无法逐条比较结论与理由。缺少的内容：",
    ),
    "log.change.heading": ("Change", "变化"),
    "log.change.same": ("same", "相同"),
    "log.change.other": ("differs", "不同"),
    "log.change.reason": ("same verdict, other reason or values", "结论相同，理由或数值不同"),
    "log.change.verdict": ("verdict changed", "结论改变"),
    "log.change.first_only": ("in the first only", "仅第一条有"),
    "log.change.second_only": ("in the second only", "仅第二条有"),
}
