"""A file becomes a raw table: text columns c0, c1 ... and the line each row stands on."""

from __future__ import annotations

import csv
import datetime as dt
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import python_calamine
from lxml import etree

from analytics.intake import extents
from analytics.intake.files import DAMAGED, Source, check_book, unreadable
from analytics.intake.sniff import MAX_LINE, ReadOptions, empty, header_row, layout, recode, scan, sha256
from analytics.problems import BadInput
from analytics.store.patterns import exactly
from analytics.zips import open_zip

#: The widest and largest sheets that are read. A CRM export has tens of columns.
MAX_COLUMNS = 1_000
MAX_CELLS = 30_000_000
_SHEET_COLUMNS = 16_384  # no spreadsheet program has more
_MAX_RECORD = 1_900_000

_FOOTER = re.compile(
    r"^\s*(copyright( \(c\)|©| ©)|confidential information|generated (by|on)\b|filtered by\b|filters?:"
    r"|exported (by|on)\b|as of\b|report (name|generated)|(grand |sub ?)?totals?\b|sum\b"
    r"|record count|count:)",
    re.IGNORECASE,
)
_TOTAL_SQL = r"(?i)^(grand |sub-? ?)?totals?( \(.*\))?:?$|^grand totals?\b.*|^sum:?$|^(gesamt)?summe:?$"
#: Lines with one cell filled that are no data in whatever column: a footer, a number of records.
_ALONE_SQL = (
    r"(?i)^(copyright( \(c\)|©| ©)|confidential information|(generated|exported) (by|on)\b|filtered by\b"
    r"|report (name|generated)\b|(total )?record count\b|total records?\b|count:|(grand |sub)?totals?: ?\d"
    r"|.*\(?\b\d[\d,.]* records?\)?$)"
)
_BLANKS = " \t\r\n\u00a0\u202f\ufeff"


