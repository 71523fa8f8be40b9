"""What a dotted path such as `specimens.1.er_percent` names, read off the record's models."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Any, NamedTuple, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from eligibility.errors import Fault, did_you_mean
from eligibility.patient.meanings import meaning_of
from eligibility.patient.record import PatientRecord
from eligibility.patient.recorded import Listing, Model, Recorded
from eligibility.patient.spelling import Spelled

ANY_NUMBER = "N"
_PATH_LENGTH = 120


class Shape(Enum):
    """How the text of a cell becomes what the record expects at a path."""

    RECORDED = "a value, or the reason why there is none"
    TEXT = "text as it stands"
    TEXTS = "several texts"
    FLAG = "yes or no"
    LISTING = "a whole list in one cell"


class Item(NamedTuple):
    """One item of a list: its number, and the code it is about where the path names that."""

    number: int
    key: str = ""
    code: str = ""


Step = str | Item


@dataclass(frozen=True, slots=True)
class Target:
    """Where in the record's JSON document a cell goes, and how its text is to be read."""

    path: str
    steps: tuple[Step, ...]
    shape: Shape
    item_key: str = ""
    optional: bool = False
    decimal_comma: bool = False
    """The column may write numbers with a decimal comma."""

    @property
    def in_item(self) -> bool:
        """Whether it is a part of an item of a list."""
        return any(isinstance(step, Item) for step in self.steps)


@dataclass(frozen=True, slots=True)
class FieldNote:
    """One column a table may have: its generic path, meaning, and the markers of its type."""

    path: str
    meaning: str
    shape: Shape
    markers: tuple[object, ...]
    owner: type[BaseModel] | None = None
    name: str = ""
    names_the_item: bool = False
    """The field is the code an item is about, which may stand in the path instead of a number."""


class UnknownPathError(Exception):
    """A path that names nothing in the record; the fault says what to write."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


class _Walk(NamedTuple):
    """A path on its way through the models: what has been read, and what is left."""

    path: str
    seen: tuple[str, ...]
    steps: tuple[Step, ...]
    left: tuple[str, ...]

    def on(self, *steps: Step, words: int = 1) -> _Walk:
        return _Walk(
            self.path,
            self.seen + self.left[:words],
            self.steps + steps,
            self.left[words:],
        )


def resolve(path: str) -> Target:
    """What a path names; raises UnknownPathError, whose fault suggests what was meant.

    >>> resolve("labs.anc.value").steps[1]
    Item(number=1, key='test', code='anc')
    """
    words = tuple(path.split("."))
    return _in_model(PatientRecord, _Walk(path, (), (), words))


def _in_model(model: type[Model], walk: _Walk) -> Target:
    if not walk.left:
        raise _group(walk, model.model_fields)
    field = model.model_fields.get(walk.left[0])
    if field is None:
        raise _unknown(walk, model.model_fields)
    return _in_field(field, walk.on(walk.left[0]))


def _in_field(field: FieldInfo, walk: _Walk) -> Target:
    annotation: Any = field.annotation
    if _is(annotation, Recorded):
        return _in_recorded(walk)
    if _is(annotation, Listing):
        return _in_listing(annotation, walk)
    if _is(annotation, Model):
        return _in_model(annotation, walk)
    if (item := item_model(annotation)) is not None:
        return _in_item(item, _longest(field), walk)
    if walk.left:
        raise _unknown(walk, ())
    return Target(walk.path, walk.steps, _plain_shape(annotation), optional=_optional(field))


def _in_recorded(walk: _Walk) -> Target:
    match walk.left:
        case ():
            return Target(walk.path, walk.steps, Shape.RECORDED)
        case ("value",):
            return Target(walk.path, walk.steps, Shape.RECORDED)
        case ("absent",):
            return Target(walk.path, (*walk.steps, "absent"), Shape.TEXT)
        case (("date" | "source") as part,):
            return Target(walk.path, (*walk.steps, part), Shape.TEXT, optional=True)
        case _:
            raise _unknown(walk, Recorded.model_fields)


def _in_listing(annotation: type[Model], walk: _Walk) -> Target:
    items = annotation.model_fields["items"]
    item = _listed(annotation)
    match walk.left:
        case ():
            return Target(walk.path, walk.steps, Shape.LISTING, code_field(item) or "")
        case ("complete",):
            return Target(walk.path, (*walk.steps, "complete"), Shape.FLAG)
        case ("source",):
            return Target(walk.path, (*walk.steps, "source"), Shape.TEXT, optional=True)
        case _:
            return _in_item(item, _longest(items), walk.on("items", words=0))


def _in_item(item: type[Model], longest: int, walk: _Walk) -> Target:
    """Items are numbered from 1; one that carries a code may be named by it, numbered or not."""
    if not walk.left:
        raise _group(walk, (f"1.{name}" for name in item.model_fields))
    key = code_field(item)
    word, words, code = walk.left[0], 1, ""
    if key and not word.isdecimal():
        code = _code(item, key, word)
        if not code:
            raise _unknown(walk, [*_codes(item, key), "1"])
        word = walk.left[1] if len(walk.left) > 1 else ""
        words = 2 if word.isdecimal() else 1
        word = word if words == 2 else "1"
    number = _number(word, longest, walk)
    return _in_model(item, walk.on(Item(number, key if code and key else "", code), words=words))


def _number(word: str, longest: int, walk: _Walk) -> int:
    if word.isascii() and word.isdecimal() and word[0] != "0" and len(word) <= 4:
        number = int(word)
        if number <= longest:
            return number
        raise UnknownPathError(
            Fault(walk.path, "item_number", f"at most {longest} items are kept here")
        )
    raise UnknownPathError(
        Fault(
            walk.path,
            "item_number",
            "items are numbered 1, 2, 3 and so on",
            f'write "{".".join(walk.seen)}.1." and the field',
        )
    )


def _is(annotation: object, kind: type[Model]) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, kind)


def item_model(annotation: object) -> type[Model] | None:
    """The model that a list of models holds."""
    return next(_models_in(annotation), None)


def _models_in(annotation: object) -> Iterator[type[Model]]:
    for part in get_args(annotation):
        if isinstance(part, type) and issubclass(part, Model):
            yield part


def _listed(listing: type[Model]) -> type[Model]:
    return next(_models_in(listing.model_fields["items"].annotation))


def code_field(item: type[Model]) -> str | None:
    """The field that says what an item is about: the one that is required and holds a code."""
    for name, field in item.model_fields.items():
        annotation = field.annotation
        if field.is_required() and isinstance(annotation, type) and issubclass(annotation, StrEnum):
            return name
    return None


def _optional(field: FieldInfo) -> bool:
    return not field.is_required() and field.default is None


def _spelled(item: type[Model], key: str) -> Spelled:
    markers = item.model_fields[key].metadata
    return next(marker for marker in markers if isinstance(marker, Spelled))


def _codes(item: type[Model], key: str) -> list[str]:
    return [str(code) for code in _spelled(item, key).codes]


def _code(item: type[Model], key: str, word: str) -> str:
    code = _spelled(item, key).accepted.get(word)
    return code.value if code else ""


def _longest(field: FieldInfo) -> int:
    return next(
        int(marker.max_length) for marker in field.metadata if hasattr(marker, "max_length")
    )


def _plain_shape(annotation: object) -> Shape:
    if annotation is bool:
        return Shape.FLAG
    if getattr(annotation, "__origin__", None) is tuple:
        return Shape.TEXTS
    return Shape.TEXT


def _unknown(walk: _Walk, names: Iterable[str]) -> UnknownPathError:
    """The nearest path: close by where the walk stopped, then anywhere in the record."""
    here = [".".join((*walk.seen, name)) for name in names]
    nearby = did_you_mean(".".join((*walk.seen, walk.left[0]))[:_PATH_LENGTH], here)
    close = nearby if nearby and nearby.startswith("did you mean") else None
    hint = close or _anywhere(walk.path[:_PATH_LENGTH]) or (nearby if here else None)
    return UnknownPathError(
        Fault(walk.path, "unknown_column", "no field of the record has this name", hint)
    )


def _anywhere(path: str) -> str | None:
    paths = sorted({note.path.replace(f".{ANY_NUMBER}.", ".1.") for note in all_fields()})
    last = path.rpartition(".")[2]
    same_end = next((known for known in paths if known.rpartition(".")[2] == last), None)
    return f'did you mean "{same_end}"?' if same_end else did_you_mean(path, paths)


def _group(walk: _Walk, names: Iterable[str]) -> UnknownPathError:
    examples = ", ".join(f'"{walk.path}.{name}"' for name in list(names)[:3])
    return UnknownPathError(
        Fault(
            walk.path,
            "column_names_a_group",
            "this names a group of fields, not one field",
            f"name one of its fields, such as {examples}",
        )
    )


def all_fields() -> Iterator[FieldNote]:
    """Every column a table may have, in the record's order; `N` stands for a number from 1."""
    return _fields_of(PatientRecord, "")


