"""Where the quarter stands: each number with the deals that make it up, against a week earlier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import pandas as pd

from analytics.company import Company, Scope
from analytics.fiscal import Quarter
from analytics.pipeline.deals import NOT_RECORDED, dated_in, deals_as_of, won_in
from analytics.problems import NotEnough
from analytics.store.database import Store
from analytics.terms import label

Value = float | NotEnough

#: Measures that are plain sums over deals, in the order in which they are shown.
SUMS = ("won", "commit", "best_case", "weighted_pipeline", "open_pipeline")


@dataclass(frozen=True)
class Measure:
    """One number, what it was a week earlier, and its parts: deal_id -> amount, adding up to it exactly.

    A ratio has the deals of its numerator.
    """

    key: str
    value: Value
    week_earlier: Value
    parts: pd.Series

    @property
    def change(self) -> Value:
        """Value - value a week earlier, in the measure's unit."""
        if isinstance(self.value, NotEnough):
            return self.value
        if isinstance(self.week_earlier, NotEnough):
            return self.week_earlier
        return self.value - self.week_earlier


@dataclass(frozen=True)
class QuarterEnd:
    """The quarter-end view of one scope."""

    scope: Scope
    measures: Mapping[str, Measure]
    deals: pd.DataFrame  # in scope: open ones (any date), and those closed in the quarter
    shares: Mapping[str, Value]  # concentration: largest deal, top 3
    not_converted: pd.DataFrame  # currency, deals, amount: left out of every sum for want of a rate

    @cached_property
    def open_in_quarter(self) -> pd.DataFrame:
        """The open deals dated in the quarter."""
        return self.deals[dated_in(self.deals, self.scope.quarter)]

    @cached_property
    def won_in_quarter(self) -> pd.DataFrame:
        """The won deals booked in the quarter."""
        return self.deals[won_in(self.deals, self.scope.quarter)]


def quarter_end(
    store: Store, company: Company, scope: Scope, deals: pd.DataFrame | None = None
) -> QuarterEnd:
    """Read the scope's deals as of its day and a week before, and derive the quarter's measures.

    `deals`: `deals_as_of` the scope's day, closed since the quarter began or earlier, if read already.
    """
    first_day = scope.quarter.first_day
    if deals is None:
        deals = deals_as_of(store, company, scope.as_of, closed_since=first_day)
    in_view = deals["is_open"] | (deals["booked_day"] >= pd.Timestamp(first_day))
    now = scope.within(deals[in_view]).reset_index(drop=True)
    week_earlier = scope.as_of - timedelta(days=7)
    before = scope.within(deals_as_of(store, company, week_earlier, closed_since=first_day))
    parts_now, parts_before = _sums(now, scope.quarter), _sums(before, scope.quarter)
    target = target_of(store, company, scope, scope.as_of)
    target_before = target_of(store, company, scope, week_earlier)
    values, earlier = _values(parts_now, target), _values(parts_before, target_before)
    if week_earlier < _first_day(store, company):
        earlier = dict.fromkeys(earlier, NotEnough("Nothing was recorded a week earlier."))
    elif _is_unrecorded(before):
        earlier = dict.fromkeys(earlier, NotEnough("How the deals stood a week earlier was not recorded."))
    parts = parts_now | {
        "target": pd.Series(dtype=float),
        "gap": parts_now["won"],
        "coverage": parts_now["open_pipeline"],
        "to_go_coverage": parts_now["open_pipeline"],
    }
    measures = {key: Measure(key, values[key], earlier[key], parts[key]) for key in values}
    return QuarterEnd(
        scope=scope,
        measures=measures,
        deals=now,
        shares=_concentration(parts_now["open_pipeline"]),
        not_converted=_not_converted(now, scope.quarter),
    )


def _first_day(store: Store, company: Company) -> date:
    first_at = store.query("data_span").iloc[0]["first_at"]
    return date.max if pd.isna(first_at) else company.calendar.day_of(first_at.to_pydatetime())


def _is_unrecorded(deals: pd.DataFrame) -> bool:
    """Whether most open deals are known to have been there, but not in which stage (final states only)."""
    is_open = deals["is_open"].astype(bool)
    return bool(is_open.any()) and bool((deals.loc[is_open, "stage"] == NOT_RECORDED).mean() > 0.5)


def _sums(deals: pd.DataFrame, quarter: Quarter) -> dict[str, pd.Series]:
    """The parts of every summed measure: amounts by deal_id. A deal without an amount is no part."""
    amounts = deals.set_index("deal_id")
    is_open, won = dated_in(amounts, quarter), won_in(amounts, quarter)
    chosen = {
        "won": amounts.loc[won, "amount_company"],
        "commit": amounts.loc[is_open & (amounts["category"] == "Commit"), "amount_company"],
        "best_case": amounts.loc[is_open & (amounts["category"] == "Best Case"), "amount_company"],
        "weighted_pipeline": amounts.loc[is_open, "weighted"],
        "open_pipeline": amounts.loc[is_open, "amount_company"],
    }
    return {key: series.dropna().sort_values(ascending=False) for key, series in chosen.items()}


def total(parts: pd.Series) -> float:
    """The sum of amounts, exact to the cent whatever their order."""
    return int((parts * 100).round().sum()) / 100


