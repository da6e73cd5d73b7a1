"""A rehearsed landing tells all and changes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from analytics.problems import BadInput
from analytics.store.database import Store
from analytics.store.landing import land
from tests.small_stores import contents, described, load, staged

ROWS = [{"deal_id": key, "valid_at": "2024-01-01", "stage": "S1"} for key in ("a", "b", "c")]


def test_a_rehearsal_counts_like_the_landing_and_leaves_the_store_as_it_was(store: Store) -> None:
    load(store, deal=described(ROWS), deal_change=ROWS, full_list=("test", "2024-01-01"))
    before = contents(store)
    later = [{**ROWS[0], "valid_at": "2024-01-08", "stage": "S2"}, {**ROWS[1], "valid_at": "2024-01-08"}]
    staging = staged({"deal_change": later}, full_list=("test", "2024-01-08"))
    rehearsed = land(store, staging, kind="test", rehearse=True)
    assert contents(store) == before
    assert (rehearsed.import_id, rehearsed.seen_before) == (None, False)
    assert (rehearsed.files[0].loaded, rehearsed.files[0].unchanged) == (1, 1)
    landed = land(store, staging, kind="test")
    assert (landed.files, landed.notes) == (rehearsed.files, rehearsed.notes), (
        "the same staging lands as told"
    )
    assert any("gone" in note for note in landed.notes)
    assert land(store, staging, kind="test", rehearse=True).seen_before


def test_what_looks_sees_the_store_as_it_would_be(store: Store) -> None:
    load(store, deal_change=ROWS[:1])
    seen: list[Any] = []

    def look(con: duckdb.DuckDBPyConnection) -> None:
        seen.extend(con.execute("select deal_id, import_id from store.deal_change order by all").fetchall())

    land(store, staged({"deal_change": ROWS[1:]}), kind="test", rehearse=True, look=look)
    assert seen == [("a", 1), ("b", 2), ("c", 2)]
    assert len(contents(store)["deal_change"]) == 1


def test_a_rehearsal_for_a_store_that_does_not_exist_leaves_none(tmp_path: Path) -> None:
    store = Store(tmp_path / "new" / "store.duckdb")
    result = land(store, staged({"deal_change": ROWS}), kind="test", rehearse=True)
    assert result.files[0].loaded == 3
    assert not store.exists
    assert list(tmp_path.iterdir()) == []


def test_what_goes_wrong_in_a_rehearsal_is_said(store: Store) -> None:
    load(store, deal_change=ROWS[:1])
    before = contents(store)

    def refuse(con: duckdb.DuckDBPyConnection) -> None:
        raise BadInput("not like this")

    with pytest.raises(BadInput, match="not like this"):
        land(store, staged({"deal_change": ROWS[1:]}), kind="test", rehearse=True, unless=refuse)
    assert contents(store) == before


def test_the_import_names_who_loaded_it(store: Store) -> None:
    land(store, staged({"deal_change": ROWS}), kind="test", author="Ann")
    assert store.query("imports")["loaded_by"].unique().tolist() == ["Ann"]
