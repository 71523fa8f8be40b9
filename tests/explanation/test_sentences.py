"""The sentences coordinators read; a change here is copy-editing and reviewed as such."""

# ruff: noqa: E501 - sentences are compared whole

from __future__ import annotations

from inline_snapshot import snapshot

from eligibility.protocol.verdict import Decision

from .charts import (
    Document,
    complete,
    criterion,
    explained,
    infarction,
    melanoma,
    patient,
    prednisone,
)


def reason(changes: Document, name: str, *removed: str, start: str | None = "2026-12-01") -> str:
    """The sentence about one criterion."""
    return criterion(explained(patient(changes, *removed), start=start), name).reason


def test_a_number_that_passes() -> None:
    assert reason({}, "INCL01") == snapshot("ECOG performance status: 1.")


def test_a_number_that_fails() -> None:
    assert reason({"ecog": 3}, "INCL01") == snapshot(
        "ECOG performance status: 3 (needed: ECOG performance status at most 2)."
    )


def test_a_number_that_is_missing_pending_unreadable_or_too_wide() -> None:
    told = [
        reason({"ecog": written}, "INCL01") for written in (None, "pending", "illegible", "2-3")
    ]

    assert told == snapshot(
        [
            "ECOG performance status: not recorded.",
            "ECOG performance status: pending.",
            "ECOG performance status cannot be read.",
            "ECOG performance status is 2-3, which leaves open whether it is at most 2.",
        ]
    )


def test_what_is_recorded_and_cannot_be_used_says_why() -> None:
    old_test = {"value": "negative", "date": "2024-03-01"}
    fertile = {"status": "childbearing_potential", "pregnancy_test": old_test}

    assert reason({"reproductive": fertile}, "EXCL06").startswith(
        "Pregnancy: not known (the test is older than a pregnancy lasts)"
    )
    assert reason({"ecog": {"value": 1, "date": "2023-03"}}, "INCL01") == snapshot(
        "ECOG performance status: not known (dated more than 90 days before screening)."
    )
    assert reason({"labs.0.unit": None}, "INCL04") == snapshot(
        "Absolute neutrophil count: not known (the result has no unit)."
    )
    sequenced = {"specimens.0.her2_ihc": "2+", "specimens.0.her2_ish_method": "ngs"}
    assert reason(sequenced, "INCL02") == snapshot(
        "HER2 in-situ hybridisation: a copy number from sequencing is not FISH or CISH."
    )


def test_what_stands_in_for_a_value_is_called_what_it_is() -> None:
    node = {"kind": "lymph_node", "longest_diameter_mm": 30, "method": "ct", "irradiated": "no"}

    assert reason({"lesions": complete(node)}, "INCL06") == snapshot(
        "Short axis of lesion 1: not recorded, and longest diameter 30 mm cannot settle whether it is at least 15 mm."
    )
    assert reason(melanoma(diagnosed="2010"), "EXCL04") == snapshot(
        "Last disease or treatment of other malignancy 1: not recorded, and diagnosis 2010 cannot settle whether it is at most 5 years before screening."
    )


def test_a_course_that_is_over_and_has_no_dates() -> None:
    over = {"treatments": complete({"kind": "chemotherapy", "ongoing": "no"})}

    assert reason(over, "EXCL05") == snapshot("Last dose of treatment 1: not recorded.")
    late = criterion(explained(patient(over), start="2027-06-01"), "EXCL05").reason
    assert "last dose of treatment 1: no later than 2026-11-21" in late.lower()


def test_two_statements_that_contradict_each_other() -> None:
    assert reason({"ecog": 3, "karnofsky": 90}, "INCL01") == snapshot(
        "ECOG performance status: the record contradicts itself (ECOG grade and Karnofsky score disagree)."
    )


def test_a_gap_of_the_protocol() -> None:
    assert reason({"specimens.0.er_percent": 1}, "INCL02") == snapshot(
        "The protocol leaves this open: exactly 1 % is neither more nor less than 1 %; both kinds may enter, so only the kind is in doubt."
    )


def test_a_score_that_needs_a_second_test() -> None:
    changed = {"specimens.0.her2_ihc": "2+", "specimens.0.her2_ish": "not done"}

    assert reason(changed, "INCL02") == snapshot("HER2 in-situ hybridisation: not recorded.")


def test_a_specimen_of_the_future() -> None:
    told = reason({"specimens.0.date": "2027-01-01"}, "INCL02")

    assert "the record contradicts itself (dated after the day the record is judged on)" in told
    assert "()" not in told


