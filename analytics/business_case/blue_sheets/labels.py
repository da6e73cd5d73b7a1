"""Knows a sheet's labels by a vocabulary (labels.toml), conservatively: a wrong place is worse than none."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cache, lru_cache
from pathlib import Path


@dataclass(frozen=True)
class Label:
    """What a label stands for: a group of labels.toml and the meaning within it."""

    family: str
    key: str


class Trust(IntEnum):
    """How far to go in recognising a label; the more a text looks like a label, the further."""

    EXACT = 0  # the vocabulary's own wording
    SPELT = 1  # with slips of the pen, or an addition in brackets
    CLOSE = 2  # two names for one thing ("Competition / alternatives")
    OPEN = 3  # a new wording with the words that tell ("Which pain makes them act?")


_STAKEHOLDERS = Label("answer", "stakeholders")
#: "Decision makers and influencers": two names for the people who matter
_PEOPLE_AND_POWER = {_STAKEHOLDERS, Label("section", "influence")}
_BAD_NEWS = {Label("answer", "gotchas"), Label("section", "red_flag")}
_LISTED_APART = {
    *("influence", "red_flag", "strength", "action", "information_needed", "competition", "win_result"),
    "ideal_customer",
}
_UNKNOWN = Label("", "")
_DATE = Label("head", "dated")
#: Families that are looked for where nothing else is known.
ANYWHERE = ("answer", "section", "head", "role", "other")
_VOCABULARY = Path(__file__).with_name("labels.toml")

_NUMBERING = re.compile(r"^\W*(?:\(?\d{1,2}(?:\.\d{1,2})*[.):]|\d\.\d|\(?[A-Za-z][.)])\s+")
_PREFIX = re.compile(
    r"^\W*(?:(?:q|question|frage|step|schritt|part|teil|section|no|nr|box|field|pregunta|f)\W{0,2}\d{1,2}\W*\s"
    r"|(?:[A-Z]|EB|DC|DP|PP|IP|CH|CE)\s*[-–:=]\s+)\s*",
    re.IGNORECASE,
)
_JOINTS = re.compile(r"\s*[/|&+,;]\s*|\s+(?:and|or|und|oder|et|ou|y|o|vs\.?|incl\.?)\s+", re.IGNORECASE)
_HEADING_OF_PART = re.compile(r"\s*:\s+|\s+[-–—]\s+")
_COUNT_BEHIND = re.compile(r"(?<=[^\W\d])\s*#?\d{1,2}$")
_BRACKETS = re.compile(r"[(\[<{][^)\]>}]*[)\]>}]")
#: "Origin of the pain" asks for the origin
_OF_THE_PROBLEM = re.compile(
    r"\b(?:of|for|behind|to|with)\s+(?:the|this|that|their|our)\s+(?:pain|problem|challenge|issue)\w*"
    r"|\b(?:could|might|may|can|would) cause\b"
)
_WHO = re.compile(r"\W*(?:\d+\W+)?(?:who|whom|wer|wen|qui|quien)\b")
_ABOUT_PEOPLE = ("stakeholders", "influence", "competition", "action", "budget")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def after_prefix(text: str) -> int:
    """How long a line's counting beginning is ("Q3: ", "Step 2 - "), 0 if it has none."""
    found = _PREFIX.match(text)
    return found.end() if found else 0


def folded(text: str) -> str:
    """Lower case without accents."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


@lru_cache(20_000)
def canonical(text: str) -> str:
    """A label's words as they are compared: no numbering, small words, plural s, signs."""
    text = _CAMEL.sub(" ", text) if " " not in text.strip() else text
    words = re.findall(r"[^\W_]+", _spelt_out(folded(_NUMBERING.sub("", text))))
    kept = [word for word in words if word not in word_list("small")] or words
    return " ".join(_singular(word) for word in kept)


def _spelt_out(text: str) -> str:
    """ "what's", "we're" and "don't" without what the apostrophe leaves out."""
    return re.sub(r"'(?:s|re|ll|ve)(?= )", "", text.replace("n't ", " not "))


def _singular(word: str) -> str:
    if word.endswith("sses"):
        return word[:-2]
    if len(word) > 5 and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


@cache
def _groups() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(_VOCABULARY.read_text(encoding="utf-8"))


@cache
def word_list(name: str) -> frozenset[str]:
    """One of the plain word lists of labels.toml ('small', 'instruction', 'unfilled', 'nothing')."""
    return frozenset(_groups()["words"][name])


@cache
def _table(family: str) -> dict[str, str]:
    """Canonical wording -> meaning, of one family. The first of two equal wordings counts."""
    table: dict[str, str] = {}
    for key, wordings in _groups()[family].items():
        for wording in wordings:
            table.setdefault(canonical(wording) or folded(wording).strip(), key)
    return table


