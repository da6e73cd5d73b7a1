"""`changes`: what it prints adds up, and wrong days are refused in words."""

from __future__ import annotations

import argparse
import json
from typing import Any

import pytest

from analytics.commands import changing
from analytics.pipeline.quarter_end import quarter_end
from analytics.problems import BadInput
from analytics.store.database import Store
from tests.pipeline.changes_by_hand import HAND_WORKED, load_cases
from tests.small_stores import view_of


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = Store(tmp_path_factory.mktemp("command") / "store.duckdb")
    load_cases(store)
    return store


def run(store: Store, *options: str) -> None:
    parser = argparse.ArgumentParser()
    changing.add(parser.add_subparsers())
    given = parser.parse_args(["changes", *options])
    given.run(store, given)


def test_the_json_adds_up(by_hand: Store, capsys: pytest.CaptureFixture[str]) -> None:
    run(by_hand, "--since", "2024-04-30", "--as-of", "2024-05-31", "--json")
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert {name: told[name] for name in HAND_WORKED["totals"]} == HAND_WORKED["totals"]
    assert (told["since"], told["as_of"], told["quarter"]) == ("2024-04-30", "2024-05-31", "2024Q2")
    assert round(told["start"] + sum(one["amount"] for one in told["buckets"]), 2) == told["end"]
    for one in told["buckets"]:
        assert round(sum(deal["amount"] for deal in one["deals"]), 2) == one["amount"]
        assert len(one["deals"]) == one["n"]
    pushed = next(one for one in told["buckets"] if one["bucket"] == "pushed out")
    deal = next(one for one in pushed["deals"] if one["money"] == 1000)
    assert (deal["before"], deal["after"]) == ("Jun 10, 2024", "Jul 1, 2024")
    assert {"what": "state", "on": "2024-05-06", "back_on": "2024-05-07"}.items() <= next(
        one for one in told["undone"] if one["what"] == "state"
    ).items()


def test_a_scope_and_a_measure(by_hand: Store, capsys: pytest.CaptureFixture[str]) -> None:
    options = ("--since", "2024-04-30", "--as-of", "2024-05-31", "--team", "West", "--measure", "commit")
    run(by_hand, *options, "--json")
    told = json.loads(capsys.readouterr().out)
    company, scope = view_of(by_hand, "2024-05-31", "2024Q2", team="West")
    assert told["end"] == quarter_end(by_hand, company, scope).measures["commit"].value
    run(by_hand, *options)
    assert "won" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("since", "as_of", "message"),
    [
        ("2024-05-31", "2024-05-01", "--since lies after --as-of"),
        ("2023-05-31", "2024-05-01", "--since lies outside the data"),
        ("2024-05-01", "2025-05-01", "--as-of lies outside the data"),
        ("yesterday", "2024-05-01", "--since cannot be read"),
    ],
)
def test_wrong_days_are_refused(by_hand: Store, since: str, as_of: str, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        run(by_hand, "--since", since, "--as-of", as_of)
