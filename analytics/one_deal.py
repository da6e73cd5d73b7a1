"""Everything the deal page shows of one deal, as of a day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from analytics.business_case.sheet_matching import simple
from analytics.company import Company
from analytics.deal_case import DealCase, deal_case
from analytics.pipeline.deals import NOT_RECORDED, deals_as_of
from analytics.problems import BadInput
from analytics.store.database import Store
from analytics.wording import count, day, money, percent

_SINCE_EVER = date(1970, 1, 2)


@dataclass(frozen=True)
class OneDeal:
    """One deal as of a day: its state, its versions, its changes in words, its case and its people."""

    deal: pd.Series  # a row of deals_as_of()
    versions: pd.DataFrame  # one row per moment: valid_at, stage, forecast_category, amount, close_date ...
    changes: pd.DataFrame  # Day, What, From, To: newest first
    case: DealCase
    people: pd.DataFrame  # contact roles of the CRM, and who else the Blue Sheets name
    stage_order: list[str]

    def in_words(self, company: Company, as_of: date) -> str:
        """Where the deal stands, in one or two plain sentences."""
        deal = self.deal
        amount = money(deal["amount"], str(deal["currency"]), locale=company.locale)
        if deal["is_gone"]:
            since = day(company.calendar.day_of(deal["gone_at"].to_pydatetime()), locale=company.locale)
            return f"gone from the export since {since}; it counts in no sum. Last stated at {amount}."
        if not deal["is_open"]:
            how = "won" if deal["is_won_deal"] else "lost"
            return f"{amount}, {how} on {day(deal['booked_day'], locale=company.locale)}."
        moved = f"pushed {count(int(deal['pushes']), 'time')}" if deal["pushes"] else "never pushed"
        days = (as_of - company.calendar.day_of(deal["stage_since"].to_pydatetime())).days
        when = day(deal["close_date"], locale=company.locale)
        return f"{amount} dated {when}, {moved}; in {deal['stage']} for {count(days, 'day')}."


def one_deal(store: Store, company: Company, deal_id: str, as_of: date) -> OneDeal:
    """Read one deal. Raises BadInput if it is not known at that day."""
    end = company.calendar.end_of(as_of)
    with store.reading():
        found = deals_as_of(store, company, as_of, closed_since=_SINCE_EVER, deal_id=deal_id)
        if found.empty:
            raise BadInput(
                f"the deal {deal_id!r} was not known on {as_of}",
                to_do="Choose a later as-of date, or another deal.",
            )
        history = store.query("deal_history", deal_id=deal_id, as_of_end=end)
        people = store.query("people_as_of", as_of_end=end).set_index("person_id")["name"]
        stages = store.query("stages_as_of", as_of_end=end)
        case = deal_case(store, company, found.iloc[0], as_of)
        stakeholders = store.query("deal_stakeholders", deal_id=deal_id, as_of_end=end)
    versions = _versions(history)
    currency = str(found.iloc[0]["currency"])
    return OneDeal(
        deal=found.iloc[0],
        versions=versions,
        changes=_changes(versions, history, people, company, currency),
        case=case,
        people=people_table(stakeholders, case.influences),
        stage_order=[*stages["stage"], *sorted(set(versions["stage"]) - set(stages["stage"]))],
    )


def _versions(history: pd.DataFrame) -> pd.DataFrame:
    """The mechanics, one row per moment (a correction replaces what it corrects), oldest first."""
    rows = history[history["subject"] == "mechanics"].drop_duplicates("valid_at", keep="last")
    return rows.assign(
        stage=rows["stage"].fillna(NOT_RECORDED),
        close_date=pd.to_datetime(rows["close_date"]),
        is_closed=rows["is_closed"].fillna(False).astype(bool),
        is_won=rows["is_won"].fillna(False).astype(bool),
        is_gone=rows["is_gone"].fillna(False).astype(bool),
    ).reset_index(drop=True)


def _changes(
    versions: pd.DataFrame, history: pd.DataFrame, people: pd.Series, company: Company, currency: str
) -> pd.DataFrame:
    """Every change in words, newest first."""

    def as_money(value: Any) -> str:
        return money(value, currency, exact=True, locale=company.locale)

    def as_name(value: Any) -> str:
        return "–" if pd.isna(value) else str(people.get(value, value))

    work = history[history["subject"] == "work"].drop_duplicates("valid_at", keep="last")
    shown: dict[str, tuple[pd.DataFrame, str, Callable[[Any], str]]] = {
        "stage": (versions, "Stage", str),
        "close_date": (versions, "Close date", lambda value: day(value, locale=company.locale)),
        "amount": (versions, "Amount", as_money),
        "forecast_category": (versions, "Forecast category", _text),
        "probability": (versions, "Probability", percent),
        "is_gone": (versions, "In the export", lambda gone: "no" if gone else "yes"),
        "owner_id": (work, "Owner", as_name),
        "next_step": (work, "Next step", _text),
    }
    tables = [_changes_of(rows, column, name, words) for column, (rows, name, words) in shown.items()]
    table = pd.concat(tables, ignore_index=True).sort_values("at", ascending=False, kind="stable")
    local = table["at"].dt.tz_localize("UTC").dt.tz_convert(company.calendar.time_zone).dt.tz_localize(None)
    return table.assign(Day=local).drop(columns="at")[["Day", "What", "From", "To"]].reset_index(drop=True)


def _changes_of(rows: pd.DataFrame, column: str, name: str, words: Callable[[Any], str]) -> pd.DataFrame:
    texts = rows[column].map(words, na_action=None)
    before = texts.shift()
    changed = (texts != before) & before.notna()
    return pd.DataFrame(
        {"at": rows.loc[changed, "valid_at"], "What": name, "From": before[changed], "To": texts[changed]}
    )


def _text(value: Any) -> str:
    return "–" if pd.isna(value) or not str(value).strip() else str(value)


def people_table(stakeholders: pd.DataFrame, influences: pd.DataFrame) -> pd.DataFrame:
    """The people of a deal: contact roles from the CRM, joined by name with what Blue Sheets say of them."""
    recorded = pd.DataFrame(
        {
            "Name": stakeholders["name"].fillna(stakeholders["contact_id"]),
            "Title": stakeholders["title"],
            "Role": stakeholders["role"],
            "Primary": stakeholders["is_primary"].fillna(False).astype(bool),
            "Since": pd.to_datetime(stakeholders["since"]).dt.date,
            "In the CRM": True,
        }
    )
    named = pd.DataFrame(
        {
            "key": influences["name"].fillna(influences["influence_id"]).map(simple),
            "Person": influences["name"],
            "Their title": influences["title"],
            "Buying influence": influences["role"],
            "Degree": influences["influence"],
            "Mode": influences["mode"],
            "Rating": influences["rating"],
            "Win-result": influences["win_result"],
        }
    )
    both = recorded.assign(key=recorded["Name"].map(simple)).merge(named, on="key", how="outer", sort=False)
    both = both.assign(
        Name=both["Name"].fillna(both["Person"]).fillna("(not named)"),
        Title=both["Title"].fillna(both["Their title"]),
        **{"In the CRM": both["In the CRM"].eq(True)},
    ).drop(columns=["key", "Person", "Their title"])
    extra = ["Buying influence", "Degree", "Mode", "Rating", "Win-result"]
    return both if len(named) else both.drop(columns=[*extra, "In the CRM"])


def deal_choices(store: Store, company: Company, as_of: date) -> pd.DataFrame:
    """The deals a reader can choose: open ones, then those closed in the last year.

    Columns: `deal_id`, `label` (tells deals of one name apart), `open`.
    """
    deals = deals_as_of(store, company, as_of, closed_since=as_of - timedelta(days=365))
    label = deals["name"] + " · " + deals["account_name"].fillna("") + " · " + deals["deal_id"]
    state = deals["is_open"].map({True: "open", False: "closed"})
    table = pd.DataFrame(
        {"deal_id": deals["deal_id"], "label": label + " · " + state, "open": deals["is_open"]}
    )
    return table.sort_values(["open", "label"], ascending=[False, True]).reset_index(drop=True)
