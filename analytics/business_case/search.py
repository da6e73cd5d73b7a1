"""Full-text search over answers and Blue Sheets, as of a day, with the places of what was found."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import pandas as pd

from analytics.store.database import Store

_WORDS_IN_SQL = 4
_PART = re.compile(r'(-?)"([^"]+)"|(-?)(\S+)')


@dataclass(frozen=True)
class Asked:
    """What a person typed: words that must stand at the start of a word, phrases, and what must not occur."""

    wanted: tuple[str, ...]
    unwanted: tuple[str, ...]

    @property
    def pattern(self) -> re.Pattern[str] | None:
        """Where the wanted words stand in a folded text."""
        if not self.wanted:
            return None
        return re.compile("|".join(rf"(?<![^\W_]){re.escape(word)}[^\W_]*" for word in self.wanted))


def folded(text: str) -> str:
    """Lower case without accents, of the same length as the text."""
    return text.lower() if text.isascii() else "".join(_fold(sign) for sign in text)


_SPECIAL = {"ł": "l", "ø": "o", "đ": "d", "ı": "i", "ß": "s"}


@lru_cache(maxsize=10_000)
def _fold(sign: str) -> str:
    low = sign.lower()[:1] or sign
    return _SPECIAL.get(low) or unicodedata.normalize("NFD", low)[0]


def asked_for(typed: str) -> Asked:
    """Words, "exact phrases" and -exclusions in what a person typed."""
    wanted: list[str] = []
    unwanted: list[str] = []
    for match in _PART.finditer(folded(typed)):
        text = " ".join((match[2] or match[4] or "").split())
        if text:
            (unwanted if match[1] or match[3] else wanted).append(text)
    return Asked(tuple(dict.fromkeys(wanted)), tuple(dict.fromkeys(unwanted)))


def search(
    store: Store, typed: str, as_of_end: datetime, *, deal_ids: set[str] | None = None
) -> pd.DataFrame:
    """What answers and Blue Sheets say about the words typed, best first.

    Columns: kind ('answer' or 'sheet'), deal_id (NULL: a sheet without a deal), question, text, valid_at,
    author, document_id, paragraph, place, `hits` (list of [start, end] in text), `n_hits`. All words must
    occur, each at the start of a word; accents and case do not matter. `deal_ids` keeps only those deals.
    """
    asked = asked_for(typed)
    pattern = asked.pattern
    in_sql = sorted(asked.wanted, key=len, reverse=True)[:_WORDS_IN_SQL]
    words = {f"word{n + 1}": in_sql[n] if n < len(in_sql) else "" for n in range(_WORDS_IN_SQL)}
    rows = store.query("search_texts", as_of_end=as_of_end, **words) if pattern else pd.DataFrame()
    if deal_ids is not None and len(rows):
        rows = rows[rows["deal_id"].isin(deal_ids)]
    if pattern is None or rows.empty:
        return pd.DataFrame(columns=[*_COLUMNS, "hits", "n_hits"])
    texts = rows["text"].map(folded)
    texts = texts[[_matches(asked, text) for text in texts]]
    hits = texts.map(lambda text: [list(m.span()) for m in pattern.finditer(text)])
    rows = rows.loc[texts.index].assign(hits=hits.astype(object), n_hits=hits.map(len))
    order = rows.assign(is_sheet=rows["kind"] == "sheet")
    order = order.sort_values(
        ["n_hits", "is_sheet", "valid_at"], ascending=[False, True, False], kind="stable"
    )
    return order.drop(columns="is_sheet").reset_index(drop=True)


_COLUMNS = ["kind", "deal_id", "question", "text", "valid_at", "author", "document_id", "paragraph", "place"]


def _matches(asked: Asked, text: str) -> bool:
    def stands(word: str) -> bool:
        return re.search(rf"(?<![^\W_]){re.escape(word)}", text) is not None

    return all(stands(word) for word in asked.wanted) and not any(stands(word) for word in asked.unwanted)


def excerpt(text: str, hits: list[list[int]], around: int = 120) -> tuple[str, list[list[int]]]:
    """The part of a long text around its first hit, and the hits within it."""
    if len(text) <= 2 * around + 80 or not hits:
        return text, hits
    start = max(0, hits[0][0] - around)
    end = min(len(text), hits[0][1] + around)
    start = text.rfind(" ", 0, start) + 1 if start else 0
    end = text.find(" ", end) if text.find(" ", end) > 0 else len(text)
    before, after = "… " if start else "", " …" if end < len(text) else ""
    shift = start - len(before)
    inside = [[a - shift, b - shift] for a, b in hits if a >= start and b <= end]
    return before + text[start:end] + after, inside
