"""What may be written, what it looks like, and that nothing written changes."""

from __future__ import annotations

from pathlib import Path

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError

from api.log import tables
from api.log.drafts import WithdrawalDraft, drafted
from api.log.entry import Entry, canonical, first_previous_hash, hash_of, sha256
from api.log.errors import (
    EntryNotFound,
    EntryRefused,
    IdempotencyConflict,
    LogDamaged,
    LogSettingsError,
)
from api.log.keys import LogKey, create_key, read_key
from api.log.reading import Search
from api.log.screening_log import ScreeningLog
from api.log.settings import LogSettings
from eligibility.dates import anchors
from eligibility.explanation import explain
from eligibility.intake.template import example_profile
from eligibility.patient.record import read_record
from eligibility.protocol.verdict import Decision, Verdict
from eligibility.screening.screen import Screener

from .conftest import Opener
from .drafts import SITE, configuration, correction, decision, review

_TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
_VALUES = st.one_of(st.none(), _TEXTS, st.integers(-(2**53) + 1, 2**53 - 1))
_NAMES = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E))


@given(st.dictionaries(_NAMES, _VALUES))
def test_the_spelling_that_is_hashed_is_that_of_rfc_8785(
    fields: dict[str, str | int | None],
) -> None:
    assert canonical(fields) == rfc8785.dumps(fields)


def test_every_field_of_an_entry_is_under_its_hash(log: ScreeningLog) -> None:
    entry = log.append(decision()).entry

    for name in set(Entry._fields) - {"entry_hash"}:
        changed = 99 if name in ("sequence", "refers_to") else "another"
        assert hash_of(entry._replace(**{name: changed})) != entry.entry_hash, name
    assert hash_of(entry) == entry.entry_hash


def test_entries_follow_each_other_from_the_first_on(log: ScreeningLog) -> None:
    first, second = log.append(decision(1)).entry, log.append(decision(2)).entry

    assert (first.sequence, second.sequence) == (1, 2)
    assert first.previous_hash == first_previous_hash(log.head.log_id)
    assert second.previous_hash == first.entry_hash
    assert log.head.entry_hash == second.entry_hash


def test_what_is_read_is_what_was_written(log: ScreeningLog) -> None:
    written = [log.append(each).entry for each in (decision(), review(1), configuration())]

    assert [log.reader.entry(n, sites=[SITE]) for n in (1, 2, 3)] == written
    assert log.reader.about(1, sites=[SITE]) == (written[1],)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET decision = 'eligible'",
        "UPDATE entries SET actor = 'nobody' WHERE sequence = 1",
        "DELETE FROM entries",
        "UPDATE log SET log_id = 'other'",
        "DELETE FROM log",
    ],
)
def test_the_database_refuses_to_change_what_was_written(log: ScreeningLog, statement: str) -> None:
    log.append(decision())

    with (
        pytest.raises(DBAPIError, match="append-only"),
        log.database._writing.begin() as connection,
    ):
        connection.execute(text(statement))


def test_by_default_decisions_are_kept_and_patients_are_not(log: ScreeningLog) -> None:
    profile, explanation = b'{"screening_id": "P-1"}', b"{}"
    draft = decision(
        screening_id="P-1",
        profile_document=profile,
        input_hash=sha256(profile),
        explanation_document=explanation,
        explanation_hash=sha256(explanation),
    )

    entry = log.append(draft).entry

    assert "P-1" not in str(entry)
    assert entry.subject_form == "keyed"
    assert log.reader.document(1, "profile", sites=[SITE]) is None
    assert log.reader.document(1, "explanation", sites=[SITE]) is None


def test_profiles_explanations_and_ids_are_kept_where_the_setting_says_so(open_it: Opener) -> None:
    log = open_it(
        settings=LogSettings(keep_profiles=True, keep_explanations=True, keep_screening_ids=True)
    )
    profile, explanation = b'{"ecog": 1}', b'{"decision": "eligible"}'
    draft = decision(
        profile_document=profile,
        input_hash=sha256(profile),
        explanation_document=explanation,
        explanation_hash=sha256(explanation),
    )

    entry = log.append(draft).entry

    assert (entry.subject, entry.subject_form) == ("P-1", "plain")
    assert log.reader.document(1, "profile", sites=[SITE]) == profile
    assert log.reader.document(1, "explanation", sites=[SITE]) == explanation


