"""Submitted calls: what owners, managers and the VP say the quarter will end at, and who is late."""

from __future__ import annotations

import json
from datetime import date
from itertools import pairwise

import pandas as pd

from analytics.company import Company, Scope
from analytics.fiscal import Quarter
from analytics.forecast.calls import AMOUNTS, NAMED, calls_at
from analytics.forecast.parts import parts_of
from analytics.forecast.quarter_forecast import Forecast
from analytics.problems import BadInput
from analytics.review.call_table import COLUMNS, ROLLED, CallFacts, call_rows, kept_with
from analytics.store.database import Store
from analytics.store.moments import now_in
from analytics.written_rows import clean, need, write

_MOST = 1e13


def submit_call(
    store: Store,
    company: Company,
    as_of: date,
    owner_id: str,
    quarter: Quarter,
    *,
    commit: float | None,
    best_case: float | None,
    most_likely: float | None,
    author: str,
) -> None:
    """Keep what a quarter is called at; `owner_id` '' is the company, a manager's id stands for the team.

    Amounts include what is won already, in the company's currency; None: not said. A call that repeats the
    last one counts as submitted again. Raises BadInput, also if `as_of` is not the last day of the data.
    """
    need(author, "your name")
    said = {"commit": commit, "best_case": best_case, "most_likely": most_likely}
    _check(store, company, as_of, owner_id, quarter, said)
    row = {
        "owner_id": owner_id,
        "quarter_start": quarter.first_day,
        **{f"{what}_amount": amount for what, amount in said.items()},
        "submitted_by": _person_called(store, company, as_of, clean(author)),
    }
    now = now_in(store)
    moment = min(now, company.calendar.end_of(as_of))
    log = {"owner_id": owner_id, "quarter_start": str(quarter.first_day), "at": moment.isoformat()}
    write(store, company, as_of, "submitted_call", row, kind="call", source=json.dumps(log))


def _check(
    store: Store,
    company: Company,
    as_of: date,
    owner_id: str,
    quarter: Quarter,
    said: dict[str, float | None],
) -> None:
    if all(amount is None for amount in said.values()):
        raise BadInput(
            "no amount was given", expected="commit, most likely or best case, at least one of them"
        )
    for what, amount in said.items():
        if amount is not None and not 0 <= amount < _MOST:
            raise BadInput(f"this {_words(what)} is no amount", expected="0 or more", got=f"{amount:,.2f}")
    if quarter.last_day < as_of:
        raise BadInput(f"{quarter} was over on {as_of}: there is nothing left to call")
    if owner_id and owner_id not in _known(store, company, as_of):
        raise BadInput(
            "there is no such owner or manager", got=repr(owner_id), to_do="Choose one of the list."
        )


def _known(store: Store, company: Company, as_of: date) -> set[str]:
    end = company.calendar.end_of(as_of)
    people, owners = store.query("people_as_of", as_of_end=end), store.query("owners_as_of", as_of_end=end)
    return {*people.loc[people["is_active"].astype(bool), "person_id"], *owners["owner_id"]}


def _person_called(store: Store, company: Company, as_of: date, name: str) -> str:
    """The id of the only person of this name, else the name."""
    people = store.query("people_as_of", as_of_end=company.calendar.end_of(as_of))
    found = people[people["name"].fillna("").str.casefold() == name.casefold()]
    return str(found["person_id"].iloc[0]) if len(found) == 1 else name


def _words(what: str) -> str:
    return what.replace("_", " ")


def out_of_order(commit: float | None, most_likely: float | None, best_case: float | None) -> str:
    """What looks wrong in a call, in words; '' if commit <= most likely <= best case."""
    said = {"commit": commit, "most likely": most_likely, "best case": best_case}
    known = [(what, amount) for what, amount in said.items() if amount is not None]
    wrong = [f"{low} is above {high}" for (low, less), (high, more) in pairwise(known) if less > more]
    return (
        f"Usually commit is the lowest and best case the highest: here {' and '.join(wrong)}."
        if wrong
        else ""
    )


