"""What simpler methods would have said of a quarter's bookings: the forecast must beat them.

Each learns from the quarters only that were over before the foretold one began.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analytics.forecast.calls import Calls, team_managers
from analytics.risk.as_of import as_of_join

STAGE_PERCENT, STAGE, CATEGORY = "CRM stage %", "stage x week", "category x week"
COMMIT, CALLED, REALISED = "commit", "submitted commit", "commit x past realisation"
PACE, RUN_RATE, MIX = "pace", "run rate", "mix of two"
METHODS = [STAGE_PERCENT, STAGE, CATEGORY, COMMIT, CALLED, REALISED, PACE, RUN_RATE, MIX]
#: Past quarters that pace and realisation need, and those that the run rate is the mean of.
FEWEST, RUN_QUARTERS = 2, 4
#: A team's own realisation weighs as much as the company's when it has this many quarters.
_WEIGHT = 4.0
_FORETOLD = ["p_stage", "p_category", "amount_ratio"]
_TOTALS = ["quarter", "landmark", "owner_id", "team", "won_so_far", "new_expected", "actual"]
NOBODY = "(nobody)"


def baselines(
    deals: pd.DataFrame, totals: pd.DataFrame, calls: Calls, quarters: Sequence[str], kind: str = "company"
) -> pd.DataFrame:
    """Quarter-end bookings as each of METHODS would have foretold them.

    `deals`, `totals`: as in `Record`; quarters before those asked for may be among them, to learn from (with
    p_stage and the like NaN). `quarters`: the keys to foretell. `kind`: 'company' or 'team'.
    A row per quarter, landmark, key ('' = the company) and method: quarter, landmark, week, kind, key,
    method, value (money in the company's currency; NaN where the method has nothing to say).
    """
    return with_calls(without_calls(deals, totals, quarters, kind), calls, kind)


def without_calls(
    deals: pd.DataFrame, totals: pd.DataFrame, quarters: Sequence[str], kind: str = "company"
) -> pd.DataFrame:
    """The points of `baselines` with a column per method but CALLED: the same whoever looks at them."""
    if deals.empty:
        return pd.DataFrame()
    points = _points(deals, totals, kind)
    found = []
    for quarter in quarters:
        now = points[points["quarter"] == quarter]
        if len(now):
            past = points[(points["last_day"] < now["first_day"].iloc[0]) & points["actual"].notna()]
            found.append(_foretold(now, past))
    methods = [name for name in METHODS if name != CALLED]
    table = pd.concat(found) if found else points.iloc[:0].reindex(columns=[*points, *methods])
    return table.reset_index(drop=True)


def with_calls(points: pd.DataFrame, calls: Calls, kind: str = "company") -> pd.DataFrame:
    """`baselines` from the points of `without_calls`."""
    columns = ["quarter", "landmark", "week", "kind", "key", "method", "value"]
    if points.empty:
        return pd.DataFrame(columns=columns)
    keep = ["quarter", "landmark", "week", "key"]
    table = points.assign(**{CALLED: _called(points, calls)})
    long = table.melt(id_vars=keep, value_vars=METHODS, var_name="method", value_name="value")
    return long.assign(kind=kind)[columns]


def baselines_today(
    deals: pd.DataFrame,
    totals: pd.DataFrame,
    calls: Calls,
    today_deals: pd.DataFrame,
    today_totals: pd.DataFrame,
    kind: str = "company",
) -> pd.DataFrame:
    """The same for the running quarter: `today_*` are its rows at today, with outcomes NaN."""
    both = pd.concat([deals, today_deals]), pd.concat([totals, today_totals])
    return baselines(*both, calls, list(today_totals["quarter"].unique()), kind)


def earlier(
    rows: pd.DataFrame, won: pd.DataFrame, tested: Sequence[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """`deals` and `totals` of the complete quarters that are not tested, for the baselines to learn from.

    `rows`: of `landmark_rows`; `won`: of `bookings`. Quarters that history does not cover from their first
    day are left out.
    """
    weekly = (rows["landmark"] - rows["first_day"]).dt.days == 7 * rows["week"]
    over = rows[weekly & rows["outcome_0"].notna() & ~rows["quarter"].isin(tested)]
    began = over.groupby("quarter")["landmark"].transform("min")
    deals = over[began == over["first_day"]].assign(**dict.fromkeys(_FORETOLD, np.nan))
    totals = [
        _booked(won, pd.Timestamp(str(landmark)), mine.drop_duplicates("owner_id"))
        for landmark, mine in deals.groupby("landmark")
    ]
    return deals, pd.concat(totals) if totals else pd.DataFrame(columns=_TOTALS)


def _booked(won: pd.DataFrame, landmark: pd.Timestamp, owners: pd.DataFrame) -> pd.DataFrame:
    """A quarter's bookings by owner at a landmark; `owners`: a row per owner of its open deals."""
    quarter, first, last = owners[["quarter", "first_day", "last_day"]].iloc[0]
    mine = won[won["booked_day"].between(first, last)]
    teams = pd.concat([owners, mine])[["owner_id", "team"]].drop_duplicates("owner_id").set_index("owner_id")
    actual = mine.groupby("owner_id")["amount_company"].sum()
    by_now = mine[mine["booked_day"] <= landmark].groupby("owner_id")["amount_company"].sum()
    table = teams.assign(won_so_far=by_now, actual=actual).fillna({"won_so_far": 0.0, "actual": 0.0})
    table = table.assign(quarter=quarter, landmark=landmark, new_expected=np.nan)
    return table.rename_axis("owner_id").reset_index()[_TOTALS]


def _points(deals: pd.DataFrame, totals: pd.DataFrame, kind: str) -> pd.DataFrame:
    """A row per quarter, landmark and key, with the sums that every method starts from."""
    days = deals[["quarter", "first_day", "last_day", "landmark", "week"]].drop_duplicates()
    money, dated = deals["amount_company"].fillna(0.0), deals["timing"] == "in quarter"
    counted = dated & (deals["category"] != "Omitted")
    at_close = money * deals["amount_ratio"]
    parts = deals.assign(
        key="" if kind == "company" else deals["team"],
        weighted=(money * deals["probability"].fillna(0.0)).round(2).where(counted, 0.0),
        by_stage=at_close * deals["p_stage"],
        by_category=at_close * deals["p_category"],
        commit=money.where(dated & (deals["category"] == "Commit"), 0.0),
    )
    by = ["quarter", "landmark", "key"]
    sums = parts.groupby(by)[["weighted", "by_stage", "by_category", "commit"]].sum(skipna=False)
    booked = totals.assign(key="" if kind == "company" else totals["team"])
    booked = booked.groupby(by)[["won_so_far", "new_expected", "actual"]].sum(skipna=False)
    joined = booked.join(sums.reindex(booked.index, fill_value=0.0)).reset_index()
    joined = days.merge(joined, on=["quarter", "landmark"]).rename(columns={"won_so_far": "won"})
    return joined.sort_values(["landmark", "key"]).reset_index(drop=True)


def _foretold(now: pd.DataFrame, past: pd.DataFrame) -> pd.DataFrame:
    """One quarter's points with a column per method but CALLED."""
    won, share = now["won"], _share_won(now, past)
    found = {
        STAGE_PERCENT: won + now["weighted"],
        STAGE: won + now["by_stage"] + now["new_expected"],
        CATEGORY: won + now["by_category"] + now["new_expected"],
        COMMIT: won + now["commit"],
        REALISED: won + now["commit"] * _realisation(now, past),
        PACE: won / share.where(share > 0),
        RUN_RATE: _run_rate(now, past),
    }
    found[MIX] = (found[STAGE] + found[REALISED]) / 2
    return now.assign(**found)


def _share_won(now: pd.DataFrame, past: pd.DataFrame) -> pd.Series:
    """The median share of past quarters that was won on the day that stands where each landmark stands.

    Between two landmarks of a past quarter its share is a straight line. NaN on the first day, of which
    nothing can be foretold, and where fewer than FEWEST quarters had bookings.
    """
    shares = pd.Series(np.nan, index=now.index)
    usable = past[past["actual"] > 0]
    for key, mine in now[now["landmark"] > now["first_day"]].groupby("key"):
        quarters = [_won_by(mine, one) for _, one in usable[usable["key"] == key].groupby("quarter")]
        if len(quarters) >= FEWEST:
            shares[mine.index] = np.median(quarters, axis=0)
    return shares


def _won_by(now: pd.DataFrame, quarter: pd.DataFrame) -> np.ndarray:
    """The share of one past quarter that was won by the days of `now`, met like `Quarter.day_like`."""
    gone, left = now["landmark"] - now["first_day"], now["last_day"] - now["landmark"]
    first, last = quarter["first_day"].iloc[0], quarter["last_day"].iloc[0]
    day = (first + gone).where(gone <= left, last - left)
    known = (quarter["landmark"] - first).dt.days.to_numpy()
    share = (quarter["won"] / quarter["actual"]).to_numpy()
    asked = (day - first).dt.days.to_numpy()
    return np.asarray(np.interp(asked, [*known, (last - first).days], [*share, 1.0]))


def _realisation(now: pd.DataFrame, past: pd.DataFrame) -> np.ndarray:
    """What was still booked per open commit at the same week of past quarters; NaN in too few of them.

    All that came afterwards counts, so that the method is right on average; a team's is drawn towards the
    company's.
    """
    weekly = past.drop_duplicates(["quarter", "week", "key"])
    weekly = weekly.assign(after=weekly["actual"] - weekly["won"], quarters=1)
    by_key = weekly.groupby(["week", "key"])[["after", "commit", "quarters"]].sum()
    whole = weekly.groupby("week").agg(
        after=("after", "sum"), commit=("commit", "sum"), quarters=("quarter", "nunique")
    )
    of_all = (whole["after"] / whole["commit"])[(whole["commit"] > 0) & (whole["quarters"] >= FEWEST)]
    at = pd.MultiIndex.from_frame(now[["week", "key"]])
    own, rate = by_key.reindex(at), of_all.reindex(now["week"]).to_numpy()
    weight = np.where(own["commit"] > 0, own["quarters"] / (own["quarters"] + _WEIGHT), 0.0)
    ratio = (own["after"] / own["commit"]).where(own["commit"] > 0, 0.0).to_numpy()
    return np.asarray(weight * ratio + (1 - weight) * rate)


def _run_rate(now: pd.DataFrame, past: pd.DataFrame) -> pd.Series:
    """The mean of the last RUN_QUARTERS quarters' bookings; NaN where there are fewer."""
    ends = past.drop_duplicates(["quarter", "key"], keep="last").groupby("key")["actual"]
    means = {key: one.iloc[-RUN_QUARTERS:].mean() for key, one in ends if len(one) >= RUN_QUARTERS}
    return now["key"].map(means).astype(float)


def _called(points: pd.DataFrame, calls: Calls) -> pd.Series:
    """The commit that had last been called by each landmark: the company's, or the team manager's."""
    asked = points[["landmark", "first_day"]].assign(owner_id=_callers(points, calls))
    called = pd.Series(np.nan, index=points.index)
    for first_day, mine in asked.groupby("first_day"):
        steps = calls.submitted[calls.submitted["quarter_start"] == first_day]
        steps = steps[["owner_id", "valid_at", "commit_amount"]]
        called[mine.index] = as_of_join(mine, steps, "landmark", by="owner_id")["commit_amount"].astype(float)
    return called


def _callers(points: pd.DataFrame, calls: Calls) -> pd.Series:
    """Whose call stands for each point: '' for the company, a team's manager then; nobody's id where none."""
    if set(points["key"]) == {""}:
        return points["key"]
    callers = pd.Series(NOBODY, index=points.index)
    managers: dict[int, pd.Series] = {}
    for landmark, mine in points.groupby("landmark"):
        day = pd.Timestamp(str(landmark))
        known = int((calls.people["valid_at"] <= day).sum())  # as many known as before: nothing has changed
        if known not in managers:
            managers[known] = team_managers(calls.people_on(day))
        callers[mine.index] = mine["key"].map(managers[known]).astype(object).fillna(NOBODY)
    return callers
