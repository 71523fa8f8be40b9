"""Words of what goes wrong on a page: by code, else by status; a title, and what to do."""

WORDS = {
    "problem.heading": ("This did not work", "操作未完成"),
    "problem.todo": ("What to do", "如何处理"),
    "problem.found": ("What was found", "发现的问题"),
    "problem.home": ("Go to the start page", "返回首页"),
    "problem.request": (
        "If you ask for help, give this number: {request_id}",
        "如需协助，请提供此编号：{request_id}",
    ),
    "problem.code": ("Code: {code}", "代码：{code}"),
    "problem.400": ("The request cannot be read", "无法读取该请求"),
    "problem.400.todo": ("Go back, reload the page and try again.", "请返回并刷新页面后重试。"),
    "problem.401": ("You are not signed in", "您尚未登录"),
    "problem.401.todo": (
        "Sign in in another window, then come back here: what you typed is still in this page.",
        "请在另一窗口登录后返回此页，您已填写的内容仍在。",
    ),
    "problem.403": ("You may not do this", "您没有此操作的权限"),
    "problem.403.todo": ("Ask whoever looks after the service.", "请联系系统管理员。"),
    "problem.404": ("There is no such page", "页面不存在"),
    "problem.404.todo": (
        "Check the address. What belongs to another site is not shown either.",
        "请核对网址。其他中心的内容同样不予显示。",
    ),
    "problem.405": ("This address cannot be used like that", "该网址不支持此操作"),
    "problem.405.todo": ("Use the menu to get to the page.", "请通过菜单进入该页面。"),
    "problem.409": ("That does not go together with what is there", "与现有内容冲突"),
    "problem.409.todo": ("Reload the page to see what has changed.", "请刷新页面查看最新内容。"),
    "problem.413": ("What was sent is too large", "提交的内容过大"),
    "problem.413.todo": ("Go back and send less at once.", "请返回并减少一次提交的内容。"),
    "problem.415": ("This kind of content cannot be read", "无法读取此类内容"),
    "problem.415.todo": ("Go back and use the form of the page.", "请返回并使用页面上的表单。"),
    "problem.422": ("Something that was sent cannot be read", "提交的内容有误"),
    "problem.422.todo": ("Go back and correct it.", "请返回并更正。"),
    "problem.429": ("Too many requests came at once", "请求过于频繁"),
    "problem.429.todo": ("Wait a moment and try again.", "请稍候再试。"),
    "problem.500": ("The service failed; nothing was decided", "系统故障，未作出任何判定"),
    "problem.500.todo": (
        "Go back and try again. If it fails again, tell whoever looks after the service.",
        "请返回后重试。如仍失败，请告知系统管理员。",
    ),
    "problem.503": ("The service cannot do this just now", "系统暂时无法处理"),
    "problem.503.todo": (
        "Nothing was recorded. Go back and try again in a moment.",
        "未作任何记录。请返回，稍后再试。",
    ),
    "problem.sign_in": ("Sign in", "登录"),
    "problem.form_expired": ("This form is no longer valid", "此表单已失效"),
    "problem.form_expired.todo": (
        "Go back, copy what you typed if you need it, reload the page and send it again.",
        "请返回，必要时先复制已填写的内容，刷新页面后重新提交。",
    ),
    "problem.site_changed": (
        "This form was made for site {made_for}, but {chosen} is the site chosen now; nothing was recorded",
        "此表单是为中心 {made_for} 打开的，而当前所选中心为 {chosen}，未作任何记录",
    ),
    "problem.site_changed.todo": (
        "If it belongs to {made_for}: choose that site again in another window, then go back and send the form once"
        " more. If it belongs to {chosen}: open the page anew, and check what you copy into it.",
        "若应属于 {made_for}：请在另一窗口重新选择该中心，再返回并重新提交。若应属于 {chosen}：请重新打开该页面，"
        "填写时请仔细核对。",
    ),
    "problem.foreign_origin": (
        "Pages of other sites may not ask this",
        "不接受来自其他网站页面的请求",
    ),
    "problem.host_unknown": (
        "The service is not called by this name",
        "本系统不使用该域名",
    ),
    "problem.not_local": (
        "Without sign-in only this machine is served",
        "未设置登录时，仅限本机访问",
    ),
    "problem.not_allowed": ("Your role does not allow this", "您的角色无此权限"),
    "problem.site_missing": ("It is not clear for which site this is", "尚未选择中心"),
    "problem.site_missing.todo": ("Choose a site first.", "请先选择中心。"),
    "problem.identity_unavailable": (
        "Nobody can be identified just now",
        "暂时无法验证身份",
    ),
}
