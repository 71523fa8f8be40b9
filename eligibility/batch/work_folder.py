"""The folder a run works in, beside the one it is to make, which appears by one rename when all is there."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from pathlib import Path
from typing import IO, Self

from eligibility.batch.errors import BatchError
from eligibility.errors import Location

CHECKPOINT = "checkpoint.json"

_STATE, _WHOLE, _LOCK = "state", "whole", "lock"


class WorkFolder:
    """`.OUT.run` beside OUT: `state` is the run's own, `whole` becomes OUT. One run at a time has it.

    It is held from `with` on. Leaving the `with` lets go of it; it stays where there is a checkpoint to
    go on from.
    """

    def __init__(self, out: Path) -> None:
        self.out = out
        place = Path(os.path.abspath(out))  # noqa: PTH100 - a link in the path stays a link
        self._name = place.name
        self.path = place.parent / f".{place.name}.run"
        self.state = self.path / _STATE
        self.whole = self.path / _WHOLE
        self._lock: IO[bytes] | None = None

    def __enter__(self) -> Self:
        self._refuse_what_is_not_ours()
        self.state.mkdir(parents=True, exist_ok=True)
        lock = (self.path / _LOCK).open("ab")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            is_ours = (self.path / _LOCK).stat().st_ino == os.fstat(lock.fileno()).st_ino
        except (BlockingIOError, FileNotFoundError):
            is_ours = False
        if not is_ours:
            lock.close()
            raise BatchError(
                "another run is writing these results",
                code="run_is_busy",
                location=Location(source=self.out.name),
                hint="wait until it has ended, or name another folder",
            )
        self._lock = lock
        return self

    def __exit__(self, *_: object) -> None:
        if not self.can_go_on:
            self.remove()
        if self._lock is not None:
            self._lock.close()

    @property
    def can_go_on(self) -> bool:
        """Whether there is something that a later run could continue."""
        return (self.state / CHECKPOINT).exists()

    def refuse_what_is_no_folder(self) -> None:
        """Results need a folder, and one that can appear whole: by a rename over what is there."""
        place = self.path.parent / self._name
        if self.out.is_symlink():
            raise self._unfit(
                "the place for the results is a symbolic link",
                code="output_is_a_link",
                hint="name the folder that the link leads to, or a new one",
            )
        if self.out.exists() and not self.out.is_dir():
            raise self._unfit(
                "the folder for the results is a file",
                code="output_is_a_file",
                hint="name another folder",
            )
        if os.path.ismount(place):
            raise self._is_mounted()
        if place.is_dir() and place.samefile(Path.cwd()):
            raise self._unfit(
                "the folder for the results is the one that the command is given in",
                code="output_is_here",
                hint="name a new folder in it, such as --out results",
            )

    def refuse_results_there(self) -> None:
        """Results are never mixed with what is there."""
        if self.out.is_dir() and any(self.out.iterdir()):
            raise self._unfit(
                "the folder for the results is not empty",
                code="output_exists",
                hint="name a new folder, or remove this one; results are never mixed",
            )

    def begin(self) -> None:
        """Empty folders for a new run, of which one can take the place of the results."""
        for folder in (self.state, self.whole):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
        if self.out.is_dir():
            self._try_the_place()

    def forget(self) -> None:
        """There is nothing here to go on from any more."""
        (self.state / CHECKPOINT).unlink(missing_ok=True)

    def clear_all_but(self, *kept: str) -> None:
        """Removes from the results what an earlier attempt to finish has left there."""
        for path in self.whole.iterdir():
            if path.name in kept:
                continue
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()

    def give_out(self) -> None:
        """Lets the results appear, whole and safe on disk."""
        for folder, _, names in os.walk(self.whole):
            for name in names:
                sync(Path(folder) / name)
            sync(Path(folder))
        self.whole.rename(self.out)
        sync(self.path.parent)

    def remove(self) -> None:
        """Ends the run's own folder."""
        shutil.rmtree(self.path, ignore_errors=True)

    def _try_the_place(self) -> None:
        """Does now what the end of the run will do: hours later is too late to find that it cannot."""
        try:
            self.whole.rename(self.out)
        except OSError as error:
            if error.errno == errno.EBUSY:
                raise self._is_mounted() from None
            raise
        self.whole.mkdir()

    def _is_mounted(self) -> BatchError:
        return self._unfit(
            "the folder for the results is where a disk is mounted and cannot be replaced",
            code="output_is_mounted",
            hint="name a new folder in it: the results appear by one rename",
        )

    def _unfit(self, message: str, *, code: str, hint: str) -> BatchError:
        return BatchError(message, code=code, location=Location(source=self._name), hint=hint)

    def _refuse_what_is_not_ours(self) -> None:
        if not self.path.exists():
            return
        ours = {_STATE, _WHOLE, _LOCK}
        if not self.path.is_dir() or not {each.name for each in self.path.iterdir()} <= ours:
            raise BatchError(
                "the place where this run would work is taken by something else",
                code="work_folder_taken",
                location=Location(source=self.path.name),
                hint="move it away, or name another folder for the results",
            )


def sync(path: Path) -> None:
    """Waits until a file or folder is on disk, not only on its way there."""
    place = os.open(path, os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)
