"""The patient form as its template draws it: topics, lists and fields with what was typed and what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from api.pages.language import Language
from api.pages.patient_fields import (
    DECLARED,
    HEAD,
    LABS,
    PARTS,
    TOPICS,
    Field,
    Topic,
    asked_of,
    fields,
    fields_of,
    parts_to_say,
    place_of,
    units_of,
)
from api.pages.patient_form import FieldFault, PatientForm
from api.pages.patient_form_parts import Choice, FieldView, GroupView, ListView, TopicView
from api.pages.wording import has_words, say
from eligibility.errors import EligibilityError
from eligibility.findings.catalogue import FINDINGS
from eligibility.found_values import UNSPOKEN
from eligibility.intake.fields import ANY_NUMBER
from eligibility.patient.spelling import normalise
from eligibility.patient.vocabulary import AbsentReason, LabTest
from eligibility.protocol.library import DEFAULT_TRIAL
from eligibility.wording import VOICES

_EXAMPLES = {
    "er_percent": "<1, 1-10 %",
    "pr_percent": "<1, 1-10 %",
    "her2_ihc": "1+, 1-2+",
    "ecog": "1, 1-2",
}
_A_DAY, _DAYS = "2026-11-21", "2026-11-21, 2026-11"
_SAID_BY_NAME = UNSPOKEN | {"Karnofsky points"}
"""What a field's own name says: beside its value the points stand, beside its name they would stand twice."""
_WHOLE_DAYS = ("as_of", "planned_start")
# Names that are written in capitals wherever they stand.
_CAPITALS = {"ct", "mri", "fish", "cish", "sish", "dish", "ngs", "aids"}


