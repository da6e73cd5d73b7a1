"""The post-mortem: exact from what was said to what was booked, for every deal in one place."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from analytics.company import Company, Scope, company_of
from analytics.fiscal import Quarter
from analytics.forecast.basis import Basis
from analytics.forecast.lines import NOT_CREATED_YET
from analytics.pipeline.deals import deals_as_of, won_in
from analytics.pipeline.quarter_end import total
from analytics.post_mortem import (
    AMOUNT,
    BEYOND,
    CALL,
    CHANGED,
    ELSEWHERE,
    EXPECTED,
    GONE,
    HANDS,
    LATER,
    LOST,
    NEW,
    NO_DEAL,
    SLIPPED,
    STARTS,
    STATED,
    WON,
    PostMortem,
    bridge,
    lines_of,
    middle_week,
    misses,
    past_quarters,
    post_mortem,
)
from analytics.post_mortem_causes import FEWEST, Causes, causes, difference, seen_from, stories
from analytics.post_mortem_words import (
    behind,
    headline,
    held,
    lessons,
    miss_table,
    step_table,
    warning_table,
    warning_title,
)
from analytics.problems import NotEnough
from analytics.store.database import Store
from analytics.store.subjects import SUBJECTS
from tests.conftest import TODAY
from tests.forecast.quarters import deal
from tests.small_stores import STAGES, described, edit, load, setting


@pytest.fixture(scope="module")
def basis(small_basis: Basis) -> Basis:
    return small_basis


def seen(store: Store, company: Company, basis: Basis, scope: Scope, week: int) -> PostMortem:
    found = post_mortem(store, company, basis, scope, week)
    assert isinstance(found, PostMortem)
    return found


def scopes(basis: Basis, quarter: Quarter) -> list[Scope]:
    whose = basis.record.deals
    teams = sorted(whose["team"].unique())
    owners = sorted(whose["owner_id"].unique())[:2]
    found = [Scope(TODAY, quarter), *(Scope(TODAY, quarter, team) for team in teams)]
    return found + [Scope(TODAY, quarter, owner_id=owner) for owner in owners]


# --- every quarter, week and scope of the small company --------------------------------------------


def test_sums_are_exact_for_every_quarter_week_and_scope(
    small_world: Store, small_company: Company, basis: Basis
) -> None:
    looked = 0
    for at, quarter in enumerate(past_quarters(basis, small_company)):
        for week in (1 + at, 7, 13 - at):
            every = scopes(basis, quarter)
            for scope in every[::3] if week == 7 else every[:1]:
                looked += adds_up(seen(small_world, small_company, basis, scope, week))
    assert looked > 20


def adds_up(view: PostMortem) -> int:
    """Every bridge of a view, its steps' deals, and the deals that missed; returns how many there are."""
    looked = 0
    for start in STARTS:
        given, rows = view.start(start), bridge(view, start)
        if isinstance(given, NotEnough):
            assert isinstance(rows, NotEnough)
            continue
        assert not isinstance(rows, NotEnough)
        assert total(rows["amount"][:-1]) == pytest.approx(view.actual, abs=0.005)
        shown = {row.step: row.amount for row in rows[1:-1].itertuples()}
        for name, amount in list(shown.items())[:: 2 if start == EXPECTED else 4]:
            deals = step_table(view, start, f"{name[:1].lower()}{name[1:]}")
            assert total(deals["Counts with"]) == pytest.approx(amount, abs=0.005)
        lines = lines_of(view, start)
        beside = lines.loc[lines["deal_id"].isin(list(NO_DEAL)), "amount"]
        off = total(misses(view, start)["off"]) + total(beside)
        assert off == pytest.approx(view.actual - given, abs=0.005)
        looked += 1
    return looked


def test_the_start_is_the_number_of_the_record_and_the_end_what_was_booked(
    small_world: Store, small_company: Company, basis: Basis
) -> None:
    for quarter in past_quarters(basis, small_company)[::2]:
        end = deals_as_of(small_world, small_company, quarter.last_day, closed_since=quarter.first_day)
        booked = end[won_in(end, quarter)]
        for scope in scopes(basis, quarter):
            view = seen(small_world, small_company, basis, scope, 7)
            known = view.weeks.loc[view.weeks["week"] == 7, "expected"]
            if len(known):
                assert view.start(EXPECTED) == pytest.approx(known.iloc[0], abs=0.5)
            assert view.actual == pytest.approx(total(scope.within(booked)["amount_company"].dropna()))


