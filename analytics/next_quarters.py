"""The as-of date's quarter and the next ones side by side, and where every open deal's money is expected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from analytics.company import Company, Scope
from analytics.fiscal import Quarter
from analytics.forecast.quarter_forecast import Forecast
from analytics.pipeline.deals import dated_in
from analytics.pipeline.quarter_end import total
from analytics.pipeline.tables import DealTable
from analytics.problems import NotEnough
from analytics.risk.landmarks import HORIZONS
from analytics.wording import count, is_missing, listed, money, percent

#: Quarters shown after the as-of date's: as far as the chances of deals are learned.
AHEAD = HORIZONS[-1]
_NAMED = 3
LESS, LOST, LATER = "Less at close", "Lost", "Open after that"
OVERDUE, BEYOND, OMITTED = "Earlier, or no date", "Later", "Category Omitted, any date"
WON_SO_FAR, NOT_CREATED, TOGETHER = "Won so far", "Not created yet", "Together"
#: What the columns of `NextQuarters.table` hold.
KINDS = dict.fromkeys(("won", "stated", "new", "expected", "p10", "p50", "p90", "target"), "money") | {
    "p_target": "share"
}


@dataclass(frozen=True)
class NextQuarters:
    """A scope's next quarters.

    `table`: a row per quarter: quarter, won, p10, p50, p90, expected, target, stated (won + weighted pipeline
    dated there), p_target, new (expected from deals not created yet); NaN where it cannot be given.
    `deals`: every open deal with an amount: those of `Forecast.deals`, `dated` (a quarter's key, OVERDUE,
    BEYOND or OMITTED) and a column of money per place in `places`; a deal's places add up to its stated
    amount exactly. `without_amount`: open deals that have none. `missing`: why not all of the
    quarters can be foretold.
    """

    quarters: list[Quarter]
    table: pd.DataFrame
    deals: pd.DataFrame
    without_amount: int
    missing: NotEnough | None

    @property
    def places(self) -> list[str]:
        """Where money can go: won in one of the quarters, won for less, lost, still open after them."""
        return [*(quarter.key for quarter in self.quarters), LESS, LOST, LATER]


def quarters_from(company: Company, as_of: date) -> list[Quarter]:
    """The as-of date's quarter and the AHEAD next ones."""
    this = company.calendar.quarter_of(as_of)
    return [company.calendar.shift(this, ahead) for ahead in range(AHEAD + 1)]


def next_quarters(forecasts: Sequence[Forecast]) -> NextQuarters:
    """Put the forecasts of one scope's consecutive quarters side by side; they stand in their order."""
    quarters = [one.view.scope.quarter for one in forecasts]
    missing = next((one.expected for one in forecasts if isinstance(one.expected, NotEnough)), None)
    deals = forecasts[0].deals
    counted = deals[deals["amount_company"].notna()].reset_index(drop=True)
    return NextQuarters(
        quarters=quarters,
        table=pd.DataFrame([_row(one) for one in forecasts]),
        deals=counted.assign(dated=_dated(counted, quarters), **_places(counted, forecasts, quarters)),
        without_amount=len(deals) - len(counted),
        missing=missing,
    )


def _row(one: Forecast) -> dict[str, object]:
    values = {"expected": one.expected, "p10": one.p10, "p50": one.p50, "p90": one.p90}
    values |= {"p_target": one.p_target, "target": one.view.measures["target"].value}
    numbers = {key: float("nan") if isinstance(value, NotEnough) else value for key, value in values.items()}
    return {
        "quarter": one.view.scope.quarter.key,
        "won": total(one.view.measures["won"].parts),
        "stated": one.baselines["won + weighted pipeline"],
        "new": total(one.later) if not isinstance(one.expected, NotEnough) else float("nan"),
    } | numbers


def _dated(deals: pd.DataFrame, quarters: list[Quarter]) -> pd.Series:
    """In which of the quarters each deal is dated; OVERDUE, BEYOND, OMITTED otherwise."""
    found = pd.Series(OVERDUE, index=deals.index, dtype=object)
    found[deals["close_date"] > pd.Timestamp(quarters[-1].last_day)] = BEYOND
    found[deals["category"] == "Omitted"] = OMITTED
    for quarter in quarters:
        found[dated_in(deals, quarter)] = quarter.key
    return found


