"""The closed vocabularies of the service: who may be let in, and as what."""

from __future__ import annotations

from enum import StrEnum


class Identity(StrEnum):
    """A way to say who one is."""

    KEYS = "keys"
    OIDC = "oidc"


class Role(StrEnum):
    """What a person or a program is to the service."""

    READER = "reader"
    COORDINATOR = "coordinator"
    INVESTIGATOR = "investigator"
    ADMIN = "admin"


SHARED_METRICS = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that names where several workers keep their counts together; the library for metrics reads it too."""
