"""How many rows and columns the sheets of a workbook span, before anybody makes room for them.

The reader of workbooks makes room for every cell up to the last one that is filled; where there is none
left, it ends the whole process. XLSX says each cell's place in words (raw.py); here are the other two kinds.
"""

from __future__ import annotations

import contextlib
import re
import zipfile
from collections.abc import Iterator
from typing import IO

from lxml import etree

_RELATIONS = "xl/_rels/workbook.bin.rels"
#: Records of an XLSB sheet: the head of a row, and the kinds of cells.
_ROW_RECORD, _CELL_RECORDS = 0, frozenset(range(1, 12))


def of_ods(archive: zipfile.ZipFile) -> tuple[int, int]:
    """Last row and last column of the largest sheet of an ODS that hold anything.

    The reader goes by names without looking what they stand for, so namespaces do not count here either.
    """
    last_row = last_column = row = 0
    with archive.open("content.xml") as file:
        for _, element in etree.iterparse(
            file,
            events=("end",),
            tag=("{*}table-row", "{*}table"),
            resolve_entities=False,
            no_network=True,
            remove_comments=True,
            remove_pis=True,
        ):
            if _local(element.tag) == "table":
                row = 0
            else:
                row += _number(element, "number-rows-repeated")
                if filled := _last_filled(element):
                    last_row, last_column = max(last_row, row), max(last_column, filled)
            _forget(element)
    return last_row, last_column


def _last_filled(row: etree._Element) -> int:
    """The last column of a row that holds anything; 0 if none."""
    last = column = 0
    for cell in row:
        column += _number(cell, "number-columns-repeated")
        said = (_local(name) for name in cell.attrib)
        if len(cell) or any("value" in name or name == "formula" for name in said):
            last = column
    return last


def _number(element: etree._Element, name: str) -> int:
    """The largest number that the element says under a name; 1 where it says none."""
    found = [1]
    for said, value in element.attrib.items():
        if _local(said) == name:
            with contextlib.suppress(ValueError):
                found.append(int(value))
    return max(found)


def _local(name: object) -> str:
    """A name without its namespace."""
    return str(name).rpartition("}")[2]


def _forget(element: etree._Element) -> None:
    """Free what was read; a large sheet does not fit into memory as XML."""
    element.clear()
    parent = element.getparent()
    while parent is not None and parent[0] is not element:
        del parent[0]


def sheets_of_xlsb(archive: zipfile.ZipFile) -> set[str]:
    """The parts of an XLSB that its workbook calls its own, but what is known to be no sheet."""
    if _RELATIONS not in archive.NameToInfo:
        return set()
    targets = re.findall(rb"""Target=["']/?(?:xl/)?([^"']+\.bin)["']""", archive.read(_RELATIONS))
    others = ("sharedStrings.bin", "styles.bin", "vbaProject.bin")
    return {
        f"xl/{one}" for one in (target.decode(errors="replace") for target in targets) if one not in others
    }


def of_xlsb(archive: zipfile.ZipFile, entry: str) -> tuple[int, int]:
    """Last row and last column that a sheet of an XLSB mentions."""
    last_row = last_column = 0
    with archive.open(entry) as file:
        for kind, start in _records(file):
            place = int.from_bytes(start[:4], "little") + 1
            if kind == _ROW_RECORD:
                last_row = max(last_row, place)
            elif kind in _CELL_RECORDS:
                last_column = max(last_column, place)
    return last_row, last_column


def _records(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Kind and first bytes of each record: both kind and length are written seven bits to a byte."""
    while (kind := _seven_bits(file, 2)) is not None and (length := _seven_bits(file, 4)) is not None:
        start = file.read(min(length, 8))
        left = length - len(start)
        while left > 0 and (skipped := file.read(min(left, 1 << 20))):
            left -= len(skipped)
        yield kind, start


def _seven_bits(file: IO[bytes], most: int) -> int | None:
    """A number of at most so many bytes; None at the end of the file."""
    found = 0
    for place in range(most):
        byte = file.read(1)
        if not byte:
            return None
        found |= (byte[0] & 0x7F) << (7 * place)
        if not byte[0] & 0x80:
            break
    return found