def _fields_of(model: type[Model], prefix: str) -> Iterator[FieldNote]:
    for name in model.model_fields:
        yield from _notes(model, name, f"{prefix}{name}")


def _notes(owner: type[Model], name: str, path: str) -> Iterator[FieldNote]:
    field = owner.model_fields[name]
    annotation: Any = field.annotation
    meaning = meaning_of(owner, name)
    if _is(annotation, Recorded):
        markers = _markers(annotation.model_fields["value"])
        yield FieldNote(path, meaning, Shape.RECORDED, markers, annotation, "value")
    elif _is(annotation, Listing):
        yield from _notes_on_listing(annotation, meaning, path)
    elif _is(annotation, Model):
        yield from _fields_of(annotation, f"{path}.")
    elif (item := item_model(annotation)) is not None:
        yield from _fields_of(item, f"{path}.{ANY_NUMBER}.")
    else:
        is_code = name == code_field(owner)
        shape = _plain_shape(annotation)
        yield FieldNote(path, meaning, shape, _markers(field), owner, name, is_code)


def _notes_on_listing(listing: type[Model], meaning: str, path: str) -> Iterator[FieldNote]:
    item = _listed(listing)
    key = code_field(item)
    owner, markers = (item, (_spelled(item, key),)) if key else (None, ())
    yield FieldNote(path, meaning, Shape.LISTING, markers, owner, key or "")
    for name in ("complete", "source"):
        yield from _notes(listing, name, f"{path}.{name}")
    yield from _fields_of(item, f"{path}.{ANY_NUMBER}.")


def _markers(field: FieldInfo) -> tuple[object, ...]:
    """What is annotated to a field's type, wherever pydantic keeps it."""
    return (*field.metadata, *_nested_markers(field.annotation))


def _nested_markers(annotation: Any) -> Iterator[object]:
    yield from getattr(annotation, "__metadata__", ())
    for part in get_args(annotation):
        yield from _nested_markers(part)
