"""Workbooks written by hand, for what the spreadsheet program writes and a library does not."""

from __future__ import annotations

import zipfile
from pathlib import Path

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"

FORMATS = (
    "General",
    "0%",
    "yyyy-mm-dd",
    "mmm-yy",
    "yyyy",
    "d-mmm",
    '[<1]"<1";0.0',
    "#,##0.00",
    "yyyy-mm-dd hh:mm",
    "h:mm",
    "[$-407]d. mmmm yyyy;@",
    '0.0" %"',
)


def workbook(
    path: Path,
    rows: str,
    *,
    shared: tuple[str, ...] = (),
    system_1904: bool = False,
    after: str = "",
    in_book: str = "",
) -> Path:
    """A workbook of one sheet whose rows are given as XML; `s` of a cell counts in FORMATS."""
    formats = "".join(
        f'<numFmt numFmtId="{200 + i}" formatCode="{_escaped(f)}"/>' for i, f in enumerate(FORMATS)
    )
    styles = "".join(f'<xf numFmtId="{200 + i}"/>' for i in range(len(FORMATS)))
    strings = "".join(f"<si><t>{_escaped(text)}</t></si>" for text in shared)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_TYPE}.sharedStrings+xml"/>'
        "</Types>",
        "_rels/.rels": _relations(("officeDocument", "xl/workbook.xml")),
        "xl/_rels/workbook.xml.rels": _relations(
            ("worksheet", "worksheets/sheet1.xml"),
            ("styles", "styles.xml"),
            ("sharedStrings", "sharedStrings.xml"),
        ),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELS}">'
        f'<workbookPr date1904="{int(system_1904)}"/>'
        f'<sheets><sheet name="One" sheetId="1" r:id="rId1"/></sheets>{in_book}</workbook>',
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><numFmts>{formats}</numFmts>'
        "<fonts><font/></fonts><fills><fill><patternFill/></fill></fills><borders><border/></borders>"
        f"<cellStyleXfs><xf/></cellStyleXfs><cellXfs>{styles}</cellXfs></styleSheet>",
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}">{strings}</sst>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}"><dimension ref="A1"/>'
        f"<sheetData>{rows}</sheetData>{after}</worksheet>",
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{content}')
    return path


def _relations(*targets: tuple[str, str]) -> str:
    inner = "".join(
        f'<Relationship Id="rId{number}" Type="{_RELS}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{inner}</Relationships>'


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def row(number: int, *cells: str) -> str:
    """A row of cells, each given as its XML after the place: ` t="s"><v>0</v>`."""
    inner = "".join(
        f'<c r="{chr(65 + place)}{number}"{cell}</c>' for place, cell in enumerate(cells)
    )
    return f'<row r="{number}">{inner}</row>'


def text(value: str) -> str:
    return f' t="inlineStr"><is><t>{_escaped(value)}</t></is>'


def number(value: str, shown: str = "General") -> str:
    return f' s="{FORMATS.index(shown)}"><v>{value}</v>'
