"""The same CRM as CSV, as Parquet and in Postgres gives the same store, whoever left the tables there."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from analytics.commands import main
from analytics.store.database import Store
from analytics.warehouse.parquet import ParquetFolder
from analytics.warehouse.postgres import Postgres
from analytics.warehouse.reading import plan, write_files
from tests.sync.salesforce_fixtures import content
from tests.warehouse.warehouse_fixtures import (
    Server,
    as_airbyte,
    as_export,
    as_history_mode,
    as_parquet,
    shown,
    the_crm,
    the_hubspot,
)

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store with the CRM's CSV export, loaded as files."""
    folder = tmp_path_factory.mktemp("exported")
    store = Store(folder / "store.duckdb")
    export = as_export(the_crm(), folder / "export")
    assert main(["--store", str(store.path), "import", "--kind", "salesforce", str(export)]) == 0
    return store


def load(store: Store, *given: str | Path) -> int:
    return main(["--store", str(store.path), "warehouse", *map(str, given)])


def test_the_export_shows_what_it_should(exported: Store) -> None:
    days = shown(exported)
    stages = [row["stage"] for row in days["2024-02-15"]]
    assert stages == ["Negotiation", "Prospecting", "Prospecting", "Closed Lost"]
    assert [row["is_gone"] for row in days["2024-04-01"]] == ["False", "False", "True", "False"]


def test_fivetran_in_parquet(exported: Store, store: Store, tmp_path: Path, capsys) -> None:
    assert load(store, "parquet", as_parquet(the_crm(), tmp_path / "lake")) == 0
    assert content(store) == content(exported)
    assert shown(store) == shown(exported)
    assert "fivetran-salesforce/Opportunity.csv" in capsys.readouterr().out
    assert load(store, "parquet", tmp_path / "lake") == 0
    assert "loaded before; nothing changed" in capsys.readouterr().out


def test_fivetran_in_postgres(exported: Store, store: Store, postgres: Server, capsys) -> None:
    postgres.fill("salesforce", the_crm())
    assert load(store, "postgres", "--schema", "salesforce", "--json") == 0
    assert content(store) == content(exported)
    printed = json.loads(capsys.readouterr().out)
    assert {file["file"] for file in printed["files"]} >= {"fivetran-salesforce/User.csv"}
    assert printed["import_id"]


def test_airbyte_as_it_appends(exported: Store, store: Store, tmp_path: Path) -> None:
    assert load(store, "parquet", as_parquet(as_airbyte(the_crm()), tmp_path / "lake")) == 0
    assert content(store) == content(exported)


@pytest.mark.parametrize("alone", [True, False])
def test_history_mode(exported: Store, store: Store, tmp_path: Path, capsys, alone: bool) -> None:
    versions = as_history_mode(the_crm(), alone=alone)
    assert load(store, "parquet", as_parquet(versions, tmp_path / "lake"), "--json") == 0
    assert shown(store) == shown(exported)
    files = {Path(one["file"]).name: one for one in json.loads(capsys.readouterr().out)["files"]}
    deals, history = files["Opportunity.csv"], files["OpportunityHistory_versions.csv"]
    assert (deals["rows_read"], deals["rejected"]) == (4, 0)
    assert versions.execute("select count(*) from opportunity").fetchall() == [(10,)]
    assert history["rows_read"] == 8  # two versions changed nothing of what history is made of


def test_hubspot(store: Store, tmp_path: Path, capsys) -> None:
    assert load(store, "parquet", as_parquet(the_hubspot(), tmp_path / "lake")) == 0
    assert "Not used" not in capsys.readouterr().out
    with store.reading() as con:
        assert con.execute("select deal_id, name from stakeholder").fetchall() == [("11", "Eva Blum")]
        assert con.execute("select name from person where person_id = '7'").fetchall()[0] == ("Ann A",)
        company = "select account_name from deal where deal_id = '11' order by valid_at desc"
        assert con.execute(company).fetchall()[0] == ("Beta",)
    days = shown(store)
    assert [row["stage"] for row in days["2024-01-20"]][:3] == ["Qualified", "Qualified", "Qualified"]
    assert [(row["stage"], row["is_won"], row["is_gone"]) for row in days["2024-04-01"]] == [
        ("Proposal", "False", "False"),
        ("Won", "True", "False"),
        ("Qualified", "False", "True"),
        ("Qualified", "False", "True"),
    ]


