"""A value or the reason why there is none, and lists that say whether they are complete."""

from __future__ import annotations

import re
from typing import Annotated, Any, Generic, Self, TypeVar, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from eligibility.patient.meanings import describe
from eligibility.patient.spelling import Spelled
from eligibility.patient.values import Bounds, When
from eligibility.patient.vocabulary import AbsentReason

T = TypeVar("T")

SHORT_TEXT = 200
LONGEST_LIST = 200
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def one_line(text: str) -> str:
    """A text of the chart in one line; it must not steer the terminal that shows it."""
    if _CONTROL.search(text):
        raise PydanticCustomError(
            "control_characters", "the text holds control characters; write it without them"
        )
    return " ".join(text.split())


Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=SHORT_TEXT),
    AfterValidator(one_line),
]


class Model(BaseModel):
    """Base of every part of a record: strict, frozen, no unknown fields, no NaN."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        hide_input_in_errors=True,
        json_schema_extra=describe,
    )

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        """Itself: nothing in a record can change, and copied defaults were most of an explanation's time."""
        return self


ABSENT_WORDS: dict[str, AbsentReason] = {
    "": AbsentReason.NOT_RECORDED,
    "not recorded": AbsentReason.NOT_RECORDED,
    "unknown": AbsentReason.NOT_RECORDED,
    "pending": AbsentReason.PENDING,
    "awaited": AbsentReason.PENDING,
    "not done": AbsentReason.NOT_DONE,
    "not performed": AbsentReason.NOT_DONE,
    "unreadable": AbsentReason.UNREADABLE,
    "illegible": AbsentReason.UNREADABLE,
    "conflicting": AbsentReason.CONFLICTING,
    "discrepant": AbsentReason.CONFLICTING,
    "未记录": AbsentReason.NOT_RECORDED,
    "不详": AbsentReason.NOT_RECORDED,
    "未知": AbsentReason.NOT_RECORDED,
    "待回报": AbsentReason.PENDING,
    "待出结果": AbsentReason.PENDING,
    "未检测": AbsentReason.NOT_DONE,
    "未检": AbsentReason.NOT_DONE,
    "未做": AbsentReason.NOT_DONE,
    "未查": AbsentReason.NOT_DONE,
    "无法辨认": AbsentReason.UNREADABLE,
    "记录不一致": AbsentReason.CONFLICTING,
    "相互矛盾": AbsentReason.CONFLICTING,
}


# Words for a list that is known to be empty. Of a single value they say nothing that could be relied on:
# neither whether it was looked for, nor that it is zero.
COMPLETE_WORDS = ("none", "none known", "denied", "无")


def absent_reason(text: str) -> AbsentReason | None:
    """The reason a cell gives for being empty, None when it holds something else."""
    return ABSENT_WORDS.get(" ".join(text.lower().replace("_", " ").split()))


def _called(holder: str, parts: tuple[Any, ...]) -> str:
    """The name of `Recorded` or `Listing` of something in the published schema, as `RecordedSex`: stable and short."""
    kind, *said = get_args(parts[0]) or parts
    return holder + next((each.name for each in said if isinstance(each, Bounds)), kind.__name__)


class Recorded(Model, Generic[T]):
    """One recorded value with its date and source, or the reason why it is absent.

    Accepts the bare value (`1`, `"<1"`), a word for its absence (`"pending"`), or the whole object.
    """

    value: T | None = None
    """The value; absent when empty."""
    absent: Annotated[AbsentReason, Spelled(AbsentReason)] | None = None
    """Why there is no value."""
    date: When | None = None
    """When it was observed."""
    source: Text | None = None
    """The document it comes from."""

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """Its name in the published schema."""
        return _called("Recorded", params)

    @model_validator(mode="before")
    @classmethod
    def _accept_the_bare_value(cls, raw: Any) -> Any:
        if isinstance(raw, (dict, Recorded)):
            return raw
        if raw is None:
            return {}
        if isinstance(raw, str) and (reason := absent_reason(raw)):
            return {"absent": reason}
        return {"value": raw}

    @model_validator(mode="after")
    def _value_or_reason(self) -> Recorded[T]:
        if self.value is not None and self.absent is not None:
            raise PydanticCustomError(
                "value_and_absent", "a field holds a value or the reason for its absence, not both"
            )
        return self

    @property
    def why_absent(self) -> AbsentReason:
        """The reason to report when there is no value."""
        return self.absent or AbsentReason.NOT_RECORDED


class NotYetObserved(Recorded[Any]):
    """In place of a value dated after the day of judgement: such a date is impossible, so it is disputed."""

    absent: AbsentReason = AbsentReason.CONFLICTING


class Listing(Model, Generic[T]):
    """A list that says whether it is complete; without that, what it does not hold is unknown.

    Accepts a bare list (not declared complete), `"none"` (complete and empty), or the whole object.
    """

    complete: bool = False
    """True when everything there is has been listed."""
    items: Annotated[tuple[T, ...], Field(max_length=LONGEST_LIST, strict=False)] = ()
    """What is known."""
    source: Text | None = None
    """The document it comes from."""

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """Its name in the published schema."""
        return _called("ListOf", params)

    @model_validator(mode="before")
    @classmethod
    def _accept_the_bare_list(cls, raw: Any) -> Any:
        if raw is None:
            return {}
        if isinstance(raw, (list, tuple)):
            return {"items": raw}
        if isinstance(raw, str):
            return cls._from_word(raw)
        return raw

    @classmethod
    def _from_word(cls, word: str) -> dict[str, Any]:
        if word.strip().lower() in COMPLETE_WORDS:
            return {"complete": True}
        if absent_reason(word):
            return {}
        raise PydanticCustomError(
            "listing_text", 'write a list, or "none" when it is known that there is nothing'
        )
