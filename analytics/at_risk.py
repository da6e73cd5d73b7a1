"""Every open deal, stated against evidenced: kind of risk, money at stake, reason and next question."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analytics.business_case.contradictions import contradictions
from analytics.business_case.next_question import next_questions
from analytics.company import Company, Scope
from analytics.pipeline.tables import DealTable, Kind
from analytics.problems import NotEnough
from analytics.risk.chance_history import stated_in_quarter
from analytics.risk.chances import Chances, History, chances_as_of
from analytics.risk.reason_words import NORMAL
from analytics.risk.statements import ABOVE, AS, BELOW, Statements, statements_of
from analytics.store.database import Store
from analytics.wording import count, money, points

SLIP, LOST, TOO_HIGH, HOLLOW, TOO_LOW, EARLIER, AS_STATED = KINDS = (
    "Likely to slip",
    "Likely lost",
    "Stated above its evidence",
    "Hollow commit",
    "Stated below its evidence",
    "May come earlier",
    "As stated",
)
_COLUMNS: dict[str, Kind] = {
    "Stated": "share",
    "Evidenced": "share",
    "Money at stake": "money",
    "Amount": "money",
    "Close date": "day",
    "deal_id": "text",
}
#: An owner's verdict as a reader sees it.
_VERDICTS = {"states below its evidence": BELOW, "above": ABOVE, "as": AS}
#: A chance from which something is likely, and a gap from which stated and evidenced disagree.
_LIKELY, _GAP = 0.5, 0.2


@dataclass(frozen=True)
class AtRisk:
    """`deals`: one row per open deal of the scope with the chances' columns and stated, evidenced (shares),
    gap (evidenced - stated), kind, at_stake (money, >= 0), reason, question; the largest at_stake first."""

    deals: pd.DataFrame
    chances: Chances
    statements: Statements

    @property
    def missing(self) -> NotEnough | None:
        """Why there are no chances."""
        return self.chances.missing


def at_risk(store: Store, company: Company, scope: Scope, history: History) -> AtRisk:
    """Every open deal of the scope as of its day, by the end of its quarter.

    `history`: of the scope's as-of date. Statements are judged against all deals, whatever the scope.
    """
    with store.reading():
        chances = chances_as_of(store, company, scope.as_of, scope.quarter, history)
        named = store.query("influences_as_of", as_of_end=company.calendar.end_of(scope.as_of))
    statements = statements_of(history, company)
    influences = dict(zip(named["deal_id"], named["influences"], strict=True))
    against = contradictions(chances.cases, company, scope.as_of, influences)
    asks = {deal_id: one.ask for deal_id, one in next_questions(chances.cases, against).items()}
    deals = chances.deals.merge(statements.deals, on="deal_id", how="left")
    stated = stated_in_quarter(deals.assign(probability=deals["probability"].astype(float)))
    deals = deals.assign(stated=stated, evidenced=deals["p_won"], gap=deals["p_won"] - stated)
    deals = deals.assign(
        kind=_kind(deals),
        at_stake=(deals["amount_company"].astype(float) * deals["gap"].abs()).round(2),
        reason=_texts(deals, _top_reasons(chances)),
        question=_texts(deals, asks),
    )
    ordered = deals.sort_values("at_stake", ascending=False, na_position="last", kind="stable")
    return of_scope(AtRisk(ordered, chances, statements), scope)


def of_scope(found: AtRisk, scope: Scope) -> AtRisk:
    """Only the deals of the scope's team and owner."""
    deals, owners = scope.within(found.deals).reset_index(drop=True), found.statements.owners
    if scope.sees is None:
        return replace(found, deals=deals)
    mine = replace(found.statements, owners=owners[owners["owner_id"].isin(scope.sees)])
    return replace(found, deals=deals, statements=mine)


def _kind(deals: pd.DataFrame) -> np.ndarray:
    """What is the matter with each deal; of several the first in this order."""
    dated = deals["timing"].isin(["in quarter", "earlier"])
    hollow = deals["is_hollow_commit"].eq(True)
    return np.select(
        [
            deals["p_won"].isna(),
            deals["statement"] == BELOW,
            hollow,
            dated & (deals["p_lost"] >= _LIKELY),
            dated & (deals["p_slip"] >= _LIKELY),
            (deals["statement"] == ABOVE) | (deals["gap"] < -_GAP),
            ~dated & (deals["gap"] > _GAP),
        ],
        [AS_STATED, TOO_LOW, HOLLOW, LOST, SLIP, TOO_HIGH, EARLIER],
        AS_STATED,
    )


def _texts(deals: pd.DataFrame, of_deal: dict[str, str]) -> list[str]:
    return [of_deal.get(str(deal_id), "") for deal_id in deals["deal_id"]]


def _top_reasons(chances: Chances) -> dict[str, str]:
    """deal_id -> the strongest reason with its points."""
    told = chances.reasons[chances.reasons["reason"] != NORMAL]
    top = told.iloc[(-told["won"].abs()).argsort(kind="stable")].drop_duplicates("deal_id")
    rows = zip(top["deal_id"], top["text"], top["won"], strict=True)
    return {str(deal_id): f"{text}: {points(won)}" for deal_id, text, won in rows}


