"""A header becomes a plan, and the plan turns rows into documents."""

import pytest

from eligibility.errors import RecordError
from eligibility.intake.columns import ColumnPlan
from eligibility.intake.faults import TableError
from eligibility.patient.record import read_record


def document(**cells: str) -> dict[str, object]:
    row = {"screening_id": "P1", **{name.replace("__", "."): text for name, text in cells.items()}}
    return ColumnPlan.from_header(list(row)).document(list(row.values()))


def refused(*header: str) -> TableError:
    with pytest.raises(TableError) as caught:
        ColumnPlan.from_header(["screening_id", *header])
    return caught.value


def test_a_bare_column_and_its_parts_become_one_recorded_value() -> None:
    found = document(ecog="1-2", ecog__date="2026-11", ecog__source="letter")

    assert found["ecog"] == {"value": "1-2", "date": "2026-11", "source": "letter"}


def test_value_and_reason_may_have_columns_of_their_own() -> None:
    found = document(ecog__value="1", karnofsky__absent="pending")

    assert found["ecog"] == {"value": "1"}
    assert found["karnofsky"] == {"absent": "pending"}


def test_a_source_said_to_be_unknown_is_no_source() -> None:
    assert document(ecog="1", ecog__source="unknown")["ecog"] == {"value": "1"}


def test_a_word_of_absence_becomes_the_reason() -> None:
    found = document(specimens__1__her2_ish="Not done")

    assert found["specimens"] == [{"her2_ish": {"absent": "not_done"}}]


def test_empty_cells_leave_nothing() -> None:
    assert document(ecog=" ", cns__symptomatic="", treatments__1__kind="") == {"screening_id": "P1"}


def test_items_without_cells_do_not_exist_and_the_others_move_up() -> None:
    found = document(treatments__1__kind="", treatments__2__kind="surgery")

    assert found["treatments"] == {"items": [{"kind": {"value": "surgery"}}]}


def test_a_laboratory_result_is_named_by_its_test() -> None:
    found = document(labs__anc__value="3", labs__anc__2__value="4", labs__hb__value="9")

    assert found["labs"] == [
        {"test": "anc", "value": {"value": "3"}},
        {"test": "anc", "value": {"value": "4"}},
        {"test": "haemoglobin", "value": {"value": "9"}},
    ]


def test_a_unit_alone_makes_no_result() -> None:
    assert document(labs__anc__value="", labs__anc__unit="10^9/L") == {
        "screening_id": "P1",
        "labs": [],
    }


def test_a_list_may_be_numbered_by_a_column_for_its_code() -> None:
    found = document(history__autoimmune__1__code="psoriasis", history__autoimmune__1__date="2019")

    assert found["history"] == {
        "autoimmune": {"items": [{"code": "psoriasis", "date": {"value": "2019"}}]}
    }


def test_several_ingredients_share_a_cell() -> None:
    found = document(treatments__1__agents="atezolizumab; nab-paclitaxel | ")

    assert found["treatments"] == {"items": [{"agents": ["atezolizumab", "nab-paclitaxel"]}]}


def test_ingredients_said_to_be_unknown_are_not_an_ingredient() -> None:
    found = document(treatments__1__agents="unknown", treatments__1__kind="chemotherapy")

    assert found["treatments"] == {"items": [{"agents": [], "kind": {"value": "chemotherapy"}}]}


def test_none_in_a_whole_list_says_that_it_is_complete_and_empty() -> None:
    record = read_record(document(allergies="None known"))

    assert record.allergies.complete
    assert record.allergies.items == ()


def test_an_unknown_whole_list_is_not_complete() -> None:
    record = read_record(document(allergies="unknown"))

    assert not record.allergies.complete


def test_codes_in_a_whole_list_are_items_of_a_list_that_is_not_complete() -> None:
    record = read_record(document(metastatic_sites="Bone|liver"))

    assert [item.site.value for item in record.metastatic_sites.items] == ["bone", "liver"]
    assert not record.metastatic_sites.complete


def test_a_list_is_declared_complete_by_a_column_of_its_own() -> None:
    record = read_record(document(treatments__complete="Yes", treatments__1__kind="surgery"))

    assert record.treatments.complete
    assert len(record.treatments.items) == 1


@pytest.mark.parametrize(
    "other", [{"steroids__1__kind": "glucocorticoid"}, {"steroids__complete": "no"}]
)
def test_none_beside_something_is_a_contradiction(other: dict[str, str]) -> None:
    with pytest.raises(RecordError) as caught:
        document(steroids="none", **other)

    assert caught.value.faults[0].code == "listing_contradicts"
    assert caught.value.faults[0].path == "steroids"


