"""What a page offers to screen against: the trials of the library and their site profiles."""

from __future__ import annotations

from api.pages.language import Language
from api.screeners import screener_of, trial_ids
from eligibility.wording import Told


def trial_choices() -> tuple[tuple[str, str], ...]:
    """Every trial of the library with its title."""
    return tuple((name, screener_of(name).trial.title) for name in trial_ids())


def profile_choices(trial: str, language: Language) -> tuple[tuple[str, Told], ...]:
    """The site profiles of a trial with their titles; none of a trial that is not there."""
    if trial not in trial_ids():
        return ()
    found = []
    for name in screener_of(trial).trial.profiles:
        loaded = screener_of(trial, name).trial
        title = loaded.profile.title if loaded.profile else name
        words = loaded.words.of(language) if language != "en" else {}
        translated = words.get(" ".join(title.split()))
        found.append((name, Told(translated, language) if translated else Told(title, "en")))
    return tuple(found)
