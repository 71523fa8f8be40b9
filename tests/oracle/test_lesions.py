"""The oracle's own tests of measurable disease, at the limits of RECIST 1.1."""

from __future__ import annotations

import pytest

from .charts import complete, fields, incomplete, treatment, verdict
from .values import Json

_CT = {"kind": "extranodal", "method": "ct"}
_NODE = {"kind": "lymph_node", "method": "ct"}


def _slices_absent(reason: str) -> Json:
    return fields(**_CT, longest_diameter_mm="30") | {"slice_thickness_mm": {"absent": reason}}


@pytest.mark.parametrize(
    ("lesion", "expected"),
    [
        (fields(**_CT, longest_diameter_mm="10.0"), "pass"),
        (fields(**_CT, longest_diameter_mm="9.9"), "fail"),
        (fields(**_CT, longest_diameter_mm="9-11"), "unknown"),
        (fields(**_CT, longest_diameter_mm="<10"), "fail"),
        (fields(**_CT, size_mm="10"), "pass"),
        (fields(**_CT, size_mm="8"), "unknown"),
        (fields(**_CT, short_axis_mm="12"), "pass"),
        (fields(**_CT, size_mm="8", short_axis_mm="12"), "unknown"),
        (fields(**_CT, size_mm="8", short_axis_mm="8"), "unknown"),
        (fields(**_CT, size_mm="12", short_axis_mm="8"), "pass"),
        (fields(**_CT, longest_diameter_mm="12", short_axis_mm="13"), "unknown"),
        (fields(**_CT, longest_diameter_mm="9", size_mm="9.1"), "unknown"),
        (fields(**_CT, longest_diameter_mm="9", size_mm="9"), "fail"),
        (fields(**_CT, longest_diameter_mm="9", size_mm="8-12"), "fail"),
        (fields(**_CT, longest_diameter_mm="<9", short_axis_mm="9"), "unknown"),
        (fields(**_CT | {"kind": "bone"}, longest_diameter_mm="9", size_mm="10"), "fail"),
        (fields(**_CT), "unknown"),
        (fields(**_CT, longest_diameter_mm="30", slice_thickness_mm="5"), "pass"),
        (fields(**_CT, longest_diameter_mm="30", slice_thickness_mm="7"), "unknown"),
        (fields(**_CT, longest_diameter_mm="30", slice_thickness_mm="4-6"), "unknown"),
        (fields(**_CT, longest_diameter_mm="9", slice_thickness_mm="7"), "fail"),
        (_slices_absent("not_recorded"), "pass"),
        (_slices_absent("not_done"), "pass"),
        (_slices_absent("pending"), "unknown"),
        (_slices_absent("unreadable"), "unknown"),
        (_slices_absent("conflicting"), "unknown"),
        (_slices_absent("pending") | fields(method="calliper"), "pass"),
        (fields(**_CT | {"method": "chest_xray"}, longest_diameter_mm="20"), "pass"),
        (fields(**_CT | {"method": "chest_xray"}, longest_diameter_mm="19"), "fail"),
        (fields(**_CT | {"method": "calliper"}, longest_diameter_mm="10"), "pass"),
        (fields(**_CT | {"method": "ultrasound"}, longest_diameter_mm="40"), "unknown"),
        (fields(**_CT | {"method": "ultrasound"}, longest_diameter_mm="9"), "fail"),
        (fields(kind="extranodal", longest_diameter_mm="30"), "unknown"),
        (fields(kind="extranodal", longest_diameter_mm="9"), "fail"),
        (fields(method="ct", longest_diameter_mm="30"), "unknown"),
        (fields(method="ct", longest_diameter_mm="9"), "fail"),
        (fields(kind="bone_with_soft_tissue", method="mri", longest_diameter_mm="10"), "pass"),
        (fields(kind="bone", method="ct", longest_diameter_mm="40"), "fail"),
        (fields(kind="effusion"), "fail"),
        (fields(kind="leptomeningeal"), "fail"),
        (fields(kind="lymphangitic"), "fail"),
    ],
)
def test_lesions_outside_lymph_nodes(lesion: Json, expected: str) -> None:
    irradiated_nothing = {"treatments": complete()}

    assert verdict("INCL06", irradiated_nothing | {"lesions": complete(lesion)}) == expected


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (fields(**_NODE, short_axis_mm="15.0"), "pass"),
        (fields(**_NODE, short_axis_mm="14.9"), "fail"),
        (fields(**_NODE, longest_diameter_mm="15"), "unknown"),
        (fields(**_NODE, longest_diameter_mm="14.9"), "fail"),
        (fields(**_NODE, size_mm="17"), "unknown"),
        (fields(**_NODE, size_mm="12"), "fail"),
        (fields(**_NODE, longest_diameter_mm="20", size_mm="12"), "fail"),
        (fields(**_NODE, longest_diameter_mm="30", short_axis_mm="14"), "fail"),
        (fields(**_NODE, longest_diameter_mm="16", short_axis_mm="18"), "unknown"),
        (fields(**_NODE, longest_diameter_mm="12", short_axis_mm="13"), "unknown"),
        (fields(**_NODE, longest_diameter_mm="12", size_mm="14"), "unknown"),
        (fields(**_NODE, size_mm="15-17", short_axis_mm="17"), "pass"),
        (fields(**_NODE, size_mm="15-17", short_axis_mm="17.1"), "unknown"),
        (fields(**_NODE), "unknown"),
        (fields(**_NODE | {"method": "calliper"}, short_axis_mm="16"), "unknown"),
        (fields(**_NODE | {"method": "calliper"}, short_axis_mm="14"), "fail"),
        (fields(**_NODE, short_axis_mm="16", slice_thickness_mm="6"), "unknown"),
    ],
)
def test_lymph_nodes_are_measured_along_the_short_axis(node: Json, expected: str) -> None:
    irradiated_nothing = {"treatments": complete()}

    assert verdict("INCL06", irradiated_nothing | {"lesions": complete(node)}) == expected


