"""Damage to a table, at its first, a middle and its last row: each class is named, and no other row suffers."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from eligibility.batch import BatchEngine, run_batch
from eligibility.errors import EligibilityError
from eligibility.protocol.library import load_trial
from eligibility.screening.screen import Screener

HEADER = b"screening_id,ecog,sex,as_of,x_note"
ROWS = [b"P%d,%d,female,2026-11-21,note %d" % (n, n % 5, n) for n in range(9)]
PLACES = {"first": 0, "middle": 4, "last": 8}
ENGINES: tuple[BatchEngine, ...] = ("rows", "columns")

screener = Screener(load_trial(profile="atezolizumab_p1"))

OF_ONE_ROW: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "unclosed quote": (lambda row: row.replace(b"note", b'"note'), "unclosed_quote"),
    "text behind a quote": (lambda row: row.replace(b"female", b'"fem"ale'), "stray_quote"),
    "short row": (lambda row: row.rpartition(b",")[0], "too_few_cells"),
    "long row": (lambda row: row + b",more", "too_many_cells"),
    "a comma in a note": (lambda row: row.replace(b" ", b", "), "too_many_cells"),
    "NUL": (lambda row: row.replace(b"note", b"no\0te"), "nul_byte"),
    "cp1252 in UTF-8": (lambda row: row.replace(b"note", b"n\xf6te"), "encoding"),
    "another separator": (lambda row: row.replace(b",", b";"), "too_few_cells"),
    "10 MB row": (lambda row: row + b"x" * 10_000_000, "line_too_long"),
    "field of 131,073 characters": (lambda row: row + b"x" * 131_073, "line_too_long"),
    "no id": (lambda row: row[2:], "missing_id"),
    "a name for an id": (lambda row: b"Jane Doe" + row[2:], "string_pattern_mismatch"),
    "ECOG 6": (lambda row: _with(row, b"6"), "out_of_bounds"),
    "ECOG -1": (lambda row: _with(row, b"-1"), "number_unreadable"),
    "ECOG 1.5": (lambda row: _with(row, b"1.5"), "not_whole"),
    "an unknown code": (lambda row: row.replace(b"female", b"femal"), "unknown_code"),
    "2023-02-29": (lambda row: row.replace(b"2026-11-21", b"2023-02-29"), "anchor_unreadable"),
    "month 13": (lambda row: row.replace(b"2026-11-21", b"2026-13-01"), "anchor_unreadable"),
    "01/02/2024": (lambda row: row.replace(b"2026-11-21", b"01/02/2024"), "anchor_unreadable"),
    "start before as-of": (
        lambda row: row.replace(b"2026-11-21", b"2027-01-01"),
        "planned_start_before_as_of",
    ),
    "another clock": (lambda row: row.replace(b"2026-11-21", b"day 3"), "anchor_clocks_differ"),
}


def _with(row: bytes, ecog: bytes) -> bytes:
    cells = row.split(b",")
    return b",".join([cells[0], ecog, *cells[2:]])


def screened(folder: Path, content: bytes, engine: BatchEngine) -> tuple[dict[str, str], list[str]]:
    """The decided line of every patient, and the codes of what was rejected; rows in are rows out."""
    source = folder / "patients.csv"
    source.write_bytes(content)
    done = run_batch(
        source,
        folder / engine,
        screener=screener,
        as_of="2026-11-21",
        planned_start="2026-12-01",
        engine=engine,
    )
    results = (folder / engine / "results.csv").read_text(encoding="utf-8").splitlines()[1:]
    with (folder / engine / "rejected.csv").open(encoding="utf-8", newline="") as stream:
        rejected = list(csv.DictReader(stream, strict=True))
    assert done.rows == len(results) + len({row["line"] for row in rejected})
    assert done.document["rejected_by_code"].keys() == {row["code"] for row in rejected}
    return {line.partition(",")[0]: line for line in results}, [row["code"] for row in rejected]


def joined(*lines: bytes) -> bytes:
    return b"\n".join([HEADER, *lines]) + b"\n"


@pytest.fixture(scope="module", autouse=True)
def without_pixels() -> Iterator[None]:
    """Pictures are drawn in tests of their own; here they would be most of the time."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("eligibility.reports.batch_report.png_of", str.encode)
        yield


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    results, rejected = screened(tmp_path_factory.mktemp("sound"), joined(*ROWS), "rows")
    assert (len(results), rejected) == (9, [])
    return results


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize(("damage", "code"), OF_ONE_ROW.values(), ids=OF_ONE_ROW)
def test_damage_to_one_row_is_named_and_touches_no_other(
    tmp_path: Path,
    sound: dict[str, str],
    damage: Callable[[bytes], bytes],
    code: str,
    place: int,
) -> None:
    rows = [*ROWS[:place], damage(ROWS[place]), *ROWS[place + 1 :]]

    for engine in ENGINES:
        results, rejected = screened(tmp_path, joined(*rows), engine)

        assert rejected == [code]
        assert results == {name: line for name, line in sound.items() if name != f"P{place}"}


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("twin", [b"P%d,4,male,,", b"P%d,1,female,2026-11-21,note"])
def test_an_id_that_comes_again_is_rejected_with_the_line_of_the_first(
    tmp_path: Path, sound: dict[str, str], place: int, twin: bytes
) -> None:
    row = twin % place
    for engine in ENGINES:
        results, rejected = screened(tmp_path, joined(*ROWS, row), engine)

        assert rejected == ["duplicate_id"]
        assert results == sound
        told = (tmp_path / engine / "rejected.csv").read_text(encoding="utf-8")
        assert f"stands on line {place + 2}" in told


