"""`eligibility screen`: pages, documents, several patients, standard input."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from eligibility.intake.template import example_profile

from .running import DATES, PROFILE, example, run, run_program

NAMED_BY_THE_ISSUE = {
    "decision", "deciding", "criteria", "questions", "possible_from", "valid_until", "calendar",
    "trial", "rules_hash", "engine_version", "as_of", "planned_start",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "decision"),
    [({}, "eligible"), ({"sex": "male"}, "ineligible"), ({"ecog": None}, "undetermined")],
    ids=["eligible", "ineligible", "undetermined"],
)
def test_the_exit_status_is_0_whatever_the_decision(
    tmp_path: Path, changed: dict[str, Any], decision: str
) -> None:
    path = example(tmp_path, **changed)

    page = run("screen", path, *DATES, *PROFILE)
    document = run("screen", path, *DATES, *PROFILE, "--json")

    assert (page.status, page.err) == (0, "")
    assert decision.upper() in page.out
    assert (document.status, document.err) == (0, "")
    assert document.document["decision"] == decision


def test_a_document_has_the_keys_it_promises(tmp_path: Path) -> None:
    document = run("screen", example(tmp_path), *DATES, *PROFILE, "--json").document

    assert set(document) >= NAMED_BY_THE_ISSUE
    assert len(document["criteria"]) == 17
    assert {"id", "kind", "text", "truth", "verdict", "reason", "evidence"} <= set(
        document["criteria"][0]
    )
    assert (document["as_of"], document["planned_start"]) == ("2026-11-21", "2026-12-01")
    assert (document["trial"], document["profile"]) == ("NCT06731140", "atezolizumab_p1")


def test_standard_input_is_a_dash() -> None:
    text = json.dumps(example_profile()).encode()

    ended = run("screen", "-", *DATES, *PROFILE, "--json", stdin=text)

    assert ended.document["decision"] == "eligible"


def test_several_patients_are_a_table_or_a_list(tmp_path: Path) -> None:
    one, two = example(tmp_path, "one.json"), example(tmp_path, "two.json", sex="male")

    table = run("screen", one, two, *DATES, *PROFILE)
    documents = run("screen", one, two, *DATES, *PROFILE, "--json").document

    assert table.status == 0
    assert "one" in table.out
    assert "INCL08" in table.out
    assert [each["decision"] for each in documents] == ["eligible", "ineligible"]


def test_a_file_that_cannot_be_read_does_not_hide_the_others(tmp_path: Path) -> None:
    good, bad = example(tmp_path), example(tmp_path, "bad.json", ecog="many")

    ended = run("screen", bad, good, *DATES, *PROFILE, "--json")

    assert ended.status == 1
    assert ended.err.startswith("error: bad.json, ecog: not a number")
    assert [each["decision"] for each in ended.document] == ["eligible"]


def test_one_patient_can_be_one_line(tmp_path: Path) -> None:
    ended = run("screen", example(tmp_path), *DATES, *PROFILE, "--summary")

    assert "all pass" in ended.out
    assert "Every criterion" not in ended.out


def test_another_reading_changes_the_answer(tmp_path: Path) -> None:
    specimen = {"er_percent": 1, "pr_percent": 0, "her2_ihc": "1+"}
    path = example(tmp_path, specimens=[specimen])

    left_open = run("screen", path, *DATES, *PROFILE, "--json").document
    reading = "receptor_exactly_one_percent=positive"
    decided = run("screen", path, *DATES, *PROFILE, "--reading", reading, "--json").document

    assert (left_open["decision"], decided["decision"]) == ("undetermined", "eligible")
    assert left_open["rules_hash"] != decided["rules_hash"]


def test_without_a_profile_the_laboratory_criterion_stays_open(tmp_path: Path) -> None:
    document = run("screen", example(tmp_path), *DATES, "--json").document

    assert document["deciding"] == ["INCL04"]
    assert {flag["colour"] for flag in document["laboratory_flags"]} == {"green"}


def test_without_a_start_windows_stay_open(tmp_path: Path) -> None:
    document = run("screen", example(tmp_path), *DATES[:2], *PROFILE, "--json").document

    assert document["planned_start"] is None
    assert document["deciding"] == ["INCL04", "EXCL05"]


def test_a_record_in_day_offsets_is_screened_on_its_own_clock(tmp_path: Path) -> None:
    path = tmp_path / "offset.json"
    path.write_text('{"treatments": [{"kind": "chemo", "last_dose": "day 95"}]}')

    document = run(
        "screen", path, "--as-of", "day 100", "--planned-start", "day 110", "--json"
    ).document

    assert document["decision"] == "ineligible"
    assert document["deciding"] == ["EXCL05"]


def test_a_trial_can_be_named_by_its_folder(tmp_path: Path) -> None:
    folder = Path(__file__).parents[2] / "criteria" / "nct06731140"

    document = run(
        "screen", example(tmp_path), *DATES, *PROFILE, "--trial", folder, "--json"
    ).document

    assert document["decision"] == "eligible"


def test_the_program_prints_what_the_function_prints(tmp_path: Path) -> None:
    arguments = ("screen", example(tmp_path), *DATES, *PROFILE, "--json")

    program = run_program(*arguments)

    assert (program.returncode, program.stderr) == (0, "")
    assert json.loads(program.stdout) == run(*arguments).document


def test_letters_that_the_terminal_lacks_are_no_error(tmp_path: Path) -> None:
    path = example(tmp_path, ecog={"value": 1, "source": "Ärztebrief µ"})

    ended = run_program("screen", path, *DATES, env={"PYTHONIOENCODING": "ascii"})

    assert (ended.returncode, ended.stderr) == (0, "")
    assert "rztebrief" in ended.stdout


def test_a_page_and_a_summary_in_chinese(tmp_path: Path) -> None:
    path = example(tmp_path, ecog=None)

    page = run("screen", path, *DATES, *PROFILE, "--language", "zh")
    summary = run("screen", path, *DATES, *PROFILE, "--language", "zh", "--summary")

    assert (page.status, page.err) == (0, "")
    assert "尚不能判定，原因：INCL01。" in page.out
    assert "判定日期：2026年11月21日，计划首次给药：2026年12月1日" in page.out
    assert "…" not in page.out
    assert (summary.status, summary.err) == (0, "")
    assert "待定" in summary.out
    assert "ECOG体能状态评分是多少？" in summary.out


def test_json_is_not_written_in_chinese(tmp_path: Path) -> None:
    ended = run("screen", example(tmp_path), *DATES, "--language", "zh", "--json")

    assert (ended.status, ended.out) == (1, "")
    assert "JSON is written in English only" in ended.err
