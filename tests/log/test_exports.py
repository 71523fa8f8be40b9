"""What leaves the log, and the commands that look after it."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from api.log import exports
from api.log.database import Database
from api.log.drafts import WithdrawalDraft
from api.log.exports import (
    IE_COLUMNS,
    LOG_COLUMNS,
    ExportError,
    write_ie,
    write_log,
    write_ti,
)
from api.log.keys import LogKey
from api.log.reading import Search
from api.log.screening_log import ScreeningLog, open_log
from api.log.settings import LogSettings
from eligibility.protocol.library import load_trial
from eligibility.protocol.model import Trial
from eligibility.protocol.verdict import Decision, Verdict
from tests.cli.running import Ended, run

from .conftest import Opener, sqlite_url
from .drafts import SITE, configuration, correction, decision, review

_ALL = Search(sites=(SITE,), oldest_first=True)
_HEADLINE = {"decision": Decision.INELIGIBLE, "deciding": ("INCL01", "EXCL05"), "judgement": ()}


def _table(stream: io.StringIO) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(stream.getvalue()), strict=True))


def test_the_screening_log_names_nobody(open_it: Opener, key: LogKey) -> None:
    stream = io.StringIO()
    for keeps in (False, True):
        log = open_it(settings=LogSettings(keep_screening_ids=keeps))
        log.append(decision(screening_id="JANE-DOE-1961", actor="nurse.anna"))
    log.append(review(2, reason="Jane said so"))
    log.append(configuration())

    count = write_log(stream, log.reader, key, _ALL)

    rows = _table(stream)
    assert count == len(rows) == 3
    assert tuple(rows[0]) == LOG_COLUMNS
    assert len({row["subject_code"] for row in rows}) == 1  # the same person, however kept
    assert rows[2]["answer"] == "pass"
    for word in ("JANE", "Jane", "anna", "Investigator"):
        assert word not in stream.getvalue()


def test_the_screening_log_says_of_every_line_whether_it_was_replaced(
    open_it: Opener, key: LogKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "_TOGETHER", 2)
    log = open_it()
    for number in range(3):
        log.append(decision(number))
    log.append(correction(1))
    log.append(WithdrawalDraft(actor="a", site=SITE, refers_to=4, reason="an error"))
    stream = io.StringIO()

    write_log(stream, log.reader, key, _ALL)

    found = {row["number"]: row["superseded_by"] for row in _table(stream)}
    assert found == {"1": "4", "2": "", "3": "", "4": "5", "5": ""}


def test_no_cell_of_an_export_is_a_formula(open_it: Opener, key: LogKey) -> None:
    log = open_it()
    log.append(decision(site="=HYPERLINK(A1)"))
    stream = io.StringIO()

    write_log(stream, log.reader, key, Search(sites=("=HYPERLINK(A1)",)))

    assert _table(stream)[0]["site"] == "'=HYPERLINK(A1)"


def test_ti_has_every_criterion_within_the_lengths_of_sdtm(trial: Trial) -> None:
    stream = io.StringIO()

    write_ti(stream, [trial])

    rows = _table(stream)
    assert [row["IETESTCD"] for row in rows] == [each.id for each in trial.criteria]
    assert {row["IECAT"] for row in rows} == {"INCLUSION", "EXCLUSION"}
    assert {row["TIVERS"] for row in rows} == {trial.rules_hash[:12]}
    for row in rows:
        assert row["STUDYID"] == trial.id
        assert row["DOMAIN"] == "TI"
        assert 0 < len(row["IETEST"]) <= 200
        assert len(row["IETESTCD"]) <= 8


def _ie(log: ScreeningLog, trial: Trial) -> tuple[list[dict[str, str]], int]:
    stream = io.StringIO()
    _, nameless = write_ie(stream, log.reader, _ALL, {trial.rules_hash: trial})
    return _table(stream), nameless


def _screening_id(log: ScreeningLog, row: dict[str, str]) -> str:
    """Whose row it is: the subjects of an export are codes."""
    ids = [f"P-{number}" for number in range(10)]
    code = row["USUBJID"].rpartition("-")[2]
    return next(each for each in ids if log.key.subject(SITE, each) == code)


def _written(open_it: Opener, trial: Trial, *drafts: Any) -> ScreeningLog:
    log = open_it(settings=LogSettings(keep_screening_ids=True))
    for draft in drafts:
        fields = {"rules_hash": trial.rules_hash} if hasattr(draft, "rules_hash") else {}
        log.append(draft.model_copy(update=fields))
    return log


def test_ie_has_only_what_was_not_met(open_it: Opener, trial: Trial) -> None:
    log = _written(
        open_it, trial, decision(1, **_HEADLINE), decision(2), decision(3, screening_id=None)
    )

    rows, nameless = _ie(log, trial)

    assert tuple(rows[0]) == IE_COLUMNS
    assert [(row["IETESTCD"], row["IEORRES"], row["IESEQ"]) for row in rows] == [
        ("INCL01", "N", "1"),
        ("EXCL05", "Y", "2"),
    ]
    code = log.key.subject(SITE, "P-1")
    assert {row["USUBJID"] for row in rows} == {f"{trial.id}-{SITE}-{code}"}
    assert {row["IEDTC"] for row in rows} == {"2026-11-21"}
    assert nameless == 1


def test_ie_follows_corrections_withdrawals_and_later_screenings(
    open_it: Opener, trial: Trial
) -> None:
    gone = WithdrawalDraft(actor="anna", site=SITE, refers_to=3, reason="another patient")
    log = _written(
        open_it,
        trial,
        decision(1, **_HEADLINE),
        correction(1, **{**_HEADLINE, "deciding": ("INCL02",), "screening_id": "P-1"}),
        decision(2, **_HEADLINE),
        gone,
        decision(3, **_HEADLINE),
        decision(3, **{**_HEADLINE, "deciding": ("EXCL01",), "as_of": "day 3"}),
    )

    rows, _ = _ie(log, trial)

    assert [(_screening_id(log, row), row["IETESTCD"], row["IEDTC"]) for row in rows] == [
        ("P-1", "INCL02", "2026-11-21"),
        ("P-3", "EXCL01", ""),
    ]


def test_a_late_correction_does_not_replace_a_later_screening(
    open_it: Opener, trial: Trial
) -> None:
    january = {**_HEADLINE, "as_of": "2026-01-10", "screening_id": "P-1"}
    log = _written(
        open_it,
        trial,
        decision(1, **january),
        decision(1, as_of="2026-02-10"),
        correction(1, **{**january, "deciding": ("INCL02",)}),
    )
    assert _ie(log, trial) == ([], 0)

    log.append(WithdrawalDraft(actor="anna", site=SITE, refers_to=2, reason="another patient"))

    rows, _ = _ie(log, trial)
    assert [(row["IETESTCD"], row["IEDTC"]) for row in rows] == [("INCL02", "2026-01-10")]


def test_a_screening_that_gets_its_name_late_does_not_replace_a_later_one(
    open_it: Opener, trial: Trial
) -> None:
    nameless = {**_HEADLINE, "screening_id": None}
    log = _written(
        open_it,
        trial,
        decision(1, **nameless),
        decision(1, **{**_HEADLINE, "deciding": ("EXCL05",)}),
        correction(1, **{**_HEADLINE, "deciding": ("EXCL02",), "screening_id": "P-1"}),
    )
    rows, left_out = _ie(log, trial)
    assert ([row["IETESTCD"] for row in rows], left_out) == (["EXCL05"], 0)

    log.append(correction(3, **nameless, rules_hash=trial.rules_hash))

    assert _ie(log, trial)[1] == 1


def test_ie_has_what_an_investigator_found_not_met(open_it: Opener, trial: Trial) -> None:
    answers = [review(1, answer=answer) for answer in (Verdict.PASS, Verdict.FAIL)]
    log = _written(open_it, trial, decision(1), *answers)
    assert [row["IETESTCD"] for row in _ie(log, trial)[0]] == ["EXCL09"]

    log.append(review(1, answer=Verdict.PASS))
    assert _ie(log, trial)[0] == []


def test_a_person_is_one_subject_however_the_ids_are_kept(
    open_it: Opener, trial: Trial, key: LogKey
) -> None:
    for keeps in (False, True):
        log = open_it(settings=LogSettings(keep_screening_ids=keeps))
        changed = {**_HEADLINE, "screening_id": "S-1", "rules_hash": trial.rules_hash}
        log.append(decision(**changed))

    rows, _ = _ie(log, trial)

    subject = f"{trial.id}-{SITE}-{key.subject(SITE, 'S-1')}"
    assert {row["USUBJID"] for row in rows} == {subject}
    assert [row["IESEQ"] for row in rows] == [str(n) for n in range(1, len(rows) + 1)]


def test_criteria_of_another_version_are_never_described_by_these(
    open_it: Opener, trial: Trial
) -> None:
    log = open_it()
    log.append(decision(**_HEADLINE))

    with pytest.raises(ExportError, match="another version"):
        _ie(log, trial)


class Site:
    """A folder with a log, its key and its checkpoints, and the command line on them."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url
        assert run("log", "create-key", folder / "key").status == 0

    def run(self, command: str, *more: object, key: bool = True, marks: bool = True) -> Ended:
        words = ["log", command, *more, "--database", self.url]
        words += ["--key-file", self.folder / "key"] if key else []
        words += ["--checkpoints", self.folder / "marks"] if marks else []
        return run(*words)

    def write(self, count: int, **changed: Any) -> None:
        key = LogKey(bytes.fromhex((self.folder / "key").read_text()))
        log = open_log(self.url, key, checkpoints=self.folder / "marks")
        for number in range(count):
            log.append(decision(number, **changed))
        log.close()