WHOLE: dict[str, tuple[bytes, str]] = {
    "empty file": (b"", "empty_file"),
    "duplicate header": (HEADER.replace(b"sex", b"ecog") + b"\n" + ROWS[0], "duplicate_column"),
    "unnamed column": (HEADER.replace(b"sex", b"") + b"\n" + ROWS[0], "unnamed_column"),
    "no header": (b"\n".join(ROWS), "no_header"),
    "misspelt header": (HEADER.replace(b"ecog", b"ecgo") + b"\n" + ROWS[0], "unknown_column"),
    "pipe": (joined(*ROWS).replace(b",", b"|"), "no_header"),
    "two separators": (HEADER.replace(b",", b";", 2) + b"\n", "delimiter_unclear"),
    "NUL in the header": (HEADER.replace(b"sex", b"s\0x") + b"\n", "nul_byte"),
    "quote in the header": (HEADER.replace(b"sex", b'"sex') + b"\n", "unclosed_quote"),
    "1 GB without a newline": (HEADER + b"," + b"x" * 200_000, "line_too_long"),
    "10,000 columns": (HEADER + b",x" * 10_000 + b"\n", "too_many_columns"),
    "gzip": (b"\x1f\x8b\x08\0" + b"x" * 50, "damaged_file"),
    "xlsx": (b"PK\x03\x04" + b"x" * 50, "damaged_file"),
    "HTML": (b"<html><table>" + joined(*ROWS), "not_a_text_table"),
    "PDF": (b"%PDF-1.7\n", "not_a_text_table"),
}


@pytest.mark.parametrize(("content", "code"), WHOLE.values(), ids=WHOLE)
def test_a_table_of_which_no_row_can_be_read_is_refused_with_its_fault(
    tmp_path: Path, content: bytes, code: str
) -> None:
    with pytest.raises(EligibilityError) as caught:
        screened(tmp_path, content, "columns")

    faults = getattr(caught.value, "faults", ())
    assert code in {caught.value.code, *(fault.code for fault in faults)}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["patients.csv"]


FORMS: dict[str, Callable[[bytes], bytes]] = {
    "BOM": lambda text: b"\xef\xbb\xbf" + text,
    "UTF-16": lambda text: text.decode().encode("utf-16"),
    "CRLF": lambda text: text.replace(b"\n", b"\r\n"),
    "CR only": lambda text: text.replace(b"\n", b"\r"),
    "mixed line ends": lambda text: text.replace(b"\n", b"\r\n", 4),
    "no last line end": lambda text: text[:-1],
    "blank lines": lambda text: text.replace(b"\n", b"\n\n"),
    "empty cells at the end": lambda text: text.replace(b"\n", b",,\n"),
    "semicolons": lambda text: text.replace(b",", b";"),
    "tabs": lambda text: text.replace(b",", b"\t"),
    "sep line": lambda text: b"sep=;\n" + text.replace(b",", b";"),
    "newline in a cell": lambda text: text.replace(b"note 4", b'"no\nte"'),
    "doubled quotes": lambda text: text.replace(b"note 4", b'"a ""note"""'),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_other_forms_of_a_table_lose_nothing(
    tmp_path: Path, sound: dict[str, str], form: Callable[[bytes], bytes]
) -> None:
    for engine in ENGINES:
        assert screened(tmp_path, form(joined(*ROWS)), engine) == (sound, [])
