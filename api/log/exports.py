"""What leaves the log: a screening log without identifiers, and the CDISC SDTM datasets TI and IE."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import TextIO

from api.log.entry import Entry, Kind
from api.log.errors import LogError
from api.log.keys import LogKey
from api.log.reading import LogReader, Search
from eligibility.protocol.model import Criterion, Trial
from eligibility.protocol.verdict import Decision, Verdict
from eligibility.reports.results import safe_cell

LOG_COLUMNS = (
    "number",
    "recorded_on",
    "kind",
    "trial",
    "site",
    "subject_code",
    "judged_as_of",
    "planned_start",
    "decision",
    "deciding_criteria",
    "refers_to",
    "criterion",
    "answer",
    "criteria_version",
    "engine_version",
    "superseded_by",
)
TI_COLUMNS = ("STUDYID", "DOMAIN", "IETESTCD", "IETEST", "IECAT", "TIVERS")
IE_COLUMNS = (
    "STUDYID",
    "DOMAIN",
    "USUBJID",
    "IESEQ",
    "IETESTCD",
    "IETEST",
    "IECAT",
    "IEORRES",
    "IESTRESC",
    "EPOCH",
    "IEDTC",
)
_MOST_TEXT = 200  # characters of IETEST, by the SDTM implementation guide
_TEST_CODE = re.compile(r"[A-Z_][A-Z0-9_]{0,7}", re.ASCII)
_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_VERSION_DIGITS = 12
_CODE_DIGITS = 16
_TOGETHER = 500


class ExportError(LogError):
    """A dataset that cannot be written completely is not written at all."""

    code = "export_failed"


def write_log(stream: TextIO, reader: LogReader, key: LogKey, search: Search) -> int:
    """The screening log as CSV, written line by line; returns the entries written."""
    return _write(stream, log_lines(reader, key, search))


def log_lines(reader: LogReader, key: LogKey, search: Search) -> Iterator[str]:
    """The screening log as CSV; who was screened stands in it as a code that only the site can resolve."""
    rows = (
        (
            entry.sequence,
            entry.recorded_at[:10],
            entry.kind,
            entry.trial,
            entry.site,
            subject_code(entry, key),
            entry.as_of,
            entry.planned_start,
            entry.decision,
            " ".join(entry.deciding_criteria),
            entry.refers_to,
            entry.criterion,
            entry.answer,
            version_of(entry.rules_hash),
            entry.engine_version,
            successor,
        )
        for entry, successor in _with_successors(reader, search)
        if entry.kind != Kind.CONFIGURATION
    )
    return _lines(LOG_COLUMNS, rows)


def _with_successors(reader: LogReader, search: Search) -> Iterator[tuple[Entry, int | None]]:
    """Every entry, and the number of what took its place, which is looked up for many at once."""
    entries = reader.every(search)
    while together := list(islice(entries, _TOGETHER)):
        numbers = [entry.sequence for entry in together]
        successors = reader.superseded_by(numbers, sites=search.sites)
        yield from ((entry, successors.get(entry.sequence)) for entry in together)


def subject_code(entry: Entry, key: LogKey) -> str:
    """The same code for the same person at the same site, however the id itself is kept."""
    return _person(entry, key)[:_CODE_DIGITS]


def _person(entry: Entry, key: LogKey) -> str:
    """Who was screened, in one form whether or not the site kept ids as they are at that time; empty if unknown."""
    if entry.subject is None:
        return ""
    is_plain = entry.subject_form == "plain"
    return key.subject(entry.site, entry.subject) if is_plain else entry.subject


def version_of(rules_hash: str | None) -> str:
    """The version of the criteria, short enough for a column."""
    return (rules_hash or "")[:_VERSION_DIGITS]


def write_ti(stream: TextIO, trials: Iterable[Trial]) -> int:
    """SDTM TI, written to a stream; returns the rows written."""
    return _write(stream, ti_lines(trials))


def ti_lines(trials: Iterable[Trial]) -> Iterator[str]:
    """SDTM TI: every criterion of the trial, in every version that is given."""
    rows = (
        (
            trial.id,
            "TI",
            _test_code(criterion),
            _test(criterion),
            criterion.kind.upper(),
            version_of(trial.rules_hash),
        )
        for trial in trials
        for criterion in trial.criteria
    )
    return _lines(TI_COLUMNS, rows)


def by_rules_hash(load: Callable[[str | None], Trial]) -> dict[str, Trial]:
    """A trial without and with each of its site profiles, whose names `load` takes, by the hash of its rules."""
    plain = load(None)
    every = [plain, *(load(profile) for profile in plain.profiles)]
    return {each.rules_hash: each for each in every}


def write_ie(
    stream: TextIO, reader: LogReader, search: Search, trials: Mapping[str, Trial]
) -> tuple[int, int]:
    """SDTM IE, written to a stream. Returns rows written, and decisions left out because they name no subject."""
    lines, nameless = ie_lines(reader, search, trials)
    return _write(stream, lines), nameless


def ie_lines(
    reader: LogReader, search: Search, trials: Mapping[str, Trial]
) -> tuple[Iterator[str], int]:
    """SDTM IE: for each subject the criteria not met in the decision that holds.

    `trials` has the criteria by rules hash. The number is that of decisions left out because they name no subject.
    """
    standing = _Standing(trials)
    for entry in reader.every(search):
        standing.take(entry, _person(entry, reader.key))
    numbers = standing.numbers()
    rows = (
        _ie_row(entry, _person(entry, reader.key), number, criterion)
        for entry in reader.these(numbers, sites=search.sites)
        for number, criterion in enumerate(standing.unmet(entry), start=1)
    )
    return _lines(IE_COLUMNS, rows), standing.nameless


class _Standing:
    """The last decision on each subject that was not withdrawn; of each no more than what is needed to find it."""

    def __init__(self, trials: Mapping[str, Trial]) -> None:
        self._trials = trials
        self._nameless: set[int] = set()
        """Decisions that name no subject."""
        self._firsts: dict[int, int] = {}
        """By number of a correction: the number of the screening that it corrects in the end."""
        self._places: dict[int, tuple[int, str, str]] = {}
        """By number: the number of the screening that it corrects, or is; site; person."""
        self._failed: dict[int, set[str]] = {}
        """By number: what investigators failed."""
        self._unknown: dict[int, str | None] = {}
        """By number: the version of criteria that nobody has given."""

    def take(self, entry: Entry, person: str) -> None:
        """An entry, later than those before it."""
        first = entry.sequence
        if entry.kind == Kind.CORRECTION and entry.refers_to is not None:
            # A correction is made later than screenings that follow what it corrects, and does not replace them.
            first = self._firsts.get(entry.refers_to, entry.refers_to)
            self._firsts[entry.sequence] = first
            self._places.pop(entry.refers_to, None)
            self._nameless.discard(entry.refers_to)
        if entry.decision is not None:
            if entry.subject is None:
                self._nameless.add(entry.sequence)
            else:
                self._places[entry.sequence] = (first, entry.site, person)
            if entry.rules_hash not in self._trials:
                self._unknown[entry.sequence] = entry.rules_hash
        if entry.kind == Kind.REVIEW and entry.refers_to is not None and entry.criterion:
            answers = self._failed.setdefault(entry.refers_to, set())
            # The last answer counts.
            (answers.add if entry.answer == Verdict.FAIL else answers.discard)(entry.criterion)

    @property
    def nameless(self) -> int:
        """How many decisions name no subject, of those that nothing replaced."""
        return len(self._nameless)

    def numbers(self) -> list[int]:
        """The decisions that stand; ExportError where one was made by criteria that nobody has given."""
        by_place = sorted((place, number) for number, place in self._places.items())
        newest = {(site, person): number for (_, site, person), number in by_place}
        found = sorted(newest.values())
        for number in found:
            if number in self._unknown:
                raise ExportError(
                    f"entry {number} was decided by criteria of another version,"
                    f" {version_of(self._unknown[number])}",
                    code="criteria_version_missing",
                    hint="name the folder that holds them",
                )
        return found

    def unmet(self, entry: Entry) -> list[Criterion]:
        """The criteria that an entry's subject does not meet, in the order of the protocol."""
        ids = set(entry.deciding_criteria if entry.decision == Decision.INELIGIBLE else ())
        ids |= self._failed.get(entry.sequence, set())
        trial = self._trials[entry.rules_hash or ""]
        return [criterion for criterion in trial.criteria if criterion.id in ids]