@dataclass(frozen=True)
class Probe:
    """A file that was looked at but not yet loaded."""

    source: Source
    sha256: str
    header: tuple[str, ...]
    path: Path  # UTF-8 CSV to load from
    delimiter: str
    header_record: int
    header_line: int
    lines: int
    with_lines: bool = False  # the CSV was written by us; its first column is the line number
    notes: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What the file is called in messages."""
        return self.source.label


@dataclass
class RawTable:
    """A loaded file: a view `name` with `line` and c0, c1 ... (text, trimmed, empty = NULL)."""

    probe: Probe
    name: str
    file_no: int
    rejected: int = 0
    columns: list[int] = field(default_factory=list)
    #: columns that are read as text; in the others blanks at the end do not matter. None = all
    text: frozenset[int] | None = None


def probe(source: Source, work: Path, options: ReadOptions) -> Probe:
    """Look at a file: what it is, how it is written, which columns it has."""
    found = _probe_book(source, work, options) if source.is_book else _probe_text(source, work, options)
    if len(found.header) > MAX_COLUMNS:
        raise BadInput(
            "too many columns",
            where=source.label,
            expected=f"at most {MAX_COLUMNS:,}",
            got=f"{len(found.header):,}",
        )
    return found


def _probe_text(source: Source, work: Path, options: ReadOptions) -> Probe:
    """Look at a text file."""
    seen = scan(source, options.encoding)
    path = source.path
    if seen.encoding not in ("utf-8", "utf-8-sig"):
        path = recode(source, seen.encoding, work)
    rows = layout(source, path, options.delimiter)
    notes: tuple[str, ...] = ()
    if seen.guessed:
        notes = (
            f"{source.label}: not UTF-8, read as {seen.encoding}; if names look wrong, "
            "set encoding in a mapping file.",
        )
    return Probe(
        source,
        seen.sha256,
        rows.header,
        path,
        rows.delimiter,
        rows.header_record,
        rows.header_line,
        seen.lines,
        notes=notes,
    )


def load(
    con: duckdb.DuckDBPyConnection,
    found: Probe,
    table: RawTable,
    work: Path,
) -> RawTable:
    """Load the wanted columns. Rows of another width are rejected; blank rows and footers are no rows."""
    is_simple = not found.with_lines and found.header_record == 0
    if not (is_simple and _fast(con, found, table)):
        _slow(con, found, table, work)
    return table


def _untidy(con: duckdb.DuckDBPyConnection, table: RawTable) -> set[int]:
    """The columns with blanks around some cell. Trimming costs more than reading: it is done only there."""
    if not table.columns:
        return set()
    tests = []
    for number in table.columns:
        at_end = table.text is None or number in table.text
        test = f"c{number} < '!' or c{number} >= '\u00a0'"
        tests.append(test + (f" or c{number}[-1] <= ' ' or c{number}[-1] >= '\u00a0'" if at_end else ""))
    counts = con.execute(
        f"select {', '.join(f'count_if({test})' for test in tests)} from {table.name}_base"
    ).fetchall()[0]
    return {number for number, count in zip(table.columns, counts, strict=True) if count}


def _types(count: int, *, with_line: bool) -> str:
    """The column types for the CSV reader: c0, c1 ... all text."""
    names = (["line"] if with_line else []) + [f"c{number}" for number in range(count)]
    return "{" + ", ".join(f"'{name}': '{'BIGINT' if name == 'line' else 'VARCHAR'}'" for name in names) + "}"


def _view(con: duckdb.DuckDBPyConnection, table: RawTable, line: str) -> None:
    """Show the rows that are data: not blank, not a total."""
    untidy = _untidy(con, table)
    cells = [f"c{number}" for number in table.columns]
    clean = ", ".join(
        f"nullif(trim(c{n}, '{_BLANKS}'), '') as c{n}" if n in untidy else f"c{n}" for n in table.columns
    )
    rows = f"(select {line} as line, {clean} from {table.name}_base)"
    first = f"coalesce({', '.join(cells)})"
    filled = " + ".join(f"({cell} is not null)::int" for cell in cells)
    # one pattern for all cells: making one ready costs more than looking at 10,000 cells
    in_words = f"len(list_filter([{', '.join(cells)}], lambda cell: regexp_matches(cell, '\\pL\\pL')))"
    few = max(2, len(cells) // 2)  # a deal with a company called Total has more words
    is_total = f"{filled} <= {few} and regexp_matches({first}, '{_TOTAL_SQL}') and {in_words} <= 2"
    no_data = f"{first} is null or ({is_total})"
    if len(cells) > 2:
        no_data += f" or ({filled} = 1 and regexp_matches({first}, '{_ALONE_SQL}'))"
    found = con.execute(f"select count(*) from {rows} where {no_data}").fetchall()[0][0]
    condition = f" where not ({no_data})" if found else ""
    con.execute(f"create view {table.name} as select * from {rows}{condition}")


def _fast(con: duckdb.DuckDBPyConnection, found: Probe, table: RawTable) -> bool:
    """Let DuckDB read the file itself, if each line is one row; False if it is not that simple."""
    wanted = ", ".join(f"c{number}" for number in table.columns)
    try:
        con.execute(
            f"create table {table.name}_base as select {wanted} from read_csv(?, auto_detect=false,"
            " header=true, hive_partitioning=false,"
            " delim=?, quote='\"', escape='\"', strict_mode=true, max_line_size=2000000,"
            f" columns={_types(len(found.header), with_line=False)})",
            [exactly(found.path), found.delimiter],
        )
    except duckdb.Error:
        con.execute(f"drop table if exists {table.name}_base")
        return False
    counted = con.execute(f"select count(*) from {table.name}_base").fetchall()
    if int(counted[0][0]) + found.header_line != found.lines:  # blank lines, or line ends inside of cells
        con.execute(f"drop table {table.name}_base")
        return False
    _view(con, table, f"rowid + {found.header_line + 1}")
    return True


def _slow(con: duckdb.DuckDBPyConnection, found: Probe, table: RawTable, work: Path) -> None:
    """Read row by row, keeping the exact line of each, then load what was read."""
    path = found.path
    if not found.with_lines:
        path, rejects = work / f"{table.name}.csv", work / f"{table.name}.rejects.csv"
        with (
            path.open("w", encoding="utf-8", newline="") as good,
            rejects.open("w", encoding="utf-8", newline="") as bad,
        ):
            _rewrite(found, csv.writer(good, lineterminator="\n"), csv.writer(bad, lineterminator="\n"))
        _load_rejects(con, table, rejects)
    con.execute(
        f"create table {table.name}_base as select line, {', '.join(f'c{n}' for n in table.columns)}"
        " from read_csv(?, auto_detect=false, header=false, delim=',', quote='\"', escape='\"',"
        " new_line='\\n', max_line_size=2000000, hive_partitioning=false,"
        f" columns={_types(len(found.header), with_line=True)})",
        [exactly(path)],
    )
    _view(con, table, "line")


def _load_rejects(con: duckdb.DuckDBPyConnection, table: RawTable, path: Path) -> None:
    """Keep the rows that had another width than the header."""
    con.execute(
        "insert into staged_reject select ?, line, '', value, reason from read_csv(?, auto_detect=false,"
        " header=false, delim=',', quote='\"', escape='\"', new_line='\\n', max_line_size=2000000,"
        " hive_partitioning=false, columns={'line': 'BIGINT', 'value': 'VARCHAR', 'reason': 'VARCHAR'})",
        [table.file_no, exactly(path)],
    )
    counted = con.execute(
        "select count(distinct line) from staged_reject where file_no = ?", [table.file_no]
    ).fetchall()
    table.rejected = int(counted[0][0])


class _Writer:
    """Sorts rows into good ones, rejected ones and the footer of a report."""

    def __init__(self, width: int, good: Any, bad: Any) -> None:
        self.width, self.good, self.bad = width, good, bad
        self.held: list[tuple[int, int, list[str]]] = []  # narrow rows: a footer if nothing follows them

    def take(self, line: int, last_line: int, row: list[str]) -> None:
        """Sort one row in."""
        row = [cell.replace("\r\n", "\n").replace("\r", "\n") if "\r" in cell else cell for cell in row]
        if not any(cell.strip(_BLANKS) for cell in row):
            return
        if len(row) > self.width and not any(cell.strip(_BLANKS) for cell in row[self.width :]):
            row = row[: self.width]
        if len(row) == self.width:
            self._reject_held()
            self.good.writerow([line, *row])
        elif self.width > 2 and sum(1 for cell in row if cell.strip(_BLANKS)) == 1:
            self.held.append((line, last_line, row))
        else:
            self._reject(line, last_line, row)

    def finish(self) -> None:
        """At the end of the file, rows of one cell with a known footer line among them are the footer."""
        if not any(_FOOTER.match(cell) for _, _, row in self.held for cell in row):
            self._reject_held()

    def _reject_held(self) -> None:
        for line, last_line, row in self.held:
            if not any(_FOOTER.match(cell) for cell in row):
                self._reject(line, last_line, row)
        self.held = []

    def _reject(self, line: int, last_line: int, row: list[str]) -> None:
        reason = f"expected {self.width} cells as in the header, got {len(row)}"
        if last_line > line:
            reason += f" (a quote opened here closes on line {last_line})"
        self.bad.writerow([line, ",".join(row)[:500], f"{reason}; correct the row and import again"])


def _rewrite(found: Probe, good: Any, bad: Any) -> None:
    """Read a CSV row by row and write it down with line numbers."""
    csv.field_size_limit(4 * MAX_LINE)
    writer = _Writer(len(found.header), good, bad)
    with found.path.open("r", encoding="utf-8-sig", errors="replace", newline="") as file:
        reader = csv.reader(file, delimiter=found.delimiter)
        before = 0
        try:
            for number, row in enumerate(reader):
                if sum(map(len, row)) > _MAX_RECORD:
                    raise _too_long(found, before + 1)
                if number > found.header_record:
                    writer.take(before + 1, reader.line_num, row)
                before = reader.line_num
        except csv.Error:
            raise _too_long(found, before + 1) from None
    writer.finish()


def _too_long(found: Probe, line: int) -> BadInput:
    """The message for a row without end, mostly from a quote that is never closed."""
    return BadInput(
        "the row is longer than a row can be",
        where=f"{found.label} (line {line})",
        expected=f"at most {_MAX_RECORD:,} characters",
        to_do='Look for a quote (") that is opened there and not closed.',
    )


# --- workbooks -------------------------------------------------------------------------------------------


def _probe_book(source: Source, work: Path, options: ReadOptions) -> Probe:
    """Look at a workbook: its sheet is written down as CSV with row numbers."""
    check_book(source)
    sheet = _sheet(source, options.sheet)
    path = work / f"book-{len(list(work.iterdir()))}.csv"
    rows = _book_rows(sheet)
    first: list[tuple[int, list[str]]] = []
    for row in rows:
        first.append(row)
        if len(first) >= 20:
            break
    if not any(any(cells) for _, cells in first):
        raise empty(source)
    at = header_row([cells for _, cells in first])
    header = _without_empty_end(first[at][1])
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        held = _BookFooter(writer, len(header))
        for line, cells in _chain(first[at + 1 :], rows):
            held.take(line, cells)
    return Probe(source, sha256(source), header, path, ",", 0, first[at][0], 0, with_lines=True)


class _BookFooter:
    """Writes the rows of a sheet, leaving blank ones and a report's footer out."""

    def __init__(self, writer: Any, width: int) -> None:
        self.writer, self.width = writer, width

    def take(self, line: int, cells: list[str]) -> None:
        """Write one row, unless it is no data."""
        filled = [cell for cell in cells if cell.strip(_BLANKS)]
        if not filled or (len(filled) == 1 and self.width > 2 and _FOOTER.match(filled[0])):
            return
        cells = [cell.replace("\r", "") for cell in cells]
        self.writer.writerow([line, *(cells + [""] * self.width)[: self.width]])