def test_a_document_must_have_the_hash_that_is_given_for_it(log: ScreeningLog) -> None:
    with pytest.raises(EntryRefused, match="does not have the hash"):
        log.append(decision(profile_document=b"another"))


def test_a_repeated_key_gives_the_first_entry_again(log: ScreeningLog) -> None:
    first = log.append(decision(idempotency_key="k"))
    again = log.append(decision(idempotency_key="k"))

    assert (first.is_new, again.is_new) == (True, False)
    assert again.entry == first.entry
    assert log.head.sequence == 1


def test_a_repeated_key_with_another_request_is_a_conflict(log: ScreeningLog) -> None:
    log.append(decision(1, idempotency_key="k"))

    with pytest.raises(IdempotencyConflict):
        log.append(decision(2, idempotency_key="k"))
    assert log.head.sequence == 1


def test_keys_belong_to_their_actor_and_site(log: ScreeningLog) -> None:
    for number, changed in enumerate(({}, {"actor": "ben"}, {"site": "site-2"}), start=1):
        assert log.append(decision(number, idempotency_key="k", **changed)).is_new


def test_keys_are_repeated_within_one_commit_too(log: ScreeningLog) -> None:
    drafts = [decision(1, idempotency_key="k")] * 5 + [decision(2, idempotency_key="k")]

    outcomes = log._commit(drafts)

    assert [getattr(each, "is_new", None) for each in outcomes] == [True, *[False] * 4, None]
    assert isinstance(outcomes[-1], IdempotencyConflict)


def test_a_review_stands_beside_the_computed_answer(log: ScreeningLog) -> None:
    computed = log.append(decision()).entry

    answered = log.append(review(1)).entry

    assert (answered.refers_to, answered.criterion, answered.answer) == (1, "EXCL09", "pass")
    assert (answered.signed_by, answered.decision) == ("Dr. B. Investigator", None)
    assert (answered.subject, answered.trial) == (computed.subject, computed.trial)
    assert log.reader.entry(1, sites=[SITE]) == computed


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"criterion": "EXCL02"}, "not_for_judgement"),
        ({"criterion": "INCL01"}, "not_for_judgement"),
        ({"refers_to": 2}, "entry_superseded"),
        ({"refers_to": 4}, "not_a_decision"),
        ({"refers_to": 99}, "entry_not_found"),
        ({"site": "site-2"}, "entry_not_found"),
    ],
)
def test_a_review_answers_only_what_waits_for_judgement(
    log: ScreeningLog, changed: dict[str, object], code: str
) -> None:
    for draft in (decision(), decision(2), correction(2), configuration()):
        log.append(draft)

    with pytest.raises((EntryRefused, EntryNotFound)) as refused:
        log.append(review(**{"refers_to": 1, **changed}))
    assert refused.value.code == code
    assert log.head.sequence == 4


def test_no_review_ever_makes_anybody_eligible(log: ScreeningLog) -> None:
    log.append(decision(deciding=("EXCL09",)))
    log.append(review(1))

    found = log.reader.search(Search(sites=(SITE,), decision=Decision.ELIGIBLE))

    assert found.entries == ()
    with pytest.raises(EntryRefused):
        review(1, answer=Verdict.UNKNOWN)
    with pytest.raises(EntryRefused):
        review(1, decision=Decision.ELIGIBLE)


def test_the_database_itself_refuses_a_review_that_decides(log: ScreeningLog) -> None:
    log.append(decision())
    names = ", ".join(Entry._fields)
    copied = names.replace("sequence", "2").replace("entry_id", "'x'")
    copied = copied.replace("kind", "'review'").replace("decision", "'eligible'")
    copied = copied.replace("refers_to", "1").replace("reason", "'because'")

    statement = text(f"INSERT INTO entries ({names}) SELECT {copied} FROM entries")  # noqa: S608 - our own names
    with (
        pytest.raises(DBAPIError, match=r"entries_(decision|review)"),
        log.database._writing.begin() as connection,
    ):
        connection.execute(statement)


