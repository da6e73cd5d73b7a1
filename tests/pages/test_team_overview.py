"""The page Team overview, run by Streamlit itself on the small sample company."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from analytics import team_words
from analytics.coaching.team import FEWEST, OVERALL
from analytics.company import Company, Scope
from analytics.problems import NotEnough
from analytics.risk.landmarks import landmark_rows
from analytics.store.database import Store
from analytics.team_page import (
    ALL_QUESTIONS,
    TeamView,
    cell_deals,
    cell_table,
    commit_deals,
    movements,
    of_team,
    rep_cells,
    rep_movements,
    spread,
    spread_table,
    team_cells,
    team_view,
)
from pages.shared import cached_team
from tests.pages.conftest import texts
from tests.pages.planted import planted_store

App = Callable[..., AppTest]
PAGE, COACHING = "pages/team/team_overview.py", "pages/team/coaching.py"


@pytest.fixture(scope="module")
def landmarks(sample_store: Store, company: Company, scope: Scope) -> pd.DataFrame:
    return landmark_rows(sample_store, company, scope.as_of)


@pytest.fixture(scope="module")
def view(sample_store: Store, company: Company, scope: Scope, landmarks: pd.DataFrame) -> TeamView:
    found = team_view(sample_store, company, scope.as_of, scope.quarter, landmarks)
    assert isinstance(found, TeamView)
    return found


@pytest.fixture(autouse=True)
def nothing_learned(monkeypatch: pytest.MonkeyPatch, landmarks: pd.DataFrame) -> None:
    """The page needs the landmarks of the history only."""
    monkeypatch.setattr(cached_team.cached, "the_history", lambda as_of: SimpleNamespace(rows=landmarks))


def said(at: AppTest) -> str:
    assert not at.exception
    assert not at.error
    return texts(at).replace("\\", "")


def tables(at: AppTest) -> list[pd.DataFrame]:
    return [one.value for one in at.dataframe]


def by_rep(at: AppTest, column: str) -> pd.DataFrame:
    return next(one for one in tables(at) if column in one and "Rep" in one)


def spec(at: AppTest, nth: int) -> str:
    return str(at.get("plotly_chart")[nth].proto.spec)


def a_rep(view: TeamView) -> Any:
    return view.depth.reps[view.depth.reps["n"] >= FEWEST].iloc[0]


def test_the_page_says_what_analytics_says(app: App, view: TeamView, company: Company) -> None:
    at = app(PAGE)
    for part in team_words.headline(view, company.name):
        assert part in said(at)
    for title in (
        team_words.spread_in_words(view),
        team_words.teams_in_words(team_cells(view)),
        team_words.heat_in_words(rep_cells(view), "rep"),
        team_words.depth_title(view),
        team_words.coverage_title(view),
        team_words.calls_title(view),
    ):
        assert title in said(at)
    assert team_words.FAIR in said(at)
    link = at.get("page_link")[0].proto
    assert (link.page, link.label) == ("playbook", team_words.TO_PLAYBOOK)


def test_the_emptiest_question_is_no_order(view: TeamView) -> None:
    _, rest = team_words.headline(view, "the company")
    thin = {key: int((view.depth.deals[f"level_{key}"] <= 1).sum()) for key in view.questions}
    assert f"on {max(thin.values()):,} of {len(view.depth.deals):,} deals its answer is missing" in rest
    assert "Start there" not in rest
    assert "does not say that it matters most" in rest


def test_the_spread_comes_first_and_names_nobody_unless_asked(app: App, view: TeamView) -> None:
    at = app(PAGE)
    dots = spread(view, named=True)
    assert len(dots)
    names = set(dots["who"])
    assert not any(f"<b>{name}</b>" in spec(at, 0) for name in names)
    assert "A rep" in spec(at, 0)
    named = spec(app(PAGE, names="true"), 0)
    assert all(name in named for name in names)
    assert list(tables(at)[0]["Question"]) == list(spread_table(view)["question"])


def test_people_stand_in_the_order_of_their_names(app: App, view: TeamView) -> None:
    at = app(PAGE)
    for column in ("Mean depth", "Coverage", "Calls against won"):
        names = list(by_rep(at, column)["Rep"])
        assert names == sorted(names)
        assert names == list(view.depth.reps["name"])


def test_means_of_few_deals_are_dashes_with_their_reason(view: TeamView) -> None:
    cells = rep_cells(view)
    few = cells["n"] < FEWEST
    assert cells.loc[few, "mean"].isna().all()
    assert cells.loc[~few, "mean"].notna().all()
    table = cell_table(cells)
    assert (table["Deals"].lt(FEWEST) == table["Why a dash"].ne("")).all()


def test_a_team_shows_its_own_reps_and_says_what_they_add_up_to(app: App, view: TeamView) -> None:
    team = view.teams[0]
    mine = of_team(view, team)
    at = app(PAGE, team=team)
    assert team_words.headline(mine, f"team {team}")[0] in said(at)
    assert set(by_rep(at, "Coverage")["Rep"]) == set(mine.depth.reps["name"])
    assert "Team" not in by_rep(at, "Coverage")
    parts = sum(len(of_team(view, one).depth.deals) for one in {*view.teams, ""} - {""})
    assert parts == int((view.depth.deals["team"] != "").sum())


def test_a_cell_opens_into_its_deals(app: App, view: TeamView) -> None:
    rep = a_rep(view)
    label = view.labels["budget"]
    at = app(PAGE, who=rep["name"], asks=label)
    table = cell_deals(view, rep["owner_id"], "budget")
    shown = next(one for one in tables(at) if "Level" in one)
    assert list(shown["Deal ID"]) == table.deal_ids
    cells = rep_cells(view)
    cell = cells[(cells["owner_id"] == rep["owner_id"]) & (cells["question"] == "budget")]
    assert shown["Level"].mean() == pytest.approx(cell["mean"].item(), abs=0.01)
    assert len(shown) == cell["n"].item()
    team = f"Team {view.teams[0]}"
    whole = next(one for one in tables(app(PAGE, who=team, asks=ALL_QUESTIONS)) if "Level" in one)
    assert list(whole["Deal ID"]) == cell_deals(view, view.teams[0], OVERALL).deal_ids


def test_the_deals_behind_commits_are_listed(view: TeamView) -> None:
    owner = str(view.commits["owner_id"].iloc[0])
    table = commit_deals(view, owner)
    row = view.kept.loc[owner]
    assert table.n == row["n"]
    assert (table.rows["What became of it"] == "won in the quarter").sum() == row["kept"]


def test_a_button_opens_the_reps_page(app: App, view: TeamView, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[tuple[str, dict[str, str]]] = []
    monkeypatch.setattr(st, "switch_page", lambda page, query_params: opened.append((page, query_params)))
    rep = a_rep(view)
    at = app(PAGE, who=rep["name"])
    button = next(one for one in at.button if one.label.replace("\\", "") == f"Open {rep['name']}'s page")
    button.click().run()
    assert not at.exception
    assert at.session_state["scope_owner"] == rep["owner_id"]
    assert opened == [(COACHING, {"owner": rep["owner_id"]})]


def test_an_owners_scope_is_that_of_the_team(app: App, view: TeamView) -> None:
    rep = view.depth.reps[view.depth.reps["team"] != ""].iloc[0]
    at = app(PAGE, owner=rep["owner_id"])
    assert f"{rep['name']} is chosen above; shown is team {rep['team']}." in said(at)


def test_movement_intervals_hold_together_and_say_as_before(view: TeamView) -> None:
    rows = movements(view)
    assert list(rows["label"]) == list(view.labels.values())
    told = rows["change"].notna() & ((rows["low"] > 0) | (rows["high"] < 0))
    assert (rows.loc[told, "said"] != "as before").all()
    assert (rows.loc[~told & rows["change"].notna(), "said"] == "as before").all()
    assert len(rep_movements(view)) == len(view.depth.reps)


def test_few_deals_are_counted_and_nothing_more_is_said_of_them(view: TeamView) -> None:
    few = replace(view, depth=replace(view.depth, deals=view.depth.deals.head(FEWEST - 1)))
    lead, rest = team_words.headline(few, "Team X")
    assert lead.startswith(f"Team X has {FEWEST - 1} deals beyond")
    assert "too few" in lead
    assert "average" not in lead
    assert not rest
    enough = replace(view, depth=replace(view.depth, deals=view.depth.deals.head(FEWEST)))
    assert "average" in team_words.headline(enough, "Team X")[0]


def test_words_of_calls_and_commits() -> None:
    bias = pd.DataFrame(
        {"n": [8, 2, 8], "bias": [0.25, float("nan"), -0.5], "low": [-0.1, float("nan"), -1.0], "high": 0.6},
        index=["U1", "U2", "U3"],
    )
    assert team_words.bias_in_words(bias, "U1") == "+25% (-10% to +60%), 8 quarters: as won"
    assert team_words.bias_in_words(bias, "U2") == "– 2 quarters, too few to say"
    assert "(-100% to" in team_words.bias_in_words(bias, "U3")
    assert team_words.bias_in_words(bias, "U9") == "– no call of their own"
    kept = pd.DataFrame(
        {"n": [10, 3], "kept": [5, 1], "share": [0.5, float("nan")], "low": 0.3, "high": 0.7},
        index=["U1", "U2"],
    )
    assert team_words.kept_in_words(kept, "U1") == "50% (30% to 70%), 5 of 10"
    assert team_words.kept_in_words(kept, "U2") == "– 3 commits, too few to say"
    assert team_words.kept_in_words(kept, "U9") == "– none stated"
    assert team_words.moved_in_words(NotEnough("8 deals", 3)) == "– too few deals"


def test_a_store_without_stages_says_what_is_missing(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, landmarks: pd.DataFrame
) -> None:
    planted = planted_store(tmp_path, owner="Ann")
    one = landmarks.head(1).assign(landmark=pd.Timestamp(date(2026, 1, 5)))
    monkeypatch.setattr(cached_team.cached, "the_history", lambda as_of: SimpleNamespace(rows=one))
    at = app(PAGE, store=planted.path)
    assert "There is nothing to compare yet." in said(at)
