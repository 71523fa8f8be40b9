"""Text for a PDF: fonts for every character there is a glyph for, and a visible code point for every other."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import escape

import reportlab
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont, stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, Paragraph

import eligibility

PLAIN, BOLD, CHINESE = "DejaVuSans", "VeraBd", "STSong-Light"
_FONTS = {
    PLAIN: Path(eligibility.__file__).parent / "reports" / "fonts" / "DejaVuSans-subset.ttf",
    BOLD: Path(reportlab.__file__).parent / "fonts" / "VeraBd.ttf",
}


@cache
def fonts() -> dict[str, frozenset[int]]:
    """The fonts that are in every document, with the characters that each has; registered once."""
    found = {}
    for name, path in _FONTS.items():
        font = TTFont(name, str(path))
        registerFont(font)
        found[name] = frozenset(font.face.charToGlyph)
    registerFont(UnicodeCIDFont(CHINESE))
    return found


class Lines(Flowable):  # type: ignore[misc] # the library has no types
    """A text broken into lines: Chinese between any two characters as its rules allow, other words at spaces."""

    def __init__(self, text: str, style: ParagraphStyle, *, is_bold: bool = False) -> None:
        super().__init__()
        self._letters = "".join(_visible(text))
        self._style, self._is_bold = style, is_bold
        self._drawn: Paragraph | None = None
        self._taken: tuple[float, tuple[float, float]] | None = None

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """The room it takes."""
        if self._taken is None or self._taken[0] != width:
            broken = self._broken(width - 0.5)
            self._drawn = Paragraph("<br/>".join(map(self._marked, broken)), self._style)
            self._taken = (width, self._drawn.wrap(width, height))
        return self._taken[1]

    def split(self, width: float, height: float) -> list[Flowable]:
        """In two, where only so much room is left."""
        self.wrap(width, height)
        assert self._drawn is not None
        parts: list[Flowable] = self._drawn.split(width, height)
        return parts

    def draw(self) -> None:
        """Draw it where it was put."""
        assert self._drawn is not None
        self._drawn.drawOn(self.canv, 0, 0)

    def _broken(self, width: float) -> list[str]:
        lines = []
        for paragraph in self._letters.split("\n"):
            line, used = "", 0.0
            for word in _words(paragraph):
                needed = self._width(word.rstrip(" "))
                if line and used + needed > width:
                    lines.append(line.rstrip(" "))
                    line, used = "", 0.0
                for piece in self._fitting(word, width) if needed > width else (word,):
                    if line and piece is not word:
                        lines.append(line)
                        used = 0.0
                    line = piece if piece is not word else line + word
                    used += self._width(piece)
            lines.append(line.rstrip(" "))
        return lines

    def _fitting(self, word: str, width: float) -> Iterator[str]:
        """A word that is wider than a line, in pieces that are not."""
        piece = ""
        for letter in word:
            if piece and self._width(piece + letter) > width:
                yield piece
                piece = ""
            piece += letter
        yield piece

    def _width(self, text: str) -> float:
        size = self._style.fontSize
        return sum(_width_of(letter, size, is_bold=self._is_bold) for letter in text)

    def _marked(self, line: str) -> str:
        """A line as markup; nothing in it is taken for markup, and no space in it is lost."""
        return "".join(
            f'<font name="{font}">{escape("".join(letters))}</font>'
            for font, letters in groupby(line.replace("  ", " \u00a0"), key=self._font)
        )

    def _font(self, letter: str) -> str:
        return _font(letter, is_bold=self._is_bold)


_STARTS_NO_LINE = frozenset("，。、；：？！）》」』】〕％”’…,.;:?!)]}%")  # noqa: RUF001 - meant as they are
_ENDS_NO_LINE = frozenset("（《「『【〔“‘([{")  # noqa: RUF001 - meant as they are


def _words(text: str) -> Iterator[str]:
    """The parts of a line between which it may be broken, each with the spaces after it."""
    word = ""
    for letter in text:
        if word and _may_break(word[-1], letter):
            yield word
            word = ""
        word += letter
    yield word


def _may_break(before: str, after: str) -> bool:
    if after == " ":
        return False
    if before == " ":
        return True
    if after in _STARTS_NO_LINE or before in _ENDS_NO_LINE:
        return False
    return _is_ideograph(before) or _is_ideograph(after)


def _is_ideograph(letter: str) -> bool:
    return "\u2e80" <= letter <= "\u9fff" or "\uff00" <= letter <= "\uffef"


def _visible(text: str) -> Iterator[str]:
    """The characters, and in the place of what no font shows its code point in letters."""
    for letter in text.replace("\r\n", "\n").replace("\t", " "):
        if letter == "\n" or _font_of(letter) is not None:
            yield letter
        else:
            yield from f"[U+{ord(letter):04X}]"


def _font(letter: str, *, is_bold: bool) -> str:
    if is_bold and ord(letter) in fonts()[BOLD]:
        return BOLD
    return _font_of(letter) or PLAIN


@lru_cache(maxsize=8192)
def _width_of(letter: str, size: float, *, is_bold: bool) -> float:
    return float(stringWidth(letter, _font(letter, is_bold=is_bold), size))


@lru_cache(maxsize=4096)
def _font_of(letter: str) -> str | None:
    if letter in " \u00a0":
        return PLAIN
    if (
        unicodedata.category(letter)[0] in "CZ"
    ):  # what is not seen is shown, or it could hide something
        return None
    if ord(letter) in fonts()[PLAIN]:
        return PLAIN
    # The built-in Chinese font has the characters of GBK.
    return CHINESE if _is_chinese(letter) else None


def _is_chinese(letter: str) -> bool:
    try:
        letter.encode("gbk")
    except UnicodeEncodeError:
        return False
    return ord(letter) < 0x10000