def calls_view(store: Store, company: Company, scope: Scope, found: Forecast) -> pd.DataFrame:
    """The calls of the scope's quarter known at the end of its day, beside ours: COLUMNS.

    A row for the company, each manager of no one team who called or owns deals, each team (its manager's
    call) and each owner, in this order, an owner below their team; a team's scope begins with the team, an
    owner's has one row. Who leads people is asked once, for all of them: not in the row of their own deals.
    Money in the company's currency, including what is won; NaN where nothing was said. `rolled_up_*`: sum of
    the calls below (of a team: its owners'; of the company: its teams', where a manager is silent their
    owners'); `below`: people or teams, of which `below_called` have called at all. `is_asked`: works here, so
    a call can be expected (else the row has none); `is_late`: asked and silent for more than FRESH_DAYS.
    `crm_changed`: deals of these owners that changed in amount, date, category or state since the call and
    were or are in the quarter, with their money now. `difference` = expected - most likely.
    """
    with store.reading():
        said = said_by(store, company, scope)
        known = calls_at(store, company, scope.as_of).people_on(scope.as_of).set_index("person_id")
        people = store.query("people_as_of", as_of_end=company.calendar.end_of(scope.as_of))
        changes = _changes(store, company, scope, said, found)
        parts = kept_with(found, ("parts",), lambda: parts_of(store, company, found, "owner_id"))
    names = people.set_index("person_id")["name"]
    gone = set(people["person_id"]) - set(known.index)
    facts = CallFacts(
        company, scope, found, said[~said.index.isin(gone)], names, gone, changes, parts.set_index("key")
    )
    table = pd.DataFrame(call_rows(facts, known), columns=COLUMNS)
    numbers = [*NAMED, *ROLLED, "crm_changed_money", "expected", "p10", "p90", "difference"]
    types = dict.fromkeys(numbers, float) | dict.fromkeys(("is_asked", "is_late"), bool)
    return table.astype(types).assign(  # types hold for no rows too
        submitted_on=pd.to_datetime(table["submitted_on"])
    )


def said_by(store: Store, company: Company, scope: Scope) -> pd.DataFrame:
    """The last call per owner (index) for the scope's quarter: NAMED, submitted_by, at (moment), day."""
    end, first_day = company.calendar.end_of(scope.as_of), scope.quarter.first_day
    rows = store.query("calls_as_of", first_day=first_day, as_of_end=end).set_index("owner_id")
    rows = rows.rename(columns={f"{what}_amount": what for what in NAMED} | {"submitted_at": "at"})
    for text in store.query("call_repeats")["said"]:
        again = _repeat(text)
        at = pd.Timestamp(again.get("at", "1970-01-01"))
        owner = again.get("owner_id")
        if again.get("quarter_start") == str(first_day) and owner in rows.index and at <= pd.Timestamp(end):
            rows["at"] = rows["at"].where((rows.index != owner) | (rows["at"] > at), at)
    day = [pd.Timestamp(company.calendar.day_of(at.to_pydatetime())) for at in rows["at"]]
    return rows.astype(dict.fromkeys(NAMED, float)).assign(day=pd.to_datetime(pd.Series(day, rows.index)))


def _repeat(text: str) -> dict[str, str]:
    """What the log says of a call that was submitted again; nothing if it came from a file."""
    try:
        said = json.loads(text)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _changes(
    store: Store, company: Company, scope: Scope, said: pd.DataFrame, found: Forecast
) -> pd.DataFrame:
    """deal_id, valid_at, owner_id, amount_company: every change since the quarter's first call."""
    deals = found.view.deals[["deal_id", "owner_id", "amount_company"]]
    if said.empty:
        return deals.head(0).assign(valid_at=pd.Series(dtype="datetime64[us]"))
    rows = store.query(
        "deal_changes_since",
        since=said["at"].min().to_pydatetime(),
        as_of_end=company.calendar.end_of(scope.as_of),
        first_day=scope.quarter.first_day,
        last_day=scope.quarter.last_day,
    )
    return rows.merge(deals, on="deal_id")


def call_history(store: Store, company: Company, scope: Scope) -> pd.DataFrame:
    """Every call of the scope's quarter known at the end of its day: owner_id, day, NAMED; in order."""
    steps = calls_at(store, company, scope.as_of).submitted
    mine = steps[steps["quarter_start"] == pd.Timestamp(scope.quarter.first_day)]
    columns = dict(zip(AMOUNTS, NAMED, strict=True)) | {"valid_at": "day"}
    return mine.rename(columns=columns)[["owner_id", "day", *NAMED]].reset_index(drop=True)
