"""The re-screen queue holds whom time may let in, the earliest first, as a table and as a calendar."""

import io

import pytest

from eligibility.reports.batch_facts import BatchFacts
from eligibility.reports.rescreen_queue import MOST_NAMED, QueueOf, write_calendar, write_queue
from tests.unit.reports.batches import facts_of, row, run

QUEUE = QueueOf("NCT00000001", "patients.csv", "2026-11-21")


def ids(facts: BatchFacts) -> list[str]:
    return [cells[1] for cells in facts.queue]


def calendar(facts: BatchFacts, queue: QueueOf = QUEUE) -> list[str]:
    stream = io.StringIO(newline="")
    write_calendar(stream, facts.queue, queue)
    return stream.getvalue().replace("\r\n ", "").split("\r\n")


def test_the_earliest_possible_start_comes_first() -> None:
    facts = facts_of(
        row("late", "fpp", "", "2027-01-02"),
        row("early", "fpp", "", "2026-12-09", "2027-03-01"),
        row("same day", "fpp", "", "2026-12-09"),
        row("never", "fpp"),
    )
    stream = io.StringIO()

    write_queue(stream, facts.queue)

    assert stream.getvalue() == (
        "possible_from,screening_id,decision,deciding_criteria,next_question,valid_until\n"
        "2026-12-09,early,ineligible,INCL01,,2027-03-01\n"
        "2026-12-09,same day,ineligible,INCL01,,\n"
        "2027-01-02,late,ineligible,INCL01,,\n"
    )


def test_who_is_eligible_does_not_wait() -> None:
    assert ids(facts_of(row("P1", "ppp", "", "2026-12-20"))) == []


@pytest.mark.parametrize(
    ("possible_from", "waits"),
    [("2026-11-21", False), ("2026-12-01", False), ("2026-12-02", True)],
)
def test_undetermined_patients_wait_only_beyond_the_planned_start(
    possible_from: str,
    waits: bool,
) -> None:
    assert ids(facts_of(row("P1", "ppu", "ask", possible_from))) == ["P1"] * waits


def test_without_any_date_of_the_run_no_undetermined_patient_waits() -> None:
    undated = run(as_of=None, planned_start=None)

    assert ids(facts_of(row("P1", "ppu", "", "2027-01-01"), of=undated)) == []


def test_day_offsets_come_behind_the_dates_in_numeric_order_and_have_no_event() -> None:
    facts = facts_of(
        row("day 100", "fpp", "", "day 100"),
        row("day 20", "fpp", "", "day 20"),
        row("dated", "fpp", "", "2030-01-01"),
    )

    assert ids(facts) == ["dated", "day 20", "day 100"]
    assert [line for line in calendar(facts) if line.startswith("DTSTART")] == [
        "DTSTART;VALUE=DATE:20300101"
    ]


def test_one_event_for_each_day_names_its_patients() -> None:
    facts = facts_of(
        row("P1", "fpp", "", "2026-12-09"),
        row("P2", "ppu", "What, then?", "2026-12-09"),
        row("P3", "fpp", "", "2026-12-10"),
    )

    lines = calendar(facts)

    assert lines.count("BEGIN:VEVENT") == 2
    assert "SUMMARY:Re-screen 2 patients: NCT00000001" in lines
    assert "SUMMARY:Re-screen 1 patient: NCT00000001" in lines
    assert (
        "DESCRIPTION:P1: ineligible by INCL01\\nP2: undetermined by EXCL01\\; ask: What\\, then?"
        in lines
    )
    assert lines.count("DTSTAMP:20261121T000000Z") == 2


def test_a_crowded_day_names_some_and_counts_the_rest() -> None:
    many = (row(f"P{n}", "fpp", "", "2026-12-09") for n in range(MOST_NAMED + 7))

    [description] = [x for x in calendar(facts_of(*many)) if x.startswith("DESCRIPTION")]

    assert description.endswith("\\nand 7 more\\, see rescreen_queue.csv")
    assert description.count("ineligible") == MOST_NAMED


def test_importing_again_replaces_the_event_of_the_day_and_of_no_other_table() -> None:
    facts = facts_of(row("P1", "fpp", "", "2026-12-09"))

    again = calendar(facts, QueueOf("NCT00000001", "patients.csv", "2026-11-30"))
    other = calendar(facts, QueueOf("NCT00000001", "other.csv", "2026-11-21"))

    uid = next(line for line in calendar(facts) if line.startswith("UID"))
    assert uid in again
    assert uid not in other


@pytest.mark.parametrize("as_of", [None, "day 10"])
def test_without_a_calendar_date_of_judgement_the_event_is_stamped_by_its_own_day(
    as_of: str | None,
) -> None:
    facts = facts_of(row("P1", "fpp", "", "2026-12-09"))

    assert "DTSTAMP:20261209T000000Z" in calendar(facts, QueueOf("T", "t.csv", as_of))


def test_nobody_waiting_is_an_empty_calendar() -> None:
    lines = calendar(facts_of())

    assert (lines[0], lines[-2:]) == ("BEGIN:VCALENDAR", ["END:VCALENDAR", ""])
    assert "BEGIN:VEVENT" not in lines
