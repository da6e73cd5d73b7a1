"""Targets below the readers: text as a table, workbooks, zips, Word documents, mapping files."""

from __future__ import annotations

import contextlib
import io
import tempfile
import zipfile
from pathlib import Path

from atheris import FuzzedDataProvider

from analytics.business_case.blue_sheets.reading import read_sheet
from analytics.intake import raw, stage_files
from analytics.intake.files import SHEET_SUFFIXES, TABLE_SUFFIXES, Source, find
from analytics.intake.mapping import mapping_of
from analytics.intake.mapping_text import text_of
from analytics.intake.sniff import ReadOptions
from analytics.store.staging import Staging
from tests.fuzz.invariants import check
from tests.fuzz.pieces import CELLS, cell
from tests.fuzz.tables import lines_of

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def _first(data: bytes) -> tuple[int, bytes]:
    """The first byte, which says what is made of the others, and the others."""
    return (data[0] if data else 0), data[1:]


def text(data: bytes) -> None:
    """Bytes as a text table. The quick way of loading must give the rows that the careful way gives."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as name:
        folder = Path(name)
        (folder / "t.csv").write_bytes(data)
        found = raw.probe(Source(folder / "t.csv", "t.csv"), folder, ReadOptions())
        assert 0 <= found.header_record < found.header_line <= lines_of(data), found
        staging = Staging()
        try:
            read = []
            for number in (1, 2):
                staging.add_file("t.csv", "table", "", lines_of(data))
                table = raw.RawTable(found, f"raw_{number}", number, columns=list(range(len(found.header))))
                if number == 1:
                    if found.header_record or not raw._fast(staging.con, found, table):
                        continue
                else:
                    raw._slow(staging.con, found, table, folder)
                read.append(staging.con.execute(f"select * from {table.name} order by line").fetchall())
            check(staging)
            lines = [row[0] for row in read[-1]]
            assert len(set(lines)) == len(lines), "two rows of one line"
            assert all(found.header_line < line <= lines_of(data) for line in lines), (
                "a line that is not there"
            )
            if len(read) == 2:
                assert not staging.con.execute("select * from staged_reject").fetchall(), (
                    "lost by the quick way"
                )
                assert read[0] == read[1], f"quick {read[0]} careful {read[1]}"
        finally:
            staging.con.close()


def mapping(data: bytes) -> None:
    """A mapping file; what is written down from one is read as the same."""
    read = mapping_of(data.decode("utf-8", "replace"), Path("rules.toml"))
    if read.columns:
        again = mapping_of(text_of(read), Path("rules.toml"))
        assert (again.columns, again.stages, again.categories) == (read.columns, read.stages, read.categories)


def workbook(data: bytes) -> None:
    """A workbook: bytes as they are under some suffix, a sheet's raw XML, or odd cells."""
    first, body = _first(data)
    suffix = ".xlsx"
    if first % 3 == 0:
        suffix = (".xlsx", ".xls", ".ods", ".xlsb", ".xlsm")[first // 3 % 5]
        content = body
    else:
        sheet = body.decode("utf-8", "replace") if first % 3 == 1 else _sheet(FuzzedDataProvider(body))
        content = book(sheet)
    with tempfile.TemporaryDirectory(prefix="fuzz-") as name:
        path = Path(name) / f"deals{suffix}"
        path.write_bytes(content)
        staging = stage_files([path], kind="table")
        try:
            check(staging)
        finally:
            staging.con.close()


def _sheet(fdp: FuzzedDataProvider) -> str:
    """A sheet of odd cells below a usual header."""
    rows = [
        "<row>"
        + "".join(f'<c t="str"><v>{h}</v></c>' for h in ("Deal ID", "Stage", "Amount", "Close Date"))
        + "</row>"
    ]
    for _ in range(fdp.ConsumeIntInRange(0, 5)):
        cells = ""
        for _ in range(fdp.ConsumeIntInRange(0, 6)):
            kind = fdp.PickValueInList(["n", "str", "inlineStr", "b", "e", "d", "s", "zz"])
            where = fdp.PickValueInList(["", "", ' r="C3"', ' r="XFD1048576"', ' r="A0"', ' r="ZZZZ9"'])
            style = fdp.PickValueInList(["", "", ' s="1"', ' s="99"'])
            value = cell(fdp).replace("&", "&amp;").replace("<", "&lt;")
            inner = f"<is><t>{value}</t></is>" if kind == "inlineStr" else f"<v>{value}</v>"
            cells += f'<c t="{kind}"{where}{style}>{inner}</c>'
        rows.append(f"<row>{cells}</row>")
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(rows)}</sheetData></worksheet>'


