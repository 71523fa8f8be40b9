"""What a field of the record is called in words, with the item it is in: `Treatment 1: Last dose or fraction`."""

from __future__ import annotations

from api.pages.language import Language
from api.pages.wording import has_words, say
from eligibility.findings.catalogue import FINDINGS
from eligibility.patient.record import PatientRecord
from eligibility.wording import VOICES

_LABS = "labs"
_OWN = {"chart.treatments.agents": "checklist.drugs"}
"""Fields whose words on the form say how to fill them in."""


def value_title(field: str, language: Language, record: PatientRecord | None = None) -> str:
    """The words for a path of the record; the path itself where there are none.

    Which test a laboratory result is of, only the record says.
    """
    steps = field.split(".")
    numbers = [int(step) for step in steps if step.isdigit()]
    if not numbers:
        return _words(steps, language) or field
    place = next(index for index, step in enumerate(steps) if step.isdigit())
    listing = [step for step in steps[:place] if step != "items"]
    inner = [step for step in steps[place + 1 :] if not step.isdigit()]
    item, title = _words(listing, language), _words([*listing, *inner], language)
    if item is None or (inner and title is None):
        return field
    named = f"{item} {numbers[0] + 1}"
    if listing == [_LABS] and record is not None and numbers[0] < len(record.labs):
        named = _test(record.labs[numbers[0]].test.value, language)
        if inner == ["value"]:
            return named
    return say("checklist.within", language, item=named, title=title) if inner else named


def _words(steps: list[str], language: Language) -> str | None:
    key = f"chart.{'.'.join(step for step in steps if step != 'items')}"
    key = _OWN.get(key, key)
    return say(key, language) if has_words(key) else None


def _test(name: str, language: Language) -> str:
    finding = FINDINGS.get(name)
    title = VOICES[language].text(finding.title) if finding else name.replace("_", " ")
    return title[:1].upper() + title[1:]
