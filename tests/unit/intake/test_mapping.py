"""A mapping file is read as text, checked whole, and fitted to its table."""

from pathlib import Path

import pytest

from eligibility.intake.faults import MappingError
from eligibility.intake.mapping import read_mapping
from eligibility.intake.patients import PatientRow, open_patients
from eligibility.patient.vocabulary import AbsentReason


def written(folder: Path, text: str, name: str = "mapping.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def rows_of(folder: Path, mapping: str, table: str) -> list[PatientRow]:
    loaded = read_mapping(written(folder, mapping))
    with open_patients(written(folder, table, "table.csv"), mapping=loaded) as patients:
        rows = list(patients)
    return [row for row in rows if isinstance(row, PatientRow)]


def mapping_fault(folder: Path, mapping: str, table: str = "pid,a\nP1,1\n") -> MappingError:
    with pytest.raises(MappingError) as caught:
        rows_of(folder, mapping, table)
    return caught.value


def test_scalars_stay_text(tmp_path: Path) -> None:
    mapping = read_mapping(
        written(tmp_path, "id: pid\ncolumns: {a: sex}\nvalues: {a: {0: female, no: male}}\n")
    )

    assert mapping.values == {"a": {"0": "female", "no": "male"}}


@pytest.mark.parametrize(
    ("text", "path", "code"),
    [
        ("columns: {a: sex}\n", "id", "missing"),
        ("id: pid\ncolums: {a: sex}\n", "colums", "extra_forbidden"),
        ("id: pid\ncolumns: [a]\n", "columns", "dict_type"),
        ("id: pid\nskip_lines: two\n", "skip_lines", "int_parsing"),
        ("id: pid\nignore: {a: b}\n", "ignore", "literal_error"),
        ("# " + "x" * 1_000_001, "", "too_large"),
        ("id: pid\ndelimiter: pipe\n", "delimiter", "literal_error"),
        ('id: pid\nmissing: {"NA": not_known}\n', "missing.NA", "unknown_code"),
        ("id: pid\njoins: [{table: ../x.csv, key: pid}]\n", "joins.0.table.0", "join_path"),
        (
            "id: pid\njoins: [{tabel: x.csv, table: x.csv, key: p}]\n",
            "joins.0.tabel",
            "extra_forbidden",
        ),
        ("[1, 2]\n", "", "model_type"),
        ("id: pid\nid: other\n", "line 1 column 1", "yaml_unreadable"),
        ("id: &x pid\nas_of: *x\n", "line 2 column 8", "yaml_unreadable"),
        ("id: [pid\n", "line 2 column 1", "yaml_unreadable"),
        ("[" * 5000, "", "yaml_unreadable"),
        ("id: pid\n? [a]\n: b\n", "line 2 column 3", "yaml_unreadable"),
    ],
)
def test_a_faulty_mapping_is_refused_with_its_place(
    tmp_path: Path, text: str, path: str, code: str
) -> None:
    with pytest.raises(MappingError) as caught:
        read_mapping(written(tmp_path, text))

    fault = caught.value.faults[0]
    assert (fault.path, fault.code) == (path, code)
    assert caught.value.location is not None
    assert caught.value.location.source == "mapping.yaml"


def test_a_misspelt_key_is_answered_with_a_suggestion(tmp_path: Path) -> None:
    with pytest.raises(MappingError) as caught:
        read_mapping(written(tmp_path, "id: pid\ncolums: {a: sex}\n"))

    assert caught.value.hint == 'did you mean "columns"?'


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"a: \xe9"])
def test_a_mapping_that_is_not_text_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_bytes(content)

    with pytest.raises(MappingError) as caught:
        read_mapping(path)

    assert caught.value.code == "yaml_unreadable"


def test_a_mapping_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MappingError) as caught:
        read_mapping(tmp_path / "none.yaml")

    assert caught.value.code == "not_found"


def test_columns_and_values_are_translated(tmp_path: Path) -> None:
    row = rows_of(
        tmp_path,
        "id: pid\ncolumns: {Gender: sex, PS: ecog}\nvalues: {Gender: {W: female}}\n",
        "pid,Gender,PS\nP1, w ,1\n",
    )[0]

    assert row.screening_id == "P1"
    assert str(row.record.sex.value) == "female"
    assert str(row.record.ecog.value) == "1"


def test_missing_codes_become_reasons_and_not_recorded_leaves_nothing(tmp_path: Path) -> None:
    row = rows_of(
        tmp_path,
        "id: pid\ncolumns: {a: ecog, b: specimens.1.her2_ish}\n"
        'missing: {"[NA]": not_recorded, "[NE]": not_done}\n',
        "pid,a,b\nP1,[na],[NE]\n",
    )[0]

    assert "ecog" not in row.record.model_fields_set
    assert row.record.specimens[0].her2_ish.absent is AbsentReason.NOT_DONE


