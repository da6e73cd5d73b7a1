"""Everything the page Data quality shows: the checks, their money, what each names, and what was before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from analytics.company import Company, Scope, span_of
from analytics.forecast.what_if import Change, write_changes
from analytics.pipeline.quarter_end import total
from analytics.pipeline.tables import DealTable, deal_table
from analytics.problems import NotEnough
from analytics.quality.check import Effect, Ignored, Result
from analytics.quality.checks import CHECK, open_failing, run_checks, worst_first
from analytics.quality.facts import facts_as_of
from analytics.quality.trend import ANY
from analytics.store.database import Store
from analytics.wording import count, day, listed, money, percent

WHY = "Why"
_WORST = 4  # lines of checks in the picture of the trend
#: Deals of a scenario that a link to the page What if carries: an address has an end.
_MOST_ASSUMED = 40
_ANY_NAME = "any error or warning"
_TO_WORK_THROUGH = {
    "deal_id": "Deal ID",
    "name": "Deal",
    "account_name": "Account",
    "owner_name": "Owner",
    "team": "Team",
    "why": "Why",
    "amount_company": "Amount",
}


@dataclass(frozen=True)
class QualityView:
    """The checks of a scope, worst first; `open_money`: amounts of its `open_deals`, company currency."""

    scope: Scope
    results: list[Result]
    open_deals: int
    open_money: float

    def of(self, code: str) -> Result:
        """How one check ended."""
        return next(result for result in self.results if result.check.code == code)

    def in_state(self, *states: str) -> list[Result]:
        """The checks that ended so."""
        return [result for result in self.results if result.state in states]


def quality_view(store: Store, company: Company, scope: Scope, ignored: dict[str, Ignored]) -> QualityView:
    """Run every check for a scope at its day; nothing later is used."""
    with store.reading():
        facts = facts_as_of(store, company, scope, span_of(store, company).last_day)
        results = run_checks(facts, ignored)
    amounts = facts.open["amount_company"].dropna()
    return QualityView(scope, worst_first(results), len(facts.open), total(amounts))


def headline(view: QualityView, company: Company) -> tuple[str, str]:
    """How much open money stands in deals that fail a check, and which check is the worst."""
    touched = open_failing(view.results)
    failed = view.in_state("failed")
    tally = _tally(view)
    if not failed:
        return "No check failed.", tally
    worst = f"Worst: {_worst(failed[0], company)} {tally}"
    if touched.empty:
        return "No open deal has an error or a warning in its data.", worst
    part, whole = total(touched["amount_company"].dropna()), view.open_money
    share = f" ({percent(part / whole)})" if whole > 0 else ""
    lead = (
        f"{_money(part, company)} of {_money(whole, company)} open money{share} stands in"
        f" {count(len(touched), 'deal')} with an error or a warning in the data."
    )
    return lead, worst


def _worst(first: Result, company: Company) -> str:
    title = f"{first.check.title[:1].lower()}{first.check.title[1:]}"
    return f"{title}, {size(first, company)}. {first.check.who}: {first.check.fix}"


def _tally(view: QualityView) -> str:
    numbers = {state: len(view.in_state(state)) for state in ("failed", "ignored", "passed")}
    numbers["could not be judged"] = len(view.results) - sum(numbers.values())
    parts = [f"{n} {state}" for state, n in numbers.items() if n]
    return f"Of {count(len(view.results), 'check')}, {listed(parts)}."


def size(result: Result, company: Company) -> str:
    """How much a check named: $1.2M in 23 deals, 23 deals without a known amount, 2 rows."""
    if not len(result.deals):
        return count(len(result.things), "finding")
    deals = count(len(result.deals), "deal")
    if isinstance(result.money, NotEnough):
        return f"{deals} without an amount that counts"
    return f"{_money(result.money, company)} in {deals}"


def checks_table(results: list[Result], view: QualityView) -> pd.DataFrame:
    """The checks as a reader sees them: what was found first, then who can fix it."""
    return pd.DataFrame(
        [
            {
                "Check": result.check.title,
                "Severity": result.check.severity.capitalize(),
                "Found": max(len(result.deals), len(result.things)),
                "Money": _known(result),
                "Who can fix it": result.check.who,
                "State": result.state.capitalize(),
                "Share of open money": _share(result, view),
                "Kind": result.check.kind.capitalize(),
                "Code": result.check.code,
            }
            for result in results
        ]
    ).astype({"Money": float, "Share of open money": float})


def other_table(results: list[Result]) -> pd.DataFrame:
    """The checks that name nothing: passed, or why there is no verdict."""
    return pd.DataFrame(
        {
            "Check": [result.check.title for result in results],
            "State": [result.state.capitalize() for result in results],
            "Remark": [result.note for result in results],
            "Severity": [result.check.severity.capitalize() for result in results],
            "Code": [result.check.code for result in results],
        }
    )


def _known(result: Result) -> float | None:
    return None if isinstance(result.money, NotEnough) or not len(result.deals) else result.money


def _share(result: Result, view: QualityView) -> float | None:
    if _known(result) is None or not view.open_money > 0 or not bool(result.deals["is_open"].all()):
        return None
    return float(_known(result) or 0.0) / view.open_money


def deals_named(result: Result) -> DealTable:
    """The deals that a check names, most money first, each with why."""
    table = deal_table(result.deals)
    rows = table.rows.assign(**{WHY: result.deals["why"].to_numpy()})
    first = ["Deal", WHY]
    rows = rows[[*first, *(name for name in rows if name not in first)]]
    return replace(table, rows=rows, kinds=table.kinds | {WHY: "text"})


def by_owner(result: Result) -> pd.DataFrame:
    """Whose deals they are: Owner, Team, Deals, Money; the most deals first."""
    deals = result.deals
    grouped = deals.groupby(["owner_name", "team"], as_index=False).agg(
        deals=("deal_id", "size"), money=("amount_company", "sum"), known=("amount_company", "count")
    )
    grouped["money"] = grouped["money"].astype(float).where(grouped["known"] > 0)
    grouped = grouped.sort_values(["deals", "money", "owner_name"], ascending=[False, False, True])
    return pd.DataFrame(
        {
            "Owner": grouped["owner_name"],
            "Team": grouped["team"],
            "Deals": grouped["deals"],
            "Money": grouped["money"],
        }
    ).reset_index(drop=True)


def effect_words(result: Result, company: Company) -> str:
    """What a fix would change in the number, or why that is not computed."""
    changes = result.changes
    if changes is None:
        return ""
    if isinstance(changes, NotEnough):
        return f"What a fix would change in the number is not computed. {changes.reason}"
    before, after = _money(changes.before, company), _money(changes.after, company)
    if changes.before == changes.after:
        return f"A fix would leave {changes.measure} at {before}, {changes.assumed}."
    by = money(changes.after - changes.before, company.currency, signed=True, locale=company.locale)
    return f"A fix would take {changes.measure} from {before} to {after} ({by}), {changes.assumed}."


def ignored_words(ignored: Ignored, company: Company) -> str:
    """Who ignores a check, why and until when."""
    until = f" until {day(ignored.until, locale=company.locale)}" if ignored.until else ""
    since = day(ignored.since, locale=company.locale)
    return f"Ignored{until} by {ignored.author} since {since}: {ignored.reason}"


def assumed(result: Result, scope: Scope) -> str:
    """The scenario for the page What if: a check's deals close in the quarter; '' where it is none."""
    if not isinstance(result.changes, Effect) or result.check.code not in ("DQ02", "DQ11"):
        return ""
    ids = result.deals["deal_id"].head(_MOST_ASSUMED)
    return write_changes([Change(str(one), close_date=scope.quarter.last_day) for one in ids])