def test_teams_add_up_to_the_company(small_world: Store, small_company: Company, basis: Basis) -> None:
    quarter = past_quarters(basis, small_company)[-1]
    whole = seen(small_world, small_company, basis, Scope(TODAY, quarter), 7)
    teams = sorted({*basis.record.deals["team"], *basis.record.totals["team"]})
    parts = [seen(small_world, small_company, basis, Scope(TODAY, quarter, team), 7) for team in teams]
    assert sum(part.actual for part in parts) == pytest.approx(whole.actual)
    for start in (EXPECTED, STATED):
        assert sum(cast(float, part.start(start)) for part in parts) == pytest.approx(whole.start(start))


def test_nothing_later_than_the_quarters_end_is_read(
    small_world: Store, small_company: Company, basis: Basis, tmp_path: Path
) -> None:
    quarter = past_quarters(basis, small_company)[-2]
    cut = Store(tmp_path / "cut.duckdb")
    cut.path.write_bytes(small_world.path.read_bytes())
    end = small_company.calendar.end_of(quarter.last_day)
    edit(cut.path, *(f"delete from {name} where valid_at > '{end}'" for name in SUBJECTS))
    views = [seen(store, small_company, basis, Scope(TODAY, quarter), 7) for store in (small_world, cut)]
    pd.testing.assert_frame_equal(views[0].deals, views[1].deals)
    assert views[0].call == views[1].call
    assert views[0].actual == views[1].actual
    ids = views[0].deals["deal_id"].head(20)
    told = [stories(store, small_company, views[0], ids) for store in (small_world, cut)]
    assert told[0] == told[1]
    found = [causes(store, small_company, basis, views[0]) for store in (small_world, cut)]
    pd.testing.assert_frame_equal(found[0].effects, found[1].effects)
    pd.testing.assert_frame_equal(found[0].warnings, found[1].warnings)
    assert found[0].case.equals(found[1].case)


def test_a_running_quarter_and_a_week_that_was_not_foretold_are_said(
    small_world: Store, small_company: Company, basis: Basis
) -> None:
    running = small_company.calendar.quarter_of(TODAY)
    assert isinstance(post_mortem(small_world, small_company, basis, Scope(TODAY, running), 7), NotEnough)
    last = past_quarters(basis, small_company)[-1]
    assert isinstance(post_mortem(small_world, small_company, basis, Scope(TODAY, last), 40), NotEnough)
    assert last < running if hasattr(last, "__lt__") else last.last_day < running.first_day
    assert middle_week([1, 2, 7, 13]) == 7
    assert middle_week([1, 5, 9]) in (5, 9)


def test_the_words_are_those_of_the_figures(small_world: Store, small_company: Company, basis: Basis) -> None:
    quarter = past_quarters(basis, small_company)[-1]
    view = seen(small_world, small_company, basis, Scope(TODAY, quarter), 7)
    found = causes(small_world, small_company, basis, view)
    told = stories(small_world, small_company, view, misses(view, EXPECTED)["deal_id"])
    assert headline(view, small_company).startswith(f"{quarter} ended at $")
    assert "week-7 number" in headline(view, small_company)
    first = misses(view, EXPECTED).iloc[0]
    assert first["name"] in behind(view, EXPECTED, small_company)
    table = miss_table(view, EXPECTED, found, told, small_company)
    assert list(table["Off by"].abs()) == sorted(table["Off by"].abs(), reverse=True)
    ((low, high), inside) = view.range, "in that week's"
    assert (inside in held(view, small_company)) == (low <= view.actual <= high)


# --- one deal of every kind, by hand ---------------------------------------------------------------

Q2 = "2024Q2"
WEEK = 5
DAY = date(2024, 4, 29)
LATE = "2024-08-15"


