"""Files that are made to fill the memory, the disk or the hour: refused in words, in bounded memory."""

from __future__ import annotations

import resource
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from analytics.business_case.blue_sheets.package import Package
from analytics.import_files import UploadFolder
from analytics.intake import stage_files
from analytics.problems import BadInput
from analytics.zips import MAX_LIST

ROOT = Path(__file__).parents[2]
#: The process that reads may take so much memory, in all.
ROOM = 3 * 1024**3
_NAMES = "".join(
    f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text")
)
_ODS = (
    f'<?xml version="1.0"?><office:document-content{_NAMES}><office:body><office:spreadsheet>'
    '<table:table table:name="S">{rows}</table:table>'
    "</office:spreadsheet></office:body></office:document-content>"
)
_TEXT = "a text that takes room"
_CELL = f'<table:table-cell office:value-type="string"{{more}}><text:p>{_TEXT}</text:p></table:table-cell>'


def pack(path: Path, **parts: str | bytes) -> Path:
    """A zip of these entries."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def ods_full(folder: Path) -> Path:
    """A kilobyte that asks for 100 million cells with texts."""
    cell = _CELL.format(more=' table:number-columns-repeated="1000"')
    row = f'<table:table-row table:number-rows-repeated="100000">{cell}</table:table-row>'
    return _ods(folder, row)


def ods_far(folder: Path) -> Path:
    """Two cells, as far apart as can be: the reader makes room for all between them."""
    gap = '<table:table-cell table:number-columns-repeated="9000"/>'
    first = f"<table:table-row>{_CELL.format(more='')}</table:table-row>"
    empty = '<table:table-row table:number-rows-repeated="10000"><table:table-cell/></table:table-row>'
    return _ods(folder, f"{first}{empty}<table:table-row>{gap}{_CELL.format(more='')}</table:table-row>")


def ods_of_another_name(folder: Path) -> Path:
    """The same, but the names stand for something else: the reader does not mind."""
    path = ods_full(folder)
    with zipfile.ZipFile(path) as archive:
        content = archive.read("content.xml").replace(
            b"urn:oasis:names:tc:opendocument:xmlns:table:1.0", b"urn:x"
        )
    return pack(
        path, **{"content.xml": content.replace(b'repeated="1000"', b'repeated="+00000000000001000"')}
    )


def ods_without_names(folder: Path) -> Path:
    """The same, but nobody says what the names stand for."""
    path = ods_full(folder)
    with zipfile.ZipFile(path) as archive:
        content = archive.read("content.xml").replace(b"xmlns:table", b"xmlns:other")
    return pack(path, **{"content.xml": content})


def _ods(folder: Path, rows: str) -> Path:
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    parts = {"mimetype": kind, "META-INF/manifest.xml": manifest, "content.xml": _ODS.format(rows=rows)}
    return pack(folder / "bomb.ods", **parts)


def xlsb_far(folder: Path) -> Path:
    """The same in the binary kind of workbook."""
    main, kinds = "http://schemas.openxmlformats.org", "officeDocument/2006/relationships"
    relation = f'<Relationship Id="rId1" Type="{main}/{kinds}/worksheet" Target="worksheets/sheet1.bin"/>'
    relations = f'<Relationships xmlns="{main}/package/2006/relationships">{relation}</Relationships>'
    name, rid = "S".encode("utf-16-le"), "rId1".encode("utf-16-le")
    sheet = bytes(4) + (1).to_bytes(4, "little") + (4).to_bytes(4, "little") + rid
    sheet += (1).to_bytes(4, "little") + name
    book = record(131) + record(143) + record(156, sheet) + record(144) + record(132)
    rows = b"".join(
        record(0, row.to_bytes(4, "little") + bytes(21)) + record(5, column.to_bytes(4, "little") + bytes(12))
        for row, column in [(0, 0), (10_000, 9_000)]
    )
    extent = record(148, bytes(16))
    content = record(129) + extent + record(145) + rows + record(146) + record(130)
    return pack(
        folder / "bomb.xlsb",
        **{
            "xl/_rels/workbook.bin.rels": relations,
            "xl/workbook.bin": book,
            "xl/worksheets/sheet1.bin": content,
        },
    )


def record(kind: int, content: bytes = b"") -> bytes:
    """A record of a binary workbook."""
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    return head + bytes([len(content)]) + content


def xlsx_entities(folder: Path) -> Path:
    """A billion laughs in the strings of a workbook."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(10))
    strings = f"<!DOCTYPE sst [{laughs}]><sst><si><t>&l9;</t></si></sst>"
    sheet = '<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData></worksheet>'
    book = '<workbook xmlns:r="r"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>'
    relations = (
        '<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/'
        '2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    )
    return pack(
        folder / "laughs.xlsx",
        **{
            "xl/workbook.xml": book,
            "xl/_rels/workbook.xml.rels": relations,
            "xl/worksheets/sheet1.xml": sheet,
            "xl/sharedStrings.xml": strings,
        },
    )


def a_million_entries(folder: Path, name: str = "many.zip") -> Path:
    """A zip whose list names one empty file a million times."""
    one = folder / "one.zip"
    with zipfile.ZipFile(one, "w") as archive:
        archive.writestr("a.csv", "")
    content = one.read_bytes()
    start, end = content.index(b"PK\x01\x02"), content.index(b"PK\x05\x06")
    listed = content[start:end] * 1_000_000
    tail = content[end : end + 12] + len(listed).to_bytes(4, "little") + content[end + 16 :]
    path = folder / name
    path.write_bytes(content[:start] + listed + tail)
    return path


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (ods_full, "too many cells"),
        (ods_far, "too many cells"),
        (ods_of_another_name, "too many cells"),
        (ods_without_names, "cannot be opened"),
        (xlsb_far, "too many cells"),
        (xlsx_entities, ""),
        (a_million_entries, "too many entries"),
    ],
)
def test_a_bomb_is_refused_in_bounded_memory(
    tmp_path: Path, make: Callable[[Path], Path], words: str
) -> None:
    path = make(tmp_path)
    said = _read(path)
    assert words in said, said
    assert "panicked" not in said
    assert "lollollol" not in said


