"""Words for what the pages of the screening log refuse, or cannot do just now."""

WORDS = {
    "log.fault.choice": ("Choose one of the list.", "请从列表中选择。"),
    "log.fault.criterion": (
        "Write a criterion's number as the protocol page has it, for example EXCL05.",
        "请按标准页面填写编号，例如 EXCL05。",
    ),
    "log.fault.verdict_of": (
        "Name the criterion whose verdict you look for.",
        "请填写要查找结论的标准编号。",
    ),
    "log.fault.trial": (
        "Write the trial's number, for example NCT06731140.",
        "请填写试验编号，例如 NCT06731140。",
    ),
    "log.fault.screening_id": (
        "A screening number has letters, digits, dots and hyphens only.",
        "筛选号只能包含字母、数字、点和连字符。",
    ),
    "log.fault.actor": ("No entry holds these characters.", "记录中不含此类字符。"),
    "log.fault.day": ("Write a day of the calendar: 2026-11-21", "请填写有效日期，例如 2026-11-21"),
    "log.fault.order_of_days": ("The last day is before the first.", "截止日期早于起始日期。"),
    "log.fault.number": (
        "Write the number of a decision of your site.",
        "请填写本中心某条判定记录的编号。",
    ),
    "log.fault.two": (
        "Mark exactly two decisions in the list, or write their numbers here.",
        "请在列表中恰好选择两条判定记录，或在此填写编号。",
    ),
    "log.fault.criterion_missing": ("Choose the criterion.", "请选择标准。"),
    "log.fault.answer": ("Choose an answer.", "请选择意见。"),
    "log.fault.reason": (
        "Give a reason of 3 to 2000 characters.",
        "请填写 3 至 2000 个字符的理由。",
    ),
    "log.fault.source": ("At most 200 characters.", "最多 200 个字符。"),
    "log.fault.profile": (
        "This is no patient profile that can be read.",
        "无法读取该患者资料。",
    ),
    "log.fault.dates": ("The dates cannot be used.", "日期无法使用。"),
    "problem.entry_not_found": (
        "There is no such entry in the log of your site",
        "本中心日志中没有该记录",
    ),
    "problem.entry_not_found.todo": (
        "Check the number, or search the log.",
        "请核对编号，或检索日志。",
    ),
    "problem.entry_superseded": (
        "Somebody corrected or withdrew this entry meanwhile",
        "该记录已被他人更正或撤回",
    ),
    "problem.entry_superseded.todo": (
        "Look at what took its place.",
        "请查看取代它的记录。",
    ),
    "problem.answered_meanwhile": (
        "Somebody added to this entry meanwhile; see what was added to it, and send yours again if it still holds",
        "其他人员刚刚对该记录作了补充；请查看后续记录，如您的内容仍然成立，请重新提交",
    ),
    "problem.answered_meanwhile.todo": (
        "Look at what was added, then send yours again if it still holds.",
        "请查看新增内容，如您的内容仍然成立，请重新提交。",
    ),
    "problem.not_for_judgement": (
        "This criterion does not wait for a judgement; only new facts change it",
        "该标准并非待研究者判断，只有新的资料才能改变其结论",
    ),
    "problem.not_a_decision": (
        "This entry holds no decision of one patient",
        "该记录不是针对单一患者的判定",
    ),
    "problem.not_a_decision.todo": (
        "Open the decision that it is about.",
        "请打开其所针对的判定记录。",
    ),
    "problem.entry_invalid": (
        "What was typed holds characters or lengths that the log does not take",
        "填写的内容含有日志不接受的字符或长度",
    ),
    "problem.idempotency_conflict": (
        "This form was recorded already, with other words; see what was added to the entry",
        "此表单已以其他内容记录；请查看后续记录",
    ),
    "problem.criteria_version_missing": (
        "An entry was decided by criteria that are not in the library any more, so the file would have a gap",
        "有记录所依据的标准已不在标准库中，文件将不完整",
    ),
    "problem.criteria_version_missing.todo": (
        "Whoever looks after the service can write the file where those criteria are kept.",
        "请联系系统管理员，在保存有该版本标准处导出文件。",
    ),
    "problem.log_unavailable": (
        "The screening log cannot be reached just now",
        "筛查日志暂时无法访问",
    ),
    "problem.log_unavailable.todo": (
        "Try again in a moment. If it stays so, tell whoever looks after the service.",
        "请稍后再试。如仍无法访问，请告知系统管理员。",
    ),
    "problem.document_changed": (
        "What was kept beside this entry is not what was recorded",
        "随该记录保存的资料与写入时不一致",
    ),
    "problem.document_changed.todo": (
        "Tell whoever looks after the service at once; use nothing of it until it is explained.",
        "请立即告知系统管理员；查明之前请勿使用。",
    ),
}
