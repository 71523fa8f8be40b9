"""The words of a trial itself in a reader's language, put together once for a trial and a language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from eligibility.protocol.model import Criterion, Trial
from eligibility.screening.compile import CompiledTrial
from eligibility.wording import ENGLISH, Told, Voice

Foreign = dict[str, None]


class OwnWords:
    """Titles, readings and notes of one trial; criteria are written in English."""

    def __init__(self, trial: Trial, voice: Voice) -> None:
        self._voice = voice
        self._translations: Mapping[str, str] | None = None
        if voice is not ENGLISH:
            self._translations = trial.words.of(voice.language)
        self.title = self.told(trial.title)
        self.titles = {each.id: self.told(each.title) for each in trial.criteria}
        self.readings = {each.id: self._readings(trial, each) for each in trial.criteria}
        """By criterion: the readings in force, and which of them stay in their own language."""

    def told(self, original: str) -> Told:
        """A text translated where there are words for it, and its language."""
        if self._translations is None:
            return Told(original, "en")
        translated = self._translations.get(" ".join(original.split()))
        return (
            Told(original, "en") if translated is None else Told(translated, self._voice.language)
        )

    def within(self, original: str) -> tuple[str, str]:
        """A text as a sentence has it; and the original again where that is what is said, else nothing."""
        if self._translations is None:
            return original, ""
        text, language = self.told(original)
        if language == self._voice.language:
            return text, ""
        return self._voice.say("sentence.original", text=text), text

    def _readings(self, trial: Trial, criterion: Criterion) -> tuple[tuple[str, ...], Foreign]:
        said: list[str] = []
        foreign: Foreign = {}
        for name in criterion.interpretations:
            interpretation = trial.interpretations[name]
            meaning, original = self.within(interpretation.readings[interpretation.reading])
            said.append(self._voice.say("sentence.reading", name=name, meaning=meaning))
            if original:
                foreign[original] = None
        return tuple(said), foreign


@lru_cache(maxsize=64)
def own_words(compiled: CompiledTrial, voice: Voice) -> OwnWords:
    """The words of a trial in a language; they are the same for every patient."""
    return OwnWords(compiled.trial, voice)