def _places(
    deals: pd.DataFrame, forecasts: Sequence[Forecast], quarters: list[Quarter]
) -> dict[str, pd.Series]:
    """Money per place, to the cent; what rounding leaves goes to LATER."""
    order = deals["deal_id"]
    by_deal = [one.deals.set_index("deal_id").loc[order].reset_index() for one in forecasts]
    amount = deals["amount_company"].astype(float)
    won = {one.key: of["expected_amount"].astype(float) for one, of in zip(quarters, by_deal, strict=True)}
    chance = sum((of["chance"].astype(float) for of in by_deal), pd.Series(0.0, index=deals.index))
    ends = by_deal[-1][["p_lost", "p_slip"]].astype(float)
    lost_share = (ends["p_lost"] / ends.sum(axis=1).where(lambda whole: whole > 0)).fillna(0.0)
    booked = sum(won.values(), pd.Series(0.0, index=deals.index))
    less = (amount * chance - booked).round(2)
    lost = (amount * (1 - chance) * lost_share).round(2)
    return {**won, LESS: less, LOST: lost, LATER: (amount - booked - less - lost).round(2)}


def flow(view: NextQuarters) -> pd.DataFrame:
    """Where all money is expected, by where it is dated: a row per dating, a column per place, to the cent.

    `dated`, `deals`, `amount` (stated), then the places. Rows WON_SO_FAR and NOT_CREATED have no stated
    amount; with them each quarter's column adds up to what is expected of it. TOGETHER is the last row.
    """
    keys = [quarter.key for quarter in view.quarters]
    grouped = view.deals.groupby("dated")
    sums = grouped[["amount_company", *view.places]].sum(min_count=1).round(2)
    sums.insert(0, "deals", grouped.size())
    order = [key for key in (OVERDUE, *keys, BEYOND, OMITTED) if key in sums.index]
    rows = sums.loc[order].rename(columns={"amount_company": "amount"})
    for name, column in ((WON_SO_FAR, "won"), (NOT_CREATED, "new")):
        values = dict(zip(keys, view.table[column], strict=True))
        rows.loc[name, keys] = [values[key] for key in keys]
    rows.loc[TOGETHER] = rows.sum(min_count=1).round(2)
    return rows.rename_axis("dated").reset_index()


def flow_table(view: NextQuarters) -> pd.DataFrame:
    """`flow` with headings."""
    won_in = {quarter.key: f"Won in {quarter}" for quarter in view.quarters}
    names = {"dated": "Dated in", "deals": "Deals", "amount": "Stated amount"} | won_in
    names |= {LATER: f"Open after {view.quarters[-1]}"}
    return flow(view).rename(columns=names)


def moving(view: NextQuarters, dated: str) -> pd.DataFrame:
    """The deals dated in one quarter, the largest amounts first."""
    mine = view.deals[view.deals["dated"] == dated]
    return mine.sort_values("amount_company", ascending=False, kind="stable")


def deal_table(view: NextQuarters, dated: str) -> DealTable:
    """The deals dated in one quarter: stated amount, and where it is expected to go."""
    deals = moving(view, dated)
    won_in = {key: f"Won in {key}" for key in (quarter.key for quarter in view.quarters)}
    names = {"deal_id": "Deal ID", "name": "Deal", "amount_company": "Stated amount"} | won_in
    names |= {LESS: LESS, LOST: LOST, LATER: f"Open after {view.quarters[-1]}"}
    names |= {"close_date": "Close date", "stage": "Stage", "category": "Forecast category"}
    names |= {"owner_name": "Owner"}
    money_columns = ["Stated amount", *(names[place] for place in view.places)]
    rows = deals[[*names]].rename(columns=names).reset_index(drop=True)
    kinds = dict.fromkeys(names.values(), "text") | dict.fromkeys(money_columns, "money")
    kinds |= {"Deal ID": "hidden", "Close date": "day"}
    return DealTable(rows, kinds, list(deals["deal_id"]), total(deals["amount_company"]))  # type: ignore[arg-type]


