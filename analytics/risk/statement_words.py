"""A judged statement in plain words: what is stated and what is usual. Never what was meant."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analytics.company import Company
from analytics.wording import DASH, count, day, is_missing, money

#: Standard deviations from which a part is said to differ.
_TELLS = 0.25
_CATEGORY_NAMES = ("Omitted", "Pipeline", "Best Case", "Commit")
_SENTENCE = {
    "below its evidence": "Stated below its evidence",
    "above its evidence": "Stated above its evidence",
    "as its evidence": "Stated as such evidence usually is",
    "not enough evidence": "Not enough evidence to judge the statement",
}


def part_texts(
    today: pd.DataFrame, usual: pd.DataFrame, z: pd.DataFrame, company: Company
) -> dict[str, pd.DataFrame]:
    """Per part a frame with stated, usual, text; a row per deal of `today`.

    `usual`: what is usual for each part on the scale on which it was judged; `z`: the parts, with `others`.
    """
    stages = _stage_names(today)
    return {
        "date": _table(_date(row, usual.loc[at, "date"], company) for at, row in _rows(today)),
        "category": _table(_category(row, usual.loc[at, "category"]) for at, row in _rows(today)),
        "stage": _table(_stage(row, usual.loc[at, "stage"], stages) for at, row in _rows(today)),
        "amount": _table(_amount(row, usual.loc[at, "amount"], company) for at, row in _rows(today)),
        "entry": _table(_entry(row, z.loc[at, "entry"], stages) for at, row in _rows(today)),
        "owner": _table(
            _past(f"the owner's other {count(int(n), 'deal')}", value, "stated")
            for n, value in zip(z["others"], z["owner"], strict=True)
        ),
        "closings": _table(_past("the owner's won deals", value, "closed") for value in z["closings"]),
    }


def deal_words(deals: pd.DataFrame, parts: pd.DataFrame) -> list[str]:
    """One sentence per deal: the verdict and the parts that carry it.

    A stage ahead of the evidence adds to what is stated above it, though it is not counted below.
    """
    told = parts[(parts["counted"] | (parts["part"] == "stage")) & parts["z"].notna()]
    by_deal = dict(iter(told.groupby("deal_id")))
    judged = zip(deals["deal_id"], deals["statement"], deals["is_hollow_commit"], strict=True)
    return [_sentence(statement, by_deal.get(deal), hollow=hollow) for deal, statement, hollow in judged]


def _sentence(statement: str, parts: pd.DataFrame | None, *, hollow: bool) -> str:
    text = _SENTENCE[statement]
    sign = {"below its evidence": 1, "above its evidence": -1}.get(statement, 0)
    if parts is not None and sign:
        adds = (sign * parts["z"] >= _TELLS) & (parts["counted"] | (sign < 0))
        carrying = parts[adds].sort_values("z", ascending=sign < 0)
        text += ": " + "; ".join(carrying["text"])
    if hollow:
        text += ". Called Commit on a thinner business case than most called deals that were won"
    return text + "."


def _rows(today: pd.DataFrame) -> Any:
    return enumerate(today.itertuples(index=False))


def _table(texts: Any) -> pd.DataFrame:
    return pd.DataFrame(list(texts), columns=["stated", "usual", "text"])


def _stage_names(rows: pd.DataFrame) -> pd.Series:
    known = rows.dropna(subset=["stage_order"])
    return known.groupby("stage_order")["stage"].first().sort_index()


def _nearest(stages: pd.Series, order: float) -> str:
    if stages.empty or is_missing(order):
        return DASH
    return str(stages.iloc[int(np.abs(stages.index.to_numpy(float) - order).argmin())])


def _date(row: Any, usual: float, company: Company) -> tuple[str, str, str]:
    if is_missing(row.close_date) or is_missing(usual):
        return DASH, DASH, "no close date to judge"
    days = max(round(float(np.expm1(min(usual, 9.0)))), 0)
    stated = day(row.close_date, locale=company.locale)
    normal = day(row.landmark + pd.Timedelta(days=days), locale=company.locale)
    return stated, normal, f"dated {stated}, where such evidence is usually dated about {normal}"


def _category(row: Any, usual: float) -> tuple[str, str, str]:
    if is_missing(usual) or row.category not in _CATEGORY_NAMES:
        return DASH, DASH, "no forecast category to judge"
    low = int(np.clip(np.floor(usual), 0, 3))
    near = abs(usual - round(usual)) < 0.25 or not 0 < usual < 3
    names = [_CATEGORY_NAMES[int(np.clip(round(usual), 0, 3))]] if near else _CATEGORY_NAMES[low : low + 2]
    normal = names[0] if near else f"between {names[0]} and {names[1]}"
    return row.category, normal, f"category {row.category}, where {normal} is usual"


def _stage(row: Any, usual: float, stages: pd.Series) -> tuple[str, str, str]:
    normal = _nearest(stages, usual)
    return row.stage, normal, f"in {row.stage}; without looking at the stage, {normal} would be usual"


def _amount(row: Any, usual: float, company: Company) -> tuple[str, str, str]:
    if is_missing(row.amount_company) or is_missing(usual):
        return DASH, DASH, "no amount to judge"
    stated = money(row.amount_company, company.currency, locale=company.locale)
    normal = money(float(np.exp(usual)), company.currency, locale=company.locale)
    return stated, normal, f"stated at {stated}; deals like it are usually near {normal}"


def _entry(row: Any, z: float, stages: pd.Series) -> tuple[str, str, str]:
    stated = _nearest(stages, row.entry_stage_order)
    side = (
        "as usual" if is_missing(z) or abs(z) < 1 else "later than usual" if z > 0 else "earlier than usual"
    )
    return stated, DASH, f"first recorded in {stated}, {side}"


def _past(whose: str, z: float, how: str) -> tuple[str, str, str]:
    """`how`: 'stated' for the owner's other deals, 'closed' for what came of the won ones."""
    side = "close to" if abs(z) < _TELLS else "below" if z > 0 else "above"
    text = f"{whose} are stated {side} their evidence" if how == "stated" else _closed(whose, z)
    return f"{z:+.1f}", "0", text


def _closed(whose: str, z: float) -> str:
    if abs(z) < _TELLS:
        return f"{whose} closed about as stated four weeks before"
    ways = "earlier or larger" if z > 0 else "later or smaller"
    return f"{whose} closed {ways} than stated four weeks before, compared with other owners'"
