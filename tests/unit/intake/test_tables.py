"""Text tables are split into rows, and what cannot be split is set aside with its line."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.intake.faults import TableError
from eligibility.intake.kinds import kind_of
from eligibility.intake.tables import BrokenRow, Layout, RawRow, Table
from eligibility.intake.text_lines import MAX_RECORD_CHARACTERS


def table(content: bytes | str, layout: Layout | None = None) -> Table:
    raw = content.encode() if isinstance(content, str) else content
    return Table(io.BytesIO(raw), name="t.csv", layout=layout)


def lines(content: bytes | str, layout: Layout | None = None) -> list[tuple[int, object]]:
    rows = table(content, layout).rows()
    return [(row.line, row.cells if isinstance(row, RawRow) else row.code) for row in rows]


@pytest.mark.parametrize("sign", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
def test_the_delimiter_is_read_off_the_header(sign: str) -> None:
    assert lines(f"a{sign}b\n1{sign}2\n") == [(2, ["1", "2"])]


def test_decimal_commas_do_not_disturb_a_semicolon_table() -> None:
    assert lines("a;b\n1,5;2,5\n") == [(2, ["1,5", "2,5"])]


def test_delimiters_in_quoted_names_do_not_count() -> None:
    assert table('"a,b,c";d\n').header == ("a,b,c", "d")


def test_the_line_that_excel_declares_its_separator_in_is_obeyed() -> None:
    found = table("sep=;\na;b\n1;2\n")

    assert found.header == ("a", "b")
    assert found.header_line == 2


def test_a_table_of_one_column_needs_no_delimiter() -> None:
    assert lines("a\n1\n") == [(2, ["1"])]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_encodings_are_recognised(encoding: str) -> None:
    assert lines("a,b\n1,é\n".encode(encoding)) == [(2, ["1", "é"])]


@pytest.mark.parametrize("encoding", ["cp1252", "gb18030"])
def test_other_encodings_are_read_when_named(encoding: str) -> None:
    content = "a,b\n1,é\n".encode(encoding)

    assert lines(content, Layout(encoding=encoding)) == [(2, ["1", "é"])]
    assert lines(content) == [(2, "encoding")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_every_line_end_is_understood(end: str) -> None:
    assert lines(f"a,b{end}1,2{end}3,4") == [(2, ["1", "2"]), (3, ["3", "4"])]


def test_quoted_cells_may_span_lines_and_the_row_has_its_first_line() -> None:
    assert lines('a,b\n"x\ny",2\n3,4\n') == [(2, ["x\ny", "2"]), (4, ["3", "4"])]


def test_an_unclosed_quote_costs_its_own_row_only() -> None:
    assert lines('a,b\n1,2\n"3,4\n5,6\n7,"8"\n') == [
        (2, ["1", "2"]),
        (3, "unclosed_quote"),
        (4, ["5", "6"]),
        (5, ["7", "8"]),
    ]


def test_text_after_a_closing_quote_costs_its_own_row_only() -> None:
    assert lines('a,b\n"1"x,2\n3,4\n') == [(2, "stray_quote"), (3, ["3", "4"])]


def test_ragged_rows_are_set_aside() -> None:
    assert lines("a,b\n1\n1,2,3\n1,2\n") == [
        (2, "too_few_cells"),
        (3, "too_many_cells"),
        (4, ["1", "2"]),
    ]


def test_empty_cells_after_the_last_column_do_no_harm() -> None:
    assert lines("a,b,,\n1,2,,\n3,4,\n") == [(2, ["1", "2"]), (3, ["3", "4"])]


def test_blank_lines_are_counted_not_read() -> None:
    found = table("a,b\n\n1,2\n,\n \n")

    assert [row.line for row in found.rows()] == [3]
    assert found.blank_lines == 3


def test_a_nul_byte_costs_its_own_row_only() -> None:
    assert lines(b"a,b\n1,\x002\n3,4\n") == [(2, "nul_byte"), (3, ["3", "4"])]


def test_an_endless_line_costs_its_own_row_only() -> None:
    endless = "x" * (3 * MAX_RECORD_CHARACTERS)

    assert lines(f"a,b\n{endless},1\n3,4\n") == [(2, "line_too_long"), (3, ["3", "4"])]


def test_a_quote_that_runs_on_too_long_costs_its_own_row_only() -> None:
    content = 'a,b\n"1,2\n' + "3,4\n" * 200

    found = lines(content)

    assert found[0] == (2, "unclosed_quote")
    assert len(found) == 201


def test_header_lines_of_the_source_are_skipped() -> None:
    assert lines("a,b\nA,B\nx,y\n1,2\n", Layout(skip_lines=2)) == [(4, ["1", "2"])]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"\n \n", "empty_file"),
        (b"a,b,a\n", "duplicate_column"),
        (b"a,,b\n", "unnamed_column"),
        (b"a,b;c\n", "delimiter_unclear"),
        (b"a,b\x00\n1,2\n", "nul_byte"),
        (b"a,\xe9\n1,2\n", "encoding"),
        (b'a,"b\n1,2\n', "unclosed_quote"),
        (b",".join(b"c%d" % number for number in range(2_001)), "too_many_columns"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_whole(content: bytes, code: str) -> None:
    with pytest.raises(TableError) as caught:
        table(content)

    assert caught.value.code == code
    assert caught.value.location is not None
    assert caught.value.location.source == "t.csv"


@pytest.mark.parametrize(
    ("head", "code"),
    [
        (b"%PDF-1.7", "not_a_text_table"),
        (b"SQLite format 3\0", "not_a_text_table"),
        (b"<!DOCTYPE html><table>", "not_a_text_table"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>", "not_a_text_table"),
        ("a,b\n1,2\n".encode("utf-16-le"), "encoding"),
        ("a,b\n1,2\n".encode("utf-32"), "encoding"),
    ],
)
def test_what_is_no_table_is_told_by_its_first_bytes(head: bytes, code: str) -> None:
    with pytest.raises(TableError) as caught:
        kind_of(head, "t.csv")

    assert caught.value.code == code
    assert caught.value.location is not None
    assert caught.value.location.source == "t.csv"


CELLS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00\ufffd"), max_size=20
)


@given(st.lists(st.tuples(CELLS, CELLS), max_size=8), st.sampled_from([",", ";", "\t"]))
def test_whatever_the_csv_module_writes_is_read_back(
    rows: list[tuple[str, str]], sign: str
) -> None:
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=sign)
    writer.writerows([("id", "a", "b"), *(("P", *cells) for cells in rows)])

    found = list(table(stream.getvalue()).rows())

    assert [row.cells for row in found] == [["P", *cells] for cells in rows]


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    rows = list(table(b"a,b\n" + content).rows())

    starts = [row.line for row in rows]
    assert starts == sorted(set(starts))
    assert all(isinstance(row, BrokenRow) or len(row.cells) == 2 for row in rows)
