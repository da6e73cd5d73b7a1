"""Where the money has no business case: coverage as a matrix, gaps by stage, and the sentence above them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.business_case.case import Cases
from analytics.company import Company
from analytics.wording import count, is_missing, money, percent

#: What a question must have reached: name -> the lowest level that counts.
BARS = {"answered": 1, "specific": 2, "explained": 3, "evidenced": 4}
#: Orders of the matrix: key -> (label, column, ascending).
ORDERS = {
    "money": ("Money at stake", "amount_company", False),
    "thin": ("Thinnest case first", "case_depth", True),
    "risk": ("Money without a case", "hollow", False),
    "close": ("Close date", "close_date", True),
    "age": ("Oldest answer", "oldest_days", False),
}


def matrix(cases: Cases, order: str = "money") -> pd.DataFrame:
    """A row per deal, in the order chosen: its money, its depth, and the level of every question.

    Columns: deal_id, Deal, Account, Owner, Stage, Close date, Amount (company currency), Case depth, a column
    per question's label (level 0-4; NaN = not answered), Oldest answer (days). Deals without an amount come
    last within equals.
    """
    deals = cases.deals.assign(hollow=hollow_money(cases.deals))
    _, column, ascending = ORDERS[order]
    deals = deals.sort_values(
        [column, "name", "deal_id"], ascending=[ascending, True, True], na_position="last"
    )
    levels = cases.answers.assign(shown=cases.answers["level"].where(cases.answers["is_answered"]))
    wide = levels.pivot(index="deal_id", columns="question", values="shown").reindex(deals["deal_id"])
    table = pd.DataFrame(
        {
            "deal_id": deals["deal_id"].to_numpy(),
            "Deal": deals["name"].to_numpy(),
            "Account": deals["account_name"].to_numpy(),
            "Amount": deals["amount_company"].to_numpy(),
            "Case depth": deals["case_depth"].round(1).to_numpy(),
        }
    )
    for one in cases.questions:
        table[one.label] = wide[one.key].to_numpy() if one.key in wide else float("nan")
    return table.assign(
        **{
            "Oldest answer": deals["oldest_days"].to_numpy(),
            "Stage": deals["stage"].to_numpy(),
            "Close date": deals["close_date"].to_numpy(),
            "Owner": deals["owner_name"].to_numpy(),
        }
    )


def hollow_money(deals: pd.DataFrame) -> pd.Series:
    """Amount x (1 - case depth / 4): the money for which nothing in the case speaks."""
    return deals["amount_company"].astype(float) * (1 - deals["case_depth"] / 4)


def gaps_by_stage(cases: Cases, bar: str = "explained") -> pd.DataFrame:
    """Per stage and question: the share of the open money whose answer is below the bar.

    Columns: stage, stage_order, question, label, money (of the stage), missing (money below the bar), share
    (0-1; NaN where the stage has no money), deals, deals_missing. Stages in their own order, questions in
    theirs.
    """
    lowest = BARS[bar]
    names = {one.key: one.label for one in cases.questions}
    rows = cases.answers.merge(
        cases.deals[["deal_id", "stage", "stage_order", "amount_company"]], on="deal_id", how="inner"
    )
    amount = rows["amount_company"].fillna(0).astype(float)
    below = rows["level"] < lowest
    rows = rows.assign(money=amount, missing=amount.where(below, 0.0), n_missing=below.astype(int))
    table = (
        rows.groupby(["stage", "question"], sort=False)
        .agg(
            stage_order=("stage_order", "min"),
            money=("money", "sum"),
            missing=("missing", "sum"),
            deals=("deal_id", "nunique"),
            deals_missing=("n_missing", "sum"),
        )
        .reset_index()
    )
    share = (table["missing"] / table["money"]).where(table["money"] > 0)
    rank = table["question"].map({key: at for at, key in enumerate(names)})
    table = table.assign(share=share, label=table["question"].map(names), rank=rank)
    return table.sort_values(["stage_order", "stage", "rank"]).drop(columns="rank").reset_index(drop=True)


def worst_gap(gaps: pd.DataFrame) -> pd.Series[Any] | None:
    """The gap with the most money behind it in the latest stage that has one; None where there is none."""
    found = gaps[(gaps["missing"] > 0) & (gaps["share"] > 0)]
    if found.empty:
        return None
    latest = found[found["stage_order"].fillna(-1) == found["stage_order"].fillna(-1).max()]
    worst: pd.Series[Any] = latest.sort_values("missing", ascending=False).iloc[0]
    return worst


def gap_sentence(gap: pd.Series[Any], bar: str) -> str:
    """At Proposal, 60% of the money has no explained budget."""
    return f"At {gap['stage']}, {percent(gap['share'])} of the money has no {bar} {str(gap['label']).lower()}"


def headline(cases: Cases, company: Company) -> tuple[str, str]:
    """The page's answer in a sentence, and what it hangs on."""
    deals = cases.deals
    if deals.empty:
        return "No open deals in this scope.", ""
    whole = deals["amount_company"].sum()
    thin = deals[deals["case_depth"] < BARS["specific"]]
    on_thin, of_all = (
        money(amount, company.currency, locale=company.locale)
        for amount in (thin["amount_company"].sum(), whole)
    )
    share = f"in {len(thin):,} of {count(len(deals), 'deal')}"
    lead = f"{on_thin} of the {of_all} open stands on thin business cases: {share} the answers average"
    lead += " below specific, 2 of 4."
    empty = cases.answers.groupby("question")["is_answered"].mean()
    names = {one.key: one.label for one in cases.questions}
    least = str(empty.reindex([*names]).idxmin())
    mean = _weighted_mean(deals)
    rest = "" if is_missing(mean) else f"By money the case depth is {mean:.1f} of 4. "
    known = percent(empty.loc[least])
    ask = f"Ask about {names[least].lower()} first: only {known} of the deals have an answer."
    return lead, rest + (ask if empty.loc[least] < 1 else "")


def _weighted_mean(deals: pd.DataFrame) -> float | None:
    amount = deals["amount_company"].fillna(0).astype(float)
    return float((deals["case_depth"] * amount).sum() / amount.sum()) if amount.sum() else None