def change(
    deal_id: str, at: str, amount: float, close: str, stage: str = "Propose", **more: Any
) -> dict[str, Any]:
    closed = {"is_closed": stage in ("Won", "Lost"), "is_won": stage == "Won"}
    row = {"deal_id": deal_id, "valid_at": at, "stage": stage, "amount": amount, "close_date": close}
    return {**row, "forecast_category": "Commit", **closed, **more}


CHANGES = [
    change("smaller", "2024-03-01", 100, "2024-06-20"),
    change("smaller", "2024-05-10", 100, "2024-06-28"),
    change("smaller", "2024-06-10", 80, "2024-06-10", "Won"),
    change("lost", "2024-03-01", 200, "2024-06-20", forecast_category="Best Case"),
    change("lost", "2024-06-01", 200, "2024-06-20", "Lost"),
    change("later", "2024-03-01", 50, LATE),
    change("later", "2024-06-15", 50, "2024-06-15", "Won"),
    change("slipped", "2024-03-01", 60, "2024-06-20"),
    change("slipped", "2024-06-18", 60, "2024-09-04"),
    change("slipped", "2024-07-05", 60, "2024-07-05", "Won"),
    change("gone", "2024-03-01", 70, "2024-06-20"),
    change("gone", "2024-05-20", 70, "2024-06-20", is_gone=True),
    change("new", "2024-05-20", 30, "2024-06-20"),
    change("new", "2024-06-20", 30, "2024-06-20", "Won"),
    change("before", "2024-03-01", 40, "2024-04-10"),
    change("before", "2024-04-10", 40, "2024-04-10", "Won"),
    change("before", "2024-05-02", 45, "2024-04-10", "Won"),
    change("handed", "2024-03-01", 20, "2024-06-20"),
    change("handed", "2024-06-25", 20, "2024-06-20", "Won"),
    change("waits", "2024-03-01", 90, LATE),
]  # fmt: skip
WORK = [
    {"deal_id": row["deal_id"], "valid_at": "2024-03-01", "owner_id": "ann"}
    for row in CHANGES
    if row["valid_at"] == "2024-03-01" or row["deal_id"] == "new"
] + [{"deal_id": "handed", "valid_at": "2024-06-01", "owner_id": "bob"}]


@pytest.fixture
def planted(store: Store) -> Store:
    people = [
        {"person_id": "ann", "name": "Ann", "team": "North", "is_active": True},
        {"person_id": "bob", "name": "Bob", "team": "South", "is_active": True},
    ]
    call = {"owner_id": "ann", "quarter_start": "2024-04-01", "valid_at": "2024-04-22 16:00"}
    load(
        store,
        setting=[setting("company_currency", "USD")],
        stage=STAGES,
        person=people,
        deal=described(CHANGES, currency="USD"),
        deal_change=CHANGES,
        deal_work=WORK,
        submitted_call=[call | {"commit_amount": 500.0, "submitted_by": "ann"}],
    )
    return store


def known_then(company: Company) -> Basis:
    """What was foretold on the day: every open deal at a half of its amount, 5 of deals to come."""
    quarter = company.calendar.parse(Q2)
    days = {"first_day": pd.Timestamp(quarter.first_day), "last_day": pd.Timestamp(quarter.last_day)}
    here = {"quarter": Q2, **days, "week": WEEK - 1, "landmark": pd.Timestamp(DAY)}
    stated = {"category": "Commit", "probability": 0.5, "p_won": 0.5, "outcome_0": "open"}
    rows = [
        deal(name, amount, **here, **stated | {"timing": timing, "category": category})
        for name, amount, timing, category in (
            ("smaller", 100, "in quarter", "Commit"),
            ("lost", 200, "in quarter", "Best Case"),
            ("later", 50, "later", "Commit"),
            ("slipped", 60, "in quarter", "Commit"),
            ("gone", 70, "in quarter", "Commit"),
            ("handed", 20, "in quarter", "Commit"),
            ("waits", 90, "later", "Commit"),
        )
    ]
    whose = {"owner_id": "ann", "team": "North", "region": "World"}
    totals = pd.DataFrame([here | whose | {"won_so_far": 40.0, "new_expected": 5.0, "actual": 0.0}])
    points = [
        {**here, "kind": kind, "key": key, "expected": 340.0, "p10": 200.0, "p50": 300.0, "p90": 400.0}
        for kind, key in (("company", ""), ("team", "North"), ("owner", "ann"))
    ]
    frame = pd.DataFrame(points).assign(target=np.nan)
    record = SimpleNamespace(deals=pd.DataFrame(rows), totals=totals, points=frame, cohorts=[], quarters=[Q2])
    outcomes = [
        here | days | {"outcome_0": one, "closed_on": pd.Timestamp("2024-01-01")} for one in ("won", "lost")
    ]
    later = dict.fromkeys(("outcome_1", "outcome_2", "outcome_3"))
    history = SimpleNamespace(
        rows=pd.DataFrame(outcomes).assign(**later), learned=SimpleNamespace(rung="rates")
    )
    return cast(Basis, SimpleNamespace(record=record, history=history))


