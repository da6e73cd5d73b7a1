"""The page "What if": the deals that matter, the number before and after, scenarios side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote, unquote

import pandas as pd

from analytics.company import Company
from analytics.forecast.hangs_on import HangsOn
from analytics.forecast.quarter_forecast import Forecast
from analytics.forecast.what_if import Change, Scenario, read_changes, what_if, write_changes
from analytics.pipeline.quarter_end import Value, total
from analytics.problems import NotEnough
from analytics.wording import count, day, is_missing, listed, money, percent, points

AS_IT_IS = "As it is"
#: Deals that are offered before any is looked for, and those named in a sentence.
_OFFERED, _NAMED = 12, 3
#: Scenarios that are kept beside the current one, and letters of a name.
MOST_KEPT, LONGEST_NAME = 6, 40
#: What the columns of `side_by_side` hold.
KINDS = dict.fromkeys(("expected", "p10", "p50", "p90", "won", "target", "stated"), "money") | {
    "p_target": "share"
}


@dataclass(frozen=True)
class Named:
    """A scenario as the URL carries it: its name and what is assumed."""

    name: str
    what: str


def offered(found: Forecast, hangs: HangsOn, changes: Sequence[Change], also: str = "") -> pd.DataFrame:
    """The deals whose outcome can be assumed: rows of `Forecast.deals`, always in the same order.

    First those that move the number most, then the largest expected ones; then `also` and what is assumed.
    """
    largest = found.deals.sort_values("expected_amount", ascending=False, kind="stable")["deal_id"]
    first = list(dict.fromkeys([*hangs.deals["deal_id"], *largest]))[:_OFFERED]
    asked = [*first, *(change.deal_id for change in changes), *([also] if also else [])]
    known = found.deals.set_index("deal_id", drop=False)
    return known.loc[[deal_id for deal_id in dict.fromkeys(asked) if deal_id in known.index]]


def changed(
    changes: Sequence[Change],
    deal_id: str,
    *,
    outcome: str = "",
    amount: float | None = None,
    close_date: date | None = None,
) -> list[Change]:
    """The changes with those of one deal replaced; a deal of which nothing is assumed is left out."""
    now = Change(deal_id, outcome, amount, close_date)
    found = {change.deal_id: change for change in changes} | {deal_id: now}
    return [change for change in found.values() if change != Change(change.deal_id)]


def change_of(changes: Sequence[Change], deal_id: str) -> Change:
    """What is assumed of one deal."""
    return next((change for change in changes if change.deal_id == deal_id), Change(deal_id))


def presets(found: Forecast, hangs: HangsOn) -> list[Named]:
    """Scenarios that every review asks about; none about deals that are not there."""
    top = list(hangs.deals["deal_id"][:_NAMED])
    deals = found.deals
    commit = deals[(deals["category"] == "Commit") & (deals["timing"] == "in quarter")]
    commits = list(commit.loc[commit["amount_company"].notna(), "deal_id"])
    named = [
        (f"Top {len(top)} won", [Change(one, "won") for one in top]),
        (f"Top {len(top)} slipped", [Change(one, "slipped") for one in top]),
        ("Commits won", [Change(one, "won") for one in commits]),
    ]
    return [Named(name, write_changes(changes)) for name, changes in named if changes]


def read_kept(text: str) -> tuple[list[Named], list[str]]:
    """The scenarios kept in a URL ('NAME!WHAT;NAME!WHAT'), and which parts could not be read."""
    found: list[Named] = []
    problems = []
    for part in [part for part in text.split(";") if part]:
        name, sign, what = part.partition("!")
        if sign and name and len(found) < MOST_KEPT:
            found.append(Named(unquote(name)[:LONGEST_NAME], what))
        else:
            problems.append(f"the scenario {unquote(part)[:LONGEST_NAME]!r} cannot be read")
    return found, problems


def write_kept(kept: Sequence[Named]) -> str:
    """Scenarios as text for a URL; the last ones, one of each name. `read_kept` reads it back."""
    latest = {one.name: one for one in kept if one.name}
    return ";".join(f"{quote(one.name, safe='')}!{one.what}" for one in [*latest.values()][-MOST_KEPT:])


def side_by_side(company: Company, found: Forecast, scenarios: Sequence[Named]) -> pd.DataFrame:
    """A row per scenario, the forecast as it is first: scenario, assumed (deals), expected, p10, p50, p90,
    p_target, won, target, stated, problems (how many parts are left out).
    """
    rows = [_side(found, AS_IT_IS, what_if(company, found, []), [])]
    for one in scenarios:
        changes, unread = read_changes(one.what)
        scenario = what_if(company, found, changes)
        rows.append(_side(found, one.name, scenario, unread))
    return pd.DataFrame(rows)


def _side(found: Forecast, name: str, scenario: Scenario, unread: list[str]) -> dict[str, object]:
    target = found.view.measures["target"].value
    return {
        "scenario": name,
        "assumed": len(scenario.deals),
        "expected": _number(scenario.expected),
        "p10": _number(scenario.p10),
        "p50": _number(scenario.p50),
        "p90": _number(scenario.p90),
        "p_target": _number(scenario.p_target),
        "won": total(found.view.measures["won"].parts),
        "target": _number(target),
        "stated": found.baselines["won + weighted pipeline"],
        "problems": len(scenario.problems) + len(unread),
    }


def _number(value: Value) -> float:
    return float("nan") if isinstance(value, NotEnough) else value


def headline(
    found: Forecast, changes: Sequence[Change], scenario: Scenario, company: Company
) -> tuple[str, str]:
    """What is expected under the assumptions, and against what (plain text)."""
    short = _short(company)
    quarter, target = found.view.scope.quarter, found.view.measures["target"].value
    ends = f"{quarter} is expected to end at {short(scenario.expected)}"
    ranged = f"(80% range {short(scenario.p10)} to {short(scenario.p90)})"
    if scenario.deals.empty:
        return f"Nothing is assumed yet: {ends} {ranged}.", f"{_reach(target, scenario, short)} {_NOTHING}"
    moved = _number(scenario.expected) - _number(found.expected)
    against = money(moved, company.currency, signed=True, locale=company.locale)
    lead = f"If {_assumptions(changes, scenario, company)}, {ends} {ranged}, {against} against now."
    if isinstance(target, NotEnough):
        return lead, str(target)
    before, after = percent(found.p_target), percent(scenario.p_target)
    return lead, f"The chance to reach the target of {short(target)}: {before} now, {after} then."


_NOTHING = "Say of a deal below that it is won, slipped or lost, or set another amount or date."


def _reach(target: Value, scenario: Scenario, short: Callable[[object], str]) -> str:
    if isinstance(target, NotEnough):
        return str(target)
    return f"The chance to reach the target of {short(target)} is {percent(scenario.p_target)}."


def _assumptions(changes: Sequence[Change], scenario: Scenario, company: Company) -> str:
    """The assumptions in words: each of a few, else how many of a kind."""
    names = dict(zip(scenario.deals["deal_id"], scenario.deals["name"], strict=True))
    usable = [change for change in changes if change.deal_id in names]
    if len(usable) <= _NAMED:
        return listed(f"{names[change.deal_id]} {_happens(change, company)}" for change in usable)
    kinds = [change.outcome or "other" for change in usable]
    counts = [(kinds.count(kind), verbs) for kind, verbs in _VERBS.items() if kind in kinds]
    return listed(f"{count(n, 'deal')} {verbs[n > 1]}" for n, verbs in counts)


_VERBS = {
    "won": ("is won", "are won"),
    "slipped": ("slips", "slip"),
    "lost": ("is lost", "are lost"),
    "other": ("changes in amount or date", "change in amount or date"),
}


def _happens(change: Change, company: Company) -> str:
    """What is assumed of one deal, as the end of a sentence."""
    said = [_VERBS[change.outcome][0]] if change.outcome else []
    if change.amount is not None:
        said.append(f"has an amount of {_short(company)(change.amount)}")
    if change.close_date is not None:
        said.append(f"is dated {day(change.close_date, locale=company.locale)}")
    return listed(said)


def effects(scenario: Scenario) -> pd.DataFrame:
    """What each assumption moves, the largest first; `moves` adds up to the whole difference to the cent."""
    table = scenario.deals.assign(moves=scenario.deals["expected_amount"] - scenario.deals["expected_before"])
    table["moves"] = table["moves"].astype(float).round(2)
    return table.sort_values("moves", key=abs, ascending=False, kind="stable", ignore_index=True)


def effects_table(scenario: Scenario) -> pd.DataFrame:
    """`effects` with headings; chances without decimals, unless they are small."""
    table = effects(scenario)
    chances = {
        name: table[name].round(2).where(table[name] >= 0.01, table[name].round(3))
        for name in ("chance_before", "chance")
    }
    return table.assign(**chances).rename(columns={key: name for key, (name, _) in EFFECTS.items()})


#: Headings and kinds of `effects`.
EFFECTS = {
    "deal_id": ("Deal ID", "hidden"),
    "name": ("Deal", "text"),
    "assumed": ("Assumed", "text"),
    "chance_before": ("Chance now", "share"),
    "chance": ("Chance then", "share"),
    "expected_before": ("Expected now", "money"),
    "expected_amount": ("Expected then", "money"),
    "moves": ("Moves the number by", "money"),
}


def about(deal: pd.Series, hangs: HangsOn, company: Company) -> str:
    """What is known of one deal, in a line (plain text)."""
    swing = hangs.deals[hangs.deals["deal_id"] == deal["deal_id"]]
    parts = [
        f"{_short(company)(deal['amount_company'])}",
        f"chance {percent(deal['chance'])}",
        f"dated {day(deal['close_date'], locale=company.locale)}",
        str(deal["category"]),
        str(deal["owner_name"]),
    ]
    if len(swing) and not is_missing(swing["if_won"].iloc[0]):
        won, not_won = (percent(swing[key].iloc[0]) for key in ("if_won", "if_not"))
        parts.append(f"target reached {won} if won, {not_won} if not")
    return " · ".join(parts)


def change_in_points(before: Value, after: Value) -> str:
    """How much a chance moved, in points; '' where it did not or cannot be said."""
    if isinstance(before, NotEnough) or isinstance(after, NotEnough) or percent(before) == percent(after):
        return ""
    return f"{points(after - before)} points"


def _short(company: Company) -> Callable[[object], str]:
    return lambda value: money(value, company.currency, locale=company.locale)