def book(sheet: str) -> bytes:
    """A workbook with this sheet."""
    parts = {
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r" Type='
        f'"{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="Deals" sheetId="1" r:id="r"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r"'
        f' Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><cellXfs count="2"><xf numFmtId="0"/>'
        '<xf numFmtId="14"/></cellXfs></styleSheet>',
        "xl/worksheets/sheet1.xml": sheet,
    }
    return packed(parts)


def packed(parts: dict[str, str]) -> bytes:
    """A zip of these parts, not compressed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content.encode("utf-8", "replace"))
    return out.getvalue()


def word(data: bytes) -> None:
    """A Word document: bytes as they are, raw XML as its body, or odd paragraphs and tables."""
    first, raw_ = _first(data)
    if first % 3 == 0:
        content = raw_
    else:
        body = raw_.decode("utf-8", "replace") if first % 3 == 1 else _blocks(FuzzedDataProvider(raw_), 0)
        content = document(body)
    sheet = read_sheet(content, "sheet.docx")
    numbers = {paragraph.number for paragraph in sheet.paragraphs}
    assert len(numbers) == len(sheet.paragraphs), "two paragraphs of one number"
    assert set(sheet.unplaced) <= numbers, "an unplaced paragraph that is not there"
    assert all(fact.paragraph in numbers and fact.last_paragraph in numbers for fact in sheet.facts), (
        sheet.facts
    )


_LABELS = (
    *(
        "Blue Sheet",
        "Account:",
        "Opportunity: ",
        "Amount",
        "Close date: 31.12.2024",
        "Single Sales Objective",
    ),
    *(
        "Economic Buyer",
        "Champion: J. Doe",
        "Role",
        "Mode: Growth",
        "Degree of influence High",
        "Red flags",
        "Rating +3",
    ),
    *(
        "Strengths",
        "Win results",
        "Next action",
        "Metrics",
        "Decision criteria",
        "Who",
        "By when 1/2/2024",
        "☒ User Buyer",
    ),
    *(
        "☐ Coach",
        "[yes]",
        "Competition",
        "Ideal customer",
        "Information needed",
        "Date: 2024-01-31",
        "0061x00000AbCdEAAA",
    ),
)


def _blocks(fdp: FuzzedDataProvider, depth: int) -> str:
    """Paragraphs, tables and controls in each other."""
    out = ""
    for _ in range(fdp.ConsumeIntInRange(0, 6)):
        kind = fdp.ConsumeIntInRange(0, 8)
        inside = _blocks(fdp, depth + 1) if depth < 4 and kind in (5, 6, 7) else ""
        run = fdp.PickValueInList(list(_LABELS)) if fdp.ConsumeIntInRange(0, 3) else cell(fdp)
        run = run.replace("&", "&amp;").replace("<", "&lt;")
        paragraph = f"<w:p><w:r><w:t>{run}</w:t></w:r></w:p>"
        if kind == 4:
            look = '<w:pPr><w:pStyle w:val="Heading1"/><w:numPr/></w:pPr>'
            paragraph = f"<w:p>{look}<w:r><w:rPr><w:b/></w:rPr><w:t>{run}</w:t><w:tab/><w:br/></w:r></w:p>"
        if kind == 5:
            span = fdp.PickValueInList(["2", "x", "-1", "99999"])
            beside = f'<w:tc><w:tcPr><w:gridSpan w:val="{span}"/></w:tcPr>{inside}</w:tc>'
            paragraph = f"<w:tbl><w:tr><w:tc>{paragraph}</w:tc>{beside}</w:tr></w:tbl>"
        elif kind == 6:
            content = f"<w:sdtContent>{paragraph}{inside}</w:sdtContent>"
            paragraph = f"<w:sdt><w:sdtPr><w:checkbox/></w:sdtPr>{content}</w:sdt>"
        elif kind == 7:
            paragraph = f"<w:p><w:r><w:pict><w:txbxContent>{inside}</w:txbxContent></w:pict></w:r></w:p>"
        elif kind == 8:
            gone = f"<w:del><w:r><w:delText>{run}</w:delText></w:r></w:del>"
            paragraph = f"<w:p>{gone}<w:ins><w:r><w:t>{run}</w:t></w:r></w:ins></w:p>"
        out += paragraph
    return out


def document(body: str) -> bytes:
    """A Word document with this body."""
    return packed(
        {
            "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r" Type='
            f'"{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
            "word/document.xml": f'<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>',
        }
    )


def archive(data: bytes) -> None:
    """A zip: bytes as they are, or entries with odd names; all that comes out lies in the work folder."""
    first, content = _first(data)
    if first % 2:
        fdp = FuzzedDataProvider(content)
        names = (
            "a.csv",
            "../a.csv",
            "/a.csv",
            "C:\\a.csv",
            "a/../../b.csv",
            ".csv",
            "a.zip",
            "x/a.docx",
            "a" * 300 + ".csv",
            "con.csv",
            "a\nb.csv",
        )
        out = io.BytesIO()
        with (
            zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made,
            contextlib.suppress(
                UnicodeError,
                ValueError,
                IndexError,  # names that Python itself does not write
            ),
        ):
            for _ in range(fdp.ConsumeIntInRange(0, 5)):
                made.writestr(fdp.PickValueInList(list(names)) if fdp.ConsumeBool() else cell(fdp), cell(fdp))
        content = out.getvalue()
        if fdp.ConsumeBool() and content:
            at = fdp.ConsumeIntInRange(0, len(content) - 1)
            content = content[:at] + fdp.ConsumeBytes(3) + content[at + fdp.ConsumeIntInRange(0, 3) :]
    with tempfile.TemporaryDirectory(prefix="fuzz-") as name:
        path, work = Path(name) / "export.zip", Path(name) / "work"
        work.mkdir()
        path.write_bytes(content)
        for source in find([path], work, TABLE_SUFFIXES | SHEET_SUFFIXES):
            assert source.path.resolve().is_relative_to(work.resolve()), source


SEEDS: dict[str, list[bytes]] = {
    "text": [
        b"a,b\n1,2\n",
        b'a;b\r\n1;"x\ny"\r\n\r\n2;3\r\n',
        b"sep=;\na;b\n1;2\n",
        "a\tb\n\u00e4\t2\n".encode("utf-16"),
        b"Report\n\na,b,c\n1,2,3\nTotal,,\nCopyright (c)\n",
        b'\xef\xbb\xbfa,b\n1,"x ""y"""\n',
        b"a|b\r1|2\r3|4\r",
    ],
    "mapping": [
        b'[table]\nname="x"\nas_of=2024-01-31\nfull=true\ndate_format="dmy"\n[columns]\ndeal_id="a"\nstage="b"\n',
        b'[columns]\ndeal_id="a"\n[stages."A"]\nprobability=0.4\norder=3\nclosed=true\nwon=true\ncategory="Commit"\n',
        b'[salesforce]\namount="x"\n[categories]\nx="Commit"\n[values.y]\na="b"\n[owners]\nfile="f"\nname="n"\n',
        b'[lookups.p]\nfile="f"\nkey="k"\namount="a"\n[history]\nfrom_dates=false\n[matches]\n"a"="new"\n',
    ],
    "workbook": [
        b"\x01"
        + f'<worksheet xmlns="{_MAIN}"><sheetData><row><c r="A1"/></row></sheetData></worksheet>'.encode(),
        b"\x00" + book(f'<worksheet xmlns="{_MAIN}"><sheetData/></worksheet>'),
    ],
    "word": [b"\x01<w:p><w:r><w:t>Economic Buyer: J. Doe</w:t></w:r></w:p>", b"\x00" + document("<w:p/>")],
    "archive": [b"\x00" + packed({"a.csv": "a,b\n1,2\n", "x/b.docx": "-"})],
}
#: Tokens for the fuzzer's dictionary.
TOKENS = (
    *CELLS,
    *(
        '"',
        ",",
        ";",
        "\t",
        "|",
        "\r",
        "\n",
        "sep=",
        "\ufeff",
        "Stage",
        "Amount",
        "Deal ID",
        "Close Date",
        "Deal Name",
    ),
    *(
        "[table]",
        "[columns]",
        "[stages.",
        "order = ",
        "nan",
        "1e999",
        "<w:p>",
        "</w:p>",
        "<w:tbl>",
        "<row>",
        "<c>",
        "<v>",
    ),
)
