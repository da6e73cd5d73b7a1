"""What a text file is made of: encoding, separator, header; and whether it is text at all."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from analytics.intake.files import Source, unreadable
from analytics.problems import BadInput

#: The longest line of a text file, in bytes. Salesforce's longest text field holds 131,072 characters.
MAX_LINE = 1_000_000
_CHUNK = 1 << 18
_SEPARATORS = (",", ";", "\t", "|")
_LOOK_AT = 20  # rows in which separator and header are looked for

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a zip or Office file"),
    (b"\xd0\xcf\x11\xe0", "an old or encrypted Office file"),
    (b"\x1f\x8b", "a gzip file"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format", "a SQLite database"),
)
_BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class ReadOptions:
    """What a mapping file says about how files are written; None = find out."""

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None


@dataclass(frozen=True)
class Scan:
    """What one pass over a file's bytes tells."""

    sha256: str
    lines: int
    encoding: str
    guessed: bool  # the encoding is a guess a person may want to correct


def scan(source: Source, encoding: str | None = None) -> Scan:
    """Read the file in bounded memory: hash, number of lines, encoding; refuse what is no text."""
    try:
        with ThreadPoolExecutor(1) as beside, source.path.open("rb") as file:
            digest = beside.submit(sha256, source)
            head = file.read(_CHUNK)
            _refuse_other_kinds(source, head)
            guess = encoding or _by_mark(head)
            seen = _Pass(source, wide=(guess or "").lower().startswith(("utf-16", "utf_16", "utf-32")))
            chunk = head
            while chunk:
                seen.take(chunk)
                chunk = file.read(_CHUNK)
            hashed = digest.result()
    except OSError as error:
        raise unreadable(source.label, error) from None
    if seen.size == 0:
        raise empty(source)
    name, guessed = (guess, False) if guess else seen.encoding()
    return Scan(hashed, seen.lines, name, guessed)


def empty(source: Source) -> BadInput:
    """The message for a file with nothing in it."""
    return BadInput(
        "the file is empty",
        where=source.label,
        expected="a header line and rows below it",
        to_do="Export it again.",
    )


def sha256(source: Source) -> str:
    """The hash of the file."""
    with source.path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _Pass:
    """One pass over a file's bytes."""

    def __init__(self, source: Source, *, wide: bool) -> None:
        self.source, self.wide = source, wide
        self.size = self.newlines = self.open_line = 0
        self.ends_with_newline = False
        self.decoder: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")()
        self.high: set[int] = set()

    @property
    def lines(self) -> int:
        """Number of physical lines."""
        return self.newlines + (0 if self.ends_with_newline else 1)

    def take(self, chunk: bytes) -> None:
        """Look at the next bytes."""
        self.size += len(chunk)
        if not self.wide and b"\x00" in chunk:
            raise _no_text(self.source, "bytes that no text has")
        count = chunk.count(b"\n") or (chunk.count(b"\r") if self.newlines == 0 else 0)
        mark = b"\n" if b"\n" in chunk else b"\r"
        self.newlines += count
        first, last = chunk.find(mark), chunk.rfind(mark)
        longest = self.open_line + (first if count else len(chunk))
        self.open_line = len(chunk) - last - 1 if count else longest
        if max(longest, self.open_line) > MAX_LINE:
            raise BadInput(
                f"line {self.lines - count:,} is longer than {MAX_LINE:,} bytes",
                where=self.source.label,
                expected="one row per line",
                to_do="Export it again as CSV; a file without line ends is not a table.",
            )
        self.ends_with_newline = chunk.endswith((b"\n", b"\n\x00", b"\r"))
        self._check_utf8(chunk)

    def _check_utf8(self, chunk: bytes) -> None:
        """Keep finding out whether all of it is UTF-8."""
        if self.wide or (self.decoder is not None and chunk.isascii() and not self.high):
            return
        if self.decoder is not None:
            try:
                self.decoder.decode(chunk)
            except UnicodeDecodeError:
                self.decoder = None
        self.high.update(byte for byte in set(chunk) if byte > 0x7F)

    def encoding(self) -> tuple[str, bool]:
        """UTF-8 if all of it is, else Windows-1252 (a superset of what Latin-1 text uses), as a guess."""
        if self.decoder is not None:
            return "utf-8", False
        undefined = {0x81, 0x8D, 0x8F, 0x90, 0x9D}
        return ("latin-1" if self.high & undefined else "cp1252"), True


def _refuse_other_kinds(source: Source, head: bytes) -> None:
    """Say what a file is that is not text."""
    for signature, what in _SIGNATURES:
        if head.startswith(signature):
            raise _no_text(source, what)
    if _by_mark(head):
        return
    control = sum(head[:4096].count(bytes([code])) for code in range(32) if code not in (9, 10, 12, 13, 26))
    if head and control > len(head[:4096]) * 0.01:
        raise _no_text(source, "bytes that no text has")


