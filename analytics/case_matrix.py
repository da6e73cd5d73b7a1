"""Deals by questions, as a table whose cells say the level and are coloured by it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from pandas.io.formats.style import Styler

from analytics.business_case.case import Cases
from analytics.business_case.gaps import matrix
from analytics.deal_case import DealCase
from analytics.figures import style
from analytics.pipeline.quarter_end import total
from analytics.pipeline.tables import DealTable, Kind, shown
from analytics.wording import DASH, count, is_missing

#: An answer below this freshness is stale, and marked so.
STALE = 0.5
STALE_MARK = "old"
#: So many rows are drawn; the reader is told, and the download has all.
MOST_ROWS = 1_000
_KINDS: dict[str, Kind] = {
    "Deal": "text",
    "Amount": "money",
    "Case depth": "number",
    "Oldest answer": "number",
    "Stage": "text",
    "Close date": "day",
    "Owner": "text",
    "Account": "text",
}


def matrix_table(cases: Cases, order: str = "money") -> DealTable:
    """A row per deal in the order chosen, with levels as numbers (empty = not answered)."""
    rows = matrix(cases, order)
    labels = [one.label for one in cases.questions]
    first = ["Deal", "Amount", "Case depth"]
    after = [name for name in _KINDS if name not in first]
    kinds = {name: _KINDS.get(name, "number") for name in [*first, *labels, *after]}
    return DealTable(
        rows=rows[[*first, *labels, *after]],
        kinds=kinds,
        deal_ids=[str(one) for one in rows["deal_id"]],
        total=total(rows["Amount"].dropna()),
    )


def coloured(cases: Cases, table: DealTable, *, dark: bool) -> Styler:
    """The first rows to look at: 3, or "3 old" where it is stale, or a dash where there is no answer."""
    rows = shown(table.rows.head(MOST_ROWS))
    shades = style.palette(dark).depth
    stale = cases.answers["is_answered"] & (cases.answers["freshness"] < STALE)
    wide = cases.answers.assign(stale=stale).pivot(index="deal_id", columns="question", values="stale")
    wide = wide.reindex(table.deal_ids[: len(rows)])
    texts, css = rows.copy(), pd.DataFrame("", index=rows.index, columns=rows.columns)
    for one in cases.questions:
        cells = list(zip(rows[one.label], wide[one.key], strict=True))
        texts[one.label] = [_text(level, is_old) for level, is_old in cells]
        css[one.label] = [_css(level, shades) for level, _ in cells]
    drawn = texts.style.apply(lambda _: css, axis=None)
    return drawn.format({"Close date": _day_in_cell}, na_rep=DASH)


def _day_in_cell(value: Any) -> str:
    """2026-11-15, as all tables write a day: a coloured table ignores the column's own format."""
    return DASH if is_missing(value) else f"{value:%Y-%m-%d}"


def at_a_glance(case: DealCase, words: Sequence[str], *, dark: bool) -> Styler:
    """One deal's levels and ages side by side, in the matrix's colours; `words`: of the levels, 0 to 4."""
    shades = style.palette(dark).depth
    cells, css = {}, {}
    for one in case.answers:
        if one.is_answered:
            level, age = int(one.row["level"]), int(one.row["age"])
            old = f", {STALE_MARK}" if one.row["freshness"] < STALE else ""
            cells[one.question.label] = [f"{level} {words[level]}", f"{count(age, 'day')}{old}"]
            css[one.question.label] = [_css(level, shades), ""]
        else:
            cells[one.question.label], css[one.question.label] = [f"{DASH} not answered", DASH], ["", ""]
    rows = ["Depth", "Age"]
    colours = pd.DataFrame(css, index=rows)
    return pd.DataFrame(cells, index=rows).style.apply(lambda _: colours, axis=None)


def _text(level: float, is_old: bool) -> str:
    if is_missing(level):
        return DASH
    return f"{int(level)} {STALE_MARK}" if is_old else str(int(level))


def _css(level: float, shades: tuple[style.Shade, ...]) -> str:
    if is_missing(level):
        return ""
    return f"background-color: {shades[int(level)].fill}; color: {shades[int(level)].on}"
