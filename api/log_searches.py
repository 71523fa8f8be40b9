"""What a search of the screening log may ask for, as parameters or as a body, and the page that answers it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.answers.log import EntryPage
from api.bodies import Body
from api.entry_documents import entry_documents
from api.log.entry import Kind
from api.log.reading import MAX_PAGE, LogReader, Search, SearchError
from eligibility.patient.record import SCREENING_ID_PATTERN
from eligibility.protocol.verdict import Decision

_DAY = r"^\d{4}-\d{2}-\d{2}$"
_ID = r"^[A-Z][A-Z0-9_]{0,7}$"
_HASH = r"^[0-9a-f]{64}$"
_KINDS = [kind.value for kind in Kind]
_KindName = Annotated[
    str, Field(pattern=f"^({'|'.join(_KINDS)})$", json_schema_extra={"enum": [*_KINDS]})
]
"""A kind by its name: bodies are read strictly, and take no text for a member of an enumeration."""


class Conditions(BaseModel):
    """What entries must have; all of it. What is left out does not matter."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    kind: _KindName | None = Field(None, description="What sort of entry.")
    trial: str | None = Field(
        None, max_length=60, pattern=r"^[A-Za-z0-9_.-]+$", description="Registry number."
    )
    decision: Literal["eligible", "ineligible", "undetermined"] | None = Field(
        None, description="What was decided then."
    )
    criterion: str | None = Field(
        None, pattern=_ID, description="A criterion that decided, or that a review answers."
    )
    refers_to: int | None = Field(
        None, ge=1, le=2**53, description="Entries that correct or review the one of this number."
    )
    standing: bool | None = Field(
        None,
        description="True: decisions that stand. False: those that were corrected or withdrawn. Either finds nothing"
        " but decisions.",
    )
    input_hash: str | None = Field(
        None, pattern=_HASH, description="SHA-256 of the profile that was screened."
    )
    rules_hash: str | None = Field(None, pattern=_HASH, description="Hash of the rules.")
    recorded_from: str | None = Field(None, pattern=_DAY, description="First day, in UTC.")
    recorded_until: str | None = Field(None, pattern=_DAY, description="Last day, in UTC.")
    order: Literal["newest_first", "oldest_first"] = Field(
        "newest_first", description="Which entries come first."
    )

    def search(self, sites: tuple[str, ...]) -> Search:
        """The search of the log; SearchError for a day that there is not."""
        return Search(
            sites=sites,
            kind=Kind(self.kind) if self.kind else None,
            trial=self.trial.upper() if self.trial else None,
            decision=Decision(self.decision) if self.decision else None,
            criterion=self.criterion,
            refers_to=self.refers_to,
            standing=self.standing,
            input_hash=self.input_hash,
            rules_hash=self.rules_hash,
            recorded_from=_day(self.recorded_from, "recorded_from"),
            recorded_until=_day(self.recorded_until, "recorded_until"),
            oldest_first=self.order == "oldest_first",
            screening_id=getattr(self, "screening_id", None),
        )


class PageParameters(Conditions):
    """A search by parameters. A screening id is no parameter: addresses are written down in too many places."""

    limit: int = Field(50, ge=1, le=MAX_PAGE, description="Most entries of the page.")
    cursor: str | None = Field(
        None, max_length=400, description="`next` of the page before, of the same search."
    )
    site: str | None = Field(
        None,
        max_length=40,
        description="The site it is for. Needed only by who has several.",
    )


class SearchBody(Body, Conditions):
    """A search by a body, where the screening id may be given too."""

    screening_id: str | None = Field(None, pattern=SCREENING_ID_PATTERN)
    limit: int = Field(50, ge=1, le=MAX_PAGE)
    cursor: str | None = Field(None, max_length=400)


def page_document(
    reader: LogReader, search: Search, *, limit: int, cursor: str | None
) -> EntryPage:
    """A page of a search, and where the next one begins; null at the end."""
    page = reader.search(search, limit=limit, cursor=cursor)
    numbers = [entry.sequence for entry in page.entries]
    successors = reader.superseded_by(numbers, sites=search.sites)
    return {"entries": entry_documents(page.entries, successors), "next": page.next_cursor}


def _day(text: str | None, name: str) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise SearchError(f"{name} is no day of the calendar", hint='write "2026-11-21"') from None
