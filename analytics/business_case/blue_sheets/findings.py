"""Collects what is found in a document, and which paragraphs found a place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from analytics.business_case.blue_sheets.blocks import Line
from analytics.business_case.blue_sheets.sheet import Fact


@dataclass
class Findings:
    """Facts and head data so far. `used` holds the paragraphs that are a fact, a label or head data."""

    language: str = ""
    #: most of the document is grey, so grey says nothing
    grey: bool = False
    facts: list[Fact] = field(default_factory=list)
    head: dict[str, str] = field(default_factory=dict)
    #: what a title says besides "Blue Sheet"
    title: str = ""
    used: set[int] = field(default_factory=set)

    def use(self, *lines: Line) -> None:
        """Mark paragraphs as having found their place."""
        self.used.update(line.number for line in lines)

    def say(self, key: str, line: Line) -> None:
        """A head datum; what was said first counts, what is said again is used all the same if it agrees."""
        if self.head.setdefault(key, line.text) == line.text:
            self.use(line)

    def add(
        self, kind: str, lines: Iterable[Line], *, question: str = "", fields: Mapping[str, str] | None = None
    ) -> None:
        """A fact in the words of these lines."""
        kept = list(lines)
        numbers = [line.number for line in kept]
        text = "\n".join(line.text for line in kept)
        self.use(*kept)
        filled = {key: value for key, value in (fields or {}).items() if value}
        self.facts.append(Fact(kind, text, min(numbers), max(numbers), question, filled))