def test_a_correction_takes_the_place_of_the_latest_entry_only(log: ScreeningLog) -> None:
    log.append(decision())
    log.append(correction(1))

    with pytest.raises(EntryRefused, match="corrected or withdrawn already"):
        log.append(correction(1))
    log.append(correction(2))
    gone = WithdrawalDraft(actor="anna", site=SITE, refers_to=3, reason="screened twice")
    assert log.append(gone).entry.decision is None


def test_a_correction_of_another_trial_is_refused(log: ScreeningLog) -> None:
    log.append(decision())

    with pytest.raises(EntryRefused, match="same trial"):
        log.append(correction(1, trial="NCT00000001"))


@pytest.mark.parametrize(
    "changed",
    [
        {"actor": ""},
        {"actor": "a\x00b"},
        {"actor": "\ud800"},
        {"screening_id": "x" * 201},
        {"rules_hash": "A" * 64},
        {"deciding": ("INCL01 EXCL02",)},
        {"deciding": ("1NCL",)},
        {"decision": "eligible"},
        {"unknown": 1},
    ],
    ids=str,
)
def test_what_cannot_be_stored_is_refused_before_it_is_queued(changed: dict[str, object]) -> None:
    with pytest.raises(EntryRefused, match=next(iter(changed))) as refused:
        decision(**changed)
    assert "x" * 20 not in str(refused.value)


def test_a_document_that_was_changed_is_never_given_out(open_it: Opener) -> None:
    log = open_it(settings=LogSettings(keep_profiles=True))
    log.append(decision(profile_document=b"{}", input_hash=sha256(b"{}")))
    with log.database._writing.begin() as connection:
        table = "" if log.database.is_sqlite else " ON documents"
        connection.execute(text(f"DROP TRIGGER documents_no_update{table}"))
        connection.execute(update(tables.documents).values(content=b"0"))

    with pytest.raises(LogDamaged, match="not what was hashed"):
        log.reader.document(1, "profile", sites=[SITE])


def test_a_screening_fills_the_entry_by_itself(log: ScreeningLog, reference: Screener) -> None:
    profile = {**example_profile(), "screening_id": "S-9"}
    screening = reference.screen(read_record(profile), anchors("2026-11-21", "2026-12-01"))
    explanation = explain(screening)

    draft = drafted(
        explanation, actor="anna", site=SITE, profile_document=b"p", explanation_document=b"e"
    )
    entry = log.append(draft).entry

    assert entry.decision == screening.decision
    assert entry.deciding_criteria == screening.deciding
    assert entry.rules_hash == reference.trial.rules_hash
    assert entry.profile == "atezolizumab_p1"
    assert (entry.as_of, entry.planned_start) == ("2026-11-21", "2026-12-01")
    assert (entry.input_hash, entry.explanation_hash) == (sha256(b"p"), sha256(b"e"))


def test_only_what_is_left_to_judgement_can_be_reviewed(reference: Screener) -> None:
    empty = explain(reference.screen(read_record({}), anchors("2026-11-21", "2026-12-01")))

    draft = drafted(empty, actor="a", site=SITE, profile_document=b"p", explanation_document=b"e")

    assert draft.decision is Decision.UNDETERMINED
    assert draft.judgement == ()  # nothing is recorded: that is for the chart, not for judgement


def test_a_key_file_is_private_and_never_overwritten(tmp_path: Path) -> None:
    made = create_key(tmp_path / "log.key")

    assert (tmp_path / "log.key").stat().st_mode & 0o777 == 0o600
    assert read_key(tmp_path / "log.key").key_id == made.key_id
    with pytest.raises(LogSettingsError, match="cannot be written"):
        create_key(tmp_path / "log.key")
    with pytest.raises(LogSettingsError, match="shorter than"):
        LogKey(b"short")


@pytest.mark.parametrize("value", ["\ud800", "a\x00b", "x" * 201, 1.5])
def test_a_change_of_configuration_holds_short_plain_values(value: object) -> None:
    with pytest.raises(EntryRefused, match="changed"):
        configuration(changed={"key": value})
