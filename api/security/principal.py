"""Who asks: a person or a program, with roles and sites."""

from __future__ import annotations

import re
from dataclasses import dataclass

from api.words import Role

EVERY_SITE = "*"
SITE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


@dataclass(frozen=True, slots=True)
class Principal:
    """Someone who is let in; `id` names them in the logs."""

    id: str
    roles: frozenset[Role]
    sites: frozenset[str]

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


LOCAL = Principal("local", frozenset(Role), frozenset({"local"}))
"""Whoever sits at this machine, while no identity is configured."""
