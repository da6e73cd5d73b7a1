"""From Word's XML to blocks: every text in document order, read once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from analytics.business_case.blue_sheets.blocks import Block, Box, Cell, Line, Table
from analytics.business_case.blue_sheets.line import LineBuilder
from analytics.business_case.blue_sheets.package import Package
from analytics.business_case.blue_sheets.sheet import Paragraph
from analytics.business_case.blue_sheets.styles import Styles, child, chosen, get, local, number, value_of

#: Wrappers that only pass their content on.
_TRANSPARENT = {
    "ins",
    "moveTo",
    "customXml",
    "smartTag",
    "sdtContent",
    "hyperlink",
    "fldSimple",
    "dir",
    "bdo",
}
#: What is not part of the text as it now stands.
_GONE = {"del", "moveFrom"}


#: Longer paragraphs are kept but not searched for facts: nobody types them into a sheet.
MAX_PARAGRAPH = 20_000
#: A sheet has some hundred lines; each is compared with every label that is known, which takes 2 ms.
MAX_LINES = 5_000


@dataclass
class Document:
    """All blocks of a document by where they stand, and its numbered paragraphs."""

    head: list[Block] = field(default_factory=list)
    body: list[Block] = field(default_factory=list)
    #: footnotes, endnotes, comments: text about the text
    notes: list[Block] = field(default_factory=list)
    feet: list[Block] = field(default_factory=list)
    paragraphs: list[Paragraph] = field(default_factory=list)
    language: str = ""


def read_document(package: Package) -> Document:
    """Read all parts that hold text. Raises BadInput if the main part is damaged."""
    styles = Styles(next(_roots(package, "styles"), None))
    document = Document(language=styles.language)
    walker = _Walker(styles, document.paragraphs)
    for root in _roots(package, "header"):
        document.head += walker.blocks(root, "header")
    main = package.part(package.main)
    body = child(main, "body") if main is not None else None
    if body is not None:
        document.body = walker.blocks(body, "body")
    for kind, what in (("footnotes", "footnote"), ("endnotes", "endnote"), ("comments", "comment")):
        for root in _roots(package, kind):
            document.notes += walker.notes(root, what)
    for root in _roots(package, "footer"):
        document.feet += walker.blocks(root, "footer")
    return document


def _roots(package: Package, kind: str) -> Iterator[etree._Element]:
    for name in package.related(kind):
        root = package.part(name)
        if root is not None:
            yield root


class _Walker:
    """Walks the XML in document order, numbers what holds text, and says where it stands."""

    def __init__(self, styles: Styles, paragraphs: list[Paragraph]) -> None:
        self._styles, self._paragraphs = styles, paragraphs
        self._tables, self._boxes = 0, 0
        self._gap = False

    def blocks(self, parent: etree._Element, where: str, controls: tuple[str, ...] = ()) -> list[Block]:
        """The blocks below an element."""
        found: list[Block] = []
        for element in parent:
            found += self._block(element, where, controls)
        return found

    def _block(self, element: etree._Element, where: str, controls: tuple[str, ...]) -> list[Block]:
        name = local(element)
        if name == "p":
            return self._paragraph(element, where, controls)
        if name == "tbl":
            return [self._table(element, where)]
        if name == "sdt":
            content = child(element, "sdtContent")
            named = _control_names(element)
            blank = ("",) if _shows_placeholder(element) else ()
            return self.blocks(content, where, blank + (named or controls)) if content is not None else []
        if name == "AlternateContent":
            return self.blocks(chosen(element), where, controls)
        return self.blocks(element, where, controls) if name in _TRANSPARENT else []

    def notes(self, root: etree._Element, what: str) -> list[Block]:
        """The blocks of footnotes, endnotes or comments; Word's separators hold no text."""
        found: list[Block] = []
        for count, note in enumerate(root, 1):
            author = get(note, "author")
            found += self.blocks(note, f"{what} {count}" + (f" by {author}" if author else ""))
        return found

    def _paragraph(self, element: etree._Element, where: str, controls: tuple[str, ...]) -> list[Block]:
        builder = LineBuilder(self._styles, element, controls)
        text = builder.text
        if text.strip():
            where_in_full = where + builder.remarks()
            self._paragraphs.append(Paragraph(len(self._paragraphs) + 1, text, where_in_full))
            line = builder.line(len(self._paragraphs), where_in_full, gap=self._gap)
            if len(text) > MAX_PARAGRAPH:
                line = Line(0, "", where, gap=self._gap)
        else:
            line = Line(0, "", where, gap=self._gap)
        self._gap = not text.strip() and not builder.boxes
        found: list[Block] = [line]
        for box in builder.boxes:
            self._boxes += 1
            found.append(Box(self.blocks(box, f"text box {self._boxes}")))
        return found

    def _table(self, element: etree._Element, where: str) -> Table:
        if where.startswith("table "):
            return Table(self._rows(element, f"{where}, inner table"))
        self._tables += 1
        place = "" if where == "body" else f"{where}, "
        return Table(self._rows(element, f"{place}table {self._tables}"))

    def _rows(self, table: etree._Element, where: str) -> list[list[Cell | None]]:
        rows: list[list[Cell | None]] = []
        for count, (row, _) in enumerate(_inside(table, "tr"), 1):
            self._gap = False
            rows.append(self._cells(row, f"{where}, row {count}"))
        width = max((len(row) for row in rows), default=0)
        return [row + [None] * (width - len(row)) for row in rows]

    def _cells(self, row: etree._Element, where: str) -> list[Cell | None]:
        properties = child(row, "trPr")
        before = child(properties, "gridBefore") if properties is not None else None
        cells: list[Cell | None] = [None] * min(number(before) if before is not None else 0, 60)
        for element, controls in _inside(row, "tc"):
            properties = child(element, "tcPr")
            span = (
                number(s)
                if properties is not None and (s := child(properties, "gridSpan")) is not None
                else 1
            )
            merge = child(properties, "vMerge") if properties is not None else None
            cell = Cell(
                self.blocks(element, f"{where}, column {len(cells) + 1}", controls),
                span=max(1, min(span, 60)),
                above=merge is not None and get(merge, "val") != "restart",
                controls=controls,
            )
            cells += [cell, *[None] * (cell.span - 1)]
        return cells


def _inside(
    parent: etree._Element, name: str, controls: tuple[str, ...] = ()
) -> Iterator[tuple[etree._Element, tuple[str, ...]]]:
    """The rows of a table or cells of a row, also inside of content controls; deleted ones left out."""
    for element in parent:
        kind = local(element)
        if kind == name:
            properties = child(element, "trPr")
            if properties is None or child(properties, "del") is None:
                yield element, controls
        elif kind == "sdt":
            content = child(element, "sdtContent")
            if content is not None:
                blank = ("",) if _shows_placeholder(element) else ()
                yield from _inside(content, name, blank + (_control_names(element) or controls))
        elif kind in _TRANSPARENT:
            yield from _inside(element, name, controls)


def _control_names(sdt: etree._Element) -> tuple[str, ...]:
    properties = child(sdt, "sdtPr")
    if properties is None:
        return ()
    names = (value_of(properties, "alias"), value_of(properties, "tag"))
    return tuple(name for name in names if name)


def _shows_placeholder(sdt: etree._Element) -> bool:
    properties = child(sdt, "sdtPr")
    return properties is not None and child(properties, "showingPlcHdr") is not None
