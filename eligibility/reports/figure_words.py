"""What figures say, in a language: the words of charts, the titles of criteria, and questions that were counted."""

from __future__ import annotations

from collections.abc import Sequence

from eligibility.reports.batch_facts import Run
from eligibility.wording import VOICES, Language
from eligibility.wording.questions import question_in


class FigureWords:
    """The words of one run's figures."""

    def __init__(self, run: Run, language: Language) -> None:
        self.language = language
        self._voice = VOICES[language]
        self._run = run

    def say(self, key: str, /, **parts: object) -> str:
        """A sentence of figures; numbers have their thousands apart."""
        written = {
            name: f"{part:,}" if isinstance(part, int) else part for name, part in parts.items()
        }
        return self._voice.say(f"figure.{key}", **written)

    def patients(self, count: int) -> str:
        """So many patients."""
        return self.say("one_patient") if count == 1 else self.say("patients", count=count)

    def label(self, criterion: str) -> str:
        """A criterion by its id and title; a title without translation stays in its own language."""
        title = self._run.titles[criterion]
        if self.language != "en":
            title = self._run.translations.get(" ".join(title.split()), title)
        return f"{criterion}  {title}"

    def question(self, written: str) -> str:
        """A question as it stands in the results."""
        return question_in(self.language, written, self._run.translations)[0]

    def most_often(self, what: str, counts: Sequence[tuple[str, int]], screened: int) -> str:
        """Which criteria come first, and for how many patients, or that none does."""
        most = counts[0][1] if counts else 0
        if not most:
            return self.say(f"none_{what}")
        first = [name for name, count in counts if count == most]
        patients = self.patients(screened)
        if len(first) == 1:
            return self.say(f"{what}_most", criterion=first[0], count=most, patients=patients)
        return self.say(f"several_{what}_most", number=len(first), count=most, patients=patients)