@pytest.fixture
def site(url: str, tmp_path: Path) -> Site:
    made = Site(tmp_path, url)
    assert made.run("upgrade", key=False, marks=False).status == 0
    return made


def test_commands_verify_and_checkpoint(site: Site) -> None:
    site.write(3)

    verified = site.run("verify")
    marked = site.run("checkpoint")

    assert (verified.status, marked.status) == (0, 0)
    assert "3 entries, 2 checkpoints: the log is intact" in verified.out
    assert "checkpoint at entry 3" in marked.out
    assert "note: no checkpoints" in site.run("verify", marks=False).out


def test_the_verify_command_fails_where_something_was_changed(site: Site, key: LogKey) -> None:
    site.write(3)
    database = Database(site.url)
    with database.writing() as connection:
        table = "" if database.is_sqlite else " ON entries"
        connection.exec_driver_sql(f"DROP TRIGGER entries_no_update{table}")
        connection.exec_driver_sql("UPDATE entries SET decision = 'eligible' WHERE sequence = 2")
    database.close()

    ended = site.run("verify")

    assert ended.status == 1
    assert "entry 2: it is not what was hashed [entry_changed]" in ended.out
    assert "NOT as it was written" in ended.out


def test_commands_export(site: Site, trial: Trial, tmp_path: Path) -> None:
    site.write(2, **_HEADLINE, rules_hash=trial.rules_hash)
    where = ("--site", SITE, "--trial", trial.id, "--profile", "atezolizumab_p1")

    said = {what: site.run("export", what, *where, marks=False) for what in ("log", "ti", "ie")}
    filed = site.run("export", "ie", *where, "--out", tmp_path / "ie.csv", marks=False)
    again = site.run("export", "ie", *where, "--out", tmp_path / "ie.csv", marks=False)

    assert [len(said[what].out.splitlines()) for what in ("log", "ti", "ie")] == [
        3,
        1 + len(trial.criteria),
        5,
    ]
    assert filed.status == 0
    assert (tmp_path / "ie.csv").read_text() == said["ie"].out
    assert (again.status, "there already" in again.err) == (1, True)


