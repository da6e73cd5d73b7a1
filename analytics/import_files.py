"""Uploaded files on disk for the time of an import, and rows that were rejected as a file to correct."""

from __future__ import annotations

import csv
import io
import re
import shutil
import weakref
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from analytics import scratch
from analytics.intake.files import SHEET_SUFFIXES, TABLE_SUFFIXES, find
from analytics.intake.raw import Probe, probe
from analytics.intake.sniff import ReadOptions
from analytics.problems import BadInput
from analytics.wording import with_formula, without_formula

#: What can be uploaded; a zip is looked into.
SUFFIXES = TABLE_SUFFIXES | SHEET_SUFFIXES | {".zip"}
#: How many files one session may hold; a folder of weekly exports has some hundreds.
MAX_UPLOADS = 1_000
#: The heading of the reason in a file of rejected rows; it may stay there.
REASON = "Why it was rejected (may stay)"
_NUMBER = re.compile(r"\s*[+-]?[\d.,\s]*")


class UploadFolder:
    """A folder of one session's uploads; it is removed with the session that holds it, or with the app."""

    def __init__(self) -> None:
        self.path = scratch.new_folder()
        self._remove = weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)
        self._number = 0
        #: why uploads were left out, when others were kept
        self.refused: list[BadInput] = []

    def keep(self, uploads: Iterable[tuple[str, bytes]]) -> list[Path]:
        """Write uploads (name, content) in place of those before. Raises BadInput if none is of use."""
        kept, refused = [], []
        for number, (name, content) in enumerate(uploads):
            if number >= MAX_UPLOADS:
                raise BadInput(
                    "too many files at once",
                    expected=f"at most {MAX_UPLOADS:,}",
                    to_do="Pack them into a zip, or import their folder: `python -m analytics import PATH`.",
                )
            try:
                _check(name, content)
                kept.append((name, content))
            except BadInput as problem:
                refused.append(problem)
        self.refused = refused if kept else []
        if refused and not kept:
            raise refused[0]
        self.clear()
        self.refused = refused
        return [self._write(name, content) for name, content in kept]

    def add(self, name: str, content: bytes) -> Path:
        """Write one more upload. Raises BadInput for a kind that nobody can read."""
        _check(name, content)
        return self._write(name, content)

    def _write(self, name: str, content: bytes) -> Path:
        self._number += 1  # a folder each: two files may have one name
        path = self.path / str(self._number) / Path(name).name
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
        return path

    def clear(self) -> None:
        """Remove what was uploaded so far."""
        self.refused = []
        for inside in self.path.iterdir():
            shutil.rmtree(inside, ignore_errors=True)


def _check(name: str, content: bytes) -> None:
    """Refuse what can be seen to be of no use."""
    suffix = Path(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise BadInput(
            f"files of the kind '{suffix or 'without a suffix'}' cannot be read",
            where=name,
            expected="CSV, XLSX, XLS, ODS, a zip of them, or Word documents",
            to_do="Export the list as CSV or XLSX, or print a PDF's source again as a table.",
        )
    if not content:
        raise BadInput(
            "this file is empty",
            where=name,
            expected="a header and rows below it",
            to_do="Export it again and see that the export had ended before you took the file.",
        )


@dataclass(frozen=True)
class ToFix:
    """Rejected rows of one file, as a CSV of the same columns."""

    file: str
    rows: int
    content: bytes = field(repr=False)

    @property
    def name(self) -> str:
        """What the file is called: as the one that it is from, so that it is recognised like that."""
        return f"{Path(self.file).stem}.csv"


def rows_to_fix(paths: Sequence[Path], rejects: pd.DataFrame) -> list[ToFix]:
    """The rejected rows as they were written, with the reason at the end; a file each.

    `rejects`: file, line, column_name, reason. Word documents have no rows and are left out.
    """
    reasons: dict[str, dict[int, list[str]]] = {}
    for row in rejects.dropna(subset=["line"]).to_dict("records"):
        told = f"{row['column_name']}: {row['reason']}" if row["column_name"] else str(row["reason"])
        reasons.setdefault(str(row["file"]), {}).setdefault(int(row["line"]), []).append(told)
    found: list[ToFix] = []
    with scratch.folder() as work:
        for source in find(paths, work, TABLE_SUFFIXES) if reasons else []:
            if source.label in reasons and not source.is_sheet:
                lines = {line: "; ".join(told) for line, told in reasons[source.label].items()}
                found.append(_to_fix(probe(source, work, ReadOptions()), lines))
    return [one for one in found if one.rows]


def _to_fix(found: Probe, reasons: dict[int, str]) -> ToFix:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=found.delimiter, lineterminator="\n")
    writer.writerow([*map(without_formula, found.header), REASON])
    n = 0
    for line, row in _lines(found):
        if line in reasons:
            cells = row + [""] * (len(found.header) - len(row))
            writer.writerow([*map(_plain, cells), without_formula(reasons[line])])
            n += 1
    return ToFix(found.label, n, out.getvalue().encode("utf-8-sig"))


def _plain(cell: str) -> str:
    return cell if _NUMBER.fullmatch(cell) else without_formula(cell)


def corrected(name: str, content: bytes) -> bytes:
    """A corrected file without the signs that kept its cells from running in a spreadsheet program."""
    if Path(name).suffix.lower() != ".csv" or REASON.encode() not in content:
        return content
    try:
        text = content.decode("utf-8-sig")
        delimiter = max(",;\t|", key=text.split("\n", 1)[0].count)
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except (UnicodeDecodeError, csv.Error):
        return content  # saved in another way: read as it is
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerows([with_formula(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _lines(found: Probe) -> Iterator[tuple[int, list[str]]]:
    """Every row below the header with the line it stands on in the file."""
    with found.path.open("r", encoding="utf-8-sig", errors="replace", newline="") as file:
        reader = csv.reader(file, delimiter=found.delimiter)
        if found.with_lines:
            for row in reader:
                yield int(row[0]), row[1:]
            return
        before = 0
        for number, row in enumerate(reader):
            if number > found.header_record:
                yield before + 1, row
            before = reader.line_num
