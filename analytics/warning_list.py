"""Everything the page Warnings shows: what each went with in the past, and which open deals show it now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from analytics.company import Company, Scope
from analytics.pipeline.deals import dated_in, deals_as_of
from analytics.pipeline.quarter_end import total
from analytics.pipeline.tables import DealTable, deal_table
from analytics.risk.landmarks import landmark_rows
from analytics.risk.usual import with_usual
from analytics.risk.warning_effects import MIN_DEALS, MIN_QUARTERS, measured, past_landmarks
from analytics.risk.warning_limits import Limits, read_limits
from analytics.risk.warning_rules import RULE, RULES
from analytics.risk.warnings import warnings_of
from analytics.store.database import Store
from analytics.wording import DASH, count, money, percent, points

Progress = Callable[[float, str], None]
_ENDS = {"won": "won", "lost": "lost", "open": "slipped"}
_NEEDED = (
    f"That takes {MIN_DEALS} past deals with a warning and as many without it, in {MIN_QUARTERS} complete"
    " quarters of dated changes. Which deals show one today is below."
)
_SAYS, _ENDED = "Why it is warned", "At the quarter's end"


@dataclass(frozen=True)
class WarningList:
    """The warnings at a day.

    `effects`: measured(); `now`: warnings_of() the open deals, off ones too; `deals`: deals_as_of() with
    every deal that was ever open at a landmark; `past`: deal_id, quarter, outcome_0 of the landmarks
    measured on, and per warning whether they showed it; `judged`: the warnings (keys) that could be judged
    on at least one deal at the day.
    """

    limits: Limits
    effects: pd.DataFrame
    now: pd.DataFrame
    deals: pd.DataFrame
    past: pd.DataFrame
    judged: frozenset[str]


def warning_list(
    store: Store, company: Company, as_of: date, progress: Progress | None = None
) -> WarningList:
    """Measure every warning at its limit on the history up to a day; nothing later is used."""
    with store.reading():
        limits = read_limits(store)
        rows = with_usual(store, company, landmark_rows(store, company, as_of, progress=progress))
        first_day = rows["landmark"].min().date() if len(rows) else as_of
        deals = deals_as_of(store, company, as_of, closed_since=first_day)
    today = rows[rows["landmark"] == pd.Timestamp(as_of)]
    past = past_landmarks(rows)
    flags = {rule.key: rule.on(past, limits[rule.key].value) for rule in RULES}
    return WarningList(
        limits=limits,
        effects=measured(rows, limits),
        now=warnings_of(today, {key: replace(limit, is_on=True) for key, limit in limits.items()}),
        deals=deals,
        past=past[["deal_id", "quarter", "outcome_0"]].assign(**flags),
        judged=frozenset(
            key for key, limit in limits.items() if RULE[key].on(today, limit.value).notna().any()
        ),
    )


def open_deals(view: WarningList, scope: Scope, *, this_quarter: bool) -> pd.DataFrame:
    """The open deals of a scope; with `this_quarter` only those dated in its quarter (without Omitted)."""
    deals = scope.within(view.deals)
    kept = dated_in(deals, scope.quarter) if this_quarter else deals["is_open"]
    return deals[kept]


def warning_table(view: WarningList, deals: pd.DataFrame) -> pd.DataFrame:
    """A row per warning, the most slipping first, those not measured last: `measured` with what is so now.

    Added: is_on, deals_now (how many of `deals` show it), money_now (their amounts, company currency); both
    missing where no deal could be judged.
    """
    now = view.now[view.now["deal_id"].isin(deals["deal_id"])]
    amounts = deals.set_index("deal_id")["amount_company"]
    shown = {key: group["deal_id"] for key, group in now.groupby("warning")}
    nobody = now["deal_id"].iloc[:0]
    found = [shown.get(key, nobody) for key in view.effects["warning"]]
    judged = view.effects["warning"].isin(view.judged)
    table = view.effects.assign(
        is_on=[view.limits[key].is_on for key in view.effects["warning"]],
        deals_now=pd.Series([len(ids) for ids in found], dtype="Int64").where(judged),
        money_now=pd.Series([total(amounts.reindex(ids).dropna()) for ids in found]).where(judged),
    )
    return table.sort_values("effect", ascending=False, na_position="last", kind="stable").reset_index(
        drop=True
    )


def headline(view: WarningList, deals: pd.DataFrame, which: str, company: Company) -> tuple[str, str]:
    """What the warnings say, in a sentence, and how many of the open `deals` (called `which`) they name."""
    table = warning_table(view, deals)
    known = table[table["effect"].notna()]
    if known.empty:
        return "What the warnings went with cannot be measured yet.", _NEEDED
    clear, fewer = known[known["low"] > 0], known[known["won_high"] < 0]
    named = _named(view, deals, clear if len(clear) else fewer, which, company)
    told = f"{named} {_less_won(fewer)}".strip()
    if clear.empty:
        return "No warning clearly went with more slipping in this company's past.", told
    worst = next(clear.itertuples())
    lead = (
        f"{len(clear)} of {count(len(known), 'warning')} went with more slipping here, most of all:"
        f" {_first_down(worst.label)}, {_effect(worst)} points."
    )
    return lead, told


def _less_won(fewer: pd.DataFrame) -> str:
    if fewer.empty:
        return ""
    worst = next(fewer.sort_values("won_effect").itertuples())
    return (
        f"{count(len(fewer), 'warning')} went with less winning, most of all: {_first_down(worst.label)},"
        f" {_effect(worst, 'won_')} points."
    )


def _named(
    view: WarningList, deals: pd.DataFrame, telling: pd.DataFrame, which: str, company: Company
) -> str:
    """How many deals show one of some warnings, and what to do."""
    if telling.empty:
        return ""
    ids = view.now.loc[view.now["warning"].isin(set(telling["warning"])), "deal_id"]
    named = deals[deals["deal_id"].isin(ids)]
    summed = money(total(named["amount_company"].dropna()), company.currency, locale=company.locale)
    return (
        f"{len(named):,} of {count(len(deals), 'open deal')}{which and ' ' + which} show one of these"
        f" {len(telling)}, {summed}: ask after the cause before the date moves again."
    )


def title_of(table: pd.DataFrame) -> str:
    """The picture's finding."""
    known = table[table["effect"].notna()]
    if known.empty:
        return "No warning has enough history behind it yet"
    most = next(known.itertuples())
    least = next(known.sort_values("won_effect").itertuples())
    return (
        f"{most.label}: {points(most.effect)} points of slipping; {_first_down(least.label)}:"
        f" {points(least.won_effect)} points of winning"
    )


