"""Several files in one import: what does not fit the others is asked, HubSpot is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from analytics.importing import Choices, Look, check, load, look, rehearse
from analytics.store.database import Store

HEAD = "Deal ID,Deal Name,Stage,Amount,Close Date,Owner,Created Date\n"
EAST = HEAD + "1,A,Demo,1000,2026-12-31,Ann,2026-01-05\n2,B,Closed Won,3000,2026-06-30,Bob,2026-03-05\n"
WEST = "Oppty ID,Title,Phase,Value,Expected Close\nW1,Wa,Demo,5000,2026-12-31\n"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "own.duckdb")


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str, str], Path]:
    def write(name: str, text: str) -> Path:
        path = tmp_path / "in" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    return write


def explained(found: Look) -> Choices:
    """What a person chooses who takes every suggestion."""
    return replace(found.choices, stages=found.suggested | found.choices.stages)


def test_a_list_with_other_columns_is_not_left_out_in_silence(
    store: Store, file: Callable[[str, str], Path]
) -> None:
    paths = [file("east.csv", EAST), file("west.csv", WEST)]
    found = look(store, paths)
    points = [one for one in check(found, explained(found)) if one.blocks]
    assert [(one.where, "west.csv" in one.what, one.cost) for one in points] == [
        ("files", True, "Its 1 row would not be loaded.")
    ]
    without = look(store, paths, replace(explained(found), kinds={"west.csv": ""}))
    assert not [one for one in check(without, without.choices) if one.blocks]
    assert [one.file for one in rehearse(store, paths, without.choices).files] == ["east.csv"]


def test_a_file_that_cannot_be_read_waits_until_it_is_left_out(
    store: Store, file: Callable[[str, str], Path]
) -> None:
    paths = [file("east.csv", EAST), file("broken.xlsx", "PK")]
    found = look(store, paths)
    assert [one.what[:11] for one in check(found, explained(found)) if one.blocks] == ["broken.xlsx"]
    without = look(store, paths, replace(explained(found), kinds={"broken.xlsx": ""}))
    assert not [one for one in check(without, without.choices) if "broken" in one.what]
    assert [one.rows_read for one in rehearse(store, paths, without.choices).files] == [2]


def test_hubspots_files_are_read_as_hubspots_not_as_any_table(
    store: Store, file: Callable[[str, str], Path]
) -> None:
    deals = "Record ID,Deal Name,Deal Stage,Pipeline,Amount,Deal owner,Close Date,Create Date\n"
    paths = [
        file("deals.csv", deals + "1,Acme,Contract Sent,Sales,900,77,2026-04-30,2026-01-01 09:00\n"),
        file(
            "history.csv",
            "Record ID,Property name,Value,Timestamp,Source\n"
            "1,dealstage,qualifiedtobuy,2026-01-01T09:00:00Z,x\n1,dealstage,contractsent,2026-03-01T09:00:00Z,x\n",
        ),
    ]
    found = look(store, paths)
    assert [one.kind for one in found.files] == ["hubspot", "history"]
    assert not found.is_mapped
    load(store, paths, found.choices, "Ann")
    with store.reading() as con:
        assert con.execute("select distinct source from deal").fetchall() == [("hubspot",)]
        stages = con.execute("select distinct stage from deal_change where stage is not null order by 1")
        assert stages.fetchall() == [("Contract Sent",), ("Qualified To Buy",)]


def test_a_try_of_a_late_snapshot_shows_its_own_rejects(
    store: Store, file: Callable[[str, str], Path]
) -> None:
    new = [file("deals_2026-11-23.csv", EAST + "9,Z,Demo,many,2026-12-31,Ann,2026-01-05\n")]
    load(store, new, explained(look(store, new)), "Ann")
    old = [file("deals_2026-11-16.csv", EAST + "8,Y,Demo,few,2026-12-31,Ann,2026-01-05\n")]
    assert rehearse(store, old, explained(look(store, old))).rejects["value"].tolist() == ["few"]


@pytest.mark.parametrize("beside", [(), ("Opportunity.csv",)])
def test_what_a_person_says_of_a_list_counts_also_without_a_mapped_table(
    store: Store, file: Callable[[str, str], Path], beside: tuple[str, ...]
) -> None:
    export = (
        "Id,Name,StageName,Amount,CloseDate,IsClosed,IsWon,CreatedDate,OwnerId,AccountId\n"
        "006000000000001AAA,A,Prospecting,100,2026-12-01,false,false,2026-01-01T00:00:00.000Z,005,001\n"
    )
    paths = [
        file("q.csv", "owner,month,amount\nAnn,2026-10,5000\n"),
        *(file(name, export) for name in beside),
    ]
    assert look(store, paths).files[0].kind == "unknown"
    said = replace(look(store, paths).choices, kinds={"q.csv": "targets"})
    kinds = {one.kind: one.loaded for one in rehearse(store, paths, look(store, paths, said).choices).files}
    assert kinds["targets"] == 1
