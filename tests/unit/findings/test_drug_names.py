"""Drugs as charts name them: trade mark, dose, brand in brackets, several in one entry, in Chinese."""

from __future__ import annotations

import time

import pytest

from eligibility.findings.agents import (
    agent_list,
    classes_given,
    classes_mentioned,
)


def classes_named(written: str) -> tuple[str | None, ...]:
    """The classes of a course that has this entry and no other."""
    return classes_given((written,))


CHECKPOINT, CHEMOTHERAPY = "checkpoint_inhibitor", "chemotherapy"
TARGETED, BONE_AGENT, GLUCOCORTICOID = "targeted", "bone_agent", "glucocorticoid"


@pytest.mark.parametrize(
    ("written", "classes"),
    [
        ("Keytruda®", [CHECKPOINT]),
        ("Taxol™", [CHEMOTHERAPY]),
        ("Keytruda 200 mg", [CHECKPOINT]),
        ("trastuzumab deruxtecan 5.4 mg/kg", ["antibody_drug_conjugate"]),
        ("5-FU 500mg/m2", [CHEMOTHERAPY]),
        ("nab paclitaxel", [CHEMOTHERAPY]),
        ("ＰＤ－１ inhibitor", [CHECKPOINT]),
        ("pembrolizumab (Keytruda)", [CHECKPOINT]),
        ("carboplatin/gemcitabine", [CHEMOTHERAPY]),
        ("Tecentriq + Abraxane", [CHECKPOINT, CHEMOTHERAPY]),
        ("Keytruda、Abraxane", [CHECKPOINT, CHEMOTHERAPY]),
        ("doxorubicin and cyclophosphamide", [CHEMOTHERAPY, CHEMOTHERAPY]),
        ("特瑞普利单抗 240mg", [CHECKPOINT]),
        ("紫杉醇联合卡铂", [CHEMOTHERAPY, CHEMOTHERAPY]),
    ],
)
def test_a_drug_is_known_as_charts_write_it(written: str, classes: list[str]) -> None:
    assert list(classes_named(written)) == classes


@pytest.mark.parametrize(
    ("written", "classes"),
    [
        ("XYZ-123", [None]),
        ("no pembrolizumab", [None]),
        ("pembrolizumab?", [None]),
        ("pembrolizumab/placebo", [None]),  # one of them, and nobody says which
        ("paclitaxel/pembrolizumab", [None]),
        ("paclitaxel (in trial ABC)", [None]),
        ("pembrolizumab + XYZ-123", [CHECKPOINT, None]),
        ("+", [None]),
        ("200 mg", [None]),
    ],
)
def test_what_is_not_surely_on_the_list_is_open(written: str, classes: list[str | None]) -> None:
    assert list(classes_named(written)) == classes


@pytest.mark.parametrize(
    ("written", "classes"),
    [
        ("trastuzumab 6 mg/kg + docetaxel 75 mg/m2", [TARGETED, CHEMOTHERAPY]),
        ("denosumab 120 mg and pembrolizumab 200 mg", [BONE_AGENT, CHECKPOINT]),
        ("denosumab 120 mg, pembrolizumab 200 mg", [BONE_AGENT, CHECKPOINT]),
        ("trastuzumab + paclitaxel 80 mg/m2", [TARGETED, CHEMOTHERAPY]),
        ("trastuzumab + paclitaxel 80 mg/m²", [TARGETED, CHEMOTHERAPY]),
        ("nab-paclitaxel 100 mg/m2 + pembrolizumab 200 mg", [CHEMOTHERAPY, CHECKPOINT]),
        ("nab-paclitaxel 100 mg/m2 + dexamethasone 8 mg", [CHEMOTHERAPY, GLUCOCORTICOID]),
        ("nab-paclitaxel 100 mg/m2 + XYZ-123 8 mg", [CHEMOTHERAPY, None]),
        ("carboplatin 400 mg/gemcitabine 1000 mg/m2", [CHEMOTHERAPY]),
        ("pembrolizumab (Keytruda) 200 mg", [CHECKPOINT]),
        ("paclitaxel 80 mg/m2 d1, 5-FU 500 mg", [CHEMOTHERAPY, CHEMOTHERAPY]),
        ("白蛋白紫杉醇100mg/m2联合帕博利珠单抗200mg", [CHEMOTHERAPY, CHECKPOINT]),
        ("多西他赛 75mg/m²，曲妥珠单抗 6mg/kg", [CHEMOTHERAPY, TARGETED]),
    ],
)
def test_a_dose_ends_where_the_next_drug_begins(written: str, classes: list[str | None]) -> None:
    assert list(classes_named(written)) == classes


