"""What the page "Calls" says: who has not submitted, the roll-up as a table, one caller's calls."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from analytics.company import Company, Scope
from analytics.forecast.calls import NAMED
from analytics.pipeline.tables import Kind
from analytics.review.call_table import COMPANY, MANAGER, OWNER, TEAM
from analytics.wording import count, day, is_missing, listed, money

#: Of `calls_view`'s columns: what is shown, and how.
_SHOWN: dict[str, tuple[str, Kind]] = {
    "who": ("Whose call", "text"),
    "this_week": ("This week", "text"),
    "commit": ("Commit", "money"),
    "rolled_up_commit": ("Commit added up", "money"),
    "most_likely": ("Most likely", "money"),
    "rolled_up_most_likely": ("Most likely added up", "money"),
    "expected": ("Expected", "money"),
    "difference": ("Expected - most likely", "money"),
    "best_case": ("Best case", "money"),
    "rolled_up_best_case": ("Best case added up", "money"),
    "p10": ("P10", "money"),
    "p90": ("P90", "money"),
    "crm_changed": ("Deals changed since", "number"),
    "crm_changed_money": ("Their money", "money"),
    "submitted_on": ("Submitted", "day"),
    "submitted_by": ("By", "text"),
    "below_said": ("Called below", "text"),
}
CALL_KINDS = dict(_SHOWN.values())
HISTORY = "Most likely over the quarter"
#: How the columns are to be read.
NOTE = (
    "Calls include what is won. Added up: the last calls of those below, however old; where a manager is"
    " silent, of their people. Who leads people gives one call for all of them, none for their own deals."
    " Deals changed since: in amount, date, category or state after the call. A"
    " call that an import repeats unchanged counts from the day on which it was first said."
)
_MOST_NAMES = 6
_INDENT = {OWNER: "\u2003\u2003", TEAM: "\u2003", MANAGER: "\u2003", COMPANY: ""}


def headline(table: pd.DataFrame, scope: Scope, company: Company) -> tuple[str, str]:
    """Who has not submitted in the last seven days first, then what the calls add up to."""
    asked = table[table["is_asked"]]
    if asked.empty:
        return "Nobody is asked for a call here: who leads people gives one for all of them.", ""
    if asked["submitted_on"].isna().all():
        return f"Nobody has submitted a call for {scope.quarter} yet.", ""
    late = asked[asked["is_late"]]
    if late.empty:
        first = "Everybody has submitted in the last seven days."
    else:
        groups = [_names(late[late["level"] == level]) for level in (COMPANY, MANAGER, TEAM, OWNER)]
        first = f"Not submitted in the last seven days: {'; '.join(group for group in groups if group)}."
    return first, _added_up(table, company)


def _names(late: pd.DataFrame) -> str:
    names = list(late["name"].astype(str))
    more = len(names) - _MOST_NAMES
    return listed([*names[:_MOST_NAMES], f"{count(more, 'other')}"] if more > 0 else names)


def _added_up(table: pd.DataFrame, company: Company) -> str:
    """How many below have submitted, what that adds up to, the call on top, and our number."""
    top = table.iloc[0]

    def short(value: Any) -> str:
        return money(value, company.currency, locale=company.locale)

    said = []
    has_teams = top["level"] == COMPANY and (table["level"] == TEAM).any()
    level, noun = (TEAM, "team") if has_teams else (OWNER, "owner")
    below = table[(table["level"] == level) & table["is_asked"]]
    if top["level"] != OWNER and len(below):
        fresh = int((~below["is_late"]).sum())
        said.append(
            f"{fresh} of {count(len(below), noun)} {'has' if fresh == 1 else 'have'} submitted this week;"
            f" the last commits of the {noun}s add up to {short(top['rolled_up_commit'])}."
        )
    if is_missing(top["commit"]) and is_missing(top["most_likely"]):
        said.append(f"{_whose(top)} has not been called.")
    else:
        by = f" (by {top['submitted_by']}, {day(top['submitted_on'], locale=company.locale)})"
        said.append(
            f"{_whose(top)} is called at {short(top['commit'])} commit,"
            f" {short(top['most_likely'])} most likely{by}."
        )
    if not is_missing(top["expected"]):
        said.append(f"Expected: {short(top['expected'])} ({short(top['p10'])} to {short(top['p90'])}).")
    return " ".join(said)


def _whose(row: pd.Series) -> str:
    return str(row["name"])


def call_rows_shown(table: pd.DataFrame, history: pd.DataFrame) -> pd.DataFrame:
    """The table as it is shown, a row each in the same order; keys of CALL_KINDS, and HISTORY (lists)."""
    shown = table.assign(
        who=[_INDENT[level] + str(name) for level, name in zip(table["level"], table["name"], strict=True)],
        this_week=_this_week(table),
        below_said=[
            f"{int(called)} of {int(below)}" if below else ""
            for called, below in zip(table["below_called"], table["below"], strict=True)
        ],
        crm_changed=table["crm_changed"].where(table["submitted_on"].notna()).astype("Int64"),
    )
    past = [list(of_caller(history, row)["most_likely"].dropna()) for _, row in table.iterrows()]
    labelled = shown[list(_SHOWN)].rename(columns={key: name for key, (name, _) in _SHOWN.items()})
    labelled.insert(list(labelled.columns).index("Best case"), HISTORY, past)
    return labelled


def _this_week(table: pd.DataFrame) -> list[str]:
    words = np.select(
        [~table["is_asked"], table["submitted_on"].isna(), table["is_late"]],
        ["not asked", "not submitted", "not this week"],
        "submitted",
    )
    return [str(word) for word in words]


def downloaded(shown: pd.DataFrame) -> pd.DataFrame:
    """The same without the small pictures."""
    return shown.drop(columns=HISTORY).assign(**{"Whose call": shown["Whose call"].str.strip()})


def of_caller(history: pd.DataFrame, row: Any) -> pd.DataFrame:
    """The calls of one row's caller, in order; none where the row is not asked for one."""
    if (not row["person_id"] and row["level"] != COMPANY) or not row["is_asked"]:
        return history.head(0)
    mine: pd.DataFrame = history[history["owner_id"] == row["person_id"]]
    return mine


