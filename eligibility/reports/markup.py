"""Elements of a page or a drawing as a tree, so that whatever a patient table says stays text."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

Element = ET.Element

# What XML forbids, and what turns the direction of the text around it: both are shown, never obeyed.
_NOT_TEXT = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
    r"\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)


def clean(text: str) -> str:
    """Text that every reader of XML takes, each forbidden character shown as U+FFFD.

    >>> clean("P1" + chr(0) + chr(0x202E))
    'P1��'
    """
    return _NOT_TEXT.sub("\N{REPLACEMENT CHARACTER}", text)


def element(tag: str, /, *children: Element | str, **attributes: str) -> Element:
    """An element with its children; `class_` is written as class, `aria_label` as aria-label."""
    made = Element(tag, {_attribute(name): clean(value) for name, value in attributes.items()})
    for child in children:
        append(made, child)
    return made


def append(parent: Element, child: Element | str) -> None:
    """Adds an element, or text, behind what the parent holds."""
    if not isinstance(child, str):
        parent.append(child)
    elif len(parent):
        parent[-1].tail = (parent[-1].tail or "") + clean(child)
    else:
        parent.text = (parent.text or "") + clean(child)


def to_html(root: Element) -> str:
    """A whole page."""
    return "<!DOCTYPE html>\n" + ET.tostring(root, encoding="unicode", method="html") + "\n"


def to_xml(root: Element) -> str:
    """A whole drawing."""
    return ET.tostring(root, encoding="unicode") + "\n"


def _attribute(name: str) -> str:
    return name.rstrip("_").replace("_", "-")
