"""`eligibility keys create | list | revoke`: API keys, from the command line only."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from api.words import Role
from eligibility.errors import EligibilityError

if TYPE_CHECKING:
    from api.security.key_store import SqlKeyStore

app = typer.Typer(no_args_is_help=True, help="Create, list and revoke API keys of the service.")


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
) -> None:
    """Make a key and print it: this once, for only its hash is kept."""
    from api.security.authenticator import utc_now
    from api.security.keys import new_key

    _check(name, site)
    now = utc_now()
    shown, key = new_key(
        name, role=role, sites=site, created_at=now, expires_at=now + timedelta(days=days)
    )
    store = _store()
    store.prepare()
    store.add(key)
    typer.echo(f"key {key.id}, {role.value}, valid until {key.expires_at:%Y-%m-%d}", err=True)
    typer.echo(shown)


@app.command("list")
def list_keys() -> None:
    """Print every key ever made, without the keys themselves."""
    from api.security.authenticator import utc_now

    now = utc_now()
    for key in _store().list():
        state = "revoked" if key.revoked_at else "expired" if key.expires_at <= now else "valid"
        sites = ",".join(sorted(key.sites))
        typer.echo(
            f"{key.id}  {state:7}  {key.role.value:12}  until {key.expires_at:%Y-%m-%d}  {sites}  {key.name}"
        )


@app.command("revoke")
def revoke(
    key_id: Annotated[str, typer.Argument(help="The id that `eligibility keys list` shows.")],
) -> None:
    """End a key; running services refuse it within seconds."""
    from api.security.authenticator import utc_now

    if not _store().revoke(key_id, utc_now()):
        raise EligibilityError(
            "no valid key has this id", code="unknown_key", hint="see `eligibility keys list`"
        )
    typer.echo(f"key {key_id} is revoked")


def _check(name: str, sites: list[str]) -> None:
    from api.security.principal import EVERY_SITE, SITE

    if not 0 < len(name) <= 80 or not name.isprintable():
        raise EligibilityError("the name of a key is one line, 80 letters at most", code="key_name")
    if any(site != EVERY_SITE and not SITE.fullmatch(site) for site in sites):
        raise EligibilityError(
            "a site is written in small letters, digits, dashes and underscores, 40 at most",
            code="site_name",
        )


def _store() -> SqlKeyStore:
    from api.security.key_store import SqlKeyStore
    from api.settings import load_settings

    url = load_settings(os.environ).database()
    if url is None:
        raise EligibilityError(
            "no database is configured for the keys",
            code="database_missing",
            hint="set ELIGIBILITY_DATABASE_URL or ELIGIBILITY_DATABASE_URL_FILE",
        )
    return SqlKeyStore.at(url)
