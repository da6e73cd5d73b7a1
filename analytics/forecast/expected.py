"""Every open deal's chance to be won within one quarter, and the money that it is expected to bring there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from analytics.company import Company
from analytics.fiscal import Quarter
from analytics.forecast.basis import Basis
from analytics.forecast.draws import Outlook
from analytics.forecast.later_deals import LaterDeals, later_deals
from analytics.risk.chances import LATER, Chances, chances_as_of
from analytics.risk.history_rates import best_key, rates, timing
from analytics.risk.landmarks import HORIZONS
from analytics.risk.outcome_model import OutcomeModel
from analytics.risk.reason_words import NORMAL
from analytics.risk.redrawn import redrawn_chances
from analytics.store.database import Store

HISTORIES = 50
#: A group of past deals counts as this many more: its rate is drawn to that of others.
_RATE_WEIGHT = 20.0


@dataclass(frozen=True)
class Expected:
    """The whole company's open deals and one quarter.

    `deals`: the columns of `Chances.deals`, chance (to be won within the quarter itself, after what the
    quarter shows so far), model_chance (before that), expected_amount (money to the cent; NaN: no amount).
    `reasons`: deal_id, reason, family, text, won: per deal they add up to `model_chance`.
    `outlook`: what is drawn from, of the quarters up to the asked one; its place there is `at`.
    `later`: expected money of deals not created yet by owner_id, to the cent.
    """

    quarter: Quarter
    deals: pd.DataFrame
    reasons: pd.DataFrame
    outlook: Outlook
    at: int
    later: pd.Series
    chances: Chances


def expected_in(store: Store, company: Company, as_of: date, quarter: Quarter, basis: Basis) -> Expected:
    """What each open deal is expected to bring within `quarter`. Raises BadInput if it ended before `as_of`.

    A deal is won in at most one quarter: its chance within a later one is the chance by its end less that by
    the end of the quarter before, so that no dollar is counted twice.
    """
    calendar = company.calendar
    history = basis.history
    asked = chances_as_of(store, company, as_of, quarter, history)
    this = calendar.quarter_of(as_of)
    before = None
    if quarter > this:
        before = chances_as_of(store, company, as_of, calendar.shift(quarter, -1), history)
    outlook, at = _outlook(company, as_of, quarter, basis, asked, before)
    adjusted = outlook.adjusted()
    by_rates = _within(asked, before, "baseline_won")
    deals = asked.deals.assign(
        model_chance=_within(asked, before, "p_won") if asked.has_model else by_rates,
        baseline_won=by_rates,
        chance=adjusted[:, at],
    )
    deals["expected_amount"] = (deals["amount_company"] * deals["chance"] * deals["amount_ratio"]).round(2)
    factor = outlook.later_factor(adjusted) if at == 0 and quarter == this else 1.0
    later = (outlook.later[at].by_owner() * factor).round(2)
    return Expected(quarter, deals, _reasons(asked, before), outlook, at, later, asked)


def chances_if_dated(
    company: Company, found: Expected, basis: Basis, deal: pd.Series, close_date: date
) -> float:
    """The chance of a deal to be won within the quarter, had it another close date and all else as it is."""
    day, asked = pd.Timestamp(close_date), found.chances
    if not asked.has_model:
        return _rate_if_dated(found, deal, day)
    model = basis.history.learned.model
    assert model is not None
    today = basis.history.today
    row = today[today["deal_id"] == deal["deal_id"]]
    this = company.calendar.quarter_of(basis.history.as_of)
    row = row.assign(
        close_date=day,
        days_to_close=(day - row["landmark"]).dt.days.astype(float),
        timing=timing(pd.Series(day, index=row.index), this),
    )
    by_end = model.chances(row)[["p_won", *LATER]].to_numpy(float)
    hazard = _hazards(by_end[:, : asked.ahead + 1])
    return float(replace(found.outlook, chances=hazard).adjusted()[0, found.at])


def _rate_if_dated(found: Expected, deal: pd.Series, day: pd.Timestamp) -> float:
    """By smoothed rates: those of the new timing by those of the old one times what the deal has now."""
    table = rates(found.chances.baseline.past.rows)
    when = timing(pd.Series([deal["close_date"], day]), found.quarter)
    before, after = (
        float(table["p_won"].loc[[best_key(table, str(one), str(deal["stage"]))]].iloc[0]) for one in when
    )
    return min(float(deal["chance"]) * after / before, 1.0) if before > 0 else after


def _within(asked: Chances, before: Chances | None, column: str) -> pd.Series:
    """A chance by the asked quarter's end less the same by its start; deals stand in the same order."""
    by_end = asked.deals[column]
    return by_end if before is None else (by_end - before.deals[column]).clip(lower=0)


