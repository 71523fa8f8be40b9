"""The lines at the head and the foot of a checklist, for the page and the PDF."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from api.pages.checklist import Checklist
from api.pages.language import Language, written_date, written_local_time
from api.pages.wording import say


def head_lines(checklist: Checklist, language: Language) -> list[tuple[str, str]]:
    """What stands at the head: names and texts."""
    t: Callable[..., str] = partial(say, language=language)
    start, position = checklist.planned_start, checklist.position
    profile = checklist.profile_title
    site_profile = t("checklist.no_profile")
    if checklist.profile:
        site_profile = f"{checklist.profile}{f' ({profile.text})' if profile else ''}"
    lines = [
        (t("checklist.protocol"), checklist.trial),
        (t("checklist.subject"), checklist.subject or t("checklist.no_subject")),
        (t("checklist.site"), checklist.site or t("checklist.to_fill_in")),
        (t("checklist.protocol_title"), checklist.title.text),
        (t("checklist.as_of"), written_date(checklist.as_of, language)),
        (t("checklist.profile"), site_profile),
        (t("checklist.start"), written_date(start, language) or t("checklist.no_start")),
        (t("checklist.valid_until"), _valid_until(checklist, language)),
        (t("checklist.rules"), checklist.rules_hash),
        (t("checklist.input"), checklist.input_hash),
        (t("checklist.source"), checklist.source or t("checklist.source_changed")),
        (t("checklist.entry"), position.entry_hash if position else t("checklist.preview")),
    ]
    if position is not None:
        moment = written_local_time(position.recorded_at, language, checklist.zone)
        told = t("checklist.recorded_at", moment=moment, actor=position.actor)
        lines.append((t("checklist.recorded", number=position.sequence), told))
    # No record of a trial says its version, and none of a patient says who these are.
    blanks = ("checklist.version", "checklist.physician", "checklist.consenting")
    return [*lines, *((t(each), t("checklist.to_fill_in")) for each in blanks)]


def _valid_until(checklist: Checklist, language: Language) -> str:
    """Until which start the result holds, or why no day stands here."""
    if checklist.valid_until:
        return written_date(checklist.valid_until, language)
    key = "checklist.no_end" if checklist.planned_start else "checklist.no_start"
    return say(key, language)


def foot_lines(checklist: Checklist, language: Language) -> tuple[str, ...]:
    """What stands at the foot of every page: what it is, of what, and by which rules."""
    t: Callable[..., str] = partial(say, language=language)
    position = checklist.position
    what = (
        t("checklist.recorded", number=position.sequence) + f" · {position.entry_hash[:16]}"
        if position
        else t("checklist.preview")
    )
    foot = t(
        "checklist.foot",
        trial=checklist.trial,
        version=checklist.engine_version,
        rules=checklist.rules_hash[:16],
        input=checklist.input_hash[:16],
        as_of=written_date(checklist.as_of, language),
    )
    return foot, f"{what} · {t('checklist.support')}"
