"""Submitted calls: kept in order, rolled up from owners to the company, and who has not submitted."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics.call_list import headline, of_caller
from analytics.company import Company, Scope
from analytics.forecast.basis import Basis
from analytics.forecast.quarter_forecast import Forecast, forecast
from analytics.problems import BadInput
from analytics.review.call_table import COMPANY, MANAGER, OWNER, TEAM
from analytics.review.calls import call_history, calls_view, out_of_order, submit_call
from analytics.store.database import Store
from tests.conftest import TODAY
from tests.small_stores import load

VP = "Frida Kaur"


@pytest.fixture
def written(small_world: Store, tmp_path: Path) -> Store:
    """A copy that may be written to."""
    shutil.copy(small_world.path, tmp_path / "written.duckdb")
    return Store(tmp_path / "written.duckdb")


def cents(amounts: pd.Series) -> int:
    return int((amounts * 100).round().sum())


def test_the_table_adds_up_from_owners_to_teams_to_the_company(
    small_world: Store, small_company: Company, scope: Scope, found: Forecast
) -> None:
    table = calls_view(small_world, small_company, scope, found)
    whole, teams, owners = (table[table["level"] == level] for level in (COMPANY, TEAM, OWNER))
    assert table["level"].iloc[0] == COMPANY
    assert len(whole) == 1
    assert len(teams) == teams["team"].nunique() > 2
    for what in ("commit", "best_case", "most_likely"):
        assert whole[f"rolled_up_{what}"].iloc[0] == pytest.approx(teams[what].sum())
        for team in teams.itertuples():
            mine = owners[owners["team"] == team.team]
            assert getattr(team, f"rolled_up_{what}") == pytest.approx(mine[what].sum())
    assert cents(owners["expected"]) == cents(teams["expected"]) == cents(whole["expected"])
    assert whole[["expected", "p10", "p90"]].iloc[0].tolist() == [found.expected, found.p10, found.p90]
    called = table.dropna(subset=["most_likely", "expected"])
    assert np.allclose(called["difference"], called["expected"] - called["most_likely"])


def test_a_narrower_scope_has_the_same_rows(
    small_world: Store, small_company: Company, scope: Scope, basis: Basis, found: Forecast
) -> None:
    table = calls_view(small_world, small_company, scope, found)
    team = table.loc[table["level"] == TEAM, "team"].iloc[1]
    narrow = Scope(scope.as_of, scope.quarter, team)
    ours = calls_view(
        small_world, small_company, narrow, forecast(small_world, small_company, narrow, basis, found.whole)
    )
    pd.testing.assert_frame_equal(ours, table[table["team"] == team].reset_index(drop=True))
    owner = ours["person_id"].iloc[1]
    one = Scope(scope.as_of, scope.quarter, owner_id=owner)
    alone = calls_view(
        small_world, small_company, one, forecast(small_world, small_company, one, basis, found.whole)
    )
    pd.testing.assert_frame_equal(alone, ours[ours["person_id"] == owner].reset_index(drop=True))


def test_who_is_silent_for_more_than_a_week_is_late(
    small_world: Store, small_company: Company, scope: Scope, found: Forecast
) -> None:
    table = calls_view(small_world, small_company, scope, found)
    last = pd.Timestamp(scope.as_of - timedelta(days=7))
    asked = table[table["is_asked"]]
    assert (asked["is_late"] == ~(asked["submitted_on"] >= last)).all()
    assert asked["is_late"].nunique() == 2


def test_a_call_is_kept_beside_the_earlier_ones(
    written: Store, small_company: Company, scope: Scope, found: Forecast
) -> None:
    before = call_history(written, small_company, scope)
    given: dict[str, Any] = {"commit": 1.5e5, "best_case": 3e5, "most_likely": 2.25e5}
    submit_call(written, small_company, TODAY, "", scope.quarter, **given, author=VP)
    row = calls_view(written, small_company, scope, found).iloc[0]
    assert row[list(given)].to_dict() == given
    assert (row["submitted_by"], row["submitted_on"], row["is_late"]) == (VP, pd.Timestamp(TODAY), False)
    after = call_history(written, small_company, scope)
    of = after[after["owner_id"] == ""]
    assert len(after) == len(before) + 1
    assert of["day"].is_monotonic_increasing
    assert of["commit"].iloc[-1] == 150_000
    for commit in (1e5, 1.5e5):  # there and back again: both are kept
        submit_call(written, small_company, TODAY, "", scope.quarter, **given | {"commit": commit}, author=VP)
    with written.reading() as con:
        rows = con.execute(
            "select commit_amount::double, submitted_by from submitted_call where owner_id = ''"
            " order by import_id, seq"
        ).fetchall()
    assert rows[-3:] == [(150_000.0, "U1001"), (100_000.0, "U1001"), (150_000.0, "U1001")]


def test_saying_the_same_again_is_submitting(
    written: Store, small_company: Company, scope: Scope, found: Forecast
) -> None:
    table = calls_view(written, small_company, scope, found)
    late = table[table["is_late"] & (table["level"] == OWNER)].iloc[0]
    amounts = {what: late[what] for what in ("commit", "best_case", "most_likely")}
    assert late["submitted_on"] < pd.Timestamp(TODAY)
    submit_call(
        written, small_company, TODAY, late["person_id"], scope.quarter, **amounts, author=late["name"]
    )
    again = calls_view(written, small_company, scope, found).set_index("person_id").loc[late["person_id"]]
    assert (again["submitted_on"], again["is_late"]) == (pd.Timestamp(TODAY), False)
    assert again[list(amounts)].to_dict() == amounts
    earlier = Scope(TODAY - timedelta(days=1), scope.quarter)
    before = calls_view(written, small_company, earlier, found).set_index("person_id").loc[late["person_id"]]
    assert before["submitted_on"] == late["submitted_on"]  # nothing later is used


def test_changes_since_the_call_are_counted(
    written: Store, small_company: Company, scope: Scope, found: Forecast
) -> None:
    table = calls_view(written, small_company, scope, found)
    called = table[(table["level"] == OWNER) & table["is_asked"] & table["submitted_on"].notna()]
    with written.reading() as con:
        touched = con.execute("select deal_id from deal_change where valid_at > '2026-10-01'").df()["deal_id"]
    quiet = found.deals[~found.deals["deal_id"].isin(touched)]
    mine = quiet[quiet["owner_id"].isin(called["person_id"])].iloc[0]
    owner = mine["owner_id"]
    before = int(called.set_index("person_id").at[owner, "crm_changed"])

    def row() -> Any:
        rows = calls_view(written, small_company, scope, found)
        return rows[(rows["person_id"] == owner) & (rows["level"] == OWNER)].iloc[0]

    moved = {"deal_id": mine["deal_id"], "stage": mine["stage"], "amount": 12_345.0}
    days = [scope.quarter.last_day, small_company.calendar.shift(scope.quarter, 1).last_day]
    edits = [
        moved | {"close_date": str(day), "valid_at": f"2026-11-{at} 10:00"}
        for at, day in zip((13, 14), days, strict=True)
    ]
    load(written, deal_change=edits)
    assert row()["crm_changed"] == before + 1  # the deal once, and also as it left the quarter
    assert row()["crm_changed_money"] >= mine["amount_company"]
    given: dict[str, Any] = {"commit": 1.0, "best_case": 1.0, "most_likely": 1.0, "author": "Somebody"}
    submit_call(written, small_company, TODAY, owner, scope.quarter, **given)
    assert (row()["crm_changed"], row()["crm_changed_money"]) == (0, 0.0)
    assert row()["submitted_by"] == "Somebody"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"author": " \x00"}, "your name is missing"),
        ({"commit": -1.0}, "this commit is no amount"),
        ({"most_likely": float("nan")}, "this most likely is no amount"),
        ({"commit": None, "best_case": None, "most_likely": None}, "no amount was given"),
        ({"owner_id": "nobody"}, "there is no such owner or manager"),
        ({"as_of": TODAY - timedelta(days=1)}, "this is a past day"),
        ({"author": "x" * 3_000}, "your name is too long"),
    ],
)
def test_what_cannot_be_a_call_is_refused(
    written: Store, small_company: Company, scope: Scope, changed: dict[str, Any], message: str
) -> None:
    before = len(call_history(written, small_company, scope))
    given: dict[str, Any] = {
        "as_of": TODAY,
        "owner_id": "",
        "commit": 1.0,
        "best_case": 2.0,
        "most_likely": 1.5,
    }
    given |= {"author": VP} | changed
    as_of, owner = given.pop("as_of"), given.pop("owner_id")
    with pytest.raises(BadInput, match=message):
        submit_call(written, small_company, as_of, owner, scope.quarter, **given)
    assert len(call_history(written, small_company, scope)) == before


def test_a_quarter_that_is_over_cannot_be_called(
    written: Store, small_company: Company, scope: Scope
) -> None:
    past = small_company.calendar.shift(scope.quarter, -1)
    given: dict[str, Any] = {"commit": 1.0, "best_case": 2.0, "most_likely": 1.5, "author": VP}
    with pytest.raises(BadInput, match="was over"):
        submit_call(written, small_company, TODAY, "", past, **given)


def test_the_usual_order_is_asked_for_and_not_forced() -> None:
    assert out_of_order(1.0, 1.0, 2.0) == ""
    assert out_of_order(None, 5.0, None) == ""
    assert "commit is above best case" in out_of_order(3.0, None, 2.0)
    assert "most likely is above best case" in out_of_order(1.0, 3.0, 2.0)


def test_texts_from_outside_stay_texts(
    written: Store, small_company: Company, scope: Scope, found: Forecast
) -> None:
    name = '<b>"=1+1"</b> $x$'
    given: dict[str, Any] = {"commit": 1.0, "best_case": None, "most_likely": None}
    for _ in range(2):
        submit_call(written, small_company, TODAY, "", scope.quarter, **given, author=f"  {name}\n")
    row = calls_view(written, small_company, scope, found).iloc[0]
    assert row["submitted_by"] == name
    assert pd.isna(row["best_case"])
    assert pd.isna(row["difference"])


def test_a_manager_above_teams_has_a_row_of_their_own(
    written: Store, small_company: Company, scope: Scope, found: Forecast
) -> None:
    people = {"U1022": "East Velocity", "U1064": "East Enterprise"}
    boss = [{"person_id": "U9", "name": "Dana", "valid_at": "2026-11-14", "manager_id": "U1001"}]
    moved = [
        {"person_id": who, "name": who, "team": team, "manager_id": "U9", "valid_at": "2026-11-14"}
        for who, team in people.items()
    ]
    load(written, person=[*boss, *moved])
    given: dict[str, Any] = {"commit": 1.0, "best_case": 3.0, "most_likely": 2.0, "author": "Dana"}
    submit_call(written, small_company, TODAY, "U9", scope.quarter, **given)
    table = calls_view(written, small_company, scope, found)
    row = table[table["level"] == "manager"].iloc[0]
    below = table[(table["level"] == TEAM) & table["team"].isin(people.values())]
    assert (row["name"], row["submitted_by"], row["below"]) == ("Dana", "Dana", 2)
    assert row["rolled_up_commit"] == below["commit"].sum()
    assert cents(pd.Series([row["expected"]])) == cents(below["expected"])


def test_a_call_for_a_team_is_added_up_once_whatever_its_manager_owns(
    written: Store, small_company: Company, scope: Scope, found: Forecast
) -> None:
    before = calls_view(written, small_company, scope, found)
    head = before[(before["level"] == TEAM) & before["commit"].notna()].iloc[0]
    in_the_team = before[(before["level"] == OWNER) & (before["team"] == head["team"])]
    deals = found.deals.groupby("owner_id")["owner_name"].first()
    other = next(who for who in deals.index if who not in set(in_the_team["person_id"]))
    # another team's owner becomes the manager of this one, and goes on owning their deals
    moved = [
        {"person_id": row.person_id, "name": row.name, "team": row.team, "manager_id": other}
        | {"valid_at": "2026-11-14"}
        for row in in_the_team.itertuples(index=False)
    ]
    load(written, person=moved)
    given: dict[str, Any] = {"commit": 7e6, "best_case": 9e6, "most_likely": 8e6, "author": "X"}
    submit_call(written, small_company, TODAY, other, scope.quarter, **given)
    table = calls_view(written, small_company, scope, found)
    theirs = table[table["person_id"] == other].set_index("level")
    assert theirs["commit"].to_dict() == pytest.approx({TEAM: 7e6, OWNER: np.nan}, nan_ok=True)
    assert theirs["is_asked"].to_dict() == {TEAM: True, OWNER: False}
    whole, teams = table.iloc[0], table[table["level"] == TEAM]
    assert whole["rolled_up_commit"] == pytest.approx(teams["commit"].fillna(teams["rolled_up_commit"]).sum())
    of_other = table[(table["level"] == TEAM) & (table["team"] == theirs.loc[OWNER, "team"])].iloc[0]
    beside = table[(table["level"] == OWNER) & (table["team"] == of_other["team"])]
    assert of_other["rolled_up_commit"] == pytest.approx(beside["commit"].sum())
    assert of_other["below"] == beside["is_asked"].sum() == len(beside) - 1
    own = Scope(TODAY, scope.quarter, owner_id=other)
    alone = calls_view(written, small_company, own, forecast(written, small_company, own, whole=found.whole))
    assert alone[["is_asked", "is_late"]].to_numpy().tolist() == [[False, False]]
    assert headline(alone, own, small_company)[0].startswith("Nobody is asked for a call here")
    past = call_history(written, small_company, scope)
    assert of_caller(past, alone.iloc[0]).empty


def test_a_manager_above_teams_who_owns_a_deal_calls_for_the_teams(
    written: Store, small_company: Company, scope: Scope, found: Forecast
) -> None:
    before = calls_view(written, small_company, scope, found)
    heads = before[(before["level"] == TEAM) & before["is_asked"]]
    deal = found.deals["deal_id"].iloc[0]
    boss = {"person_id": "U9", "name": "Dana", "valid_at": "2026-11-14"}
    below = [
        {"person_id": row.person_id, "name": row.person_id, "manager_id": "U9", "valid_at": "2026-11-14"}
        for row in heads.itertuples()
    ]
    load(written, person=[boss, *below], deal_work=[{"deal_id": deal, "owner_id": "U9", "valid_at": TODAY}])
    now = forecast(written, small_company, scope, whole=None)
    silent = calls_view(written, small_company, scope, now)
    rows = silent[silent["person_id"] == "U9"].set_index("level")
    assert rows["is_asked"].to_dict() == {MANAGER: True, OWNER: False}
    given: dict[str, Any] = {"commit": 7e6, "best_case": 9e6, "most_likely": 8e6, "author": "Dana"}
    submit_call(written, small_company, TODAY, "U9", scope.quarter, **given)
    table = calls_view(written, small_company, scope, now)
    rows = table[table["person_id"] == "U9"].set_index("level")
    assert rows["commit"].to_dict() == pytest.approx({MANAGER: 7e6, OWNER: np.nan}, nan_ok=True)
    assert table.iloc[0]["rolled_up_commit"] == silent.iloc[0]["rolled_up_commit"]