def _chain(
    first: Iterable[tuple[int, list[str]]], rest: Iterator[tuple[int, list[str]]]
) -> Iterator[tuple[int, list[str]]]:
    """First some rows, then the others."""
    yield from first
    yield from rest


def _without_empty_end(cells: list[str]) -> tuple[str, ...]:
    """Header cells without the empty ones at the end."""
    last = max((place for place, cell in enumerate(cells, 1) if cell.strip()), default=0)
    return tuple(cell.strip() for cell in cells[:last])


def _sheet(source: Source, wanted: str | None) -> Any:
    """Open the workbook and choose its sheet: the named one, else the first visible one that has rows."""
    _refuse_encrypted(source)
    _refuse_huge(source)
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(source.path))
        names = [
            meta.name
            for meta in book.sheets_metadata
            if meta.visible == python_calamine.SheetVisibleEnum.Visible
            and meta.typ == python_calamine.SheetTypeEnum.WorkSheet
        ]
        if wanted and wanted not in names:
            raise BadInput("no such sheet", where=source.label, got=f"'{wanted}'", expected=f"one of {names}")
        for name in [wanted] if wanted else names:
            sheet = book.get_sheet_by_name(name)
            if sheet.height:
                return sheet
    except python_calamine.PasswordError:
        raise _encrypted(source) from None
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise _not_opened(source, error) from None
    raise empty(source)