@pytest.mark.parametrize(
    "crm",
    [
        the_crm,
        lambda: as_airbyte(the_crm()),
        lambda: as_history_mode(the_crm(), alone=False),
        the_hubspot,
    ],
    ids=["fivetran-salesforce", "airbyte-salesforce", "history mode", "fivetran-hubspot"],
)
def test_both_engines_write_the_same_files(
    postgres: Server, tmp_path: Path, crm: Callable[[], duckdb.DuckDBPyConnection]
) -> None:
    con = crm()
    postgres.fill("same", con)
    with closing(Postgres("same")) as one:
        from_postgres = written(one, tmp_path / "one")
    with closing(ParquetFolder(as_parquet(con, tmp_path / "lake"), tmp_path)) as two:
        from_parquet = written(two, tmp_path / "two")
    assert from_postgres == from_parquet
    assert len(from_postgres) >= 10
    assert all(from_postgres.values())


def written(warehouse: Postgres | ParquetFolder, folder: Path) -> dict[str, list[list[str]]]:
    """The files that a warehouse yields: name -> rows, numbers in one way of writing."""
    folder.mkdir()
    write_files(warehouse, plan(warehouse), folder, lambda share, text: None)
    found = {}
    for path in sorted(folder.iterdir()):
        with path.open(encoding="utf-8", newline="") as file:
            found[path.name] = [[cell.removesuffix(".0") for cell in row] for row in csv.reader(file)]
    return found


def test_the_sql_of_the_docs_loads(store: Store, tmp_path: Path, capsys) -> None:
    """docs/import.md shows how to write SQL for tables of one's own."""
    text = (ROOT / "docs/import.md").read_text(encoding="utf-8").split("-- Opportunity.sql")[1]
    own = tmp_path / "own"
    own.mkdir()
    (own / "Opportunity.sql").write_text(f"--{text.split('```')[0]}")
    (tmp_path / "lake").mkdir()
    the_crm().execute(
        'copy (select id as "Deal_Key", stage_name as "PHASE", amount as eur, close_date as closing_day,'
        f" last_modified_date as last_change from opportunity) to '{tmp_path}/lake/CRM_Deals.parquet'"
    )
    assert load(store, "parquet", tmp_path / "lake", "--sql", own, "--source", "own") == 0
    assert "own/Opportunity.csv" in capsys.readouterr().out
    with store.reading() as con:
        assert con.execute("select distinct deal_id from deal order by 1").fetchall()[0] == ("006A",)
        assert con.execute("select max(amount) from deal_change").fetchall() == [(1200,)]


def test_partial_and_as_of_are_passed_on(store: Store, tmp_path: Path) -> None:
    fewer = the_crm()
    fewer.execute("delete from opportunity where id = '006A'")
    for table in ("opportunity_history", "opportunity_field_history", "opportunity_contact_role"):
        fewer.execute(f"delete from {table} where opportunity_id = '006A'")
    lake, rest = as_parquet(the_crm(), tmp_path / "lake"), as_parquet(fewer, tmp_path / "rest")
    assert load(store, "parquet", lake, "--as-of", "2024-04-05") == 0
    assert load(store, "parquet", rest, "--as-of", "2024-04-06", "--partial") == 0
    with store.reading() as con:
        dated = con.execute("select kind, as_of::varchar from import order by import_id").fetchall()
        gone = con.execute("select max(is_gone::int) from deal_change where deal_id = '006A'").fetchall()
    assert dated == [("warehouse parquet", "2024-04-05"), ("warehouse parquet", "2024-04-06")]
    assert gone == [(0,)]
