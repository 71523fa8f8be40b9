"""Words of the screening log's pages."""

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
    "log.recorded_as": ("Recorded as entry {n}.", "已记录为第 {n} 号记录。"),
    "log.corrected_by": ("Corrected by", "已被更正，见"),
    "log.withdrawn_by": ("Withdrawn by", "已被撤回，见"),
    "log.no_longer": ("This entry no longer stands.", "本记录不再有效。"),
    "log.refers_to": ("It is about", "针对"),
    "log.review_changes_nothing": (
        "The computed decision stays as it is.",
        "系统判定结果保持不变。",
    ),
    "log.deciding": ("What decided", "起决定作用的标准"),
    "log.all_met": ("all {n} met", "{n} 条全部满足"),
    "log.all_met_text": (
        "All {n} criteria are met.",
        "{n} 条标准全部满足。",
    ),
    "log.none_decided": ("No criterion is named.", "未列出标准。"),
    "log.for_judgement": ("for the investigator to judge", "需由研究者判断"),
    "log.facts": ("The entry", "记录信息"),
    "log.site": ("Site", "中心"),
    "log.site_profile": ("Site profile", "中心配置"),
    "log.profile": ("Site profile", "中心配置"),
    "log.signed_by": ("Answered by", "复核人"),
    "log.chain": ("Place in the chain", "链上位置"),
    "log.chain_fits": ("Hash and place fit", "哈希与位置相符"),
    "log.chain_broken": (
        "Not as it was written: tell the operator",
        "与写入时不一致：请告知系统管理员",
    ),
    "log.position": ("Position", "位置"),
    "log.position_of": ("{n} of {last}", "第 {n} 条，共 {last} 条"),
    "log.rules_hash": ("Criteria (hash)", "标准版本（哈希）"),
    "log.input_hash": ("Profile (hash)", "患者资料（哈希）"),
    "log.explanation_hash": ("Explanation (hash)", "判定说明（哈希）"),
    "log.previous_hash": ("Entry before (hash)", "前一条记录（哈希）"),
    "log.entry_hash": ("This entry (hash)", "本记录（哈希）"),
    "log.engine_version": ("Software version", "软件版本"),
    "log.receipt": ("Receipt", "回执"),
    "log.receipt_about": (
        "Kept elsewhere, it proves that this entry was in the log. The end of the log is signed; whoever runs the"
        " service checks chain and signatures.",
        "另行保存后，可证明该记录确在日志中。日志末端经签名，由系统管理员核验链与签名。",
    ),
    "log.history": ("What was added to it", "后续记录"),
    "log.history_none": (
        "No correction, withdrawal or review.",
        "无更正、撤回或复核。",
    ),
    "log.this_one": ("(this one)", "（本记录）"),
    "log.about_n": ("about entry {n}", "针对第 {n} 号记录"),
    "log.why": ("Why", "判定说明"),
    "log.kept_in_english": (
        "The explanation is shown as it was recorded, in English.",
        "判定说明按原始记录以英文显示。",
    ),
    "log.told_anew": (
        "Told in your language from the stored profile, which gives the recorded explanation byte for byte; the"
        " record itself is in English.",
        "由患者资料重演得出，与已记录的英文说明逐字节一致，此处以中文显示。原始记录为英文。",
    ),
    "log.document_changed": (
        "What was kept beside this entry is not what was recorded, and is not shown. Tell the operator at once.",
        "随本记录保存的资料与写入时不一致，故不予显示。请立即告知系统管理员。",
    ),
    "log.not_kept": (
        "Its explanation is not kept here, or was deleted in time. Replay it with the patient's profile to see it.",
        "判定说明未保存或已按期删除。请用该患者资料重演以查看。",
    ),
    "log.not_kept_profile": (
        "Its explanation is not kept here, but the profile is: replay it to see the explanation.",
        "判定说明未保存，但患者资料仍在：重演即可查看。",
    ),
    "log.protocol_text": ("Protocol text", "方案原文"),
    "log.evidence": ("Values", "依据数值"),
    "log.evidence_of": ("Values for {id}", "{id} 的依据数值"),
    "log.field": ("Field", "字段"),
    "log.value": ("Value", "数值"),
    "log.date": ("Date", "日期"),
    "log.source": ("Source", "来源"),
    "log.review_beside": (
        "{who} answered “{answer}” on {when}:",
        "{who} 于 {when} 复核意见为“{answer}”：",
    ),
    "log.computed_stays": (
        "The computed answer stays “{verdict}”.",
        "系统结论仍为“{verdict}”。",
    ),
    "log.replay": ("Replay", "重演"),
    "log.replay_about": (
        "Screens the same profile again as of the same dates, by the same criteria, and compares byte for byte."
        " Nothing of it is recorded or kept.",
        "以相同资料、相同日期、相同标准重新筛查，并逐字节比较。过程不作记录，也不保存任何内容。",
    ),
    "log.replay_stored": ("Replay from the stored profile", "用已保存的资料重演"),
    "log.replay_again": ("Bring the profile again", "重新提供患者资料"),
    "log.replay_hint": (
        "Paste the profile's JSON, drop its file here, or choose it below. It must be exactly what was screened.",
        "粘贴患者资料 JSON，或将文件拖到此处，或在下方选择文件。须与当时筛查的内容完全一致。",
    ),
    "log.replay_go": ("Replay", "重演"),
    "log.profile_json": ("Patient profile (JSON)", "患者资料（JSON）"),
    "log.profile_file": ("or a file", "或选择文件"),
    "log.checklist": ("Checklist of this entry", "本记录的核对表"),
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
    "log.day_hint": ("For example: 2026-11-21", "例如：2026-11-21"),
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
    "log.replay_of": ("Replay of entry {n}", "第 {n} 号记录的重演"),
    "log.outcome.confirmed": (
        "Byte for byte the same.",
        "逐字节一致。",
    ),
    "log.outcome.differs": (
        "Not the same: the decision is not confirmed.",
        "不一致：判定未得到确认。",
    ),
    "log.outcome.cannot_be_confirmed": (
        "The decision cannot be confirmed.",
        "无法确认该判定。",
    ),
    "log.because.profile_not_kept": (
        "The profile was not kept, or was deleted since: bring it again.",
        "患者资料未保存或已删除：请重新提供。",
    ),
    "log.because.profile_differs": (
        "This profile is not the one that was screened: its hash is another.",
        "该资料与当时筛查的资料不同：哈希不一致。",
    ),
    "log.because.engine_version_differs": (
        "It was decided by another version of the software.",
        "当时使用的软件版本不同。",
    ),
    "log.because.criteria_gone": (
        "The trial, or the site profile, is not in the library any more.",
        "该试验或中心配置已不在标准库中。",
    ),
    "log.because.criteria_version_differs": (
        "It was decided by another version of the criteria than the one in force.",
        "当时依据的标准版本与现行版本不同。",
    ),
    "log.because.explanation_differs": (
        "The same profile, by the same criteria, now gives another explanation. Tell the operator.",
        "相同资料、相同标准，现在得出不同的说明。请告知系统管理员。",
    ),
    "log.replayed_from": ("Replayed from", "重演所用资料"),
    "log.from_posted": ("the profile you brought", "您提供的资料"),
    "log.from_stored": ("the stored profile", "已保存的资料"),
    "log.nothing_kept": (
        "Nothing of this replay was recorded or kept.",
        "本次重演未作记录，也未保存任何内容。",
    ),
    "log.what_differs": ("What differs", "不同之处"),
    "log.then": ("Then", "当时"),
    "log.now": ("Now", "现在"),
    "log.differs_unseen": (
        "The explanation of then was not kept, so that only its hash can be compared.",
        "当时的说明未保存，只能比较哈希。",
    ),
    "log.explained_now": ("The explanation, as it comes out now", "重演得出的判定说明"),
    "log.back_to": ("Back to entry {n}", "返回第 {n} 号记录"),
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
