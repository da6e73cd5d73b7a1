"""The tables of the page about one rep, and the frame of its picture."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from analytics.at_risk import risk_table
from analytics.coaching.topics import AS_OTHERS, GOOD, QUESTIONS_FAMILY, RAMPING, TO_COACH, TOO_FEW
from analytics.pipeline.tables import DealTable
from analytics.rep_page import RepPage

_DIRECTIONS = {
    TO_COACH: "to talk about",
    GOOD: "good",
    AS_OTHERS: "no clear difference",
    TOO_FEW: "too few to tell",
    RAMPING: "new here",
}
#: Columns of the deals to talk about.
_TALK = [
    "Deal", "Money at stake", "Kind", "Stated", "Evidenced", "Amount", "Reason", "Next question",
    "Close date", "deal_id",
]  # fmt: skip
_NOT_PRAISED = "fewer, but dates are set late"


def depth_rows(page: RepPage) -> pd.DataFrame:
    """The picture's data: label, value, low, high, team, past (levels 0-4; NaN: not told), n, differs.

    In the order of the questions; low and high are the likely ends of value.
    """
    rows = page.rows[page.rows["family"] == QUESTIONS_FAMILY]
    told = ~rows["direction"].isin([TOO_FEW, RAMPING])
    return pd.DataFrame(
        {
            "label": rows["label"],
            "value": rows["value"].where(told),
            "low": (rows["team_value"] + rows["low"]).clip(0, 4).where(told),
            "high": (rows["team_value"] + rows["high"]).clip(0, 4).where(told),
            "team": rows["team_value"],
            "past": rows["past"].where(told),
            "n": rows["n"],
            "differs": rows["direction"].isin([TO_COACH, GOOD]),
        }
    ).reset_index(drop=True)


def depth_table(page: RepPage) -> pd.DataFrame:
    """The picture's data as people read them."""
    rows = depth_rows(page)
    return pd.DataFrame(
        {
            "Question": rows["label"],
            "This rep": rows["value"].round(2),
            "Likely from": rows["low"].round(2),
            "Likely to": rows["high"].round(2),
            "Team on like deals": rows["team"].round(2),
            "A year earlier": rows["past"].round(2),
            "Deals": rows["n"],
            "Clear difference": rows["differs"].map({True: "yes", False: "no"}),
        }
    )


def everything(page: RepPage) -> pd.DataFrame:
    """All that was looked at, one row per topic, said or not."""
    rows = page.rows
    measured = rows["topic"] != "statements"  # what is stated has no unit that could be read here
    told = ~rows["direction"].isin([TOO_FEW, RAMPING]) & measured
    said = rows["direction"].map(_DIRECTIONS)
    return pd.DataFrame(
        {
            "What": rows["label"],
            "This rep": rows["value"].where(told).round(2),
            "Team on like deals": rows["team_value"].where(measured).round(2),
            "Likely from": (rows["team_value"] + rows["low"]).where(told).round(2),
            "Likely to": (rows["team_value"] + rows["high"]).where(told).round(2),
            "A year earlier": rows["past"].where(told).round(2),
            "Unit": rows["unit"],
            "Deals": rows["n"],
            "Said": said.where((rows["direction"] != GOOD) | rows["praised"], _NOT_PRAISED),
        }
    ).reset_index(drop=True)


def talk_table(page: RepPage) -> DealTable:
    """The open deals worth a talk, most money at stake first; what is read first stands first."""
    table = _of_one(page.talk.deals)
    return replace(table, rows=table.rows.rename(columns={"Top reason": "Reason"})[_TALK])


def _of_one(deals: pd.DataFrame) -> DealTable:
    """Their list of deals at risk, without the owner; chances without decimals."""
    table = risk_table(deals)
    rows = table.rows.drop(columns="Owner")
    return replace(table, rows=rows.assign(**{name: rows[name].round(2) for name in ("Stated", "Evidenced")}))


def habit_table(page: RepPage, topic: str) -> DealTable:
    """The deals behind a topic, those that show it most first, open ones before closed ones."""
    if topic == "statements":
        return _of_one(page.stated)
    deals = page.facts.habits.deals
    mine = deals[(deals["owner_id"] == page.owner_id) & (deals["topic"] == topic)]
    order = page.rows.loc[page.rows["topic"] == topic, "deals"]
    ids = list(order.iloc[0]) if len(order) else []
    place = {deal_id: at for at, deal_id in enumerate(ids)}
    rows = mine.assign(at=mine["deal_id"].map(place)).sort_values("at", kind="stable")
    rows = rows.merge(page.facts.deals, on="deal_id", how="left")
    label = page.rows.loc[page.rows["topic"] == topic, "unit"]
    unit = str(label.iloc[0]) if len(label) else ""
    table = pd.DataFrame(
        {
            "Deal": rows["name"],
            "Account": rows["account_name"],
            f"This deal ({unit})": rows["value"].astype(float).round(2),
            "Deals like it": (rows["value"] - rows["beyond"]).astype(float).round(2),
            "Counts": (rows["weight"] / rows["weight"].mean()).astype(float).round(2),
            "Amount": rows["amount_company"],
            "Stage": rows["stage"],
            "Close date": rows["close_date"],
            "State": rows["is_open"].map({True: "open", False: "closed or handed on"}),
            "deal_id": rows["deal_id"],
        }
    )
    kinds = {"Amount": "money", "Close date": "day", "deal_id": "hidden"}
    once = rows.drop_duplicates("deal_id")["amount_company"]  # a deal can be a Commit of two quarters
    return DealTable(table, kinds, ids, float(once.sum()))  # type: ignore[arg-type]


def commits_table(page: RepPage) -> DealTable:
    """Their deals stated as commit in past quarters, the latest quarter first."""
    rows = page.commits.sort_values(["quarter", "name"], ascending=[False, True], kind="stable")
    table = pd.DataFrame(
        {
            "Deal": rows["name"],
            "Account": rows["account_name"],
            "Quarter": rows["quarter"],
            "Won in it": rows["kept"].map({True: "yes", False: "no"}),
            "Amount": rows["amount_company"],
            "deal_id": rows["deal_id"],
        }
    ).reset_index(drop=True)
    kinds = {"Amount": "money", "deal_id": "hidden"}
    return DealTable(table, kinds, list(rows["deal_id"]), float(rows["amount_company"].sum()))  # type: ignore[arg-type]


def calls_table(page: RepPage) -> pd.DataFrame:
    """What was called and won per past quarter."""
    rows = page.called.sort_values("quarter", ascending=False, kind="stable")
    return pd.DataFrame(
        {
            "Quarter": rows["quarter"],
            "Called four weeks before its end": rows["called"],
            "Won": rows["won"],
            "Called - won": rows["called"] - rows["won"],
        }
    ).reset_index(drop=True)


def actions_table(page: RepPage) -> pd.DataFrame:
    """Open actions of reviews, the longest due first."""
    rows = page.actions
    names = page.facts.deals.set_index("deal_id")["name"]
    return pd.DataFrame(
        {
            "Action": rows["action"],
            "Deal": rows["deal_id"].map(names).fillna(rows["deal_id"]),
            "Who": rows["action_owner_name"],
            "Due": rows["due"],
            "Asked for by": rows["author"],
        }
    )


def replies_table(replies: pd.DataFrame) -> pd.DataFrame:
    """Every reply with the claim it answers to, the latest first."""
    return pd.DataFrame(
        {
            "Day": replies["day"],
            "Who": replies["author"],
            "Reply": replies["reply"],
            "To what": replies["claim"],
        }
    )
