"""A rejected row names the column that its fault stands in, also where a mapping gave it a name of other letters."""

from __future__ import annotations

from pathlib import Path

from eligibility.intake.faults import Rejection
from eligibility.intake.mapping import mapping_from
from eligibility.intake.patients import open_patients

CHINESE = "备注,编号,性别,年龄\n无,P-1,女,三百\n无,P-2,x,54\n无,P-3,x,300\n"
MAPPING = {
    "id": "编号",
    "columns": {"年龄": "age_years", "性别": "sex"},
    "values": {"性别": {"女": "female"}},
    "ignore": ["备注"],
}


def rejected(path: Path, mapping: dict[str, object] | None) -> list[tuple[str, str | None]]:
    with open_patients(path, mapping=mapping_from(mapping) if mapping else None) as patients:
        return [
            (fault.code, fault.column)
            for row in patients
            if isinstance(row, Rejection)
            for fault in row.faults
        ]


def test_columns_of_a_mapping_are_called_as_the_mapping_calls_them(tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text(CHINESE, encoding="utf-8")

    assert rejected(table, MAPPING) == [
        ("number_unreadable", "年龄"),
        ("unknown_code", "性别"),
        ("unknown_code", "性别"),
        ("out_of_bounds", "年龄"),
    ]


def test_items_of_a_joined_table_are_named_with_their_table(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("编号,性别\nP-1,female\n", encoding="utf-8")
    (tmp_path / "drugs.csv").write_text("编号,药物,结束\nP-1,paclitaxel,昨天\n", encoding="utf-8")
    mapping = {
        "id": "编号",
        "columns": {"性别": "sex"},
        "joins": [
            {
                "table": "drugs.csv",
                "key": "编号",
                "items": "treatments",
                "columns": {"药物": "agents", "结束": "last_dose"},
            }
        ],
    }

    assert rejected(tmp_path / "table.csv", mapping) == [("date_unreadable", "drugs.csv: 结束")]
