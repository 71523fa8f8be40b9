"""A condition as a tree of words, of which console and pages are drawn; for a patient, with the truth of every node."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from eligibility.dates import Anchors
from eligibility.findings.catalogue import COLLECTIONS, FINDINGS
from eligibility.findings.findings import Findings, ItemFindings
from eligibility.findings.model import Collection
from eligibility.phrases import Phrases
from eligibility.protocol.conditions import (
    AllOf,
    AnyOf,
    Condition,
    Constant,
    FindingLeaf,
    Gap,
    Not,
    Some,
)
from eligibility.requirements import requirement
from eligibility.screening.judging import LeafUse
from eligibility.screening.leaves import evaluate
from eligibility.screening.model import Screening
from eligibility.truth import Truth
from eligibility.wording import ENGLISH, Told, Voice

_Source = Findings | ItemFindings


@dataclass(frozen=True, slots=True)
class ConditionWords:
    """One node of a condition in words, and what stands below it."""

    text: str
    children: tuple[ConditionWords, ...] = ()
    is_open: bool = False
    """Whether the protocol leaves it open."""
    note: Told | None = None
    """Of what is left open, why; a text of the trial, in the language it is in."""
    truth: Truth | None = None
    """What it is for the patient; None where no patient is looked at."""
    found: str = ""
    """Of a leaf, what the patient's record says."""


def condition_words(
    condition: Condition, voice: Voice = ENGLISH, translations: Mapping[str, str] | None = None
) -> ConditionWords:
    """A condition in words; `translations` are the trial's own words in the voice's language."""
    return _Teller(voice, translations or {}).tell(condition, None)


def judged_words(
    screening: Screening, condition: Condition, anchors: Anchors, voice: Voice = ENGLISH
) -> ConditionWords:
    """A condition in words with the truth of every node for the patient, were treatment to start at these anchors.

    The anchors may differ from those of the screening in the planned start only: findings do not know it.
    """
    translations = screening.compiled.trial.words.of(voice.language) if voice != ENGLISH else {}
    phrases = Phrases(replace(screening, anchors=anchors, uses={}), voice)
    return _Judge(voice, translations, phrases).judge(condition, screening.findings)


class _Teller:
    """Says a condition."""

    def __init__(self, voice: Voice, translations: Mapping[str, str]) -> None:
        self.voice, self._translations = voice, translations

    def tell(self, condition: Condition, collection: Collection | None) -> ConditionWords:
        """The words of a condition, about the record or about an item of a list."""
        if isinstance(condition, Some):
            inner = COLLECTIONS[condition.collection]
            return replace(
                self.node(condition, None), children=(self.tell(condition.where, inner),)
            )
        node = self.node(condition, collection)
        return replace(
            node, children=tuple(self.tell(each, collection) for each in parts(condition))
        )

    def node(self, condition: Condition, collection: Collection | None) -> ConditionWords:
        """The words of a condition without what is inside it."""
        say = self.voice.say
        match condition:
            case AllOf() if condition.gaps:
                gap = condition.gaps[0]
                reason = say(f"reason.{gap.reason.value}")
                note = self._note(gap)
                text = say("tree.review", reason=reason, note=note.text)
                return ConditionWords(text, is_open=True, note=note)
            case AllOf():
                return ConditionWords(say("tree.all_of"))
            case AnyOf():
                return ConditionWords(say("tree.any_of"))
            case Not():
                return ConditionWords(say("tree.not"))
            case Some():
                title = self.voice.text(COLLECTIONS[condition.collection].title)
                return ConditionWords(say("tree.some", title=title))
            case Gap():
                note = self._note(condition)
                return ConditionWords(say("tree.gap", note=note.text), is_open=True, note=note)
            case Constant():
                key = "tree.always" if condition.truth is Truth.TRUE else "tree.never"
                return ConditionWords(say(key))
            case _:
                return ConditionWords(self._leaf(condition, collection))

    def _leaf(self, leaf: FindingLeaf, collection: Collection | None) -> str:
        specs = collection.findings if collection else FINDINGS
        return requirement(leaf, specs[leaf.finding].title, Truth.TRUE, self.voice)

    def _note(self, gap: Gap) -> Told:
        translated = self._translations.get(" ".join(gap.note.split()))
        return Told(gap.note, "en") if translated is None else Told(translated, self.voice.language)


class _Judge(_Teller):
    """Says a condition with what each node is for a patient; the meaning of a node is the library's."""

    def __init__(self, voice: Voice, translations: Mapping[str, str], phrases: Phrases) -> None:
        super().__init__(voice, translations)
        self._phrases = phrases

    def judge(self, condition: Condition, source: _Source) -> ConditionWords:
        """The words and the truth of a condition and of everything inside it."""
        collection = source.collection if isinstance(source, ItemFindings) else None
        truth = evaluate(condition, source, self._phrases.anchors)
        node = replace(self.node(condition, collection), truth=truth)
        if isinstance(condition, Some):
            assert isinstance(source, Findings)  # the parser refuses a list inside a list
            return replace(node, children=self._items(condition, source))
        if isinstance(condition, (AllOf, AnyOf, Not)):
            return replace(
                node, children=tuple(self.judge(each, source) for each in parts(condition))
            )
        return replace(node, found=self._found(condition, source, truth))

    def _items(self, some: Some, source: Findings) -> tuple[ConditionWords, ...]:
        """One node for each item of the list, then whether the list is complete."""
        found = []
        for item in source.items(some.collection):
            inner = self.judge(some.where, item)
            name = self.voice.opening(self._phrases.item_name(item))
            found.append(ConditionWords(name, (inner,), truth=inner.truth))
        if not found:
            found.append(ConditionWords(self.voice.say("tree.no_items")))
        is_complete = source.completeness(some.collection).value is not None
        key = "tree.complete" if is_complete else "tree.incomplete"
        return (*found, ConditionWords(self.voice.say(key)))

    def _found(self, leaf: Condition, source: _Source, truth: Truth) -> str:
        if isinstance(leaf, (Gap, Constant)):
            return ""
        finding = source.get(leaf.finding)  # type: ignore[union-attr] # nothing else is left
        use = LeafUse(leaf, source, truth, Truth.TRUE, finding)  # type: ignore[arg-type] # likewise
        if finding.assumed is not None:
            return self._phrases.own(finding.assumed)
        return self._phrases.value(use) or self.voice.say("tree.not_known")


def parts(condition: Condition) -> tuple[Condition, ...]:
    """What is shown below a condition: of a review what it depends on, for the gap is in its own words."""
    match condition:
        case AllOf():
            said = condition.gaps[0] if condition.gaps else None
            return tuple(each for each in condition.children if each is not said)
        case AnyOf():
            return condition.children
        case Not():
            return (condition.child,)
        case _:
            return ()
