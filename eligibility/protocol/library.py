"""The library of trials: where the criteria folders are, and a trial by its registry number."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from eligibility.errors import CriteriaError, Location, did_you_mean
from eligibility.protocol.loader import load_trial_folder
from eligibility.protocol.model import Trial

DEFAULT_TRIAL = "NCT06731140"


def library_root() -> Path:
    """The folder of criteria that came with this installation: in the wheel, else beside the package."""
    package = Path(__file__).resolve().parent.parent
    bundled = package / "bundled_criteria"
    return bundled if bundled.is_dir() else package.parent / "criteria"


def trial_ids(root: Path | None = None) -> list[str]:
    """Registry numbers of all trials of a library."""
    folder = root or library_root()
    return sorted(path.parent.name.upper() for path in folder.glob("*/trial.yaml"))


def trial_folder(trial: str, root: Path | None = None) -> Path:
    """The folder of a trial, by registry number or by path; CriteriaError if there is none."""
    direct = Path(trial)
    if root is None and direct.is_dir() and (direct / "trial.yaml").is_file():
        return direct
    known = trial_ids(root)
    if trial.upper() not in known:
        raise CriteriaError(
            "no such trial in the library",
            code="unknown_trial",
            location=Location(path=f'"{trial[:40]}"'),
            hint=did_you_mean(trial.upper()[:40], known),
        )
    return (root or library_root()) / trial.lower()


def load_trial(
    trial: str = DEFAULT_TRIAL,
    *,
    profile: str | None = None,
    readings: Mapping[str, str] | None = None,
    root: Path | None = None,
) -> Trial:
    """A trial ready to screen with; `profile` names a site profile, `readings` switches interpretations."""
    return load_trial_folder(trial_folder(trial, root), profile=profile, readings=readings)