def _read(path: Path) -> str:
    """What reading says, in a process of its own that may not take more than ROOM."""
    command = [sys.executable, "-m", "analytics", "--store", str(path.with_suffix(".duckdb")), "import"]
    done = subprocess.run(
        [*command, str(path), "--as-of", "2026-01-05"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (ROOM, ROOM)),
    )
    assert done.returncode == 2, (done.returncode, done.stderr[-2000:])
    return done.stderr


def test_a_list_of_entries_is_bounded_in_books_and_documents_too(tmp_path: Path) -> None:
    book = a_million_entries(tmp_path, "many.xlsx")
    with pytest.raises(BadInput, match="too many entries"):
        stage_files([book])
    with pytest.raises(BadInput, match="too many entries"):
        Package(book.read_bytes(), "many.docx")
    assert book.stat().st_size > MAX_LIST


def test_a_sheet_that_is_not_full_is_read(tmp_path: Path) -> None:
    """What LibreOffice writes: empty rows and columns up to the very end, formatted but without anything."""
    names, values = (
        ("Opportunity ID", "Stage", "Amount", "Close Date"),
        ("D1", "Propose", "100", "2026-03-30"),
    )
    rows = "".join(f"<table:table-row>{_cells(texts)}</table:table-row>" for texts in (names, values))
    empty = '<table:table-cell table:number-columns-repeated="16384"/>'
    rows += f'<table:table-row table:number-rows-repeated="1048574">{empty}</table:table-row>'
    staging = stage_files([_ods(tmp_path, rows)], as_of=date(2026, 1, 5))
    assert staging.con.execute("select sum(rows_read) from staged_file").fetchone() == (1,)


def _cells(texts: tuple[str, ...]) -> str:
    return "".join(
        f'<table:table-cell office:value-type="string"><text:p>{one}</text:p></table:table-cell>'
        for one in texts
    )


def test_uploads_of_one_session_are_bounded() -> None:
    folder = UploadFolder()
    with pytest.raises(BadInput, match="too many files"):
        folder.keep((f"{number}.csv", b"a") for number in range(1_001))
    assert not list(folder.path.iterdir())
    folder.keep([("a.csv", b"a,b\n1,2\n")])
    assert len(list(folder.path.iterdir())) == 1