def _not_opened(source: Source, error: Exception) -> BadInput:
    """The message for a workbook that is none, or a damaged one."""
    return BadInput(
        "the workbook cannot be opened",
        where=source.label,
        got=str(error)[:120],
        to_do="Open it in a spreadsheet program and save it again as XLSX or CSV.",
    )


def _encrypted(source: Source) -> BadInput:
    """The message for a workbook with a password."""
    return BadInput(
        "the workbook is encrypted with a password",
        where=source.label,
        to_do="Open it and save a copy without a password.",
    )


def _refuse_encrypted(source: Source) -> None:
    """An encrypted XLSX is no zip but an old container that names its encrypted content."""
    try:
        with source.path.open("rb") as file:
            head = file.read(1 << 20)
    except OSError as error:
        raise unreadable(source.label, error) from None
    if not head:
        raise empty(source)
    if head.startswith(b"\xd0\xcf\x11\xe0") and "EncryptedPackage".encode("utf-16-le") in head:
        raise _encrypted(source)


def _refuse_huge(source: Source) -> None:
    """Refuse a sheet that spans so many cells that holding it would exhaust the memory."""
    try:
        with open_zip(source.path, source.label) as archive:
            for entry in archive.namelist():
                rows, columns = _extent_of(archive, entry)
                if rows * columns > MAX_CELLS or columns > _SHEET_COLUMNS:
                    raise BadInput(
                        "the sheet spans too many cells",
                        where=source.label,
                        expected=f"at most {MAX_CELLS:,}",
                        got=f"{rows:,} rows x {columns:,} columns",
                        to_do="Delete the empty rows and columns around the table, or save it as CSV.",
                    )
    except (etree.XMLSyntaxError, OSError) as error:  # OSError: a part that would begin before the file does
        raise _not_opened(source, error) from None
    except DAMAGED:
        return