def _values(parts: Mapping[str, pd.Series], target: Value) -> dict[str, Value]:
    values: dict[str, Value] = {key: total(parts[key]) for key in SUMS}
    values["target"] = target
    values |= _against_target(values, target)
    return values


def _against_target(values: Mapping[str, Value], target: Value) -> dict[str, Value]:
    if isinstance(target, NotEnough):
        return {"gap": target, "coverage": target, "to_go_coverage": target}
    won, is_open = values["won"], values["open_pipeline"]
    assert not isinstance(won, NotEnough)
    assert not isinstance(is_open, NotEnough)
    gap = round(target - won, 2)
    return {
        "gap": gap,
        "coverage": is_open / target if target > 0 else NotEnough("The target is zero."),
        "to_go_coverage": is_open / gap if gap > 0 else NotEnough("The target is reached."),
    }


def target_of(store: Store, company: Company, scope: Scope, as_of: date) -> Value:
    """The scope's target for its quarter, as it was known at `as_of`, in the company's currency.

    The company: its own target. Otherwise, and for a team: the targets of its highest people that have one,
    so that a manager's target is not counted again with their reps'. An owner: their own.
    """
    end = company.calendar.end_of(as_of)
    rows = store.query("targets_as_of", first_day=scope.quarter.first_day, as_of_end=end).set_index(
        "owner_id"
    )
    people = store.query("people_as_of", as_of_end=end)
    chosen = _targets_in_scope(rows, people, scope)
    return _summed_targets(chosen, company, scope)


def targets_by(store: Store, company: Company, scope: Scope, by: str) -> dict[str, Value]:
    """The targets of the scope's quarter by 'region', 'team' or 'owner_id', each as `target_of` has it."""
    end = company.calendar.end_of(scope.as_of)
    rows = store.query("targets_as_of", first_day=scope.quarter.first_day, as_of_end=end)
    rows = rows[rows["owner_id"] != ""].set_index("owner_id")
    people = store.query("people_as_of", as_of_end=end)
    if by == "owner_id":
        groups = {owner: rows.loc[[owner]] for owner in rows.index}
    else:
        groups = {
            str(key): _highest(rows[rows.index.isin(here["person_id"])], people)
            for key, here in people.groupby(by)
        }
    return {key: _summed_targets(chosen, company, scope) for key, chosen in groups.items() if len(chosen)}


def _summed_targets(chosen: pd.DataFrame, company: Company, scope: Scope) -> Value:
    if chosen.empty:
        whom = "this owner" if scope.owner_id else "this team" if scope.team else "the company"
        return NotEnough(f"No target of {whom} for {scope.quarter} is loaded.")
    foreign = chosen.loc[chosen["amount_company"].isna(), "currency"]
    if len(foreign):
        return NotEnough(f"The target is in {foreign.iloc[0]}, and no rate to {company.currency} is loaded.")
    return total(chosen["amount_company"].astype(float))


def _targets_in_scope(targets: pd.DataFrame, people: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    if scope.owner_id:
        return targets[targets.index == scope.owner_id]
    if scope.team:
        targets = targets[targets.index.isin(people.loc[people["team"] == scope.team, "person_id"])]
    elif "" in targets.index:
        return targets[targets.index == ""]
    return _highest(targets, people)


def _highest(targets: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """The targets of those who have nobody with a target above them: a manager's holds their reps'."""
    manager_of = dict(zip(people["person_id"], people["manager_id"], strict=True))
    holders = set(targets.index)
    return targets[[not _is_below(person, holders, manager_of) for person in targets.index]]


def _is_below(person: str, holders: set[str], manager_of: dict[str, str]) -> bool:
    """Whether somebody above this person in the tree has a target too."""
    seen = {person}
    above = manager_of.get(person)
    while isinstance(above, str) and above not in seen:
        if above in holders:
            return True
        seen.add(above)  # a tree that an export has tied into a ring must end
        above = manager_of.get(above)
    return False


def build_up(view: QuarterEnd) -> pd.DataFrame:
    """What the quarter is made of: `key`, `label`, `amount`; adds up to won + open pipeline."""
    pieces = {key: total(view.measures[key].parts) for key in ("won", "commit", "best_case")}
    rest = total(view.measures["open_pipeline"].parts) - pieces["commit"] - pieces["best_case"]
    rows = [(key, label(key), amount) for key, amount in pieces.items()]
    return pd.DataFrame([*rows, ("pipeline", "Pipeline", round(rest, 2))], columns=["key", "label", "amount"])


def _concentration(is_open: pd.Series) -> dict[str, Value]:
    whole = total(is_open)
    if not whole > 0:
        missing = NotEnough("no open pipeline in the quarter", len(is_open))
        return {"largest_deal_share": missing, "top3_share": missing}
    return {
        "largest_deal_share": float(is_open.iloc[0]) / whole,
        "top3_share": total(is_open.iloc[:3]) / whole,
    }


def _not_converted(deals: pd.DataFrame, quarter: Quarter) -> pd.DataFrame:
    relevant = deals[dated_in(deals, quarter) | won_in(deals, quarter)]
    lost = relevant[relevant["amount"].notna() & relevant["amount_company"].isna()]
    grouped = lost.groupby("currency").agg(deals=("deal_id", "size"), amount=("amount", "sum"))
    return grouped.reset_index()
