"""From the paths a person names to the table files in them: folders, zips, limits."""

from __future__ import annotations

import datetime as dt
import lzma
import os
import re
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from analytics.problems import BadInput
from analytics.zips import open_zip

#: What is read as text, and what is read as a workbook.
TEXT_SUFFIXES = {".csv", ".tsv", ".tab", ".txt"}
BOOK_SUFFIXES = {".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"}
TABLE_SUFFIXES = TEXT_SUFFIXES | BOOK_SUFFIXES
#: Word documents; the old .doc is taken along so that it can be named and refused.
SHEET_SUFFIXES = {".docx", ".docm", ".doc"}

#: Limits of an archive. A real CRM export packs 5 to 30 times; a zip bomb packs 1,000 times and more.
MAX_ENTRIES = 10_000
MAX_UNPACKED = 8 * 1024**3
MAX_RATIO = 200
RATIO_MATTERS_FROM = 50 * 1024**2
#: Workbooks are read whole, so they are bounded tighter.
MAX_BOOK_UNPACKED = 1024**3

_HOW_TO_EXPORT = "Give CSV or XLSX files (or a folder or zip of them) as your CRM exports them."
_HOW_TO_SAVE = "Give Blue Sheets as .docx files, or a folder or zip of them."
_CHUNK = 1 << 20
#: What reading a damaged zip raises, whatever packs its entries.
DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(NotImplementedError, EOFError, ValueError, RuntimeError),
)


@dataclass(frozen=True)
class Source:
    """A file to read, and what it is called in messages and in the list of imports."""

    path: Path
    label: str
    #: named by the person itself (not found in a folder or zip), so it must be readable
    named: bool = True

    @property
    def is_book(self) -> bool:
        """Whether it is a spreadsheet rather than text."""
        return self.path.suffix.lower() in BOOK_SUFFIXES

    @property
    def is_sheet(self) -> bool:
        """Whether it is a Word document."""
        return self.path.suffix.lower() in SHEET_SUFFIXES

    @property
    def folder(self) -> Path:
        """Where its siblings lie."""
        return self.path.parent


def day_in_name(name: str) -> dt.date | None:
    """The date in a file's name, such as that of a weekly export; None if there is none that exists."""
    match = re.search(r"(20\d\d)[-_.]?(\d\d)[-_.]?(\d\d)", PurePosixPath(name).stem)
    try:
        return dt.date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None


def find(paths: Sequence[Path], work: Path, suffixes: AbstractSet[str] = TABLE_SUFFIXES) -> list[Source]:
    """All files of these kinds in the given files, folders and zips, in a stable order; zips go into `work`.

    A file that a person names is taken whatever its kind.
    """
    if not paths:
        raise BadInput("no file was named", expected="at least one file, folder or zip")
    found: list[Source] = []
    for path in paths:
        found.extend(_expand(Path(path), work, suffixes))
    unique: dict[Path, Source] = {}
    times: Counter[str] = Counter()
    for source in found:
        path = source.path.resolve()
        if path not in unique:
            times[source.label] += 1
            n = times[source.label]  # two files of one name: messages and rejects must tell which
            unique[path] = replace(source, label=f"{source.label} ({n})") if n > 1 else source
    return list(unique.values())


def _expand(path: Path, work: Path, suffixes: AbstractSet[str]) -> list[Source]:
    """The files behind one path."""
    try:
        if path.is_dir():
            return _in_folder(path, work, suffixes)
        if not path.exists():
            raise BadInput(
                "there is no such file or folder", where=str(path), to_do="Check the path and its spelling."
            )
        if not path.is_file():
            raise BadInput(
                "this is neither a file nor a folder", where=str(path), expected="CSV, XLSX, zip or folder"
            )
        if not os.access(path, os.R_OK):
            raise PermissionError(path)
        if path.suffix.lower() == ".zip":
            return _in_zip(path, path.name, work, suffixes)
    except OSError as error:
        raise unreadable(path, error) from None
    return [Source(path, path.name)]


def unreadable(path: Path | str, error: OSError) -> BadInput:
    """The message for a file that the operating system does not let us read."""
    cause = error.strerror or type(error).__name__
    return BadInput(
        f"the file cannot be read ({cause})",
        where=str(path),
        to_do="Check that it is there and that you may read it.",
    )


def _in_folder(folder: Path, work: Path, suffixes: AbstractSet[str]) -> list[Source]:
    """The files in a folder and the folders below it."""
    found: list[Source] = []
    others: list[str] = []
    for number, path in enumerate(sorted(folder.rglob("*"))):
        if number >= MAX_ENTRIES:
            raise BadInput(
                "too many files in the folder",
                where=str(folder),
                expected=f"at most {MAX_ENTRIES:,}",
                to_do="Name the export's own folder.",
            )
        inside = path.relative_to(folder)
        if not path.is_file() or _is_clutter(inside.parts):
            continue
        if not path.resolve().is_relative_to(folder.resolve()):
            raise BadInput(
                "a link in the folder leads out of it",
                where=str(path),
                got=str(path.resolve()),
                to_do="If it is meant to be read, put the file there, or name it; else take the link away.",
            )
        label = f"{folder.name}/{inside.as_posix()}" if folder.name else inside.as_posix()
        if path.suffix.lower() == ".zip":
            found.extend(Source(s.path, s.label, named=False) for s in _in_zip(path, label, work, suffixes))
        elif path.suffix.lower() in suffixes:
            found.append(Source(path, label, named=False))
        else:
            others.append(path.suffix.lower() or "no suffix")
    if not found:
        raise _nothing_there(str(folder), "folder", others, suffixes)
    return found