def test_any_other_value_has_a_sign_of_its_own(tmp_path: Path) -> None:
    rows = rows_of(
        tmp_path,
        'id: pid\ncolumns: {stage: diagnosis.extent}\nvalues: {stage: {IV: metastatic, "*": ""}}\n',
        "pid,stage\nP1,IV\nP2,IIB\n",
    )

    assert [row.record.diagnosis.extent.value for row in rows] == ["metastatic", None]


def test_day_offsets_become_days(tmp_path: Path) -> None:
    row = rows_of(
        tmp_path,
        "id: pid\ncolumns: {born: birth_date}\nday_offsets: [born]\n",
        "pid,born\nP1,-19074\n",
    )[0]

    assert str(row.record.birth_date.value) == "day -19074"


def test_a_day_that_cannot_be_read_is_handed_on_to_be_refused(tmp_path: Path) -> None:
    row = rows_of(tmp_path, "id: pid\nas_of: [a, b]\n", "pid,a,b\nP1,2026-11-21,soon\n")[0]

    assert row.as_of == "soon"


def test_one_column_may_fill_several_fields_with_meanings_of_their_own(tmp_path: Path) -> None:
    row = rows_of(
        tmp_path,
        "id: pid\ncolumns: {fish: [specimens.1.her2_ish, specimens.1.her2_ish_method]}\n"
        "values:\n  specimens.1.her2_ish: {Neg: not_amplified}\n"
        "  specimens.1.her2_ish_method: {Neg: fish}\n",
        "pid,fish\nP1,Neg\n",
    )[0]

    assert row.record.specimens[0].her2_ish.value == "not_amplified"
    assert row.record.specimens[0].her2_ish_method.value == "fish"


def test_of_several_columns_for_a_field_the_first_that_says_something_counts(
    tmp_path: Path,
) -> None:
    rows = rows_of(
        tmp_path,
        'id: pid\ncolumns: {a: ecog, b: ecog}\nmissing: {"?": pending}\n',
        "pid,a,b\nP1,1,2\nP2,,2\nP3,?,2\nP4,?,\n",
    )

    assert [str(row.record.ecog.value) for row in rows] == ["1", "2", "2", "None"]
    assert rows[3].record.ecog.absent is AbsentReason.PENDING


def test_constants_hold_for_every_row(tmp_path: Path) -> None:
    rows = rows_of(
        tmp_path,
        "id: pid\nignore: [a]\nconstants: {diagnosis.cancer: breast}\n",
        "pid,a\nP1,x\nP2,y\n",
    )

    assert [row.record.diagnosis.cancer.value for row in rows] == ["breast", "breast"]


def test_separators_split_names_after_whole_cells_were_looked_up(tmp_path: Path) -> None:
    rows = rows_of(
        tmp_path,
        'id: pid\ncolumns: {drug: treatments.1.agents}\nseparators: {drug: "+,"}\n'
        'values: {drug: {"Chemo, NOS": "", taxol: paclitaxel}}\n'
        "constants: {treatments.1.kind: chemotherapy}\n",
        'pid,drug\nP1,Taxol + cytoxan\nP2,"Chemo, NOS"\n',
    )

    assert rows[0].record.treatments.items[0].agents == ("paclitaxel", "cytoxan")
    assert rows[1].record.treatments.items[0].agents == ()


def test_a_row_brings_its_own_dates_and_the_latest_is_as_of(tmp_path: Path) -> None:
    rows = rows_of(
        tmp_path,
        "id: pid\nas_of: [seen, died]\nplanned_start: start\nday_offsets: [seen, died, start]\n",
        "pid,seen,died,start\nP1,10,,30\nP2,9,100,\nP3,,,\n",
    )

    assert [(row.as_of, row.planned_start) for row in rows] == [
        ("day 10", "day 30"),
        ("day 100", None),
        (None, None),
    ]


@pytest.mark.parametrize(
    ("mapping", "path", "code"),
    [
        ("id: nid\nignore: '*'\n", "nid", "no_such_column"),
        ("id: pid\ncolumns: {b: sex}\nignore: '*'\n", "b", "no_such_column"),
        ("id: pid\ncolumns: {a: sexx}\n", "columns.a", "unknown_column"),
        ("id: pid\n", "a", "unmapped_column"),
        ("id: pid\nignore: [a]\nconstants: {sexx: male}\n", "constants.sexx", "unknown_column"),
        ("id: pid\ncolumns: {a: sex}\nvalues: {c: {x: y}}\n", "values.c", "unused_entry"),
        ("id: pid\ncolumns: {a: sex}\nday_offsets: [c]\n", "day_offsets.c", "unused_entry"),
        (
            "id: pid\ncolumns: {a: sex}\nconstants: {sex: male}\n",
            "constant sex",
            "duplicate_column",
        ),
        (
            "id: pid\ncolumns: {a: sex}\njoins: [{table: t.csv, key: k}]\n",
            "joins.table",
            "joined_table_missing",
        ),
    ],
)
def test_a_mapping_that_does_not_fit_its_table_is_refused(
    tmp_path: Path, mapping: str, path: str, code: str
) -> None:
    fault = mapping_fault(tmp_path, mapping).faults[0]

    assert (fault.path, fault.code) == (path, code)


