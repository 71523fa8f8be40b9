"""A trial's own texts in the reader's language, with the language that each is in."""

from __future__ import annotations

from collections.abc import Callable

from api.pages.language import Language
from api.screeners import screener_of
from eligibility.protocol.model import Trial
from eligibility.wording import Told
from eligibility.wording.questions import question_in

Teller = Callable[[str], Told]


def teller(trial: Trial, language: Language) -> Teller:
    """Says a text of the trial: translated where it has such words, else as it stands."""
    translations = {} if language == "en" else trial.words.of(language)

    def told(original: str) -> Told:
        translated = translations.get(" ".join(original.split()))
        return Told(original, "en") if translated is None else Told(translated, language)

    return told


def profile_titles(trial: Trial, told: Teller) -> list[tuple[str, Told]]:
    """The site profiles of a trial by name, with their titles."""
    profiles = ((name, screener_of(trial.id, name).trial.profile) for name in trial.profiles)
    return [(name, told(profile.title)) for name, profile in profiles if profile]


class TrialTold:
    """What results name of their trial, in the reader's language: titles of criteria, and questions."""

    def __init__(self, trial: Trial | None, language: Language) -> None:
        told = teller(trial, language) if trial else None
        self.titles = (
            {each.id: told(each.title) for each in trial.criteria} if trial and told else {}
        )
        """By criterion, in the order of the protocol."""
        self._translations = trial.words.of(language) if trial and language != "en" else {}
        self._language = language

    def question(self, written: str) -> Told:
        """A question as it stands in the results."""
        return Told(*question_in(self._language, written, self._translations))
