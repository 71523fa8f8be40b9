"""Text of a table as a page shows it: signs that turn or hide what stands around them are seen, not obeyed."""

from __future__ import annotations

from eligibility.reports.markup import clean


def shown(text: object) -> str:
    """The text with every sign that nobody sees as U+FFFD; for showing only, never for what is sent back.

    >>> shown("invoice" + chr(0x202E) + "vsc.exe")
    'invoice�vsc.exe'
    """
    return clean(str(text))
