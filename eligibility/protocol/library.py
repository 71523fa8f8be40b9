"""The library of trials: where the criteria folders are, and a trial by its registry number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from eligibility.errors import CriteriaError, Location, did_you_mean
from eligibility.findings.agents import agent_list
from eligibility.findings.allergens import allergen_list
from eligibility.protocol.loader import load_trial_folder, profile_names
from eligibility.protocol.model import Trial
from eligibility.protocol.trial_words import TrialWords
from eligibility.yaml_nodes import CriteriaFault, CriteriaFilesError, in_fault_order

DEFAULT_TRIAL = "NCT06731140"
TRIAL_FILE = "trial.yaml"


@dataclass(frozen=True, slots=True)
class LoadedTrial:
    """A trial of the library in all its forms, read at one time."""

    folder: Path
    by_profile: Mapping[str | None, Trial]
    """None is without a site profile."""


def library_root() -> Path:
    """The folder of criteria that came with this installation: in the wheel, else beside the package."""
    package = Path(__file__).resolve().parent.parent
    bundled = package / "bundled_criteria"
    return bundled if bundled.is_dir() else package.parent / "criteria"


def trial_ids(root: Path | None = None) -> list[str]:
    """Registry numbers of all trials of a library."""
    return sorted(_by_number(root))


def trial_names(root: Path | None = None) -> list[str]:
    """What stands in a library as a trial, also where nothing there can be loaded."""
    return sorted({path.name.upper() for path in _folders(root)})


def _by_number(root: Path | None) -> dict[str, Path]:
    return {path.name.upper(): path for path in _folders(root) if (path / TRIAL_FILE).is_file()}


def _folders(root: Path | None) -> list[Path]:
    """What stands in a library for a trial: any folder that is not a program's own."""
    found = (root or library_root()).glob("*/")
    return sorted(path for path in found if path.is_dir() and path.name[0] not in "._")


def trial_folder(trial: str, root: Path | None = None) -> Path:
    """The folder of a trial, by registry number or by path; CriteriaError if there is none."""
    direct = Path(trial)
    if root is None and direct.is_dir() and (direct / TRIAL_FILE).is_file():
        return direct
    known = _by_number(root)
    if trial.upper() in known:
        return known[trial.upper()]
    candidates = [each for each in _folders(root) if each.name.upper() == trial.upper()]
    if root is None and trial and direct.is_dir():
        candidates.append(direct)
    if candidates:
        fault = _no_trial_file(candidates[0])
        raise CriteriaError(fault.message, code=fault.code, location=fault.at, hint=fault.hint)
    raise CriteriaError(
        "no such trial in the library",
        code="unknown_trial",
        location=Location(path=f'"{trial[:40]}"'),
        hint=did_you_mean(trial.upper()[:40], known),
    )


def _no_trial_file(folder: Path) -> CriteriaFault:
    near = next((p.name for p in sorted(folder.glob("*")) if p.stem.lower() == "trial"), None)
    hint = f"rename {near}" if near else f"a trial begins with {TRIAL_FILE}; else move the folder"
    name = folder.resolve().name
    return CriteriaFault(Location(name), f"there is no {TRIAL_FILE} here", hint, "no_trial_file")


def load_trial(
    trial: str = DEFAULT_TRIAL,
    *,
    profile: str | None = None,
    readings: Mapping[str, str] | None = None,
    root: Path | None = None,
) -> Trial:
    """A trial ready to screen with; `profile` names a site profile, `readings` switches interpretations."""
    return load_trial_folder(trial_folder(trial, root), profile=profile, readings=readings)


def load_library(root: Path | None = None) -> dict[str, LoadedTrial]:
    """Every trial by its number, with each site profile and its words in every language; nothing is read later.

    Raises CriteriaFilesError with every fault of every trial.
    """
    agent_list()  # a fault there is no trial's, and told once
    allergen_list()
    found: dict[str, LoadedTrial] = {}
    faults: list[CriteriaFault] = []
    for folder in _folders(root):
        try:
            loaded = _loaded(folder)
        except CriteriaFilesError as error:
            faults += error.faults
        else:
            found[loaded.by_profile[None].id] = loaded
    if faults:
        raise CriteriaFilesError(faults)
    return found


def _loaded(folder: Path) -> LoadedTrial:
    if not (folder / TRIAL_FILE).is_file():
        raise CriteriaFilesError([_no_trial_file(folder)])
    found: dict[str | None, Trial] = {}
    faults: list[CriteriaFault] = []
    words = TrialWords(folder)
    try:
        words.read_all()
    except CriteriaFilesError as error:
        faults += error.faults
    for profile in (None, *profile_names(folder)):
        try:
            # What a trial calls things is the same with every profile.
            found[profile] = replace(load_trial_folder(folder, profile=profile), words=words)
        except CriteriaFilesError as error:
            faults += error.faults
    if faults:
        raise CriteriaFilesError(sorted(set(faults), key=in_fault_order))
    return LoadedTrial(folder, found)
