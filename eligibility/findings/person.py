"""Findings about the person: sex, age, performance status, reproduction, consent."""

from __future__ import annotations

from decimal import Decimal

from eligibility.dates import completed_years
from eligibility.findings.model import Finding, FindingSpec, Scope, UnknownReason, unknown
from eligibility.findings.readers import (
    absent,
    code,
    faded,
    field,
    is_of_long_ago,
    past,
    read_code,
    read_quantity,
    read_state,
    state,
)
from eligibility.intervals import Interval, intersection
from eligibility.patient import vocabulary as v
from eligibility.truth import Truth

_YES, _NO = frozenset(("yes",)), frozenset(("no",))
YES_NO = frozenset(("yes", "no"))


def read_age(scope: Scope) -> Finding:
    """Age in years when the record is judged: as recorded, else completed years since birth."""
    stated = read_quantity(scope, "age_years")
    birth, path = field(scope, "birth_date")
    if birth.value is None:
        return stated if stated.value is not None else unknown(("age_years", path))
    born = past(birth.value, path, scope.as_of)
    if not isinstance(born.value, Interval):
        return born
    computed = completed_years(born.value, scope.as_of, scope.clock)
    if not isinstance(stated.value, Interval):
        return Finding(computed, (path,))
    # An age of 54.5 agrees with 54 completed years.
    upper = None if computed.high is None else computed.high + 1
    return _both(
        stated,
        Finding(Interval(computed.low, upper, high_open=True), (path,)),
        "age and date of birth disagree",
    )


def _both(one: Finding, two: Finding, conflict: str) -> Finding:
    """What two statements about the same number leave possible together."""
    assert isinstance(one.value, Interval)
    assert isinstance(two.value, Interval)
    fields = (*one.fields, *two.fields)
    together = intersection(one.value, two.value)
    if together is None:
        return unknown(fields, UnknownReason.CONFLICTING, conflict)
    return Finding(together, one.fields if together == one.value else fields)


# Karnofsky to ECOG: published mappings agree that 70 and more is ECOG 0-2 and 40 and less is not,
# and disagree on 50-60 (NCT06731140 ambiguity B11).
def read_ecog(scope: Scope) -> Finding:
    """A recent ECOG grade; where there is none, what a recent Karnofsky score says about it."""
    stated, implied = read_quantity(scope, "ecog"), read_quantity(scope, "karnofsky")
    if isinstance(implied.value, Interval):
        implied = _ecog_of_karnofsky(implied)
    ages = {path: is_of_long_ago(scope, path) for path in ("ecog", "karnofsky")}
    late = [
        each for each in (stated, implied) if each.value and ages[each.fields[0]] is Truth.FALSE
    ]
    if stated.value and implied.value and Truth.TRUE not in ages.values():
        together = _both(stated, implied, "ECOG grade and Karnofsky score disagree")
        # What is perhaps of today contradicts as much as what surely is.
        if together.value is None or len(late) == 2:
            return together
    if late:
        return late[0]
    if stated.value is None and stated.reason is not UnknownReason.NOT_RECORDED:
        return stated
    return faded(scope, "ecog") or faded(scope, "karnofsky") or stated


def _ecog_of_karnofsky(karnofsky: Finding) -> Finding:
    assert isinstance(karnofsky.value, Interval)
    low, high = karnofsky.value.low, karnofsky.value.high
    assert low is not None
    assert high is not None
    best = 0 if high > 40 else 3
    worst = 2 if low >= 70 else 5
    return Finding(
        Interval(Decimal(best), Decimal(worst)), karnofsky.fields, note="from the Karnofsky score"
    )


def read_childbearing_potential(scope: Scope) -> Finding:
    """Whether she can become pregnant; a man cannot."""
    status, path = field(scope, "reproductive.status")
    is_male = scope.record.sex.value is v.Sex.MALE
    if status.value is v.ReproductiveStatus.CHILDBEARING_POTENTIAL:
        if is_male:
            return unknown(("sex", path), UnknownReason.CONFLICTING, "sex and status disagree")
        return Finding(_YES, (path,))
    if status.value is not None:
        return Finding(_NO, (path,))
    if is_male:
        return Finding(_NO, ("sex",))
    return absent(status, path)


LENGTH_OF_PREGNANCY = 280
"""Days; an older test, whatever its result, says nothing about today."""


