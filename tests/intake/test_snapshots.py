"""Weekly files of one table: dated by name, column or mapping, at once or one by one, in any order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from analytics.importing import Choices, look
from analytics.intake import stage_files
from analytics.problems import BadInput
from analytics.sheets import known_of
from analytics.store.database import Store
from analytics.store.landing import land

HEAD = "Deal ID,Deal Name,Stage,Amount,Close Date,Created Date\n"
MAPPING = """[table]
name = "w"
full = {full}
[columns]
deal_id = "Deal ID"
name = "Deal Name"
stage = "Stage"
amount = "Amount"
close_date = "Close Date"
created = "Created Date"
"""
DAYS = [dt.date(2024, 5, day) for day in (6, 13, 20, 27)]
#: deal -> (stage, amount); None = not in the file
Week = Mapping[str, tuple[str, int]]


def text(week: Week, day: dt.date | None = None, *, head: bool = True) -> str:
    last = f",{day}" if day else ""
    rows = "".join(
        f"{deal},Deal {deal},{stage},{amount},2024-05-10,2024-04-01{last}\n"
        for deal, (stage, amount) in week.items()
    )
    return (HEAD.replace("\n", ",Snapshot Date\n" if day else "\n") if head else "") + rows


def bring(store: Store, paths: Sequence[Path], mapping: Path) -> list[str]:
    """Import files; returns the notes."""
    staging = stage_files(list(paths), mapping=mapping, known=known_of(store))
    try:
        result = land(store, staging, kind="table", options=mapping.read_text())
    finally:
        staging.con.close()
    for file in result.files:
        assert file.rows_read == file.loaded + file.unchanged + file.rejected
    return result.notes


def readings(store: Store) -> dict[tuple[str, dt.datetime], tuple[Any, ...]]:
    """What is read of every deal at every noon of May; a deal that is gone is in no reading."""
    with store.reading() as con:
        rows = con.execute(
            "select deal_id, valid_at, stage, amount::int, is_closed, is_gone from deal_change"
            " order by valid_at, import_id, seq"
        ).fetchall()
    found: dict[tuple[str, dt.datetime], tuple[Any, ...]] = {}
    for day in range(1, 31):
        moment = dt.datetime(2024, 5, day, 18)
        for deal_id, valid_at, *state, is_gone in rows:
            if valid_at <= moment:
                found.pop((deal_id, moment), None)
                if not is_gone:
                    found[deal_id, moment] = tuple(state)
    return found


def weekly_files(folder: Path, weeks: Sequence[Week]) -> list[Path]:
    folder.mkdir(exist_ok=True)
    paths = [folder / f"deals_{day}.csv" for day in DAYS[: len(weeks)]]
    for path, week in zip(paths, weeks, strict=True):
        path.write_text(text(week))
    return paths


@pytest.fixture
def full(write: Callable[..., Path]) -> Path:
    return write("full.toml", MAPPING.format(full="true"))


def test_a_deal_that_vanishes_is_gone_from_the_snapshot_that_lacks_it(tmp_path, full) -> None:
    a, b = {"a": ("New", 1)}, {"b": ("New", 2)}
    weeks: list[Week] = [a | b, a, a, a | b]
    apart, at_once = Store(tmp_path / "apart.duckdb"), Store(tmp_path / "once.duckdb")
    files = weekly_files(tmp_path / "weeks", weeks)
    for path in files:
        bring(apart, [path], full)
    bring(at_once, list(reversed(files)), full)
    for store in (apart, at_once):
        with store.reading() as con:
            rows = con.execute(
                "select day(valid_at), is_gone from deal_change where deal_id = 'b' and stage is not null"
                " order by valid_at"
            ).fetchall()
        assert rows == [(6, False), (13, True), (27, False)], store.path


def test_a_part_of_the_list_between_full_ones_makes_no_deal_vanish(tmp_path, full) -> None:
    whole: Week = dict.fromkeys("abcdef", ("New", 1))
    store = Store(tmp_path / "store.duckdb")
    notes = bring(store, weekly_files(tmp_path / "weeks", [whole, {"a": ("New", 1)}, whole]), full)
    assert any("5 of 6 open deals are not in the snapshot of 2024-05-13" in note for note in notes)
    assert all(("f", dt.datetime(2024, 5, day, 18)) in readings(store) for day in (7, 14, 21))


def test_a_deal_whose_row_is_rejected_does_not_vanish_between_snapshots(tmp_path, full) -> None:
    both: Week = {"a": ("New", 1), "b": ("New", 2)}
    files = weekly_files(tmp_path / "weeks", [both, both, both])
    files[1].write_text(text(both).replace("b,Deal b,New,2", "b,Deal b,New,much"))
    store = Store(tmp_path / "store.duckdb")
    bring(store, files, full)
    assert ("b", dt.datetime(2024, 5, 14, 18)) in readings(store)


def test_a_column_may_date_each_row(tmp_path, write, full) -> None:
    weeks: list[Week] = [{"a": ("New", 1), "b": ("New", 2)}, {"a": ("Demo", 3)}, {"a": ("Won", 3)}]
    apart, column = Store(tmp_path / "apart.duckdb"), Store(tmp_path / "column.duckdb")
    for path in weekly_files(tmp_path / "weeks", weeks):
        bring(apart, [path], full)
    rows = "".join(
        text(week, day, head=number == 0) for number, (week, day) in enumerate(zip(weeks, DAYS, strict=False))
    )
    bring(column, [write("all.csv", rows)], full)
    assert readings(column) == readings(apart)
    named = write("named.toml", MAPPING.format(full="true\nas_of_column = 'Day'"))
    other = Store(tmp_path / "named.duckdb")
    bring(other, [write("other.csv", rows.replace("Snapshot Date", "Day"))], named)
    assert readings(other) == readings(apart)
    with pytest.raises(BadInput, match="there is no column 'Day'"):
        bring(other, [write("all.csv", rows)], named)


def test_a_row_without_its_day_is_rejected(stage, write) -> None:
    rows = text({"a": ("New", 1)}, DAYS[0]) + "b,Deal b,New,2,2024-05-10,2024-04-01,\n"
    look = stage(write("all.csv", rows))
    assert [(line, column) for line, column, *_ in look.rejects()] == [(3, "Snapshot Date")]
    assert look.one("select distinct deal_id from deal_change") == "a"


def test_the_screen_leaves_several_files_to_their_own_days(tmp_path) -> None:
    weeks: list[Week] = [{"a": ("New", 1)}, {"a": ("Demo", 1)}]
    found = look(Store(tmp_path / "none.duckdb"), weekly_files(tmp_path / "weeks", weeks))
    assert found.choices.as_of is None
    one = look(Store(tmp_path / "none.duckdb"), weekly_files(tmp_path / "weeks", weeks)[:1])
    assert one.choices.as_of == DAYS[0]


def test_the_screen_asks_which_deal_a_row_without_an_id_is(tmp_path, write) -> None:
    store = Store(tmp_path / "store.duckdb")
    head = "Account Name,Opportunity Name,Stage,Amount,Created Date\n"
    first = write("r_2024-05-06.csv", f"{head}Acme,Renewal,New,5,2024-04-01\n")
    found = look(store, [first])
    assert found.matches.empty
    staging = stage_files([first])
    land(store, staging, kind="table")
    second = write("r_2024-05-13.csv", f"{head}Acme,Renewal 2024,New,7,2024-04-01\n")
    key = "acme · renewal 2024 · 2024-04-01"
    for choices in (None, Choices(name="r", columns=found.choices.columns, matches={key: ""})):
        asked = look(store, [second], choices).matches
        assert list(asked["row_key"]) == [key], "also when it is decided: it can be changed"
        assert [one[0] for one in asked["candidates"].iloc[0]] == ["Acme · Renewal"]


states = st.tuples(st.sampled_from(["New", "Demo", "Closed Won"]), st.integers(1, 2))
weekly = st.lists(st.dictionaries(st.sampled_from("abc"), states, min_size=1), min_size=3, max_size=3)


@settings(
    max_examples=2,
    phases=(Phase.explicit, Phase.generate),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@example(weeks=[{"a": ("New", 1)}, {"a": ("Demo", 1)}, {"a": ("New", 1)}], order=[0, 2, 1], is_full=False)
@example(weeks=[{"a": ("New", 1)}, {"b": ("New", 1)}, {"b": ("New", 1)}], order=[2, 0, 1], is_full=True)
@given(weeks=weekly, order=st.permutations([0, 1, 2]), is_full=st.booleans())
def test_weekly_files_read_the_same_in_whatever_order_they_come(
    tmp_path_factory: pytest.TempPathFactory, weeks: list[Week], order: list[int], is_full: bool
) -> None:
    folder = tmp_path_factory.mktemp("weeks")
    mapping = folder / "w.toml"
    mapping.write_text(MAPPING.format(full=str(is_full).lower()))
    files = weekly_files(folder, weeks)
    sorted_, shuffled, at_once = (Store(folder / f"{name}.duckdb") for name in ("sorted", "shuffled", "once"))
    for path in files:
        bring(sorted_, [path], mapping)
    for number in order:
        bring(shuffled, [files[number]], mapping)
    bring(at_once, [files[number] for number in order], mapping)
    wanted = readings(sorted_)
    assert readings(at_once) == wanted, "at once"
    assert readings(shuffled) == wanted, f"in the order {order}"
