"""Opens a Word file without trusting it: nothing runs, nothing is fetched, nothing blows up."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import NoReturn

from lxml import etree

from analytics.problems import BadInput
from analytics.zips import open_zip

#: Limits. Word's XML packs 5 to 60 times; a bomb packs 1,000 times and more.
MAX_FILE = 100 * 1024**2
MAX_ENTRIES = 5_000
MAX_UNPACKED = 512 * 1024**2
MAX_PART = 48 * 1024**2
MAX_RATIO = 200
RATIO_MATTERS_FROM = 4 * 1024**2

_EXPECTED = "a Word document (.docx)"
_SAVE_AS = "Open it in Word and save it as .docx."
_DAMAGED = (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError, OSError, RuntimeError, zlib.error)
#: what a file that is no zip starts with, and what it then is
_OTHER_FORMATS = ((b"%PDF", "a PDF"), (b"{\\rtf", "an RTF file"), (b"<", "a web page or XML file"))
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


class Package:
    """The XML parts of one Word file, read one at a time and never trusted to be as small as they say."""

    def __init__(self, content: bytes, file: str) -> None:
        """Raises BadInput if the content is no Word document that can be opened safely."""
        self.file = file
        _check_kind(content, file)
        try:
            self._zip = open_zip(io.BytesIO(content), file)
        except _DAMAGED as error:
            _damaged(file, error)
        self._check_limits()
        self._names = {_clean(name): name for name in self._zip.namelist()}
        self.main = self._main_part()

    def part(self, name: str) -> etree._Element | None:
        """The root element of a part, None if there is no such part."""
        if name not in self._names:
            return None
        content = self._bytes(name)
        # Word never writes a document type; whoever does is after entities.
        if _DOCTYPE.search(content.replace(b"\0", b"")):
            raise BadInput(
                "the document defines its own XML entities, which Word never does",
                where=f"{self.file}: {name}",
                to_do="Do not trust this file; ask its sender for a copy saved by Word.",
            )
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False, remove_comments=True
        )
        try:
            return etree.fromstring(content, parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            _damaged(self.file, error, name)

    def related(self, kind: str) -> Iterator[str]:
        """The main part's related parts of a kind ('header', 'footnotes'), in the order of their ids."""
        for target, target_kind in self._relations(self.main):
            if target_kind == kind and target in self._names:
                yield target

    def _relations(self, part: str) -> list[tuple[str, str]]:
        """Part and kind of what a part refers to inside of the file. External targets are left alone."""
        folder, name = posixpath.split(part)
        root = self.part(posixpath.join(folder, "_rels", f"{name}.rels"))
        found = []
        for relation in root if root is not None else ():
            if relation.get("TargetMode") == "External" or not isinstance(relation.tag, str):
                continue
            target = _clean(posixpath.join("/", folder, relation.get("Target", "")))
            found.append((relation.get("Id", ""), target, relation.get("Type", "").rpartition("/")[2]))
        return [(target, kind) for _, target, kind in sorted(found, key=_by_id)]

    def _main_part(self) -> str:
        for target, kind in self._relations(""):
            if kind == "officeDocument" and target in self._names:
                self._check_is_word(target)
                return target
        if "word/document.xml" in self._names:
            return "word/document.xml"
        kinds = (("mimetype", "an OpenDocument file"), ("xl/workbook.xml", "an Excel workbook"))
        got = next((kind for name, kind in kinds if name in self._names), "a zip without a document in it")
        raise BadInput(
            "this is no Word document", where=self.file, expected=_EXPECTED, got=got, to_do=_SAVE_AS
        )

    def _check_is_word(self, main: str) -> None:
        other = {"xl": "an Excel workbook", "ppt": "a PowerPoint file"}.get(main.split("/")[0])
        if other:
            raise BadInput("this is no Word document", where=self.file, expected=_EXPECTED, got=other)

    def _check_limits(self) -> None:
        infos = self._zip.infolist()
        if any(info.flag_bits & 0x1 for info in infos):
            _encrypted(self.file)
        unpacked = sum(info.file_size for info in infos)
        if len(infos) > MAX_ENTRIES or unpacked > MAX_UNPACKED:
            _bomb(self.file, f"{len(infos):,} entries, {unpacked // 1024**2:,} MB")

    def _bytes(self, name: str) -> bytes:
        """A part's content. What the zip says about its size is checked against what comes out."""
        info = self._zip.getinfo(self._names[name])
        limit = min(MAX_PART, max(RATIO_MATTERS_FROM, MAX_RATIO * info.compress_size))
        if info.file_size > limit:
            _bomb(self.file, f"{info.file_size / 1024**2:,.0f} MB in {name}")
        try:
            with self._zip.open(info) as packed:
                content = packed.read(limit + 1)
        except _DAMAGED as error:
            _damaged(self.file, error, name)
        if len(content) > limit:
            _bomb(self.file, f"more than {limit / 1024**2:,.0f} MB in {name}")
        return content


def _by_id(relation: tuple[str, str, str]) -> tuple[int, str]:
    """Relation ids in counting order: rId2 before rId10."""
    digits = re.sub(r"\D", "", relation[0])[:9]
    return (int(digits) if digits else 0, relation[0])


def _clean(name: str) -> str:
    return posixpath.normpath(name.replace("\\", "/")).lstrip("/")


def _check_kind(content: bytes, file: str) -> None:
    """Refuse what is no zip by its first bytes, whatever its name says."""
    if len(content) > MAX_FILE:
        raise BadInput("the file is too large for a Blue Sheet", where=file, expected="at most 100 MB")
    if not content:
        raise BadInput("the file is empty", where=file, expected=_EXPECTED)
    if content.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            _encrypted(file)
        raise BadInput(
            "this is a file of an old Office version (.doc)", where=file, expected=_EXPECTED, to_do=_SAVE_AS
        )
    if not content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        got = next((kind for start, kind in _OTHER_FORMATS if content.lstrip().startswith(start)), "")
        raise BadInput(
            "this is no Word document",
            where=file,
            expected=_EXPECTED,
            got=got or "something else",
            to_do=_SAVE_AS,
        )


def _encrypted(file: str) -> NoReturn:
    raise BadInput(
        "the document is protected by a password",
        where=file,
        to_do="Open it in Word, take the password off (File, Info, Protect Document) and save it.",
    )


def _bomb(file: str, got: str) -> NoReturn:
    raise BadInput(
        "the document would unpack to a suspicious size",
        where=file,
        expected=f"at most {MAX_ENTRIES:,} entries and {MAX_RATIO} times its packed size",
        got=got,
        to_do="If it is a real sheet, save it again in Word without its pictures.",
    )


def _damaged(file: str, error: Exception, part: str = "") -> NoReturn:
    raise BadInput(
        "the document is damaged",
        where=f"{file}: {part}" if part else file,
        got=str(error).split("\n")[0][:120] or type(error).__name__,
        to_do="Open it in Word, which may repair it, and save it again.",
    ) from None
