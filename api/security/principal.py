"""Who asks: a person or a program, with roles and sites."""

from __future__ import annotations

import re
from dataclasses import dataclass

from api.words import Role

EVERY_SITE = "*"
_LONGEST_NAME = 100
SITE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


@dataclass(frozen=True, slots=True)
class Principal:
    """Someone who is let in; `id` names them in the logs."""

    id: str
    roles: frozenset[Role]
    sites: frozenset[str]
    name: str = ""
    """What people call them, beside the id and never in its place; empty where nobody has said."""

    def sees(self, site: str) -> bool:
        """Whether what belongs to a site exists for this principal."""
        return bool(SITE.fullmatch(site)) and not self.sites.isdisjoint({EVERY_SITE, site})

    def site_for(self, asked: str | None) -> str | None:
        """The site to act for: the one asked for, or the only one there is; None if there is none."""
        if asked is not None:
            return asked if self.sees(asked) else None
        if len(self.sites) == 1 and EVERY_SITE not in self.sites:
            return next(iter(self.sites))
        return None


def display_name(given: object) -> str:
    """A name as one short line that can be stored and printed; empty if it is none."""
    if not isinstance(given, str):
        return ""
    printable = "".join(letter if letter.isprintable() else " " for letter in given)
    return " ".join(printable.split())[:_LONGEST_NAME]


LOCAL = Principal("local", frozenset(Role), frozenset({"local"}))
"""Whoever sits at this machine, while no identity is configured."""
