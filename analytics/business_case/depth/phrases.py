"""Finds the words and phrases of many lists in a text in one pass."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from analytics.business_case.depth.patterns import UNSPACED_SIGN

#: A word in lower case, and where it starts and ends in the text.
Word = tuple[str, int, int]
#: The name of a list, and where one of its phrases starts and ends.
Found = tuple[str, int, int]

_SIGN = re.compile(f"[{UNSPACED_SIGN}]")
_IN_WORD = f"[^\\W_{UNSPACED_SIGN}]"
_WORD = re.compile(rf"[{UNSPACED_SIGN}]|{_IN_WORD}+(?:['’&.\-/]{_IN_WORD}+)*")


def words_of(text: str) -> list[Word]:
    """The words of a text with their places; an apostrophe, hyphen or point inside a word belongs to it.

    A sign of Chinese or Japanese is a word.
    """
    return [
        (found.group().lower().replace("’", "'"), found.start(), found.end())
        for found in _WORD.finditer(text)
    ]


def phrases(text: str) -> list[str]:
    """The words and phrases of one list, which are separated by `;`."""
    return [phrase for phrase in (" ".join(part.split()) for part in text.split(";")) if phrase]


class PhraseTable:
    """Lists of words and phrases (`*` = any ending), ready to be found."""

    def __init__(self, lists: Mapping[str, str]) -> None:
        self._single: dict[str, list[str]] = {}
        self._stems: dict[str, list[tuple[str, str]]] = {}
        self._longer: dict[tuple[str, str], list[tuple[list[str], str]]] = {}
        for name, text in lists.items():
            for phrase in phrases(text):
                self._add(name, phrase)
        self.names_of = lru_cache(maxsize=100_000)(self._names_of)

    def _add(self, name: str, phrase: str) -> None:
        first, *rest = _SIGN.sub(r" \g<0> ", phrase).split()
        if rest:
            # by the first word and the start of the second: most texts then have nothing to compare
            self._longer.setdefault((first, rest[0][:2]), []).append((rest, name))
        elif phrase.endswith("*"):
            self._stems.setdefault(phrase[:2], []).append((phrase[:-1], name))
        else:
            self._single.setdefault(phrase, []).append(name)

    def _names_of(self, word: str) -> tuple[str, ...]:
        word = word.removesuffix("'s")
        stems = [name for stem, name in self._stems.get(word[:2], ()) if word.startswith(stem)]
        return tuple(dict.fromkeys([*self._single.get(word, ()), *stems]))

    def find(self, words: list[Word]) -> list[Found]:
        """Every list that has a word or phrase of the text, once per place."""
        found: dict[Found, None] = {}
        for at, (word, start, end) in enumerate(words):
            for name in self.names_of(word):
                found[(name, start, end)] = None
            following = words[at + 1][0][:2] if at + 1 < len(words) else ""
            for rest, name in self._longer.get((word, following), ()):
                after = words[at + 1 : at + 1 + len(rest)]
                if len(after) == len(rest) and all(map(_same, rest, after)):
                    found[(name, start, after[-1][2])] = None
        return list(found)


def _same(wanted: str, word: Word) -> bool:
    return word[0].startswith(wanted[:-1]) if wanted.endswith("*") else word[0] == wanted
