"""What the screening log tells of API keys: an entry at each site that a key opens, of its making and of its end."""

from __future__ import annotations

import os
import pwd
from datetime import UTC, datetime

from api.log.drafts import ConfigurationDraft
from api.log.entry import Kind
from api.log.reading import Search
from api.log.screening_log import ScreeningLog
from api.security.keys import ApiKey
from api.security.principal import EVERY_SITE

CREATED, REVOKED = "key_created", "key_revoked"
"""The events of the entries: the first is written before the key is made, the second after it has ended."""


def tell_created(log: ScreeningLog, key: ApiKey, *, actor_name: str | None) -> None:
    """Write of a key that is about to be made."""
    _write(log, [_draft(CREATED, key, site, key.expires_at, actor_name) for site in _sites(key)])


def tell_revoked(log: ScreeningLog, key: ApiKey, *, actor_name: str | None) -> bool:
    """Write of a key that has ended, at the sites that are not told of it yet; whether there were any."""
    ended = key.revoked_at
    untold = [site for site in _sites(key) if ended and not _is_told(log, REVOKED, key, site)]
    _write(log, [_draft(REVOKED, key, site, ended, actor_name) for site in untold if ended])
    return bool(untold)


def _sites(key: ApiKey) -> list[str]:
    """Where it is told: each site is told for itself, and of no other; of a key of every site all are told at once."""
    return [EVERY_SITE] if EVERY_SITE in key.sites else sorted(key.sites)


def _draft(
    event: str, key: ApiKey, site: str, until: datetime, actor_name: str | None
) -> ConfigurationDraft:
    return ConfigurationDraft(
        actor=_account(),
        actor_name=actor_name,
        site=site,
        event=event,
        changed={
            "key": key.id,
            "role": key.role.value,
            "until": f"{until.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        },
    )


def _write(log: ScreeningLog, drafts: list[ConfigurationDraft]) -> None:
    """Together, as far as one commit takes them."""
    for writing in [log.submit(draft) for draft in drafts]:
        writing.result()


def _is_told(log: ScreeningLog, event: str, key: ApiKey, site: str) -> bool:
    search = Search(
        sites=(site,), kind=Kind.CONFIGURATION, recorded_from=key.created_at.astimezone(UTC).date()
    )
    told = (entry.told for entry in log.reader.every(search))
    return any(each.get("event") == event and each.get("key") == key.id for each in told)


def _account() -> str:
    """The account that runs the command, by its number: what the environment says of it anybody can set."""
    number = os.getuid()
    try:
        return f"account:{pwd.getpwuid(number).pw_name}"
    except KeyError:  # in a container a number may have no name
        return f"account:{number}"