def headline(view: NextQuarters, scope: Scope, company: Company) -> tuple[str, str]:
    """What the quarters are expected to bring, and where the money dated in the scope's quarter will go."""
    told = [row for row in view.table.itertuples() if not is_missing(row.expected)]
    if not told:
        stated = listed(f"{_short(row.stated, company)} in {row.quarter}" for row in view.table.itertuples())
        return f"What the CRM states is {stated}; it cannot be foretold yet.", f"{view.missing}."
    first, *later = told
    ranged = f"(80% range {_short(first.p10, company)} to {_short(first.p90, company)})"
    lead = f"{first.quarter} is expected to end at {_short(first.expected, company)} {ranged}"
    if later:
        lead += f", then {listed(f'{_short(row.expected, company)} in {row.quarter}' for row in later)}"
    if view.missing:
        others = listed(str(row.quarter) for row in view.table.itertuples() if is_missing(row.expected))
        return f"{lead}.", f"{others} cannot be foretold yet: {view.missing}."
    return f"{lead}.", f"{_going(view, scope, company)} {_new(view, company)}".strip()


def asked_for(view: NextQuarters, scope: Scope) -> str:
    """What to know where the scope's quarter is not among those shown; '' where it is."""
    if scope.quarter in view.quarters:
        return ""
    when = "is over" if scope.quarter < view.quarters[0] else "lies too far ahead"
    return f"{scope.quarter} {when}: this page shows the as-of date's quarter and the {AHEAD} after it."


def notes(view: NextQuarters) -> list[str]:
    """What is not in the numbers."""
    found = []
    without = [row.quarter for row in view.table.itertuples() if is_missing(row.target)]
    if without:
        quarters = listed(str(quarter) for quarter in without)
        found.append(f"No target is loaded for {quarters}: the chance to reach it is not known.")
    if view.without_amount:
        deals = count(view.without_amount, "open deal")
        found.append(f"{deals} without an amount (or a currency rate) add nothing.")
    return found


def _going(view: NextQuarters, scope: Scope, company: Company) -> str:
    """Where the money goes that is dated in the scope's quarter."""
    dated = dated_quarter(view, scope)
    deals = moving(view, dated)
    if deals.empty:
        return f"No open deal with an amount is dated in {dated}."
    elsewhere = deals[[quarter.key for quarter in view.quarters if quarter.key != dated]].sum(axis=1)
    not_won = deals[[LESS, LOST, LATER]].sum(axis=1)
    stated, here, moved, gone = (
        _short(total(part), company) for part in (deals["amount_company"], deals[dated], elsewhere, not_won)
    )
    most = deals.loc[elsewhere.sort_values(ascending=False, kind="stable").index[:_NAMED]]
    amounts = elsewhere[most.index]
    names = listed(
        f"{name} ({_short(amount, company)})" for name, amount in zip(most["name"], amounts, strict=True)
    )
    return (
        f"Of the {stated} in {count(len(deals), 'open deal')} dated in {dated}, {here} is expected to be won"
        f" there, {moved} in the other quarters shown, and {gone} in none of them. Of what goes to other"
        f" quarters, the largest parts are of {names}: ask what decides their dates."
    )


def _new(view: NextQuarters, company: Company) -> str:
    """How much of the last quarter's number rests on deals that nobody has created yet."""
    last = view.table.iloc[-1]
    if is_missing(last["expected"]) or not last["expected"] > 0:
        return ""
    share = percent(last["new"] / last["expected"])
    return (
        f"The further ahead, the more rests on deals that are not created yet: {share} of what is expected in"
        f" {last['quarter']}."
    )


def dated_quarter(view: NextQuarters, scope: Scope) -> str:
    """The scope's quarter where it is one of those shown, else the as-of date's."""
    keys = [quarter.key for quarter in view.quarters]
    return scope.quarter.key if scope.quarter.key in keys else keys[0]


def title(view: NextQuarters) -> str:
    """The picture's finding: how the range widens."""
    first, last = view.table.iloc[0], view.table.iloc[-1]
    widths = [
        (row["p90"] - row["p10"]) / row["expected"] if row["expected"] else None for row in (first, last)
    ]
    if any(is_missing(width) for width in widths):
        return "This quarter and the next ones"
    return (
        f"The range is as wide as {percent(widths[0])} of the expected number in {first['quarter']} and"
        f" {percent(widths[1])} in {last['quarter']}"
    )


def _short(value: object, company: Company) -> str:
    return money(value, company.currency, locale=company.locale)
