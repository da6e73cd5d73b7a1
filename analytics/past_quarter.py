"""One past quarter retold week by week: what was stated, what was expected, what moved it, how it ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pandas as pd

from analytics.company import Company, Scope, span_of
from analytics.fiscal import Quarter
from analytics.forecast.basis import Basis, basis_of
from analytics.forecast.bookings import bookings
from analytics.forecast.change import BEFORE, ChangeBridge, since_week_earlier
from analytics.forecast.quarter_forecast import Forecast, forecast
from analytics.pipeline.deals import dated_in
from analytics.problems import BadInput, NotEnough
from analytics.store.database import Store
from analytics.wording import count, is_missing, listed, money, percent

STATED_MORE, AS_STATED, STATED_LESS = "less expected than stated", "as stated", "more expected than stated"
_MOVES = 3  # steps named per week
_SAYS = 0.002  # of what was booked: a smaller step is not worth a word
_APART = 0.1  # of a deal's amount: nearer is "as stated"


@dataclass(frozen=True)
class PastQuarter:
    """`weeks`: a row per week: week (from 1), day, won, stated (won + weighted pipeline), expected, p10, p50,
    p90, target, p_target; NaN where it could not be given. `moves`: day, step, amount, from the week before;
    `deals`: per week and deal open then: week, day, deal_id, name, stated (amount x probability if dated in
    the quarter, else 0), expected, booked (in the quarter, afterwards), amount, chance. `actual`: what it
    ended at, as booked on its last day.
    """

    quarter: Quarter
    weeks: pd.DataFrame
    moves: pd.DataFrame
    deals: pd.DataFrame
    actual: float


def last_over(store: Store, company: Company) -> Quarter:
    """The last quarter that is over in the data."""
    last = span_of(store, company).last_day
    quarter = company.calendar.quarter_of(last)
    return quarter if quarter.last_day == last else company.calendar.shift(quarter, -1)


def retold(
    store: Store,
    company: Company,
    quarter: Quarter,
    progress: Callable[[float, str], None] | None = None,
    weeks: int = 13,
) -> PastQuarter:
    """Foretell a past quarter on day 0, 7, 14 ... of it, from what was known at the end of each day.

    `weeks`: how many, from the first on. What is learned comes from the quarters complete when it began, so
    it is learned once. Raises BadInput if the data does not reach the quarter's end.
    """
    report = progress or (lambda share, text: None)
    last = span_of(store, company).last_day
    if last < quarter.last_day:
        raise BadInput(
            "this quarter is not over in the data",
            expected=f"a quarter that ended by {last}",
            got=str(quarter),
            to_do="Choose an earlier quarter.",
        )
    days = [quarter.first_day + timedelta(days=7 * week) for week in range(weeks)]
    basis = basis_of(store, company, days[-1], progress=lambda share, text: report(0.5 * share, text))
    booked = bookings(store, company, quarter.last_day)
    booked = booked[booked["booked_day"] >= pd.Timestamp(quarter.first_day)]
    told = []
    for day in days:
        found = _foretold(store, company, Scope(day, quarter), basis)
        moved = since_week_earlier(store, company, found) if day > days[0] else None
        told.append((_week(found), _moves(day, moved), _deals(found, booked)))
        report(0.5 + 0.5 * len(told) / len(days), f"week {len(told)} of {quarter}")
    by_week, moves, deals = zip(*told, strict=True)
    return PastQuarter(
        quarter,
        pd.DataFrame(list(by_week)),
        pd.concat(moves, ignore_index=True),
        pd.concat(deals, ignore_index=True),
        round(float(booked["amount_company"].sum()), 2),
    )


def _foretold(store: Store, company: Company, scope: Scope, basis: Basis) -> Forecast:
    """The number as of a day of the quarter."""
    known = replace(basis.at(scope.as_of), won=bookings(store, company, scope.as_of))
    return forecast(store, company, scope, known)


def _week(found: Forecast) -> dict[str, object]:
    scope, measures = found.view.scope, found.view.measures
    given = {"won": measures["won"].value, "stated": found.baselines["won + weighted pipeline"]}
    given |= {"expected": found.expected, "p10": found.p10, "p50": found.p50, "p90": found.p90}
    given |= {"target": measures["target"].value, "p_target": found.p_target}
    numbers = {key: float("nan") if isinstance(value, NotEnough) else value for key, value in given.items()}
    return {"week": scope.quarter.week_of(scope.as_of), "day": scope.as_of} | numbers


def _moves(day: date, moved: ChangeBridge | None) -> pd.DataFrame:
    steps = [] if moved is None or moved.missing else moved.steps
    rows = [(day, step.step, step.amount) for step in steps if step.step != BEFORE]
    return pd.DataFrame(rows, columns=["day", "step", "amount"])


def _deals(found: Forecast, booked: pd.DataFrame) -> pd.DataFrame:
    scope = found.view.scope
    deals = found.deals[found.deals["amount_company"].notna()]
    later = booked[booked["booked_day"] > pd.Timestamp(scope.as_of)].set_index("deal_id")["amount_company"]
    return pd.DataFrame(
        {
            "week": scope.quarter.week_of(scope.as_of),
            "day": scope.as_of,
            "deal_id": deals["deal_id"],
            "name": deals["name"],
            "stated": deals["weighted"].where(dated_in(deals, scope.quarter), 0.0).fillna(0.0).astype(float),
            "expected": deals["expected_amount"],
            "booked": later.reindex(deals["deal_id"]).fillna(0.0).to_numpy(float),
            "amount": deals["amount_company"].astype(float),
            "chance": deals["chance"],
        }
    ).reset_index(drop=True)


def headline(told: PastQuarter, company: Company) -> list[str]:
    """How it ended, and where the number and what was stated stood at its beginning, middle and end."""
    short = _short(company)
    target = told.weeks["target"].iloc[-1]
    ended = f"{told.quarter} ended at {short(told.actual)}"
    if not is_missing(target):
        ended += f", {percent(told.actual / target)} of its {short(target)} target"
    said = [f"{ended}."]
    for at in (0, len(told.weeks) // 2, -1):
        row = told.weeks.iloc[at]
        week = row["week"]
        if is_missing(row["expected"]):
            said.append(f"In week {week} it could not be foretold; {short(row['stated'])} were stated.")
            continue
        off, stated = (_off(row[name], told.actual) for name in ("expected", "stated"))
        said.append(
            f"In week {week} {short(row['expected'])} were expected ({off}; 80% range {short(row['p10'])} to"
            f" {short(row['p90'])}), and {short(row['stated'])} were stated, won included ({stated})."
        )
    return said


def _off(said: float, actual: float) -> str:
    if actual <= 0:
        return "nothing was booked"
    return f"{percent(abs(said / actual - 1))} too {'high' if said > actual else 'low'}"


def ranges_in_words(told: PastQuarter) -> str:
    """In how many weeks the quarter's end lay within the range."""
    known = told.weeks.dropna(subset=["p10", "p90"])
    held = known["p10"].le(told.actual) & known["p90"].ge(told.actual)
    return (
        f"The end lay within the 80% range in {held.sum()} of {count(len(known), 'week')}. Weeks of one"
        " quarter resemble each other: this is one case, not many."
    )