def read_pregnant(scope: Scope) -> Finding:
    """A positive test says yes, a negative one no; without a test, only who cannot be pregnant is not.

    A negative test says no of its own day and of no later one. How old it may be at the first dose is
    for a criterion to ask, by `pregnancy_test_date`.
    """
    test, path = field(scope, "reproductive.pregnancy_test")
    stated = absent(test, path)
    oldest = scope.as_of - LENGTH_OF_PREGNANCY
    if test.date is not None and test.date.latest < oldest:
        stated = unknown((path,), note="the test is older than a pregnancy lasts")
    elif (
        test.date is not None
        and test.date.earliest < oldest
        and test.value is v.TestResult.POSITIVE
    ):
        stated = Finding(_YES | _NO, (path,), note="the test may be older than a pregnancy lasts")
    elif test.value is not None:
        stated = Finding(_YES if test.value is v.TestResult.POSITIVE else _NO, (path,))
    return _unless_impossible(stated, read_childbearing_potential(scope))


def read_pregnancy_test_date(scope: Scope) -> Finding:
    """On which day the test was done whose result is recorded."""
    test, path = field(scope, "reproductive.pregnancy_test")
    if test.value is None:
        return absent(test, path)
    if test.date is None:
        return unknown((path,))
    return past(test.date, path, scope.as_of)


def read_intends_pregnancy(scope: Scope) -> Finding:
    """As recorded; who cannot become pregnant does not intend to."""
    return _state_unless_impossible(
        scope, "reproductive.intends_pregnancy", read_childbearing_potential(scope)
    )


def read_breastfeeding(scope: Scope) -> Finding:
    """As recorded; after the menopause, and in men, no."""
    possible = unknown(("reproductive.status",))
    if scope.record.reproductive.status.value is v.ReproductiveStatus.POSTMENOPAUSAL:
        possible = Finding(_NO, ("reproductive.status",))
    elif scope.record.sex.value is v.Sex.MALE:
        possible = read_childbearing_potential(scope)
    return _state_unless_impossible(scope, "reproductive.breastfeeding", possible)


def _state_unless_impossible(scope: Scope, path: str, possible: Finding) -> Finding:
    """A recent state. Of what is impossible it does not matter when it was recorded: it was not so either."""
    read = read_code if possible.value == _NO else read_state
    return _unless_impossible(read(scope, path), possible)


def _unless_impossible(stated: Finding, possible: Finding) -> Finding:
    """What is recorded; no where it is impossible, and a conflict where the impossible is recorded."""
    if possible.value != _NO:
        is_in_doubt = stated.value is None and possible.reason is UnknownReason.CONFLICTING
        return possible if is_in_doubt else stated
    if stated.value == _YES:
        return unknown(
            (*stated.fields, *possible.fields),
            UnknownReason.CONFLICTING,
            "recorded although it is not possible",
        )
    return stated if stated.value is not None else possible


FINDINGS: list[FindingSpec] = [
    code("sex", "sex", v.Sex, "sex", "What is the patient's sex?"),
    FindingSpec("age", "quantity", "age", "How old is the patient?", read_age, "years"),
    FindingSpec(
        "ecog_performance_status",
        "quantity",
        "ECOG performance status",
        "What is the ECOG performance status?",
        read_ecog,
        "ECOG grade",
    ),
    FindingSpec(
        "childbearing_potential",
        "codes",
        "childbearing potential",
        "Is she of childbearing potential, post-menopausal or surgically sterile?",
        read_childbearing_potential,
        codes=YES_NO,
    ),
    FindingSpec(
        "pregnant",
        "codes",
        "pregnancy",
        "What is the result of a pregnancy test, and on which day was it done?",
        read_pregnant,
        codes=YES_NO,
    ),
    FindingSpec(
        "pregnancy_test_date",
        "date",
        "pregnancy test",
        "On which day was the pregnancy test done?",
        read_pregnancy_test_date,
        dates_a_test=True,
    ),
    FindingSpec(
        "breastfeeding",
        "codes",
        "breastfeeding",
        "Is she breastfeeding?",
        read_breastfeeding,
        codes=YES_NO,
    ),
    FindingSpec(
        "intends_pregnancy",
        "codes",
        "intention to become pregnant",
        "Does she intend to become pregnant during the study?",
        read_intends_pregnancy,
        codes=YES_NO,
    ),
    state(
        "contraception",
        "reproductive.contraception",
        v.Contraception,
        "agreement to contraception",
        "Does she agree to abstinence or contraception as the protocol outlines?",
    ),
    state(
        "cognitive_ability",
        "consent.cognitive_ability",
        v.YesNo,
        "cognitive ability",
        "Is she able to understand the protocol?",
    ),
    state(
        "willing_to_participate",
        "consent.willing_to_participate",
        v.YesNo,
        "willingness to take part",
        "Is she willing to take part?",
    ),
    state(
        "willing_to_be_followed_up",
        "consent.willing_to_be_followed_up",
        v.YesNo,
        "willingness to be followed up",
        "Is she willing to be followed up?",
    ),
]
