"""Near misses fail exactly one criterion; the gain of dropping one is what the decision rule says."""

import io
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from eligibility.protocol.verdict import Decision, Verdict, decide
from eligibility.reports.near_misses import Gain, Gains, write_near_misses
from tests.unit.reports.batches import FAIL, PASS, UNKNOWN, facts_of, row


def test_a_near_miss_would_be_eligible_without_the_one_it_fails() -> None:
    gains = Gains(2)

    gains.add((PASS, FAIL), patients=3)

    assert gains.by_place == [Gain(), Gain(failed_to_eligible=3)]


def test_one_failed_and_one_open_would_only_be_undetermined() -> None:
    gains = Gains(2)

    gains.add((UNKNOWN, FAIL))

    assert gains.by_place == [Gain(), Gain(failed_to_undetermined=1)]


def test_the_only_open_criterion_counts_as_a_gain_too() -> None:
    gains = Gains(2)

    gains.add((UNKNOWN, PASS))

    assert gains.by_place == [Gain(open_to_eligible=1), Gain()]


@given(
    st.lists(st.tuples(*[st.sampled_from(Verdict)] * 4), min_size=1, max_size=30),
    st.integers(0, 3),
)
def test_the_gain_is_the_change_of_the_decision(
    patients: list[tuple[Verdict, ...]], place: int
) -> None:
    gains = Gains(4)
    for verdicts in patients:
        gains.add(verdicts)

    changes = Counter((decide(v), decide(v[:place] + v[place + 1 :])) for v in patients)
    gain = gains.by_place[place]
    assert gain.failed_to_eligible == changes[Decision.INELIGIBLE, Decision.ELIGIBLE]
    assert gain.open_to_eligible == changes[Decision.UNDETERMINED, Decision.ELIGIBLE]
    assert gain.failed_to_undetermined == changes[Decision.INELIGIBLE, Decision.UNDETERMINED]


def test_those_with_nothing_else_open_come_first_then_protocol_order() -> None:
    facts = facts_of(
        row("two failed", "ffp"),
        row("one open", "fpu", "ask"),
        row("third", "ppf"),
        row("first", "fpp", "", "2026-12-05"),
        row("none failed", "ppu"),
    )
    stream = io.StringIO()

    write_near_misses(stream, facts.near_misses)

    assert stream.getvalue() == (
        "screening_id,failed_criterion,open_criteria,possible_from,next_question\n"
        "first,INCL01,,2026-12-05,\n"
        "third,EXCL01,,,\n"
        "one open,INCL01,EXCL01,,ask\n"
    )


def test_cells_that_a_spreadsheet_would_run_are_neutralised() -> None:
    facts = facts_of(row("=1+1", "fpp", "@SUM(A1)"))

    [cells] = facts.near_misses

    assert cells == ("'=1+1", "INCL01", "", "", "'@SUM(A1)")
