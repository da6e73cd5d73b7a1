"""Which of a rep's open deals are worth a talk, and the reason that speaks for it; sums as on At risk."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.at_risk import AS_STATED, EARLIER, AtRisk
from analytics.risk.reason_words import NORMAL
from analytics.wording import points

#: Deals with less at stake than this share of the rep's open money are not listed.
FLOOR = 0.005
MORE, LESS = "More evidenced than stated", "Less evidenced than stated"


@dataclass(frozen=True)
class Talk:
    """`deals`: rows of `AtRisk.deals` with at least `floor` at stake, the most first; `reason` is the
    strongest one on the side of the gap ('' where there is none), `kind` says the side where At risk says no
    more. `over`, `under`: (money stated too much or too little, deals) of all the rep's open deals; `left`:
    (money, deals) that are not listed; `unknown`: deals that cannot be weighed. Company currency."""

    deals: pd.DataFrame
    floor: float
    over: tuple[float, int]
    under: tuple[float, int]
    left: tuple[float, int]
    unknown: int


def talk_of(risk: AtRisk, owner_id: str) -> Talk:
    """The open deals of one owner that are worth a talk. `risk`: of a scope that holds them all."""
    mine = risk.deals[risk.deals["owner_id"] == owner_id]
    known = mine.dropna(subset=["at_stake"])
    floor = FLOOR * float(known["amount_company"].astype(float).sum())
    listed = (known["at_stake"] >= floor) & (known["at_stake"] > 0)
    deals = known[listed]
    return Talk(
        deals=deals.assign(kind=_kinds(deals), reason=_reasons(deals, risk.chances.reasons)).reset_index(
            drop=True
        ),
        floor=floor,
        over=_sum(known[known["gap"] < 0]),
        under=_sum(known[known["gap"] > 0]),
        left=_sum(known[~listed & (known["gap"] != 0)]),
        unknown=len(mine) - len(known),
    )


def _sum(deals: pd.DataFrame) -> tuple[float, int]:
    return float(deals["at_stake"].sum()), len(deals)


def _kinds(deals: pd.DataFrame) -> np.ndarray:
    kind = deals["kind"].to_numpy()
    return np.where(np.isin(kind, [AS_STATED, EARLIER]), np.where(deals["gap"] > 0, MORE, LESS), kind)


def _reasons(deals: pd.DataFrame, reasons: pd.DataFrame) -> list[str]:
    """The strongest reason for more chance where more is evidenced than stated, else for less."""
    gap = deals.set_index("deal_id")["gap"]
    told = reasons[(reasons["reason"] != NORMAL) & reasons["deal_id"].isin(gap.index)]
    told = told.assign(by=told["won"] * np.sign(told["deal_id"].map(gap).astype(float)))
    top = told[told["by"] > 0].sort_values("by", ascending=False, kind="stable").drop_duplicates("deal_id")
    rows = zip(top["deal_id"], top["text"], top["won"], strict=True)
    said = {deal_id: f"{text}: {in_points(won)}" for deal_id, text, won in rows}
    return [said.get(deal_id, "") for deal_id in deals["deal_id"]]


def in_points(share: float) -> str:
    """5 points less likely; 1 point more likely."""
    size = points(abs(share)).removeprefix("+")
    return f"{size} {'point' if size == '1' else 'points'} {'more' if share > 0 else 'less'} likely"