class FormView:
    """Draws one form in one language."""

    def __init__(
        self, form: PatientForm, language: Language, faults: Iterable[tuple[str, str]] = ()
    ) -> None:
        self._form, self._language, self._voice = form, language, VOICES[language]
        self._asked = _asked(form)
        self._faults: dict[str, list[str]] = {}
        for name, words in faults:
            self._faults.setdefault(name, []).append(words)
        self._items = _items(form)
        self._parts: dict[str, list[str]] = {}
        for name, text in form.texts.items():
            place = place_of(name)
            if place is not None and place.part and text.strip():
                self._parts.setdefault(place.base, []).append(name)

    def head(self) -> tuple[FieldView, ...]:
        """The id and the dates."""
        return tuple(self._field(fields()[name], name) for name in HEAD)

    def faults_of(self, name: str) -> tuple[str, ...]:
        """What is wrong with a field that is no column."""
        return tuple(self._faults.get(name, ()))

    def topics(self) -> Iterator[TopicView]:
        """Every topic in the order of the chart."""
        for topic in TOPICS:
            yield self._topic(topic)

    def _topic(self, topic: Topic) -> TopicView:
        shown = [name for name in topic.fields if not _is_kept(name, self._form.kept)]
        asked = [name for name in shown if name in self._asked]
        return TopicView(
            topic.name,
            self._say(f"chart.topic.{topic.name}"),
            tuple(self._with_parts(asked)),
            tuple(self._with_parts(name for name in shown if name not in asked)),
            tuple(part for name in shown for part in self._unsaid_parts_of(name)),
            tuple(self._list(path) for path in topic.lists),
            len(shown) < len(topic.fields),
        )

    def _with_parts(self, names: Iterable[str]) -> Iterator[FieldView]:
        for name in names:
            yield self._field(fields()[name], name)
            yield from self._parts_of(name)

    def _parts_of(self, name: str) -> Iterator[FieldView]:
        """The date and the source of a value that stand beside it: those that were filled."""
        for part in PARTS:
            if self._is_beside(name, part):
                yield self._part(f"{name}.{part}", name, part)

    def _unsaid_parts_of(self, name: str) -> Iterator[FieldView]:
        """Those that may be said and are not yet."""
        place = place_of(name)
        assert place is not None  # it is a field of the form
        for part in parts_to_say(place.generic, place.list_path):
            if not self._is_beside(name, part):
                yield self._part(f"{name}.{part}", name, part)

    def _is_beside(self, name: str, part: str) -> bool:
        return name in _ALWAYS_WITH_PARTS or f"{name}.{part}" in self._parts.get(name, ())

    def _part(self, path: str, name: str, part: str) -> FieldView:
        place = place_of(name)
        label = self._label(place.generic if place else name)
        return FieldView(
            path,
            self._say(f"patient.part.{part}", field=label),
            self._form.texts.get(path, ""),
            faults=tuple(self._faults.get(path, ())),
            example=self._say("patient.example", text=_DAYS) if part == "date" else "",
            is_long=part == "source",
        )

    def _list(self, path: str) -> ListView:
        declared = self._declared(path) if path in DECLARED else None
        source = self._source(path) if path in DECLARED else None
        title = self._say(f"chart.{path}")
        if path in self._form.kept:
            return ListView(path, title, None, (), is_kept=True)
        if path == LABS:
            rows = [self._row(item) for item in self._lab_items()]
            usual = [row for row, is_asked in rows if is_asked]
            return ListView(path, title, None, tuple(usual), tuple(r for r, a in rows if not a))
        items = self._items.get(path, [])
        shown = items if items or path not in _OPEN_LISTS else ["1"]
        views = tuple(
            self._item(path, item, f"{title} {n}") for n, item in enumerate(shown, start=1)
        )
        asked = any(name == path or name.startswith(f"{path}.") for name in self._asked)
        asked = asked or bool(items)
        asked = asked or any(each is not None and each.is_used for each in (declared, source))
        return ListView(path, title, declared, views, source=source, is_asked=asked)

    def _declared(self, path: str) -> FieldView:
        name = f"{path}.complete"
        view = self._field(fields()[name], name)
        yes, no = (Choice(each, self._say(f"patient.complete.{each}")) for each in ("yes", "no"))
        return FieldView(view.name, view.label, view.text, (yes, no), faults=view.faults)

    def _source(self, path: str) -> FieldView:
        view = self._field(fields()[f"{path}.source"], f"{path}.source")
        return replace(view, label=self._say("patient.list_source"), is_long=False)

    def _item(self, path: str, item: str, title: str) -> GroupView:
        seen: list[FieldView] = []
        rare: list[FieldView] = []
        found: list[FieldView] = []
        for field in fields_of(path):
            name = field.generic.replace(f".{ANY_NUMBER}.", f".{item}.")
            asked = field.generic.replace(f".{ANY_NUMBER}.", ".") in self._asked
            target = seen if asked or field.name in _ALWAYS else rare
            target.append(self._field(field, name, titled=title))
            target.extend(self._parts_of(name))
            found.extend(self._unsaid_parts_of(name))
        return GroupView(f"{path}.{item}", title, tuple(seen), tuple(rare), tuple(found))

    def _lab_items(self) -> list[str]:
        """Rows in the order in which they were sent, then the other tests."""
        sent = self._items.get(LABS, [])
        return [*sent, *(test.value for test in LabTest if test.value not in sent)]

    def _row(self, item: str) -> tuple[GroupView, bool]:
        test, _, number = item.partition(".")
        title = self._voice.text(FINDINGS[test].title)
        title = f"{title[:1].upper()}{title[1:]}" + (f" ({number})" if number else "")
        view = self._item(LABS, item, title)
        is_asked = any(name.startswith(f"{LABS}.{test}.") for name in self._asked)
        row = GroupView(view.name, title, (*view.fields, *view.more), ())
        return row, is_asked or any(field.is_used for field in row.fields)

    def _field(self, field: Field, name: str, *, titled: str = "") -> FieldView:
        text = self._form.texts.get(name, "")
        choices = tuple(Choice(code, self.code(code)) for code in field.codes)
        reasons = _reasons(self._language) if field.codes and field.has_reasons else ()
        if choices:
            text = _chosen(field, text, reasons)
            if text and text not in {each.value for each in (*choices, *reasons)}:
                choices = (*choices, Choice(text, text))
        is_lab = name.startswith(f"{LABS}.")
        return FieldView(
            name,
            self._label(field.generic),
            text,
            choices,
            reasons,
            tuple(self._faults.get(name, ())),
            "" if is_lab else self._unit(field.unit),
            self._example(field, name),
            field.is_long,
            f"units-{name.split('.')[1]}" if is_lab and field.name == "unit" else "",
        )

    def _example(self, field: Field, name: str) -> str:
        text = "" if field.codes else _EXAMPLES.get(field.name, "")
        if field.is_date:
            text = _A_DAY if name in _WHOLE_DAYS else _DAYS
        return self._say("patient.example", text=text) if text else ""

    def _unit(self, unit: str) -> str:
        if unit == "years":
            return self._say("patient.years")
        return "" if unit in _SAID_BY_NAME else unit

    def _label(self, generic: str) -> str:
        return self._say(f"chart.{generic.replace(f'.{ANY_NUMBER}.', '.')}")

    def code(self, code: str) -> str:
        """A code in words, to stand alone."""
        words = code.upper() if code in _CAPITALS else self._voice.words_of(code)
        return words[:1].upper() + words[1:]

    def _say(self, key: str, **parts: object) -> str:
        return say(key, self._language, **parts)


