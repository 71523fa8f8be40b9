"""What to find out next, in the order that settles most, and what need not be found out any more."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain

from eligibility.findings.catalogue import COLLECTIONS
from eligibility.findings.findings import ItemFindings
from eligibility.findings.model import UnknownReason
from eligibility.findings.reads import READS
from eligibility.phrases import Phrases
from eligibility.protocol.conditions import Compare, Elapsed, Gap, Includes, OneOf, Some
from eligibility.protocol.verdict import Verdict
from eligibility.screening.judging import LeafUse
from eligibility.screening.model import Screening
from eligibility.screening.proof import reason_of
from eligibility.screening.what_if import WhatIf
from eligibility.truth import Truth

Uses = Mapping[str, tuple[LeafUse, ...]]


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to find out: the fields that would answer it and the criteria it bears on."""

    text: str
    fields: tuple[str, ...]
    reasons: tuple[UnknownReason, ...]
    requirements: tuple[str, ...]
    settles: tuple[str, ...]
    """Criteria that an answer can decide by itself."""
    bears_on: tuple[str, ...]
    """All criteria that wait for it."""


@dataclass(frozen=True, slots=True)
class Settled:
    """Something that is not recorded and need not be: no answer changes anything."""

    title: str
    criteria: tuple[str, ...]


@dataclass(slots=True)
class _Asked:
    """What is gathered about one question."""

    fields: dict[str, None]
    reasons: dict[UnknownReason, None]
    requirements: dict[str, None]
    criteria: dict[str, None]
    reads: set[str]
    """Fields of the record that its findings are read from: whose answer may answer it too."""


def questions(
    screening: Screening, phrases: Phrases, uses: Uses, *, final: bool
) -> tuple[Question, ...]:
    """Every open question; first those that alone can settle most criteria, then in protocol order.

    Of one criterion's, what may answer another comes before it: whether there are CNS metastases before what they do.
    None when the decision is final, that is when something fails that nothing can change.
    """
    if final or screening.alarm is not None:
        return ()
    asked: dict[str, _Asked] = {}
    texts_of: dict[str, set[str]] = defaultdict(set)
    first: dict[tuple[str, ...], str] = {}
    for result in screening.results:
        name = result.criterion.id
        if result.verdict is not Verdict.UNKNOWN:
            continue
        for use in uses[name]:
            if use.truth is not Truth.UNKNOWN:
                continue
            text, fields = _text(use, phrases, name), _fields(use, phrases)
            # One answer fills a field: a result that is missing is not asked for by value and by date.
            text = first.setdefault(fields, text) if fields else text
            texts_of[name].add(text)
            entry = asked.setdefault(text, _Asked({}, {}, {}, {}, set()))
            _gather(entry, use, phrases, name)
    what_if = WhatIf(screening)
    found = [_question(screening, what_if, text, entry, texts_of) for text, entry in asked.items()]
    readers = Counter(chain.from_iterable(entry.reads for entry in asked.values()))

    order = {result.criterion.id: number for number, result in enumerate(screening.results)}

    def place(question: Question) -> tuple[int, int, int, int]:
        own, criterion = asked[question.text].reads, question.bears_on[0]
        helps = max((readers[each] - (each in own) for each in question.fields), default=0)
        return -len(question.settles), -len(question.bears_on), order[criterion], -helps

    return tuple(sorted(found, key=place))


def _gather(entry: _Asked, use: LeafUse, phrases: Phrases, criterion_id: str) -> None:
    finding = use.finding
    entry.fields.update(dict.fromkeys(_fields(use, phrases)))
    entry.reasons[reason_of(use, phrases.anchors)] = None
    entry.criteria[criterion_id] = None
    if not isinstance(use.leaf, Gap | Some) and use.leaf.finding in READS:
        entry.reads.update(READS[use.leaf.finding].fields)
    needed = phrases.requirement(use)
    if needed and finding is not None and not isinstance(use.leaf, Some):
        entry.requirements[needed] = None


def _fields(use: LeafUse, phrases: Phrases) -> tuple[str, ...]:
    if phrases.lacks_start(use):
        return ("planned_start",)
    return use.finding.fields if use.finding is not None else ()


def _text(use: LeafUse, phrases: Phrases, criterion_id: str) -> str:
    """The question in words; a gap of the protocol is a question to the investigator."""
    voice = phrases.voice
    if isinstance(use.leaf, Gap):
        return voice.say("question.gap", criterion=criterion_id, note=phrases.missing(use))
    if isinstance(use.leaf, Some):
        return voice.text(COLLECTIONS[use.leaf.collection].question)
    if phrases.lacks_start(use):
        return voice.say("question.start")
    question = voice.text(use.source.spec(use.leaf.finding).question)
    if isinstance(use.source, ItemFindings):
        item = voice.opening(phrases.item_name(use.source))
        return voice.say("question.item", item=item, question=question)
    return question


def _question(
    screening: Screening,
    what_if: WhatIf,
    text: str,
    entry: _Asked,
    texts_of: Mapping[str, set[str]],
) -> Question:
    settles = tuple(
        name
        for name in entry.criteria
        if texts_of[name] == {text} or _can_settle(screening, what_if, entry, name)
    )
    return Question(
        text=text,
        fields=tuple(entry.fields),
        reasons=tuple(entry.reasons),
        requirements=tuple(entry.requirements),
        settles=settles,
        bears_on=tuple(entry.criteria),
    )


def _can_settle(screening: Screening, what_if: WhatIf, entry: _Asked, criterion_id: str) -> bool:
    criterion = screening.result(criterion_id).criterion
    fields = tuple(entry.fields)
    return len(fields) == 1 and what_if.some_answer_settles(fields[0], criterion)


def settled(
    screening: Screening, phrases: Phrases, uses: Uses, *, final: bool
) -> tuple[Settled, ...]:
    """Unrecorded findings that can no longer matter: to a decided criterion, or to a final decision."""
    open_now = {
        _key(use)
        for result in screening.results
        if result.verdict is Verdict.UNKNOWN and not final
        for use in uses[result.criterion.id]
    }
    found: dict[str, dict[str, None]] = {}
    for leaf, title, criterion_id in _unanswered(screening):
        if leaf not in open_now:
            found.setdefault(title, {})[criterion_id] = None
    text = phrases.voice.text
    return tuple(Settled(text(title), tuple(criteria)) for title, criteria in found.items())


def _key(use: LeafUse) -> str:
    if isinstance(use.leaf, Gap):
        return ""
    return use.leaf.collection if isinstance(use.leaf, Some) else use.leaf.finding


def _unanswered(screening: Screening) -> list[tuple[str, str, str]]:
    """Findings of the record, and lists, that nothing is known about: name, title, criterion."""
    found = []
    for result in screening.results:
        for leaf in screening.compiled.criterion_leaves[result.criterion.id]:
            if isinstance(leaf, Some):
                if screening.findings.completeness(leaf.collection).value is None:
                    title = COLLECTIONS[leaf.collection].title
                    found.append((leaf.collection, title, result.criterion.id))
            elif (
                isinstance(leaf, (Compare, Elapsed, OneOf, Includes))
                and screening.findings.get(leaf.finding).value is None
            ):
                title = screening.findings.spec(leaf.finding).title
                found.append((leaf.finding, title, result.criterion.id))
    return found
