"""Cuts the example tables out of the whole TCGA-BRCA tables, by the rule that README.md states.

Usage: python make_slice.py FOLDER_WITH_THE_WHOLE_TABLES
"""

import csv
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

HERE = Path(__file__).parent
WHOLE = "nationwidechildrens.org_clinical_{}_brca.txt"
PATIENT = "bcr_patient_barcode"
HEADER_LINES = 3

Row = dict[str, str]

COLUMNS = {
    "patient": [
        PATIENT, "birth_days_to", "gender", "menopause_status", "history_other_malignancy",
        "tumor_status", "vital_status", "last_contact_days_to", "death_days_to",
        "ajcc_metastasis_pathologic_pm", "ajcc_pathologic_tumor_stage", "metastasis_site",
        "er_status_by_ihc", "er_status_ihc_Percent_Positive", "pr_status_by_ihc",
        "pr_status_ihc_percent_positive", "her2_status_by_ihc", "her2_ihc_score",
        "her2_fish_status", "her2_copy_number", "her2_cent17_ratio", "histological_type",
    ],
    "drug": [
        PATIENT, "pharmaceutical_therapy_drug_name", "pharmaceutical_therapy_type",
        "pharmaceutical_tx_started_days_to", "pharmaceutical_tx_ongoing_indicator",
        "pharmaceutical_tx_ended_days_to", "therapy_regimen",
    ],
    "radiation": [
        PATIENT, "radiation_therapy_type", "radiation_therapy_site",
        "radiation_therapy_started_days_to", "radiation_therapy_ongoing_indicator",
        "radiation_therapy_ended_days_to", "therapy_regimen",
    ],
    "omf_v4.0": [
        PATIENT, "malignancy_type", "other_malignancy_dx_days_to",
        "other_malignancy_anatomic_site", "other_malignancy_histological_type",
        "other_malignancy_histological_type_text",
    ],
    "follow_up_v4.0": [PATIENT, "vital_status", "last_contact_days_to", "death_days_to"],
}  # fmt: skip
NAMES = {
    "patient": "patients.tsv",
    "drug": "drugs.tsv",
    "radiation": "radiation.tsv",
    "omf_v4.0": "other_malignancies.tsv",
    "follow_up_v4.0": "follow_up.tsv",
}


def read(path: Path) -> tuple[list[list[str]], list[Row]]:
    with path.open(encoding="utf-8", newline="") as stream:
        lines = list(csv.reader(stream, delimiter="\t", strict=True))
    head, body = lines[:HEADER_LINES], lines[HEADER_LINES:]
    return head, [dict(zip(head[0], cells, strict=True)) for cells in body]


def write(path: Path, head: list[list[str]], rows: Iterable[Row], columns: list[str]) -> None:
    places = [head[0].index(column) for column in columns]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter="\t", lineterminator="\n")
        writer.writerows([line[place] for place in places] for line in head)
        writer.writerows([row[column] for column in columns] for row in rows)


def chosen(patients: list[Row], drugs: list[Row], others: list[Row]) -> set[str]:
    """The barcodes of the slice: the rule of README.md, in its order."""
    immunotherapy = {
        row[PATIENT]
        for row in drugs
        if row["pharmaceutical_therapy_type"] in ("Immunotherapy", "Vaccine")
    }
    dated = {
        row[PATIENT] for row in others if not row["other_malignancy_dx_days_to"].startswith("[")
    }

    def two_plus(fish: str) -> Callable[[Row], bool]:
        return lambda row: row["her2_ihc_score"] == "2+" and row["her2_fish_status"] == fish

    def first(count: int, wanted: Callable[[Row], bool]) -> set[str]:
        return set([row[PATIENT] for row in patients if wanted(row)][:count])

    everyone = len(patients)
    return set().union(
        first(everyone, lambda row: row["gender"] == "MALE"),
        first(everyone, lambda row: row["ajcc_pathologic_tumor_stage"] == "Stage IV"),
        first(everyone, lambda row: row[PATIENT] in dated),
        first(20, lambda row: row[PATIENT] in immunotherapy),
        first(6, lambda row: row["her2_ihc_score"] == "3+"),
        first(6, two_plus("[Not Evaluated]")),
        first(6, two_plus("Negative")),
        first(6, two_plus("Positive")),
        first(2, two_plus("Equivocal")),
        first(15, lambda row: row["er_status_ihc_Percent_Positive"] == "<10%"),
        first(2, lambda row: row["birth_days_to"] in ("-32872", "-32873")),
        {row[PATIENT] for row in patients[::50]},
    )


def main(folder: Path) -> None:
    tables = {kind: read(folder / WHOLE.format(kind)) for kind in COLUMNS}
    patients = sorted(tables["patient"][1], key=lambda row: row[PATIENT])
    wanted = chosen(patients, tables["drug"][1], tables["omf_v4.0"][1])
    for kind, columns in COLUMNS.items():
        head, rows = tables[kind]
        kept = [row for row in sorted(rows, key=lambda row: row[PATIENT]) if row[PATIENT] in wanted]
        write(HERE / NAMES[kind], head, kept, columns)
        print(f"{NAMES[kind]}: {len(kept)} of {len(rows)} rows")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
