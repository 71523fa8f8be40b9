"""Words that stand on every page."""

WORDS = {
    "base.name": ("Eligibility screening", "入选资格筛查"),
    "base.skip": ("Skip to the content", "跳到正文"),
    "base.menu": ("Main menu", "主菜单"),
    "base.support": (
        "Screening support. The investigator decides.",
        "本系统仅辅助筛查，最终由研究者决定。",
    ),
    "base.version": ("Version {version}", "版本 {version}"),
    "base.language": ("Language", "语言"),
    "base.site": ("Site: {site}", "中心：{site}"),
    "base.change_site": ("Change site", "更换中心"),
    "base.person": ("Signed in as {person}", "已登录：{person}"),
    "base.local": ("On this computer only, without sign-in", "仅限本机使用，无需登录"),
    "base.sign_out": ("Sign out", "退出登录"),
    "base.no_text": (
        "The file was not taken: it is not UTF-8 text. Save it as UTF-8 and choose it again.",
        "文件未被读取：其编码不是UTF-8。请另存为UTF-8格式后重新选择。",
    ),
    "nav.start": ("Start", "首页"),
    "nav.patient": ("Patient", "患者筛查"),
    "nav.checklist": ("Checklist", "核对表"),
    "nav.tables": ("Tables", "批量筛查"),
    "nav.log": ("Log", "筛查日志"),
    "nav.criteria": ("Criteria", "入排标准"),
    "decision.eligible": ("eligible", "符合入选条件"),
    "decision.ineligible": ("ineligible", "不符合入选条件"),
    "decision.undetermined": ("undetermined", "尚不能判定"),
    "verdict.pass": ("pass", "通过"),
    "verdict.fail": ("fail", "不通过"),
    "verdict.unknown": ("unknown", "未知"),
}