def _nothing_there(where: str, what: str, others: list[str], suffixes: AbstractSet[str]) -> BadInput:
    """The message for a folder or zip without what is looked for."""
    kinds = ", ".join(sorted(set(others))[:5])
    got = f"{len(others)} other files ({kinds})" if others else "no files"
    if suffixes == SHEET_SUFFIXES:
        return BadInput(f"this {what} holds no Word document", where=where, got=got, to_do=_HOW_TO_SAVE)
    return BadInput(f"this {what} holds no table", where=where, got=got, to_do=_HOW_TO_EXPORT)


def _is_clutter(parts: Sequence[str]) -> bool:
    """Whether a path is something that no export contains: hidden files, lock files, read-me texts."""
    if any(part.startswith((".", "~$")) or part == "__MACOSX" for part in parts):
        return True
    name = parts[-1].lower()
    return name.endswith(".txt") and name.startswith(
        ("readme", "license", "licence", "notice", "requirements")
    )


def _in_zip(path: Path, label: str, work: Path, suffixes: AbstractSet[str]) -> list[Source]:
    """Unpack the files of these kinds in a zip; bombs, encrypted entries and zips in zips are refused."""
    try:
        with open_zip(path, label) as archive:
            entries = list(_safe_entries(archive, label, suffixes))
            _check_size(archive.infolist(), label, MAX_UNPACKED)
            target = work / f"zip{len(list(work.iterdir()))}"
            target.mkdir()
            found = []
            room = MAX_UNPACKED
            for number, entry in enumerate(entries):
                name = PurePosixPath(entry.filename.replace("\\", "/"))
                out = target / str(number) / name.name
                out.parent.mkdir()
                room -= _unpack(archive, entry, out, room, label)
                found.append(Source(out, f"{label}/{name.as_posix()}", named=False))
            others = [PurePosixPath(e.filename).suffix for e in archive.infolist() if e.filename[-1:] != "/"]
    except DAMAGED as error:
        raise BadInput(
            "this zip cannot be opened", where=label, got=str(error)[:120], to_do="Download or pack it again."
        ) from None
    except OSError as error:
        raise unreadable(label, error) from None
    if not found:
        raise _nothing_there(label, "zip", others, suffixes)
    return found


def _safe_entries(
    archive: zipfile.ZipFile, label: str, suffixes: AbstractSet[str]
) -> Iterator[zipfile.ZipInfo]:
    """The entries to unpack. Entries that point outside of the archive are left alone."""
    infos = archive.infolist()
    if len(infos) > MAX_ENTRIES:
        raise BadInput(
            "too many entries in the zip",
            where=label,
            expected=f"at most {MAX_ENTRIES:,}",
            got=f"{len(infos):,}",
        )
    for entry in infos:
        name = PurePosixPath(entry.filename.replace("\\", "/"))
        outside = name.is_absolute() or ".." in name.parts or ":" in name.parts[0] if name.parts else True
        if outside or entry.is_dir() or _is_clutter(name.parts):  # one without a name is outside
            continue
        if name.suffix.lower() in {".zip", ".gz", ".7z", ".rar", ".tar"}:
            raise BadInput(
                "an archive inside of an archive is not opened",
                where=f"{label}/{name}",
                to_do="Unpack it first and name the folder.",
            )
        if name.suffix.lower() not in suffixes:
            continue
        if entry.flag_bits & 0x1:
            raise BadInput(
                "the zip is encrypted",
                where=f"{label}/{name}",
                to_do="Unpack it with its password and name the folder.",
            )
        yield entry


def _check_size(infos: Sequence[zipfile.ZipInfo], label: str, limit: int) -> None:
    """Refuse an archive that says it unpacks to far more than it holds."""
    unpacked = sum(info.file_size for info in infos)
    packed = sum(info.compress_size for info in infos) or 1
    if unpacked > limit or (unpacked > RATIO_MATTERS_FROM and unpacked > MAX_RATIO * packed):
        raise BadInput(
            "the archive would unpack to a suspicious size",
            where=label,
            expected=f"at most {limit // 1024**2:,} MB and {MAX_RATIO} times its packed size",
            got=f"{unpacked // 1024**2:,} MB from {packed / 1024**2:,.1f} MB",
            to_do="If it is a real export, unpack it yourself and name the folder.",
        )


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, out: Path, room: int, label: str) -> int:
    """Write one entry; what an archive says about its sizes is not trusted. Returns the bytes written."""
    written = 0
    limit = min(room, max(entry.file_size, 1))
    with archive.open(entry) as packed, out.open("wb") as plain:
        while chunk := packed.read(_CHUNK):
            written += len(chunk)
            if written > limit:
                raise BadInput(
                    "the zip holds more than it says",
                    where=f"{label}/{entry.filename}",
                    expected=f"{limit:,} bytes",
                    to_do="Pack it again.",
                )
            plain.write(chunk)
    return written


def check_book(source: Source) -> None:
    """Refuse a workbook that is a zip bomb; one that is no zip (.xls) is left to its reader."""
    try:
        with open_zip(source.path, source.label) as archive:
            _check_size(archive.infolist(), source.label, MAX_BOOK_UNPACKED)
    except DAMAGED:
        return
    except OSError as error:
        raise unreadable(source.label, error) from None
