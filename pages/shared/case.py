"""Ways to show the business case: levels, marked texts, the same on every page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from analytics.business_case.depth.explain import rule_words
from analytics.wording import LEVELS, is_missing, level_words, plain

#: What other parts of the pages take from here.
__all__ = ["LEVELS", "earned", "level_words", "marked", "spans"]


def marked(text: str, places: Sequence[Sequence[Any]]) -> str:
    """Markdown in which the places (start, end) of a text stand out; the text itself stays as typed."""
    out, at = [], 0
    for start, end in sorted((int(place[-2]), int(place[-1])) for place in places):
        if start < at or end > len(text) or not text[start:end].strip():
            continue
        out += [_lines(text[at:start]), f":blue-background[{plain(text[start:end])}]"]
        at = end
    return "".join([*out, _lines(text[at:])])


def _lines(text: str) -> str:
    """Escaped, with line breaks kept. Of blanks at an end of a line one stays: four would make it code."""
    return "  \n".join(
        " " * line[:1].isspace() + plain(line.strip()) + " " * line[-1:].isspace()
        for line in text.split("\n")
    )


def spans(found: Any) -> list[list[Any]]:
    """The kept spans of a score, [rule, start, end] each; none where it is missing."""
    return [] if is_missing(found) else json.loads(str(found))


def earned(text: str, found: list[list[Any]], level: Any) -> str:
    """Which words earned the level, or kept it low, by rule; '' where none did."""
    said: dict[str, list[str]] = {}
    for rule, start, end in found:
        said.setdefault(rule_words(rule), []).append(text[int(start) : int(end)])
    parts = [f"{words}: {', '.join(dict.fromkeys(texts))}" for words, texts in said.items()]
    if not parts:
        return ""
    low = not is_missing(level) and level < 2
    return ("Kept low by " if low else "Earned by ") + " · ".join(parts)