@cache
def _loose_table() -> dict[str, Label]:
    """Wording without qualifiers -> label, for what is filled in; a wording of two meanings is left out."""
    table: dict[str, Label | None] = {}
    for family in ("answer", "section"):
        for words, key in _table(family).items():
            label, bare = Label(family, key), _unqualified(words)
            table[bare] = label if table.get(bare, label) == label else None
    return {words: label for words, label in table.items() if label and words}


def _unqualified(words: str) -> str:
    return " ".join(word for word in words.split() if word not in word_list("qualifier"))


@lru_cache(50_000)
def recognise(text: str, families: tuple[str, ...] = ANYWHERE, trust: Trust = Trust.CLOSE) -> Label | None:
    """The meaning of a label, None if it is none or could be two. Families are asked in their order."""
    text = text.strip().rstrip(":?*.… \t")
    if not text or len(text) > 200 or not any(sign.isalpha() or sign in "+-" for sign in text):
        return None
    for reading in _readings(text, trust):
        if found := _exact(reading, families):
            return found
    if trust is Trust.EXACT:
        return None
    if trust > Trust.SPELT and (loose := _loosely(text, families)):
        return loose
    *above, part = _HEADING_OF_PART.split(text)
    if above and all((label := _exact(words, families)) and label.family == "other" for words in above):
        # "MEDDPICC: Metrics"
        return _exact(part, families)
    meant = _compound(text, families) if trust > Trust.SPELT else []
    if len(meant) > 1:
        return _first_of(meant)
    known = next(iter(meant), None) or _misspelt(text, families)
    if known or trust < Trust.OPEN:
        return known
    return _by_wording(text, families) or _by_keywords(text, families)


def _readings(text: str, trust: Trust) -> Iterator[str]:
    """The text as it is, and without numbering, prefix ("Q3:"), bracketed additions and count behind."""
    yield text
    without = _PREFIX.sub("", text)
    if without and without != text:
        yield without
    if trust > Trust.EXACT and (bare := _BRACKETS.sub(" ", without).strip()) and bare != without:
        yield bare
    if trust > Trust.EXACT and (single := _COUNT_BEHIND.sub("", without)) != without:
        yield single


def _exact(text: str, families: tuple[str, ...]) -> Label | None:
    words = canonical(text) or folded(text).strip()
    for family in families:
        # single letters are values of a column, never labels
        if (key := _table(family).get(words)) and (len(words) > 1 or family in ("mode", "degree")):
            return Label(family, key)
    return None


def _loosely(text: str, families: tuple[str, ...]) -> Label | None:
    """A label with or without qualifiers ("Customer problem")."""
    bare = _BRACKETS.sub(" ", _PREFIX.sub("", text))
    if found := _exact(bare, families):
        return found
    words = [word for word in canonical(bare).split() if word not in word_list("filler")]
    label = _loose_table().get(_unqualified(canonical(bare))) or _loose_table().get(" ".join(words))
    return label if label and label.family in families else None


def _compound(text: str, families: tuple[str, ...]) -> list[Label]:
    """What a label of several names means, if most of them are known: several if they disagree."""
    parts = [part for part in _JOINTS.split(_BRACKETS.sub(" ", text)) if part and part.strip()]
    if not 2 <= len(parts) <= 4 or re.search(r"\d", text):
        return []
    by_part = {part: _loosely(part, families) for part in parts}
    known = list(dict.fromkeys(label for label in by_part.values() if label))
    unknown = [part for part, label in by_part.items() if label is None]
    if len(unknown) > len(parts) / 2 or any(len(part.split()) > 3 for part in unknown):
        return []
    if any(folded(part).strip() in word_list("good_news") for part in unknown):  # "Upside and risks"
        return [*known, _UNKNOWN]
    meant = [label for label in known if label.family != "other" and label != _DATE]
    return meant or ([] if unknown else known)


def _first_of(meant: list[Label]) -> Label | None:
    """Whose place a text has that answers two questions ("Budget and timeline"): that of the first named.

    Two lists under one heading stay without a place: nothing says which of its items are which.
    """
    if set(meant) == _PEOPLE_AND_POWER:
        return _STAKEHOLDERS
    about_one_case = all(label.family in ("answer", "section") for label in meant)
    apart = about_one_case and not any(label.key in _LISTED_APART for label in meant)
    return meant[0] if apart or set(meant) == _BAD_NEWS else None


def _misspelt(text: str, families: tuple[str, ...]) -> Label | None:
    """A label with a slip or two of the pen; longer ones bear more."""
    words = canonical(_PREFIX.sub("", text))
    if len(words) < 8:
        return None
    found: dict[Label, int] = {}
    for family in families:
        for wording, key in _table(family).items():
            allowed = _slips(len(wording))
            if abs(len(wording) - len(words)) <= allowed and wording[0] == words[0]:
                slips = _distance(wording, words, allowed)
                if slips <= allowed:
                    label = Label(family, key)
                    found[label] = min(slips, found.get(label, slips))
    best = sorted(found, key=lambda label: found[label])
    if not best or (len(best) > 1 and found[best[0]] == found[best[1]] and best[0].family == best[1].family):
        return None
    return best[0]