@pytest.mark.parametrize(
    "written",
    [
        "docetaxel 75 mg/m2 q3w",
        "docetaxel 75 mg/m2, q3w",
        "docetaxel 75mg/m2 iv d1, 8, 15 q28d",
        "docetaxel 75 mg/m2 day 1/8",
        "docetaxel 75 mg/m2 d1-3",
        "capecitabine 1,250 mg/m2 po bid d1-14 every 3 weeks",
        "capecitabine 1 g twice daily",
        "capecitabine 30 mg/kg/d",
        "paclitaxel 80 mg / m2 weekly x12",
        "paclitaxel 80 mg/m^2 once every 7 days",
        "紫杉醇 80mg/m2 静脉滴注 每3周一次",
        "卡培他滨 1000mg 口服 每日两次",
    ],
)
def test_when_a_drug_was_given_belongs_to_its_dose(written: str) -> None:
    assert classes_named(written) == (CHEMOTHERAPY,)


@pytest.mark.parametrize(
    "written",
    [
        "carboplatin AUC 5",
        "carboplatin AUC5",
        "carboplatin AUC=1.5 d1, 8, 15",
        "carboplatin (AUC 6)",
        "docetaxel (75 mg/m2)",
        "docetaxel (75 mg/m2 iv q3w)",
        "docetaxel (75 mg/m2) q3w",
        "docetaxel (120 mg, d1)",
        "卡铂 AUC 5 每3周一次",
        "紫杉醇 120毫克",
        "紫杉醇（120毫克）静脉滴注",
        "卡培他滨 1.5克 每日两次",
        "paclitaxel weekly",
        "docetaxel q3w",
        "docetaxel, q3w",
        "capecitabine po bid d1-14",
        "weekly paclitaxel",
        "AC-T",
        "ddAC x 4 cycles",
        "FEC",
        "紫杉醇 每周",
        "每周紫杉醇80mg/m2",
        "紫杉醇80mg每周一次静滴",
        "紫杉醇 120毫克 d1、d8",
        "paclitaxel 80 mg/m2 x 6 cycles",
        "paclitaxel (6 cycles)",
        "紫杉醇 6周期",
    ],
)
def test_a_dose_is_known_in_every_way_it_is_written(written: str) -> None:
    assert classes_named(written) == (CHEMOTHERAPY,)


@pytest.mark.parametrize(
    ("written", "classes"),
    [
        ("paclitaxel weekly + carboplatin AUC 2", [CHEMOTHERAPY, CHEMOTHERAPY]),
        ("nab-paclitaxel (100 mg/m2) + pembrolizumab (200 mg)", [CHEMOTHERAPY, CHECKPOINT]),
        ("HLX10 + carboplatin AUC 5", [CHECKPOINT, CHEMOTHERAPY]),
        ("carboplatin AUC 5/gemcitabine 1000 mg/m2", [CHEMOTHERAPY]),
        ("trastuzumab q3w, docetaxel q3w", [TARGETED, CHEMOTHERAPY]),
    ],
)
def test_each_of_several_drugs_has_its_own_dose(written: str, classes: list[str]) -> None:
    assert list(classes_named(written)) == classes


@pytest.mark.parametrize(
    "written",
    [
        "atezolizumab 1200 mg or placebo",
        "atezolizumab 1200 mg/placebo",
        "atezolizumab 1200 mg (blinded)",
        "atezolizumab 1200 mg, or placebo",
        "atezolizumab 1200 mg q3w then XYZ-123",
        "atezolizumab 1200 mg not given",
        "atezolizumab 1200 mg XYZ-123 8 mg",
        "atezolizumab 1200 mg/sachet",
        "atezolizumab 1200 mg, 8 mg",
        "atezolizumab (1200 mg or placebo)",
        "atezolizumab (1200 mg XYZ-123)",
        "atezolizumab AUC 5 XYZ-123",
        "atezolizumab q3w or placebo",
        "atezolizumab weekly XYZ-123",
        "weekly atezolizumab or placebo",
        "weekly",
        "XYZ-123 weekly",
    ],
)
def test_what_stands_behind_a_dose_never_vanishes(written: str) -> None:
    assert None in classes_named(written)


@pytest.mark.parametrize(
    "written",
    [
        "atezolizumab 0 mg",
        "atezolizumab 0.0 mg/kg",
        "atezolizumab (0 mg)",
        "atezolizumab AUC 0",
        "atezolizumab x 0",
        "atezolizumab q3w x 0",
        "atezolizumab 1200 mg x0",
        "阿替利珠单抗 0毫克",
        "阿替利珠单抗 每0周",
        "阿替利珠单抗 每00周一次",
        "atezolizumab d1,0",
        "atezolizumab 0 cycles",
        "atezolizumab every 0 weeks",
    ],
)
def test_nothing_given_is_no_dose(written: str) -> None:
    assert set(classes_named(written)) == {None}


