"""What changed: every deal in one bucket, exact to the cent, against cases worked by hand and random ones."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from analytics.company import Company, Scope
from analytics.pipeline import changes as what
from analytics.pipeline.change_undone import returns
from analytics.pipeline.changes import Changes, changes
from analytics.pipeline.quarter_end import quarter_end
from analytics.problems import BadInput
from analytics.store.database import Store
from tests.pipeline.changes_by_hand import CASES, HAND_WORKED, PEOPLE, RATES, deal_id, load_cases
from tests.small_stores import STAGES, Row, described, load, view_of

SINCE, AS_OF = date(2024, 4, 30), date(2024, 5, 31)
SCOPES: dict[str, tuple[dict[str, str], str]] = {
    "": ({}, "open pipeline"),
    "team West": ({"team": "West"}, "open pipeline"),
    "commit": ({}, "commit"),
}

# --- worked by hand ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Changes]:
    store = Store(tmp_path_factory.mktemp("by hand") / "store.duckdb")
    load_cases(store)
    found = {}
    for name, (scope, measure) in SCOPES.items():
        found[name] = changes(store, *view_of(store, str(AS_OF), "2024Q2", **scope), SINCE, measure)
    return found


def told(found: Changes, deal: str) -> list[tuple[str, float, int]]:
    mine = found.lines[found.lines["deal_id"] == deal]
    return list(zip(mine["bucket"], mine["change"], mine["deals"], strict=True))


@pytest.mark.parametrize("at", range(len(CASES)), ids=[case["story"] for case in CASES])
def test_as_worked_by_hand(by_hand: dict[str, Changes], at: int) -> None:
    case = CASES[at]
    expected = {case.get("in", ""): case["lines"]} | {"": case.get("in_company", case["lines"])}
    for name in {case.get("in", ""), ""}:
        lines = [tuple(part.strip() for part in line.split("|")) for line in expected[name]]
        numbers = [(bucket, float(change), int(deals)) for bucket, change, deals in lines]
        assert told(by_hand[name], deal_id(at)) == numbers
    undone = by_hand[case.get("in", "")].undone
    mine = undone[undone["deal_id"] == deal_id(at)]
    rows = [f"{row.what} | {row.on:%Y-%m-%d} | {row.back_on:%Y-%m-%d}" for row in mine.itertuples()]
    assert rows == case.get("undone", [])


def test_the_sums_of_the_hand_worked_cases(by_hand: dict[str, Changes]) -> None:
    found = by_hand[""]
    totals = {name: getattr(found, name) for name in HAND_WORKED["totals"]}
    assert totals == HAND_WORKED["totals"]


def test_before_and_after_are_said(by_hand: dict[str, Changes]) -> None:
    lines = by_hand[""].lines.set_index("deal_id")
    at = next(i for i, case in enumerate(CASES) if case["story"].startswith("Its close date was cleared"))
    assert tuple(lines.loc[deal_id(at), ["before", "after"]]) == ("Jun 10, 2024", "no close date")
    at = next(i for i, case in enumerate(CASES) if case["story"].startswith("Only its amount"))
    assert tuple(lines.loc[deal_id(at), ["before", "after"]]) == ("$700.00", "$650.50")
    undone = by_hand[""].undone.set_index("what")
    assert (undone.loc["state", "value"], undone.loc["state", "went_to"]) == ("open", "won")


def test_buckets_stand_in_their_order_and_add_up(by_hand: dict[str, Changes]) -> None:
    for found in by_hand.values():
        buckets = found.buckets
        assert list(buckets["bucket"]) == [one for one in what.PRECEDENCE if one in set(buckets["bucket"])]
        assert round(found.start + buckets["change"].sum(), 2) == found.end
        assert found.start_deals + buckets["deal_change"].sum() == found.end_deals
        assert (buckets["money"] >= 0).all()


def test_wrong_asks_are_refused(tmp_path_factory: pytest.TempPathFactory) -> None:
    store = Store(tmp_path_factory.mktemp("wrong") / "store.duckdb")
    load_cases(store)
    company, scope = view_of(store, str(AS_OF), "2024Q2")
    with pytest.raises(BadInput, match="after the later one"):
        changes(store, company, scope, AS_OF + timedelta(days=1))
    with pytest.raises(BadInput, match="measure is not known"):
        changes(store, company, scope, SINCE, "pipe")


def test_where_a_sequence_comes_back() -> None:
    assert returns([1, 1, 2]) == []
    assert returns([1, 2, 1]) == [(1, [1], 2)]
    assert returns([1, 2, 1, 3, 1, 4]) == [(1, [1, 3], 4)]
    assert returns([1, 2, 3, 2]) == [(2, [2], 3)]
    assert returns([1, 2, 1, 3, 4, 3]) == [(1, [1], 2), (4, [4], 5)]


# --- random histories ------------------------------------------------------------------------------

FIRST = date(2024, 3, 20)
DAYS = 80
events = st.one_of(
    st.tuples(st.just("amount"), st.one_of(st.none(), st.integers(-500, 90_000).map(lambda n: n / 100))),
    st.tuples(
        st.just("close_date"),
        st.sampled_from(["2024-06-30", "2024-04-01", "2024-07-01", "2024-03-31", "2024-05-05", None]),
    ),
    st.tuples(
        st.just("forecast_category"), st.sampled_from(["Commit", "Best Case", "Pipeline", "Omitted", None])
    ),
    st.tuples(st.just("owner_id"), st.sampled_from(["ann", "bob", "eve", "nobody"])),
    st.tuples(st.just("closed"), st.sampled_from(["won", "lost", "open"])),
    st.tuples(st.just("is_gone"), st.booleans()),
    st.tuples(st.just("stage"), st.sampled_from(["Qualify", "Propose", None])),
)
histories = st.lists(
    st.tuples(
        st.sampled_from([None, "USD", "EUR", "XXX"]),
        st.lists(st.tuples(st.integers(0, DAYS), events), min_size=1, max_size=9),
        st.sampled_from(["2024-06-30", "2024-06-01", "2024-07-01", None]),
    ),
    min_size=6,
    max_size=14,
)
windows = st.tuples(st.integers(0, DAYS), st.integers(0, DAYS)).map(sorted)
scopes = st.sampled_from([{}, {"team": "West"}, {"owner_id": "ann"}])
measures = st.sampled_from(list(what.MEASURES))


def rows_of(drawn: list[Any]) -> dict[str, list[Row]]:
    """Change rows of random histories; no two rows of a deal at one moment."""
    found: dict[str, list[Row]] = {"deal": [], "deal_change": [], "deal_work": []}
    for number, (currency, happened, close_date) in enumerate(drawn):
        state: dict[str, Any] = {"stage": "Qualify", "forecast_category": "Pipeline", "amount": 10.0 * number}
        state |= {"close_date": close_date, "is_closed": False, "is_won": False, "is_gone": False}
        for at, (day, (name, value)) in enumerate(sorted(happened, key=lambda one: one[0])):
            moment = pd.Timestamp(FIRST) + pd.Timedelta(days=day, hours=at)
            base = {"deal_id": f"R{number}", "valid_at": str(moment)}
            if name == "owner_id":
                found["deal_work"].append(base | {"owner_id": value})
            elif name == "closed":
                state |= {"is_closed": value != "open", "is_won": value == "won"}
            else:
                state[name] = value
            found["deal_change"].append(base | state)
        found["deal"] += [{**row, "currency": currency} for row in described(found["deal_change"][-1:])]
    return found


def world(store: Store, rows: dict[str, Any]) -> Store:
    load(store, person=PEOPLE, currency_rate=RATES, stage=STAGES, **rows)
    return store


def asked(store: Store, window: list[int], scope: dict[str, str]) -> tuple[Company, Scope, date]:
    since, as_of = (FIRST + timedelta(days=day) for day in window)
    return (*view_of(store, str(as_of), "2024Q2", **scope), since)


def cents(amounts: pd.Series) -> int:
    return int((amounts * 100).round().sum())


@settings(max_examples=12, phases=(Phase.explicit, Phase.generate))
@given(drawn=histories, window=windows, scope=scopes, measure=measures)
def test_sums_are_exact_and_every_deal_has_one_bucket(
    tmp_path_factory: pytest.TempPathFactory,
    drawn: list[Any],
    window: list[int],
    scope: dict[str, str],
    measure: str,
) -> None:
    store = world(Store(tmp_path_factory.mktemp("sums") / "store.duckdb"), rows_of(drawn))
    company, looked_at, since = asked(store, window, scope)
    found = changes(store, company, looked_at, since, measure)
    lines = found.lines
    assert round(found.start * 100) + cents(lines["change"]) == round(found.end * 100)
    assert found.start_deals + lines["deals"].sum() == found.end_deals
    assert not lines[["change", "money"]].isna().any(axis=None)
    parts = lines["bucket"].isin([what.AMOUNT_UP, what.AMOUNT_DOWN, what.RATES])
    assert not lines[~parts]["deal_id"].duplicated().any()
    assert not lines[["deal_id", "bucket"]].duplicated().any()
    assert lines.loc[lines["bucket"] == what.UNCHANGED, "deal_id"].isin(lines["deal_id"][parts]).sum() == 0
    # the ends are what the quarter-end page says of these days
    for day, money in ((since, found.start), (looked_at.as_of, found.end)):
        stands = quarter_end(store, company, replace(looked_at, as_of=day)).measures
        if measure == "open pipeline":
            assert money == stands["open_pipeline"].value
        elif measure == "commit":
            assert money == stands["commit"].value


@settings(max_examples=6, phases=(Phase.explicit, Phase.generate))
@given(
    drawn=histories, window=windows, scope=scopes, measure=measures, order=st.randoms(use_true_random=False)
)
def test_neither_the_order_of_loading_nor_the_future_matters(
    tmp_path_factory: pytest.TempPathFactory,
    drawn: list[Any],
    window: list[int],
    scope: dict[str, str],
    measure: str,
    order: random.Random,
) -> None:
    folder = tmp_path_factory.mktemp("order")
    rows = rows_of(drawn)
    until = str(pd.Timestamp(FIRST) + pd.Timedelta(days=window[1] + 1))
    known = {name: [row for row in mine if row.get("valid_at", "") < until] for name, mine in rows.items()}
    ids = {row["deal_id"] for row in known["deal_change"]}
    known["deal"] = [row for row in rows["deal"] if row["deal_id"] in ids]
    cut = world(Store(folder / "cut.duckdb"), known)
    mixed = Store(folder / "mixed.duckdb")
    halves: list[dict[str, Any]] = [{}, {}]
    for name, mine in rows.items():
        for half in (0, 1):  # a deal's history comes in one piece; deals and rows come in any order
            some = [row for row in mine if int(row["deal_id"][1:]) % 2 == half]
            halves[half][name] = order.sample(some, len(some))
    order.shuffle(halves)
    world(mixed, halves[0])
    load(mixed, **halves[1])
    answers = []
    for store in (cut, mixed):
        found = changes(store, *asked(store, window, scope), measure)
        answers.append((found.start, found.end, found.lines, found.undone))
    assert answers[0][:2] == answers[1][:2]
    for one, other in zip(answers[0][2:], answers[1][2:], strict=True):
        pd.testing.assert_frame_equal(one, other)


reverted = st.sampled_from(
    [
        ("close date", "close_date", "2024-07-20"),
        ("category", "forecast_category", "Omitted"),
        ("amount", "amount", 1.0),
        ("stage", "stage", "Negotiate"),
        ("state", "is_closed", True),
        ("state", "is_gone", True),
    ]
)


@settings(max_examples=6, phases=(Phase.explicit, Phase.generate))
@given(
    drawn=histories, planted=reverted, days=st.lists(st.integers(1, 60), min_size=4, max_size=4, unique=True)
)
def test_a_planted_reverted_change_is_found(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[Any], planted: tuple[str, str, Any], days: list[int]
) -> None:
    said, column, value = planted
    since, out, back, as_of = sorted(days)
    rows = rows_of(drawn)
    state = {"deal_id": "P", "stage": "Qualify", "forecast_category": "Commit", "amount": 500.0}
    state |= {"close_date": "2024-06-20", "is_closed": False, "is_won": False, "is_gone": False}
    for day, more in ((0, {}), (out, {column: value}), (back, {})):
        at = str(FIRST + timedelta(days=day))
        rows["deal_change"].append(state | {"valid_at": at} | more)
    rows["deal"] += described(rows["deal_change"][-1:])
    store = world(Store(tmp_path_factory.mktemp("planted") / "store.duckdb"), rows)
    found = changes(store, *asked(store, [since, as_of], {}))
    mine = found.undone[found.undone["deal_id"] == "P"]
    assert list(mine["what"]) == [said]
    assert [mine["on"].iloc[0].date(), mine["back_on"].iloc[0].date()] == [
        FIRST + timedelta(days=day) for day in (out, back)
    ]
    assert told(found, "P") == [(what.UNCHANGED, 0.0, 0)]
