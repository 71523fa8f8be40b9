"""Words of what is added to an entry: review, correction, withdrawal."""

WORDS = {
    "log.review": ("Review by an investigator", "研究者复核"),
    "log.review_about": (
        "These criteria wait for nothing but judgement. An answer stands beside the computed one and never makes"
        " a patient eligible. The last answer counts.",
        "以下标准仅待研究者判断。复核意见与系统结论并列显示，不会使患者变为符合入选条件。以最后一次复核为准。",
    ),
    "log.computed": ("Computed:", "系统结论："),
    "log.no_review": ("No investigator has answered yet.", "尚无研究者复核。"),
    "log.review_not_yours": (
        "Only an investigator can answer. Ask the investigator of your site.",
        "仅研究者可以复核。请联系本中心研究者。",
    ),
    "log.which_criterion": ("Criterion", "标准"),
    "log.answer": ("Your answer", "您的意见"),
    "log.answered.pass": (
        "Pass: this criterion does not keep the patient out",
        "通过：该标准不妨碍患者入组",
    ),
    "log.answered.fail": (
        "Fail: this criterion keeps the patient out",
        "不通过：该标准使患者不能入组",
    ),
    "log.reason": ("Reason", "理由"),
    "log.reason_hint": (
        "In a sentence, without names. It stays in the log for good.",
        "请用一句话说明，勿写姓名。将永久保存在日志中。",
    ),
    "log.review_source": ("Source", "来源文件"),
    "log.review_source_hint": (
        "The document it rests on, if there is one: tumour board minutes of 20 Nov 2026",
        "所依据的文件（如有），例如：2026年11月20日多学科会诊记录",
    ),
    "log.review_go": ("Record the review under my name", "以本人名义记录复核"),
    "log.change": ("If something is wrong", "如有错误"),
    "log.change_about": (
        "The entry stays in the log. A correction screens the right profile anew and stands in its place; a"
        " withdrawal leaves nothing in its place.",
        "原记录始终保留。更正会以正确的资料重新筛查并取代原判定；撤回则不以任何判定取代。",
    ),
    "log.correct": ("Correct it", "更正"),
    "log.correct_profile_hint": (
        "The whole profile as it should have been: paste its JSON, drop its file here, or choose it below.",
        "完整且正确的患者资料：粘贴 JSON，或将文件拖到此处，或在下方选择文件。",
    ),
    "log.day_hint": ("For example: 2026-11-21", "如 2026-11-21 或 2026年11月21日"),
    "log.correct_go": ("Screen anew and record the correction", "重新筛查并记录更正"),
    "log.withdraw": ("Withdraw it", "撤回"),
    "log.withdraw_go": ("Record the withdrawal", "记录撤回"),
    "log.not_written": ("It was not recorded", "未能记录"),
    "log.mend_below": (
        "What you typed is still in the form below. Correct what is marked and send it again.",
        "您填写的内容仍在下方表单中。请更正标出之处后重新提交。",
    ),
    "log.still_there": ("What you typed is still there.", "您填写的内容仍在。"),
    "log.you_typed": ("What you typed", "您填写的内容"),
    "log.unsaved_about": (
        "The log cannot be reached just now. Leave this page open and send it again in a moment: it is written"
        " once, however often you send it.",
        "日志暂时无法访问。请保持此页打开，稍后重新提交；无论提交几次，只会记录一次。",
    ),
    "log.send_again": ("Send it again", "重新提交"),
}