def test_ie_is_exported_whatever_site_profiles_were_used(site: Site, trial: Trial) -> None:
    plain = load_trial(trial.id)
    site.write(1, **_HEADLINE, rules_hash=trial.rules_hash, screening_id="P-1")
    site.write(1, **_HEADLINE, rules_hash=plain.rules_hash, screening_id="P-2")
    assert plain.rules_hash != trial.rules_hash

    ended = site.run("export", "ie", "--site", SITE, "--trial", trial.id, marks=False)

    assert (ended.status, len(ended.out.splitlines())) == (0, 5)


def test_commands_back_up_and_forget(site: Site, tmp_path: Path) -> None:
    site.write(1)
    backed_up = site.run("backup", tmp_path / "copy.db", key=False, marks=False)
    if site.url.startswith("sqlite"):
        assert "written: copy.db" in backed_up.out
        assert (tmp_path / "copy.db").stat().st_mode & 0o777 == 0o600
    else:
        assert "pg_dump" in backed_up.err

    forgot = site.run("forget", "--site", SITE, "--actor", "admin", "--older-than", 0)
    assert "0 documents" in forgot.out


def test_the_restored_command_needs_the_checkpoints(site: Site) -> None:
    site.write(1)

    refused = site.run("restored", "--reason", "disk", marks=False)
    accepted = site.run("restored", "--reason", "disk")

    assert refused.status == 1
    assert "no file of checkpoints is named" in refused.err
    assert "goes on from entry 1" in accepted.out


def test_a_command_on_what_is_no_log_says_so_and_makes_nothing(tmp_path: Path) -> None:
    site = Site(tmp_path, sqlite_url(tmp_path))

    ended = site.run("verify")

    assert ended.status == 1
    assert "holds no screening log" in ended.err
    assert "eligibility log upgrade" in ended.err
    assert not (tmp_path / "log.db").exists()