def _ie_row(entry: Entry, person: str, number: int, criterion: Criterion) -> tuple[object, ...]:
    answer = "Y" if criterion.is_exclusion else "N"
    day = entry.as_of if entry.as_of and _ISO_DAY.fullmatch(entry.as_of) else None
    return (
        entry.trial,
        "IE",
        f"{entry.trial}-{entry.site}-{person}",
        number,
        _test_code(criterion),
        _test(criterion),
        criterion.kind.upper(),
        answer,
        answer,
        "SCREENING",
        day,
    )


def _test_code(criterion: Criterion) -> str:
    if not _TEST_CODE.fullmatch(criterion.id):
        raise ExportError(
            f"{criterion.id} cannot be an SDTM short name",
            code="test_code",
            hint="at most 8 capital letters, digits and underscores, not beginning with a digit",
        )
    return criterion.id


def _test(criterion: Criterion) -> str:
    """The protocol's words; where they are too long, the title, as SDTM asks for a meaningful short text."""
    text = " ".join(criterion.text.split())
    return text if len(text) <= _MOST_TEXT else criterion.title[:_MOST_TEXT]


def _lines(columns: tuple[str, ...], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """The header and each row as a line of CSV."""
    line = io.StringIO()
    writer = csv.writer(line, lineterminator="\n")
    for row in chain((columns,), rows):
        writer.writerow([safe_cell(value) for value in row])
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def _write(stream: TextIO, lines: Iterable[str]) -> int:
    count = -1  # the header is no row
    for line in lines:
        stream.write(line)
        count += 1
    return count
