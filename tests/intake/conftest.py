"""Helpers of the intake tests: write files, stage them, look at what was staged."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analytics.intake import stage_files
from analytics.store.staging import Staging
from analytics.store.subjects import SUBJECTS


class Look:
    """What a staging holds."""

    def __init__(self, staging: Staging) -> None:
        self.staging = staging

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.staging.con.execute(sql).fetchall()

    def one(self, sql: str) -> Any:
        rows = self.rows(sql)
        assert len(rows) == 1, rows
        return rows[0] if len(rows[0]) > 1 else rows[0][0]

    def rejects(self) -> list[tuple[Any, ...]]:
        return self.rows("select line, column_name, value, reason from staged_reject order by file_no, line")

    def amounts(self) -> dict[str, str | None]:
        """The amounts of the deals' last states."""
        rows = self.rows(
            "select deal_id, arg_max(struct_pack(a := amount), (valid_at, seq)) from deal_change group by 1"
        )
        return {deal: None if value["a"] is None else str(value["a"]) for deal, value in rows}

    def adds_up(self) -> None:
        """Each row read is staged, or rejected, or neither (unchanged); never both."""
        staged = " union ".join(
            f"select file_no, line from {name} where line is not null" for name in SUBJECTS
        )
        assert self.rows(f"select * from ({staged}) intersect select file_no, line from staged_reject") == []
        for file_no, read in self.rows("select file_no, rows_read from staged_file"):
            both = self.one(
                f"select count(*) from ((select * from ({staged}) where file_no = {file_no})"
                f" union select distinct file_no, line from staged_reject where file_no = {file_no})"
            )
            assert both <= read


@pytest.fixture
def stage() -> Callable[..., Look]:
    """Stage files and check that the counts add up."""

    def run(*paths: Path, **options: Any) -> Look:
        look = Look(stage_files(list(paths), **options))
        look.adds_up()
        return look

    return run


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a text file."""

    def run(name: str, text: str, encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode(encoding))
        return path

    return run


def column_letters(number: int) -> str:
    letters = ""
    while number >= 0:
        letters = chr(65 + number % 26) + letters
        number = number // 26 - 1
    return letters


def write_xlsx(path: Path, rows: list[list[object]], *, far_cell: str | None = None) -> Path:
    """A minimal workbook; dates are given as serial numbers with style 1."""
    lines = []
    for number, row in enumerate(rows, 1):
        cells = []
        for place, value in enumerate(row):
            where = f"{column_letters(place)}{number}"
            if value is None:
                continue
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                cells.append(f'<c r="{where}"><v>{value}</v></c>')
            elif isinstance(value, tuple):  # a date: (serial,)
                cells.append(f'<c r="{where}" s="1"><v>{value[0]}</v></c>')
            else:
                cells.append(f'<c r="{where}" t="inlineStr"><is><t>{value}</t></is></c>')
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    if far_cell:
        digits = "".join(c for c in far_cell if c.isdigit())
        lines.append(f'<row r="{digits}"><c r="{far_cell}"><v>1</v></c></row>')
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{package}/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/></Types>',
        )
        book.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
            f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        book.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
            '<sheet name="Deals" sheetId="1" r:id="rId1"/>'
            "</sheets></workbook>",
        )
        book.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
            f'Type="{office}/worksheet" '
            f'Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="{office}/styles" '
            'Target="styles.xml"/></Relationships>',
        )
        book.writestr(
            "xl/styles.xml",
            f'<styleSheet xmlns="{main}"><cellXfs count="2"><xf numFmtId="0"/>'
            '<xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>',
        )
        book.writestr(
            "xl/worksheets/sheet1.xml",
            f'<worksheet xmlns="{main}"><sheetData>{"".join(lines)}</sheetData></worksheet>',
        )
    return path


@pytest.fixture
def xlsx() -> Callable[..., Path]:
    """Write a workbook."""
    return write_xlsx


@pytest.fixture
def shared() -> Path:
    """The folder with outside data; tests that need it skip where it is absent."""
    folder = Path(__file__).parents[3] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"the outside data is not here ({folder})")
    return folder