def _extent_of(archive: zipfile.ZipFile, entry: str) -> tuple[int, int]:
    """Rows and columns of a part of a workbook; none where it is no sheet."""
    if re.fullmatch(r"xl/(?!sharedStrings).+\.xml", entry):  # a sheet may lie anywhere
        return _extent(archive, entry)
    if entry in extents.sheets_of_xlsb(archive):
        return extents.of_xlsb(archive, entry)
    return extents.of_ods(archive) if entry == "content.xml" else (0, 0)


_PLACE = rb"\sr\s*=\s*[\"']([A-Za-z]{0,8})(\d{1,12})[\"']"


def _extent(archive: zipfile.ZipFile, entry: str) -> tuple[int, int]:
    """Last row and last column that a sheet's XML mentions."""
    last_row = last_column = 1
    rest = b""
    with archive.open(entry) as file:
        while chunk := file.read(1 << 20):
            chunk = rest + chunk
            for letters, digits in set(re.findall(_PLACE, chunk)):
                last_row = max(last_row, int(digits))
                number = 0
                for letter in letters.upper():
                    number = number * 26 + letter - 64
                last_column = max(last_column, number)
            rest = chunk[-30:]
    return last_row, last_column


def _book_rows(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    """The rows of a sheet as text, with their row numbers."""
    start = sheet.start[0] + 1 if sheet.start else 1
    for number, row in enumerate(sheet.iter_rows()):
        yield start + number, [_text(cell) for cell in row]


_THREE_DECIMALS = re.compile(r"-?\d{1,3}\.\d{3}")


def _text(cell: object) -> str:
    """A spreadsheet cell as text: dates in ISO form, whole numbers without a fraction."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        number = repr(cell)  # three decimals of a number are no thousands; those of a text may be
        return f"{number}0" if _THREE_DECIMALS.fullmatch(number) else number
    if isinstance(cell, dt.datetime):
        midnight = (cell.hour, cell.minute, cell.second) == (0, 0, 0)
        return cell.date().isoformat() if midnight else cell.isoformat(" ", "seconds")
    if isinstance(cell, (dt.date, dt.time)):
        return cell.isoformat()
    return str(cell) if cell is not None else ""
