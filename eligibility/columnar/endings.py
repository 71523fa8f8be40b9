"""What stands behind the id in a line of results: for most patterns of verdicts the same for every patient."""

from __future__ import annotations

import re
from collections.abc import Sequence

from eligibility.protocol.conditions import depends_on_start
from eligibility.protocol.model import Remedy, Trial
from eligibility.protocol.verdict import Verdict, decide
from eligibility.reports.results import line_of
from eligibility.screening.model import deciding

_PLAIN = re.compile(r"[A-Za-z]\w*", re.ASCII)


class Endings:
    """The rest of the line by pattern of verdicts; None where questions and dates differ between patients."""

    def __init__(self, trial: Trial, *, verdicts_only: bool) -> None:
        self._trial = trial
        self._verdicts_only = verdicts_only
        self._ids = [criterion.id for criterion in trial.criteria]
        self._is_plain = all(_PLAIN.fullmatch(each) for each in self._ids)
        self._known: list[str | None] = []
        self._patterns: Sequence[tuple[Verdict, ...]] = ()

    def known(self, patterns: Sequence[tuple[Verdict, ...]]) -> list[str | None]:
        """The ending of each pattern."""
        if patterns is not self._patterns:
            self._patterns, self._known = patterns, []
        self._known += [self._ending(each) for each in patterns[len(self._known) :]]
        return self._known

    def _ending(self, verdicts: tuple[Verdict, ...]) -> str | None:
        if not self._verdicts_only and not self._is_closed(verdicts):
            return None
        told = (
            decide(verdicts),
            " ".join(deciding(zip(self._ids, verdicts, strict=True))),
            *verdicts,
        )
        cells = told if self._verdicts_only else (*told, "", "", "")
        # Ids and codes are letters, digits and underscores: nothing in them needs a quote.
        return ",".join(cells) if self._is_plain else line_of(cells)

    def _is_closed(self, verdicts: tuple[Verdict, ...]) -> bool:
        """Whether something fails that nothing can change: no question is left, and no start is possible."""
        return any(
            verdict is Verdict.FAIL
            and criterion.if_failed is Remedy.NEVER
            and not depends_on_start(criterion.condition)
            for criterion, verdict in zip(self._trial.criteria, verdicts, strict=True)
        )
