"""What people put beside the model: another probability or amount of a deal, with a reason.

Kept apart from the CRM's data and from the model; a number with overrides is always shown beside the one
without.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from analytics.company import Company
from analytics.forecast.quarter_forecast import Forecast
from analytics.pipeline.quarter_end import Value, total
from analytics.problems import BadInput, NotEnough
from analytics.review.decisions import Seen
from analytics.store.database import Store
from analytics.written_rows import clean, need, write


@dataclass(frozen=True)
class Overridden:
    """The number with the overrides of its deals.

    `deals`: deal_id, name, owner_name, chance, amount, expected_amount (by the model), probability, amount_by
    (the override's; NaN: as the model has it), with_override (money), difference (money), reason, author,
    day; the largest difference first. `expected`: the number with all of them; `difference` = expected - the
    number without.
    """

    deals: pd.DataFrame
    expected: Value
    difference: float


def override(
    store: Store,
    company: Company,
    as_of: date,
    deal_id: str,
    quarter: str,
    *,
    probability: float | None = None,
    amount: float | None = None,
    reason: str,
    author: str,
    seen: Seen | None = None,
) -> None:
    """Put another probability (0-1) or amount (company currency) beside the model's; both None takes it back.

    Raises BadInput.
    """
    need(author, "your name")
    need(reason, "the reason")
    if probability is not None and not 0 <= probability <= 1:
        raise BadInput("this is no probability", expected="0% to 100%", got=f"{probability:.0%}")
    if amount is not None and not 0 <= amount < 1e13:
        raise BadInput("this is no amount of a deal", expected="0 or more", got=f"{amount:,.2f}")
    then = seen or Seen()
    row = {
        "deal_id": deal_id,
        "quarter": quarter,
        "probability": probability,
        "amount": amount,
        "reason": clean(reason),
        "author": clean(author),
        "seen_amount": then.amount,
        "seen_probability": then.probability,
        "seen_chance": then.chance,
    }
    write(store, company, as_of, "override", row, kind="decision")


def override_steps(store: Store, company: Company, as_of: date) -> pd.DataFrame:
    """Every version of every override known at the end of a day, in order: `queries/override_steps.sql` with
    `day`, the company day that was looked at."""
    rows = store.query("override_steps", as_of_end=company.calendar.end_of(as_of))
    days = [pd.Timestamp(company.calendar.day_of(at.to_pydatetime())) for at in rows["valid_at"]]
    return rows.assign(day=pd.to_datetime(pd.Series(days, rows.index, dtype="datetime64[us]")))


def overrides_as_of(store: Store, company: Company, as_of: date, quarter: str) -> pd.DataFrame:
    """The overrides that stand for a quarter at the end of a day, a row per deal; not those taken back."""
    steps = override_steps(store, company, as_of)
    last = steps[steps["quarter"] == quarter].drop_duplicates("deal_id", keep="last")
    return last[last["probability"].notna() | last["amount"].notna()].reset_index(drop=True)


def overridden(found: Forecast, overrides: pd.DataFrame) -> Overridden:
    """The scope's number with the overrides of its open deals; `overrides`: of `overrides_as_of`."""
    ours = found.deals.rename(columns={"amount_company": "amount_stated"})
    kept = ["deal_id", "name", "owner_name", "chance", "amount_stated", "amount_ratio", "expected_amount"]
    both = ours.reindex(columns=kept).merge(
        overrides[["deal_id", "probability", "amount", "reason", "author", "day"]], on="deal_id"
    )
    both = both.rename(columns={"amount": "amount_by", "amount_stated": "amount"})
    worth = (both["amount"].astype(float) * both["amount_ratio"].astype(float)).where(
        both["amount_by"].isna(), both["amount_by"]
    )
    money = (both["probability"].fillna(both["chance"].astype(float)) * worth).round(2)
    difference = (money - both["expected_amount"].astype(float).fillna(0.0)).round(2)
    table = both.drop(columns="amount_ratio").assign(with_override=money, difference=difference)
    table = table.reindex(table["difference"].abs().sort_values(ascending=False, kind="stable").index)
    moved = total(table["difference"].dropna())
    number = found.expected if isinstance(found.expected, NotEnough) else round(found.expected + moved, 2)
    return Overridden(table.reset_index(drop=True), number, moved)