def planted_view(planted: Store, **scope: str) -> PostMortem:
    company = company_of(planted)
    asked = Scope(date(2024, 9, 30), company.calendar.parse(Q2), **scope)
    return seen(planted, company, known_then(company), asked, WEEK)


def money_of(view: PostMortem, start: str) -> dict[tuple[str, str], float]:
    lines = lines_of(view, start)
    return {(row.step, row.deal_id): row.amount for row in lines.itertuples()}


def test_every_deal_lands_where_it_belongs_against_the_expected_number(planted: Store) -> None:
    view = planted_view(planted)
    assert view.start(EXPECTED) == 40 + 295 + 5
    assert view.actual == 80 + 50 + 30 + 45 + 20
    assert money_of(view, EXPECTED) == {
        (WON, "smaller"): 50,
        (WON, "handed"): 10,
        (ELSEWHERE, "later"): 25,
        (AMOUNT, "smaller"): -20,
        (LOST, "lost"): -100,
        (GONE, "gone"): -35,
        (SLIPPED, "slipped"): -30,
        (LATER, "waits"): -45,
        (CHANGED, "before"): 5,
        (NEW, "new"): 30,
        (NEW, NOT_CREATED_YET): -5,
    }


def test_against_what_the_crm_weighted_and_against_the_call(planted: Store) -> None:
    view = planted_view(planted)
    assert view.start(STATED) == 40 + 50 + 100 + 30 + 35 + 10
    assert money_of(view, STATED)[WON, "smaller"] == 50
    assert (LATER, "waits") not in money_of(view, STATED)
    assert isinstance(view.start(CALL), NotEnough), "the company itself has not called"
    ann = planted_view(planted, owner_id="ann")
    assert ann.start(CALL) == 500
    lines = money_of(ann, CALL)
    named = 40 + 100 + 60 + 70 + 20  # won, and what is in Commit and dated in the quarter
    assert lines[BEYOND, "(judgement)"] == named - 500
    assert lines[SLIPPED, "slipped"] == -60
    assert (WON, "smaller") not in lines, "it counted in full"
    assert lines[AMOUNT, "smaller"] == -20


def test_what_changed_hands_leaves_one_scope_and_comes_to_the_other(planted: Store) -> None:
    ann = planted_view(planted, team="North")
    assert money_of(ann, EXPECTED)[HANDS, "handed"] == -20
    assert ann.actual == 205
    south = planted_view(planted, team="South")
    assert money_of(south, EXPECTED) == {(HANDS, "handed"): 20}
    assert (south.start(EXPECTED), south.actual) == (0, 20)


def test_what_happened_in_words(planted: Store) -> None:
    view = planted_view(planted)
    told = stories(planted, company_of(planted), view, [*view.deals["deal_id"], "nobody"])
    assert told["smaller"] == (
        "pushed from Jun 20, 2024 to Jun 28, 2024 on May 10, 2024; amount $100 to $80; won on Jun 10, 2024"
    )
    assert told["slipped"] == "pushed from Jun 20, 2024 to Sep 4, 2024 on Jun 18, 2024"
    assert told["lost"] == "lost on Jun 1, 2024"
    assert told["gone"] == "gone from the CRM since May 20, 2024"
    assert told["new"] == "created on May 20, 2024; won on Jun 20, 2024"
    assert told["waits"] == told["nobody"] == "nothing in the CRM changed"


