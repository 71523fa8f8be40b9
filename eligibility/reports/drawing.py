"""Bar charts drawn as SVG by ourselves, so that one drawing follows the page's colours and prints the same.

Plain SVG and resvg (3 MB) rather than Altair and vl-convert (106 MB): with the one font that ships here the
PNG has the same bytes on every machine, where vl-convert takes whatever fonts it finds.
"""

from __future__ import annotations

import copy
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import resvg_py

from eligibility.reports.markup import Element, append, element, to_xml
from eligibility.wording import Language

WIDTH = 900
ROW = 34
BASELINE = 21
"""Where one line of text stands in a row."""
_LABEL_LINES = {1: (BASELINE,), 2: (14, 29)}
_BAR = 18
_FONTS: dict[Language, str] = {
    "en": "DejaVu Sans, Verdana, sans-serif",
    "zh": "PingFang SC, Microsoft YaHei, Noto Sans CJK SC, Noto Sans SC, WenQuanYi Micro Hei, sans-serif",
}
"""The reader's own; what is drawn in pixels takes the one that ships here, which has no Chinese."""
_NEVER_FIRST, _NEVER_LAST = "，。；：、？）》”", "（《“"
_FONT = Path(__file__).parent / "fonts" / "DejaVuSans-subset.ttf"
_NOT_IN_FONT = re.compile(
    "[^\n -~\u00a0-\u024f\u0370-\u03ff\u0400-\u045f\u1e00-\u1eff\u2010-\u2027\u2030-\u203a"
    "\u2070-\u209f\u20ac\u2100-\u214f\u2190-\u2195\u2212\u2260\u2264\u2265\u25a1\ufffd]"
)

