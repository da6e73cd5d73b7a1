"""Named rules: each finds spans of an answer's text that speak for or against depth."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

from analytics.business_case.depth.patterns import (
    LOWERED,
    MONTH,
    NAME,
    PATTERNS,
    TITLE,
    UNSPACED,
    UNSPACED_SIGN,
    WORD_NUMBER,
)
from analytics.business_case.depth.phrases import Found, PhraseTable, Word, phrases, words_of
from analytics.business_case.depth.vocabulary import MARKS, NOT_NAMES

#: An answer says what it has to say in this many characters; the rest of a pasted document is not read.
LONGEST = 4_000
MEASURES = frozenset({"money", "percent", "duration", "ratio", "count", "comparison", "quantity_word"})
WHEN = frozenset({"date", "period", "deadline"})
PEOPLE = frozenset({"person", "honorific", "initial_name", "named_role", "role_with_name"})
#: Words by which a clause is the seller's own, or about companies in general: its numbers say nothing here.
_FOREIGN = frozenset({"seller", "seller_money", "generic_cust"})
#: Numbers that can stand in a row; a count ("6 gates") brings its own word.
_IN_A_ROW = frozenset({"money", "percent", "duration", "ratio", "date", "bare_number"})
_GAP = re.compile(r"[\s.,;/|+]*")
_WORDS_OF_WORK = frozenset({"role", "evidence", "customer", "cause"})

_TABLE = PhraseTable(MARKS)
_NOT_NAMES = frozenset(phrases(NOT_NAMES))
_PAIR = re.compile(
    rf"\b({NAME}) ((?:(?:van|von|de|der|den|da|dos|di|del|el|al|bin|Mc|O['’])\s?){{0,2}}{NAME})"
)
_ONE_NAME = re.compile(rf"\b({NAME})\b")
_SENTENCE = re.compile(r"(?<=[a-zà-ÿ)\"”%0-9])[.!?;]+(?:\s+|$)|\n+|\s+>\s+")
#: A rule is tried only where the text has what each match needs: a digit, a number word, a month, a title.
_NEEDS = {
    **dict.fromkeys(("money", "percent", "comparison", "date", "document", "seller_money"), "d"),
    **dict.fromkeys(("duration", "ratio", "count"), "dn"),
    **dict.fromkeys(("period", "deadline"), "dm"),
    "honorific": "h",
}
_UNSPACED_RUN = re.compile(f"[{UNSPACED_SIGN}]+")
_KINDS = (
    ("d", re.compile(r".*\d")),
    ("n", re.compile(WORD_NUMBER + r"\b")),
    ("m", re.compile(MONTH, re.I)),
    ("h", re.compile(rf"(?:{TITLE})\b", re.I)),
)


@dataclass(frozen=True, slots=True)
class Mark:
    """What one rule found: its name, where, and in which sentence."""

    rule: str
    start: int
    end: int
    text: str
    sentence: int = 0


def find_marks(text: str, words: list[Word] | None = None) -> list[Mark]:
    """All marks in the first 4,000 characters of a text, in order of place.

    Numbers and dates of a sentence about the seller (our price, seats, a demo) or about companies in general
    become `own_number` and `own_date`: they must not speak for the customer.
    """
    text = text[:LONGEST]
    words = words_of(text) if words is None else words
    found = _TABLE.find(words) + _by_pattern(text, words)
    dates = [(start, end) for name, start, end in found if name == "date"]
    found = [one for one in found if not (one[0] in ("count", "ratio", "money") and _overlaps(one, dates))]
    found += _bare_numbers(words, found)
    found = _loosened(text, found)
    found += _persons(text, [(start, end) for name, start, end in found if name == "role"])
    starts = [match.end() for match in _SENTENCE.finditer(text)]
    placed = [(name, start, end, bisect_right(starts, start)) for name, start, end in found]
    ours = {sentence for name, _, _, sentence in placed if name in _FOREIGN}
    marks = [
        Mark(_owned(name) if sentence in ours else name, start, end, text[start:end], sentence)
        for name, start, end, sentence in placed
    ]
    return sorted(marks, key=lambda mark: (mark.start, mark.end, mark.rule))


def _owned(name: str) -> str:
    return "own_number" if name in MEASURES else "own_date" if name in WHEN else name


@lru_cache(maxsize=100_000)
def _kinds_of(word: str) -> str:
    """Whether a word has a digit (d), is a number (n), a month (m) or a title (h)."""
    return "".join(letter for letter, pattern in _KINDS if pattern.match(word))


def _by_pattern(text: str, words: list[Word]) -> list[Found]:
    unspaced = _UNSPACED_RUN.search(text) is not None
    found = _matches(UNSPACED, text) if unspaced else []
    if unspaced:  # the other rules need room around a number
        text = _UNSPACED_RUN.sub(lambda run: " " * len(run.group()), text)
    lowered = text.lower()
    if len(lowered) != len(text):  # a few letters change their length; places must stay those of the text
        lowered = text
    has = set("".join(_kinds_of(word) for word, _, _ in words))
    used = [name for name in PATTERNS if name not in _NEEDS or has.intersection(_NEEDS[name])]
    for name in used:
        found += _matches({name: PATTERNS[name]}, lowered if name in LOWERED else text)
    return found


def _matches(patterns: dict[str, re.Pattern[str]], text: str) -> list[Found]:
    return [
        (name, match.start(), match.end())
        for name, pattern in patterns.items()
        for match in pattern.finditer(text)
    ]


def _bare_numbers(words: list[Word], found: list[Found]) -> list[Found]:
    """Numbers that are no amount, date or page of anything: they say nothing."""
    used = [(start, end) for name, start, end in found if name in PATTERNS]
    return [
        ("bare_number", start, end)
        for word, start, end in words
        if word[0].isdigit() and not _overlaps(("", start, end), used)
    ]


def _loosened(text: str, found: list[Found]) -> list[Found]:
    """Numbers and dates in a row without a word between them become `loose_number`: they tell nothing.

    Three are a row ("EUR 3,000, 12 May, 47"), or two with nothing before or after them.
    """
    rows: list[list[tuple[int, int]]] = []
    for place in _apart(found):
        if rows and _GAP.fullmatch(text, rows[-1][-1][1], place[0]):
            rows[-1].append(place)
        else:
            rows.append([place])
    loose = [row for row in rows if len(row) > 2 or (len(row) == 2 and _alone(text, row[0][0], row[1][1]))]
    places = [place for row in loose for place in row]
    return [
        ("loose_number", *one[1:]) if one[0] in _IN_A_ROW and _overlaps(one, places) else one for one in found
    ]


def _apart(found: list[Found]) -> list[tuple[int, int]]:
    """The places of numbers and dates, in order; of overlapping ones what they cover together."""
    places: list[tuple[int, int]] = []
    for start, end in sorted((start, end) for name, start, end in found if name in _IN_A_ROW):
        if places and start < places[-1][1]:
            places[-1] = (places[-1][0], max(end, places[-1][1]))
        else:
            places.append((start, end))
    return places


def _alone(text: str, start: int, end: int) -> bool:
    before, after = text[:start].rstrip(), text[end:].lstrip()
    return (not before or before[-1] in ".,;") and (not after or after[0] in ".,;")


def _persons(text: str, roles: list[tuple[int, int]]) -> list[Found]:
    """Named persons: two names in a row, or a name beside a role; `named_role` when both stand together."""
    found: list[Found] = []
    for match in _PAIR.finditer(text):
        if _no_name(match.group(1)) or _no_name(match.group(2).split()[-1]):
            continue
        found.append(("person", match.start(), match.end()))
        if any(start - 30 < match.end() and end + 30 > match.start() for start, end in roles):
            found.append(("named_role", match.start(), match.end()))
    for match in _ONE_NAME.finditer(text) if roles else ():
        if _no_name(match.group(1)) or _TABLE.names_of(match.group(1).lower()):
            continue
        if any(_beside(text, match.span(), role) for role in roles):
            found.append(("role_with_name", match.start(), match.end()))
    return found


def _beside(text: str, name: tuple[int, int], role: tuple[int, int]) -> bool:
    """Whether nothing but signs, or "the", stands between a name and a role: "Petra (CFO)", "CFO Petra"."""
    first, second = sorted((name, role))
    between = text[first[1] : second[0]] if first[1] <= second[0] else "overlap"
    return len(between) <= 8 and between.strip(" ,(=:–-/").lower() in ("", "the", "our", "is", "is the")


def _no_name(word: str) -> bool:
    return word in _NOT_NAMES or not _WORDS_OF_WORK.isdisjoint(_TABLE.names_of(word.lower()))


def _overlaps(one: Found, places: list[tuple[int, int]]) -> bool:
    return any(start < one[2] and end > one[1] for start, end in places)
