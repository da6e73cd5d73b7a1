"""Files as people have them: encodings, separators, formats, broken rows, footers."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from analytics.problems import BadInput

HEAD = "Opportunity ID,Opportunity Name,Stage,Amount,Close Date"
DAY = dt.date(2024, 6, 30)


def table(rows: list[str], *, separator: str = ",", end: str = "\n") -> str:
    return end.join([HEAD.replace(",", separator), *rows]) + end


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "latin-1", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_encodings_and_separators(stage, write, encoding, separator, end) -> None:
    rows = [separator.join(["1", "Müller & Söhne", "Prospecting", "100", "2024-07-01"])]
    look = stage(write("deals.csv", table(rows, separator=separator, end=end), encoding), as_of=DAY)
    assert look.one("select distinct name from deal") == "Müller & Söhne"
    assert look.amounts() == {"1": "100.00"}
    assert look.one("select rows_read from staged_file") == 1


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["$1,234.50", "(1,200)", "$0"], ["1234.50", "-1200.00", "0.00"]),
        (["1.234,50 EUR", "12,5 EUR"], ["1234.50", "12.50"]),
        (["1 234,50", "1\u00a0234,50", "1\u202f000"], ["1234.50", "1234.50", "1000.00"]),
        (["1'234.50", "CHF 99"], ["1234.50", "99.00"]),
        (["1,234,567", "250,000"], ["1234567.00", "250000.00"]),
        (["1.234.567", "250.000"], ["1234567.00", "250000.00"]),
        (["$250,000", "$75,000"], ["250000.00", "75000.00"]),
        (["-5", "5-", "1e3", "12,34,567.5"], ["-5.00", "-5.00", "1000.00", "1234567.50"]),
        (["€1.234,50", "n/a", "-"], ["1234.50", None, None]),
        (["1234.5", "1.234"], ["1234.50", "1.23"]),
    ],
)
def test_amounts(stage, write, values, expected) -> None:
    rows = [f'{n},Deal,Prospecting,"{value}",2024-07-01' for n, value in enumerate(values)]
    look = stage(write("deals.csv", table(rows)), as_of=DAY)
    assert look.rejects() == []
    assert list(look.amounts().values()) == expected or look.amounts() == {
        str(n): value for n, value in enumerate(expected)
    }


def test_an_undecidable_decimal_is_asked_for(stage, write) -> None:
    path = write("deals.csv", table(["1,Deal,Prospecting,1.234,2024-07-01"]))
    with pytest.raises(BadInput, match=r"column 'Amount'.*'1\.234' is 1234 or 1\.234.*decimal ="):
        stage(path, as_of=DAY)
    german = write("german.csv", table(["1;Deal;Prospecting;1.234;2024-07-01"], separator=";"))
    assert stage(german, as_of=DAY).amounts() == {"1": "1234.00"}


def test_currency_signs_set_the_currency_of_the_deal(stage, write) -> None:
    rows = ['1,A,Prospecting,"$1,000.00",2024-07-01', '2,B,Prospecting,"€2,000.00",2024-07-01']
    look = stage(write("deals.csv", table([*rows, "3,C,Prospecting,10 GBP,2024-07-01"])), as_of=DAY)
    assert look.rows("select distinct deal_id, currency from deal order by 1") == [
        ("1", "USD"),
        ("2", "EUR"),
        ("3", "GBP"),
    ]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["31.01.2024", "01.02.2024"], ["2024-01-31", "2024-02-01"]),
        (["01/31/2024", "02/01/2024"], ["2024-01-31", "2024-02-01"]),
        (["31-01-24", "01-02-24"], ["2024-01-31", "2024-02-01"]),
        (["2024-01-31", "2024/02/01"], ["2024-01-31", "2024-02-01"]),
        (["2024-01-31T00:00:00Z", "2024-02-01T10:00:00+0200"], ["2024-01-31", "2024-02-01"]),
        (["31 Jan 2024", "1-Feb-24"], ["2024-01-31", "2024-02-01"]),
        (["January 31, 2024", "Feb 1 2024"], ["2024-01-31", "2024-02-01"]),
        (["45322", "45323"], ["2024-01-31", "2024-02-01"]),
        (["1/31/2024 11:30 PM", "2/1/2024 1:05 AM"], ["2024-01-31", "2024-02-01"]),
        (["20240131", "20240201"], ["2024-01-31", "2024-02-01"]),
        (["1/1/2024", "2/2/2024"], ["2024-01-01", "2024-02-02"]),
    ],
)
def test_dates(stage, write, values, expected) -> None:
    rows = [f'{n},Deal,Prospecting,1,"{value}"' for n, value in enumerate(values)]
    look = stage(write("deals.csv", table(rows)), as_of=DAY)
    found = look.rows("select deal_id, close_date::varchar from deal_change order by 1")
    assert [row[1] for row in found] == expected


def test_an_ambiguous_date_is_asked_for_and_the_mapping_answers(stage, write) -> None:
    path = write("deals.csv", table(["1,Deal,Prospecting,1,01/02/2024", "2,Deal,Prospecting,1,03/04/2024"]))
    with pytest.raises(BadInput, match=r"Close Date.*1 February 2024.*2 January 2024.*date_format"):
        stage(path, as_of=DAY)
    columns = 'deal_id="Opportunity ID"\nstage="Stage"\nclose_date="Close Date"\namount="Amount"'
    for order, day in (("dmy", "2024-02-01"), ("MM/DD/YYYY", "2024-01-02")):
        mapping = write("m.toml", f'[table]\ndate_format="{order}"\n[columns]\n{columns}\n')
        look = stage(path, mapping=mapping, as_of=DAY)
        assert look.one("select close_date::varchar from deal_change where deal_id = '1'") == day


def test_another_date_column_of_the_file_decides(stage, write) -> None:
    text = f"{HEAD},Created Date\n1,A,Prospecting,1,01/02/2024,13/01/2024\n"
    look = stage(write("deals.csv", text), as_of=DAY)
    assert look.one("select close_date::varchar from deal_change where not is_opening") == "2024-02-01"


def test_bad_cells_reject_their_rows_and_keep_the_others(stage, write) -> None:
    rows = [
        "1,Good,Prospecting,100,2024-07-01",
        "2,Bad,Prospecting,lots,2024-07-01",
        '3,"Two\nlines",Prospecting,100,2024-02-30',
        "4,Short,Prospecting",
        "5,Long,Prospecting,100,2024-07-01,more",
        ",No id,Prospecting,100,2024-07-01",
        "6,Good too,Prospecting,100,2024-07-01",
    ]
    look = stage(write("deals.csv", table(rows)), as_of=DAY)
    assert set(look.amounts()) == {"1", "6"}
    assert [(line, column) for line, column, _, _ in look.rejects()] == [
        (3, "Amount"),
        (4, "Close Date"),
        (6, ""),
        (7, ""),
        (8, "Opportunity ID"),
    ]
    assert "expected an amount such as 1234.50, got 'lots'" in look.rejects()[0][3]
    assert look.one("select rows_read from staged_file") == 7
    assert look.one("select line from deal where deal_id = '6' limit 1") == 9


def test_blank_lines_totals_and_footers_are_no_rows(stage, write) -> None:
    rows = [
        '"1","A","Prospecting","100","2024-07-01"',
        "",
        '"2","B","Prospecting","50","2024-07-01"',
        '"Total","","","150",""',
        "",
        '"Pipeline by rep"',
        '"Copyright (c) 2000-2024 salesforce.com, inc. All rights reserved."',
        '"Confidential Information - Do Not Distribute"',
        '"Generated By: A. Person 6/30/2024 3:04 PM"',
    ]
    look = stage(write("report.csv", table(rows)), as_of=DAY)
    assert look.one("select rows_read from staged_file") == 2
    assert look.rejects() == [] or [row[2] for row in look.rejects()] == []
    assert look.one("select line from deal_change where deal_id = '2' and not is_opening") == 4


def test_duplicates(stage, write) -> None:
    rows = [
        "1,A,Prospecting,100,2024-07-01",
        "1,A,Prospecting,100,2024-07-01",
        "2,B,Prospecting,100,2024-07-01",
        "2,B,Qualification,200,2024-07-01",
    ]
    look = stage(write("deals.csv", table(rows)), as_of=DAY)
    assert look.amounts() == {"1": "100.00", "2": "200.00"}
    assert [row[0] for row in look.rejects()] == [4]
    assert "line 5" in look.rejects()[0][3]


def test_workbook(stage, xlsx, tmp_path) -> None:
    rows: list[list[object]] = [
        ["Pipeline report"],
        [],
        HEAD.split(","),
        ["1", "A", "Prospecting", 1234.5, (45322,)],
        [2, "B", "Closed Won", 1000, (45323,)],
        [],
        ["Copyright (c) 2024"],
    ]
    look = stage(xlsx(tmp_path / "deals.xlsx", rows), as_of=DAY)
    assert look.amounts() == {"1": "1234.50", "2": "1000.00"}
    assert look.one("select rows_read from staged_file") == 2
    assert look.one("select line from deal where deal_id = '1' limit 1") == 4
    assert look.one("select close_date::varchar from deal_change where deal_id = '1'") == "2024-01-31"


def test_booleans_and_local_times(stage, write) -> None:
    text = "Id,Name,StageName,Amount,CloseDate,IsClosed,IsWon,CreatedDate,LastModifiedDate\n"
    rows = [("1", "TRUE", "1"), ("2", "wahr", "wahr"), ("3", "false", "0"), ("4", "Yes", "no")]
    for number, closed, won in rows:
        text += f"{number},A,Odd,10,2024-07-01,{closed},{won},2024-07-01 10:00,2024-07-02T10:00:00+02:00\n"
    look = stage(write("Opportunity.csv", text), time_zone="Europe/Berlin")
    states = look.rows(
        "select distinct deal_id, is_closed, is_won from deal_change where not is_opening order by 1"
    )
    assert states == [("1", True, True), ("2", True, True), ("3", False, False), ("4", True, False)]
    assert str(look.one("select distinct valid_at from deal where is_opening")) == "2024-07-01 08:00:00"
    assert str(look.one("select max(valid_at) from deal_work")) == "2024-07-02 08:00:00"


def test_a_folder_is_read_whole_and_clutter_is_left_alone(stage, write, tmp_path: Path) -> None:
    write("in/Opportunity.csv", "Id,StageName,CloseDate,Amount\n1,New,2024-07-01,5\n")
    write("in/deep/User.csv", "Id,Name,ManagerId\n005,Ann,\n")
    write("in/README.txt", "read me")
    write("in/.hidden.csv", "x")
    (tmp_path / "in" / "logo.png").write_bytes(b"\x89PNG....")
    look = stage(tmp_path / "in")
    assert look.one("select name from person where is_opening") == "Ann"
    assert look.one("select count(*) from staged_file") == 2


@pytest.mark.parametrize("name", ["[a-z]*.csv", "*.csv", "?ther.csv", "[o]ther.csv"])
def test_a_name_with_signs_of_a_pattern_is_that_file(stage, write, name) -> None:
    """DuckDB takes a path for a pattern; a file must never bring the rows of the one beside it."""
    write("other.csv", table(["9,Not named,Prospecting,100,2024-07-01"]))
    look = stage(write(name, table(["1,Named,Prospecting,100,2024-07-01"])), as_of=DAY)
    assert look.one("select distinct name from deal") == "Named"


def test_a_folder_called_like_a_column_brings_no_value(stage, write, tmp_path) -> None:
    """DuckDB would take `c1=...` in a path for the value of that column in every row."""
    (tmp_path / "c1=Not in the file").mkdir()
    path = write("c1=Not in the file/deals.csv", table(["1,In the file,Prospecting,100,2024-07-01"]))
    assert stage(path, as_of=DAY).one("select distinct name from deal") == "In the file"


def test_a_link_that_leads_out_of_a_folder_is_not_followed(stage, write, tmp_path) -> None:
    outside = write("outside.csv", table(["1,Outside,Prospecting,100,2024-07-01"]))
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "deals.csv").symlink_to(outside)
    with pytest.raises(BadInput, match="leads out of it"):
        stage(folder, as_of=DAY)
