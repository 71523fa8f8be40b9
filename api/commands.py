"""The commands of the screening log: `eligibility log ...`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from eligibility.errors import EligibilityError

# Everything else is imported inside the commands: `eligibility --help` must not wait for a database.
if TYPE_CHECKING:
    from api.log.checkpoints import Checkpoints
    from api.log.database import Database
    from api.log.keys import LogKey
    from api.log_place import LogPlace
    from api.settings import Settings
    from eligibility.protocol.model import Trial

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Verify, export, back up and look after the screening log.",
)

DatabaseOption = Annotated[
    str | None,
    typer.Option(
        "--database",
        help='Where the log is: "sqlite:///file.db" or "postgresql://user@host/name". Else as the service\'s'
        " settings say, and so for key and checkpoints.",
    ),
]
KeyOption = Annotated[Path | None, typer.Option("--key-file", help="The key that signs the log.")]
CheckpointsOption = Annotated[
    Path | None,
    typer.Option(
        "--checkpoints",
        help="The file of checkpoints; it should lie on another machine's disk.",
    ),
]
SiteOption = Annotated[str, typer.Option("--site", help="The site whose entries are meant.")]
ActorOption = Annotated[str, typer.Option("--actor", help="Who does it; stands in the log.")]


class Export(StrEnum):
    """What can be exported."""

    LOG = "log"
    TI = "ti"
    IE = "ie"


@app.command("create-key")
def create_key(
    file: Annotated[Path, typer.Argument(help="A new file; keep a copy apart from the database.")],
) -> None:
    """Write a new random key that signs the log and hides screening ids."""
    from api.log import keys

    print(f"written: {file.name}, key {keys.create_key(file).key_id}")


@app.command()
def upgrade(*, database: DatabaseOption = None) -> None:
    """Make the tables, or bring them to this version."""
    from api.log_place import open_screening_log

    settings = _settings()
    if database is None and settings.named_log() is None:
        open_screening_log(settings).close()  # the embedded one, which may lack folder and key
    else:
        with _database(_place(database), upgrade=True):
            pass
    print("the tables are up to date")


@app.command()
def verify(
    *,
    database: DatabaseOption = None,
    key_file: KeyOption = None,
    checkpoints: CheckpointsOption = None,
) -> None:
    """Check every entry, the chain, the signed head and the checkpoints; exit status 1 if anything is wrong."""
    from api.log.verify import verify as check

    place = _place(database, key_file, checkpoints)
    key = place.key()
    with _database(place) as opened:
        found = check(opened, key, checkpoints=_checkpoints(place.checkpoints, key))
    for note in found.notes:
        print(f"note: {note}")
    for fault in found.faults:
        print(fault)
    if found.more_faults:
        print(f"and {found.more_faults} more")
    said = "intact" if found.is_intact else "NOT as it was written"
    print(f"{found.entries} entries, {found.checkpoints} checkpoints: the log is {said}")
    if not found.is_intact:
        raise typer.Exit(1)


@app.command()
def checkpoint(
    *,
    database: DatabaseOption = None,
    key_file: KeyOption = None,
    checkpoints: CheckpointsOption = None,
) -> None:
    """Write the present end of the log to the file of checkpoints."""
    from api.log.screening_log import open_log

    place = _place(database, key_file, checkpoints)
    named = _named(place.checkpoints)
    log = open_log(
        place.database, place.key(), checkpoints=named, begin_checkpoints=True, upgrade=False
    )
    log.close()  # which writes it
    print(f"checkpoint at entry {log.head.sequence}")


@app.command()
def restored(
    *,
    database: DatabaseOption = None,
    key_file: KeyOption = None,
    checkpoints: CheckpointsOption = None,
    reason: Annotated[str, typer.Option("--reason", help="Why an older state was restored.")],
) -> None:
    """After restoring a backup: accept its older end, and say so in the checkpoints for good."""
    from api.log.upkeep import accept_restored

    place = _place(database, key_file, checkpoints)
    key = place.key()
    known = _checkpoints(_named(place.checkpoints), key)
    assert known is not None  # _named has made sure
    with _database(place) as opened:
        head = accept_restored(opened, key, known, reason=reason)
    print(f"the log goes on from entry {head.sequence}; the checkpoints tell of what is lost")


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="A new file.")], *, database: DatabaseOption = None
) -> None:
    """Copy the embedded log while it is in use."""
    from api.log.upkeep import back_up

    with _database(_place(database)) as opened:
        back_up(opened, file)
    print(f"written: {file.name}")


@app.command()
def forget(
    *,
    database: DatabaseOption = None,
    key_file: KeyOption = None,
    checkpoints: CheckpointsOption = None,
    site: SiteOption,
    actor: ActorOption,
    older_than: Annotated[
        int,
        typer.Option(
            "--older-than", min=0, max=36_500, help="Days that kept documents may be old."
        ),
    ],
) -> None:
    """Delete kept profiles and explanations that are too old; entries and hashes stay."""
    from api.days import days_ago
    from api.log.screening_log import open_log
    from api.log.upkeep import forget_documents

    before = days_ago(_settings(), older_than)
    place = _place(database, key_file, checkpoints)
    log = open_log(place.database, place.key(), checkpoints=place.checkpoints, upgrade=False)
    try:
        count = forget_documents(log, before=before, actor=actor, site=site)
    finally:
        log.close()
    print(f"{count} documents from before {before:%Y-%m-%d %H:%M} UTC deleted")


@app.command()
def export(
    what: Annotated[Export, typer.Argument(help="The screening log, or SDTM TI or IE, as CSV.")],
    *,
    database: DatabaseOption = None,
    key_file: KeyOption = None,
    site: SiteOption,
    trial: Annotated[str, typer.Option("--trial", help="Registry number, or folder.")],
    profile: Annotated[str | None, typer.Option("--profile", help="Site profile, for TI.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="A new file; else the screen.")] = None,
) -> None:
    """Write the screening log without identifiers, or the SDTM datasets TI and IE."""
    place = _place(database, key_file)
    key = place.key()
    loaded = _trial(trial, profile)
    with _database(place) as opened, _output(out) as stream:
        _export(what, stream, opened, key, site=site, name=trial, trial=loaded)


def _export(
    what: Export,
    stream: TextIO,
    opened: Database,
    key: LogKey,
    *,
    site: str,
    name: str,
    trial: Trial,
) -> None:
    from api.log.exports import by_rules_hash, write_ie, write_log, write_ti
    from api.log.reading import LogReader, Search

    reader = LogReader(opened, key)
    search = Search(sites=(site,), trial=trial.id, oldest_first=True)
    match what:
        case Export.LOG:
            write_log(stream, reader, key, search)
        case Export.TI:
            write_ti(stream, [trial])
        case Export.IE:
            every = by_rules_hash(partial(_trial, name))
            _, nameless = write_ie(stream, reader, search, every)
            if nameless:
                print(f"{nameless} decisions name no subject: not in IE", file=sys.stderr)


def _trial(trial: str, profile: str | None) -> Trial:
    from eligibility.protocol.library import load_trial

    return load_trial(trial, profile=profile)


def _place(
    database: str | None, key_file: Path | None = None, checkpoints: Path | None = None
) -> LogPlace:
    """What the options name; what they leave out is where the service has it."""
    from api.log_place import place_of

    return place_of(_settings(), database=database, key_file=key_file, checkpoints=checkpoints)


def _settings() -> Settings:
    from api.settings import load_settings

    return load_settings(os.environ)


@contextmanager
def _database(place: LogPlace, *, upgrade: bool = False) -> Iterator[Database]:
    from api.log.database import Database

    database = Database(place.database)
    try:
        database.open(upgrade=upgrade)
        yield database
    finally:
        database.close()


def _checkpoints(file: Path | None, key: LogKey) -> Checkpoints | None:
    from api.log.checkpoints import Checkpoints

    return Checkpoints(file, key) if file else None


def _named(file: Path | None) -> Path:
    if file is None:
        raise EligibilityError(
            "no file of checkpoints is named",
            code="checkpoints_not_named",
            hint="give --checkpoints FILE, or set ELIGIBILITY_LOG_CHECKPOINTS",
        )
    return file


@contextmanager
def _output(out: Path | None) -> Iterator[TextIO]:
    """The screen, or a new file that is whole or not there."""
    if out is None:
        yield sys.stdout
        return
    if out.exists():
        raise EligibilityError(
            "the file is there already", code="output_exists", hint="name another"
        )
    partial = out.with_name(f"{out.name}.partial")
    try:
        with partial.open("w", encoding="utf-8", newline="") as stream:
            yield stream
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)
    print(f"written: {out.name}", file=sys.stderr)