def test_a_chart_that_says_that_its_sources_disagree() -> None:
    assert reason({"ecog": "conflicting"}, "INCL01") == snapshot(
        "ECOG performance status: the record contradicts itself."
    )


def test_ingredients_decide_what_a_treatment_was() -> None:
    changed = {
        "treatments.items.0.kind": "chemotherapy",
        "treatments.items.0.agents": ["trastuzumab", "docetaxel"],
    }

    assert reason(changed, "INCL03") == snapshot(
        "Drug class of treatment 1: chemotherapy and targeted (recorded: trastuzumab, docetaxel) (needed: drug class: checkpoint inhibitor); drug class of treatment 1: chemotherapy and targeted (recorded: trastuzumab, docetaxel); drug class of treatment 2: chemotherapy (recorded: epirubicin, cyclophosphamide, docetaxel) (needed: drug class: checkpoint inhibitor); drug class of treatment 2: chemotherapy (recorded: epirubicin, cyclophosphamide, docetaxel); evidence of progression of treatment 2: none (needed: evidence of progression: biopsy or radiologic); evidence of progression of treatment 2: none; and 3 more."
    )


def test_a_washout_that_is_not_over() -> None:
    assert reason({"treatments.items.0.last_dose": "2026-11-15"}, "EXCL05") == snapshot(
        "Drug class of treatment 1: checkpoint inhibitor and chemotherapy (recorded: atezolizumab, nab-paclitaxel); last dose of treatment 1: 2026-11-15 (16 days before the planned start) (needed: last dose more than 21 days before the planned start)."
    )


def test_a_washout_on_its_last_day() -> None:
    assert reason({"treatments.items.0.last_dose": "2026-11-10"}, "EXCL05") == snapshot(
        'The protocol leaves this open: "within 3 weeks" does not say whether day 21 counts.'
    )


def test_a_treatment_that_goes_on() -> None:
    ongoing = {"treatments.items.0.ongoing": "yes", "treatments.items.0.last_dose": None}

    assert reason(ongoing, "EXCL05") == snapshot(
        "Drug class of treatment 1: checkpoint inhibitor and chemotherapy (recorded: atezolizumab, nab-paclitaxel); last dose of treatment 1: still going on (needed: last dose more than 21 days before the planned start)."
    )


def test_windows_without_a_planned_start() -> None:
    assert reason({}, "EXCL05", start=None) == snapshot(
        "The planned start is not known, so the time since last dose of treatment 1 cannot be counted; the planned start is not known, so the time since last dose of treatment 2 cannot be counted; the planned start is not known, so the time since last dose of treatment 3 cannot be counted."
    )


def test_a_laboratory_result_below_its_limit_and_one_that_is_too_old() -> None:
    assert reason({"labs.2.value": "80"}, "INCL04") == snapshot(
        "Platelet count: 80 10^9/L (needed: platelet count at least 100 10^9/L)."
    )
    assert reason({"labs.2.date": "2026-11-01"}, "INCL04") == snapshot(
        "Sample date of the latest platelet count: 2026-11-01 (30 days before the planned start) (needed: sample date of the latest platelet count at most 14 days before the planned start)."
    )


def test_a_multiple_of_an_upper_limit() -> None:
    assert reason({"labs.6.value": "120"}, "INCL04") == snapshot(
        "AST as a multiple of the upper limit of normal: 120 U/L against an upper limit of 40 U/L (needed: AST as a multiple of the upper limit of normal at most 2.5 xULN); organ of metastatic site 1: lung (needed: organ: liver); organ of metastatic site 2: lymph node (needed: organ: liver); metastatic site: nothing listed that counts, and the list is declared complete (needed: a complete list: metastatic site)."
    )


def test_a_result_that_cannot_be_true() -> None:
    assert reason({"labs.2.value": "150000"}, "INCL04") == snapshot(
        "Platelet count: the record contradicts itself (no such value is possible in this unit)."
    )


def test_a_unit_that_is_not_known_is_named_as_what_it_is() -> None:
    assert reason({"labs.6.unit": "furlong"}, "INCL04") == snapshot(
        "AST as a multiple of the upper limit of normal cannot be read: its unit is not known (known for this test: U/L, IU/L, [IU]/L, xULN)."
    )


def test_units_as_hl7_and_fhir_send_them() -> None:
    ucum = {"labs.0.unit": "10*9/L", "labs.1.unit": "10*3/uL", "labs.6.unit": "[IU]/L"}

    told = explained(patient(ucum | {"labs.10.unit": "{INR}"}))

    assert told.decision is Decision.ELIGIBLE