def fault_words(fault: FieldFault, language: Language) -> tuple[str, str]:
    """What is wrong, in the reader's language where there are words for it; and the language it is in."""
    key = f"fault.{fault.code}"
    if language != "en" and has_words(key):
        return say(key, language), language
    hint = f" ({fault.hint})" if fault.hint else ""
    return f"{fault.message}{hint}", "en"


def _asked(form: PatientForm) -> frozenset[str]:
    """What the criteria ask about; those of the usual trial where the form names one that is not there."""
    try:
        return asked_of(form.trial, form.site_profile or None)
    except EligibilityError:
        return asked_of(DEFAULT_TRIAL, None)


def lab_units() -> Mapping[str, tuple[str, ...]]:
    """Suggestions for the unit of each test."""
    return {test.value: units_of(test.value) for test in LabTest}


_ALWAYS_WITH_PARTS = ("ecog", "reproductive.pregnancy_test")
"""Values whose date and source are asked for beside them: a trial counts the days since."""
_OPEN_LISTS = ("specimens", "treatments", "lesions")
"""Lists that begin with one empty item; the others are most often denied."""
_ALWAYS = ("kind", "code", "site", "date", "type", "agents", "start", "value", "unit")


def _items(form: PatientForm) -> dict[str, list[str]]:
    """The items of each list that the form has, filled or not, and the one that was asked for."""
    found: dict[str, dict[str, None]] = {}
    for name in form.texts:
        place = place_of(name)
        if place is not None and place.item:
            found.setdefault(place.list_path, {})[place.item] = None
    return {path: list(items) for path, items in found.items()}


def _is_kept(name: str, kept: Iterable[str]) -> bool:
    return any(name == unit or name.startswith(f"{unit}.") for unit in kept)


def _chosen(field: Field, text: str, reasons: tuple[Choice, ...]) -> str:
    """The code of what stands in a drop-down, in whichever spelling it came."""
    code = (field.accepted or {}).get(normalise(text))
    if code is not None:
        return code.value
    plain = " ".join(text.replace("_", " ").split()).lower()
    return plain if plain in {each.value for each in reasons} else text.strip()


def _reasons(language: Language) -> tuple[Choice, ...]:
    voice = VOICES[language]
    return tuple(
        Choice(reason.value.replace("_", " "), _capital(voice.words_of(reason.value)))
        for reason in AbsentReason
    )


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