def everything(view: QualityView) -> pd.DataFrame:
    """Every finding of every failed or ignored check, a row per deal, to work through."""
    rows: list[dict[str, Any]] = []
    deal: Any
    for result in view.in_state("failed", "ignored"):
        check = {
            "Code": result.check.code,
            "Check": result.check.title,
            "Severity": result.check.severity,
            "State": result.state,
            "Who can fix it": result.check.who,
            "How": result.check.fix,
        }
        for deal in result.deals.itertuples(index=False):
            said = {label: getattr(deal, column) for column, label in _TO_WORK_THROUGH.items()}
            rows.append(check | said)
        for thing in result.things.to_dict("records"):
            rows.append(check | {"Why": ", ".join(f"{key}: {value}" for key, value in thing.items())})
    return pd.DataFrame(rows)


def trend_rows(found: pd.DataFrame, view: QualityView, code: str = "") -> tuple[pd.DataFrame, str]:
    """The rows of the trend's picture (day, name, share) and of what the share is.

    With `code` one check, by money or, where its deals have none, by deals; otherwise all together and the
    worst that fail now.
    """
    if code:
        rows = found[found["code"] == code]
        by_money = rows["share"].notna().any()
        shown = rows if by_money else rows.assign(share=rows["share_deals"])
        return _named(shown, {code: CHECK[code].title}), "open money" if by_money else "open deals"
    failing = [result.check.code for result in view.in_state("failed") if result.check.severity != "info"]
    last = found[found["day"] == found["day"].max()].set_index("code")["share"].dropna()
    worst = [one for one in last.sort_values(ascending=False).index if one in failing][:_WORST]
    names = {ANY: _ANY_NAME} | {one: CHECK[one].title for one in worst}
    return _named(found[found["code"].isin(names)], names), "open money"


def _named(rows: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """Rows with `name`, in the order of `names`."""
    order = list(names)
    rows = rows.sort_values("code", key=lambda codes: codes.map(order.index), kind="stable")
    return rows.assign(name=rows["code"].map(names).astype(object))[["day", "name", "share"]].astype(
        {"share": float}
    )


def trend_title(rows: pd.DataFrame, of: str) -> str:
    """The picture's finding: what the first line did."""
    line = rows[rows["name"] == rows["name"].iloc[0]].dropna(subset=["share"]) if len(rows) else rows
    if len(line) < 2:
        return "There are no earlier weeks to compare"
    first, last = percent(line["share"].iloc[0]), percent(line["share"].iloc[-1])
    name, weeks = line["name"].iloc[0], count(len(line) - 1, "week")
    name = f"{name[:1].upper()}{name[1:]}"
    if first == last:
        return f"{name}: {last} of {of}, as {weeks} ago"
    return f"{name}: {last} of {of}, {first} {weeks} ago"


def _money(amount: float, company: Company) -> str:
    return money(amount, company.currency, locale=company.locale)