def test_headers_may_differ_in_case_and_spaces() -> None:
    plan = ColumnPlan.from_header([" Screening_ID ", "Cns.Known Metastases"])

    assert plan.document(["P1", "no"])["cns"] == {"known_metastases": {"value": "no"}}


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("ecgo", 'did you mean "ecog"?'),
        ("er_percent", 'did you mean "specimens.1.er_percent"?'),
        ("cns.known", 'did you mean "cns.known_metastases"?'),
        ("specimens.1.er_percentage", 'did you mean "specimens.1.er_percent"?'),
        ("labs.platelet.value", 'did you mean "labs.platelets"?'),
    ],
)
def test_an_unknown_column_is_refused_with_a_suggestion(name: str, hint: str) -> None:
    fault = refused("ecog" if name != "ecgo" else "sex", name).faults[0]

    assert (fault.code, fault.path, fault.hint) == ("unknown_column", name, hint)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("labs.anc", "column_names_a_group"),
        ("diagnosis", "column_names_a_group"),
        ("specimens", "column_names_a_group"),
        ("labs.anc.unit.value", "unknown_column"),
        ("treatments.0.kind", "item_number"),
        ("treatments.kind", "item_number"),
        ("treatments.201.kind", "item_number"),
        ("treatments.01.kind", "item_number"),
        ("ecog.value.low", "unknown_column"),
        ("labs.anc.value.value.value", "unknown_column"),
    ],
)
def test_a_path_that_is_no_field_is_refused(name: str, code: str) -> None:
    assert refused("sex", name).faults[0].code == code


def test_all_faults_of_a_header_are_reported_together() -> None:
    codes = [fault.code for fault in refused("ecog", "ecgo", "ECOG", "patient_name").faults]

    assert codes == ["unknown_column", "identifying_column", "duplicate_column"]


def test_two_columns_for_one_field_are_refused() -> None:
    assert refused("labs.hb.value", "labs.haemoglobin.1.value").faults[0].code == "duplicate_column"


def test_columns_marked_as_ignored_are_passed_over() -> None:
    plan = ColumnPlan.from_header(["screening_id", "x_note", "other"], ignored=["other"])

    assert plan.document(["P1", "a", "b"]) == {"screening_id": "P1"}


def test_a_table_without_screening_id_is_refused() -> None:
    with pytest.raises(TableError) as caught:
        ColumnPlan.from_header(["ecog"])

    assert caught.value.code == "no_screening_id"


def test_a_table_without_header_is_refused_without_repeating_its_first_patient() -> None:
    with pytest.raises(TableError) as caught:
        ColumnPlan.from_header(["54", "Jane", "2+"])

    assert caught.value.code == "no_header"
    assert "Jane" not in str(caught.value)


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(["P-001", "sex", "Maria Gonzalez", "1971"], id="a word that is a field too"),
        pytest.param(["Maria Gonzalez", "sex", "sex", "Home address"], id="other faults besides"),
        pytest.param(["labs.Gonzalez", "treatments", "ecog.Maria"], id="parts of a path"),
    ],
)
def test_a_header_without_screening_id_may_be_a_patient_and_is_named_by_position(
    header: list[str],
) -> None:
    with pytest.raises(TableError) as caught:
        ColumnPlan.from_header(header)

    faults = caught.value.faults
    told = " ".join(str(part) for each in faults for part in (each, each.path))
    assert faults[0].code == "no_screening_id"
    assert {each.path.rpartition(" ")[0] for each in faults[1:]} == {"column"}
    assert not any(word in told for word in ("P-001", "Maria", "Gonzalez", "1971", "Home"))


def test_a_misspelt_screening_id_is_still_told() -> None:
    with pytest.raises(TableError) as caught:
        ColumnPlan.from_header(["screenig_id", "ecog"])

    assert [(each.path, each.hint) for each in caught.value.faults[1:]] == [
        ("column 1", 'did you mean "screening_id"?')
    ]


def test_what_does_not_look_like_a_name_is_called_by_its_position() -> None:
    fault = refused("ecog", "<1 (weak)").faults[0]

    assert fault.path == "column 3"


def test_a_fault_is_traced_to_its_column() -> None:
    header = ["screening_id", "treatments.1.kind", "treatments.3.kind", "labs.anc.value", "ECOG"]
    plan = ColumnPlan.from_header(header)
    row = ["P1", "", "chemothrapy", "3,000", "7"]

    with pytest.raises(RecordError) as caught:
        read_record(plan.document(row))

    columns = {plan.column_of(fault.path, row) for fault in caught.value.faults}
    assert columns == {"treatments.3.kind", "labs.anc.value", "ECOG"}


def test_a_missing_code_is_traced_to_a_column_of_its_item() -> None:
    plan = ColumnPlan.from_header(["screening_id", "history.autoimmune.1.date"])
    row = ["P1", "2019"]

    with pytest.raises(RecordError) as caught:
        read_record(plan.document(row))

    path = caught.value.faults[0].path
    assert plan.column_of(path, row) == "history.autoimmune.1.date"


def test_a_contradicting_reason_is_traced_to_its_result() -> None:
    header = ["screening_id", "labs.anc.value", "labs.anc.value.absent", "labs.ast.date"]
    plan = ColumnPlan.from_header(header)
    row = ["P1", "3", "pending", "2026-11-01"]

    with pytest.raises(RecordError) as caught:
        read_record(plan.document(row))

    assert plan.column_of(caught.value.faults[0].path, row) == "labs.anc.value"
    assert plan.column_of("labs.0.nowhere", row) == "labs.anc.value"
    assert plan.column_of("labs.7.value", row) == "labs.anc.value"


def test_a_fault_of_the_whole_record_has_no_column() -> None:
    plan = ColumnPlan.from_header(["screening_id", "birth_date", "ecog.date"])
    row = ["P1", "1960", "day 3"]

    with pytest.raises(RecordError) as caught:
        read_record(plan.document(row))

    assert plan.column_of(caught.value.faults[0].path, row) is None
