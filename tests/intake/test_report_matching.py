"""Rows without an id: the deal that each one is, a new one, or one that waits until a person says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analytics.intake.matching import match_rows, row_key
from analytics.sheets import known_of
from analytics.store.database import Store
from analytics.store.landing import ImportResult, land
from tests.small_stores import load

HEAD = "Account Name,Opportunity Name,Stage,Amount,Created Date\n"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store.duckdb")


@pytest.fixture
def week(stage: Callable[..., Any], write: Callable[..., Path], store: Store) -> Callable[..., ImportResult]:
    """Land the report of a day in May 2024, with what the store knows."""

    def run(day: int, *rows: str, **options: Any) -> ImportResult:
        path = write(f"report_2024-05-{day:02}.csv", HEAD + "\n".join(rows) + "\n")
        look = stage(path, known=known_of(store), **options)
        result = land(store, look.staging, kind="table", options=str(options))
        for file in result.files:
            assert file.rows_read == file.loaded + file.unchanged + file.rejected
        return result

    return run


def told(store: Store, sql: str) -> list[tuple[Any, ...]]:
    with store.reading() as con:
        return con.execute(sql).fetchall()


def amounts(store: Store) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for deal_id, amount in told(
        store, "select deal_id, amount::int from deal_change where stage is not null order by valid_at"
    ):
        found.setdefault(deal_id, []).append(amount)
    return found


# --- the rule ---


def rows(*given: tuple[str, str, str | None]) -> pd.DataFrame:
    values = [
        (account, name, created and date.fromisoformat(created), 1.0) for account, name, created in given
    ]
    return pd.DataFrame(values, columns=["account", "name", "created", "amount"])


def deals(*given: tuple[str, str, str, str | None], has_time: bool = False) -> pd.DataFrame:
    values = [
        (deal_id, account, name, created and date.fromisoformat(created), has_time, True)
        for deal_id, account, name, created in given
    ]
    columns = ["deal_id", "account_name", "name", "created", "has_time", "is_open"]
    return pd.DataFrame(values, columns=columns)


KNOWN = deals(
    ("1", "Acme", "Renewal", "2024-01-15"),
    ("2", "Acme", "Upgrade", "2024-02-01"),
    ("3", "Bolt Ltd", "Portal", "2024-01-15"),
    ("4", "Crane", "Twin", "2024-03-01"),
    ("5", "Crane", "Twin", "2024-03-01"),
    ("6", "Dune", "Old", None),
)


@pytest.mark.parametrize(
    ("row", "state", "deal_id", "candidates"),
    [
        (("ACME ", "Renewal.", "2024-01-15"), "known", "1", []),
        (("Dune", "Old", None), "known", "6", []),
        (("Edge", "Start", "2024-04-01"), "new", "Edge · Start", []),
        (("Acme", "Start", "2024-04-01"), "new", "Acme · Start", []),
        (("Edge", "Renewal", "2024-01-15"), "new", "Edge · Renewal", []),
        (("Acme", "Renewal 2024", "2024-01-15"), "waiting", None, ["1"]),  # renamed
        (("Acme", "Renewal", "2024-04-01"), "waiting", None, ["1"]),  # the next year's?
        (("Acme", "Renewal", None), "waiting", None, ["1"]),
        (("Bolt", "Portal", "2024-01-15"), "waiting", None, ["3"]),  # without the legal form
        (("Bolts", "Portal", "2024-01-15"), "waiting", None, ["3"]),
        (("Crane", "Twin", "2024-03-01"), "waiting", None, ["4", "5"]),
        (("Dune", "Old", "2024-01-01"), "waiting", None, ["6"]),
        (("Dune", "Old one", "2024-01-01"), "waiting", None, ["6"]),
    ],
)
def test_which_deal_a_row_is(row, state, deal_id, candidates) -> None:
    found = match_rows(rows(row), KNOWN, {}).iloc[0]
    assert (found["state"], found["deal_id"]) == (state, deal_id)
    assert [one[0] for one in found["candidates"]] == candidates
    assert all(label and why for _, label, why in found["candidates"])


def test_a_deal_that_another_row_is_was_not_renamed() -> None:
    given = rows(("Acme", "Renewal", "2024-01-15"), ("Acme", "Service", "2024-01-15"))
    assert list(match_rows(given, KNOWN, {})["deal_id"]) == ["1", "Acme · Service"]
    given = rows(("Acme", "Renewal", "2024-01-15"), ("Acme", "Renewal", "2025-01-15"))
    assert list(match_rows(given, KNOWN, {})["deal_id"]) == ["1", "Acme · Renewal"]
    known = deals(("Acme · Renewal", "Acme", "Renewal", "2024-01-15"))
    assert list(match_rows(given, known, {})["deal_id"]) == ["Acme · Renewal", "Acme · Renewal · 2025-01-15"]


def test_two_rows_with_one_key_wait() -> None:
    twice = ("Edge", "Start", "2024-04-01")
    assert list(match_rows(rows(twice, twice), KNOWN, {})["state"]) == ["waiting", "waiting"]
    decided = match_rows(rows(twice, twice), KNOWN, {row_key("Edge", "Start", date(2024, 4, 1)): None})
    assert list(decided["deal_id"]) == ["Edge · Start", "Edge · Start"]


def test_a_day_that_comes_from_a_time_may_be_the_day_beside_it() -> None:
    given = rows(("Acme", "Renewal", "2024-01-16"))
    exact, loose = (deals(("1", "Acme", "Renewal", "2024-01-15"), has_time=one) for one in (False, True))
    assert list(match_rows(given, exact, {})["state"]) == ["waiting"]
    assert list(match_rows(given, loose, {})["deal_id"]) == ["1"]


def test_what_was_decided_counts() -> None:
    key = row_key("Acme", "Renewal 2024", date(2024, 1, 15))
    given = rows(("Acme", "Renewal 2024", "2024-01-15"))
    assert list(match_rows(given, KNOWN, {key: "2"})["deal_id"]) == ["2"]
    new = match_rows(given, KNOWN, {key: None}, prefix="B-")
    assert list(new["deal_id"]) == ["B-Acme · Renewal 2024"]
    again = deals(("9", "Acme", "Renewal 2024", "2024-01-15"))
    assert list(match_rows(given, again, {key: None})["deal_id"]) == ["9"], "new when it was decided"
    assert list(match_rows(given, KNOWN, {key: "no such deal"})["state"]) == ["waiting"]


# --- through the import ---


def test_the_weeks_of_a_report_are_one_deals_history(week, store) -> None:
    week(6, "Acme,Renewal,Proposal,100,2024-01-15", "Bolt,Portal,Proposal,5,2024-01-20")
    week(13, "acme,Renewal ,Proposal,120,2024-01-15", "Bolt,Portal,Proposal,5,2024-01-20")
    assert amounts(store) == {"Acme · Renewal": [100, 120], "Bolt · Portal": [5]}


def test_a_row_finds_the_exports_deal(week, store) -> None:
    known = {
        "deal_id": "0065g00000ABcdEAAT",
        "source": "salesforce",
        "name": "Renewal",
        "account_name": "Acme",
    }
    load(store, deal=[{**known, "created_at": "2024-01-15 09:30"}])
    week(6, "Acme,Renewal,Proposal,100,2024-01-15")
    assert amounts(store) == {"0065g00000ABcdEAAT": [100]}
    assert told(store, "select distinct source from deal") == [("salesforce",)]


FULL = """[table]
name = "r"
full = true
[columns]
account_name = "Account Name"
name = "Opportunity Name"
stage = "Stage"
amount = "Amount"
created = "Created Date"
"""


def test_a_renamed_deal_waits_and_is_neither_doubled_nor_gone(week, store, write) -> None:
    mapping = write("m.toml", FULL)
    week(6, "Acme,Renewal,Proposal,100,2024-01-15", "Bolt,Portal,Proposal,5,2024-01-20", mapping=mapping)
    rows = ("Acme,Renewal 2024,Proposal,1000,2024-01-15", "Bolt,Portal,Proposal,5,2024-01-20")
    result = week(13, *rows, mapping=mapping)
    assert [file.rejected for file in result.files] == [1]
    assert any("1,000.00" in note and "[matches]" in note for note in result.notes)
    reject = store.query("rejects").iloc[0]
    assert reject["line"] == 2
    assert "Acme · Renewal (created 2024-01-15, open)" in reject["reason"]
    assert '"acme · renewal 2024 · 2024-01-15" = ' in reject["reason"]
    assert amounts(store) == {"Acme · Renewal": [100], "Bolt · Portal": [5]}
    assert told(store, "select deal_id from deal_change where is_gone") == []

    key = "acme · renewal 2024 · 2024-01-15"
    own = write("own.toml", f'{FULL}[matches]\n"{key}" = "Acme · Renewal"\n')
    week(13, *rows, mapping=own)
    assert amounts(store)["Acme · Renewal"] == [100, 1000]
    assert week(20, *rows, mapping=mapping).files[0].rejected == 0, "known by its new name from now on"
    assert told(store, "select distinct name from deal where deal_id = 'Acme · Renewal' order by 1") == [
        *[("Renewal",), ("Renewal 2024",)]
    ]


def test_a_decision_in_the_store_counts_and_the_mapping_wins(week, store, write) -> None:
    mapping = write("m.toml", FULL)
    week(6, "Acme,Renewal,Proposal,100,2024-01-15", mapping=mapping)
    key = "acme · renewal 2024 · 2024-01-15"
    load(store, deal_match=[{"source": "table:r", "row_key": key, "deal_id": None, "author": "Ann"}])
    row = "Acme,Renewal 2024,Proposal,1000,2024-01-15"
    assert week(13, row, mapping=mapping).files[0].rejected == 0
    assert amounts(store)["Acme · Renewal 2024"] == [1000]
    own = write("own.toml", f'{FULL}[matches]\n"{key}" = "Acme · Renewal"\n')
    week(20, row.replace("1000", "1100"), mapping=own)
    assert amounts(store)["Acme · Renewal"][-1] == 1100


def test_weeks_that_come_at_once_know_each_other(stage, write) -> None:
    paths = [
        write(f"report_2024-05-{day:02}.csv", f"{HEAD}Acme,{name},Proposal,100,2024-01-15\n")
        for day, name in ((13, "Renewal 2024"), (6, "Renewal"))
    ]
    look = stage(*paths)
    assert look.rows("select distinct deal_id from deal") == [("Acme · Renewal",)]
    assert [line for line, *_ in look.rejects()] == [2]
    assert list(look.staging.matches["state"]) == ["new", "waiting"]


def test_equal_rows_without_an_id_count_once(stage, write) -> None:
    row = "Acme,Renewal,Proposal,100,2024-01-15\n"
    look = stage(write("report_2024-05-06.csv", HEAD + row + row))
    assert look.rejects() == []
    assert look.one("select count(*) from deal_change where not is_opening") == 1
