"""From a profile to a durable decision: screened beside the event loop, logged, and only then answered."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

from api.entry_documents import receipt
from api.log.append import Appended
from api.log.drafts import DecisionDraft, Draft, document_bytes, drafted, explanation_bytes
from api.log.entry import Entry, sha256
from api.log.errors import IdempotencyConflict
from api.log.screening_log import ScreeningLog
from api.log_keeper import LogKeeper
from api.logs import log
from api.parameters import Caller
from api.screeners import screener_of
from eligibility.dates import anchors
from eligibility.errors import Fault, RecordError
from eligibility.explanation import Explanation, explain
from eligibility.patient.record import read_record
from eligibility.reports.document import to_document

_Result = TypeVar("_Result")
_READERS = 4


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be screened, against what, and when."""

    profile_document: object
    """The patient's profile as parsed JSON."""
    trial: str
    profile: str | None = None
    as_of: str | None = None
    """The day of judgement; today if it is left out."""
    planned_start: str | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision that is logged."""

    document: bytes
    """The explanation with the receipt of its entry."""
    is_new: bool
    """Whether it was logged now; otherwise it was before, under the same key."""
    prepared: Prepared
    """What it was made from, as it is computed now."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A decision with its explanation, before it is logged."""

    draft: DecisionDraft
    explanation: Explanation
    document: bytes
    """The explanation as it is logged and sent."""
    profile: bytes
    """The profile as it is hashed."""


class Desk:
    """Where decisions are made. One thread screens, for more would only wait for each other; a few read the log.

    What takes long has a thread of its own, so that neither screening nor the log waits for it.
    """

    def __init__(self, keeper: LogKeeper, *, today: Callable[[], date]) -> None:
        self._keeper = keeper
        self.today = today
        """The day by which is judged who names none."""
        self._screening = self._reading = self._studying = ThreadPoolExecutor(1)

    @asynccontextmanager
    async def lifespan(self, service: object) -> AsyncIterator[None]:
        """Open the log, and have the threads for as long as the application runs."""
        self._screening = ThreadPoolExecutor(1, "screening")
        self._reading = ThreadPoolExecutor(_READERS, "log-reading")
        self._studying = ThreadPoolExecutor(1, "studying")
        async with self._keeper.lifespan(service):
            try:
                yield
            finally:
                for threads in (self._screening, self._reading, self._studying):
                    threads.shutdown(wait=False, cancel_futures=True)

    @property
    def log(self) -> ScreeningLog:
        """The open log; LogUnavailable if it is not."""
        return self._keeper.log

    async def compute(self, work: Callable[[], _Result]) -> _Result:
        """What takes the processor, away from the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._screening, work)

    async def read(self, work: Callable[[], _Result]) -> _Result:
        """What asks the log's database, away from the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._reading, work)

    async def study(self, work: Callable[[], _Result]) -> _Result:
        """What takes long, one after the other: who asks the same meanwhile finds it done, where it is kept."""
        return await asyncio.get_running_loop().run_in_executor(self._studying, work)

    async def append(self, draft: Draft) -> Appended:
        """Write an entry; returns once it is durable."""
        return await asyncio.wrap_future(self.log.submit(draft))

    async def decide(
        self, order: Callable[[], Order], caller: Caller, *, refine: Refinement | None = None
    ) -> bytes:
        """Screen, log, and answer with the explanation and its entry; the order is read beside the event loop."""
        return (await self.decide_once(order, caller, refine=refine)).document

    async def decide_once(
        self, order: Callable[[], Order], caller: Caller, *, refine: Refinement | None = None
    ) -> Decided:
        """The same, and whether the entry is new."""

        def prepare() -> tuple[Order, Prepared]:
            read = order()
            prepared = prepare_decision(read, caller, self.today())
            return read, replace(prepared, draft=refine(prepared.draft)) if refine else prepared

        read, prepared = await self.compute(prepare)
        appended = await self.append(prepared.draft)
        if appended.is_new:
            return Decided(
                answered(prepared.document, appended.entry), is_new=True, prepared=prepared
            )
        return await self._repeated(read, prepared, caller, appended.entry)

    async def _repeated(
        self, order: Order, prepared: Prepared, caller: Caller, first: Entry
    ) -> Decided:
        """The answer of the first time, made anew or as it was kept; never another one."""
        if sha256(prepared.document) == first.explanation_hash:
            return Decided(answered(prepared.document, first), is_new=False, prepared=prepared)
        # "Today" was another day then.
        then = replace(order, as_of=first.as_of)
        again = await self.compute(lambda: prepare_decision(then, caller, self.today()))
        if sha256(again.document) == first.explanation_hash:
            return Decided(answered(again.document, first), is_new=False, prepared=again)
        kept = await self.read(
            lambda: self.log.reader.document(first.sequence, "explanation", sites=caller.sites)
        )
        if kept is not None:
            return Decided(answered(kept, first), is_new=False, prepared=prepared)
        raise IdempotencyConflict(
            f"this was decided as entry {first.sequence}, by other criteria or another version of the"
            " software: its answer cannot be given again",
            code="answer_not_repeatable",
            hint=f"GET /v1/log/{first.sequence} shows the entry; a new key screens anew",
        )


Refinement = Callable[[DecisionDraft], DecisionDraft]


def prepare_decision(order: Order, caller: Caller, today: date) -> Prepared:
    """Screen and explain; everything that is pure computation."""
    screener = screener_of(order.trial, order.profile)
    record = read_record(order.profile_document)
    dates = anchors(order.as_of or today.isoformat(), order.planned_start)
    explanation = explain(screener.screen(record, dates))
    if alarm := explanation.screening.alarm:
        log("engine_alarm", logging.ERROR, code=alarm.code)
    content = explanation_bytes(to_document(explanation))
    profile = profile_bytes(order.profile_document)
    draft = drafted(
        explanation,
        actor=caller.actor,
        actor_name=caller.name,
        site=caller.site,
        profile_document=profile,
        explanation_document=content,
        idempotency_key=caller.key,
        request_hash=_request_hash(order, profile) if caller.key else None,
    )
    return Prepared(draft, explanation, content, profile)


def profile_bytes(document: object) -> bytes:
    """A profile in one spelling: what its hash in the log is over."""
    assert isinstance(document, dict)  # a record was read from it
    try:
        return document_bytes(document)
    except ValueError:  # an infinite number, half a character: no field of a record takes them
        raise RecordError(
            [Fault("", "not_storable", "the profile holds what is no text or number")]
        ) from None


def _request_hash(order: Order, profile: bytes) -> str:
    """What an idempotency key stands for: the request as it was sent."""
    asked: dict[str, Any] = {
        "trial": order.trial.upper(),
        "profile": order.profile,
        "as_of": order.as_of,
        "planned_start": order.planned_start,
        "input": sha256(profile),
    }
    return sha256(document_bytes(asked))


def answered(explanation: bytes, entry: Entry) -> bytes:
    """The explanation as it was hashed, with the receipt of its entry as one more key at its end."""
    told = json.dumps(receipt(entry), ensure_ascii=False, separators=(",", ":")).encode()
    return b'%s,"entry":%s}' % (explanation[:-1], told)