def test_a_slip_of_the_unit_is_asked_about_and_never_a_failure() -> None:
    told = explained(patient({"labs.0.value": "1.8", "labs.0.unit": "/uL"}))

    assert told.decision is Decision.UNDETERMINED
    assert criterion(told, "INCL04").reason == snapshot(
        "Absolute neutrophil count: the record contradicts itself (no such value is possible in this unit)."
    )


def test_a_silent_chart_and_a_complete_list() -> None:
    assert reason({}, "EXCL02", "history.autoimmune") == snapshot(
        "The list is not declared complete: autoimmune disease or immune deficiency."
    )
    assert reason({}, "EXCL02") == snapshot(
        "Autoimmune disease or immune deficiency: nothing listed that counts, and the list is declared complete."
    )


def test_a_disease_that_excludes_and_one_that_is_only_suspected() -> None:
    lupus = {"code": "systemic_lupus"}

    assert reason({"history.autoimmune": complete(lupus)}, "EXCL02") == snapshot(
        "Condition of autoimmune disease or immune deficiency 1: systemic lupus."
    )
    suspected = complete({**lupus, "certainty": "suspected"})
    assert reason({"history.autoimmune": suspected}, "EXCL02") == snapshot(
        "Condition of autoimmune disease or immune deficiency 1: suspected, not confirmed."
    )


def test_time_since_an_event() -> None:
    assert reason(infarction("2026-08-01"), "EXCL03") == snapshot(
        "Condition of cardiovascular disease 1: myocardial infarction; date of the condition of cardiovascular disease 1: 2026-08-01 (122 days before the planned start) (needed: date of the condition at least 6 months before the planned start)."
    )
    assert reason(melanoma(diagnosed="2024", last_active="2024"), "EXCL04") == snapshot(
        "Type of malignancy of other malignancy 1: melanoma (needed: type of malignancy: basal cell skin, breast, cervix in situ or squamous cell skin); type of malignancy of other malignancy 1: melanoma; diagnosis of other malignancy 1: 2024 (needed: diagnosis at least 5 years before screening)."
    )
    assert reason(prednisone(ongoing="yes"), "EXCL09") == snapshot(
        "Route of steroid 1: oral (needed: route: inhaled or topical); kind of steroid of steroid 1: glucocorticoid; route of steroid 1: oral; still being given of steroid 1: yes; last dose of steroid 1: still going on (needed: last dose at least 28 days before the planned start)."
    )


def test_an_assumption_is_said_to_be_one() -> None:
    lesion = {"kind": "extranodal", "longest_diameter_mm": 24, "method": "ct", "irradiated": "no"}

    explanation = explained(patient({"lesions": complete(lesion)}))

    assert criterion(explanation, "INCL06").assumptions == snapshot(
        (
            "lesion.slice_thickness = 5 mm, RECIST 1.1 presumes slices of at most 5 mm where a report does not say",
        )
    )


def test_the_headline() -> None:
    assert explained(patient()).headline == snapshot(
        "ELIGIBLE: every criterion passes. The investigator decides."
    )
    assert explained(patient({"sex": "male", "ecog": 3})).headline == snapshot(
        "INELIGIBLE because of INCL01 and INCL08."
    )
    assert explained(patient({"ecog": "2-3"})).headline == snapshot(
        "UNDETERMINED because of INCL01."
    )


def test_a_questions_words() -> None:
    explanation = explained(patient(None, "ecog", "labs.2"))

    assert [(each.text, each.requirements) for each in explanation.questions] == snapshot(
        [
            ("What is the ECOG performance status?", ("ECOG performance status at most 2",)),
            (
                "What is the latest platelet count, in which unit, and when was the sample taken?",
                (
                    "platelet count at least 100 10^9/L",
                    "sample date of the latest platelet count at most 14 days before the planned start",
                ),
            ),
        ]
    )


def test_the_steps_a_coordinator_can_take() -> None:
    changed = {"sex": "male", "ecog": 3, "specimens.0.er_percent": 1, "steroids": None,
               "treatments.items.0.last_dose": "2026-11-15"}  # fmt: skip

    explanation = explained(patient(changed))

    assert [(each.criterion_id, each.text) for each in explanation.blockers] == snapshot(
        [
            ("INCL08", "will not change"),
            ("EXCL05", "passes by waiting, from 2026-12-07"),
            (
                "INCL01",
                "fails as things are; passes only if a new test or assessment shows otherwise",
            ),
            ("EXCL09", "find it in the record or ask for it"),
            ("INCL02", "for the investigator to judge"),
        ]
    )
