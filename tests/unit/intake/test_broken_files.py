"""A file that cannot be used is one clear error: its name, what is wrong, what to do."""

import gzip
import io
import lzma
import os
import random
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest
from backports import zstd
from openpyxl import Workbook

from eligibility.intake import compressed, sources
from eligibility.intake.faults import TableError
from eligibility.intake.patients import open_patients
from tests.unit.intake.kinds import (
    HEADER,
    PACKERS,
    as_csv,
    as_excel,
    as_json_lines,
    as_parquet,
    table,
    written,
    zipped,
)

CELLS = table()
CSV = as_csv(CELLS)


def error_of(path: Path, **options: str) -> TableError:
    """What opening and reading a whole file ends with."""
    with pytest.raises(TableError) as caught, open_patients(path, **options) as patients:
        for _ in patients:
            pass
    error = caught.value
    assert error.location is not None
    assert error.location.source == path.name
    assert error.hint
    return error


def bytes_of(make: Callable[..., Path], folder: Path, **choices: bool) -> bytes:
    return make(CELLS, folder / "whole", **choices).read_bytes()


@pytest.mark.parametrize("suffix", PACKERS)
@pytest.mark.parametrize("share", [0.3, 0.9, 0.999])
def test_a_packed_table_that_was_cut_off_is_refused(
    suffix: str, share: float, tmp_path: Path
) -> None:
    packed = PACKERS[suffix](CSV)
    path = written(tmp_path, f"t.csv.{suffix}", packed[: int(len(packed) * share)])

    assert error_of(path).code == "damaged_file"


@pytest.mark.parametrize("suffix", ["gz", "xz", "zip"])  # bzip2 checks later, zstd only if asked to
def test_a_packed_table_with_a_changed_byte_is_refused(suffix: str, tmp_path: Path) -> None:
    packed = bytearray(PACKERS[suffix](CSV))
    packed[len(packed) // 2] ^= 0xFF
    path = written(tmp_path, f"t.csv.{suffix}", bytes(packed))

    assert error_of(path).code == "damaged_file"


@pytest.mark.parametrize("suffix", ["gz", "bz2", "xz", "zst"])
def test_what_follows_a_packed_table_is_not_left_out(suffix: str, tmp_path: Path) -> None:
    path = written(tmp_path, f"t.csv.{suffix}", PACKERS[suffix](CSV) + b"and more rows")

    assert error_of(path).code == "damaged_file"


@pytest.mark.parametrize("suffix", ["gz", "bz2", "xz", "zst"])
def test_parts_packed_one_after_another_are_all_read(suffix: str, tmp_path: Path) -> None:
    pack = PACKERS[suffix]
    path = written(tmp_path, f"t.csv.{suffix}", pack(CSV[:5000]) + pack(CSV[5000:]))

    with open_patients(path) as patients:
        assert len(list(patients)) == len(CELLS)


def test_zeros_that_xz_pads_with_are_no_damage(tmp_path: Path) -> None:
    path = written(tmp_path, "t.csv.xz", lzma.compress(CSV) + bytes(70_000) + lzma.compress(CSV))

    with open_patients(path) as patients:
        assert len(list(patients)) == 2 * len(CELLS) + 1


@pytest.mark.parametrize("suffix", PACKERS)
def test_a_bomb_is_refused_before_it_fills_anything(
    suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compressed, "FREE_BYTES", 1 << 16)
    path = written(
        tmp_path, f"t.csv.{suffix}", PACKERS[suffix](b"screening_id\n" + b"x" * (1 << 24))
    )

    assert error_of(path).code == "unpacks_too_large"


def test_what_is_unpacked_to_the_disk_is_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "MAX_SPOOLED", 1 << 12)
    path = written(tmp_path, "t.parquet.gz", gzip.compress(bytes_of(as_parquet, tmp_path)))

    assert error_of(path).code == "unpacks_too_large"


def test_an_archive_of_several_tables_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "t.zip", zipped(CSV, "a.csv", "b.csv"))

    assert error_of(path).code == "archive_members"


def test_an_empty_archive_is_refused(tmp_path: Path) -> None:
    assert error_of(written(tmp_path, "t.zip", zipped(CSV))).code == "archive_members"


def test_what_macos_adds_to_an_archive_does_not_count(tmp_path: Path) -> None:
    path = written(tmp_path, "t.zip", zipped(CSV, "a.csv", "__MACOSX/._a.csv"))

    with open_patients(path) as patients:
        assert len(list(patients)) == len(CELLS)


