"""Blocks whose cells are numbers: each distinct text of a column has one, and is told when it is new."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from eligibility.intake.blocks import Block
from eligibility.interned_texts import InternedTexts, NumberedTexts

MOST_TEXTS = 300_000
"""Distinct texts kept over all columns; beyond it everything is forgotten and learnt anew."""


class NumberedBlock(NamedTuple):
    """A block and the numbers of its texts by column."""

    block: Block
    texts: Mapping[int, NumberedTexts]
    generation: int
    """Numbers mean the same only within one generation."""


def numbered(blocks: Iterable[Block], columns: Iterable[int]) -> Iterator[NumberedBlock]:
    """The same blocks in numbers."""
    places = tuple(columns)
    generation = 0
    known = {place: InternedTexts() for place in places}
    for block in blocks:
        if sum(each.count for each in known.values()) > MOST_TEXTS + len(places):
            known = {place: InternedTexts() for place in places}
            generation += 1
        texts = {place: each.number(block.columns[place]) for place, each in known.items()}
        yield NumberedBlock(block, texts, generation)
