"""The quarter's numbers: each adds up, says what it was a week ago, and never mixes currencies."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from analytics.company import company_of
from analytics.home import home
from analytics.pipeline.breakdown import BY, breakdown
from analytics.pipeline.deals import won_in
from analytics.pipeline.hygiene import MIN_STAYS, Finding, findings
from analytics.pipeline.pace import pace
from analytics.pipeline.quarter_end import SUMS, QuarterEnd, build_up, quarter_end
from analytics.pipeline.stage_rates import landmarks, stage_rates, weighted_at_measured
from analytics.pipeline.tables import deals_behind
from analytics.problems import NotEnough
from analytics.store.database import Store
from tests.small_stores import STAGES, Row, described, load, setting, view_of

AS_OF = "2024-05-15"  # in 2024Q2


def deal(deal_id: str, amount: Any = 100, at: str = "2024-04-10", **values: Any) -> dict[str, Any]:
    """An open deal dated in 2024Q2, in Commit, unless told otherwise."""
    return {
        "deal_id": deal_id,
        "valid_at": at,
        "stage": "Propose",
        "forecast_category": "Commit",
        "amount": amount,
        "close_date": "2024-06-10",
        "is_closed": False,
        "is_won": False,
        **values,
    }


def won(deal_id: str, amount: Any = 100, at: str = "2024-05-02", **values: Any) -> dict[str, Any]:
    closed = {"stage": "Won", "is_closed": True, "is_won": True, "close_date": at[:10]}
    return deal(deal_id, amount, at, **(closed | values))


def view(
    store: Store, rows: list[Any], quarter: str = "2024Q2", as_of: str = AS_OF, **more: Any
) -> QuarterEnd:
    scope = {key: more.pop(key) for key in ("team", "owner_id") if key in more}
    more = {"deal": described(rows), "stage": STAGES} | more
    load(store, deal_change=rows, **more)
    return quarter_end(store, *view_of(store, as_of, quarter, **scope))


# --- parts, sums, a week earlier -------------------------------------------------------------------

money = st.one_of(
    st.none(), st.decimals(-10_000, 9_999_999, places=2), st.sampled_from([Decimal("0.01"), Decimal("-0.01")])
)
random_deals = st.lists(
    st.tuples(
        money,
        st.sampled_from(["Qualify", "Propose", "Negotiate", "Unheard of", None]),
        st.sampled_from(["Commit", "Best Case", "Pipeline", "Omitted", None]),
        st.sampled_from(["2024-06-30", "2024-04-01", "2024-07-01", "2024-03-31", None]),
        st.sampled_from(["open", "won", "lost"]),
        st.sampled_from(["2024-04-01", "2024-05-08 12:00", "2024-05-09", "2024-05-15 23:59"]),
        st.sampled_from([None, 0.333, 0.07]),
        st.sampled_from(["u1", "u2", None, "unknown"]),
    ),
    min_size=5,
    max_size=30,
)


@settings(max_examples=5, phases=(Phase.explicit, Phase.generate))
@given(drawn=random_deals)
def test_parts_breakdowns_and_the_week_before_add_up(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[tuple[Any, ...]]
) -> None:
    store = Store(tmp_path_factory.mktemp("sums") / "store.duckdb")
    rows, work = [], []
    for number, (amount, stage, category, close, state, at, probability, owner) in enumerate(drawn):
        closed = {} if state == "open" else {"is_closed": True, "is_won": state == "won"}
        values = {"stage": stage, "forecast_category": category, "close_date": close}
        rows.append(deal(f"d{number}", amount, at, **values, probability=probability, **closed))
        work.append({"deal_id": f"d{number}", "valid_at": at, "owner_id": owner})
    load(
        store,
        deal=described(rows),
        stage=STAGES,
        deal_change=rows,
        deal_work=work,
        person=[{"person_id": "u1", "name": "Ann", "team": "North"}, {"person_id": "u2", "name": "Bo"}],
        target=[{"owner_id": "", "quarter_start": "2024-04-01", "amount": 1000}],
    )
    company, scope = view_of(store, AS_OF, "2024Q2")
    now = quarter_end(store, company, scope)
    _, earlier_scope = view_of(store, "2024-05-08", "2024Q2")
    earlier = quarter_end(store, company, earlier_scope)
    for key, measure in now.measures.items():
        same = measure.week_earlier, earlier.measures[key].value
        assert same[0] == same[1] or str(same[0]) == str(same[1]), f"{key} a week earlier: {same}"
        if key in SUMS:
            exact = sum((Decimal(f"{part:.2f}") for part in measure.parts), Decimal(0))
            assert Decimal(f"{measure.value:.2f}") == exact, f"{key}: {measure.value}, its deals {exact}"
            assert Decimal(f"{deals_behind(now, key).total:.2f}") == exact
    value = {key: now.measures[key].value for key in SUMS}
    assert now.measures["gap"].value == pytest.approx(1000 - value["won"], abs=0.001)
    assert round(build_up(now)["amount"].sum(), 2) == pytest.approx(value["won"] + value["open_pipeline"])
    for by in BY:
        table = breakdown(now, by)
        for column, key in (("won", "won"), ("open", "open_pipeline"), ("weighted", "weighted_pipeline")):
            assert table[column].sum() == pytest.approx(value[key], abs=0.005), f"{column} by {by}"
        assert table["deals"].sum() == len(now.open_in_quarter)
        assert table["group"].is_unique


def test_the_measures_of_a_small_quarter_by_hand(store: Store) -> None:
    rows = [
        won("w", 50.25),
        deal("c", 100, stage="Negotiate"),
        deal("b", 200, forecast_category="Best Case"),
        deal("p", 40, forecast_category="Pipeline", probability=0.25),
        deal("o", 999, forecast_category="Omitted"),
        deal("later", 888, close_date="2024-07-01"),
        deal("lost", 777, is_closed=True, stage="Lost"),
        deal("gone", 666, is_gone=True),
    ]
    target = [{"owner_id": "", "quarter_start": "2024-04-01", "amount": 150.25}]
    found = view(store, rows, target=target).measures
    assert {key: measure.value for key, measure in found.items()} == {
        "won": 50.25,
        "commit": 100,
        "best_case": 200,
        "weighted_pipeline": 80 + 100 + 10,
        "open_pipeline": 340,
        "target": 150.25,
        "gap": 100,
        "coverage": pytest.approx(340 / 150.25),
        "to_go_coverage": 3.4,
    }
    assert set(found["won"].parts.index) == {"w"}


def test_concentration_is_the_largest_deals_share_of_what_is_open(store: Store) -> None:
    found = view(store, [deal(name, amount) for name, amount in zip("abcd", (50, 30, 15, 5), strict=True)])
    assert found.shares == {"largest_deal_share": 0.5, "top3_share": 0.95}


def test_a_quarter_without_open_deals_has_no_concentration_and_no_crash(store: Store) -> None:
    """With enough history that stages have a usual age: nothing open must not break the page."""
    rows = [deal(f"h{n}", at="2023-04-10", stage="Propose") for n in range(MIN_STAYS)]
    rows += [won(f"h{n}", at="2023-05-01") for n in range(MIN_STAYS)]
    load(store, deal=described(rows), deal_change=rows, stage=STAGES)
    found = home(store, *view_of(store, AS_OF, "2024Q2"))
    assert isinstance(found.view.shares["top3_share"], NotEnough)
    assert {item.key: item.state for item in found.findings}["stage_too_old"] == "clear"


# --- calendar --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "utc", "quarter"),
    [
        ("America/New_York", "2024-07-01 03:30", "2024Q2"),  # 23:30 on 30 June, summer time
        ("America/New_York", "2024-07-01 04:00", "2024Q3"),
        ("America/New_York", "2024-01-01 04:30", "2023Q4"),  # 23:30 on 31 December, winter time
        ("America/New_York", "2024-01-01 05:00", "2024Q1"),
        ("Australia/Sydney", "2024-03-31 13:00", "2024Q2"),  # midnight already
        ("Australia/Sydney", "2024-03-31 12:59", "2024Q1"),
        ("Europe/Berlin", "2024-03-31 21:30", "2024Q1"),  # 23:30 on the day the clocks went forward
        ("Europe/Berlin", "2024-03-31 22:00", "2024Q2"),
    ],
)
def test_a_deal_closed_late_on_the_last_day_belongs_to_that_quarter(
    store: Store, zone: str, utc: str, quarter: str
) -> None:
    rows = [deal("a", 70, at="2023-10-01"), won("a", 70, at=utc)]
    load(store, setting=[setting("time_zone", zone)], deal_change=rows, deal=described(rows))
    company = company_of(store)
    for key in ("2023Q4", "2024Q1", "2024Q2", "2024Q3"):
        last_day = company.calendar.parse(key).last_day
        found = quarter_end(store, *view_of(store, str(last_day), key)).measures["won"].value
        assert found == (70 if key == quarter else 0), f"{key} as of its last day, {last_day}"


# --- currencies ------------------------------------------------------------------------------------


def test_currencies_are_converted_by_the_rate_of_the_day_and_shown_apart_without_one(store: Store) -> None:
    rows = [
        won("old", 100, at="2024-04-20"),
        won("new", 100, at="2024-05-10"),
        deal("open", 100),
        deal("franc", 30),
        won("franc won", 12.5),
        deal("home", 1),
    ]
    currency = {"old": "EUR", "new": "EUR", "open": "EUR", "franc": "CHF", "franc won": "CHF"}
    rates = [("1970-01-01", 1.0), ("2024-05-01", 2.0), ("2024-05-12", 3.0), ("2024-05-16", 9.0)]
    found = view(
        store,
        rows,
        deal=[{**row, "currency": currency.get(row["deal_id"])} for row in described(rows)],
        currency_rate=[{"currency": "EUR", "rate": rate, "valid_at": at} for at, rate in rates],
    )
    assert found.measures["won"].parts.to_dict() == {"old": 100.0, "new": 200.0}
    assert found.measures["open_pipeline"].parts.to_dict() == {"open": 300.0, "home": 1.0}
    assert found.not_converted.to_dict("records") == [{"currency": "CHF", "deals": 2, "amount": 42.5}]


def test_a_reopened_deal_is_converted_at_todays_rate(store: Store) -> None:
    rows = [won("a", 100, at="2024-04-20"), deal("a", 100, at="2024-05-02")]
    found = view(
        store,
        rows,
        deal=[{**row, "currency": "EUR"} for row in described(rows)],
        currency_rate=[
            {"currency": "EUR", "rate": 1.0},
            {"currency": "EUR", "rate": 2.0, "valid_at": "2024-05-01"},
        ],
    )
    assert found.measures["open_pipeline"].value == 200


# --- targets ---------------------------------------------------------------------------------------

PEOPLE: list[Row] = [
    {"person_id": "boss", "team": "Lead"},
    {"person_id": "m1", "team": "North", "manager_id": "boss"},
    {"person_id": "r1", "team": "North", "manager_id": "m1"},
    {"person_id": "r2", "team": "North", "manager_id": "m1"},
    {"person_id": "r3", "team": "South", "manager_id": "m2"},
    {"person_id": "r4", "team": "South", "manager_id": "m2"},
]


@pytest.mark.parametrize(
    ("targets", "scope", "wanted"),
    [
        ({"": 500, "m1": 300, "r1": 100}, {}, 500),
        ({"m1": 300, "r1": 100, "r2": 110, "r3": 50}, {}, 350),
        ({"boss": 900, "m1": 300, "r1": 100}, {}, 900),
        ({"m1": 300}, {}, 300),
        ({"m1": 300, "r1": 100, "r2": 110}, {"team": "North"}, 300),
        ({"r1": 100, "r2": 110, "r3": 50}, {"team": "North"}, 210),
        ({"r1": 100}, {"owner_id": "r1"}, 100),
        ({"": 500, "r1": 100}, {"owner_id": "r2"}, None),
        ({"r1": 100}, {"team": "South"}, None),
        ({}, {}, None),
    ],
)
def test_a_scope_has_the_target_that_was_set_for_it(
    store: Store, targets: dict[str, float], scope: dict[str, str], wanted: float | None
) -> None:
    rows = [
        {"owner_id": owner, "quarter_start": "2024-04-01", "amount": amount}
        for owner, amount in targets.items()
    ]
    found = view(store, [deal("a")], person=PEOPLE, target=rows, **scope).measures["target"].value
    if wanted is None:
        assert isinstance(found, NotEnough), f"no target is not {found}"
    else:
        assert found == wanted


def test_a_target_is_the_one_known_at_the_day_and_for_that_quarter(store: Store) -> None:
    quarter = {"owner_id": "", "quarter_start": "2024-04-01"}
    rows = [
        {**quarter, "amount": 100},
        {**quarter, "amount": 200, "valid_at": "2024-05-12"},
        {**quarter, "amount": 300, "valid_at": "2024-05-16"},
        {"owner_id": "", "quarter_start": "2024-07-01", "amount": 999},
    ]
    found = view(store, [won("a", 150, at="2024-05-01")], target=rows).measures
    assert (found["target"].value, found["target"].week_earlier) == (200, 100)
    assert found["to_go_coverage"].week_earlier == NotEnough("The target is reached.")


# --- mechanics that undermine the number -----------------------------------------------------------


def check_of(store: Store, key: str, rows: list[Any], **more: Any) -> Finding:
    found = view(store, rows, **more)
    return {item.key: item for item in findings(store, company_of(store), found)}[key]


PUSHED = [
    deal("x", close_date=day, at=at)
    for day, at in (("2024-05-20", "2024-04-01"), ("2024-05-25", "2024-04-02"))
]
FIRING: dict[str, list[Any]] = {
    "past_close_date": [deal("x", close_date="2024-05-14")],
    "pushed_twice": [*PUSHED, deal("x", close_date="2024-06-25", at="2024-04-03")],
    "parked": [deal("x", close_date="2024-06-28")],
    "no_owner": [deal("x")],
    "no_close_date": [deal("x", close_date=None)],
    "no_amount": [deal("x", None)],
    "booked_elsewhere": [won("x", close_date="2024-07-02")],
}
SILENT: dict[str, list[Any]] = {
    "past_close_date": [deal("x", close_date="2024-05-15"), won("y", close_date="2024-05-01")],
    "pushed_twice": PUSHED,
    "parked": [deal("x", close_date="2024-06-27")],
    "no_close_date": [deal("x")],
    "no_amount": [deal("x", 0.01)],
    "booked_elsewhere": [won("x", close_date="2024-06-30")],
}


@pytest.mark.parametrize("key", FIRING)
def test_a_check_names_the_deal_that_it_is_about(store: Store, key: str) -> None:
    found = check_of(store, key, FIRING[key])
    assert (found.state, list(found.deals["deal_id"])) == ("found", ["x"])
    assert found.money == (0 if key == "no_amount" else 100)


@pytest.mark.parametrize("key", SILENT)
def test_a_check_leaves_a_sound_deal_alone(store: Store, key: str) -> None:
    assert check_of(store, key, SILENT[key]).state == "clear"


def test_a_deal_dated_on_the_last_day_of_a_quarter_that_is_over_is_past(store: Store) -> None:
    found = check_of(store, "past_close_date", [deal("x", close_date="2024-06-30")], as_of="2024-07-05")
    assert found.state == "found"


def work(deal_id: str, **values: Any) -> dict[str, Any]:
    return {"deal_id": deal_id, "valid_at": "2024-04-10", "owner_id": "u1", **values}


@pytest.mark.parametrize(
    ("key", "good", "bad"),
    [
        ("no_activity", {"last_activity_on": "2024-05-01"}, {"last_activity_on": "2024-04-30"}),
        ("no_next_step", {"next_step": "call"}, {"next_step": "  "}),
    ],
)
def test_work_is_judged_only_where_it_is_recorded(
    store: Store, tmp_path: Path, key: str, good: dict[str, Any], bad: dict[str, Any]
) -> None:
    rows = [deal("good"), deal("bad"), deal("none")]
    found = check_of(store, key, rows, deal_work=[work("good", **good), work("bad", **bad), work("none")])
    assert sorted(found.deals["deal_id"]) == ["bad", "none"]
    other = Store(tmp_path / "silent.duckdb")
    assert check_of(other, key, rows[:1], deal_work=[work("good", **good)]).state == "clear"
    nothing = Store(tmp_path / "nothing.duckdb")
    assert (
        check_of(nothing, key, rows, deal_work=[work(name) for name in ("good", "bad")]).state == "not judged"
    )


def test_contacts_are_judged_only_where_they_are_recorded(store: Store, tmp_path: Path) -> None:
    rows = [deal("good"), deal("bad"), deal("left")]
    contacts = [
        {"deal_id": "good", "contact_id": "c", "valid_at": "2024-04-10"},
        {"deal_id": "left", "contact_id": "c", "valid_at": "2024-04-10"},
        {"deal_id": "left", "contact_id": "c", "valid_at": "2024-05-01", "is_gone": True},
    ]
    found = check_of(store, "no_stakeholder", rows, stakeholder=contacts)
    assert sorted(found.deals["deal_id"]) == ["bad", "left"]
    other = Store(tmp_path / "other.duckdb")
    assert check_of(other, "no_stakeholder", rows).state == "not judged"


@pytest.mark.parametrize("key", ["no_stakeholder", "no_activity", "no_next_step"])
def test_an_owner_who_records_nothing_is_found_where_others_do_record(store: Store, key: str) -> None:
    """In the view of one owner whose every deal lacks it, the check must not say that nothing is loaded."""
    full = {"last_activity_on": "2024-05-14", "next_step": "call"}
    found = check_of(
        store,
        key,
        [deal("mine"), deal("theirs")],
        deal_work=[work("mine"), work("theirs", **full) | {"owner_id": "u2"}],
        stakeholder=[{"deal_id": "theirs", "contact_id": "c", "valid_at": "2024-04-10"}],
        owner_id="u1",
    )
    assert (found.state, list(found.deals["deal_id"])) == ("found", ["mine"]), found.note


def stays(n: int, days: int) -> list[Any]:
    """Deals that stood in Propose for so many days, long ago."""
    began = pd.Timestamp("2023-01-10")
    rows = [deal(f"h{i}", at=str(began), close_date="2023-02-01") for i in range(n)]
    return rows + [won(f"h{i}", at=str(began + pd.Timedelta(days=days))) for i in range(n)]


def test_a_stage_is_too_old_only_against_what_is_usual(store: Store, tmp_path: Path) -> None:
    young, old = deal("young", at="2024-05-05"), deal("old", at="2024-05-04")
    found = check_of(store, "stage_too_old", [*stays(MIN_STAYS, 10), young, old])
    assert (found.state, list(found.deals["deal_id"])) == ("found", ["old"]), "11 days against 10"
    few = Store(tmp_path / "few.duckdb")
    assert check_of(few, "stage_too_old", [*stays(MIN_STAYS - 1, 10), old]).state == "not judged"


# --- against history -------------------------------------------------------------------------------


def history_of(quarters: int) -> list[Any]:
    """Per past quarter, at its day 44: 4 deals in Propose and dated in it; 1 won, 1 lost, 2 still open."""
    rows: list[Any] = []
    for steps in range(1, quarters + 1):
        first = pd.Timestamp("2024-04-01") - pd.DateOffset(months=3 * steps)
        end = first + pd.DateOffset(months=3) - pd.Timedelta(days=1)
        for number in range(4):
            deal_id, dated = f"{first.date()}/{number}", str(end.date())
            rows.append(deal(deal_id, 100, at=str(first + pd.Timedelta(days=5)), close_date=dated))
            if number < 2:
                at = str(first + pd.Timedelta(days=60 + number))
                stage = "Won" if number == 0 else "Lost"
                closed = {"is_closed": True, "is_won": number == 0, "stage": stage}
                rows.append(deal(deal_id, 100, at=at, close_date=dated, **closed))
            else:
                later = str(end + pd.Timedelta(days=3))
                rows.append(deal(deal_id, 100, at=later, is_closed=True, stage="Lost", close_date=dated))
        rows.append(won(f"{first.date()}/early", 30, at=str(first + pd.Timedelta(days=10))))
    return rows


def test_stage_rates_equal_a_count_by_hand(store: Store) -> None:
    found = view(store, [*history_of(3), deal("now", 80), deal("other", 20, stage="Qualify")])
    company, scope = view_of(store, AS_OF, "2024Q2")
    past = landmarks(store, company, scope.as_of, scope.quarter)
    configured = store.query("stages_as_of", as_of_end=company.calendar.end_of(scope.as_of))
    table = stage_rates(found.open_in_quarter, past, configured).set_index("stage")
    assert list(table.index) == ["Qualify", "Propose"], "in the CRM's order"
    row = table.loc["Propose"]
    assert (row["n"], row["won"], row["measured"], row["configured"]) == (12, 3, 0.25, 0.5)
    assert 0 < row["low"] < 0.25 < row["high"] < 1
    assert table.loc["Qualify", "n"] == 0
    assert pd.isna(table.loc["Qualify", "measured"]), "without history there is no rate, and not 0"


def test_pace_equals_a_count_by_hand(store: Store) -> None:
    view(store, [*history_of(3), won("first day", 7, at="2024-04-01"), won("today", 5, at="2024-05-15")])
    company, scope = view_of(store, AS_OF, "2024Q2")
    found = pace(store, company, scope)
    assert found.at_this_point.values.tolist() == [
        ["2023Q4", 30.0, 130.0],
        ["2024Q1", 30.0, 130.0],
    ], "2023Q3 began before the first row that the store knows"
    assert found.share_won_by_now == pytest.approx(30 / 130)
    now = found.weeks[found.weeks["is_current"]].set_index("week")["won"]
    assert (now[0], now[1], now.iloc[-1]) == (0, 7, 12)
    finished = found.weeks[found.weeks["quarter"] == "2024Q1"].set_index("week")["won"]
    assert (finished[1], finished[2], finished.iloc[-1]) == (0, 30, 130)


def test_pace_of_the_next_quarter_draws_the_running_one_only_so_far(store: Store) -> None:
    view(store, [*history_of(3), won("now", 7, at="2024-04-01")])
    company, scope = view_of(store, AS_OF, "2024Q3")
    running = pace(store, company, scope).weeks.query("quarter == '2024Q2'")
    assert running["week"].max() == 7, "45 days are the 7th week; nothing is known of later ones"


def test_booked_day_is_the_day_the_crm_first_showed_it_closed(store: Store) -> None:
    rows = [deal("a", at="2024-01-05"), won("a", at="2024-03-20"), won("a", 120, at="2024-04-20")]
    found = view(store, rows)
    assert found.measures["won"].value == 0, "an edit after closing does not book it again"
    _, scope = view_of(store, AS_OF, "2024Q1")
    earlier = quarter_end(store, company_of(store), scope)
    assert list(earlier.deals.loc[won_in(earlier.deals, scope.quarter), "booked_day"].dt.date) == [
        date(2024, 3, 19) + timedelta(days=1)
    ]
    assert earlier.measures["won"].value == 120


def test_before_the_first_record_a_week_earlier_is_unknown_not_zero(store: Store) -> None:
    found = view(store, [deal("a", 100, at="2024-05-12")]).measures["open_pipeline"]
    assert found.value == 100
    assert found.week_earlier == NotEnough("Nothing was recorded a week earlier.")
    assert found.change == found.week_earlier


def test_two_owners_of_one_name_stay_two(store: Store) -> None:
    people = [{"person_id": "k1", "name": "Kim Lee"}, {"person_id": "k2", "name": "Kim Lee"}]
    rows = [deal("a", 10), deal("b", 20)]
    work = [{"deal_id": "a", "owner_id": "k1"}, {"deal_id": "b", "owner_id": "k2"}]
    table = breakdown(view(store, rows, person=people, deal_work=work), "owner").set_index("group")["open"]
    assert table.to_dict() == {"Kim Lee (k1)": 10, "Kim Lee (k2)": 20}


def test_a_stage_without_history_keeps_what_the_crm_states() -> None:
    rates = pd.DataFrame({"amount": [1000.0], "weighted": [600.0], "measured": [float("nan")]})
    assert weighted_at_measured(rates) == 600
