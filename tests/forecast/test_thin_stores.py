"""Stores with little, odd or nothing in them: a number or a reason, never a traceback, never NaN."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from analytics.commands import foretelling, main
from analytics.forecast.basis import basis_of
from analytics.forecast.parts import parts_of
from analytics.forecast.quarter_forecast import forecast
from analytics.store.database import Store
from tests.forecast.test_baseline_forecast import NOW
from tests.pipeline.test_quarter_end_view import deal, history_of, won
from tests.small_stores import STAGES, Row, described, load, setting, view_of

AS_OF = "2024-05-15"
HISTORY = history_of(8)
PEOPLE: list[Row] = [
    {"person_id": "u1", "name": "Ann", "team": "North"},
    {"person_id": "u2", "name": "Bob", "team": "South"},
    {"person_id": "u9", "name": "Idle", "team": "North"},
]
Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def ask(store: Store, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ask:
    """The JSON of a command about a store with these deals; one past quarter is foretold, not eight."""
    monkeypatch.setattr(foretelling, "basis_of", partial(basis_of, quarters=1))

    def call(rows: list[Any], command: str = "forecast", *arguments: str, **more: Any) -> dict[str, Any]:
        as_of = more.pop("as_of", AS_OF)
        deals = {"deal": described(rows), "deal_change": rows} if rows else {}
        load(store, **({"stage": STAGES} | deals | more))
        code = main(["--store", str(store.path), command, "--as-of", as_of, "--json", *arguments])
        said = capsys.readouterr()
        assert code == 0, said.err
        found: dict[str, Any] = json.loads(said.out, parse_constant=_not_json)
        return found

    return call


def _not_json(constant: str) -> None:
    raise AssertionError(f"{constant} is no JSON")


def owned(rows: list[Any]) -> list[Row]:
    names = dict.fromkeys(row["deal_id"] for row in rows)
    return [{"deal_id": name, "owner_id": f"u{1 + at % 2}"} for at, name in enumerate(names)]


def target(amount: float) -> list[Row]:
    return [{"owner_id": "", "quarter_start": "2024-04-01", "amount": amount}]


@pytest.mark.parametrize(
    "rows",
    [[], NOW, [*history_of(1), *NOW], [deal(f"x{at}", 10) for at in range(4)]],
    ids=["nothing", "no history", "one quarter", "four deals"],
)
def test_too_little_gives_nulls_and_a_reason(ask: Ask, rows: list[Any]) -> None:
    answer = ask(rows)
    assert [answer[key] for key in ("expected", "p10", "p50", "p90", "p_target")] == [None] * 5
    assert "n=" in answer["status"]
    assert "n=" in answer["from_last_week"]["missing"]
    assert [one["expected"] for one in answer["next_quarters"]] == [None] * 3


def test_a_backtest_without_history_says_so(ask: Ask) -> None:
    answer = ask(NOW, "backtest")
    assert answer["quarters"] == []
    assert "no past quarter" in answer["status"]


ODD: dict[str, tuple[list[Any], dict[str, Any]]] = {
    "no amounts": ([deal(f"x{at}", None) for at in range(3)], {}),
    "no dates": ([deal(f"x{at}", 10, close_date=None) for at in range(3)], {}),
    "negative amounts": ([deal("x", -500), deal("y", -5, close_date=None)], {}),
    "no open deals": ([], {}),
    "target of 0": (NOW, {"target": target(0)}),
    "target": (NOW, {"target": target(500)}),
    "fiscal year": (NOW, {"setting": [setting("fiscal_year_start_month", "2")]}),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_stores_are_answered_in_sums_that_hold(ask: Ask, name: str) -> None:
    rows, more = ODD[name]
    answer = ask([*HISTORY, *rows], "forecast", "--reasons", **more)
    assert answer["p10"] <= answer["p50"] <= answer["p90"]
    steps = sum(step["amount"] for step in answer["bridge"])
    assert abs(steps - answer["expected"]) < 0.005
    assert abs(sum(line["amount"] for line in answer["reasons"]) - answer["expected"]) < 0.005
    for table in answer["parts"].values():
        assert abs(sum(row["expected"] for row in table) - answer["expected"]) < 0.005
    if name == "target of 0":
        assert (answer["target"], answer["p_target"]) == (0, 1)
    if name == "no open deals":
        assert answer["expected"] == 0
    if name == "negative amounts":
        assert answer["expected"] < 0


def test_money_without_a_rate_is_left_out_and_said(ask: Ask) -> None:
    rows = [*HISTORY, *NOW]
    answer = ask(rows, deal=described(rows, currency="JPY"))
    assert answer["expected"] == answer["p90"] == 0
    assert any("no currency rate" in note for note in answer["notes"])


@pytest.mark.parametrize("whose", [["--owner", "u9"], ["--owner", "nobody"], ["--team", "North"]], ids=str)
def test_owners_with_nothing_and_teams(ask: Ask, whose: list[str]) -> None:
    rows = [*HISTORY, *NOW]
    answer = ask(rows, "forecast", *whose, deal_work=owned(rows), person=PEOPLE)
    if whose[0] == "--owner":
        assert (answer["expected"], answer["p90"], answer["hangs_on"]["deals"]) == (0, 0, [])
    else:
        assert answer["p90"] > answer["p10"]


@pytest.mark.parametrize("day", ["2024-04-01", "2024-03-31"])
def test_the_first_and_the_last_day(ask: Ask, day: str) -> None:
    twins = ({**row, "deal_id": f"{row['deal_id']} twin {at}"} for row in HISTORY for at in (1, 2))
    rows = [*HISTORY, *twins, *NOW]
    answer = ask(rows, as_of=day)
    if day == "2024-03-31":
        assert answer["expected"] == answer["p10"] == answer["p90"] == answer["won"]
    else:
        assert answer["week"] == 1
        assert answer["p10"] is None or answer["p10"] <= answer["p90"]


def test_a_quarter_that_is_over_is_refused(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    load(store, stage=STAGES, deal=described(NOW), deal_change=NOW)
    arguments = ["--store", str(store.path), "forecast", "--as-of", AS_OF, "--quarter", "2024Q1", "--json"]
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "2024Q1 ended on 2024-03-31" in said.err


def test_new_deals_are_expected_although_none_is_open_and_parts_hold_them(tmp_path: Path) -> None:
    store = Store(tmp_path / "s.duckdb")
    new = [won(f"new {at}", 1000, at=at) for at in ("2023-06-20", "2023-09-20", "2023-12-20", "2024-03-20")]
    rows = [*history_of(8), *new]
    load(store, stage=STAGES, deal=described(rows), deal_change=rows, deal_work=owned(rows), person=PEOPLE)
    company, scope = view_of(store, AS_OF, "2024Q2")
    found = forecast(store, company, scope, basis_of(store, company, scope.as_of, quarters=1))
    assert found.deals.empty
    assert isinstance(found.expected, float)
    assert found.expected > 0
    for by in ("region", "team", "owner_id"):
        parts = parts_of(store, company, found, by)  # type: ignore[arg-type]
        assert parts["expected"].sum() == pytest.approx(found.expected, abs=0.004)
        assert parts["p90"].sum() == pytest.approx(found.p90, abs=0.02)


def test_a_backtest_speaks_json(ask: Ask) -> None:
    rows = [*HISTORY, *NOW]
    answer = ask(rows, "backtest", "--quarters", "1", target=target(100))
    assert answer["quarters"] == ["2024Q1"]
    for point in answer["points"]:
        assert point["p10"] <= point["p50"] <= point["p90"]
        assert 1 <= point["week"] <= 14
    assert {row["method"] for row in answer["errors"]} >= {"CRM stage %", "stage x week"}
