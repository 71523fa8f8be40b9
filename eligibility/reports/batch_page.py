"""The report of a batch as one page that opens offline: figures with their tables beside them, and who is next."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import islice
from pathlib import Path

from eligibility.protocol.verdict import Decision
from eligibility.reports.attrition import INDEPENDENT, SEQUENTIAL
from eligibility.reports.batch_facts import BatchFacts
from eligibility.reports.bucketed_lines import BucketedLines
from eligibility.reports.figures import Figure
from eligibility.reports.markup import Element, element, to_html
from eligibility.reports.near_misses import NEAR_MISS_COLUMNS, NEAR_MISSES
from eligibility.reports.rescreen_queue import CALENDAR, QUEUE, QUEUE_COLUMNS
from eligibility.reports.sorted_rows import SortedRows
from eligibility.version import ENGINE_VERSION

MOST_LISTED = 100
MOST_IDS = 6
_STYLE = (Path(__file__).parent / "batch_page.css").read_text(encoding="utf-8")
_TONES = {
    Decision.ELIGIBLE: "pass",
    Decision.INELIGIBLE: "fail",
    Decision.UNDETERMINED: "unknown",
}


def batch_page(facts: BatchFacts, figures: Sequence[Figure]) -> str:
    """The page as HTML; it asks for nothing outside itself and runs no script."""
    sections = [
        *(_figure_section(figure) for figure in figures),
        _near_misses(facts),
        _queue(facts),
        *_rejected(facts),
        _rules(facts),
    ]
    title = f"Batch report: {facts.run.trial}"
    body = element(
        "body",
        element("header", *_head(facts), _contents(sections)),
        element("main", *sections),
        element(
            "footer",
            _note(
                "Screening support: it enrols nobody and waives nothing; the investigator decides."
            ),
        ),
    )
    return to_html(element("html", _meta(title), body, lang="en"))


def _meta(title: str) -> Element:
    style = base64.b64encode(sha256(_STYLE.encode()).digest()).decode()
    # Even if a patient's text got through as markup, the browser would fetch and run nothing.
    policy = f"default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'"
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", content=policy, **{"http-equiv": "Content-Security-Policy"}),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        element("style", _STYLE),
    )


def _head(facts: BatchFacts) -> Iterator[Element]:
    run = facts.run
    screened, counts = facts.attrition.screened, facts.attrition.decisions
    yield element("h1", f"Batch report: {run.trial}")
    yield element("p", run.trial_title)
    judged = f"judged as of {run.as_of}" if run.as_of else "each row judged as of its own date"
    start = f"planned start {run.planned_start}" if run.planned_start else "no common planned start"
    yield element("p", "Table ", _isolated(run.table), f", {judged}, {start}.")
    yield element(
        "p",
        f"{screened + facts.rejected:,} rows in: {screened:,} screened, {facts.rejected:,} rejected.",
    )
    yield element(
        "dl",
        *(
            element(
                "div",
                element("dt", decision.value),
                element("dd", f"{counts[decision]:,}"),
                class_=_TONES[decision],
            )
            for decision in Decision
        ),
        class_="decisions",
    )


def _contents(sections: Iterable[Element]) -> Element:
    links = (
        element("li", element("a", section[0].text or "", href=f"#{section.attrib['id']}"))
        for section in sections
    )
    return element("nav", element("ul", *links), aria_label="Contents")


def _section(name: str, title: str, *children: Element) -> Element:
    return element("section", element("h2", title), *children, id=name)


def _figure_section(figure: Figure) -> Element:
    table = _table(figure.title, figure.columns, figure.rows)
    if figure.name == "next_questions":
        table.set("class", "questions")
    is_attrition = figure.name == "attrition"
    notes = (SEQUENTIAL, INDEPENDENT) if is_attrition else ()
    return _section(
        figure.name,
        figure.title,
        element(
            "figure",
            element("figcaption", figure.reading),
            _scrolling(figure.drawing, f"Figure: {figure.title}", "drawing"),
            element("div", _scrolling(table, f"Table: {figure.title}"), *map(_note, notes)),
            class_="wide" if is_attrition else "beside",
        ),
    )


def _scrolling(wide: Element, label: str, kind: str = "") -> Element:
    """What may be wider than the page; the keyboard reaches it and can move it."""
    attributes = {"role": "region", "tabindex": "0", "aria_label": label}
    return element("div", wide, class_=f"scroll {kind}".strip(), **attributes)


def _near_misses(facts: BatchFacts) -> Element:
    return _section(
        "near_misses",
        "Near misses: patients who fail exactly one criterion",
        _note(
            "Where no other criterion is undetermined, the failed one alone stands between the patient and the "
            "trial. This is no list of patients to waive it for."
        ),
        *_listed(facts, facts.near_misses, NEAR_MISS_COLUMNS, NEAR_MISSES),
    )


def _queue(facts: BatchFacts) -> Element:
    return _section(
        "rescreen_queue",
        "Re-screen queue: by the first possible start",
        *_without_dates(facts),
        _note(
            "Patients whom time or a repeated test may let in. Who waits for an answer only is not "
            f"here but under what to find out next. {CALENDAR} holds the dates for a calendar."
        ),
        *_listed(facts, facts.queue, QUEUE_COLUMNS, QUEUE),
    )


def _without_dates(facts: BatchFacts) -> Iterator[Element]:
    if facts.run.verdicts_only:
        yield _note(
            "Dates were not asked for in this run (--verdicts-only): the queue is empty for that "
            "reason, and not because nobody waits."
        )


def _listed(
    facts: BatchFacts, rows: SortedRows | BucketedLines, columns: Sequence[str], file: str
) -> Iterator[Element]:
    """The first rows as a table, and where the rest is."""
    count = len(rows)
    if not count:
        yield element("p", "Nobody.")
        return
    words = tuple(column.replace("_", " ") for column in columns)
    shown = [
        tuple(_shortened(cell, facts.criteria) for cell in row)
        for row in islice(iter(rows), MOST_LISTED)
    ]
    yield _scrolling(_table(f"{count:,} in {file}", words, shown), f"Table: {file}", "list")
    if count > len(shown):
        yield element("p", f"The first {len(shown)} of {count:,}; all are in {file}.")


def _shortened(cell: str, criteria: Sequence[str]) -> str:
    """A long list of criteria by its first three; the file has them all."""
    ids = cell.split(" ")
    if len(ids) <= MOST_IDS or not set(ids) <= set(criteria):
        return cell
    return f"{' '.join(ids[:3])} and {len(ids) - 3} more"


def _rejected(facts: BatchFacts) -> Iterator[Element]:
    if facts.rejected:
        yield _section(
            "rejected",
            "Rejected rows: nothing is lost, but these were not screened",
            _table(
                "Faults by code; a row may have several. Each is in rejected.csv with line and hint.",
                ("code", "faults"),
                sorted(facts.rejected_by_code.items()),
            ),
        )


def _rules(facts: BatchFacts) -> Element:
    run = facts.run
    versions = (
        ("trial", run.trial),
        ("site profile", run.profile or "none"),
        ("rules hash", run.rules_hash),
        ("engine version", ENGINE_VERSION),
    )
    return _section(
        "rules",
        "Criteria and rules in force",
        _table("Criteria", ("id", "title"), tuple(run.titles.items())),
        _table("Versions", ("what", "which"), versions),
        _table("Readings of ambiguous sentences", ("name", "reading"), tuple(run.readings.items())),
    )


def _table(caption: str, columns: Sequence[str], rows: Iterable[Sequence[str | int]]) -> Element:
    """A real table: a caption, headed columns, and the first cell of each row as its heading."""
    body = [tuple(row) for row in rows]
    numeric = [bool(body) and isinstance(cell, int) for cell in body[0]] if body else []
    numeric += [False] * (len(columns) - len(numeric))
    head = (
        element("th", column, scope="col", **_number(is_number=each))
        for column, each in zip(columns, numeric, strict=True)
    )
    return element(
        "table",
        element("caption", caption),
        element("thead", element("tr", *head)),
        element("tbody", *(element("tr", *_cells(row)) for row in body)),
    )


def _cells(row: Sequence[str | int]) -> Iterator[Element]:
    yield element("th", _isolated(str(row[0])), scope="row")
    for cell in row[1:]:
        if isinstance(cell, int):
            yield element("td", f"{cell:,}", class_="number")
        else:
            yield element("td", _isolated(cell))


def _number(*, is_number: bool) -> dict[str, str]:
    return {"class_": "number"} if is_number else {}


def _isolated(text: str) -> Element:
    """Text of the table: its direction of writing ends where it ends."""
    return element("bdi", text)


def _note(text: str) -> Element:
    return element("p", text[:1].upper() + text[1:], class_="note")
