"""Uploads on disk, and rejected rows as a file that can be corrected."""

from __future__ import annotations

import csv
import gc
import io
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from analytics.import_files import REASON, UploadFolder, corrected, rows_to_fix
from analytics.problems import BadInput


def rejects(*rows: tuple[str, int, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["file", "line", "column_name", "reason"])


def read(content: bytes, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=delimiter))


def test_a_session_that_ends_leaves_no_upload_behind() -> None:
    uploads = UploadFolder()
    path, same_name = uploads.keep([("a.csv", b"x"), ("a.csv", b"y")])
    assert (path.read_bytes(), same_name.read_bytes()) == (b"x", b"y")
    folder = uploads.path
    del uploads
    gc.collect()
    assert not folder.exists()


def test_new_uploads_take_the_place_of_those_before() -> None:
    uploads = UploadFolder()
    (first,) = uploads.keep([("a.csv", b"x")])
    (second,) = uploads.keep([("b.csv", b"y")])
    assert not first.exists()
    assert second.exists()


def test_an_upload_cannot_leave_its_folder() -> None:
    uploads = UploadFolder()
    (path,) = uploads.keep([("../../etc/evil.csv", b"x")])
    assert path.is_relative_to(uploads.path)
    assert path.name == "evil.csv"


@pytest.mark.parametrize(("name", "content"), [("a.pdf", b"x"), ("a", b"x"), ("a.csv", b"")])
def test_an_upload_of_no_use_is_refused_with_what_to_do(name: str, content: bytes) -> None:
    uploads = UploadFolder()
    (kept,) = uploads.keep([("good.csv", b"x")])
    with pytest.raises(BadInput, match=name) as told:
        uploads.keep([(name, content)])
    assert told.value.to_do
    assert kept.exists()  # nothing was replaced


def test_an_upload_of_no_use_does_not_hold_up_the_others() -> None:
    uploads = UploadFolder()
    (kept,) = uploads.keep([("empty.csv", b""), ("good.csv", b"x")])
    assert kept.name == "good.csv"
    assert [problem.where for problem in uploads.refused] == ["empty.csv"]
    uploads.keep([("good.csv", b"x")])
    assert uploads.refused == []


def test_rejected_rows_come_back_as_they_were_written_with_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_text('Title above\nId;Name;Amount\n1;"two\nlines";5\n2;b;x\n3;=cmd();-7\n', encoding="utf-8")
    found = rows_to_fix(
        [path], rejects(("deals.csv", 5, "Amount", "no number"), ("deals.csv", 6, "", "too odd"))
    )
    (file,) = found
    assert (file.name, file.rows) == ("deals.csv", 2)
    assert read(file.content, ";") == [  # separated as the file was: its reader's Excel expects that
        ["Id", "Name", "Amount", REASON],
        ["2", "b", "x", "Amount: no number"],
        ["3", "'=cmd()", "-7", "too odd"],  # a formula is made plain, a number stays one
    ]


def test_rows_of_a_file_in_a_zip_are_found(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("x/deals.csv", "Id,Name,Amount\n1,a,5\n2,b,x\n")
    (file,) = rows_to_fix([tmp_path / "all.zip"], rejects(("all.zip/x/deals.csv", 3, "Amount", "bad")))
    assert read(file.content)[1:] == [["2", "b", "x", "Amount: bad"]]


def test_no_rejects_no_file(tmp_path: Path) -> None:
    (tmp_path / "deals.csv").write_text("Id,Name\n1,a\n")
    assert rows_to_fix([tmp_path / "deals.csv"], rejects()) == []


def test_what_kept_a_cell_from_running_is_gone_when_it_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_text('Id;Name;Amount\n1;-Alpha;x\n2;"\'s; \nfirst";y\n', encoding="utf-8")
    (file,) = rows_to_fix([path], rejects(("deals.csv", 2, "Amount", "a"), ("deals.csv", 3, "Amount", "b")))
    assert read(file.content, ";")[1][1] == "'-Alpha"
    back = read(corrected(file.name, file.content), ";")
    assert [row[1] for row in back[1:]] == ["-Alpha", "'s; \nfirst"]
    assert corrected("deals.csv", b"Id,Name\n1,'-a\n") == b"Id,Name\n1,'-a\n"  # not one of ours


def test_a_header_or_a_carriage_return_runs_no_more_than_a_cell(tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_bytes(b'Id,=cmd(),Amount\r\n1,"a\r=cmd()",x\r\n')
    (file,) = rows_to_fix([path], rejects(("deals.csv", 2, "=cmd()", "bad")))
    assert b"\r" not in file.content
    assert read(file.content) == [
        ["Id", "'=cmd()", "Amount", REASON],
        ["1", "a\n'=cmd()", "x", "'=cmd(): bad"],
    ]
    assert read(corrected(file.name, file.content))[0][1] == "=cmd()"


def test_two_files_of_one_name_are_told_apart(tmp_path: Path) -> None:
    for folder, cell in (("east", "5"), ("west", "x")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "deals.csv").write_text(f"Id,Name,Amount\n1,a,{cell}\n")
    paths = [tmp_path / folder / "deals.csv" for folder in ("east", "west")]
    (file,) = rows_to_fix(paths, rejects(("deals.csv (2)", 2, "Amount", "bad")))
    assert (file.name, file.rows, read(file.content)[1][2]) == ("deals.csv", 1, "x")
