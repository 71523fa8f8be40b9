"""The checklist as PDF: the same object, the same words as the page, the same bytes each time."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import zip_longest
from threading import Lock
from typing import Any, Literal

from reportlab.lib.colors import Color, black, white
from reportlab.lib.pagesizes import A4, LETTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    KeepTogether,
    PageTemplate,
    Spacer,
    Table,
    TableStyle,
)

from api.pages.checklist import Checklist, FoundValue, Item
from api.pages.checklist_lines import foot_lines, head_lines
from api.pages.language import TAGS, Language, written_date, written_local_time
from api.pages.pdf_text import PLAIN, Lines, fonts
from api.pages.wording import say

Paper = Literal["a4", "letter"]
PAPERS: dict[Paper, tuple[float, float]] = {"a4": A4, "letter": LETTER}
_MARGIN, _FOOT = 12 * mm, 16 * mm
_GREY, _PALE = Color(0.35, 0.35, 0.35), Color(0.93, 0.93, 0.93)
_SHARES = (0.08, 0.29, 0.085, 0.235, 0.14, 0.1, 0.07)
"""Of the width: number, criterion, answer, value, source document, date, initials."""
_HIGHEST = 150 * mm
"""No row is higher; what needs more goes on in a row of its own."""
_LINES = TableStyle(
    [
        ("GRID", (0, 0), (-1, -1), 0.5, black),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 2.5),
        ("RIGHTPADDING", (0, 0), (-1, -1), 2.5),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ]
)
_drawing = Lock()  # the fonts of the library are for one document at a time

Cell = list[Flowable]


def checklist_pdf(checklist: Checklist, language: Language, *, paper: Paper = "a4") -> bytes:
    """The bytes of the PDF."""
    with _drawing:
        fonts()
        return _Drawing(checklist, language, PAPERS[paper]).bytes()


class _Drawing:
    """Draws one checklist."""

    def __init__(self, checklist: Checklist, language: Language, size: tuple[float, float]) -> None:
        self.checklist, self.language, self.size = checklist, language, size
        self.width = size[0] - 2 * _MARGIN
        self.t: Callable[..., str] = partial(say, language=language)
        self._style = ParagraphStyle("plain", fontName=PLAIN, fontSize=7.5, leading=9.6)

    def bytes(self) -> bytes:
        """Head, criteria, statement and signatures on numbered pages."""
        out = io.BytesIO()
        title = self.t("checklist.of_trial", trial=self.checklist.trial)
        document = BaseDocTemplate(
            out,
            pagesize=self.size,
            title=title,
            author=self.t("base.name"),
            subject=self.t("checklist.support"),
            creator=self.t("base.name"),
            lang=TAGS[self.language],
            invariant=1,
        )
        height = self.size[1] - _MARGIN - _FOOT
        frame = Frame(_MARGIN, _FOOT, self.width, height, 0, 0, 0, 0)
        document.addPageTemplates(PageTemplate("page", [frame]))
        document.build(list(self._story()), canvasmaker=partial(_Pages, foot=self._foot))
        return out.getvalue()

    def _story(self) -> Iterator[Flowable]:
        yield self._text(self.t("checklist.title"), size=15, is_bold=True)
        yield Spacer(0, 2 * mm)
        for notice in self._notices():
            yield _boxed(self._text(notice, size=9, is_bold=True), self.width)
            yield Spacer(0, 1.5 * mm)
        yield self._head()
        yield Spacer(0, 2 * mm)
        yield self._text(self._result(), size=9.5, is_bold=True)
        yield Spacer(0, 2 * mm)
        yield self._criteria()
        yield Spacer(0, 4 * mm)
        yield KeepTogether(list(self._signing()))

    def _notices(self) -> Iterator[str]:
        position = self.checklist.position
        if position is None:
            yield self.t("checklist.preview")
            return
        for number in position.withdrawn_by:
            yield self.t("checklist.withdrawn", number=number)
        for number in position.corrected_by:
            yield self.t("checklist.corrected", number=number)

    def _head(self) -> Flowable:
        rows = [
            [self._soft(label), self._text(value)]
            for label, value in head_lines(self.checklist, self.language)
        ]
        both = [[*left, *(right or ["", ""])] for left, right in zip_longest(rows[::2], rows[1::2])]
        label, value = 0.15 * self.width, 0.35 * self.width
        style = TableStyle([*_LINES.getCommands(), ("GRID", (0, 0), (-1, -1), 0.25, _GREY)])
        return Table(both, [label, value, label, value], style=style)

    def _result(self) -> str:
        counts, total = self.checklist.counts, len(self.checklist.items)
        decision = self.t(f"decision.{self.checklist.decision}")
        counted = self.t(
            "checklist.counts",
            passed=counts["pass"],
            failed=counts["fail"],
            unknown=counts["unknown"],
            total=total,
        )
        return f"{self.t('checklist.decision', decision=decision)} ({counted})"

    def _criteria(self) -> Flowable:
        columns = ("number", "criterion", "answer", "value", "source", "date", "initials")
        names: list[Any] = [
            self._text(self.t(f"checklist.column.{each}"), is_bold=True) for each in columns
        ]
        rows = [row for item in self.checklist.items for row in self._rows(item)]
        style = TableStyle(
            [
                *_LINES.getCommands(),
                ("BACKGROUND", (0, 0), (-1, 0), _PALE),
                *((f"{side}PADDING", (3, 1), (3, -1), 0) for side in ("LEFT", "RIGHT", "TOP")),
            ]
        )
        return Table([names, *rows], self._widths(), repeatRows=1, style=style)

    def _widths(self) -> list[float]:
        return [share * self.width for share in _SHARES]

    def _rows(self, item: Item) -> Iterator[list[Any]]:
        """One row, and more where it would be higher than a page takes."""
        widths = self._widths()
        texts = self._parts(self._criterion(item), widths[1])
        values = self._values(item, widths[3:6])
        number = f"{item.number}"
        empty: Cell = []
        for place, (text, value) in enumerate(zip_longest(texts, values, fillvalue=empty)):
            if place:
                number = self.t("checklist.continued", number=item.number)
            answer = self._answer(item) if place == 0 else []
            bold = self._text(number, is_bold=place == 0)
            yield [bold, text, answer, value, "", "", ""]

    def _criterion(self, item: Item) -> Cell:
        cell: Cell = [self._text(item.text)]
        cell.append(self._text(self.t(f"checklist.kind.{item.kind}"), is_bold=True))
        cell.append(self._soft(item.reason))
        cell += [
            self._soft(self.t("checklist.assumed", assumption=each)) for each in item.assumptions
        ]
        for each in item.reviews:
            words = self.t(
                "checklist.review",
                number=each.sequence,
                answer=self.t(f"verdict.{each.answer}"),
                name=each.name,
                moment=written_local_time(each.recorded_at, self.language, self.checklist.zone),
                reason=each.reason,
            )
            cell.append(self._text(words))
        return cell

    def _answer(self, item: Item) -> Cell:
        return [
            self._text(self.t(f"checklist.answer.{item.truth}"), size=10, is_bold=True),
            self._text(self.t(f"checklist.verdict.{item.verdict}")),
        ]

    def _values(self, item: Item, widths: Sequence[float]) -> list[Cell]:
        """The values as small tables, none higher than a row may be."""
        if not item.values:
            nothing = self._soft(self.t("checklist.no_value"))
            return [[Table([[nothing]], [sum(widths)], style=_inner(1))]]
        cells: list[Cell] = []
        rows: list[list[Any]] = []
        filled = 0.0
        for row, height in self._value_rows(item.values, widths):
            if rows and filled + height > _HIGHEST:
                cells.append([Table(rows, list(widths), style=_inner(len(rows)))])
                rows, filled = [], 0.0
            rows.append(row)
            filled += height
        return [*cells, [Table(rows, list(widths), style=_inner(len(rows)))]]

    def _value_rows(
        self, values: Sequence[FoundValue], widths: Sequence[float]
    ) -> Iterator[tuple[list[Any], float]]:
        for each in values:
            day = written_date(each.date, self.language)
            columns = [
                self._parts([self._titled(each)], widths[0]),
                self._parts([self._text(each.source or "")], widths[1]),
                self._parts([self._text(day)], widths[2]),
            ]
            for row in zip_longest(*columns, fillvalue=[]):
                heights = (_height(cell, width) for cell, width in zip(row, widths, strict=True))
                yield list(row), max(heights) + 4

    def _titled(self, each: FoundValue) -> Flowable:
        return self._text(each.told(self.language))

    def _parts(self, cell: Cell, width: float) -> list[Cell]:
        """A cell in parts of at most the height of a row."""
        parts: list[Cell] = [[]]
        left = _HIGHEST
        for flowable in cell:
            for piece in _pieces(flowable, width - 5, _HIGHEST):
                height = piece.wrap(width - 5, 10**6)[1]
                if parts[-1] and height > left:
                    parts.append([])
                    left = _HIGHEST
                parts[-1].append(piece)
                left -= height
        return parts

    def _signing(self) -> Iterator[Flowable]:
        yield self._text(self.t("checklist.statement"), size=10, is_bold=True)
        boxes = f"□ {self.t('checklist.meets')}      □ {self.t('checklist.meets_not')}"
        yield self._text(f"{self.t('checklist.statement_text')}   {boxes}", size=9)
        yield self._soft(self.t("checklist.no_waiver"))
        yield Spacer(0, 3 * mm)
        names = ("role", "name", "signature", "date_signed")
        rows: list[list[Any]] = [
            [self._text(self.t(f"checklist.sign.{each}"), is_bold=True) for each in names]
        ]
        rows += [
            [self._text(self.t(f"checklist.role.{role}")), "", "", ""]
            for role in ("coordinator", "reviewer", "investigator")
        ]
        style = TableStyle([*_LINES.getCommands(), ("BACKGROUND", (0, 0), (-1, 0), _PALE)])
        shares = (0.36, 0.24, 0.25, 0.15)
        heights = [None, 12 * mm, 12 * mm, 12 * mm]
        yield Table(rows, [share * self.width for share in shares], heights, style=style)

    def _foot(self, canvas: Canvas, page: int, pages: int) -> None:
        """What stands at the foot of every page."""
        lines = foot_lines(self.checklist, self.language)
        counted = self.t("checklist.page", page=page, pages=pages)
        canvas.setStrokeColor(_GREY)
        canvas.line(_MARGIN, _FOOT - 2 * mm, self.size[0] - _MARGIN, _FOOT - 2 * mm)
        style = ParagraphStyle("foot", self._style, fontSize=6.5, leading=8)
        top = _FOOT - 3 * mm
        for line in lines:
            text = Lines(line, style)
            top -= text.wrap(self.width - 30 * mm, _FOOT)[1]
            text.drawOn(canvas, _MARGIN, top)
        number = Lines(counted, ParagraphStyle("page", style, alignment=2))
        height = number.wrap(30 * mm, _FOOT)[1]
        number.drawOn(canvas, self.size[0] - _MARGIN - 30 * mm, _FOOT - 3 * mm - height)

    def _text(self, text: str, *, size: float = 7.5, is_bold: bool = False) -> Lines:
        style = ParagraphStyle("sized", self._style, fontSize=size, leading=size * 1.28)
        return Lines(text, style, is_bold=is_bold)

    def _soft(self, text: str) -> Lines:
        return Lines(text, ParagraphStyle("soft", self._style, fontSize=6.8, leading=8.7))


class _Pages(Canvas):  # type: ignore[misc] # the library has no types
    """Knows how many pages there are when it writes their feet."""

    def __init__(self, *given: Any, foot: Callable[[Canvas, int, int], None], **named: Any) -> None:
        super().__init__(*given, **named)
        self._foot, self._kept = foot, list[dict[str, Any]]()

    def showPage(self) -> None:  # noqa: N802 - the library's name
        self._kept.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for number, page in enumerate(self._kept, start=1):
            self.__dict__.update(page)
            self._foot(self, number, len(self._kept))
            super().showPage()
        super().save()


def _inner(rows: int) -> TableStyle:
    """Lines between values; the outer table draws those around."""
    style: list[tuple[Any, ...]] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 2.5),
        ("RIGHTPADDING", (0, 0), (-1, -1), 2.5),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
    ]
    if rows > 1:
        style.append(("LINEBELOW", (0, 0), (-1, -2), 0.25, _GREY))
    return TableStyle(style)


def _boxed(text: Flowable, width: float) -> Table:
    style = [("BOX", (0, 0), (-1, -1), 1.5, black), ("BACKGROUND", (0, 0), (-1, -1), white)]
    return Table([[text]], [width], style=TableStyle(style))


def _height(cell: Cell, width: float) -> float:
    return float(sum(each.wrap(width - 5, 10**6)[1] for each in cell))


def _pieces(flowable: Flowable, width: float, most: float) -> list[Flowable]:
    """A paragraph in pieces that are not too high."""
    pieces: list[Flowable] = []
    rest: Flowable | None = flowable
    while rest is not None and rest.wrap(width, 10**6)[1] > most:
        split = rest.split(width, most)
        if len(split) < 2:
            break
        pieces.append(split[0])
        rest = split[1]
    return [*pieces, *([rest] if rest is not None else [])]