def callers(table: pd.DataFrame) -> dict[str, str]:
    """person_id ('' = the company) -> label of those whose call can be submitted."""
    asked = table[table["is_asked"]]
    return {str(row["person_id"]): _whose(row) for _, row in asked.iterrows()}


def last_call(table: pd.DataFrame, person_id: str) -> dict[str, float | None]:
    """What a caller said last, by NAMED; None where nothing."""
    mine = table[(table["person_id"] == person_id) & table["is_asked"]]
    if mine.empty:
        return dict.fromkeys(NAMED)
    return {what: None if is_missing(mine.iloc[0][what]) else float(mine.iloc[0][what]) for what in NAMED}


def ours(row: pd.Series) -> tuple[float, float, float]:
    """Expected, P10 and P90 of a row; NaN where there is none."""
    return float(row["expected"]), float(row["p10"]), float(row["p90"])


def picture_title(row: pd.Series, calls: pd.DataFrame, company: Company, as_of: date) -> str:
    """The finding of one caller's picture."""
    if calls.empty:
        return f"{row['name']}: {'no call yet' if row['is_asked'] else 'not asked for a call'}"
    known = calls["most_likely"].dropna()
    first, last = (known.iloc[0], known.iloc[-1]) if len(known) else (np.nan, np.nan)
    short = [money(value, company.currency, locale=company.locale) for value in (first, last)]
    moved = (
        f"most likely went from {short[0]} to {short[1]}" if len(known) > 1 else f"most likely {short[-1]}"
    )
    return f"{row['name']}: {moved} in {count(len(calls), 'call')}"