def _first_down(text: object) -> str:
    return str(text)[:1].lower() + str(text)[1:]


def deals_now(view: WarningList, deals: pd.DataFrame, key: str) -> DealTable:
    """The open deals that show a warning, most money first, each with why."""
    said = view.now[view.now["warning"] == key].set_index("deal_id")["text"]
    return _told(deals, said, _SAYS)


def deals_past(view: WarningList, key: str) -> DealTable:
    """The past deals behind a warning's effect: in which quarters they showed it, and how each ended."""
    showed = view.past[view.past[key].fillna(False).astype(bool)]
    ends = showed.drop_duplicates(["deal_id", "quarter"])
    words = ends["quarter"].astype(str) + " " + ends["outcome_0"].map(_ENDS).astype(str)
    return _told(view.deals, words.groupby(ends["deal_id"]).agg(", ".join), _ENDED)


def _told(deals: pd.DataFrame, said: pd.Series, heading: str) -> DealTable:
    found = deals[deals["deal_id"].isin(said.index)]
    found = found.sort_values("amount_company", ascending=False, na_position="last")
    table = deal_table(found)
    rows = table.rows.assign(**{heading: found["deal_id"].map(said).to_numpy()})
    first = ["Deal", heading]
    rows = rows[[*first, *(name for name in rows if name not in first)]]
    return replace(table, rows=rows, kinds=table.kinds | {heading: "text"})


def shown_table(table: pd.DataFrame) -> pd.DataFrame:
    """`warning_table` as a reader sees it: the columns that decide first."""
    return pd.DataFrame(
        {
            "Warning": table["label"],
            "On": table["is_on"],
            "Open deals": table["deals_now"],
            "Money": table["money_now"],
            "Slipping": [_effect(row) for row in table.itertuples()],
            "Winning": [_effect(row, "won_") for row in table.itertuples()],
            "Slipped with it": table["slip_with"].round(2),
            "Slipped without": table["slip_without"].round(2),
            "Past deals with it": table["n_with"],
            "Past deals without": table["n_without"],
        }
    )


def figure_table(table: pd.DataFrame) -> pd.DataFrame:
    """The numbers of the picture, why there are none as a text."""
    words = [DASH if missing is None else str(missing) for missing in table["missing"]]
    return table.drop(columns=["warning", "missing", "is_on", "deals_now", "money_now"]).assign(remark=words)


def _effect(row: Any, kind: str = "") -> str:
    """+8 (+5 to +10): of slipping, or with kind "won_" of winning."""
    if row.missing is not None:
        return str(row.missing)
    middle, low, high = (points(getattr(row, f"{kind}{name}")) for name in ("effect", "low", "high"))
    return f"{middle} ({low} to {high})"


_UNJUDGED = (
    "No open deal can be judged: the CRM does not record what it takes, or what is usual is not known yet. "
)


def about(view: WarningList, key: str) -> str:
    """What one warning went with, in a sentence."""
    row: Any = next(view.effects[view.effects["warning"] == key].itertuples())
    lead = "" if key in view.judged else _UNJUDGED
    if row.missing is not None:
        return f"{lead}What it went with: {row.missing}."
    return (
        f"{lead}Of the weeks in which a deal showed it, {percent(row.slip_with)} were followed by a slip,"
        f" of the others {percent(row.slip_without)}. At the same stage and week: {_effect(row)} points of"
        f" slipping, {_effect(row, 'won_')} points of winning ({count(row.n_with, 'deal')} with it,"
        f" {row.n_without:,} without, {count(row.quarters, 'quarter')}; 90% intervals)."
    )


def limit_words(key: str) -> str:
    """A warning without its limit, for the form."""
    return RULE[key].words.format(n="…")
