"""Input that cannot be used gets one clear message: where, what was expected, what was found, what to do."""

from __future__ import annotations

import datetime as dt
import os
import stat
import zipfile
from pathlib import Path

import pytest

from analytics.intake import stage_files
from analytics.problems import BadInput

DEALS = "Opportunity ID,Opportunity Name,Stage,Amount,Close Date\n1,A,Prospecting,100,2024-07-01\n"
DAY = dt.date(2024, 6, 30)


def message(*paths: Path, **options: object) -> str:
    with pytest.raises(BadInput) as caught:
        stage_files(list(paths), **options)  # type: ignore[arg-type]
    text = str(caught.value)
    assert "\n" not in text
    return text


def test_nothing_there(tmp_path: Path, write) -> None:
    assert "no such file" in message(tmp_path / "missing.csv")
    assert "the file is empty" in message(write("empty.csv", ""))
    assert "the file is empty" in message(write("blank.csv", "\n\n \n"))
    (tmp_path / "folder").mkdir()
    assert "holds no table" in message(tmp_path / "folder")
    assert "no file was named" in message()


def test_a_folder_of_pictures(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name in ("a.png", "b.jpg"):
        (folder / name).write_bytes(b"\x89PNG\r\n")
    assert "2 other files (.jpg, .png)" in message(folder)


@pytest.mark.parametrize(
    ("head", "what"),
    [
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"%PDF-1.7", "PDF"),
        (b"PK\x03\x04aaaa", "zip"),
        (bytes(range(256)) * 20, "bytes that no text has"),
        (b"\xd0\xcf\x11\xe0", "Office"),
    ],
)
def test_binary_called_csv(tmp_path: Path, head: bytes, what: str) -> None:
    path = tmp_path / "deals.csv"
    path.write_bytes(head)
    text = message(path)
    assert "deals.csv" in text
    assert what in text


def test_other_columns(write) -> None:
    text = message(write("cats.csv", "cat,colour\nTom,grey\n"))
    assert "not recognised as a list of deals" in text
    assert "'cat', 'colour'" in text
    assert "mapping" in text
    assert "Opportunity" in message(write("User.csv", "Id,Name,ManagerId\n1,Ann,\n"))


def test_an_endless_line_is_refused_in_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    with path.open("wb") as file:
        file.write(DEALS.encode())
        file.seek(3_000_000_000)  # sparse: takes no room on the disk
        file.write(b"x")
    assert "long.csv" in message(path)
    path.write_bytes(DEALS.encode() + b"x" * 1_500_000)
    assert "line 3 is longer than" in message(path)


def test_a_quote_that_is_never_closed(stage, write) -> None:
    look = stage(
        write("deals.csv", DEALS + '2,"Open,Prospecting,100,2024-07-01\n3,B,New,1,2024-07-01\n'), as_of=DAY
    )
    assert look.amounts() == {"1": "100.00"}
    assert "closes on line" in look.rejects()[0][3]
    endless = DEALS + '2,"' + "x\n" * 2_500_000
    assert "longer than a row can be" in message(write("endless.csv", endless), as_of=DAY)


def test_zip_bombs_and_nested_zips(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("deals.csv", "w") as entry:
        for _ in range(100):
            entry.write(b"0" * 1_000_000)
    assert "suspicious size" in message(bomb)
    nested = tmp_path / "nested.zip"
    with zipfile.ZipFile(nested, "w") as archive:
        archive.write(bomb, "inner.zip")
    assert "archive inside of an archive" in message(nested)
    many = tmp_path / "many.zip"
    with zipfile.ZipFile(many, "w") as archive:
        for number in range(10_001):
            archive.writestr(f"{number}.csv", "")
    assert "too many entries" in message(many)
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"PK\x03\x04 no zip")
    assert "cannot be opened" in message(broken)


def test_a_zip_cannot_write_outside(stage, tmp_path: Path) -> None:
    path = tmp_path / "in" / "export.zip"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../evil.csv", DEALS)
        archive.writestr("/abs.csv", DEALS)
        archive.writestr("good/deals.csv", DEALS)
        archive.writestr("__MACOSX/deals.csv", "junk")
    look = stage(path, as_of=DAY)
    assert look.rows("select file from staged_file") == [("export.zip/good/deals.csv",)]
    assert not (tmp_path.parent / "evil.csv").exists()


def test_workbooks(tmp_path: Path, xlsx) -> None:
    path = tmp_path / "huge.xlsx"
    xlsx(path, [["Opportunity ID", "Stage"]], far_cell="XFD1048576")
    assert "spans too many cells" in message(path)
    locked = tmp_path / "locked.xlsx"
    locked.write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"))
    assert "encrypted" in message(locked)
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"no workbook")
    assert "cannot be opened" in message(broken)
    empty = tmp_path / "empty.xlsx"
    empty.write_bytes(b"")
    assert "empty" in message(empty)
    assert "empty" in message(xlsx(tmp_path / "blank.xlsx", [[]]))
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", "0" * 80_000_000)
    assert "suspicious size" in message(bomb)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_unreadable(write) -> None:
    path = write("deals.csv", DEALS)
    path.chmod(stat.S_IWUSR)
    assert "cannot be read" in message(path)


def test_kinds(write) -> None:
    path = write("deals.csv", DEALS)
    assert "not recognised" in message(write("t.csv", "a,b,c\n1,2,3\n"), kind="pipedrive")
    assert "no Word document" in message(path, kind="blue-sheets")
    assert "unknown kind" in message(path, kind="letters")
    assert "unknown time zone" in message(path, time_zone="Mars/Base")
    assert "'question' is missing" in message(write("a.csv", "deal_id,answer\n1,x\n"), kind="answers")


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("[table", "not valid TOML"),
        ("[tables]\n", "unknown section [tables]"),
        ('[columns]\nstadge="Stage"\n', "does not know 'stadge'"),
        ('[columns]\ndeal_id="Nope"\n', "no column 'Nope'"),
        ('[columns]\nstage="Stage"\n', "no column identifies the deal"),
        ('[table]\ndate_format="?"\n[columns]\ndeal_id="Opportunity ID"\n', "date_format is not understood"),
        ('[table]\nas_of="soon"\n[columns]\ndeal_id="Opportunity ID"\n', "as_of is not a date"),
        (
            '[columns]\ndeal_id="Opportunity ID"\nstage="Stage"\n[stages.Won]\nwon=true\n',
            "'Prospecting': 1 deals",
        ),
        ('[columns]\ndeal_id="Opportunity ID"\n[owners]\nfile="o.csv"\nname="n"\n', "'o.csv'"),
        ('[columns]\ndeal_id="Opportunity ID"\n[categories]\nx="Sure"\n', "category of 'x' is unknown"),
    ],
)
def test_mapping_files(write, text: str, part: str) -> None:
    assert part in message(write("deals.csv", DEALS), mapping=write("m.toml", text), as_of=DAY)


def test_money_in_unknown_stages_is_named(write) -> None:
    mapping = write(
        "m.toml", '[columns]\ndeal_id="Opportunity ID"\nstage="Stage"\namount="Amount"\n[stages.Won]\n'
    )
    assert "worth 100.00" in message(write("deals.csv", DEALS), mapping=mapping, as_of=DAY)