def _slips(length: int) -> int:
    return 0 if length < 8 else 1 if length < 14 else 2 if length < 30 else length // 9


def _distance(one: str, other: str, limit: int) -> int:
    """Slips between two words (a swap of neighbours is one); any number above the limit means 'too far'."""
    before, row = list[int](), list(range(len(other) + 1))
    for i, sign in enumerate(one, 1):
        last, before, row = before, row, [i]
        for j, against in enumerate(other, 1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (sign != against))
            if i > 1 and j > 1 and sign == other[j - 2] and one[i - 2] == against:
                best = min(best, last[j - 2] + 1)
            row.append(best)
        if min(row) > limit:
            return limit + 1
    return row[-1]


@cache
def _keywords() -> dict[str, tuple[re.Pattern[str], re.Pattern[str] | None]]:
    """Meaning -> what strongly and what weakly speaks for it."""

    def pattern(words: list[str]) -> re.Pattern[str]:
        return re.compile(r"\b(?:" + "|".join(re.escape(folded(word)) for word in words) + ")")

    groups: dict[str, list[list[str]]] = _groups()["keywords"]  # type: ignore[assignment]
    return {key: (pattern(strong), pattern(weak) if weak else None) for key, (strong, weak) in groups.items()}


def _by_wording(text: str, families: tuple[str, ...]) -> Label | None:
    """A heading that says a known label of several words with a word or two more, in whatever order."""
    words = frozenset(canonical(_BRACKETS.sub(" ", _PREFIX.sub("", text))).split())
    if not 2 <= len(words) <= 7 or re.search(r":|\d|\s[-–—]\s", text.rstrip(" :")):
        return None
    within = [(len(known), label) for known, label in _word_sets(families) if known <= words]
    most = max((count for count, _ in within), default=0)
    meant = {label for count, label in within if count == most}
    return meant.pop() if len(meant) == 1 and len(words) - most <= 2 else None


@cache
def _word_sets(families: tuple[str, ...]) -> list[tuple[frozenset[str], Label]]:
    """The words of every label of several words, except for head data."""
    return [
        (frozenset(wording.split()), Label(family, key))
        for family in families
        if family in ("answer", "section", "other")
        for wording, key in _table(family).items()
        if len(set(wording.split())) > 1
    ]


def _by_keywords(text: str, families: tuple[str, ...]) -> Label | None:
    """A heading of a new wording, if its telling words speak clearly for one meaning."""
    if len(text.split()) > 22 or "answer" not in families:
        return None
    words = _OF_THE_PROBLEM.sub(" ", folded(text))
    scores: dict[str, int] = {}
    asked = list(_keywords().items())
    if _WHO.match(words):
        asked = [(key, found) for key, found in asked if key in _ABOUT_PEOPLE]
    for key, (strong, weak) in asked:
        scores[key] = 2 * bool(strong.search(words)) + (len(set(weak.findall(words))) if weak else 0)
    best, second = sorted(scores, key=lambda key: -scores[key])[:2]
    if scores[best] < 2 or scores[best] - scores[second] < 1:
        return None
    if best == "problem" and scores[second] > 1:  # "What causes the customer's problem?"
        return None
    family = "answer" if best in _groups()["answer"] else "section"
    return Label(family, best) if family in families else None


@cache
def _values(family: str) -> dict[str, str]:
    """Wording -> meaning of a vocabulary of values, small words included: a "key user" is no role."""
    table: dict[str, str] = {}
    for key, wordings in _groups()[family].items():
        for wording in wordings:
            table.setdefault(_plain(wording), key)
    return table


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", folded(text)))


def value_word(text: str, family: str) -> str:
    """What a cell says in a vocabulary of values ('role', 'mode', 'degree'); '' if it is none of them."""
    table = _values(family)
    for words in (_plain(text), _plain(_BRACKETS.sub(" ", text))):
        if words in table:
            return table[words]
    parts = [part for part in _JOINTS.split(text) if part and part.strip()]
    meant = {table.get(_plain(part), "") for part in parts} - {""}
    return meant.pop() if len(meant) == 1 and len(parts) == 2 else ""


def value_words(text: str, family: str) -> list[str]:
    """Several values in one cell ("economic, user"), each once, in the order of the text."""
    found = [value_word(part, family) for part in re.split(r"[/|,;+&\n]|\band\b|\bund\b|\bet\b", text)]
    return list(dict.fromkeys(word for word in found if word))