@dataclass(frozen=True)
class Filters:
    """Which deals of the list are looked at; empty = all."""

    kind: str = ""
    category: str = ""
    least: float = 0.0
    words: str = ""

    def of(self, deals: pd.DataFrame) -> pd.DataFrame:
        """The deals that are left; `words` stand in the name, account, owner or id."""
        keep = pd.Series(True, index=deals.index)
        if self.kind:
            keep &= deals["kind"] == self.kind
        if self.category:
            keep &= deals["category"] == self.category
        if self.least:
            keep &= deals["amount_company"].astype(float).fillna(0) >= self.least
        for word in self.words.lower().split():
            said = deals[["name", "account_name", "owner_name", "deal_id"]].fillna("").agg(" ".join, axis=1)
            keep &= said.str.lower().str.contains(word, regex=False)
        return deals[keep].reset_index(drop=True)

    def in_words(self, company: Company) -> str:
        """The filters as a phrase; '' where none is set."""
        parts = [
            self.kind.lower(),
            f"category {self.category}" if self.category else "",
            f"of {_short(self.least, company)} or more" if self.least else "",
            f'with "{self.words}"' if self.words else "",
        ]
        return ", ".join(part for part in parts if part)


SORTS = {
    "Money at stake": ("at_stake", False),
    "Amount": ("amount_company", False),
    "Evidenced, lowest first": ("evidenced", True),
    "Stated, highest first": ("stated", False),
    "Close date": ("close_date", True),
}


def risk_table(deals: pd.DataFrame, sort: str = "Money at stake") -> DealTable:
    """The list as a table, in the order chosen; its total is the money at stake."""
    column, ascending = SORTS[sort]
    rows = deals.sort_values(column, ascending=ascending, na_position="last", kind="stable")
    table = pd.DataFrame(
        {
            "Deal": rows["name"],
            "Money at stake": rows["at_stake"],
            "Kind": rows["kind"],
            "Stated": rows["stated"],
            "Evidenced": rows["evidenced"],
            "Amount": rows["amount_company"].astype(float),
            "Owner": rows["owner_name"],
            "Top reason": rows["reason"],
            "Next question": rows["question"],
            "Close date": rows["close_date"],
            "Category": rows["category"],
            "Stage": rows["stage"],
            "deal_id": rows["deal_id"],
        }
    )
    return DealTable(
        table.reset_index(drop=True), dict(_COLUMNS), list(rows["deal_id"]), float(rows["at_stake"].sum())
    )


def owners_table(owners: pd.DataFrame, label: Callable[[str], str]) -> pd.DataFrame:
    """How each owner's deals are stated against their evidence: the largest bias first, the unclear last."""
    known = owners[owners["owner_id"] != ""]
    known = known.assign(unclear=known["verdict"] == "not enough evidence", size=known["bias"].abs())
    known = known.sort_values(["unclear", "size"], ascending=[True, False], kind="stable")
    return pd.DataFrame(
        {
            "Owner": [label(str(owner)) for owner in known["owner_id"]],
            "Stated against the evidence": known["verdict"].replace(_VERDICTS),
            "Bias": known["bias"],
            "From": known["low"],
            "To": known["high"],
            "Deals": known["n"],
            "Won deals compared": known["won"],
            "What happened to their dates": known["realised"],
        }
    ).reset_index(drop=True)


def headline(found: AtRisk, company: Company, quarter: str) -> tuple[str, str]:
    """The answer in a sentence, and what it consists of."""
    deals = found.deals
    if found.missing:
        return (
            f"No chances yet: {found.missing}.",
            "What is stated is shown; load more history to compare it.",
        )
    if deals.empty:
        return "No open deal in this scope.", ""
    worth = deals["amount_company"].astype(float)
    weighed, carried = float((worth * deals["stated"]).sum()), float((worth * deals["evidenced"]).sum())
    known = deals.dropna(subset=["at_stake"])
    over, under = known[known["gap"] < 0], known[known["gap"] > 0]
    lead = (
        f"The CRM states {_short(weighed, company)} for {quarter} from open deals; their evidence carries"
        f" {_short(carried, company)}."
    )
    rest = (
        f"{_short(over['at_stake'].sum(), company)} too much is stated in {count(len(over), 'deal')},"
        f" {_short(under['at_stake'].sum(), company)} too little in {count(len(under), 'deal')}."
    )
    if len(known):
        worst = known.iloc[0]
        rest += f" Most money hangs on {worst['name']}: {_short(worst['at_stake'], company)}."
    if unknown := len(deals) - len(known):
        rest += f" {count(unknown, 'deal')} without an amount or a stated probability cannot be weighed."
    return lead, rest


def _short(amount: float, company: Company) -> str:
    return money(amount, company.currency, locale=company.locale)
