"""The reports of a batch, written into its folder: the page, the figures, near misses, re-screen queue."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from eligibility.reports.batch_facts import BatchFacts
from eligibility.reports.batch_page import batch_page
from eligibility.reports.drawing import png_of, svg_of
from eligibility.reports.figures import Figure, figures
from eligibility.reports.near_misses import NEAR_MISSES, write_near_misses
from eligibility.reports.rescreen_queue import CALENDAR, QUEUE, QueueOf, write_calendar, write_queue

REPORT, FIGURES = "report.html", "figures"


def write_reports(folder: Path, facts: BatchFacts) -> list[Path]:
    """Write all reports of a batch into its folder; the same facts give the same bytes.

    What was written comes back, the page first. The lists of the facts are read, not used up.
    """
    drawn, in_chinese = figures(facts), figures(facts, "zh")
    page = folder / REPORT
    page.write_text(batch_page(facts, drawn), encoding="utf-8", newline="")
    lists = _write_lists(folder, facts)
    return [page, *lists, *_write_figures(folder / FIGURES, drawn, in_chinese)]


def _write_lists(folder: Path, facts: BatchFacts) -> list[Path]:
    near_misses, queue, calendar = (folder / name for name in (NEAR_MISSES, QUEUE, CALENDAR))
    with near_misses.open("w", encoding="utf-8", newline="") as stream:
        write_near_misses(stream, facts.near_misses)
    with queue.open("w", encoding="utf-8", newline="") as stream:
        write_queue(stream, facts.queue)
    whose = QueueOf(facts.run.trial, facts.run.table, facts.run.as_of)
    with calendar.open("w", encoding="utf-8", newline="") as stream:
        write_calendar(stream, facts.queue, whose)
    return [near_misses, queue, calendar]


def _write_figures(folder: Path, drawn: list[Figure], in_chinese: list[Figure]) -> Iterator[Path]:
    """Each as a drawing and in pixels; in Chinese as a drawing only, for which the reader has the font."""
    folder.mkdir()
    for figure, chinese in zip(drawn, in_chinese, strict=True):
        svg = svg_of(figure.drawing)
        vector, pixels = folder / f"{figure.name}.svg", folder / f"{figure.name}.png"
        translated = folder / f"{figure.name}.zh.svg"
        vector.write_text(svg, encoding="utf-8", newline="")
        translated.write_text(svg_of(chinese.drawing), encoding="utf-8", newline="")
        pixels.write_bytes(png_of(svg))
        yield from (vector, translated, pixels)