def _reasons(asked: Chances, before: Chances | None) -> pd.DataFrame:
    """The reasons for the chance within the quarter: those by its end less those by its start."""
    columns = ["deal_id", "reason", "family", "text", "won"]
    if not asked.has_model:
        deals = asked.deals
        return pd.DataFrame(
            {
                "deal_id": deals["deal_id"],
                "reason": NORMAL,
                "family": NORMAL,
                "text": deals["reasons"],
                "won": _within(asked, before, "baseline_won"),
            }
        )
    reasons = asked.reasons[columns].reset_index(drop=True)
    if before is None:
        return reasons
    earlier = before.reasons.set_index(["deal_id", "reason"])["won"]
    keys = pd.MultiIndex.from_frame(reasons[["deal_id", "reason"]])
    return reasons.assign(won=reasons["won"] - earlier.reindex(keys).fillna(0.0).to_numpy())


def _outlook(
    company: Company,
    as_of: date,
    quarter: Quarter,
    basis: Basis,
    asked: Chances,
    before: Chances | None,
) -> tuple[Outlook, int]:
    """The quarters from the as-of date's to the asked one; one alone where only rates can tell of it."""
    by_end, redrawn, quarters = _by_end(company, as_of, quarter, basis, asked, before)
    owners = pd.Index(sorted(asked.deals["owner_id"].unique()))
    later: list[LaterDeals] = [
        later_deals(basis.won, company.calendar, as_of=as_of, quarter=one, began=basis.began, owners=owners)
        for one in quarters
    ]
    runs = quarters[0] == company.calendar.quarter_of(as_of)
    outlook = Outlook.of(
        asked.deals,
        chances=_hazards(by_end),
        redrawn=_hazards(redrawn),
        spread=basis.amounts.spread,
        rho=basis.rho,
        so_far=basis.so_far() if runs else (None, 0.0),
        later=later,
    )
    return outlook, len(quarters) - 1


def _by_end(
    company: Company,
    as_of: date,
    quarter: Quarter,
    basis: Basis,
    asked: Chances,
    before: Chances | None,
) -> tuple[np.ndarray, np.ndarray, list[Quarter]]:
    """Chances to be won by the end of each quarter in a row: deal x quarter, draw x deal x quarter."""
    calendar = company.calendar
    model = basis.history.learned.model
    if model is not None and asked.has_model:
        this = calendar.quarter_of(as_of)
        rows = basis.history.today.set_index("deal_id", drop=False)
        rows = rows.loc[asked.deals["deal_id"]].reset_index(drop=True)
        chances = model.chances(rows)[["p_won", *LATER]].to_numpy(float)[:, : asked.ahead + 1]
        return (
            chances,
            _redrawn(basis, model, rows, asked.ahead),
            [calendar.shift(this, ahead) for ahead in range(asked.ahead + 1)],
        )
    within = _within(asked, before, "baseline_won")
    chances = within.fillna(0.0).to_numpy(float)[:, None]
    return chances, _redrawn_rates(asked, chances), [quarter]


def _redrawn(basis: Basis, model: OutcomeModel, rows: pd.DataFrame, ahead: int) -> np.ndarray:
    """Chances by redrawn histories; all later quarters are made at once, for they are asked together."""
    history, most = basis.history, HORIZONS[-1] if ahead else 0
    found: np.ndarray = history.once(
        ("redrawn", history.as_of, most),
        lambda: redrawn_chances(model, history.rows, rows, draws=HISTORIES, ahead=most),
    )
    return found[:, :, : ahead + 1]


def _redrawn_rates(asked: Chances, chances: np.ndarray) -> np.ndarray:
    """Rates, had chance dealt other past deals: all deals of one group move together (draw x deal x 1)."""
    rng = np.random.default_rng(0)
    groups = asked.deals["timing"].astype(str) + asked.deals["stage"].astype(str)
    group, names = pd.factorize(groups)
    past = asked.baseline.past.rows
    counted = past.groupby(past["timing"].astype(str) + past["stage"].astype(str))["deals"].sum()
    n = counted.reindex(names).fillna(0.0).to_numpy(float) + _RATE_WEIGHT
    mean = np.clip(chances[:, 0], 1e-6, 1 - 1e-6)
    spread = rng.standard_normal((HISTORIES, len(names)))[:, group]
    logit = np.log(mean / (1 - mean)) + spread / np.sqrt(n[group] * mean * (1 - mean) + 1)
    return np.asarray(1 / (1 + np.exp(-logit)))[:, :, None]


def _hazards(by_end: np.ndarray) -> np.ndarray:
    """Chances by the end of quarters in a row -> in each quarter, if not won before (last axis)."""
    before = np.concatenate([np.zeros_like(by_end[..., :1]), by_end[..., :-1]], axis=-1)
    left = np.maximum(1 - before, 1e-9)
    found: np.ndarray = np.clip((by_end - before) / left, 0.0, 1.0)
    return found