# Light, dark and striped: the three verdicts differ without colour too, on paper and to every eye.
_COLOURS = {
    "paper": "#ffffff",
    "heading": "#1f2933",
    "ink": "#1f2933",
    "soft": "#52606d",
    "rule": "#d9dee3",
    "pass": "#8fd0c0",
    "fail": "#a33a0a",
    "plain": "#4a7ab5",
    "stripe-under": "#eef1f4",
    "stripe-over": "#b8c2cc",
    "on-pass": "#1f2933",
    "on-fail": "#ffffff",
    "on-plain": "#ffffff",
    "on-unknown": "#1f2933",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a chart: its label, its segments as (tone, count), and what stands behind its end."""

    label: str
    segments: tuple[tuple[str, int], ...]
    note: str = ""

    @property
    def total(self) -> int:
        """The length of the whole bar."""
        return sum(count for _, count in self.segments)


@dataclass(frozen=True, slots=True)
class Panel:
    """Where bars are drawn: from `left` over `width`, the first row at `top`, as long as `most` is wide."""

    left: int
    top: int
    width: int
    most: int

    def x(self, count: int) -> float:
        """The place of a count on the axis."""
        return self.left + self.width * count / self.most


class Drawing:
    """One chart in the making."""

    def __init__(
        self, name: str, title: str, description: str, *, height: int, language: Language = "en"
    ) -> None:
        self.name = name
        spoken = {} if language == "en" else {"lang": "zh-Hans"}
        self.root = element(
            "svg",
            viewBox=f"0 0 {WIDTH} {height}",
            role="img",
            aria_labelledby=f"{name}-title {name}-description",
            font_family=_FONTS[language],
            **spoken,
        )
        append(self.root, element("title", title, id=f"{name}-title"))
        append(self.root, element("desc", description, id=f"{name}-description"))
        append(self.root, self._stripes())
        self.rectangle("paper", 0, 0, WIDTH, height)
        self.text(title, 12, 24, tone="heading", size=16)

    def rectangle(self, tone: str, x: float, y: float, width: float, height: float) -> None:
        """A filled rectangle; the tone `unknown` is striped."""
        fill = f"url(#{self.name}-stripes)" if tone == "unknown" else _COLOURS[tone]
        place = {"x": f"{x:.1f}", "y": f"{y:.1f}", "width": f"{width:.1f}", "height": f"{height}"}
        append(self.root, element("rect", class_=tone, fill=fill, **place))

    def text(
        self,
        words: str,
        x: float,
        y: float,
        *,
        tone: str = "ink",
        size: int = 12,
        anchor: str = "start",
    ) -> None:
        """One line of text; x is its start, middle or end."""
        place = {"x": f"{x:.1f}", "y": f"{y:.1f}", "text_anchor": anchor, "font_size": str(size)}
        made = element("text", words, class_=tone, fill=_COLOURS[tone], **place)
        append(self.root, made)

    def legend(self, entries: Sequence[tuple[str, str]], x: float, y: float) -> None:
        """What the tones mean, in one line."""
        for tone, words in entries:
            self.rectangle(tone, x, y - 11, 14, 14)
            self.text(words, x + 20, y)
            x += 20 + width_of(words) + 24

    def bars(self, panel: Panel, bars: Sequence[Bar]) -> None:
        """The axis with its grid, then one bar per row."""
        bottom = panel.top + ROW * len(bars)
        for tick in _ticks(panel):
            self._grid_line(panel.x(tick), panel.top, bottom)
            self.text(
                f"{tick:,}", panel.x(tick), bottom + 16, tone="soft", size=11, anchor="middle"
            )
        for number, bar in enumerate(bars):
            self.bar(panel, bar, panel.top + ROW * number + (ROW - _BAR) / 2)

    def bar(self, panel: Panel, bar: Bar, y: float) -> None:
        """One bar; a segment carries its number if that fits and no note says it."""
        done = 0
        for tone, count in bar.segments:
            x, end = panel.x(done), panel.x(done + count)
            done += count
            if count:
                self.rectangle(tone, x, y, end - x, _BAR)
            if count and not bar.note and end - x > width_of(f"{count:,}") + 6:
                self.text(f"{count:,}", (x + end) / 2, y + 13, tone=f"on-{tone}", anchor="middle")
        if bar.note:
            self.text(bar.note, panel.x(bar.total) + 6, y + 13)

    def labels(self, bars: Sequence[Bar], top: int, *, width: int) -> None:
        """The labels of the rows, each in one line or two."""
        for number, bar in enumerate(bars):
            lines = wrapped(bar.label, width)
            for line, y in zip(lines, _LABEL_LINES[len(lines)], strict=True):
                self.text(line, 12, top + ROW * number + y)

    def _grid_line(self, x: float, top: int, bottom: int) -> None:
        self.rectangle("rule", x, top, 1, bottom - top)

    def _stripes(self) -> Element:
        return element(
            "defs",
            element(
                "pattern",
                element(
                    "rect",
                    class_="stripe-under",
                    width="6",
                    height="6",
                    fill=_COLOURS["stripe-under"],
                ),
                element(
                    "rect",
                    class_="stripe-over",
                    width="2",
                    height="6",
                    fill=_COLOURS["stripe-over"],
                ),
                id=f"{self.name}-stripes",
                width="6",
                height="6",
                patternUnits="userSpaceOnUse",
                patternTransform="rotate(45)",
            ),
        )


def width_of(words: str, size: int = 12) -> float:
    """About how wide a line of text is, by the mean letter of English in this font, which is a wide one."""
    return _length(words) * size * 0.56


def wrapped(words: str, width: float) -> list[str]:
    """The text in one line, or in two of which the second is cut if it must be."""
    text = " ".join(words.split())
    if _length(text) <= _letters(width):
        return [text]
    end = _break(text, _letters(width))
    return [text[:end], cut(text[end:], width)] if end else [cut(text, width)]


def _break(text: str, most: int) -> int:
    """Where a line ends: before a blank, or between two signs of Chinese; 0 where there is no such place."""
    for end in range(len(_beginning(text, most)), 0, -1):
        after, before = text[end], text[end - 1]
        if after == " ":
            return end
        beside_chinese = _is_wide(after) or _is_wide(before)
        if beside_chinese and after not in _NEVER_FIRST and before not in _NEVER_LAST:
            return end
    return 0


def _letters(width: float) -> int:
    return int(width / width_of("x"))


def _length(text: str) -> int:
    """How many letters of English are as long; a sign of Chinese counts for two."""
    return len(text) + sum(map(_is_wide, text))


def _is_wide(sign: str) -> bool:
    return sign >= "\u2e80" and unicodedata.east_asian_width(sign) in "WF"


def _beginning(text: str, most: int) -> str:
    """As much of a text as is no longer than so many letters."""
    length = 0
    for place, sign in enumerate(text):
        length += 1 + _is_wide(sign)
        if length > most:
            return text[:place]
    return text


def cut(words: str, width: float) -> str:
    """The text, or as much of its beginning as the width takes."""
    text = " ".join(words.split())
    most = _letters(width)
    return text if _length(text) <= most else _beginning(text, most - 1).rstrip() + "…"


def svg_of(drawing: Element) -> str:
    """A drawing as a file of its own."""
    alone = copy.copy(drawing)
    _, _, width, height = alone.attrib["viewBox"].split()
    alone.attrib |= {"xmlns": "http://www.w3.org/2000/svg", "width": width, "height": height}
    return to_xml(alone)


def png_of(svg: str) -> bytes:
    """A drawing in pixels, two to the unit; a sign that the font lacks is drawn as a box."""
    return resvg_py.svg_to_bytes(
        svg_string=_NOT_IN_FONT.sub("□", svg),
        skip_system_fonts=True,
        font_files=[str(_FONT)],
        zoom=2.0,
    )


def _ticks(panel: Panel) -> range:
    """Round numbers from 0 on, as many as have room side by side."""
    room = max(int(panel.width / (width_of(f"{panel.most:,}") + 16)), 1)
    step = 1
    while panel.most // step > min(room, 5):
        step = step * 5 // 2 if str(step)[0] == "2" else step * 2
    return range(0, panel.most + 1, step)
