"""Exports that are read by their own names: what they do not say is asked, and kept for next week."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from analytics.import_words import rule_for, stage_table
from analytics.importing import Choices, Look, check, forget, load, look, rehearse
from analytics.importing.files import load_files
from analytics.store.database import Store

SALESFORCE = """Id,Name,StageName,Amount,CloseDate,CreatedDate,LastModifiedDate,ForecastCategory
006000000000001AAA,A,Prospecting,100,2026-12-01,2026-01-01,2026-11-01,Pipeline
006000000000002AAA,B,Vertrag unterschrieben,5000,2026-10-01,2026-01-01,2026-11-01,Sicher_lich
006000000000003AAA,C,Closed Lost,200,2026-10-01,2026-01-01,2026-11-01,Omitted
"""
HUBSPOT = """Record ID,Deal Name,Deal Stage,Pipeline,Amount,Close Date,Create Date,Last Modified Date
1,A,Contract Sent,Sales,100,2026-12-01,2026-01-01 09:00,2026-11-01 09:00
2,B,Vertrag unterschrieben,Sales,5000,2026-10-01,2026-01-01 09:00,2026-11-01 09:00
3,C,Closed Lost,Sales,200,2026-10-01,2026-01-01 09:00,2026-11-01 09:00
"""
SIGNED = "Vertrag unterschrieben"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "own.duckdb")


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    def write(name: str, text: str) -> Path:
        path = tmp_path / "in" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write


def answered(found: Look) -> Choices:
    """What a person says: signed is won, 'Sicher_lich' is Commit."""
    rule = rule_for(SIGNED, "Won", found.suggested[SIGNED])
    said = {"Sicher_lich": "Commit"} if len(found.categories) else {}
    return replace(found.choices, stages={SIGNED: rule}, categories=said)


@pytest.mark.parametrize(("name", "text"), [("Opportunity.csv", SALESFORCE), ("deals.csv", HUBSPOT)])
def test_a_stage_that_an_export_leaves_unsaid_is_asked_with_its_money(
    store: Store, write: Callable[[str, str], Path], name: str, text: str
) -> None:
    path = write(name, text)
    found = look(store, [path])
    assert not found.is_mapped
    assert found.stages.values.tolist() == [[SIGNED, 1, 5000.0]]
    first = check(found, found.choices)[0]
    assert (first.where, first.blocks, first.cost) == ("stages", True, "1 deal with 5,000 as written.")
    assert stage_table(found, found.choices)["Agreed"].tolist() == [False]
    chosen = answered(found)
    assert check(look(store, [path], chosen), chosen) == []
    tried = rehearse(store, [path], chosen)
    totals = tried.totals.set_index("what")["after"]
    assert (totals["Open amount"], totals["Won amount in the past 365 days"]) == (100, 5000)
    assert not [note for note in tried.notes if "Stages taken as" in note or "categories" in note]


@pytest.mark.parametrize(("name", "text"), [("Opportunity.csv", SALESFORCE), ("deals.csv", HUBSPOT)])
def test_what_was_said_of_an_export_is_kept_until_it_is_forgotten(
    store: Store, write: Callable[[str, str], Path], name: str, text: str
) -> None:
    path = write(name, text)
    assert load(store, [path], answered(look(store, [path])), "Ann").import_id is not None
    again = look(store, [path])
    assert again.kept == again.choices.name
    assert check(again, again.choices) == []
    assert load(store, [path], again.choices, "Ann").import_id is None
    fresh = look(store, [write(name, text.replace(SIGNED, "Beauftragt"))])
    assert fresh.new_stages == ("Beauftragt",)
    assert [point.where for point in check(fresh, fresh.choices) if point.blocks] == ["stages"]
    forget(store, again.kept, "Ann")
    assert look(store, [path]).kept == ""


def test_a_category_that_is_not_understood_is_asked_too(
    store: Store, write: Callable[[str, str], Path]
) -> None:
    path = write("Opportunity.csv", SALESFORCE)
    found = look(store, [path])
    assert found.categories.values.tolist() == [["Sicher_lich", 1, 5000.0]]
    assert [point.where for point in check(found, found.choices)] == ["stages", "categories"]
    load(store, [path], replace(answered(found), stages={}), "Ann")
    with store.reading() as con:
        rows = con.execute(
            "select forecast_category from deal_change where deal_id = '006000000000002AAA'"
            " and forecast_category is not null"
        ).fetchall()
    assert set(rows) == {("Commit",)}


def test_the_command_line_says_it_with_what_to_write(store: Store, write: Callable[[str, str], Path]) -> None:
    path = write("Opportunity.csv", SALESFORCE)
    notes = load_files(store, [path]).notes
    (note,) = [one for one in notes if one.startswith("Stages taken as open")]
    assert f"'{SIGNED}' (1 deals worth 5,000)" in note
    assert "Prospecting" not in note
    assert f'[stages."{SIGNED}"] closed = true, won = true' in note
    assert "OpportunityStage" in note
    mapping = write("m.toml", f'[stages."{SIGNED}"]\nwon = true\n[categories]\n"Sicher_lich" = "Commit"\n')
    again = load_files(store, [path], mapping=mapping).notes
    assert not [one for one in again if "Stages taken as" in one or "categories" in one]


def test_a_closed_stage_that_may_be_won_is_not_taken_for_lost_in_silence(
    store: Store, write: Callable[[str, str], Path]
) -> None:
    lines = SALESFORCE.splitlines()
    closed = ("IsClosed", "false", "true", "true")
    path = write("Opportunity.csv", "\n".join(f"{a},{b}" for a, b in zip(lines, closed, strict=True)))
    found = look(store, [path])
    assert found.stages["stage"].tolist() == [SIGNED], "closed says the file, but not whether won"
    (note,) = [one for one in load_files(store, [path]).notes if one.startswith("Stages taken as lost")]
    assert SIGNED in note


def test_an_export_that_says_it_is_not_asked(store: Store, write: Callable[[str, str], Path]) -> None:
    lines = SALESFORCE.replace("Sicher_lich", "Commit").splitlines()
    said = ("IsClosed,IsWon", "false,false", "true,true", "true,false")
    path = write("Opportunity.csv", "\n".join(f"{a},{b}" for a, b in zip(lines, said, strict=True)))
    found = look(store, [path])
    assert found.stages.empty
    assert check(found, found.choices) == []
