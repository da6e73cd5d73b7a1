"""Why a past quarter's deals ended as they did: what happened to each, and what it showed in the week."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.business_case.questions import method_as_of
from analytics.company import Company
from analytics.forecast.basis import Basis
from analytics.intervals import wilson
from analytics.post_mortem import PostMortem
from analytics.problems import NotEnough
from analytics.risk.usual import with_usual
from analytics.risk.warning_limits import Limits, read_limits
from analytics.risk.warning_rules import RULES
from analytics.risk.warnings import warnings_of
from analytics.store.database import Store
from analytics.store.subjects import QUESTIONS
from analytics.wording import count, day, listed, money

#: Deals with a warning and without it, below which nothing is said of a single quarter.
FEWEST = 10
#: An answer below this level carries nothing (depth/RUBRIC.md).
_THIN = 2


@dataclass(frozen=True)
class Causes:
    """What the deals showed in the week, by what was known then.

    `warnings`: of `warnings_of`, of the scope's open deals; `effects`: a row per warning: warning, label,
    n_with, missed_with, n_without, missed_without (deals dated in the quarter, and how many of them were not
    won in it), more, low, high (difference of the two shares, 90% interval), missing (NotEnough or None);
    `case`: deal_id -> which answers were empty or thin (words), '' where none was; empty where the company
    records no answers. `commit`: deals in Commit dated in the quarter, and how many of them were won.
    """

    warnings: pd.DataFrame
    effects: pd.DataFrame
    case: pd.Series
    commit: tuple[int, int]


def causes(store: Store, company: Company, basis: Basis, view: PostMortem) -> Causes:
    """Read what the scope's open deals showed in the view's week. Limits of warnings are today's."""
    rows, week_day = basis.history.rows, pd.Timestamp(view.scope.as_of)
    then = rows[rows["landmark"] == week_day].reset_index(drop=True)
    ours = view.deals[view.deals["was"] == "open"].set_index("deal_id")
    with store.reading():
        limits = read_limits(store)
        then = with_usual(store, company, then)
        method = method_as_of(store, company.method, company.calendar.end_of(view.scope.as_of))
    shown = warnings_of(then, limits)
    labels = {one.asks: one.label for one in reversed(method.questions)}
    mine = then[then["deal_id"].isin(ours.index)]
    has_cases = bool((then["answered"] > 0).any())
    commit = ours[ours["named"]]
    return Causes(
        warnings=shown[shown["deal_id"].isin(ours.index)].reset_index(drop=True),
        effects=_effects(then, ours, limits),
        case=_case(mine, labels) if has_cases else pd.Series(dtype=object),
        commit=(len(commit), int((commit["became"] == "won").sum())),
    )


def _effects(then: pd.DataFrame, ours: pd.DataFrame, limits: Limits) -> pd.DataFrame:
    """Per warning how many of the deals that showed it were not won in the quarter, against the others."""
    counted = then["deal_id"].isin(ours.index) & (then["timing"] == "in quarter")
    counted &= then["category"] != "Omitted"
    found = []
    for rule in RULES:
        limit = limits[rule.key].value
        flag = rule.on(then, limit)[counted]  # judged beside all deals: what nobody has is not recorded
        missed = (ours["became"].reindex(then.loc[counted, "deal_id"]) != "won").to_numpy()
        judged = flag.notna().to_numpy()
        is_on = flag.fillna(False).to_numpy(bool)
        sides = [missed[judged & is_on], missed[judged & ~is_on]]
        names = {"warning": rule.key, "label": rule.label(limit)}
        found.append(names | _compared(*(np.asarray(side, dtype=bool) for side in sides)))
    return pd.DataFrame(found)


def _compared(with_it: np.ndarray, without: np.ndarray) -> dict[str, object]:
    counts = {"n_with": len(with_it), "missed_with": int(with_it.sum())}
    counts |= {"n_without": len(without), "missed_without": int(without.sum())}
    nothing = dict.fromkeys(("more", "low", "high"), np.nan)
    if not len(with_it) and not len(without):
        return {**counts, **nothing, "missing": NotEnough("nothing recorded then could tell", 0)}
    least = min(len(with_it), len(without))
    if least < FEWEST:
        side = "with" if len(with_it) <= len(without) else "without"
        return {**counts, **nothing, "missing": NotEnough(f"{FEWEST} deals {side} it are needed", least)}
    more, low, high = difference(counts["missed_with"], len(with_it), counts["missed_without"], len(without))
    return {**counts, "more": more, "low": low, "high": high, "missing": None}


def difference(hits: int, n: int, other_hits: int, other_n: int) -> tuple[float, float, float]:
    """A share less another one, with its 90% interval (Newcombe 1998, method 10)."""
    one, other = hits / n, other_hits / other_n
    (low, high), (other_low, other_high) = wilson(one, n), wilson(other, other_n)
    below = float(np.hypot(one - low, other_high - other))
    above = float(np.hypot(high - one, other - other_low))
    return one - other, one - other - below, one - other + above


def _case(rows: pd.DataFrame, labels: dict[str, str]) -> pd.Series:
    """deal_id -> its answers that were empty, and those that were thin, in words."""
    asked = [key for key in QUESTIONS if key in labels]
    levels = rows[[f"level_{key}" for key in asked]].to_numpy(float)
    words = []
    for row in levels:
        empty = [labels[key] for key, level in zip(asked, row, strict=True) if level == 0]
        thin = [labels[key] for key, level in zip(asked, row, strict=True) if 0 < level < _THIN]
        if len(empty) == len(asked):
            words.append("all empty")
            continue
        parts = [f"empty: {listed(empty)}"] if empty else []
        words.append("; ".join([*parts, *([f"thin: {listed(thin)}"] if thin else [])]))
    return pd.Series(words, index=rows["deal_id"].to_numpy(), dtype=object)


