"""Words of a replay of a logged decision."""

WORDS = {
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
}
