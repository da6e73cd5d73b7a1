"""Landmarks: one row per deal and week in which it was open, with what was known of it at that moment only.

A landmark model is trained on such rows pooled over the history (van Houwelingen's landmarking, methods.md
B1). SQL reads the histories (`store/queries/*_steps.sql`: every row speaks of its own moment and of what came
before); here each landmark is given the last step that had happened by then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd

from analytics.company import Company
from analytics.fiscal import Quarter
from analytics.pipeline.deals import NOT_RECORDED
from analytics.risk.as_of import as_of_join, days_between, rates_at
from analytics.risk.case_features import case_features
from analytics.risk.owner_history import COUNTED_WEEK, owner_history
from analytics.store.database import Store

Progress = Callable[[float, str], None]
#: The quarter in which a landmark lies, and the three after it.
HORIZONS = (0, 1, 2, 3)
_RECENT_DAYS = 28
#: Days before a quarter's end that are landmarks too: by the week alone the last days would never be seen.
_LAST_DAYS = (3, 1)
#: Deal-weeks that are held at most (about 1.5 GB); 12,000 deals of three years have some 260,000.
_MOST_DEAL_WEEKS = 400_000
_COUNTED = ["stage_moves_on", "category_raises", "category_cuts", "changes"]


@dataclass(frozen=True)
class Grid:
    """The landmarks' days with their moments and quarters, ascending."""

    days: pd.DataFrame  # landmark (midnight), moment (end of that day), quarter, first_day, last_day, week

    @property
    def moments(self) -> np.ndarray:
        """The ends of the days, as the store writes time."""
        return self.days["moment"].to_numpy()


