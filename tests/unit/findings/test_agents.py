"""The list of drugs: a slip in it is told with its place, and its content is part of every trial's rules."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from eligibility.findings import agents
from eligibility.findings.agents import AGENTS, agent_list, read_agents
from eligibility.protocol.library import load_trial, trial_folder
from eligibility.screening.lint import lint_trial
from eligibility.yaml_nodes import CriteriaFilesError


@pytest.fixture
def listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the list that is read in place of the one of this installation."""
    copy = tmp_path / "agents.yaml"
    copy.write_bytes(AGENTS.read_bytes())
    monkeypatch.setattr(agents, "AGENTS", copy)
    agent_list.cache_clear()
    yield copy
    agent_list.cache_clear()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(
            "chemotherapy: [carboplatin]\nbone_agent: [denosumab, carboplatin]\n",
            'agents.yaml:2:25: the drug "carboplatin" stands in this file already, under chemotherapy;'
            " keep one",
            id="a drug in two classes",
        ),
        pytest.param(
            "chemotherapy: [carboplatin, taxol, carboplatin]\n",
            'agents.yaml:1:36: the drug "carboplatin" stands in this file already, under chemotherapy;'
            " keep one",
            id="a drug twice in a class",
        ),
        pytest.param(
            "chemotherapie: [carboplatin]\n",
            'agents.yaml:1:1: unknown key "chemotherapie"; did you mean "chemotherapy"?',
            id="an unknown class",
        ),
        pytest.param(
            "targeted: [olaparib]\ntargeted: [lapatinib]\n",
            'agents.yaml:2:1: the key "targeted" stands here twice; delete one',
            id="a class twice",
        ),
        pytest.param(
            "targeted: [Olaparib]\n",
            'agents.yaml:1:12: drugs are written in small letters; write "olaparib"',
            id="capitals",
        ),
        pytest.param(
            'targeted: ["ado  trastuzumab "]\n',
            'agents.yaml:1:12: a space too many stands in the name of a drug; write "ado trastuzumab"',
            id="spaces",
        ),
        pytest.param(
            "targeted: olaparib\n",
            "agents.yaml:1:11: a list is needed here; write it as `[a, b]`, or one `- a` per line",
            id="no list",
        ),
    ],
)
def test_a_slip_is_told_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "agents.yaml"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(CriteriaFilesError) as told:
        read_agents(file)

    assert str(told.value) == said


def test_every_slip_is_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "agents.yaml"
    file.write_text("targted: [a]\ntargeted: [B, c, c]\n", encoding="utf-8")

    with pytest.raises(CriteriaFilesError) as told:
        read_agents(file)

    assert [fault.code for fault in told.value.faults] == [
        "unknown_key",
        "agent_name",
        "duplicate_agent",
    ]


def test_a_trial_is_not_loaded_by_a_list_with_a_slip_and_lint_says_so(listed: Path) -> None:
    listed.write_text(listed.read_text("utf-8") + "chemotherapie: [carboplatin]\n", "utf-8")

    with pytest.raises(CriteriaFilesError, match='unknown key "chemotherapie"'):
        load_trial()
    found = lint_trial(trial_folder("NCT06731140"))
    assert [(each.severity, each.code, each.location.source) for each in found] == [
        ("error", "unknown_key", "agents.yaml")
    ]


def test_a_drug_of_another_class_makes_other_rules(listed: Path) -> None:
    before = load_trial().rules_hash
    text = listed.read_text("utf-8")
    assert text.count("carboplatin,") == 1
    text = text.replace("carboplatin,", "").replace("bone_agent: [", "bone_agent: [carboplatin, ")
    listed.write_text(text, encoding="utf-8")
    agent_list.cache_clear()

    assert load_trial().rules_hash != before