def moved_in_words(told: PastQuarter, company: Company) -> list[str]:
    """A sentence per week: by how much the number moved, and the steps that moved it most."""
    found = []
    for week, day, change in zip(
        told.weeks["week"], told.weeks["day"], told.weeks["expected"].diff(), strict=True
    ):
        steps = told.moves[told.moves["day"] == day].set_index("step")["amount"]
        if steps.empty:
            continue
        largest = steps[steps.abs() >= _SAYS * abs(told.actual)]
        largest = largest.reindex(largest.abs().sort_values(ascending=False).index[:_MOVES])
        named = listed(f"{step} {_signed(amount, company)}" for step, amount in largest.items())
        found.append(f"Week {week}: {_signed(change, company)} ({named or 'no large step'}).")
    return found


def seen(told: PastQuarter, week: int) -> pd.DataFrame:
    """What one week's number saw that the statements did not: group, deals, stated, expected, booked.

    Deals are grouped by whether less was expected of them than stated, or more; `booked` is what they brought
    in the quarter afterwards.
    """
    deals = told.deals[told.deals["week"] == week]
    apart = (deals["expected"].fillna(0.0) - deals["stated"]) / deals["amount"].where(deals["amount"] > 0)
    group = pd.Series(AS_STATED, index=deals.index)
    group[apart < -_APART] = STATED_MORE
    group[apart > _APART] = STATED_LESS
    grouped = deals.groupby(group)[["stated", "expected", "booked"]]
    table = grouped.sum().round(2)
    table.insert(0, "deals", grouped.size())
    order = [name for name in (STATED_MORE, AS_STATED, STATED_LESS) if name in table.index]
    return table.loc[order].rename_axis("group").reset_index()


def largest_apart(told: PastQuarter, week: int, most: int = 8) -> pd.DataFrame:
    """The deals of a week of which most less, or more, was expected than stated, and what they brought."""
    deals = told.deals[told.deals["week"] == week]
    apart = (deals["expected"] - deals["stated"]).abs().sort_values(ascending=False, kind="stable")
    columns = ["name", "amount", "stated", "chance", "expected", "booked"]
    return deals.loc[apart.index[:most], columns].reset_index(drop=True)


def seen_in_words(told: PastQuarter, week: int, company: Company) -> str:
    """Whether the deals that were doubted, and those that were counted though not stated, bore it out."""
    short, table = _short(company), seen(told, week)
    said = [
        f"{count(row['deals'], 'deal')} with {row['group']}: {short(row['stated'])} stated,"
        f" {short(row['expected'])} expected, {short(row['booked'])} booked"
        for row in table.to_dict("records")
        if row["group"] != AS_STATED
    ]
    return f"Week {week}: {'; '.join(said)}." if said else f"Week {week}: all deals as stated."


def for_picture(told: PastQuarter) -> pd.DataFrame:
    """The weeks as rows of `figures.next_quarters`, and how it ended as the last one."""
    weeks = told.weeks.assign(quarter=[f"Week {week}" for week in told.weeks["week"]])
    target = told.weeks["target"].iloc[-1]
    end = {"quarter": "The end", "won": told.actual, "target": target, "expected": told.actual}
    end |= {"p10": told.actual, "p90": told.actual, "stated": told.actual}
    end["p_target"] = float("nan") if is_missing(target) else float(told.actual >= target)
    return pd.concat([weeks, pd.DataFrame([end])], ignore_index=True)


def _signed(amount: object, company: Company) -> str:
    return money(amount, company.currency, signed=True, locale=company.locale)


def _short(company: Company) -> Callable[[object], str]:
    return lambda amount: money(amount, company.currency, locale=company.locale)