_IRRADIATED = complete(treatment(kind="radiotherapy"))
_LARGE = fields(**_CT, longest_diameter_mm="30")


@pytest.mark.parametrize(
    ("irradiation", "treatments", "expected"),
    [
        (fields(irradiated="no"), incomplete(), "pass"),
        (fields(irradiated="yes", progressed_since_irradiation="yes"), complete(), "pass"),
        (fields(irradiated="yes", progressed_since_irradiation="no"), _IRRADIATED, "fail"),
        (fields(irradiated="yes", progressed_since_irradiation="no"), incomplete(), "fail"),
        (fields(irradiated="yes", progressed_since_irradiation="no"), complete(), "unknown"),
        (
            fields(irradiated="yes", progressed_since_irradiation="no"),
            complete(treatment("unlisted")),
            "fail",
        ),
        (fields(irradiated="yes"), _IRRADIATED, "unknown"),
        (fields(irradiated="yes"), complete(), "unknown"),
        ({}, complete(treatment("paclitaxel", kind="chemotherapy")), "pass"),
        ({}, _IRRADIATED, "unknown"),
        ({}, complete(treatment("unlisted")), "unknown"),
        ({}, incomplete(), "unknown"),
        (fields(progressed_since_irradiation="yes"), incomplete(), "pass"),
        (fields(progressed_since_irradiation="no"), incomplete(), "unknown"),
    ],
)
def test_an_irradiated_lesion_counts_once_it_has_grown(
    irradiation: Json, treatments: Json, expected: str
) -> None:
    patient = {"lesions": complete(_LARGE | irradiation), "treatments": treatments}

    assert verdict("INCL06", patient) == expected


def test_one_measurable_lesion_is_enough() -> None:
    lesions = incomplete(fields(kind="bone"), fields(kind="lymph_node"), _LARGE)

    assert verdict("INCL06", {"lesions": lesions, "treatments": complete()}) == "pass"


def test_an_incomplete_list_may_lack_the_measurable_lesion() -> None:
    assert verdict("INCL06", {"lesions": incomplete(fields(kind="bone"))}) == "unknown"
    assert verdict("INCL06", {"lesions": complete(fields(kind="bone"))}) == "fail"
