"""Small batches for the tests of reports: rows by their verdicts, facts of them, pages read back."""

from collections.abc import Sequence
from html.parser import HTMLParser

from eligibility.protocol.verdict import Decision, Verdict, decide
from eligibility.reports.batch_facts import BatchFacts, Run
from eligibility.reports.results import ResultRow

PASS, FAIL, UNKNOWN = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN
_OF_LETTER = {"p": PASS, "f": FAIL, "u": UNKNOWN}


def run(
    criteria: Sequence[str] = ("INCL01", "INCL02", "EXCL01"),
    *,
    table: str = "patients.csv",
    as_of: str | None = "2026-11-21",
    planned_start: str | None = "2026-12-01",
    verdicts_only: bool = False,
) -> Run:
    return Run(
        table=table,
        trial="NCT00000001",
        trial_title="A trial",
        titles={criterion: f"Title of {criterion}" for criterion in criteria},
        readings={"a_reading": "what it means"},
        profile=None,
        rules_hash="0" * 64,
        as_of=as_of,
        planned_start=planned_start,
        verdicts_only=verdicts_only,
    )


def row(
    screening_id: str,
    letters: str,
    question: str = "",
    possible_from: str = "",
    valid_until: str = "",
) -> ResultRow:
    """A patient by the letters p, f, u of her verdicts on INCL01, INCL02 and EXCL01."""
    verdicts = tuple(_OF_LETTER[letter] for letter in letters)
    decision = decide(verdicts)
    deciding = {Decision.INELIGIBLE: FAIL, Decision.UNDETERMINED: UNKNOWN}.get(decision, PASS)
    ids = [name for name, v in zip(run().titles, verdicts, strict=False) if v is deciding]
    return ResultRow(
        screening_id, decision, tuple(ids), verdicts, question, possible_from, valid_until
    )


def facts_of(*rows: ResultRow, of: Run | None = None) -> BatchFacts:
    facts = BatchFacts(of or run())
    for each in rows:
        facts.add(each)
    return facts


class Page(HTMLParser):
    """What a browser makes of a page: its tags with attributes, and all its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def names(self) -> set[str]:
        return {tag for tag, _ in self.tags}