def test_which_deals_made_it(planted: Store) -> None:
    view = planted_view(planted)
    company = company_of(planted)
    assert headline(view, company) == "2024Q2 ended at $225, 34% below the week-5 number of $340."
    assert list(misses(view, EXPECTED)["deal_id"].head(2)) == ["lost", "waits"]
    assert behind(view, EXPECTED, company) == (
        "Deals that brought less than they were counted with took away $210, 2 of them most of it: Deal lost"
        " (lost, -$100) and Deal waits (still open, -$45); others added $100."
    )
    assert held(view, company).startswith(
        "The end lay in that week's 80% range of $200 to $400, and in the range in 1 of 1 week."
    )


# --- what could be seen ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chances", "was_won", "said"),
    [
        ([0.6, 0.4, 0.3], False, "from week 4 on"),
        ([0.4, 0.6, 0.3], False, "from week 5 on"),
        ([0.2, 0.1, 0.3], False, "from its first week on"),
        ([0.6, 0.7, 0.8], False, "at no week up to week 5"),
        ([0.4, 0.7, 0.8], False, "not at the end"),
        ([0.4, 0.5, 0.8], True, "from week 4 on"),
        ([], True, "never open at a week tested"),
    ],
)
def test_seen_from_which_week(chances: list[float], was_won: bool, said: str) -> None:
    weeks = pd.DataFrame({"week": range(3, 3 + len(chances)), "p_won": chances})
    assert seen_from(weeks, was_won=was_won) == said


def test_an_interval_of_a_difference_holds_it_and_shrinks() -> None:
    middle, low, high = difference(18, 20, 30, 60)
    assert middle == pytest.approx(0.4)
    assert low < middle < high
    _, lower, higher = difference(180, 200, 300, 600)
    assert low < lower < middle < higher < high
    assert difference(30, 60, 18, 20) == pytest.approx((-middle, -high, -low))
    assert difference(5, 10, 5, 10)[1] < 0 < difference(5, 10, 5, 10)[2]


def effects(**rows: tuple[int, int, int, int]) -> pd.DataFrame:
    found = []
    for label, (missed, n, other, rest) in rows.items():
        few = min(n, rest) < FEWEST
        more, low, high = (np.nan,) * 3 if few else difference(missed, n, other, rest)
        counts = {"n_with": n, "missed_with": missed, "n_without": rest, "missed_without": other}
        missing = NotEnough("too few", n) if few else None
        found.append({"warning": label, "label": label, **counts, "more": more, "low": low, "high": high,
                      "missing": missing})  # fmt: skip
    return pd.DataFrame(found)


def nothing_seen(table: pd.DataFrame, commit: tuple[int, int] = (0, 0)) -> Causes:
    return Causes(pd.DataFrame(columns=["deal_id", "text"]), table, pd.Series(dtype=object), commit)


def test_small_numbers_of_deals_are_withheld() -> None:
    found = nothing_seen(effects(Pushed=(9, 9, 10, 40), Quiet=(28, 30, 20, 60)))
    table = warning_table(found).set_index("Warning")
    assert table.loc["Pushed", "Not won with it, more often by"].startswith("not enough data (n=9)")
    assert np.isnan(table.loc["Pushed", "Not won with it"])
    assert table.loc["Quiet", "Not won with it"] == 0.93
    assert warning_title(found).startswith("1 of 1 warning clearly told who would not be won")
    assert "Too few deals" in warning_title(nothing_seen(effects(Pushed=(9, 9, 10, 40))))


def test_lessons_follow_from_the_figures_or_are_not_given() -> None:
    clear = nothing_seen(effects(Quiet=(28, 30, 20, 60)), (40, 20))
    said = " ".join(lessons(clear))
    assert "quiet. 28 of 30 were not won, against 20 of 60 without it" in said
    assert "20 of 40 commit deals dated in the quarter were won (50%; 90% interval 37% to 63%)" in said
    unclear = nothing_seen(effects(Quiet=(15, 30, 29, 60)), (9, 2))
    assert lessons(unclear) == [], "nine commit deals are too few"
    assert lessons(replace(unclear, commit=(40, 39))) == []
