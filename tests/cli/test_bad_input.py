"""Bad input: one clear error that says what, where and what to do; no traceback, no patient's value."""

from __future__ import annotations

import copy
import json
import os
import random
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from eligibility.intake.template import example_profile

from .running import DATES, PROFILE, PROGRAM, Ended, example, run, run_program

CANARY = "Canary-Jane-Doe-1961"


def refused(ended: Ended) -> str:
    """The message of a refusal, once its form is checked."""
    assert ended.status == 1
    assert ended.err.startswith("error: ")
    assert "Traceback" not in ended.err
    assert CANARY.lower() not in (ended.err + ended.out).lower()
    return ended.err


NONSENSE = random.Random(1).randbytes(1_000_000)
FILES: dict[str, tuple[bytes, str]] = {
    "an empty file": (b"", "this is not JSON"),
    "text": (CANARY.encode(), "this is not JSON"),
    "binary": (b"\xff\x01" + bytes(range(256)), "the file is not UTF-8 text"),
    "10 MB of nonsense": (NONSENSE * 10, "larger than 1000000 bytes"),
    "a megabyte of nonsense": (b"\xff\x01" + NONSENSE[2:], "not UTF-8 text"),
    "a megabyte of brackets": (b"[" * 999_999, "nested too deeply"),
    "a megabyte of braces": (b'{"cns":' * 142_857, "nested too deeply"),
    "a list": (b"[]", "an object in braces is needed"),
    "NaN": (b'{"ecog": NaN}', "NaN and infinity are not values"),
    "infinity": (b'{"ecog": Infinity}', "NaN and infinity are not values"),
    "an overflow": (b'{"ecog": 1e999}', "NaN and infinity are not values"),
    "a key twice": (b'{"ecog": 1, "ecog": 1}', "the same key twice"),
    "an unknown field": (b'{"ecgo": 1}', 'did you mean "ecog"?'),
    "a wrong type": (f'{{"ecog": ["{CANARY}"]}}'.encode(), "a number or a text"),
    "a name for an id": (f'{{"screening_id": "{CANARY} "}}'.encode(), "letters, digits, dots"),
    "many faults": (
        json.dumps({"labs": [{CANARY + str(n): 1} for n in range(60)]}).encode(),
        "and 81 more",
    ),
    "mixed clocks": (
        b'{"birth_date": "1980", "ecog": {"value": 1, "date": "day 3"}}',
        "mixes calendar dates with day offsets",
    ),
    "another clock than the dates": (b'{"birth_date": "day 3"}', "different clocks"),
}


@pytest.mark.parametrize(("content", "message"), FILES.values(), ids=FILES)
def test_a_file_that_is_no_patient_is_refused_with_its_name(
    tmp_path: Path, content: bytes, message: str
) -> None:
    path = tmp_path / "patient.json"
    path.write_bytes(content)

    told = refused(run("screen", path, *DATES, *PROFILE))

    assert told.startswith("error: patient.json")
    assert message in told


@pytest.mark.parametrize(("content", "message"), FILES.values(), ids=FILES)
def test_standard_input_that_is_no_patient_is_refused(content: bytes, message: str) -> None:
    assert message in refused(run("screen", "-", *DATES, stdin=content))


def test_a_folder_a_missing_file_and_a_file_without_permission(tmp_path: Path) -> None:
    told = [refused(run("screen", path, *DATES)) for path in (tmp_path, tmp_path / "none.json")]

    assert "Is a directory" in told[0]
    assert "none.json: the file cannot be read: No such file" in told[1]
    assert "give the path of a JSON patient profile" in told[1]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_nobody_may_read(tmp_path: Path) -> None:
    path = example(tmp_path)
    path.chmod(0)

    assert "Permission denied" in refused(run("screen", path, *DATES))