def test_an_archive_in_an_archive_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "t.csv.gz.zst", zstd.compress(gzip.compress(CSV)))

    assert error_of(path).code == "packed_twice"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_parquet_file_that_was_cut_off_is_refused(share: float, tmp_path: Path) -> None:
    whole = bytes_of(as_parquet, tmp_path)

    path = written(tmp_path, "t.parquet", whole[: int(len(whole) * share)])

    assert error_of(path).code == "damaged_file"


def test_a_damaged_footer_of_parquet_is_refused(tmp_path: Path) -> None:
    whole = bytearray(bytes_of(as_parquet, tmp_path))
    whole[-2000:-1500] = b"\xff" * 500

    assert error_of(written(tmp_path, "t.parquet", bytes(whole))).code == "damaged_file"


@pytest.mark.parametrize(
    "values",
    [
        pytest.param(pl.Series("ecog", [{"value": 1}]), id="struct"),
        pytest.param(pl.Series("ecog", [b"1"]), id="binary"),
        pytest.param(pl.Series("ecog", [1]).cast(pl.Duration), id="duration"),
        pytest.param(pl.Series("ecog", [1]).cast(pl.Time), id="time"),
        pytest.param(pl.Series("ecog", [[{"value": 1}]]), id="list of structs"),
        pytest.param(pl.Series("ecog", [[["a"]]]), id="list of lists"),
    ],
)
def test_a_column_that_no_cell_can_be_read_of_is_refused(values: pl.Series, tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pl.DataFrame([pl.Series("screening_id", ["P1"]), values]).write_parquet(path)

    error = error_of(path)

    assert (error.code, error.faults[0].path) == ("column_type", "ecog")


def test_such_a_column_may_stand_there_unread(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pl.DataFrame({"screening_id": ["P1"], "x_raw": [b"1"]}).write_parquet(path)

    with open_patients(path) as patients:
        assert len(list(patients)) == 1


@pytest.mark.parametrize("share", [0.2, 0.7, 0.99])
def test_a_workbook_that_was_cut_off_is_refused(share: float, tmp_path: Path) -> None:
    whole = bytes_of(as_excel, tmp_path)

    path = written(tmp_path, "t.xlsx", whole[: int(len(whole) * share)])

    assert error_of(path).code == "damaged_file"


def _changed(whole: bytes, member: str, change: Callable[[bytes], bytes]) -> bytes:
    """A workbook with one part changed."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(stream, "w", 8) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content) if name == member else content)
    return stream.getvalue()


_SHEET = "xl/worksheets/sheet1.xml"
_BOMB = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;">]>"""


@pytest.mark.parametrize("member", [_SHEET, "xl/workbook.xml", "xl/styles.xml"])
def test_a_workbook_that_declares_entities_is_refused(member: str, tmp_path: Path) -> None:
    whole = _changed(bytes_of(as_excel, tmp_path), member, lambda xml: _BOMB + xml.lstrip())

    assert error_of(written(tmp_path, "t.xlsx", whole)).code == "damaged_file"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(b'<row r="3"', b'<row r="2"', id="a row twice"),
        pytest.param(b'r="B3"', b'r="A3"', id="a cell twice"),
        pytest.param(b'r="B3"', b'r="B9"', id="a cell of another row"),
        pytest.param(b"</sheetData>", b"", id="no XML"),
    ],
)
def test_a_sheet_out_of_order_is_refused_for_rows_would_be_lost(
    old: bytes, new: bytes, tmp_path: Path
) -> None:
    whole = _changed(bytes_of(as_excel, tmp_path), _SHEET, lambda xml: xml.replace(old, new))

    assert error_of(written(tmp_path, "t.xlsx", whole)).code == "damaged_file"


def test_a_workbook_that_unpacks_out_of_proportion_is_refused(tmp_path: Path) -> None:
    padded = _changed(
        bytes_of(as_excel, tmp_path), "xl/styles.xml", lambda xml: xml + b" " * (128 << 20)
    )

    assert error_of(written(tmp_path, "t.xlsx", padded)).code == "unpacks_too_large"


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("kind", ["parquet", "workbook", "sheet", "json"])
def test_a_file_with_changed_bytes_is_read_whole_or_refused(
    kind: str, seed: int, tmp_path: Path
) -> None:
    source = random.Random(seed)

    def spoilt(content: bytes) -> bytes:
        changed = bytearray(content)
        for _ in range(3):
            changed[source.randrange(len(changed))] = source.choice(b'0123456789abcz"<>/={}, ')
        return bytes(changed)

    whole = {
        "parquet": lambda: spoilt(bytes_of(as_parquet, tmp_path, typed=True)),
        "workbook": lambda: spoilt(bytes_of(as_excel, tmp_path)),
        "sheet": lambda: _changed(bytes_of(as_excel, tmp_path), _SHEET, spoilt),
        "json": lambda: spoilt(as_json_lines(CELLS, "typed")),
    }[kind]()
    path = written(tmp_path, "t", whole)

    assert _count(path) in (len(CELLS), None)


