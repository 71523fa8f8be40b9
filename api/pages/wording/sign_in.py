"""Words of signing in and of choosing a site."""

WORDS = {
    "sign_in.title": ("Sign in", "登录"),
    "sign_in.key": ("Access key", "访问密钥"),
    "sign_in.key_hint": (
        "Begins with elig_. Whoever looks after the service gave it to you. It is checked once and not kept"
        " on this computer.",
        "以 elig_ 开头，由系统管理员提供。仅在登录时核验，不会保存在本机。",
    ),
    "sign_in.go": ("Sign in", "登录"),
    "sign_in.wrong": (
        "This key does not let you in: it is mistyped, or has ended. Check it, or ask for a new one.",
        "该密钥无效：输入有误或已失效。请核对，或向管理员申请新密钥。",
    ),
    "sign_in.by_token": (
        "Your organisation's sign-in stands before this service. If you see this page, it did not say who you"
        " are, or your session there has ended: open the service again from your organisation's start page.",
        "本系统通过贵机构的统一身份认证登录。看到此页说明尚未通过认证或认证已过期，请从机构门户重新进入。",
    ),
    "sign_in.continue": (
        "Signed in already and came here by a link? Go on.",
        "已登录，从链接进入？点击继续。",
    ),
    "site.title": ("Choose a site", "选择中心"),
    "site.about": (
        "All that you screen and see belongs to this site until you choose another.",
        "在更换之前，您筛查和查看的所有内容均属于该中心。",
    ),
    "site.name": ("Name of the site", "中心名称"),
    "site.name_hint": (
        "Lower-case letters, digits, hyphen, underscore; for example: berlin",
        "小写字母、数字、连字符或下划线，例如：shanghai",
    ),
    "site.go": ("Work for this site", "进入该中心"),
    "site.wrong": ("This is not one of your sites.", "您没有该中心的权限。"),
}
