"""Tables with a row per deal: by mapping, by column names; answers and targets."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from analytics.intake.job import Job
from analytics.problems import BadInput
from analytics.store.database import Store
from analytics.store.landing import land

ROOT = Path(__file__).parents[2]
MAPPING = """
[table]
name = "crm"
files = "deals*.csv"
date_format = "dmy"
as_of = 2024-06-30
full = true
not_needed = ["accounts.csv"]
[columns]
deal_id = "ref"
owner = "rep"
stage = "phase"
amount = "value"
close_date = "end"
created = "start"
[lookups.products]
file = "products.csv"
key = "product"
amount = "price"
[values.product]
"WidgetX" = "Widget X"
[owners]
file = "reps.csv"
name = "rep"
manager = "boss"
region = "office"
[stages.Talking]
probability = 30
category = "Pipeline"
[stages.Won]
category = "Closed"
won = true
[stages.Lost]
closed = true
"""
DEALS = """ref,rep,product,phase,start,end,value
1,Ann,WidgetX,Won,01-02-24,03-04-24,90
2,Ann,Widget X,Talking,01-02-24,,
3,Bea,Gadget,Lost,05-02-24,06-05-24,0
4,Cid,Gadget,Talking,,,
"""


@pytest.fixture
def folder(write) -> Path:
    write("crm/deals.csv", DEALS)
    write("crm/products.csv", "product,price\nWidget X,100\nGadget,250\n")
    write("crm/accounts.csv", "account\nAcme\n")
    return write("crm/reps.csv", "rep,boss,office\nAnn,Zoe,East\nBea,Zoe,East\n").parent


def test_final_states_only(stage, folder, write) -> None:
    look = stage(folder, mapping=write("crm.toml", MAPPING))
    rows = look.rows(
        "select deal_id, valid_at::varchar, stage, amount::varchar, is_closed, is_won from deal_change"
        " order by 1, 2"
    )
    assert rows == [
        ("1", "2024-02-01 00:00:00", None, "100.00", False, False),  # never the final amount
        ("1", "2024-04-03 12:00:00", "Won", "90.00", True, True),
        ("1", "2024-06-30 23:59:59", "Won", "90.00", True, True),  # again: an earlier table may have differed
        ("2", "2024-02-01 00:00:00", None, "100.00", False, False),
        ("2", "2024-06-30 23:59:59", "Talking", "100.00", False, False),
        ("3", "2024-02-05 00:00:00", None, "250.00", False, False),
        ("3", "2024-05-06 12:00:00", "Lost", "0.00", True, False),
        ("3", "2024-06-30 23:59:59", "Lost", "0.00", True, False),
        ("4", "2024-06-30 23:59:59", "Talking", "250.00", False, False),
    ]
    people = look.rows("select person_id, manager_id, region from person where is_opening order by 1")
    assert people == [
        ("Ann", "Zoe", "East"),
        ("Bea", "Zoe", "East"),
        ("Cid", None, None),
        ("Zoe", None, "East"),
    ]
    assert look.staging.full_lists == {"table:crm": dt.datetime(2024, 6, 30, 23, 59, 59)}
    assert look.staging.restates
    assert look.staging.notes == []
    assert look.one("select distinct source from deal") == "table:crm"
    assert look.one("select probability from stage where stage = 'Talking' and is_opening") == 0.3


def test_the_argument_wins_over_the_mapping_and_a_file_alone_finds_its_helpers(stage, folder, write) -> None:
    mapping = write("crm.toml", MAPPING)
    look = stage(folder / "deals.csv", mapping=mapping, as_of=dt.date(2024, 4, 1))
    assert look.one("select valid_at::varchar from deal_change where stage = 'Won'") == "2024-04-01 23:59:59"
    (folder / "products.csv").unlink()
    with pytest.raises(BadInput, match=r"products\.csv"):
        stage(folder, mapping=mapping)


def test_a_product_that_the_lookup_lacks_is_named(stage, folder, write) -> None:
    look = stage(folder, mapping=write("crm.toml", MAPPING.replace('"WidgetX" = "Widget X"', '"a" = "b"')))
    assert any("'WidgetX' (1 deals)" in note and "[values.product]" in note for note in look.staging.notes)


def test_maven(stage, shared) -> None:
    look = stage(shared / "maven_crm", mapping=ROOT / "data" / "maven_crm.toml")
    assert look.rejects() == []
    assert look.staging.notes == []
    assert dict(look.rows("select file, rows_read from staged_file")) == {
        "maven_crm/sales_pipeline.csv": 8800,
        "maven_crm/products.csv": 7,
        "maven_crm/sales_teams.csv": 35,
    }
    last = (
        "(select deal_id, arg_max(struct_pack(c := is_closed, w := is_won), (valid_at, seq)) as s"
        " from deal_change group by 1)"
    )
    assert look.one(f"select count(*) filter (not s.c), count(*) filter (s.w) from {last}") == (2089, 4238)
    assert look.one("select count(*) from deal_change where not is_closed and amount is null") == 0
    assert look.one("select min(valid_at)::date::varchar, max(valid_at)::date::varchar from deal_change") == (
        "2016-10-20",
        "2017-12-31",
    )


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (
            "Deal - ID,Deal - Title,Deal - Stage,Deal - Status,Deal - Value,Deal - Currency of Value,Deal"
            " - Owner,"
            "Deal - Expected close date",
            "1,A,Demo,Won,50,EUR,Ann,2024-05-01",
        ),
        (
            "Opportunity Owner,Account Name,Opportunity Name,Stage,Amount,Probability (%),Close"
            " Date,Created Date",
            "Ann,Acme,A,Closed Won,$50,100%,5/1/2024,1/15/2024",
        ),
    ],
)
def test_known_exports_are_recognised_by_their_labels(stage, write, header, row) -> None:
    look = stage(write("export.csv", f"{header}\n{row}\n"), as_of=dt.date(2024, 6, 30))
    assert look.one(
        "select distinct amount::varchar, is_won, close_date::varchar from deal_change where not is_opening"
    ) == (
        *("50.00", True),
        "2024-05-01",
    )
    assert look.one("select distinct owner_id from deal_work") == "Ann"
    assert any("recognised by name" in note for note in look.staging.notes)


def test_a_lost_deal_that_kept_its_open_stage(stage, write) -> None:
    text = (
        "Deal - ID,Deal - Title,Deal - Stage,Deal - Status,Deal - Value\n1,A,Demo,Lost,50\n2,B,Demo,Open,50\n"
    )
    look = stage(write("pipedrive.csv", text), as_of=dt.date(2024, 6, 30))
    assert look.rows("select distinct deal_id, is_closed from deal_change order by 1") == [
        ("1", True),
        ("2", False),
    ]


def test_the_date_in_a_files_name_dates_it(stage, write) -> None:
    head = "Deal ID,Deal Name,Stage,Amount,Close Date\n"
    one = write("deals_2024-05-06.csv", head + "1,A,New,50,2024-09-01\n")
    two = write("deals_2024-05-13.csv", head + "1,A,Demo,60,2024-09-01\n")
    look = stage(one, two)
    assert look.rows("select valid_at::date::varchar, stage from deal_change order by 1") == [
        ("2024-05-06", "New"),
        ("2024-05-13", "Demo"),
    ]


def test_answers(stage, write) -> None:
    rows = [
        '1,problem,"They lose 3 days, each month",2024-05-01,Ann',
        '1,"HOW DO WE KNOW BUDGET HAS BEEN ALLOCATED?",Signed off,2024-05-02 10:00,Ann',
        "1,weather,sunny,2024-05-02,Ann",
        "1,impact,x,2024-02-31,Ann",
        ",impact,x,2024-02-01,Ann",
    ]
    look = stage(write("answers.csv", "deal_id,question,answer,answered_at,author\n" + "\n".join(rows)))
    assert look.rows("select question, valid_at::varchar, author from answer order by valid_at") == [
        ("problem", "2024-05-01 00:00:00", "Ann"),
        ("budget", "2024-05-02 10:00:00", "Ann"),
    ]
    assert [row[0] for row in look.rejects()] == [4, 5, 6]


def test_targets(stage, write) -> None:
    text = "owner_id,quarter_start,amount\n"
    text += ',2024-04-01,"$1,000.00"\nu1,2024-04-01,500\nu1,2024-04-15,500\nu2,2024-04-01,x\n'
    look = stage(write("targets.csv", text))
    assert look.rows(
        "select owner_id, amount::varchar, currency from target where is_opening order by 1"
    ) == [
        ("", "1000.00", "USD"),
        ("u1", "500.00", None),
    ]
    assert [row[0] for row in look.rejects()] == [4, 5]


def test_a_folder_may_mix_an_export_with_answers_and_targets(stage, write) -> None:
    write("all/Opportunity.csv", "Id,StageName,CloseDate,Amount\n1,New,2024-07-01,5\n")
    write("all/answers.csv", "deal_id,question,answer,answered_at\n1,impact,much,2024-05-01\n")
    path = write("all/targets.csv", "owner_id,quarter_start,amount\n,2024-07-01,100\n")
    look = stage(path.parent)
    kinds = look.rows("select kind from staged_file order by kind")
    assert [kind for (kind,) in kinds] == ["answers", "salesforce", "targets"]


def test_a_deal_that_an_earlier_table_showed_open_is_closed_as_of_the_later_one(stage, write) -> None:
    head = "Deal ID,Deal Name,Stage,Amount,Close Date\n"
    look = stage(write("deals_2024-05-13.csv", head + "1,A,Closed Won,60,2024-05-03\n"))
    assert look.rows("select valid_at::varchar, is_won from deal_change order by 1") == [
        ("2024-05-03 12:00:00", True),
        ("2024-05-13 23:59:59", True),
    ]


def test_targets_of_a_fiscal_calendar(stage, write) -> None:
    path = write(
        "targets.csv", "owner_id,quarter_start,amount\n,2024-02-01,1\n,2024-04-01,2\n,2023-11-30,3\n"
    )
    look = stage(path, quarter_start_month=5)
    assert look.rows("select quarter_start::varchar from target where is_opening") == [("2024-02-01",)]
    assert [(line, "2024-05-01" in why) for line, _, _, why in look.rejects()] == [(3, True), (4, False)]
    assert "2024-02-01" in look.rejects()[1][3], "the next quarter after 2023-11-30"


def test_the_same_targets_are_read_again_when_the_fiscal_year_changed(stage, write, tmp_path) -> None:
    store = Store(tmp_path / "store.duckdb")
    path = write("targets.csv", "owner_id,quarter_start,amount\n,2024-02-01,1\n")
    first = land(store, stage(path).staging, kind="targets")
    second = land(store, stage(path, quarter_start_month=2).staging, kind="targets")
    third = land(store, stage(path, quarter_start_month=8).staging, kind="targets")
    assert [(r.files[0].loaded, r.files[0].rejected) for r in (first, second)] == [(0, 1), (1, 0)]
    assert third.import_id is None


def _week(day: int, *rows: str) -> tuple[str, str]:
    return f"deals_2024-05-{day:02}.csv", "Deal ID,Deal Name,Stage,Amount,Close Date\n" + "\n".join(
        rows
    ) + "\n"


def _gone(store: Store) -> list[str]:
    with store.reading() as con:
        rows = con.execute("select deal_id from deal_change where is_gone order by 1").fetchall()
    return [row[0] for row in rows]


FULL = """[table]
full = true
name = "t"
[columns]
deal_id = "Deal ID"
stage = "Stage"
amount = "Amount"
close_date = "Close Date"
"""


@pytest.mark.parametrize(
    ("row", "gone", "noted"),
    [
        ("2,B,New,many,2024-09-01", ["3"], False),
        (",B,New,50,2024-09-01", [], True),
        ("2,B,New,50,2024-09-01,moved", [], True),
    ],
)
def test_a_deal_whose_row_is_rejected_is_not_gone(stage, write, tmp_path, row, gone, noted) -> None:
    store, mapping = Store(tmp_path / "store.duckdb"), write("m.toml", FULL)
    rows = [f"{number},A,New,50,2024-09-01" for number in (1, 2, 3)]
    land(store, stage(write(*_week(6, *rows)), mapping=mapping).staging, kind="table")
    result = land(store, stage(write(*_week(13, rows[0], row)), mapping=mapping).staging, kind="table")
    assert result.files[0].rejected == 1
    assert _gone(store) == gone
    assert any("none was marked as gone" in note for note in result.notes) == noted


def test_a_weekly_table_that_equals_an_earlier_one_takes_the_deals_back(stage, write, tmp_path) -> None:
    store = Store(tmp_path / "store.duckdb")
    weeks = ((6, 50), (13, 60), (20, 50), (20, 50))
    results = [
        land(store, stage(write(*_week(day, f"1,A,New,{amount},2024-09-01"))).staging, kind="table")
        for day, amount in weeks
    ]
    assert [result.import_id for result in results] == [1, 2, 3, None]
    with store.reading() as con:
        rows = con.execute("select day(valid_at), amount::int from deal_change order by valid_at").fetchall()
    assert rows == [(6, 50), (13, 60), (20, 50)]


def test_a_table_without_a_date_counts_once_a_day(stage, write, tmp_path, monkeypatch) -> None:
    store, head = Store(tmp_path / "store.duckdb"), "Deal ID,Deal Name,Stage,Amount,Close Date\n"
    one = write("one/deals.csv", head + "1,A,New,50,2024-09-01\n")
    two = write("two/deals.csv", head + "1,A,New,60,2024-09-01\n")
    found = []
    for path, now in ((one, "06T09"), (one, "06T21"), (two, "07T09"), (one, "08T09")):
        monkeypatch.setattr(Job, "now", lambda _, now=now: dt.datetime.fromisoformat(f"2024-05-{now}:00:00"))
        found.append(land(store, stage(path).staging, kind="table").import_id)
    assert found == [1, None, 2, 3]
    with store.reading() as con:
        rows = con.execute("select day(valid_at), amount::int from deal_change order by valid_at").fetchall()
    assert rows == [(6, 50), (7, 60), (8, 50)]


def test_a_deal_with_the_id_of_another_source_is_refused_until_it_has_a_prefix(
    stage, write, tmp_path
) -> None:
    store, (_, text) = Store(tmp_path / "store.duckdb"), _week(6, "1,A,New,50,2024-09-01")
    land(store, stage(write("first_2024-05-06.csv", text)).staging, kind="table")
    path = write("second_2024-05-06.csv", text.replace("50", "70") + "2,B,New,5,2024-09-01\n")
    file = land(store, stage(path).staging, kind="table").files[0]
    assert (file.rows_read, file.loaded, file.unchanged, file.rejected) == (2, 1, 0, 1)
    reason = store.query("rejects")["reason"][0]
    assert "table:first" in reason
    assert "id_prefix" in reason
    mapping = write("m.toml", FULL.replace('name = "t"', 'name = "t"\nid_prefix = "B-"'))
    land(store, stage(path, mapping=mapping).staging, kind="table", options="m")
    with store.reading() as con:
        rows = con.execute("select deal_id, amount::int from deal_change order by 1").fetchall()
    assert rows == [("1", 50), ("2", 5), ("B-1", 70), ("B-2", 5)]


def test_short_salesforce_ids_become_long_ones(stage, write) -> None:
    path = write(
        "t_2024-05-06.csv", _week(6, "0065g00000ABcdE,A,New,50,2024-09-01", "17,B,New,5,2024-09-01")[1]
    )
    assert stage(path).rows("select distinct deal_id from deal order by 1") == [
        ("0065g00000ABcdEAAT",),
        ("17",),
    ]
    path = write("a.csv", "deal_id,question,answer,answered_at\n0065g00000ABcdE,impact,much,2024-05-01\n")
    assert stage(path).one("select deal_id from answer") == "0065g00000ABcdEAAT"
    path = write("targets.csv", "owner_id,quarter_start,amount\n005000000000001,2024-04-01,1\n")
    assert stage(path).one("select owner_id from target where is_opening") == "005000000000001AAA"


def test_a_column_that_numbers_rest_on_is_missed_by_name(stage, write) -> None:
    head = (
        "Deal ID,Deal Name,Stage,Amount,Close Date,Owner,Created Date\n1,A,Demo,5,2024-06-01,Ann,2024-01-01\n"
    )
    assert not [note for note in stage(write("deals.csv", head)).staging.notes if "no column" in note]
    later = "Deal ID,Deal Name,Stage,Close Date,Owner,Created Date\n1,A,Demo,2024-06-01,Ann,2024-01-01\n"
    notes = stage(write("deals.csv", later)).staging.notes
    assert "deals.csv: no column is chosen for amount. Without amounts every total is 0." in notes
    assert len([note for note in notes if "no column" in note]) == 1
