"""Where the screening log is: what settings or options name, or the embedded one in the data folder."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

from sqlalchemy import URL

from api.log.errors import LogSettingsError
from api.log.keys import LogKey, create_key, read_key
from api.log.screening_log import ScreeningLog, open_log
from api.log.settings import LogSettings
from api.settings import Settings

DATABASE, KEY, CHECKPOINTS = "screening-log.db", "log.key", "checkpoints.txt"
"""The files of the embedded log in the data folder."""


@dataclass(frozen=True, slots=True)
class LogPlace:
    """A database with the key and the checkpoints that belong to it."""

    database: str | URL
    key_file: Path | None
    checkpoints: Path | None

    def key(self) -> LogKey:
        """The key, read from its file."""
        if self.key_file is None:
            raise LogSettingsError(
                "no key of the screening log is named",
                code="log_key_not_named",
                hint="give --key-file FILE, or set ELIGIBILITY_LOG_KEY_FILE",
            )
        return read_key(self.key_file)


def place_of(
    settings: Settings,
    *,
    database: str | None = None,
    key_file: Path | None = None,
    checkpoints: Path | None = None,
) -> LogPlace:
    """What is given here, else what the settings name, else the embedded log of the data folder.

    A database that is named never gets the key and checkpoints of the embedded one.
    """
    named = database or settings.named_log()
    key_file = key_file or settings.log_key_file
    checkpoints = checkpoints or settings.log_checkpoints
    if named is not None:
        return LogPlace(named, key_file, checkpoints)
    folder = settings.data_folder.absolute()
    return LogPlace(
        URL.create("sqlite", database=str(folder / DATABASE)),
        key_file or folder / KEY,
        checkpoints or folder / CHECKPOINTS,
    )


def open_screening_log(settings: Settings) -> ScreeningLog:
    """Open the log of the service; the embedded one is made at the first start, with its key."""
    place = place_of(settings)
    if settings.named_log() is None:
        _make_embedded(settings)
    return open_log(
        place.database,
        place.key(),
        settings=log_settings(settings),
        checkpoints=place.checkpoints,
    )


def log_settings(settings: Settings) -> LogSettings:
    """The settings of the service that are the log's own."""
    names = [field.name for field in fields(LogSettings)]
    return LogSettings(**{name: getattr(settings, f"log_{name}") for name in names})


def _make_embedded(settings: Settings) -> None:
    """The folder and the key of a log that is not there yet; a key that was lost is never made anew."""
    folder = settings.data_folder
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise LogSettingsError(
            f"the folder of the screening log cannot be made: {error.strerror}",
            code="data_folder_unusable",
            hint="set ELIGIBILITY_DATA_FOLDER to a folder that the service may write to",
        ) from None
    is_new = not (folder / DATABASE).exists() and not (folder / KEY).exists()
    if is_new and settings.log_key_file is None:
        create_key(folder / KEY)
