"""How the chance of one deal went over the weeks, and what moved it from one week to the next."""

from __future__ import annotations

import pandas as pd

from analytics.company import Company
from analytics.risk.chances import History
from analytics.risk.design import prepared
from analytics.risk.explain import split
from analytics.risk.reason_words import WORDS, Facts
from analytics.wording import points

#: A landmark is said to have been moved when its chance differs by this much from the one before.
_MOVED = 0.05
_MOST_LANDMARKS = 40
_LAST_DAY = "the quarter's last day: nothing is left of it"


def stated_in_quarter(rows: pd.DataFrame) -> pd.Series:
    """What the CRM states about the quarter: the probability of a deal dated in it or before it, else 0.

    It is what a weighted pipeline counts (with overdue deals). Deals of the category Omitted state 0.
    """
    counted = rows["timing"].isin(["in quarter", "earlier"]) & (rows["category"] != "Omitted")
    return rows["probability"].where(counted, 0.0)


def chance_history(history: History, company: Company, deal_id: str) -> pd.DataFrame:
    """A row per landmark at which the deal was open, oldest first: each week and a quarter's last days.

    landmark, quarter, p_won (by the end of that week's quarter, by a model learned before it began), stated
    (see `stated_in_quarter`), change (since the landmark before within the quarter; NaN at its start), why
    (the strongest reason of a change of 5 points or more, with its points; '' otherwise). Empty without a
    model.
    """
    columns = ["landmark", "quarter", "p_won", "stated", "change", "why"]
    rows = history.rows[history.rows["deal_id"] == deal_id].sort_values("landmark").tail(_MOST_LANDMARKS)
    parts = [
        _in_quarter(history, company, str(quarter), of_quarter.reset_index(drop=True))
        for quarter, of_quarter in rows.groupby("quarter", sort=False)
    ]
    known = [part for part in parts if part is not None]
    return pd.concat(known, ignore_index=True)[columns] if known else pd.DataFrame(columns=columns)


def _in_quarter(history: History, company: Company, quarter: str, rows: pd.DataFrame) -> pd.DataFrame | None:
    model = history.learned.model_for(quarter)
    if model is None:
        return None
    won = model.chances(rows)["p_won"]
    table = rows.assign(p_won=won, stated=stated_in_quarter(rows), change=won.diff(), why="")
    moved = table.index[table["change"].abs() >= _MOVED]
    if len(moved):
        before = model.design.matrix(prepared(rows.loc[moved - 1]))
        found = split(model, rows.loc[moved], before)
        for at, parts in zip(moved, found.parts[:, 0], strict=True):
            if rows.loc[at, "days_to_quarter_end"] <= 0:
                table.loc[at, "why"] = _LAST_DAY
                continue
            strongest = int(abs(parts).argmax())
            facts = Facts(next(rows.loc[[at]].itertuples(index=False)), company)
            text = WORDS[found.reasons[strongest]](facts)
            table.loc[at, "why"] = f"{text}: {points(parts[strongest])}"
    return table