@pytest.mark.parametrize(
    "header",
    [
        pytest.param("Maria Gonzalez,sex,MRN 4711", id="nothing like it"),
        pytest.param("pid Gonzalez,sex,Home address", id="something like it"),
    ],
)
def test_a_header_without_the_mapped_id_may_be_a_patient_and_is_named_by_position(
    tmp_path: Path, header: str
) -> None:
    written(tmp_path, f"{header}\n", "joined.csv")
    join = (
        "joins: [{table: joined.csv, key: patient_id, columns: {sex: kind}, items: treatments}]\n"
    )
    columns = "columns: {sex: sex, Mario Gonzales: ecog}\n"
    faults = [
        *mapping_fault(tmp_path, f"id: patient_id\n{columns}", f"{header}\n").faults,
        *mapping_fault(tmp_path, f"id: pid\n{join}ignore: [a]\n").faults,
    ]

    told = " ".join(str(part) for each in faults for part in (each, each.path))
    assert {each.code for each in faults} >= {"no_such_column"}
    assert not any(word in told for word in ("Maria", "Gonzalez", "4711", "Home"))


def test_a_column_that_is_not_there_is_answered_with_the_name_it_may_have(tmp_path: Path) -> None:
    [named] = mapping_fault(tmp_path, "id: pid\ncolumns: {aa: sex}\nignore: '*'\n").faults
    [placed] = mapping_fault(tmp_path, "id: pidd\nignore: '*'\n").faults

    assert named.hint == 'did you mean "a"?'
    assert placed.hint == "did you mean column 1?"


def test_identifying_columns_must_be_ignored_by_name(tmp_path: Path) -> None:
    table = "pid,Patient name\nP1,x\n"

    assert mapping_fault(tmp_path, "id: pid\nignore: '*'\n", table).code == "identifying_column"
    assert rows_of(tmp_path, "id: pid\nignore: [Patient name]\n", table)


def test_a_hospital_number_cannot_be_the_screening_id(tmp_path: Path) -> None:
    found = mapping_fault(tmp_path, "id: MRN\n", "MRN\n12345\n")

    assert found.code == "identifying_column"


JOIN = """
id: pid
ignore: "*"
as_of: seen
day_offsets: [seen]
columns: {op: treatments.1.kind}
missing: {"NA": not_recorded}
joins:
  - table: [elsewhere.csv, drugs.csv]
    key: who
    items: treatments
    columns: {drug: agents, end: last_dose}
    day_offsets: [end]
    as_of: end
    constants: {kind: chemotherapy}
  - table: rays.csv
    key: who
    items: treatments
    columns: {end: last_dose}
"""


def test_joined_rows_become_items_after_the_tables_own(tmp_path: Path) -> None:
    written(tmp_path, "who,drug,end\nP2,b,5\nP1,a,7\nP2,c,NA\nP9,z,1\n", "drugs.csv")
    written(tmp_path, "who,end\nP2,NA\n", "rays.csv")

    rows = rows_of(tmp_path, JOIN, "pid,op,seen\nP1,,3\nP2,surgery,9\n")

    kinds = [[str(t.kind.value) for t in row.record.treatments.items] for row in rows]
    assert kinds == [["chemotherapy"], ["surgery", "chemotherapy", "chemotherapy", "None"]]
    assert [row.as_of for row in rows] == ["day 7", "day 9"]
    assert not rows[0].record.treatments.complete


def test_a_mapping_must_fit_its_joined_tables_too(tmp_path: Path) -> None:
    written(tmp_path, "who,drug\nP1,a\n", "drugs.csv")
    written(tmp_path, "who,end\n", "rays.csv")

    found = mapping_fault(tmp_path, JOIN, "pid,op,seen\nP1,,1\n")

    assert [(fault.path, fault.code) for fault in found.faults] == [("end", "no_such_column")]
    assert found.location is not None
    assert found.location.source == "drugs.csv"


def test_joined_rows_without_a_patient_are_counted(tmp_path: Path) -> None:
    written(tmp_path, "who,drug,end\nP9,z,1\n", "drugs.csv")
    written(tmp_path, "who,end\n", "rays.csv")
    mapping = read_mapping(written(tmp_path, JOIN))

    table = written(tmp_path, "pid,op,seen\nP1,,1\n", "t.csv")

    with open_patients(table, mapping=mapping) as found:
        assert len(list(found)) == 1
        assert found.unmatched_joined_rows() == {"drugs.csv": 1, "rays.csv": 0}


def test_a_broken_row_stops_a_joined_table(tmp_path: Path) -> None:
    written(tmp_path, "who,drug,end\nP1,a\n", "drugs.csv")
    written(tmp_path, "who,end\n", "rays.csv")
    mapping = read_mapping(written(tmp_path, JOIN))

    with (
        pytest.raises(Exception, match="fewer cells") as caught,
        open_patients(written(tmp_path, "pid,op,seen\nP1,,1\n", "t.csv"), mapping=mapping),
    ):
        pass

    assert str(caught.value).startswith("drugs.csv:2")
