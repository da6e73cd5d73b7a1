"""A quarter that is over, against what was said of it in one of its weeks: what became of every deal.

What was expected then is the record's: foretold from the quarters before it, so that nothing is learned
again. What was booked is read as the CRM showed it at the end of the quarter's last day; nothing later is
used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analytics.company import Company, Scope
from analytics.fiscal import Quarter
from analytics.forecast.basis import Basis
from analytics.forecast.calls import JUDGEMENT, call_of, calls_at
from analytics.forecast.draws import Outlook
from analytics.forecast.lines import NOT_CREATED_YET
from analytics.forecast.luck import rho_weights
from analytics.forecast.record import first_cohort, share_won_by, wins_over_time
from analytics.pipeline.deals import deals_as_of, won_in
from analytics.pipeline.quarter_end import Value, total
from analytics.problems import NotEnough
from analytics.risk.forward import known_before
from analytics.risk.ladder import from_first_outcomes
from analytics.store.database import Store

EXPECTED, STATED, CALL = STARTS = ("expected number", "won + weighted pipeline", "commit call")
WON, ELSEWHERE, NEW, AMOUNT, LOST, SLIPPED, LATER, GONE, HANDS, CHANGED, BEYOND = STEPS = (
    "won, dated by the quarter's end",
    "won, though dated later",
    "created after that week, and won",
    "closed at another amount",
    "lost",
    "slipped, still open",
    "dated later, still open",
    "gone from the CRM",
    "changed hands",
    "won before, changed since",
    "beyond the deals that the call names",
)
_BY_ITS_END = ("in quarter", "earlier")  # where a close date lies; without one a deal counts as dated later
NO_DEAL = {NOT_CREATED_YET: "Expected of deals not created yet", JUDGEMENT: "The call, less what it names"}
#: A week in the middle of a quarter, where the asked one was not tested.
_MIDDLE = 7


@dataclass(frozen=True)
class PostMortem:
    """One week's number of a past quarter against its end, for a scope. Money in the company's currency.

    `scope`: its day is the week's; `week`: from 1. `weeks`: a row per tested week: week, day, won, stated
    (won + weighted), expected, p10, p50, p90, target (NaN where there is none). `deals`: every deal that was
    open or won then, or booked by the end: deal_id, name, account_name, owner_name, owner_id, team, was
    ('open', 'won', 'not there'; 'elsewhere': another scope's), is_ours (at the end), timing, category, stage,
    close_date, probability, amount, chance, expected, worth (if won, as expected then), weighted, named
    (counted by a commit call), won_then, booked (in the quarter, by its end), became ('won', 'lost', 'open',
    'gone'). `new_expected`: of deals not created yet; `call`: the commit call then. `actual`: the scope's
    bookings. `chances`: week, deal_id, p_won of its deals, over all weeks.
    """

    scope: Scope
    week: int
    weeks: pd.DataFrame
    deals: pd.DataFrame
    new_expected: float
    call: Value
    actual: float
    chances: pd.DataFrame

    @property
    def quarter(self) -> Quarter:
        """The quarter that is over."""
        return self.scope.quarter

    def start(self, of: str) -> Value:
        """What was said in the week: one of STARTS."""
        if of == CALL:
            return self.call
        won, base = total(self.deals["won_then"]), total(_base(self.deals, of)[0])
        return round(won + base + (self.new_expected if of == EXPECTED else 0.0), 2)

    @property
    def range(self) -> tuple[float, float]:
        """P10 and P90 of the week; NaN where there is none."""
        row = self.weeks[self.weeks["week"] == self.week]
        return (np.nan, np.nan) if row.empty else (float(row["p10"].iloc[0]), float(row["p90"].iloc[0]))


def past_quarters(basis: Basis, company: Company) -> list[Quarter]:
    """The past quarters that can be looked at, oldest first."""
    return [company.calendar.parse(key) for key in basis.record.quarters]


def weeks_of(basis: Basis, quarter: Quarter) -> list[int]:
    """The weeks of a tested quarter, from 1."""
    points = basis.record.points
    return sorted({int(week) + 1 for week in points.loc[points["quarter"] == quarter.key, "week"]})


def middle_week(weeks: Sequence[int]) -> int:
    """The week to look at first."""
    return min(weeks, key=lambda week: abs(week - _MIDDLE))


def post_mortem(
    store: Store, company: Company, basis: Basis, scope: Scope, week: int
) -> PostMortem | NotEnough:
    """Hold a week's number of the scope's quarter against how it ended; `week`: from 1."""
    record, key = basis.record, scope.quarter.key
    if key not in record.quarters:
        return NotEnough(f"{scope.quarter} was not foretold from the quarters before it", 0)
    days = record.points.loc[(record.points["quarter"] == key) & (record.points["week"] == week - 1)]
    if days.empty:
        return NotEnough(f"week {week} of {scope.quarter} was not foretold", 0)
    then = replace(scope, as_of=days["landmark"].iloc[0].date())
    with store.reading():
        first = scope.quarter.first_day
        before = deals_as_of(store, company, then.as_of, closed_since=first)
        after = deals_as_of(store, company, scope.quarter.last_day, closed_since=first)
        found = call_of(calls_at(store, company, then.as_of), then)
    deals = _deals(_expected_then(basis, then), before, after, then)
    totals = _at(record.totals, then)
    called = found if isinstance(found, NotEnough) else found.amounts["commit"]
    return PostMortem(
        scope=then,
        week=week,
        weeks=_weeks(basis, then),
        deals=deals,
        new_expected=total(then.within(totals)["new_expected"]),
        call=called,
        actual=total(deals.loc[deals["is_ours"], "booked"]),
        chances=_chances(record.deals, then, set(deals["deal_id"])),
    )


def lines_of(view: PostMortem, start: str) -> pd.DataFrame:
    """step (of STEPS), deal_id, amount: from what was said to what was booked, exact to the cent.

    Empty where there was no call.
    """
    given = view.start(start)
    if isinstance(given, NotEnough):
        return pd.DataFrame(columns=["step", "deal_id", "amount"])
    deals = view.deals
    ids, booked, won_then = deals["deal_id"], deals["booked"], deals["won_then"]
    base, worth = _base(deals, start)
    is_open, is_won = deals["was"] == "open", deals["became"] == "won"
    dated, came = deals["timing"].isin(_BY_ITS_END), ~deals["was"].isin(["open", "won"]) & deals["is_ours"]
    left = is_open & ~is_won
    missed = np.select(
        [deals["became"] == "lost", deals["became"] == "gone", dated], [LOST, GONE, SLIPPED], LATER
    )
    parts = [
        (np.where(dated, WON, ELSEWHERE), worth - base, is_open & is_won),
        (AMOUNT, booked - worth, is_open & is_won),
        (missed, -base, left),
        (CHANGED, booked - won_then, deals["was"] == "won"),
        (HANDS, -booked, deals["was"].isin(["open", "won"]) & ~deals["is_ours"]),
        (HANDS, booked, came & (deals["was"] == "elsewhere")),
        (NEW, booked, came & (deals["was"] == "not there")),
    ]
    frames = [
        pd.DataFrame({"step": step, "deal_id": ids, "amount": amount.round(2)})[where]
        for step, amount, where in parts
    ]
    beside = {EXPECTED: [(NEW, NOT_CREATED_YET, -view.new_expected)], STATED: []}
    beyond = round(total(won_then) + total(base) - given, 2)
    extra = beside.get(start, [(BEYOND, JUDGEMENT, beyond)])
    frames.append(pd.DataFrame(extra, columns=["step", "deal_id", "amount"]))
    lines = pd.concat(frames, ignore_index=True)
    return lines[lines["amount"] != 0].reset_index(drop=True)


def bridge(view: PostMortem, start: str) -> pd.DataFrame | NotEnough:
    """Rows of `figures.bridge_waterfall`, from what was said in the week to what was booked."""
    given = view.start(start)
    if isinstance(given, NotEnough):
        return given
    lines = lines_of(view, start)
    rows: list[tuple[str, float, str, bool]] = [
        (f"{start[:1].upper()}{start[1:]}, week {view.week}", given, "start", start != EXPECTED)
    ]
    order = [BEYOND, *STEPS[:-1]] if start == CALL else STEPS
    for step in order:
        mine = lines.loc[lines["step"] == step, "amount"]
        if len(mine):
            rows.append((label(step), total(mine), "change", False))
    rows.append(("Booked", view.actual, "end", False))
    return pd.DataFrame(rows, columns=["step", "amount", "kind", "stated"])


def label(step: str) -> str:
    """A step as a heading."""
    return f"{step[:1].upper()}{step[1:]}"


def misses(view: PostMortem, start: str) -> pd.DataFrame:
    """A row per deal that ended otherwise than counted: the columns of `deals`, off (booked - counted, what
    it adds to the bridge), counted; the farthest off first. Without what belongs to no deal."""
    lines = lines_of(view, start)
    off = lines[~lines["deal_id"].isin(list(NO_DEAL))].groupby("deal_id")["amount"].sum().round(2)
    off = off[off != 0]
    found = view.deals.set_index("deal_id").loc[off.index].reset_index()
    found = found.assign(off=off.to_numpy())
    mine = found["booked"].where(found["is_ours"], 0.0)
    found = found.assign(counted=(mine - found["off"]).round(2), brought=mine)
    order = found["off"].abs().sort_values(ascending=False, kind="stable").index
    return found.loc[order].reset_index(drop=True)


def _base(deals: pd.DataFrame, start: str) -> tuple[pd.Series, pd.Series]:
    """What an open deal counted with, and what it would have brought had it been won as counted."""
    is_open = deals["was"] == "open"
    if start == EXPECTED:
        return deals["expected"].where(is_open, 0.0), deals["worth"].where(is_open, 0.0)
    stated = deals["amount"].fillna(0.0).where(is_open, 0.0)
    if start == CALL:
        return stated.where(deals["named"], 0.0), stated
    return deals["weighted"].where(is_open, 0.0), stated


def _at(table: pd.DataFrame, then: Scope) -> pd.DataFrame:
    here = (table["quarter"] == then.quarter.key) & (table["landmark"] == pd.Timestamp(then.as_of))
    return table[here]


def _expected_then(basis: Basis, then: Scope) -> pd.DataFrame:
    """All open deals of the week with what was expected of them, as `forecast.record` had it.

    The chance is that after what the quarter had shown so far, which the record keeps by owner only.
    """
    record, key, day = basis.record, then.quarter.key, pd.Timestamp(then.as_of)
    deals = _at(record.deals, then).reset_index(drop=True)
    cohort = None
    if basis.history.learned.rung != "rates":
        cohort = first_cohort(record.deals[record.deals["quarter"] == key], day)
    usable = from_first_outcomes(basis.history.rows)
    needed = (usable["landmark"] == usable["first_day"]) | (usable["quarter"] == key)
    wins = wins_over_time(known_before(usable[needed], key))
    ends = pd.Timestamp(then.quarter.first_day), pd.Timestamp(then.quarter.last_day)
    outlook = Outlook.of(
        deals,
        chances=deals[["p_won"]].to_numpy(float),
        redrawn=np.empty((0, len(deals), 1)),
        spread=0.0,
        rho=rho_weights(record.cohorts[: record.quarters.index(key)]),
        so_far=(cohort, share_won_by(wins, day, *ends)),
        later=[],
    )
    chance = outlook.adjusted()[:, 0]
    expected = (chance * outlook.amounts).round(2)
    return deals.assign(chance=chance, expected=expected, worth=outlook.amounts.round(2))


def _deals(then: pd.DataFrame, before: pd.DataFrame, after: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    """Every deal open or won then, or booked by the end; of this scope then or at the end."""
    quarter = scope.quarter
    opened = then.set_index("deal_id")
    won_then = before[won_in(before, quarter)].set_index("deal_id")
    booked = after[won_in(after, quarter)].set_index("deal_id")
    ids = opened.index.append([won_then.index, booked.index]).unique()
    names = ["name", "account_name", "owner_name", "owner_id", "team", "stage", "category", "close_date"]
    old, new = (one.set_index("deal_id").reindex(ids) for one in (before, after))
    found = old[names].where(old["name"].notna(), new[names])
    here = set(scope.within(pd.concat([opened, won_then])).index)
    ours = set(scope.within(booked).index) | (here - set(booked.index))
    state = opened.reindex(ids)
    was = np.select([ids.isin(opened.index), ids.isin(won_then.index)], ["open", "won"], "not there")
    mine = ids.isin(list(here))
    open_after = new["is_open"].astype("boolean").fillna(False)
    ends = [ids.isin(booked.index), new["is_open"].isna().to_numpy(), open_after.to_numpy(bool)]
    money = state[["chance", "amount_company", "probability"]].astype(float)
    found = found.assign(
        name=found["name"].fillna(pd.Series(ids, index=ids)),
        was=np.where(mine | (was == "not there"), was, "elsewhere"),
        is_ours=ids.isin(list(ours)),
        became=np.select(ends, ["won", "gone", "open"], "lost"),
        timing=state["timing"].fillna(""),
        category=state["category"].fillna(found["category"]),
        stage=state["stage"].fillna(found["stage"]),
        probability=money["probability"],
        amount=money["amount_company"],
        chance=money["chance"],
        **{name: state[name].astype(float).fillna(0.0) for name in ("expected", "worth")},
        weighted=_weighted(state),
        named=_named(state),
        won_then=_money(won_then, ids).where(mine, 0.0),
        booked=_money(booked, ids),
    )
    kept = found.rename_axis("deal_id").reset_index()
    return pd.DataFrame(kept[mine | kept["is_ours"].to_numpy()].reset_index(drop=True))


def _money(deals: pd.DataFrame, ids: pd.Index) -> pd.Series:
    return deals["amount_company"].astype(float).reindex(ids).fillna(0.0).round(2)


def _named(deals: pd.DataFrame) -> pd.Series:
    """Whether a commit call names it, as `calls.call_bridge` has it."""
    return (deals["timing"] == "in quarter") & (deals["category"] == "Commit")


def _weighted(deals: pd.DataFrame) -> pd.Series:
    """Amount x stated probability of what is dated in the quarter, without Omitted: as the record counts."""
    counted = (deals["timing"] == "in quarter") & (deals["category"] != "Omitted")
    money = deals["amount_company"].astype(float) * deals["probability"].astype(float).fillna(0.0)
    return money.where(counted, 0.0).fillna(0.0).round(2)


def _weeks(basis: Basis, scope: Scope) -> pd.DataFrame:
    """What was said of the scope's end at every tested week."""
    record, key = basis.record, scope.quarter.key
    kind = ("owner", scope.owner_id) if scope.owner_id else ("team", scope.team)
    kind = ("company", "") if scope.is_company else kind
    points = record.points
    mine = points[(points["quarter"] == key) & (points["kind"] == kind[0]) & (points["key"] == kind[1])]
    deals = scope.within(record.deals[record.deals["quarter"] == key])
    totals = scope.within(record.totals[record.totals["quarter"] == key])
    won = totals.groupby("landmark")["won_so_far"].sum().round(2)
    weighted = _weighted(deals).groupby(deals["landmark"]).sum().round(2)
    at = mine["landmark"]
    found = mine.assign(
        week=mine["week"] + 1,
        day=at,
        won=won.reindex(at).fillna(0.0).to_numpy(),
        stated=(won.reindex(at).fillna(0.0) + weighted.reindex(at).fillna(0.0)).to_numpy(),
    )
    columns = ["week", "day", "won", "stated", "expected", "p10", "p50", "p90", "target"]
    return found.sort_values("day")[columns].reset_index(drop=True)


def _chances(deals: pd.DataFrame, scope: Scope, ids: set[str]) -> pd.DataFrame:
    here = deals[(deals["quarter"] == scope.quarter.key) & deals["deal_id"].isin(ids)]
    found = here.assign(week=here["week"] + 1)[["week", "deal_id", "p_won"]]
    return found.sort_values(["deal_id", "week"]).reset_index(drop=True)