def _count(path: Path) -> int | None:
    """How many rows a file has; None where it is refused."""
    try:
        with open_patients(path) as patients:
            return len(list(patients))
    except TableError:
        return None


def _workbook(folder: Path, **sheets: str) -> Path:
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, identity in sheets.items():
        sheet = book.create_sheet(title)
        if identity:
            sheet.append(["screening_id", "ecog"])
            sheet.append([identity, 1])
    book.save(folder / "t.xlsx")
    return folder / "t.xlsx"


def test_several_sheets_and_none_chosen_is_an_error_that_names_them(tmp_path: Path) -> None:
    error = error_of(_workbook(tmp_path, Old="P1", New="P2", Empty=""))

    assert error.code == "several_sheets"
    assert error.hint == 'choose one (sheet, --sheet): "Old", "New"'


def test_a_sheet_is_chosen_by_name(tmp_path: Path) -> None:
    with open_patients(_workbook(tmp_path, Old="P1", New="P2"), sheet="New") as patients:
        assert [getattr(row, "screening_id", None) for row in patients] == ["P2"]


def test_the_only_sheet_with_content_needs_no_name(tmp_path: Path) -> None:
    with open_patients(_workbook(tmp_path, Empty="", Patients="P1")) as patients:
        assert len(list(patients)) == 1


def test_a_sheet_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    assert error_of(_workbook(tmp_path, Old="P1"), sheet="New").code == "no_such_sheet"


def test_a_workbook_without_content_is_an_error(tmp_path: Path) -> None:
    assert error_of(_workbook(tmp_path, One="")).code == "empty_file"


def _made(folder: Path) -> Iterator[tuple[str, bytes, str]]:
    yield "t.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "other_workbook"
    yield "t.ods", zipped(b"<xml/>", "mimetype", "content.xml"), "other_workbook"
    yield "t.xlsb", zipped(b"x", "[Content_Types].xml", "xl/workbook.bin"), "other_workbook"
    yield "t.json", b'[{"screening_id": "P1"}]', "json_array"
    yield "t.json", b'{\n  "screening_id": "P1"\n}\n', "json_page"
    yield "t.jsonl", '{"screening_id": "P1"}'.encode("utf-16"), "encoding"
    yield "t.feather", b"ARROW1\0\0" + bytes(99), "unknown_kind"
    yield "t.csv", b"%PDF-1.7\n", "not_a_text_table"
    yield "t.csv", b"<!DOCTYPE html><html></html>", "not_a_text_table"
    yield "t.csv", b"SQLite format 3\0", "not_a_text_table"
    yield "t.csv", b"", "empty_file"
    yield "t.csv.gz", gzip.compress(b""), "empty_file"
    yield "t.parquet", b"PAR1", "damaged_file"


@pytest.mark.parametrize("place", range(13))
def test_every_other_kind_is_named(place: int, tmp_path: Path) -> None:
    name, content, code = list(_made(tmp_path))[place]

    assert error_of(written(tmp_path, name, content)).code == code


def test_a_pipe_is_refused_for_it_can_be_read_only_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    assert error_of(tmp_path / "pipe").code == "not_a_file"


def test_a_sheet_of_a_text_table_is_an_error(tmp_path: Path) -> None:
    assert error_of(written(tmp_path, "t.csv", CSV), sheet="One").code == "no_sheets"


def test_an_encoding_of_a_workbook_is_an_error(tmp_path: Path) -> None:
    path = as_excel(CELLS, tmp_path / "t.xlsx")

    assert error_of(path, encoding="cp1252").code == "no_encoding"


def test_the_columns_of_every_kind_are_checked(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pl.DataFrame({"screening_id": ["P1"], "ecgo": [1], "surname": ["x"]}).write_parquet(path)

    codes = [fault.code for fault in error_of(path).faults]

    assert codes == ["unknown_column", "identifying_column"]
    assert "ecog" in HEADER