@pytest.mark.parametrize(
    "written",
    [
        "atezolizumab, not given",
        "atezolizumab, declined",
        "atezolizumab, blinded",
        "nab-paclitaxel + atezolizumab, or placebo",
        "atezolizumab 1200 mg q3w, or placebo",
        "nab-paclitaxel, atezolizumab; placebo arm",
        "atezolizumab and placebo",
        "no pembrolizumab, atezolizumab",
        "no pembrolizumab and atezolizumab",
        "non-pembrolizumab, atezolizumab",
        "nab-paclitaxel, then atezolizumab",
        "未用帕博利珠单抗、阿替利珠单抗",
        "阿替利珠单抗，未用",
    ],
)
def test_what_may_take_a_drug_back_leaves_the_whole_entry_open(written: str) -> None:
    assert set(classes_named(written)) == {None}


@pytest.mark.parametrize(
    "beside",
    ["not given", "wasn't given", "or placebo", "blinded", "pending", "scheduled", "?", "-", "n/a", "0 mg", "x 0",
     "0 cycles", "cycle0", "arm2", "cannot tolerate", "if PD-L1 positive", "IMpassion131", "NCT02425891",
     "no pembrolizumab", "randomised", "未用", "取消", "拟用", "盲", "随机", "待定", "暂缓", "阿替利珠单抗 每0周"],
)  # fmt: skip
def test_what_takes_back_may_stand_in_an_entry_of_its_own(beside: str) -> None:
    assert set(classes_given(("nab-paclitaxel", "atezolizumab", beside))) == {None}
    assert set(classes_given(("nab-paclitaxel", f"atezolizumab, {beside}"))) == {None}


@pytest.mark.parametrize(
    ("agents", "classes"),
    [
        (("atezolizumab", "study drug"), (CHECKPOINT, None)),
        (("atezolizumab", "SHR-A1811 4.8 mg/kg"), (CHECKPOINT, None)),
        (("atezolizumab + XYZ-123", "paclitaxel"), (CHECKPOINT, None, CHEMOTHERAPY)),
        (("atezolizumab and newlimab vedotin",), (CHECKPOINT, None)),
        (("letrozole + calcium",), ("endocrine", None)),
        (("fluorouracil", "leucovorin"), (CHEMOTHERAPY, None)),
        (("帕博利珠单抗+紫杉醇脂质体", "亚叶酸钙"), (CHECKPOINT, CHEMOTHERAPY, None)),
        (("pembrolizumab", "免疫检查点抑制剂 6周期"), (None, None)),
    ],
)
def test_a_drug_nobody_knows_takes_nothing_back(
    agents: tuple[str, ...], classes: tuple[str | None, ...]
) -> None:
    assert classes_given(agents) == classes


PIECES = (
    *("q3w ", "每日", " x 1", "d1,1", "1 mg ", "(1 mg ", "(1 mg q3w", "1,", "auc 1 ", ", iv"),
    *("abcdefgh1 ", "ab12 ", "a", "mab ", "x-", "6 cycles ", "d1、"),
)


@pytest.mark.parametrize("piece", PIECES)
def test_hostile_words_cost_no_more_than_their_length(piece: str) -> None:
    def seconds(length: int, mark: str) -> float:
        written = "pembrolizumab, " + (piece * length)[:length] + mark
        began = time.perf_counter()
        for number in range(5):
            classes_given((f"{written}{number}",))
            classes_mentioned(written)
        return time.perf_counter() - began

    short = min(seconds(400, f"!{number}") for number in range(5))
    long = min(seconds(6400, f"!{number}") for number in range(5))

    assert long < 16 * 6 * short, "sixteen times the length, and far from its square"


def test_every_name_of_the_list_is_found_by_itself() -> None:
    assert {name: classes_named(name) for name in agent_list().classes} == {
        name: (kind,) for name, kind in agent_list().classes.items()
    }


@pytest.mark.parametrize(
    ("written", "classes"),
    [
        ("dexamethasone 8 mg premedication", {GLUCOCORTICOID}),
        ("prednisone taper", {GLUCOCORTICOID}),
        ("地塞米松预处理", {GLUCOCORTICOID}),
        ("nab-paclitaxel/dexamethasone", {CHEMOTHERAPY, GLUCOCORTICOID}),
        ("trastuzumab deruxtecan, then trastuzumab", {"antibody_drug_conjugate", TARGETED}),
        ("paclitaxel + dexamethasone + saline flush", {CHEMOTHERAPY, GLUCOCORTICOID}),
        ("dexamethasone 8 mg, premedication", {GLUCOCORTICOID}),
        ("dexamethasone", {GLUCOCORTICOID}),
        ("study drug", set()),
    ],
)
def test_what_is_mentioned_is_mentioned_whatever_stands_beside_it(
    written: str, classes: set[str]
) -> None:
    assert classes_mentioned(written) == classes


@pytest.mark.parametrize(
    "written", ["TAC", "TCb", "AC", "GP", "AC-T-DM1", "ECT", "pembrolizumab + TAC"]
)
def test_a_short_name_that_may_mean_something_else_is_no_regimen(written: str) -> None:
    assert None in classes_named(written)