def _no_text(source: Source, got: str) -> BadInput:
    """The message for a file that cannot be a CSV."""
    return BadInput(
        "this is not a text table",
        where=source.label,
        expected="CSV or XLSX",
        got=got,
        to_do="Export the list as CSV (UTF-8) or XLSX and name that file.",
    )


def _by_mark(head: bytes) -> str | None:
    """The encoding that a byte order mark, or the zero bytes of UTF-16 without one, tell."""
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    sample = head[:2000]
    if len(sample) >= 8 and len(sample) % 2 == 0:
        even, odd = sample[0::2].count(0), sample[1::2].count(0)
        half = len(sample) // 2
        if odd > half * 0.7 and even == 0:
            return "utf-16-le"
        if even > half * 0.7 and odd == 0:
            return "utf-16-be"
    return None


def recode(source: Source, encoding: str, work: Path) -> Path:
    """Copy a text into UTF-8 without a byte order mark."""
    out = work / f"utf8-{len(list(work.iterdir()))}.csv"
    try:
        if not codecs.lookup(encoding)._is_text_encoding:  # such as zlib and rot13
            raise LookupError(encoding)
        decoder = codecs.getincrementaldecoder(encoding)()
        with source.path.open("rb") as file, out.open("wb") as copy:
            while chunk := file.read(_CHUNK):
                copy.write(decoder.decode(chunk).encode("utf-8"))
            copy.write(decoder.decode(b"", final=True).encode("utf-8"))
    except LookupError:
        raise BadInput(
            "unknown encoding",
            where=source.label,
            got=f"'{encoding}'",
            expected="one such as utf-8, cp1252 or utf-16",
        ) from None
    except (UnicodeError, ValueError):
        raise BadInput(
            f"the text is not in {encoding}",
            where=source.label,
            to_do="Save it as CSV UTF-8, or name its encoding in the mapping file (encoding = ...).",
        ) from None
    except OSError as error:
        raise unreadable(source.label, error) from None
    return out


@dataclass(frozen=True)
class Layout:
    """How the rows of a text lie: separator, header cells and the record they are in (0 = the first)."""

    delimiter: str
    header: tuple[str, ...]
    header_record: int
    header_line: int


def layout(source: Source, path: Path, delimiter: str | None) -> Layout:
    """Find separator and header from the first lines of a UTF-8 text."""
    with path.open("r", encoding="utf-8", errors="replace", newline="") as file:
        text = file.read(4 * MAX_LINE)
    start = 0
    if mark := re.match(r"\ufeff?sep=(.)\r?\n", text):
        delimiter, start = delimiter or mark[1], 1
    if delimiter is not None and len(delimiter) != 1:
        raise BadInput("the separator must be one character", where=source.label, got=f"'{delimiter}'")
    best = max(
        (_rows(text, candidate) for candidate in ([delimiter] if delimiter else _SEPARATORS)),
        key=lambda rows: _score(rows.cells),
    )
    return _with_header(source, best, start)


@dataclass(frozen=True)
class _Rows:
    """The first rows of a text, under one separator."""

    delimiter: str
    cells: list[list[str]]
    lines: list[int]


def _rows(text: str, delimiter: str) -> _Rows:
    """The first rows under a separator."""
    csv.field_size_limit(4 * MAX_LINE)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    cells: list[list[str]] = []
    lines: list[int] = []
    before = 0
    try:
        for row in reader:
            lines.append(before + 1)
            cells.append(row)
            before = reader.line_num
            if len(cells) >= _LOOK_AT:
                break
    except csv.Error:
        pass
    return _Rows(delimiter, cells, lines)


def _score(rows: list[list[str]]) -> float:
    """How table-like rows are: many columns, the same number in each row."""
    widths = [len(row) for row in rows if any(cell.strip() for cell in row)]
    if not widths:
        return 0.0
    usual = max(set(widths), key=lambda width: (widths.count(width), width))
    return (usual - 1) * widths.count(usual) / len(widths)


def header_row(rows: list[list[str]], start: int = 0) -> int:
    """Which of the first rows is the header: the first as wide as most rows; lines above it are a title."""
    filled = [sum(1 for cell in row if cell.strip()) for row in rows]
    widest = max(filled[start:], default=0)
    for number in range(start, len(rows)):
        if filled[number] and filled[number] >= max(widest * 0.6, min(2, widest)):
            return number
    return start


def _with_header(source: Source, rows: _Rows, start: int) -> Layout:
    """The layout, with the header found."""
    if not any(any(cell.strip() for cell in row) for row in rows.cells):
        raise empty(source)
    number = header_row(rows.cells, start)
    header = tuple(cell.strip().lstrip("\ufeff").strip() for cell in rows.cells[number])
    return Layout(rows.delimiter, header, number, rows.lines[number])
