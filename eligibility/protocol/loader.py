"""A trial's folder into a Trial: `trial.yaml`, one file per criterion, and the site profile asked for."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from eligibility.errors import CriteriaError, Location, did_you_mean
from eligibility.protocol.conditions import Condition
from eligibility.protocol.model import (
    Case,
    Criterion,
    Interpretation,
    Kind,
    Profile,
    Remedy,
    Trial,
)
from eligibility.protocol.nodes import Faults, Node, read_yaml
from eligibility.protocol.parser import ConditionParser, Dictionary
from eligibility.protocol.site_choices import read_assumptions, read_bands
from eligibility.protocol.verdict import Verdict

_CRITERION_ID = re.compile(r"(INCL|EXCL)\d{2,4}")
_KINDS: dict[str, Kind] = {"inclusion": "inclusion", "exclusion": "exclusion"}
_TRIAL_KEYS = (
    "id title source retrieved case_dates criteria interpretations assumptions laboratory_bands".split()
)
_CRITERION_KEYS = "id title text definitions condition if_failed notes cases".split()


class TrialLoader:
    """Reads one trial; every fault of every file is collected before anything is raised."""

    def __init__(
        self, folder: Path, *, profile: str | None = None, readings: Mapping[str, str] | None = None
    ) -> None:
        self.folder = folder
        self.profile_name = profile
        self.overrides = dict(readings or {})
        self.faults = Faults()
        self.dictionary = Dictionary()
        self._hash = hashlib.sha256()

    def load(self) -> Trial:
        """The trial; raises CriteriaFilesError with every fault found."""
        root = self._read(self.folder / "trial.yaml")
        parts = root.mapping(_TRIAL_KEYS, ["id", "title", "source", "criteria"]) if root else {}
        interpretations = self._interpretations(parts.get("interpretations"))
        self.dictionary.readings = {name: i.reading for name, i in interpretations.items()}
        profile = self._profile()
        assumptions = read_assumptions(parts.get("assumptions"))
        self._case_dates = self._dates(parts.get("case_dates"))
        criteria = tuple(self._criteria(parts.get("criteria")))
        bands = tuple(read_bands(parts.get("laboratory_bands")))
        self._unused(interpretations)
        self.faults.raise_if_any()
        self._hash.update(repr(sorted(self.overrides.items())).encode())
        return Trial(
            id=parts["id"].text(),
            title=parts["title"].text(),
            source=" ".join(parts["source"].text().split()),
            criteria=criteria,
            interpretations=interpretations,
            assumptions={**assumptions, **(profile.assumptions if profile else {})},
            bands=bands,
            profile=profile,
            profiles=tuple(self._profile_names()),
            rules_hash=self._hash.hexdigest(),
        )

    def _read(self, path: Path) -> Node | None:
        shown = path.relative_to(self.folder).as_posix()
        node = read_yaml(path, self.faults, shown=shown)
        if node is not None:
            self._hash.update(shown.encode() + b"\0" + path.read_bytes() + b"\0")
        return node

    def _dates(self, node: Node | None) -> tuple[str, str]:
        parts = node.mapping(["as_of", "planned_start"]) if node else {}
        if len(parts) == 2:
            return parts["as_of"].text(), parts["planned_start"].text()
        return "2026-01-05", "2026-01-15"

    def _interpretations(self, node: Node | None) -> dict[str, Interpretation]:
        found: dict[str, Interpretation] = {}
        for name, child in (node.mapping() if node else {}).items():
            keys = ["question", "reading", "readings", "source"]
            parts = child.mapping(keys, keys)
            if len(parts) < len(keys):
                continue
            readings = {key: value.text() for key, value in parts["readings"].mapping().items()}
            chosen = self.overrides.get(name, parts["reading"].text())
            if chosen not in readings:
                parts["reading"].fault(
                    f'unknown reading "{chosen}" of {name}', did_you_mean(chosen, readings), "unknown_reading"
                )
            found[name] = Interpretation(
                name, parts["question"].text(), chosen, readings, parts["source"].text(), child.at
            )
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
        return sorted(path.stem for path in (self.folder / "profiles").glob("*.yaml"))

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
        parts = node.mapping([*required, "definitions", "assumptions"], required)
        if len([key for key in required if key in parts]) < len(required):
            return None
        definitions = self._definitions(parts["definitions"])
        self.dictionary.profile = definitions
        return Profile(
            self.profile_name,
            parts["title"].text(),
            " ".join(parts["source"].text().split()),
            definitions,
            read_assumptions(parts.get("assumptions")),
        )

    def _definitions(self, node: Node | None) -> dict[str, Condition]:
        """Named conditions; each may use those before it."""
        dictionary = self.dictionary
        found: dict[str, Condition] = {}
        for name, child in (node.mapping() if node else {}).items():
            dictionary.definitions = found
            found[name] = ConditionParser(dictionary).condition(child)
        return found

    def _criteria(self, node: Node | None) -> list[Criterion]:
        criteria: list[Criterion] = []
        seen: set[str] = set()
        files: set[Path] = set()
        for entry in node.sequence() if node else []:
            path = self.folder / entry.text()
            if not path.is_file():
                near = [p.relative_to(self.folder).as_posix() for p in self.folder.glob("*/*.yaml")]
                entry.fault("no such criterion file", did_you_mean(entry.text(), near), "missing_file")
                continue
            files.add(path)
            criterion = self._criterion(path)
            if criterion is None:
                continue
            if criterion.id in seen:
                self.faults.add(criterion.at, f"the id {criterion.id} is used twice", code="duplicate_id")
            seen.add(criterion.id)
            criteria.append(criterion)
        self._forgotten(files)
        return criteria

    def _forgotten(self, listed: set[Path]) -> None:
        for kind in _KINDS:
            for path in sorted((self.folder / kind).glob("*.yaml")):
                if path not in listed:
                    self.faults.add(
                        Location(path.relative_to(self.folder).as_posix()),
                        "the file is not listed under criteria in trial.yaml",
                        "list it, or delete it",
                        "forgotten_file",
                    )

    def _criterion(self, path: Path) -> Criterion | None:
        root = self._read(path)
        if root is None:
            return None
        required = ["id", "title", "text", "condition", "if_failed"]
        parts = root.mapping(_CRITERION_KEYS, required)
        if any(key not in parts for key in required):
            return None
        self._check_id(parts["id"], path)
        dictionary = self.dictionary
        dictionary.used_interpretations, dictionary.used_definitions = [], []
        definitions = self._definitions(parts.get("definitions"))
        dictionary.definitions = definitions
        condition = ConditionParser(dictionary).condition(parts["condition"])
        for name, child in (parts["definitions"].mapping() if "definitions" in parts else {}).items():
            if name not in dictionary.used_definitions:
                child.fault(f'the definition "{name}" is not used', "use it, or delete it", "unused_definition")
        dictionary.definitions = {}
        return Criterion(
            id=parts["id"].text(),
            kind=_KINDS.get(path.parent.name, "inclusion"),
            title=parts["title"].text(),
            text=" ".join(parts["text"].text().split()),
            condition=condition,
            if_failed=self._remedy(parts["if_failed"]),
            notes=parts["notes"].text() if "notes" in parts else None,
            interpretations=tuple(dict.fromkeys(dictionary.used_interpretations)),
            definitions=tuple(definitions),
            cases=tuple(self._cases(parts.get("cases"))),
            at=root.at,
        )

    def _check_id(self, node: Node, path: Path) -> None:
        text = node.text()
        if not _CRITERION_ID.fullmatch(text):
            node.fault("an id is INCL or EXCL and two to four digits", code="criterion_id")
            return
        if not path.name.startswith(f"{text}_"):
            node.fault("the file name must start with the id", f'such as "{text}_short_title.yaml"', "file_name")
        wanted = "inclusion" if text.startswith("INCL") else "exclusion"
        if path.parent.name != wanted:
            node.fault(f"a criterion with this id belongs in the folder {wanted}", code="folder")

    @staticmethod
    def _remedy(node: Node) -> Remedy:
        accepted = {remedy.value: remedy for remedy in Remedy}
        if node.text() not in accepted:
            node.fault(f'unknown remedy "{node.text()}"', did_you_mean(node.text(), accepted), "unknown_remedy")
        return accepted.get(node.text(), Remedy.DECIDE)

    def _cases(self, node: Node | None) -> list[Case]:
        keys = ["case", "patient", "verdict", "because", "as_of", "planned_start", "profile"]
        cases: list[Case] = []
        for child in node.sequence() if node else []:
            parts = child.mapping(keys, ["case", "patient", "verdict"])
            if any(key not in parts for key in ("case", "patient", "verdict")):
                continue
            verdicts = {verdict.value: verdict for verdict in Verdict}
            word = parts["verdict"].text()
            if word not in verdicts:
                parts["verdict"].fault(f'unknown verdict "{word}"', did_you_mean(word, verdicts), "unknown_verdict")
                continue
            start = parts["planned_start"].text() if "planned_start" in parts else self._case_dates[1]
            cases.append(
                Case(
                    name=parts["case"].text(),
                    patient=parts["patient"].plain() or {},
                    verdict=verdicts[word],
                    because=parts["because"].text() if "because" in parts else None,
                    as_of=parts["as_of"].text() if "as_of" in parts else self._case_dates[0],
                    planned_start=None if start == "none" else start,
                    profile=parts["profile"].text() if "profile" in parts else None,
                    at=child.at,
                )
            )
        return cases

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
                    code="unwritten_reading",
                )


def load_trial_folder(
    folder: Path, *, profile: str | None = None, readings: Mapping[str, str] | None = None
) -> Trial:
    """The trial in a folder; raises CriteriaFilesError with every fault of every file."""
    if not folder.is_dir():
        raise CriteriaError(
            "there is no such trial folder", code="unknown_trial", location=Location(folder.name)
        )
    return TrialLoader(folder, profile=profile, readings=readings).load()
