"""An undone import: the store is as if it had never landed; put back, as if it had never gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from analytics.problems import BadInput
from analytics.store.copies import check
from analytics.store.database import Store
from analytics.store.landing import land
from analytics.store.subjects import SUBJECTS
from analytics.store.undo import history, put_back, undo
from analytics.store.versions import versions_of
from tests.small_stores import Row, contents, described, edit, load, staged

WEEKS = ("2024-01-01", "2024-01-08", "2024-01-15", "2024-01-22")


@dataclass(frozen=True)
class Load:
    """One import to land: rows by subject, and how."""

    rows: Mapping[str, Sequence[Row]]
    full: tuple[tuple[str, str], ...] = ()
    restates: bool = False
    opening: tuple[str, ...] = ("deal", "person")
    unreadable: bool = False
    rejected: bool = False


def landed(store: Store, one: Load, sha: str) -> int:
    staging = staged(one.rows, restates=one.restates, opening=one.opening, sha=sha)
    for source, at in one.full:
        staging.full_lists[source] = pd.Timestamp(at).to_pydatetime()
    if one.unreadable:
        staging.con.execute("insert into named_deal values (null)")
    if one.rejected:
        staging.reject(staging.add_file("bad.csv", "test", f"{sha}/bad", 2), 2, "amount", "x", "no amount")
    try:
        result = land(store, staging, kind="test")
    finally:
        staging.con.close()
    assert result.import_id is not None
    return result.import_id


#: When and by whom an import was loaded; what of it is kept is compared as it is.
NOT_COMPARED = ("migration", "undoing", "answer_score", "erased")


def facts(store: Store, without: Set[int] = frozenset()) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table but for those of some imports; imports are numbered in their order."""
    found = {}
    with store.reading() as con:
        names = [row[0] for row in con.execute("select table_name from duckdb_tables()").fetchall()]
        ids = [row[0] for row in con.execute("select import_id from import order by import_id").fetchall()]
        number = {each: position for position, each in enumerate(i for i in ids if i not in without)}
        for name in names:
            if name in NOT_COMPARED:
                continue
            table = con.execute(f"select * from {name}")
            columns = [column[0] for column in table.description]
            at = columns.index("import_id")
            kept = [
                tuple(
                    number[value] if column == "import_id" else value
                    for column, value in zip(columns, row, strict=True)
                    if column != "loaded_at"
                )
                for row in table.fetchall()
                if row[at] not in without
            ]
            found[name] = sorted(kept, key=repr)
    return found


def same(got: Mapping[str, Any], wanted: Mapping[str, Any], why: str) -> None:
    for name in wanted:
        assert got[name] == wanted[name], f"{name}: {why}"


# --- whatever was loaded, whatever is undone ---------------------------------------------------------

deal_ids = st.sampled_from(["a", "b", "c", "d", "e", "f"])
deal_states = st.fixed_dictionaries(
    {"stage": st.sampled_from(["S1", "S2"]), "amount": st.sampled_from([1, 2]), "is_closed": st.just(False)}
)


@st.composite
def snapshots(draw: st.DrawFn) -> Load:
    """A table of one moment: a full list or not, of one of two sources that may name the same deals."""
    at, source = draw(st.sampled_from(WEEKS)), draw(st.sampled_from(["crm", "crm", "sheet"]))
    deals = draw(st.dictionaries(deal_ids, deal_states, min_size=1, max_size=6))
    changes = [{"deal_id": key, "valid_at": at, **state} for key, state in deals.items()]
    changes += changes[: draw(st.integers(0, 1))]  # a line item
    work = [
        {"deal_id": key, "valid_at": at, "owner_id": draw(st.sampled_from(["u1", "u2"]))} for key in deals
    ]
    return Load(
        {"deal": described(changes, source=source), "deal_change": changes, "deal_work": work},
        full=((source, at),) if draw(st.booleans()) else (),
        restates=True,
        unreadable=draw(st.integers(0, 4)) == 0,
        rejected=draw(st.booleans()),
    )


@st.composite
def histories(draw: st.DrawFn) -> Load:
    """Change rows that repeat what was known, with openings, and perhaps a complete list."""
    rows = draw(st.lists(st.tuples(deal_ids, st.sampled_from(WEEKS), deal_states), min_size=1, max_size=8))
    changes = [{"deal_id": key, "valid_at": at, **state} for key, at, state in rows]
    openings = draw(st.booleans())
    return Load(
        {"deal": described(changes, source="crm"), "deal_change": changes},
        full=(("crm", draw(st.sampled_from(WEEKS))),) if draw(st.booleans()) else (),
        opening=("deal", "deal_change") if openings else ("deal",),
    )


