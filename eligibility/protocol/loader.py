"""A trial's folder into a Trial: `trial.yaml`, a file per criterion, the site profile asked for."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from eligibility.errors import CriteriaError, Location, did_you_mean
from eligibility.findings.agents import agent_list
from eligibility.findings.allergens import allergen_list
from eligibility.protocol.criterion_file import KINDS, CriterionReader, read_definitions
from eligibility.protocol.dictionary import Dictionary
from eligibility.protocol.model import (
    Criterion,
    Interpretation,
    Profile,
    Trial,
)
from eligibility.protocol.registry_text import RegistryText, read_registry_text
from eligibility.protocol.site_choices import read_assumptions, read_bands
from eligibility.protocol.trial_words import TrialWords
from eligibility.protocol.worked_cases import read_case_dates
from eligibility.yaml_nodes import CriteriaFilesError, Faults, Node, read_yaml

_TRIAL_ID = re.compile(r"[A-Z0-9][A-Z0-9-]{2,39}")
_CRITERION_FILE = re.compile(r"(inclusion|exclusion)/[\w-]{1,120}\.yaml")
_TRIAL_KEYS = (
    "id",
    "title",
    "source",
    "retrieved",
    "registry_text",
    "no_criteria",
    "case_dates",
    "criteria",
    "interpretations",
    "assumptions",
    "laboratory_bands",
)


class TrialLoader:
    """Reads one trial; every fault of every file is collected before anything is raised."""

    def __init__(
        self,
        folder: Path,
        *,
        profile: str | None = None,
        readings: Mapping[str, str] | None = None,
        with_cases: bool = True,
    ) -> None:
        self.folder = folder
        self.profile_name = profile
        self.overrides = dict(readings or {})
        self.faults = Faults()
        self.dictionary = Dictionary()
        self._with_cases = with_cases
        self._hash = hashlib.sha256()

    def load(self) -> Trial:
        """The trial; raises CriteriaFilesError with every fault found."""
        self._hash.update(agent_list().hashed + allergen_list().hashed)
        root = self._read(self.folder / "trial.yaml")
        parts = root.mapping(_TRIAL_KEYS, ["id", "title", "source", "criteria"]) if root else {}
        registry = read_registry_text(self.folder, parts.get("registry_text"))
        self._hash.update(registry.hashed)
        no_criteria = _no_criteria(parts.get("no_criteria"), registry)
        interpretations = self._interpretations(parts.get("interpretations"))
        self.dictionary.readings = {name: i.reading for name, i in interpretations.items()}
        self.dictionary.declared_readings = {n: i.readings for n, i in interpretations.items()}
        profile = self._profile()
        assumptions = read_assumptions(parts.get("assumptions"))
        reader = CriterionReader(
            self.dictionary,
            registry,
            self.faults,
            read_case_dates(parts.get("case_dates")),
            tuple(self._profile_names()),
            self._with_cases,
        )
        criteria = tuple(self._criteria(parts.get("criteria"), reader))
        bands = tuple(read_bands(parts.get("laboratory_bands")))
        if not self.faults.found:
            self._unused(interpretations)
        title, source = (self._sentence(parts.get(key)) for key in ("title", "source"))
        trial_id = self._trial_id(parts.get("id"))
        self.faults.raise_if_any()
        self._hash.update(repr(sorted(self.overrides.items())).encode())
        return Trial(
            id=trial_id,
            title=title,
            source=source,
            criteria=criteria,
            interpretations=interpretations,
            assumptions={**assumptions, **(profile.assumptions if profile else {})},
            bands=bands,
            profile=profile,
            profiles=tuple(self._profile_names()),
            rules_hash=self._hash.hexdigest(),
            overridden=tuple(f"{name}={reading}" for name, reading in self.overrides.items()),
            words=TrialWords(self.folder),
            no_criteria=no_criteria,
        )

    def _read(self, path: Path) -> Node | None:
        shown = path.relative_to(self.folder).as_posix()
        node = read_yaml(path, self.faults, shown=shown)
        if node is not None:
            self._hash.update(shown.encode() + b"\0" + path.read_bytes() + b"\0")
        return node

    def _trial_id(self, node: Node | None) -> str:
        """The number that decisions are logged under, which no second trial of a library can have."""
        if node is None:
            return ""
        text = node.sentence()
        if text and not _TRIAL_ID.fullmatch(text):
            hint = "write it in capital letters, digits and hyphens, such as NCT06731140"
            node.fault("the id is not a registry number", hint, "trial_id")
        elif text and self.folder.resolve().name != text.lower():
            hint = f"correct the id, or name the folder {text.lower()}"
            message = "the id is not the name of the trial's folder in capitals"
            node.fault(message, hint, "trial_folder")
        return text

    @staticmethod
    def _sentence(node: Node | None) -> str:
        return node.sentence() if node else ""

    def _interpretations(self, node: Node | None) -> dict[str, Interpretation]:
        found: dict[str, Interpretation] = {}
        for name, child in (node.mapping() if node else {}).items():
            keys = ["question", "reading", "readings", "source"]
            parts = child.mapping(keys, keys)
            if len(parts) < len(keys):
                continue
            readings = {key: value.sentence() for key, value in parts["readings"].mapping().items()}
            chosen = self.overrides.get(name, parts["reading"].text())
            if chosen not in readings:
                hint = did_you_mean(chosen, readings)
                message = f'unknown reading "{chosen}" of {name}'
                parts["reading"].fault(message, hint, "unknown_reading")
            question, source = parts["question"].sentence(), parts["source"].sentence()
            found[name] = Interpretation(name, question, chosen, readings, source, child.at)
        for name in self.overrides:
            if name not in found:
                self.faults.add(
                    Location("trial.yaml"),
                    f'unknown interpretation "{name}"',
                    did_you_mean(name, found),
                    "unknown_interpretation",
                )
        return found

    def _profile_names(self) -> list[str]:
        return profile_names(self.folder)

    def _profile(self) -> Profile | None:
        if self.profile_name is None:
            return None
        names = self._profile_names()
        if self.profile_name not in names:
            self.faults.add(
                Location("profiles"),
                f'unknown site profile "{self.profile_name[:60]}"',
                did_you_mean(self.profile_name, names),
                "unknown_profile",
            )
            return None
        node = self._read(self.folder / "profiles" / f"{self.profile_name}.yaml")
        if node is None:
            return None
        required = ["title", "source", "definitions"]
        parts = node.mapping([*required, "assumptions"], required)
        if any(key not in parts for key in required):
            return None
        definitions = read_definitions(parts["definitions"], self.dictionary)
        self.dictionary.profile = definitions
        self.dictionary.used_in_profile = tuple(self.dictionary.used_definitions)
        return Profile(
            self.profile_name,
            parts["title"].sentence(),
            parts["source"].sentence(),
            definitions,
            read_assumptions(parts.get("assumptions")),
        )

    def _criteria(self, node: Node | None, reader: CriterionReader) -> list[Criterion]:
        criteria: list[Criterion] = []
        seen: set[str] = set()
        files: set[Path] = set()
        entries = node.sequence() if node else []
        if node and node.is_sequence and not entries:
            hint = "list at least one file; without criteria everybody would be eligible"
            node.fault("the trial has no criteria", hint, "no_criteria")
        for entry in entries:
            path = self._criterion_file(entry)
            if path is None:
                continue
            files.add(path)
            root = self._read(path)
            criterion = reader.read(root, path) if root else None
            if criterion is None:
                continue
            if criterion.id in seen:
                hint = "list each file once, and give each criterion its own id"
                entry.fault(f"the id {criterion.id} is used twice", hint, "duplicate_id")
            seen.add(criterion.id)
            criteria.append(criterion)
        if len(criteria) == len(entries) > 0:
            self._forgotten(files)
        return criteria

    def _criterion_file(self, entry: Node) -> Path | None:
        name = entry.text()
        if _CRITERION_FILE.fullmatch(name) and (self.folder / name).is_file():
            return self.folder / name
        near = [p.relative_to(self.folder).as_posix() for p in self.folder.glob("*clusion/*.y*ml")]
        if name in near:
            hint = "rename it, such as INCL01_short_title.yaml"
            message = "a criterion's file is named by letters, digits, _ and -, and ends in .yaml"
            entry.fault(message, hint, "file_name")
            return None
        hint = did_you_mean(name, near) or "criteria stand in the folders inclusion and exclusion"
        entry.fault("no such criterion file", hint, "missing_file")
        return None

    def _forgotten(self, listed: set[Path]) -> None:
        for kind in KINDS:
            for path in sorted((self.folder / kind).glob("*")):
                if path.suffix in (".yaml", ".yml") and path not in listed:
                    self.faults.add(
                        Location(path.relative_to(self.folder).as_posix()),
                        "the file is not listed under criteria in trial.yaml",
                        "list it, or delete it",
                        "forgotten_file",
                    )

    def _unused(self, interpretations: Mapping[str, Interpretation]) -> None:
        for name, interpretation in interpretations.items():
            seen = self.dictionary.readings_seen.get(name)
            if seen is None:
                self.faults.add(
                    interpretation.at,
                    f'the interpretation "{name}" is not used by any criterion',
                    "use it, or delete it",
                    "unused_interpretation",
                )
            elif missing := sorted(set(interpretation.readings) - seen):
                self.faults.add(
                    interpretation.at,
                    f'the reading "{missing[0]}" of {name} is not written in any criterion',
                    "write it, or delete it",
                    "unwritten_reading",
                )


def _no_criteria(node: Node | None, registry: RegistryText) -> dict[str, str]:
    """Sentences of the registry's text that no criterion has to tell, with the reason."""
    found = {}
    for child in node.sequence() if node else []:
        parts = child.mapping(["text", "why"], ["text", "why"])
        if len(parts) == 2:
            found[registry.verbatim(parts["text"])] = parts["why"].sentence()
    return found


def profile_names(folder: Path) -> list[str]:
    """The site profiles that stand in a trial's folder."""
    return sorted(path.stem for path in (folder / "profiles").glob("*.yaml"))


def load_trial_folder(
    folder: Path, *, profile: str | None = None, readings: Mapping[str, str] | None = None
) -> Trial:
    """The trial in a folder; raises CriteriaFilesError with every fault of every file, by folder and file."""
    if not folder.is_dir():
        raise CriteriaError(
            "there is no such trial folder", code="unknown_trial", location=Location(folder.name)
        )
    agent_list()  # its faults are of no trial's folder
    allergen_list()
    try:
        return TrialLoader(folder, profile=profile, readings=readings).load()
    except CriteriaFilesError as error:
        raise error.within(folder) from None
