"""The 17 criteria of NCT06731140 as an analyst would write them over the columns of `patient_table`.

Yardsticks of `batch.py`. They read clean, typed cells only: a range, a partial date or an unknown unit
means nothing to them, and nulls are the only unknowns. They are quicker to write than right, and no
answer of theirs is compared with ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

DATES = ("start", "last_dose", "date")
_NUMBERS = ("age_years", "value", "upper_limit_of_normal", "longest_diameter_mm")


def plain(name: str) -> str:
    """A column's name that needs no quotes."""
    return name.replace(".", "_")


def kind_of(name: str) -> str:
    """What the cells of a column are: `date`, `number` or `text`."""
    last = name.rpartition(".")[2]
    if last in DATES:
        return "date"
    return "number" if last in _NUMBERS else "text"


_FRESH = " AND ".join(
    f"labs_{test}_date >= CAST('2026-11-17' AS DATE)"
    for test in (
        "anc",
        "lymphocytes",
        "platelets",
        "haemoglobin",
        "ast",
        "alt",
        "alp",
        "bilirubin",
        "albumin",
        "eosinophils",
    )
)

SQL: Mapping[str, str] = {
    "INCL01": "ecog IN ('0', '1', '2', '1-2')",
    "INCL02": (
        "diagnosis_cancer = 'breast' AND diagnosis_extent = 'metastatic' AND diagnosis_confirmation = 'histology'"
        " AND specimens_1_er_percent IN ('0', '<1', '1', '5', '1-10', '60', '90')"
        " AND specimens_1_pr_percent IN ('0', '<1', '1', '5', '1-10', '60', '90')"
        " AND (specimens_1_her2_ihc IN ('0', '1+')"
        " OR (specimens_1_her2_ihc IN ('2+', '1-2+') AND specimens_1_her2_ish = 'not_amplified'))"
    ),
    "INCL03": (
        "treatments_1_agents IN ('atezolizumab; nab-paclitaxel', 'pembrolizumab; carboplatin', 'toripalimab')"
        " AND treatments_1_setting = 'metastatic' AND treatments_1_progression = 'radiologic'"
        " AND treatments_1_progression_timing IN ('during', 'after')"
    ),
    "INCL04": (
        "labs_anc_value >= 1.5 AND labs_lymphocytes_value >= 0.5 AND labs_platelets_value >= 100"
        " AND labs_haemoglobin_value >= 9.0 AND labs_ast_value <= 2.5 * labs_ast_upper_limit_of_normal"
        " AND labs_alt_value <= 2.5 * labs_alt_upper_limit_of_normal"
        " AND labs_alp_value <= 2.5 * labs_alp_upper_limit_of_normal"
        " AND labs_bilirubin_value <= 1.5 * labs_bilirubin_upper_limit_of_normal"
        f" AND labs_albumin_value >= 28 AND {_FRESH}"
    ),
    "INCL05": "reproductive_status = 'postmenopausal' OR reproductive_contraception = 'agreed'",
    "INCL06": (
        "lesions_1_method IN ('ct', 'mri') AND ((lesions_1_kind = 'extranodal' AND lesions_1_longest_diameter_mm >= 10)"
        " OR (lesions_1_kind = 'lymph_node' AND lesions_1_longest_diameter_mm >= 15))"
    ),
    "INCL07": (
        "consent_cognitive_ability = 'yes' AND consent_willing_to_participate = 'yes'"
        " AND consent_willing_to_be_followed_up = 'yes'"
    ),
    "INCL08": "sex = 'female' AND age_years >= 18",
    "EXCL01": "cns_known_metastases = 'yes' AND cns_symptomatic = 'yes'",
    "EXCL02": "history_autoimmune <> 'none'",
    "EXCL03": "history_cardiovascular <> 'none'",
    "EXCL04": "other_malignancies <> 'none'",
    "EXCL05": (
        "treatments_1_last_dose > CAST('2026-11-10' AS DATE) OR (treatments_2_kind IN ('chemotherapy', 'radiotherapy',"
        " 'surgery') AND treatments_2_last_dose > CAST('2026-11-10' AS DATE))"
    ),
    "EXCL06": (
        "reproductive_pregnancy_test = 'positive' OR reproductive_breastfeeding = 'yes'"
        " OR reproductive_intends_pregnancy = 'yes'"
    ),
    "EXCL07": "allergies <> 'none'",
    "EXCL08": (
        "history_eosinophil_mast_cell <> 'none'"
        " OR labs_eosinophils_value > labs_eosinophils_upper_limit_of_normal"
    ),
    "EXCL09": "steroids <> 'none'",
}
"""Whether each statement holds, in SQL that Polars and DuckDB both read."""


def decision_sql() -> str:
    """The decision, over columns of booleans named like the criteria."""
    wrong = " OR ".join(f"NOT {n}" if n.startswith("INCL") else n for n in SQL)
    right = " AND ".join(n if n.startswith("INCL") else f"NOT {n}" for n in SQL)
    return (
        f"CASE WHEN {wrong} THEN 'ineligible' WHEN {right} THEN 'eligible' ELSE 'undetermined' END"
    )


def closures() -> dict[str, Callable[[Mapping[str, Any]], bool]]:
    """The same as functions of one row, a dictionary of typed cells without gaps."""
    return {name: _closure(text) for name, text in SQL.items()}


def _closure(sql: str) -> Callable[[Mapping[str, Any]], bool]:
    """One criterion as a compiled function; the words of SQL become those of Python."""
    return eval(f"lambda row: {python_of(sql)}", {"__builtins__": {}})  # noqa: S307 - our own text above


def python_of(sql: str) -> str:
    """A condition in Python over `row`."""
    words = sql.replace("CAST(", "").replace(" AS DATE)", "")
    words = words.replace(" AND ", " and ").replace(" OR ", " or ").replace(" IN ", " in ")
    words = words.replace("<>", "!=").replace(" = ", " == ")
    return _with_rows(words)


def _with_rows(text: str) -> str:
    """Names of columns, outside quotes, as items of the row."""
    parts = text.split("'")
    for place in range(0, len(parts), 2):
        found = (f'row["{w}"]' if _is_column(w) else w for w in _words(parts[place]))
        parts[place] = "".join(found)
    return "'".join(parts)


def _words(text: str) -> list[str]:
    words, word = [], ""
    for sign in text:
        if (sign.isalnum() or sign in "_.") == bool(
            word and (word[-1].isalnum() or word[-1] in "_.")
        ):
            word += sign
        else:
            words.append(word)
            word = sign
    return [*words, word]


def _is_column(word: str) -> bool:
    return word.isidentifier() and word not in ("and", "or", "in", "not")