@st.composite
def edits(draw: st.DrawFn) -> Load:
    """What a person types: an answer, a setting, a name."""
    at = draw(st.sampled_from(WEEKS))
    said = draw(st.sampled_from(["yes", "no"]))
    row: dict[str, list[Row]] = draw(
        st.sampled_from(
            [
                {"answer": [{"deal_id": "a", "question": "budget", "valid_at": at, "answer": said}]},
                {"setting": [{"key": "company_name", "valid_at": at, "value": said}]},
                {"person": [{"person_id": "u1", "name": said}]},
            ]
        )
    )
    return Load(row, restates=draw(st.booleans()))


imports = st.lists(st.one_of(snapshots(), histories(), edits()), min_size=2, max_size=5)


@settings(
    max_examples=4,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
    deadline=None,
)
@given(loads=imports, data=st.data())
def test_an_undo_leaves_what_would_be_there_without_the_import(
    tmp_path_factory: pytest.TempPathFactory, loads: list[Load], data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("undo")
    store, control = Store(folder / "store.duckdb"), Store(folder / "control.duckdb")
    for position, one in enumerate(loads):
        landed(store, one, f"sha {position}")
    whole = facts(store)
    chosen = data.draw(st.lists(st.integers(1, len(loads)), min_size=1, max_size=3, unique=True))
    for number in chosen:
        before = facts(store)
        undo(store, number)
        put_back(store, number)
        same(facts(store), before, f"undone {number} and put back, {chosen}")
        undo(store, number)
    for position, one in enumerate(loads):
        if position + 1 not in chosen:
            landed(control, one, f"sha {position}")
    if control.exists:
        same(facts(store, set(chosen)), facts(control), f"without {chosen}")
    assert not [line for line in check(store) if "no description" not in line]
    for number in data.draw(st.permutations(chosen)):
        put_back(store, number)
    same(facts(store), whole, f"all of {chosen} put back")


# --- the same, told ------------------------------------------------------------------------------------


def change(deal_id: str, at: str, stage: str) -> Row:
    return {"deal_id": deal_id, "valid_at": at, "stage": stage}


def stages(store: Store) -> list[tuple[str, str]]:
    return [(f"{row[1]:%m-%d}", row[2]) for row in contents(store, of=["deal_change"])["deal_change"]]


def test_a_later_import_says_itself_what_the_undone_one_had_said_first(store: Store) -> None:
    load(store, deal_change=[change("a", "2024-01-01", "S1")])
    load(store, deal_change=[change("a", "2024-01-02", "S2")])
    load(store, deal_change=[change("a", "2024-01-02", "S2"), change("a", "2024-01-03", "S2")])
    done = undo(store, 2)
    assert stages(store) == [("01-01", "S1"), ("01-02", "S2")]
    assert (done.own, done.came, done.went, done.later) == (1, 1, 0, 1)
    row = history(store).iloc[0]
    assert (row["loaded"], row["unchanged"]) == (1, 1), "the later import's counts are those of now"
    back = put_back(store, 2)
    assert (back.own, back.came, back.went) == (1, 0, 1)


def test_an_import_that_only_went_back_is_no_news_without_what_it_went_back_from(store: Store) -> None:
    for day, stage in ((1, "S1"), (2, "S2"), (3, "S1")):
        load(store, deal_change=[change("a", f"2024-01-0{day}", stage)])
    done = undo(store, 2)
    assert stages(store) == [("01-01", "S1")]
    assert (done.came, done.went) == (0, 1)


def test_refused_deals_are_let_in_when_what_refused_them_is_undone(store: Store) -> None:
    row = change("a", "2024-01-01", "S1")
    load(store, deal=described([row], source="one"), deal_change=[row])
    other = change("a", "2024-01-05", "S2")
    load(store, deal=described([other], source="two"), deal_change=[other])
    assert len(store.query("rejects")) == 2
    undo(store, 1)
    assert stages(store) == [("01-05", "S2")]
    assert store.query("rejects").empty
    put_back(store, 1)
    assert stages(store) == [("01-01", "S1")]
    assert len(store.query("rejects")) == 2


def test_the_same_file_can_be_loaded_again_after_an_undo(store: Store) -> None:
    rows = [change("a", "2024-01-01", "S1")]
    load(store, deal_change=rows, sha="same")
    undo(store, 1)
    assert load(store, deal_change=rows, sha="same").import_id == 2
    with pytest.raises(BadInput, match="loaded again as import 2"):
        put_back(store, 1)
    undo(store, 2)
    put_back(store, 1)
    assert stages(store) == [("01-01", "S1")]


def test_the_history_tells_who_undid_what_and_why(store: Store) -> None:
    load(store, deal_change=[change("a", "2024-01-01", "S1")])
    undo(store, 1, author="Ann", reason="Wrong file")
    row = history(store).iloc[0]
    assert (row["undone_by"], row["undo_reason"], row["can_undo"]) == ("Ann", "Wrong file", False)
    assert "by Ann" in row["why_not"]
    put_back(store, 1, author="Bob")
    assert history(store).iloc[0]["can_undo"]
    logged = [(row[2], row[4]) for row in contents(store, of=["undoing"])["undoing"]]
    assert sorted(logged) == [("Ann", False), ("Bob", True)]


@pytest.mark.parametrize(
    ("kind", "changed"), [("table", "facts"), ("decision", "decisions"), ("call", "calls"), ("upkeep", None)]
)
def test_what_was_learned_is_learned_anew_where_it_rests_on_the_import(
    store: Store, kind: str, changed: str | None
) -> None:
    for number in (1, 2):
        load(store, kind=kind, setting=[{"key": "company_name", "value": f"{number}"}])
    seen = [versions_of(store)]
    undo(store, 1)
    seen.append(versions_of(store))
    put_back(store, 1)
    seen.append(versions_of(store))
    for name in ("facts", "decisions", "calls", "coaching"):
        assert len({getattr(one, name) for one in seen}) == (3 if name == changed else 1), name


# --- what cannot be undone -------------------------------------------------------------------------------


def refused(store: Store, what: Any, number: int, why: str) -> None:
    before = contents(store)
    with pytest.raises(BadInput, match=why):
        what(store, number)
    assert contents(store) == before


def test_what_cannot_be_undone_says_why(store: Store) -> None:
    with pytest.raises(BadInput, match="there is no store"):
        undo(store, 1)
    assert not store.exists
    rows = [change("a", "2024-01-01", "S1")]
    load(store, kind="sample", deal=described(rows), deal_change=rows)
    refused(store, undo, 7, "no such import")
    refused(store, undo, 1, "sample company is all")
    refused(store, put_back, 1, "not undone")
    other = [change("b", "2024-01-01", "S1")]
    load(store, deal=described(other), deal_change=other)
    undo(store, 1)
    refused(store, undo, 1, "was undone on")


def test_imports_of_an_earlier_version_are_undone_from_the_last_one_on(store: Store) -> None:
    for day, stage in ((1, "S1"), (2, "S2"), (3, "S1")):
        load(
            store, deal_change=[change("a", f"2024-01-0{day}", stage)], full_list=("test", f"2024-01-0{day}")
        )
    edit(
        store.path,
        "update import set restates = null, staged_notes = null where import_id <= 2",
        "delete from import_list where import_id <= 2",
        *(f"delete from kept_{name} where import_id <= 2" for name in SUBJECTS),
    )
    before = facts(store)
    refused(store, undo, 1, "imports after it")
    undo(store, 2)
    assert stages(store) == [("01-01", "S1")]
    undo(store, 1)
    assert stages(store) == [("01-03", "S1")]
    refused(store, put_back, 2, "put import 1 back first")
    put_back(store, 1)
    put_back(store, 2)
    same(facts(store), before, "both put back")


# --- the archive -----------------------------------------------------------------------------------------


def test_every_subject_has_its_archive_with_the_same_columns(store: Store) -> None:
    store.create()
    with store.reading() as con:
        for name in SUBJECTS:
            own, kept = (
                {row[0]: row[1] for row in con.execute(f"describe {table}").fetchall()}
                for table in (name, f"kept_{name}")
            )
            own.pop("loaded_at")
            assert kept == {**own, "is_opening": "BOOLEAN"}, f"a migration must change kept_{name} likewise"


def test_a_first_import_keeps_only_its_openings_twice(store: Store) -> None:
    rows = [change(key, "2024-01-01", "S1") for key in "abc"]
    load(store, deal=described(rows), deal_change=rows, opening=["deal"])
    kept = {name: len(contents(store, of=[f"kept_{name}"])[f"kept_{name}"]) for name in SUBJECTS}
    assert {name: number for name, number in kept.items() if number} == {"deal": 3}