@pytest.mark.parametrize(
    ("options", "messages"),
    [
        (("--as-of", "21.11.2026"), ["as_of", "a whole date is needed"]),
        (("--as-of", "2026-02-30"), ["as_of", "no such day"]),
        (("--as-of", "2026-11"), ["as_of", "a whole date is needed"]),
        ((*DATES[:2], "--planned-start", "soon"), ["planned_start", "a whole date is needed"]),
        ((*DATES[:2], "--planned-start", "2026-11-20"), ["lies before", "on or after as_of"]),
        ((*DATES[:2], "--planned-start", "day 3"), ["must both be calendar dates"]),
        (("--as-of", "day 3"), ["patient.json", "different clocks"]),
        (("--trial", "NCT0673114"), ["no such trial", 'did you mean "NCT06731140"']),
        (("--trial", "../../nothing"), ["no such trial"]),
        (("--trial", ""), ["no such trial"]),
        (("--profile", "shamrok"), ["unknown site profile", 'did you mean "shamrock_p3"']),
        (("--profile", "../trial"), ["unknown site profile"]),
        (("--reading", "cytology"), ["name=reading"]),
        (("--reading", "cytologie=accept"), ['unknown interpretation "cytologie"']),
        (("--reading", "cytology=perhaps"), ["accept, refuse, review"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_an_option_that_cannot_be_meant_says_what_to_write(
    tmp_path: Path, options: tuple[str, ...], messages: list[str]
) -> None:
    told = refused(run("screen", example(tmp_path), *options))

    for message in messages:
        assert message in told


def test_dates_that_cannot_be_read_are_told_once_whatever_the_number_of_files(
    tmp_path: Path,
) -> None:
    files = [example(tmp_path, f"{number}.json") for number in range(3)]

    assert refused(run("screen", *files, "--as-of", "soon")).count("error:") == 1


def places(part: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a document."""
    yield path
    if isinstance(part, dict):
        for key, value in part.items():
            yield from places(value, (*path, key))
    elif isinstance(part, list):
        for number, value in enumerate(part):
            yield from places(value, (*path, number))


JUNK: list[Any] = [
    CANARY, f"<{CANARY}>", f"1{CANARY}", f"2026-{CANARY}", f"yes {CANARY}", f"{CANARY}\x00",
    f"\x1b[31m{CANARY}", CANARY * 20, [CANARY], [[CANARY]], {CANARY: CANARY}, {"value": CANARY},
    {"value": {"value": CANARY}}, {"absent": CANARY}, {"items": CANARY}, {"complete": CANARY},
    {"items": [CANARY], "complete": True}, {"value": 1, "date": CANARY}, {"value": 1, CANARY: 1},
    -1, 10**30, 1e308, -0.5, 5e-324, True, False, [], {}, None, "", " ", "day 3", "1/1", "<", "-",
    "1-", "9" * 40, "١", "１", "²", "½", "0" * 39, "½ %", "1e5", "\u202e", "\ufeff1", "female\u200b",
]  # fmt: skip


def mutated(source: random.Random) -> Any:
    """The example with one or two places overwritten by junk, or given a key too many."""
    document: Any = copy.deepcopy(example_profile())
    for _ in range(source.randint(1, 2)):
        *path, last = source.choice(list(places(document))[1:])
        part = document
        for step in path:
            part = part[step]
        junk = copy.deepcopy(source.choice(JUNK))
        if isinstance(part, dict) and source.random() < 0.2:
            part[CANARY] = junk
        else:
            part[last] = junk
    return document


def screened(folder: Path, texts: list[bytes]) -> tuple[Any, str]:
    """The documents and the complaints for many files, screened in one go."""
    paths = [folder / f"{number}.json" for number in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_bytes(text)
    ended = run("screen", *paths, *DATES, *PROFILE, "--json")
    assert "Traceback" not in ended.err
    return ended.document, ended.err


def test_junk_anywhere_in_a_document_is_screened_or_refused_without_being_repeated(
    tmp_path: Path,
) -> None:
    source = random.Random(1)
    texts = [json.dumps(mutated(source)).encode() for _ in range(500)]

    documents, complaints = screened(tmp_path, texts)

    assert len(documents) + complaints.count("error: ") == len(texts)
    assert 10 < len(documents) < 490
    assert CANARY.lower() not in complaints.lower()
    assert all(document["alarm"] is None for document in documents)


def test_bytes_damaged_anywhere_are_screened_or_refused_without_being_repeated(
    tmp_path: Path,
) -> None:
    source = random.Random(2)
    good = json.dumps({**example_profile(), "allergies": [{"substance": CANARY}]}).encode()
    texts = []
    for _ in range(200):
        damaged = bytearray(good)
        damaged[source.randrange(len(good))] = source.randrange(256)
        texts.append(bytes(damaged))

    documents, complaints = screened(tmp_path, texts)

    assert len(documents) + complaints.count("error: ") == len(texts)
    assert "Jane-Doe" not in complaints


def test_the_program_refuses_without_a_traceback(tmp_path: Path) -> None:
    path = tmp_path / "patient.json"
    path.write_text(json.dumps({"ecog": CANARY}))

    ended = run_program("screen", path, *DATES)

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("error: patient.json, ecog: not a number: write it as")
    assert len(ended.stderr.splitlines()) == 1


def shell(folder: Path, rest: str) -> str:
    """What a pipeline that starts with a screening prints, complaints included."""
    command = [*PROGRAM, "screen", str(example(folder)), *DATES, "--json"]
    line = f"({shlex.join(command)} {rest}) 2>&1"
    return subprocess.run(
        ["/bin/sh", "-c", line], capture_output=True, text=True, check=False, timeout=60
    ).stdout


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    assert shell(tmp_path, "| head -n 1") == "{\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_told_in_a_line(tmp_path: Path) -> None:
    told = shell(tmp_path, "> /dev/full")

    assert told == "error: reading or writing failed: No space left on device\n"
