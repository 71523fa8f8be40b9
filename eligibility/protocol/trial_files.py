"""The files of a trial's folder as they were at one time, for what looks at them later than they are used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from eligibility.yaml_nodes import MAX_FILE_BYTES


@dataclass(frozen=True, slots=True)
class TrialFiles:
    """Contents by place in the folder; no more of a file than shows that it is too large."""

    name: str
    contents: Mapping[Path, bytes]

    @classmethod
    def read(cls, folder: Path) -> TrialFiles:
        """The files as they are now."""
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        contents = {path.relative_to(folder): _beginning(path) for path in files}
        return cls(folder.resolve().name, contents)

    @contextmanager
    def in_a_folder(self) -> Iterator[Path]:
        """A folder of the same name and content, for as long as it is needed."""
        with TemporaryDirectory() as place:
            folder = Path(place) / self.name
            for path, content in self.contents.items():
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_bytes(content)
            yield folder


def _beginning(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(MAX_FILE_BYTES + 1)