def stories(store: Store, company: Company, view: PostMortem, deal_ids: Iterable[str]) -> dict[str, str]:
    """deal_id -> what the CRM shows of it between the week and the quarter's end, in words."""
    since = company.calendar.end_of(view.scope.as_of)
    end = company.calendar.end_of(view.quarter.last_day)
    steps = store.query("window_steps", since_end=since, as_of_end=end)
    asked = list(deal_ids)
    changed = dict(tuple(steps[steps["deal_id"].isin(asked)].groupby("deal_id")))
    return {
        deal_id: _story(changed[deal_id], company) if deal_id in changed else "nothing in the CRM changed"
        for deal_id in asked
    }


def _story(walk: pd.DataFrame, company: Company) -> str:
    """`walk`: how the deal stood before, and after each change, in order."""
    currency = walk["currency"].iloc[0]
    is_open = ~(walk["is_closed"] | walk["is_gone"])
    new = not walk["is_before"].iloc[0]
    said = [f"created on {_on(walk['valid_at'].iloc[0], company)}"] if new else []
    said += _moves(walk[is_open], company)
    said += _amounts(walk["amount"], company, company.currency if pd.isna(currency) else str(currency))
    return "; ".join([*said, *_ends(walk, is_open, company)]) or "nothing that counts changed"


def _moves(walk: pd.DataFrame, company: Company) -> list[str]:
    """How the close date and the category moved while it was open."""
    said = []
    dates = pd.to_datetime(walk["close_date"]).reset_index(drop=True)
    moved = dates[dates.notna() & dates.shift().notna() & (dates != dates.shift())].index
    if len(moved):
        at, old, new = walk["valid_at"].iloc[moved[0]], dates[moved[0] - 1], dates[moved[-1]]
        word = "pushed" if new > old else "pulled in" if new < old else "close date moved and moved back"
        span = f" from {_day(old, company)} to {_day(new, company)}" if new != old else ""
        steps = f" in {len(moved)} steps, the first" if len(moved) > 1 else ""
        said.append(f"{word}{span}{steps} on {_on(at, company)}")
    kinds = walk["forecast_category"].fillna("Pipeline").reset_index(drop=True)
    if len(kinds) and kinds.iloc[0] != kinds.iloc[-1]:
        at = walk["valid_at"].iloc[kinds[kinds != kinds.shift()].index[-1]]
        said.append(f"{kinds.iloc[0]} to {kinds.iloc[-1]} by {_on(at, company)}")
    return said


def _amounts(amounts: pd.Series, company: Company, currency: str) -> list[str]:
    old, new = amounts.iloc[0], amounts.iloc[-1]
    if len(amounts) < 2 or (pd.isna(old) and pd.isna(new)) or old == new:
        return []
    before, now = (
        "no amount" if pd.isna(one) else money(one, currency, locale=company.locale) for one in (old, new)
    )
    if before == now:
        before, now = (money(one, currency, exact=True, locale=company.locale) for one in (old, new))
    return [f"amount {before} to {now}"]


def _ends(walk: pd.DataFrame, is_open: pd.Series, company: Company) -> list[str]:
    """Closed, reopened, gone: with their days."""
    said = []
    states = np.where(walk["is_gone"], "gone from the CRM since", np.where(is_open, "open", "lost on"))
    states = np.where((states == "lost on") & walk["is_won"].to_numpy(bool), "won on", states)
    for at in range(1, len(states)):
        if states[at] != states[at - 1]:
            word = "reopened on" if states[at] == "open" else states[at]
            said.append(f"{word} {_on(walk['valid_at'].iloc[at], company)}")
    if len(states) == 1 and states[0] != "open":
        said.append(f"{states[0]} {_on(walk['valid_at'].iloc[0], company)}")
    return said


def _on(moment: pd.Timestamp, company: Company) -> str:
    return day(company.calendar.day_of(moment.to_pydatetime()), locale=company.locale)


def _day(value: pd.Timestamp, company: Company) -> str:
    return day(value, locale=company.locale)


def seen_from(chances: pd.DataFrame, *, was_won: bool) -> str:
    """From which week on our chance of a deal stood on the side on which it ended; `chances`: its weeks.

    The side is below half for one that was not won, half or more for one that was.
    """
    if chances.empty:
        return "never open at a week tested"
    right = (chances["p_won"] >= 0.5) == was_won
    weeks = chances["week"].to_numpy()
    wrong = np.flatnonzero(~right.to_numpy())
    if not len(wrong):
        return "from its first week on" if weeks[0] > 1 else "from week 1 on"
    if wrong[-1] == len(weeks) - 1:
        return f"at no week up to week {weeks[-1]}" if len(wrong) == len(weeks) else "not at the end"
    return f"from week {weeks[wrong[-1] + 1]} on"


def told(deal_id: str, found: Causes) -> str:
    """The warnings that a deal showed in the week, in words; '' where it showed none."""
    return "; ".join(found.warnings.loc[found.warnings["deal_id"] == deal_id, "text"])


def counted(hits: int, n: int) -> str:
    """12 of 34 deals."""
    return f"{hits:,} of {count(n, 'deal')}"