def landmark_rows(
    store: Store,
    company: Company,
    as_of: date,
    days: Sequence[date] | None = None,
    also: date | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """A row per open deal and landmark; nothing later than the landmark is in its features.

    Landmarks: `days`, or days 0, 7, 14 ... of every fiscal quarter of the history up to `as_of`, a few days
    before its end, and `as_of`; past quarters of very large companies only every so many weeks.
    `also`: a day that is only looked at, never learned from (its outcomes are not given).
    With `days` the owners' past (`rep_index`, `rep_n`) rests on what these say of week COUNTED_WEEK.
    Features are what docs/method.md lists; money in the company's currency unless it is called `amount`,
    ages in days, levels 0-4. Outcomes `outcome_0` .. `outcome_3` ('won', 'lost', 'open' at the end of the
    landmark's quarter and of the three after it) are None where that quarter is not over at `as_of`;
    `closed_on`, `closed_won`, `final_amount_company` tell how the deal ended if it has by then.
    """
    report = progress or (lambda share, text: None)
    calendar = company.calendar
    end = calendar.end_of(as_of)
    with store.reading():
        report(0.0, "reading the deals' histories")
        steps = _in_company_currency(store, store.query("deal_steps", as_of_end=end), end, company)
        grid = _grid(company, as_of, days, also, steps)
        rows = _with_stages(_open_rows(steps, grid), store, end)
        rates = store.query("rate_steps", as_of_end=end)
        rows = _timed(rows.assign(rate=rates_at(rows, rates, company.currency, "moment")))
        report(0.3, "reading people and activity")
        rows = _with_facts(store, rows, end)
        rows = _with_work(store, rows, end)
        rows = _with_recent(rows, steps)
        report(0.5, "reading the business cases")
        rows = case_features(store, company, rows, end)
    rows = _with_outcomes(rows, steps, company, as_of)
    report(0.8, "reading the owners' past")
    rows = owner_history(store, company, rows, steps, end)
    report(1.0, f"{len(rows):,} deal-weeks known")
    return rows.sort_values(["landmark", "deal_id"], kind="stable").reset_index(drop=True)


def _grid(
    company: Company, as_of: date, days: Sequence[date] | None, also: date | None, steps: pd.DataFrame
) -> Grid:
    learned = set(days) if days is not None else set(_weekly(company, as_of, steps))
    chosen = sorted(learned | {also} if also else learned)
    calendar = company.calendar
    rows = []
    for day in chosen:
        quarter = calendar.quarter_of(day)
        rows.append(
            {
                "landmark": pd.Timestamp(day),
                "moment": calendar.end_of(day),
                "quarter": quarter.key,
                "first_day": pd.Timestamp(quarter.first_day),
                "last_day": pd.Timestamp(quarter.last_day),
                "week": (day - quarter.first_day).days // 7,
                "is_learned": day in learned,
            }
        )
    columns = ["landmark", "moment", "quarter", "first_day", "last_day", "week", "is_learned"]
    table = pd.DataFrame(rows, columns=columns)
    return Grid(table.astype({"moment": "datetime64[us]", "is_learned": bool}))


def _weekly(company: Company, as_of: date, steps: pd.DataFrame) -> list[date]:
    """Days 0, 7, 14 ... and the last ones of every quarter since something was known, and the as-of date."""
    if steps.empty:
        return [as_of]
    calendar = company.calendar
    every = _every_weeks(steps, company, as_of)
    first = calendar.day_of(steps["valid_at"].min().to_pydatetime())
    quarter: Quarter = calendar.quarter_of(first)
    days = [as_of]
    while quarter.first_day <= as_of:
        length = (quarter.last_day - quarter.first_day).days
        weeks = range(0, length, 7) if quarter.contains(as_of) else range(0, length, 7 * every)
        gone = [*weeks, 7 * COUNTED_WEEK, *(length - left for left in _LAST_DAYS)]
        days += [
            day for day in (quarter.first_day + timedelta(days=one) for one in gone) if first <= day < as_of
        ]
        quarter = calendar.shift(quarter, 1)
    return sorted(set(days))


def _every_weeks(steps: pd.DataFrame, company: Company, as_of: date) -> int:
    """1, or in a very large company 2, 3 ...: past quarters are looked at only every so many weeks."""
    until = steps.groupby("deal_id", sort=False)["valid_at"].shift(-1)
    until = until.fillna(pd.Timestamp(company.calendar.end_of(as_of)))
    open_days = days_between(steps["valid_at"], until)[~(steps["is_closed"] | steps["is_gone"])].sum()
    return max(1, int(np.ceil(open_days / 7 / _MOST_DEAL_WEEKS)))


def _in_company_currency(store: Store, steps: pd.DataFrame, end: datetime, company: Company) -> pd.DataFrame:
    """The steps with `currency` and the state at the step in types that pandas computes with."""
    facts = store.query("deal_facts", as_of_end=end).set_index("deal_id")
    steps = steps.assign(
        currency=steps["deal_id"].map(facts["currency"]).fillna(company.currency),
        amount=steps["amount"].astype(float),
        first_amount=steps["first_amount"].astype(float),
        close_date=pd.to_datetime(steps["close_date"]),
        entry_close_date=pd.to_datetime(steps["entry_close_date"]),
        stage=steps["stage"].fillna(NOT_RECORDED),
    )
    rates = store.query("rate_steps", as_of_end=end)
    return steps.assign(rate=rates_at(steps, rates, company.currency, "valid_at"))


def _open_rows(steps: pd.DataFrame, grid: Grid) -> pd.DataFrame:
    """Each step repeated for every landmark at which it was the latest and the deal was open."""
    until = steps.groupby("deal_id", sort=False)["valid_at"].shift(-1)
    start = np.searchsorted(grid.moments, steps["valid_at"].to_numpy(), side="left")
    stop = np.where(
        until.isna(), len(grid.days), np.searchsorted(grid.moments, until.to_numpy(), side="left")
    )
    counts = np.where(steps["is_closed"] | steps["is_gone"], 0, stop - start)
    which = np.repeat(np.arange(len(steps)), counts)
    offset = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
    at = grid.days.iloc[np.repeat(start, counts) + offset].reset_index(drop=True)
    rows = steps.iloc[which].drop(columns=["is_closed", "is_won", "is_gone", "valid_at"])
    return pd.DataFrame(pd.concat([rows.reset_index(drop=True), at], axis=1))


def _with_stages(rows: pd.DataFrame, store: Store, end: datetime) -> pd.DataFrame:
    """The stage's place and its probability (where the deal states none) as configured at the landmark."""
    rows = as_of_join(rows, store.query("stage_steps", as_of_end=end), "moment", by="stage")
    stated = rows["probability"].astype(float)
    return pd.DataFrame(
        rows.assign(
            stage_order=rows["sort_order"].astype(float),
            probability=stated.where(stated.notna(), rows["stage_probability"].astype(float)),
        ).drop(columns=["sort_order", "stage_probability"])
    )


def _timed(rows: pd.DataFrame) -> pd.DataFrame:
    """Ages and distances, in days."""
    close, first, last = rows["close_date"], rows["first_day"], rows["last_day"]
    words = np.select(
        [close.isna(), close < first, close > last], ["no date", "earlier", "later"], "in quarter"
    )
    months = (close.dt.year - first.dt.year) * 12 + close.dt.month - first.dt.month
    return rows.assign(
        timing=words,
        quarters_out=np.floor(months / 3),
        days_to_close=days_between(rows["landmark"], close),
        days_to_quarter_end=days_between(rows["landmark"], last),
        stage_days=days_between(rows["stage_since"], rows["moment"]),
        last_push_days=days_between(rows["last_push_at"], rows["moment"]),
        last_push_length=rows["last_push_length"].astype(float),
        entry_days_to_close=days_between(rows["first_seen_at"], rows["entry_close_date"]),
        entry_amount=rows["first_amount"],
        amount_company=(rows["amount"] * rows["rate"]).round(2),
    )


def _with_facts(store: Store, rows: pd.DataFrame, end: datetime) -> pd.DataFrame:
    facts = store.query("deal_facts", as_of_end=end)
    rows = rows.merge(facts.drop(columns="currency"), on="deal_id", how="left")
    born = rows["created_at"].where(rows["created_at"] <= rows["first_seen_at"], rows["first_seen_at"])
    return rows.assign(
        deal_type=rows["deal_type"].fillna(NOT_RECORDED),
        lead_source=rows["lead_source"].fillna(NOT_RECORDED),
        age_days=days_between(born, rows["moment"]),
        created_days_before_first_seen=days_between(born, rows["first_seen_at"]),
    )


def _with_work(store: Store, rows: pd.DataFrame, end: datetime) -> pd.DataFrame:
    """Owner, team, activity and the people at the customer."""
    rows = as_of_join(rows, store.query("deal_work_steps", as_of_end=end), "moment")
    rows = rows.assign(owner_id=rows["owner_id"].fillna(""))
    people = store.query("people_steps", as_of_end=end).rename(columns={"person_id": "owner_id"})
    rows = as_of_join(rows, people, "moment", by="owner_id")
    contacts = store.query("deal_people_steps", as_of_end=end)
    before = as_of_join(
        rows[["deal_id"]].assign(then=rows["moment"] - pd.Timedelta(days=_RECENT_DAYS)), contacts, "then"
    )
    rows = as_of_join(rows, contacts, "moment")
    there = rows[["stakeholders", "economic_buyers", "champions", "security_or_legal", "people_added"]]
    there = there.fillna(0).astype(float)
    return rows.assign(
        team=rows["team"].fillna(NOT_RECORDED),
        region=rows["region"].fillna(NOT_RECORDED),
        activity_days=days_between(pd.to_datetime(rows["last_activity_on"]), rows["landmark"]).clip(lower=0),
        has_next_step=rows["has_next_step"].fillna(False).astype(float),
        next_step_days=days_between(rows["next_step_since"], rows["moment"]),
        stakeholders=there["stakeholders"],
        has_economic_buyer=(there["economic_buyers"] > 0).astype(float),
        has_champion=(there["champions"] > 0).astype(float),
        has_security_or_legal=(there["security_or_legal"] > 0).astype(float),
        new_people_28=there["people_added"] - before["people_added"].fillna(0).astype(float),
    ).drop(columns=["economic_buyers", "champions", "security_or_legal", "people_added"])


def _with_recent(rows: pd.DataFrame, steps: pd.DataFrame) -> pd.DataFrame:
    """What happened in the last 28 days: counts now less counts then."""
    then = rows[["deal_id"]].assign(then=rows["moment"] - pd.Timedelta(days=_RECENT_DAYS))
    before = as_of_join(then, steps[["deal_id", "valid_at", *_COUNTED]], "then")[_COUNTED]
    change = rows[_COUNTED].astype(float) - before.fillna(0).astype(float)
    counts = [
        "stage_moves_back", "pushes", "days_pushed", "pulls", "amount_changes", "stage_order",
        "entry_stage_order", "probability",
    ]  # fmt: skip
    rows = rows.assign(**{name: rows[name].astype(float) for name in counts})
    return rows.assign(
        stage_moves_28=change["stage_moves_on"],
        category_raises_28=change["category_raises"],
        category_cuts_28=change["category_cuts"],
        changes_28=change["changes"],
    ).drop(columns=_COUNTED)


def _with_outcomes(rows: pd.DataFrame, steps: pd.DataFrame, company: Company, as_of: date) -> pd.DataFrame:
    """How each deal stood at the end of its landmark's quarter and the next three, and how it ended."""
    calendar = company.calendar
    states = steps[["deal_id", "valid_at", "is_closed", "is_won", "is_gone"]]
    for ahead in HORIZONS:
        ends = {}
        for first_day in rows["first_day"].unique():
            quarter = calendar.shift(calendar.quarter_of(pd.Timestamp(first_day).date()), ahead)
            over = quarter.last_day <= as_of
            ends[first_day] = pd.Timestamp(calendar.end_of(quarter.last_day)) if over else pd.NaT
        asked = rows[["deal_id"]].assign(then=rows["first_day"].map(ends).astype("datetime64[us]"))
        is_open_ended = rows["landmark"] < rows["last_day"]  # on its last day nothing is left to foretell
        known = asked["then"].notna() & is_open_ended & rows["is_learned"]
        found = as_of_join(asked[known], states, "then")
        lost = found["is_gone"] | (found["is_closed"] & ~found["is_won"])
        words = np.select([lost, found["is_closed"]], ["lost", "won"], "open")
        rows[f"outcome_{ahead}"] = pd.Series(words, index=found.index, dtype=object).reindex(rows.index)
    return rows.merge(_endings(steps, company), on="deal_id", how="left")


def _endings(steps: pd.DataFrame, company: Company) -> pd.DataFrame:
    """When the CRM first showed the close that still holds, how it ended, and at which amount."""
    over = steps["is_closed"] | steps["is_gone"]
    last_open = steps[~over].groupby("deal_id")["valid_at"].max()
    closing = steps[over & ~(steps["valid_at"] <= last_open.reindex(steps["deal_id"]).set_axis(steps.index))]
    first, last = (
        closing.groupby("deal_id")["valid_at"].min(),
        closing.drop_duplicates("deal_id", keep="last"),
    )
    zone = company.calendar.time_zone
    ended = last.assign(closed_at=first.reindex(last["deal_id"]).set_axis(last.index))
    local = ended["closed_at"].dt.tz_localize("UTC").dt.tz_convert(zone).dt.tz_localize(None).dt.normalize()
    return pd.DataFrame(
        {
            "deal_id": ended["deal_id"],
            "closed_on": local,
            "closed_won": (ended["is_closed"] & ended["is_won"] & ~ended["is_gone"]).astype(bool),
            "final_amount_company": (ended["amount"] * ended["rate"]).round(2),
        }
    )
