"""`eligibility keys create | list | revoke`: API keys, from the command line only; the screening log tells of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from api.words import Role
from eligibility.errors import EligibilityError

if TYPE_CHECKING:
    from api.log.screening_log import ScreeningLog
    from api.security.key_store import SqlKeyStore
    from api.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Create, list and revoke API keys of the service.")

ActorOption = Annotated[
    str | None,
    typer.Option("--actor", help="Who does it; stands in the log beside the account."),
]


@app.command("create")
def create(
    name: Annotated[str, typer.Argument(help="Whose key it is: a person, a team, a program.")],
    *,
    role: Annotated[Role, typer.Option("--role", help="What the key may do.")],
    site: Annotated[
        list[str], typer.Option("--site", help="Site it is for; repeatable; '*' for every site.")
    ],
    days: Annotated[
        int, typer.Option("--days", min=1, max=730, help="Days until the key ends.")
    ] = 365,
    actor: ActorOption = None,
) -> None:
    """Make a key and print it: this once, for only its hash is kept. The screening log tells of it first."""
    from api.key_entries import tell_created
    from api.security.authenticator import utc_now
    from api.security.keys import new_key

    _check(name, site)
    now = utc_now()
    shown, key = new_key(
        name, role=role, sites=site, created_at=now, expires_at=now + timedelta(days=days)
    )
    settings = _settings()
    store = _store(settings)
    # First the log, durable and closed: there is no key that it does not tell of, at worst it tells of one too many.
    with _log(settings) as log:
        store.prepare()  # who may not make it hears so before anything is told
        tell_created(log, key, actor_name=actor)
    store.add(key)
    typer.echo(f"key {key.id}, {role.value}, valid until {key.expires_at:%Y-%m-%d}", err=True)
    typer.echo(shown)


@app.command("list")
def list_keys() -> None:
    """Print every key ever made, without the keys themselves."""
    from api.security.authenticator import utc_now

    now = utc_now()
    for key in _store(_settings()).list():
        state = "revoked" if key.revoked_at else "expired" if key.expires_at <= now else "valid"
        sites = ",".join(sorted(key.sites))
        typer.echo(
            f"{key.id}  {state:7}  {key.role.value:12}  until {key.expires_at:%Y-%m-%d}  {sites}  {key.name}"
        )


@app.command("revoke")
def revoke(
    key_id: Annotated[str, typer.Argument(help="The id that `eligibility keys list` shows.")],
    *,
    actor: ActorOption = None,
) -> None:
    """End a key; running services refuse it within seconds. The screening log tells of it."""
    from api.key_entries import tell_revoked
    from api.security.authenticator import utc_now

    settings = _settings()
    store = _store(settings)
    # First the key: to end one must not wait for a log that is out of order, nor may the log tell of an end too early.
    is_ended = store.revoke(key_id, utc_now())
    key = store.find(key_id)
    if key is None:
        raise _unknown_key()
    try:
        with _log(settings) as log:
            is_told = tell_revoked(log, key, actor_name=actor)
    except EligibilityError as error:
        raise EligibilityError(
            f"the key is revoked, but it is not sure that the screening log tells of it: {error}",
            code="revocation_not_logged",
            hint="once the log can be written, revoke the key again: what is missing there is written then",
        ) from error
    if not is_ended and not is_told:
        raise _unknown_key()
    typer.echo(f"key {key_id} is revoked")


def _unknown_key() -> EligibilityError:
    return EligibilityError(
        "no valid key has this id", code="unknown_key", hint="see `eligibility keys list`"
    )


def _check(name: str, sites: list[str]) -> None:
    from api.security.principal import EVERY_SITE, SITE

    if not 0 < len(name) <= 80 or not name.isprintable():
        raise EligibilityError("the name of a key is one line, 80 letters at most", code="key_name")
    if any(site != EVERY_SITE and not SITE.fullmatch(site) for site in sites):
        raise EligibilityError(
            "a site is written in small letters, digits, dashes and underscores, 40 at most",
            code="site_name",
        )


def _settings() -> Settings:
    from api.settings import load_settings

    return load_settings(os.environ)


def _store(settings: Settings) -> SqlKeyStore:
    from api.security.key_store import SqlKeyStore

    url = settings.database()
    if url is None:
        raise EligibilityError(
            "no database is configured for the keys",
            code="database_missing",
            hint="set ELIGIBILITY_DATABASE_URL or ELIGIBILITY_DATABASE_URL_FILE",
        )
    return SqlKeyStore.at(url)


@contextmanager
def _log(settings: Settings) -> Iterator[ScreeningLog]:
    """The log of the service; its last entry is checkpointed at the end."""
    from api.log_place import open_screening_log

    log = open_screening_log(settings)
    try:
        yield log
    finally:
        log.close()
