"""Parquet folders: how tables lie there, and what is wrong with them."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from analytics.commands import main
from analytics.problems import BadInput
from analytics.store.database import Store
from analytics.warehouse.parquet import ParquetFolder
from analytics.warehouse.reading import plan, write_files
from tests.warehouse.warehouse_fixtures import as_parquet, the_crm


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    return as_parquet(the_crm(), tmp_path / "lake")


def texts(lake: Path, work: Path, schema: str = "", own: Path | None = None) -> dict[str, str]:
    """The files that a folder yields, as texts."""
    folder = work / "files"
    folder.mkdir()
    with closing(ParquetFolder(lake, work, schema)) as one:
        write_files(one, plan(one, own=own), folder, lambda share, text: None)
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


def refused(lake: Path, work: Path, schema: str = "", own: Path | None = None) -> str:
    with pytest.raises(BadInput) as caught:
        texts(lake, work, schema, own)
    return str(caught.value)


def test_parts_with_other_columns_and_hive_partitions(lake: Path, tmp_path: Path) -> None:
    con = the_crm()
    (lake / "opportunity/part-0.parquet").unlink()
    for day in ("2024-01", "2024-02"):
        (lake / f"opportunity/month={day}").mkdir()
    con.execute(
        f"copy (select * from opportunity where id = '006A') to '{lake}/opportunity/month=2024-01/a.parquet'"
    )
    con.execute(
        "copy (select id, stage_name, amount, close_date, 'USD' as currency_iso_code, null as name"
        f" from opportunity where id = '006B') to '{lake}/opportunity/month=2024-02/b.parquet'"
    )
    (lake / "opportunity/_SUCCESS").touch()
    rows = texts(lake, tmp_path)["Opportunity.csv"].splitlines()
    assert [row[:4] for row in rows if row.startswith("006")] == ["006A", "006B"]
    assert rows[-1].startswith("006B,false,,,Closed Won,1200.00")
    assert rows[-1].endswith(",USD")


def test_many_parts_and_files_beside_folders(lake: Path, tmp_path: Path) -> None:
    con = the_crm()
    (lake / "opportunity/part-0.parquet").unlink()
    for number, deal in enumerate(("006A", "006B", "006C", "006D")):
        con.execute(
            f"copy (select * from opportunity where id = '{deal}')"
            f" to '{lake}/opportunity/part-{number}.parquet'"
        )
    (lake / "account/part-0.parquet").rename(lake / "Account.parquet")
    found = texts(lake, tmp_path)
    assert found["Opportunity.csv"].count("\n006") == 4
    assert "Ärzte & Söhne" in found["Account.csv"]
    with closing(ParquetFolder(lake, tmp_path)) as one:
        assert "/opportunity/*.parquet'" in plan(one).as_text()


def test_columns_without_any_value_have_no_type(lake: Path, tmp_path: Path) -> None:
    con = the_crm()
    con.execute(
        "copy (select id, stage_name, amount, close_date, null as last_activity_date, null as is_deleted,"
        " null as last_modified_date, null as forecast_category_name, null::int as next_step"
        " from opportunity)"
        f" to '{lake}/opportunity/part-0.parquet'"
    )
    assert texts(lake, tmp_path)["Opportunity.csv"].count("\n006") == 4


def test_times_without_a_zone_are_utc_and_days_stay_days(lake: Path, tmp_path: Path) -> None:
    the_crm().execute(
        "copy (select id, stage_name, amount, close_date::timestamp as close_date,"
        " created_date::timestamp as created_date from opportunity where id = '006A')"
        f" to '{lake}/opportunity/part-0.parquet'"
    )
    row = texts(lake, tmp_path)["Opportunity.csv"].splitlines()[1]
    assert ",2024-06-30," in row
    assert ",2024-01-01T23:30:00.000Z," in row


def test_the_schema_is_found_below_or_named(tmp_path: Path) -> None:
    outer = tmp_path / "outer"
    as_parquet(the_crm(), outer / "salesforce")
    (outer / "other").mkdir()
    (tmp_path / "a").mkdir()
    assert "Opportunity.csv" in texts(outer, tmp_path / "a")
    as_parquet(the_crm(), outer / "sandbox")
    (tmp_path / "b").mkdir()
    assert "several schemas hold a CRM; got salesforce, sandbox" in refused(outer, tmp_path / "b")
    (tmp_path / "c").mkdir()
    assert "Opportunity.csv" in texts(outer, tmp_path / "c", "sandbox")
    (tmp_path / "d").mkdir()
    assert "there is no schema 'prod'; expected one of other, salesforce" in refused(
        outer, tmp_path / "d", "prod"
    )


def test_signs_that_mean_something_in_patterns(tmp_path: Path) -> None:
    lake = as_parquet(the_crm(), tmp_path / "la[k]e * it's")
    assert "Opportunity.csv" in texts(lake, tmp_path)


@pytest.mark.parametrize("damage", ["text", "cut", "middle", "empty"])
def test_a_damaged_file_is_named(lake: Path, tmp_path: Path, damage: str) -> None:
    bad = lake / "opportunity_history/part-1.parquet"
    good = (lake / "opportunity_history/part-0.parquet").read_bytes()
    half = bytearray(good)
    half[4:200] = b"\xff" * 196
    bad.write_bytes(
        {"text": b"id,name\n1,2\n", "cut": good[:-40], "middle": bytes(half), "empty": b""}[damage]
    )
    said = refused(lake, tmp_path)
    assert said.startswith(f"{bad}: this is not a Parquet file that can be read")


@pytest.mark.parametrize(
    ("inside", "what"), [("_delta_log/0.json", "Delta Lake"), ("metadata/v1.metadata.json", "Iceberg")]
)
def test_tables_of_other_formats_hold_rows_that_are_no_more(
    lake: Path, tmp_path: Path, inside: str, what: str
) -> None:
    path = lake / "opportunity" / inside
    path.parent.mkdir()
    path.touch()
    assert f"this is a table of {what}" in refused(lake, tmp_path)


def test_a_missing_column_is_named_with_the_file_of_sql(lake: Path, tmp_path: Path) -> None:
    the_crm().execute(
        "copy (select * exclude (close_date, stage_name), stage_name as my_stage from opportunity)"
        f" to '{lake}/opportunity/part-0.parquet'"
    )
    with closing(ParquetFolder(lake, tmp_path)) as one, pytest.raises(BadInput) as caught:
        plan(one, "fivetran-salesforce")
    said = str(caught.value)
    assert "the table opportunity has no column stage_name, close_date, which Opportunity.sql reads" in said
    assert "my_stage" in said
    assert "--show-sql --write-sql FOLDER" in said
    assert "--sql FOLDER" in said


def test_own_sql_reads_what_the_written_copy_was_changed_to(
    lake: Path, tmp_path: Path, store: Store, capsys
) -> None:
    own = tmp_path / "own"
    command = ["--store", str(store.path), "warehouse", "parquet", str(lake)]
    assert main([*command, "--show-sql", "--write-sql", str(own)]) == 0
    printed = capsys.readouterr().out
    assert "read_parquet([" in printed
    assert 'as "StageName"' in printed
    assert not store.exists
    assert main([*command, "--write-sql", str(own)]) == 2
    assert "these files are there already" in capsys.readouterr().err
    deals = (own / "Opportunity.sql").read_text()
    assert deals.startswith("-- question:")
    changed = deals.replace("amount, close_date\n", "acv_c, close_date\n").replace(
        'amount as "Amount"', 'acv_c as "Amount"'
    )
    (own / "Opportunity.sql").write_text(changed)
    (own / "Account.sql").write_text('select id as "Id", upper(name) as "Name" from account;\n')
    found = texts(lake, tmp_path, own=own)
    assert ",Closed Won,2.00," in found["Opportunity.csv"]
    assert "001B,BETA" in found["Account.csv"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("select nothing from opportunity", "nothing"),
        ("selec id from opportunity", "syntax error"),
        ("select * from read_csv('/etc/passwd')", "file system operations are disabled"),
        ("copy opportunity to 'x.csv'", "syntax error"),
        ("select cast(name as integer) as x from opportunity", "Could not convert string"),
    ],
)
def test_own_sql_that_cannot_be_run(lake: Path, tmp_path: Path, text: str, expected: str) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "Opportunity.sql").write_text(text)
    said = refused(lake, tmp_path, own=own)
    assert said.startswith(f"{own}/Opportunity.sql: this SQL cannot be run")
    assert expected in said


def test_folders_without_a_crm(tmp_path: Path, capsys, store: Store) -> None:
    command = ["--store", str(store.path), "warehouse", "parquet"]
    assert main([*command, str(tmp_path / "nowhere")]) == 2
    assert "there is no such folder" in capsys.readouterr().err
    (tmp_path / "lake").mkdir()
    assert main([*command, str(tmp_path / "lake")]) == 2
    assert "there are no Parquet files in the folder" in capsys.readouterr().err
    the_crm().execute(f"copy account to '{tmp_path}/lake/account.parquet'")
    assert main([*command, str(tmp_path / "lake")]) == 2
    assert "whose tables these are cannot be told" in capsys.readouterr().err
    assert main([*command, str(tmp_path / "lake"), "--source", "fivetran-hubspot"]) == 2
    assert "there is no table of deals; expected deal; got the tables account" in capsys.readouterr().err
    assert main([*command, str(tmp_path / "lake"), "--source", "own"]) == 2
    assert "there is no SQL of your own" in capsys.readouterr().err
    assert main([*command, str(tmp_path / "lake"), "--sql", str(tmp_path / "lake")]) == 2
    assert "there is no .sql file in the folder" in capsys.readouterr().err
    assert not store.exists
