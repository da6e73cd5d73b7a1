"""What fuzzing found, each as its smallest example (tests/fuzz)."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path

import pytest

from analytics.intake.mapping import mapping_of
from analytics.intake.mapping_text import text_of
from analytics.problems import BadInput
from tests.intake.conftest import write_xlsx

HEAD = "Deal ID,Deal Name,Stage,Amount,Close Date\n"
ROW = "1,A,New,1,2024-01-31\n"
COLUMNS = '[columns]\ndeal_id = "Deal ID"\nstage = "Stage"\namount = "Amount"\nclose_date = "Close Date"\n'
DAY = dt.date(2024, 6, 30)


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        (COLUMNS + '[stages."New"]\norder = "first"\n', "whole number"),
        (COLUMNS + '[stages."New"]\norder = inf\n', "whole number"),
        (COLUMNS + '[stages."New"]\norder = 99999999999\n', "whole number"),
        ('[table]\nencoding = "zlib"\n' + COLUMNS, "unknown encoding"),
        ('[table]\nencoding = "rot13"\n' + COLUMNS, "unknown encoding"),
        ("a = " + "[" * 5000, "not valid TOML"),
        ("a = " + "9" * 5000, "not valid TOML"),
    ],
)
def test_an_odd_mapping_is_one_message(stage, write, rules, message) -> None:
    with pytest.raises(BadInput, match=message):
        stage(write("deals.csv", HEAD + ROW), mapping=write("rules.toml", rules), as_of=DAY)


@pytest.mark.parametrize(
    "day",
    [
        "0/5/2024",  # no day, and no question about it
        "05/13/0000",
        "0000-01-01",
        "2024-01-31 (BC)",
        "2024-01-31 10:00:00 America/New_York",
        "2024-01-31 10:00:00 NZ",
        "2024-01-31T10:0:00Z",
    ],
)
def test_a_day_that_nobody_means_is_rejected(stage, write, day) -> None:
    look = stage(write("deals.csv", HEAD + ROW + f"2,B,New,1,{day}\n"), as_of=DAY)
    assert [row[:3] for row in look.rejects()] == [(3, "Close Date", day)]
    assert look.amounts() == {"1": "1.00"}


@pytest.mark.parametrize("day", ["9999-12-31", "0000-01-01", "2024-01-31 (BC)"])
def test_a_snapshot_of_an_impossible_day_is_rejected(stage, write, day) -> None:
    head = "Deal ID,Stage,Amount,Snapshot Date\n"
    path = write("deals.csv", f"{head}1,New,5,{day}\n2,New,6,2024-06-30\n")
    look = stage(path, time_zone="America/New_York")
    assert [row[0] for row in look.rejects()] == [2]
    assert look.amounts() == {"2": "6.00"}


def test_an_amount_that_reads_two_ways_is_asked_for_also_with_a_sign(stage, write) -> None:
    for written in ("+1.234", "-1.234"):
        with pytest.raises(BadInput, match="decimal sign"):
            stage(write("deals.csv", HEAD + f"1,A,New,{written},2024-01-31\n"), as_of=DAY)
    export = 'Id,StageName,Amount,CloseDate\n1,New,"1.234 ",2024-01-31\n'
    with pytest.raises(BadInput, match="decimal sign"):
        stage(write("Opportunity.csv", export), as_of=DAY)


def test_a_damaged_zip_is_one_message(stage, tmp_path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", (HEAD + ROW) * 50)
    damaged = bytearray(out.getvalue())
    damaged[45:55] = b"\xff" * 10
    (tmp_path / "a.zip").write_bytes(damaged)
    with pytest.raises(BadInput, match="cannot be opened"):
        stage(tmp_path / "a.zip")


def test_a_deal_with_the_company_total_is_no_total(stage, write) -> None:
    head = "Account,Deal Name,Stage,Amount,Close Date,Owner,Type,Next Step\n"
    path = write("deals.csv", f"{head}Total,Drilling,New,5,,,,\nTotal,,,5,,,,\nGrand Total,,USD,5,,,,\n")
    look = stage(path, as_of=DAY)
    assert look.amounts() == {"Total · Drilling": "5.00"}
    assert look.one("select rows_read from staged_file") == 1


def test_hubspot_contacts_without_a_full_name(stage, write) -> None:
    deals = write("deals.csv", "Record ID,Deal Name,Deal Stage,Amount,Close Date\n1,A,New,5,2024-07-01\n")
    people = write("people.csv", "Record ID,First Name,Last Name\n7,Ann,Bell\n")
    roles = write("roles.csv", "Deal ID,Contact ID\n1,7\n")
    look = stage(deals, people, roles, kind="hubspot", as_of=DAY)
    assert look.one("select name from stakeholder") == "Ann Bell"


def test_an_entry_without_a_name_is_left_alone(stage, tmp_path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("deals.csv", HEAD + ROW)
        nameless = zipfile.ZipInfo("x")
        nameless.filename = ""
        with archive.open(nameless, "w") as entry:
            entry.write(b"x")
    assert stage(tmp_path / "a.zip", as_of=DAY).amounts() == {"1": "1.00"}


@pytest.mark.parametrize("place", [' r="ZZZZ9"', " r='A99999999'", ' r = "XFD1048576"'])
def test_a_cell_beyond_any_sheet_is_soon_an_answer(stage, xlsx, tmp_path, place) -> None:
    usual = xlsx(tmp_path / "usual.xlsx", [["Deal ID", "Stage", "Amount"], ["1", "New", 5]])
    odd = tmp_path / "deals.xlsx"
    with zipfile.ZipFile(usual) as book, zipfile.ZipFile(odd, "w") as made:
        for entry in book.namelist():
            content = book.read(entry)
            if entry.endswith("sheet1.xml"):
                content = content.replace(
                    b"</sheetData>", f"<row><c{place}><v>1</v></c></row></sheetData>".encode()
                )
            made.writestr(entry, content)
    with pytest.raises(BadInput, match="too many cells"):
        stage(odd, as_of=DAY)


def test_a_mapping_that_is_written_down_is_read_as_the_same() -> None:
    text = (
        '[columns]\ndeal_id = "a"\n[stages."A"]\norder = 0\n'
        '[stages."B"]\nwon = true\nclosed = false\norder = 1\n'
    )
    read = mapping_of(text, Path("rules.toml"))
    assert mapping_of(text_of(read), Path("rules.toml")).stages == read.stages


@pytest.mark.parametrize("amount", ["ACV", "Deal Value"])
def test_amounts_under_another_name_make_it_no_hubspot_file(stage, write, amount) -> None:
    head = f"Record ID,Deal Name,Deal Stage,{amount},Close Date\n"
    look = stage(write("deals.csv", head + "1,A,New,5,2024-01-31\n"), as_of=DAY)
    assert look.amounts() == {"1": "5.00"}


def test_text_of_a_workbook_may_have_groups_of_three_and_its_numbers_have_decimals(stage, tmp_path) -> None:
    head = ["Deal ID", "Stage", "Amount", "Close Date"]
    text = write_xlsx(tmp_path / "text.xlsx", [head, ["1", "New", "1.157", "2024-01-31"]])
    with pytest.raises(BadInput, match="decimal"):
        stage(text, as_of=DAY)
    number = write_xlsx(tmp_path / "number.xlsx", [head, ["1", "New", 1.157, "2024-01-31"]])
    assert stage(number, as_of=DAY).amounts() == {"1": "1.16"}


def test_a_workbook_whose_parts_would_begin_before_the_file_cannot_be_opened(stage, tmp_path) -> None:
    book = write_xlsx(tmp_path / "deals.xlsx", [["Deal ID", "Stage", "Amount"], ["1", "New", "5"]])
    packed = bytearray(book.read_bytes())
    end = packed.rindex(b"PK\x05\x06")
    begins = int.from_bytes(packed[end + 16 : end + 20], "little")
    packed[end + 16 : end + 20] = (begins + 100).to_bytes(4, "little")
    book.write_bytes(packed)
    with pytest.raises(BadInput, match="cannot be opened"):
        stage(book, as_of=DAY)
