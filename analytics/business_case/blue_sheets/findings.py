"""Collects what is found in a document, and which paragraphs found a place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from analytics.business_case.blue_sheets.blocks import Line
from analytics.business_case.blue_sheets.labels import folded
from analytics.business_case.blue_sheets.sheet import ANSWER, Fact

#: so many questions in the same order as at the beginning are a second sheet
_SAME_ORDER = 3


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
    #: paragraphs of which a part has found no place
    left: set[int] = field(default_factory=set)
    #: where the sheet names another id, deal or account than before, by which of them it is
    renamed: dict[str, int] = field(default_factory=dict)

    def use(self, *lines: Line) -> None:
        """Mark paragraphs as having found their place."""
        self.used.update(line.number for line in lines)

    def say(self, key: str, line: Line) -> None:
        """A head datum; what was said first counts, what is said again is used all the same if it agrees."""
        if self._names_another_deal(key, line.text):
            self.renamed.setdefault(key, line.number)
        if self.head.setdefault(key, line.text) == line.text:
            self.use(line)

    def _names_another_deal(self, key: str, text: str) -> bool:
        """Whether a sheet that has said something about its deal now names a different one."""
        said, again = (folded(words).strip(" .") for words in (self.head.get(key, ""), text))
        answered = any(fact.kind == ANSWER for fact in self.facts)
        differs = bool(said) and said not in again and again not in said
        return key in ("deal_id", "deal_name", "account") and answered and differs

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

    def leave_next_deal(self) -> None:
        """Take back all from where another deal begins: a wrong deal's facts are worse than none."""
        starts = [*self._starts_by_name(), *self._starts_by_order()]
        if starts:
            first = min(starts)
            self.facts = [fact for fact in self.facts if fact.last_paragraph < first]
            self.used = {number for number in self.used if number < first}

    def _starts_by_name(self) -> list[int]:
        """Where another deal is named: by two of its names, or by one and a question is answered again."""
        if not self.renamed:
            return []
        first = min(self.renamed.values())
        before = {fact.question for fact in self.facts if fact.kind == ANSWER and fact.paragraph < first}
        after = {fact.question for fact in self.facts if fact.kind == ANSWER and fact.paragraph > first}
        return [first] if len(self.renamed) > 1 or before & after else []

    def _starts_by_order(self) -> list[int]:
        """Where the questions are answered all over again, in the order of the beginning."""
        answers = sorted((fact.paragraph, fact.question) for fact in self.facts if fact.kind == ANSWER)
        asked = [one for at, one in enumerate(answers) if not at or one[1] != answers[at - 1][1]]
        order = [question for _, question in asked]
        start = order[:_SAME_ORDER]
        if len(set(start)) < _SAME_ORDER:
            return []
        again = (at for at in range(1, len(order)) if order[at : at + _SAME_ORDER] == start)
        return [asked[at][0] for at in again][:1]
