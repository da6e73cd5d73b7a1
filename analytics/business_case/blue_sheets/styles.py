"""How a document's named styles look: headings, bold, grey, bullets."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from lxml import etree


@dataclass(frozen=True)
class Look:
    """What of a style or of direct formatting matters for reading; None: not said here."""

    level: int | None = None
    bold: bool | None = None
    italic: bool | None = None
    grey: bool | None = None
    hidden: bool | None = None
    capitals: bool | None = None
    listed: bool | None = None
    depth: int | None = None
    placeholder: bool | None = None

    def over(self, below: Look) -> Look:
        """This look on top of another one: what is not said here is taken from below."""
        said = {name: value for name, value in vars(self).items() if value is not None}
        return replace(below, **said)


PLAIN = Look()
_HEADING = re.compile(r"heading (\d)$", re.IGNORECASE)


class Styles:
    """The styles of one document by their ids."""

    def __init__(self, root: etree._Element | None) -> None:
        self._elements: dict[str, etree._Element] = {}
        self._looks: dict[str, Look] = {}
        self.language = ""
        for element in root if root is not None else ():
            if local(element) == "style":
                self._elements[get(element, "styleId")] = element
            elif local(element) == "docDefaults":
                lang = next((e for e in element.iter() if local(e) == "lang"), None)
                self.language = get(lang, "val") if lang is not None else ""

    def look(self, style: str, depth: int = 0) -> Look:
        """The look of a style, with what it is based on."""
        if style not in self._elements or depth > 12:
            return PLAIN
        if style not in self._looks:
            element = self._elements[style]
            own = _named(value_of(element, "name")).over(direct(element))
            base = self.look(value_of(element, "basedOn"), depth + 1)
            self._looks[style] = own.over(base)
        return self._looks[style]


def _named(name: str) -> Look:
    """What a built-in style's name says. Word keeps these names in English in every language."""
    low = name.casefold()
    if found := _HEADING.search(low):
        return Look(level=int(found.group(1)))
    if low in ("title", "subtitle"):
        return Look(level=1 if low == "title" else 2)
    if low.startswith(("list bullet", "list number")):
        return Look(listed=True, depth=int(low[-1]) - 1 if low[-1].isdigit() else 0)
    return Look(placeholder=True) if low == "placeholder text" else PLAIN


def direct(element: etree._Element) -> Look:
    """The look that an element's own pPr and rPr give it."""
    look = PLAIN
    for properties in element:
        if local(properties) in ("pPr", "rPr"):
            for child in properties:
                look = replace(look, **_property(child))
    return look


def _property(element: etree._Element) -> dict[str, Any]:
    """One formatting element as what it sets."""
    name = local(element)
    if name in _SWITCHES:
        return {_SWITCHES[name]: is_on(element)}
    if name == "outlineLvl":
        level = number(element)
        return {"level": level + 1 if level < 9 else None}
    if name == "color":
        return {"grey": _is_grey(element)}
    if name == "numPr":
        id_ = child(element, "numId")
        level_ = child(element, "ilvl")
        listed = id_ is None or number(id_) != 0
        return {"listed": listed, "depth": number(level_) if level_ is not None else None}
    return {}


_SWITCHES = {"b": "bold", "i": "italic", "vanish": "hidden", "caps": "capitals"}


def _is_grey(color: etree._Element) -> bool:
    """Whether a colour is a light grey, as instructions have it; dark grey is an ordinary text colour."""
    value = get(color, "val")
    if get(color, "themeColor").startswith("background") and get(color, "themeShade"):
        return True
    if len(value) != 6:
        return False
    try:
        red, green, blue = (int(value[i : i + 2], 16) for i in (0, 2, 4))
    except ValueError:
        return False
    return max(red, green, blue) - min(red, green, blue) <= 12 and 0x74 <= red <= 0xE0


def local(element: etree._Element) -> str:
    """An element's name without its namespace, so that strict and transitional files read alike."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def get(element: etree._Element, name: str) -> str:
    """An attribute by its local name, '' if it is missing."""
    for key, value in element.attrib.items():
        if str(key).rpartition("}")[2] == name:
            return str(value)
    return ""


def child(element: etree._Element, name: str) -> etree._Element | None:
    """The first child of a name."""
    return next((c for c in element if local(c) == name), None)


def chosen(alternatives: etree._Element) -> etree._Element:
    """The one branch of alternative contents to read: the first choice."""
    return next(iter(alternatives), alternatives)


def value_of(element: etree._Element, name: str) -> str:
    """The val attribute of the first child of a name, '' if there is none."""
    found = child(element, name)
    return get(found, "val") if found is not None else ""


def is_on(element: etree._Element) -> bool:
    """Whether a switch such as <w:b/> is on."""
    return get(element, "val").lower() not in ("0", "false", "off", "none")


def number(element: etree._Element) -> int:
    """The val attribute as a number, 0 if it is none."""
    value = get(element, "val")
    return int(value) if value.isdigit() else 0
