"""One table of patients in every kind of file; the texts of its cells are the same in all of them."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
import random
import re
import zipfile
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
from backports import zstd
from openpyxl import Workbook

from eligibility.intake.columns import ColumnPlan
from eligibility.intake.template import example_cell, template_columns

ROWS = 200
BAD_ROWS = (0, 100, 199)
HEADER = [*template_columns(), "x_note"]

_CHOICES: dict[str, tuple[str, ...]] = {
    "sex": ("female", "male", "female"),
    "age_years": ("58", "17", "81", "33"),
    "weight_kg": ("62.5", "71", "60.300000000000004", "48.25"),
    "ecog": ("0", "1", "2", "1-2", "pending"),
    "specimens.1.er_percent": ("<1", "0.5", "12.5", "1-10", "80", ""),
    "specimens.1.pr_percent": ("0", "0.5", "5.25", "<1"),
    "specimens.1.her2_ihc": ("0", "1+", "2+", "1-2+"),
    "labs.anc.value": ("3.4", "1.5", "0.1", "1.25", ""),
    "labs.ast.value": ("31", "99.75", "120.5"),
    "labs.platelets.value": ("214", "99.5", "100"),
    "treatments.1.last_dose": ("2026-10-15", "2026-11-12", "2026-11"),
    "treatments.1.agents": ("atezolizumab;nab-paclitaxel", "capecitabine", ""),
    "metastatic_sites": ("liver;bone", "none", ""),
    "treatments.complete": ("no", "yes", ""),
    "treatments.1.ongoing": ("no", "yes", ""),
    "planned_start": ("2026-12-01", "", "2026-12-24"),
    "x_note": ("Müller, 2. Stock", "", "naïve"),
}

Cells = list[list[str]]


def table() -> Cells:
    """Two hundred patients; the first, a middle and the last row cannot be read."""
    source = random.Random(20261121)
    rows = [[_cell(name, place, source) for name in HEADER] for place in range(ROWS)]
    for place in BAD_ROWS:
        rows[place][HEADER.index("ecog")] = "9"

    return rows


def _cell(name: str, place: int, source: random.Random) -> str:
    if name == "screening_id":
        return f"P-{place:03}"
    as_in_the_example = name not in _CHOICES or (place % 4 == 3 and name != "x_note")
    return example_cell(name) if as_in_the_example else source.choice(_CHOICES[name])


def as_csv(rows: Cells, sign: str = ",", encoding: str = "utf-8", *, comma: bool = False) -> bytes:
    stream = io.StringIO()
    written = [
        [_with_comma(n, c) if comma else c for n, c in zip(HEADER, r, strict=True)] for r in rows
    ]
    csv.writer(stream, delimiter=sign).writerows([HEADER, *written])
    return stream.getvalue().encode(encoding)


def _with_comma(name: str, text: str) -> str:
    is_number = name.endswith(("value", "percent", "kg", "years", "normal", "mm"))
    return text.replace(".", ",") if is_number else text


def as_parquet(rows: Cells, path: Path, *, typed: bool = False) -> Path:
    frame = pl.DataFrame(rows, schema=dict.fromkeys(HEADER, pl.String), orient="row")
    if typed:
        frame = pl.DataFrame([_typed(column) for column in frame.get_columns()])
    frame.write_parquet(path, row_group_size=64)
    return path


_TYPES: tuple[tuple[str, Callable[[pl.Series], pl.Series]], ...] = (
    (r"\d{4}-\d\d-\d\d", lambda column: column.str.to_date()),
    ("yes|no", lambda column: column == "yes"),
    (r"\d+", lambda column: column.cast(pl.Int32)),
    (r"\d+\.\d{1,2}|\d+", lambda column: column.cast(pl.Float32)),
    (r"\d+(\.\d+)?", lambda column: column.cast(pl.Float64)),
    ("female|male", lambda column: column.cast(pl.Categorical)),
)


def _typed(column: pl.Series) -> pl.Series:
    """The column in the type that a warehouse would give it."""
    filled = pl.Series(column.name, [text or None for text in column.to_list()], dtype=pl.String)
    if column.name == "treatments.1.agents":
        return filled.str.split(";")
    if column.name == "labs.ast.value":
        return filled.str.to_decimal(scale=4)
    texts = filled.drop_nulls().to_list()
    for pattern, make in _TYPES:
        if texts and all(re.fullmatch(pattern, text) for text in texts):
            made = make(filled)
            return made.cast(pl.Datetime("us")) if column.name == "ecog.date" else made
    return filled


def as_excel(rows: Cells, path: Path, title: str = "Patients") -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    sheet.append(HEADER)
    for number, row in enumerate(rows, start=2):
        for place, text in enumerate(row, start=1):
            _set(sheet.cell(number, place), HEADER[place - 1], text)
    book.save(path)
    return path


def _set(cell: Any, name: str, text: str) -> None:
    """The cell as the program makes it from what a person types."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        cell.value, cell.number_format = datetime.fromisoformat(text), "dd/mm/yyyy"
    elif re.fullmatch(r"\d{4}-\d\d", text):
        cell.value, cell.number_format = datetime.fromisoformat(f"{text}-01"), "mmm\\-yy"
    elif re.fullmatch(r"\d+(\.\d+)?", text) and name.endswith("er_percent"):
        cell.value, cell.number_format = float(Decimal(text) / 100), "0.0%"
    elif re.fullmatch(r"\d+(\.\d+)?", text):
        cell.value = float(text)
    else:
        cell.value = text or None


def as_json_lines(rows: Cells, form: str) -> bytes:
    """`cells`: texts under the columns' names; `typed`: with numbers; `profiles`: nested."""
    return "".join(f"{json.dumps(_line(row, form), ensure_ascii=False)}\n" for row in rows).encode()


def _line(row: list[str], form: str) -> dict[str, Any]:
    if form == "profiles":
        plan = ColumnPlan.from_header(HEADER)
        days = {n: row[HEADER.index(n)] for n in ("as_of", "planned_start") if row[HEADER.index(n)]}
        return {**plan.document(row), **days}
    named = dict(zip(HEADER, row, strict=True))
    if form == "typed":
        return {name: _json_value(text) for name, text in named.items()}
    return named


def _json_value(text: str) -> Any:
    if re.fullmatch(r"\d+", text):
        return int(text)
    if re.fullmatch(r"\d+\.\d+", text):
        return float(text)
    return {"yes": True, "no": False, "": None}.get(text, text)


def zipped(content: bytes, *names: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return stream.getvalue()


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstd.compress,
    "zip": lambda content: zipped(content, "table"),
}


def written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path
