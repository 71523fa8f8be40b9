"""Words of the first page."""

WORDS = {
    "start.title": ("Start", "首页"),
    "start.heading": (
        "Who can enter the trial, and why not yet?",
        "谁可以入组？若尚不可，原因何在？",
    ),
    "start.lead": (
        "Enter what the chart says. At once you see which of the {count} criteria of {trial} are met, which"
        " are not, which cannot be decided yet, what to find out next, and from which date treatment could start.",
        "填写病历中的信息，即可看到 {trial} 的 {count} 条入排标准中哪些符合、哪些不符合、哪些尚不能判定，"
        "下一步需要查明什么，以及最早可从哪天开始治疗。",
    ),
    "start.is": ("What it is", "本系统是什么"),
    "start.is_text": (
        "Support for screening. Each answer shows the protocol's own words, the values that decided, and the"
        " rules it was made by.",
        "筛查辅助工具。每个结论都附有方案原文、起决定作用的数值，以及所依据的规则版本。",
    ),
    "start.is_not": ("What it is not", "本系统不是什么"),
    "start.is_not_text": (
        "It enrols nobody and overrides nothing. The investigator decides. What the chart does not say stays"
        " unknown; it is never guessed.",
        "它不会让任何人入组，也不会放宽任何标准。最终由研究者决定。病历未记载的内容一律视为未知，绝不猜测。",
    ),
    "start.privacy": (
        "Use the study's screening number, never a name or hospital number. Nothing leaves this service.",
        "请使用研究筛选号，切勿填写姓名或住院号。数据不会离开本系统。",
    ),
    "start.examples": ("Three invented patients to begin with", "先看三位虚构患者"),
    "start.dates": (
        "Judged as of {as_of}, for a start of treatment on {start}.",
        "判定日期 {as_of}，计划开始治疗日期 {start}。",
    ),
    "start.open": ("Open: {name}", "打开：{name}"),
    "start.example.likely_eligible": ("Everything is there", "资料齐全"),
    "start.example.likely_eligible.text": (
        "A full chart: see how every criterion is answered, and with which value.",
        "病历完整：看每条标准如何得出结论、依据哪个数值。",
    ),
    "start.example.wait_for_washout": ("Not yet", "还需等待"),
    "start.example.wait_for_washout.text": (
        "The last immunotherapy was days ago: see from which date the patient could start.",
        "末次免疫治疗刚过数日：看最早何时可以开始治疗。",
    ),
    "start.example.thin_chart": ("A thin chart", "资料不全"),
    "start.example.thin_chart.text": (
        "Little is recorded: see what to find out first.",
        "记录很少：看首先需要查明什么。",
    ),
    "start.topics": ("What you can do here", "功能"),
    "start.topic.patient": (
        "Screen one patient and watch the decision while you type.",
        "筛查一位患者，边填写边看结论。",
    ),
    "start.topic.checklist": (
        "Print the eligibility checklist for the binder.",
        "打印入排标准核对表，存入研究者文件夹。",
    ),
    "start.topic.tables": (
        "Screen a whole table of patients.",
        "上传表格，批量筛查。",
    ),
    "start.topic.log": (
        "Look up, compare and review what was decided.",
        "查询、比较和复核既往判定。",
    ),
    "start.topic.criteria": (
        "Read the criteria with their conditions and readings.",
        "查看入排标准及其判定条件与解读。",
    ),
}
