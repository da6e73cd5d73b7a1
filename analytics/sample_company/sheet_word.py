"""Writes Word files for the sample sheets: python-docx, and the parts of the format that it lacks."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any
from xml.sax.saxutils import escape

from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.shared import RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_NAMESPACES = (
    f'xmlns:w="{_W}" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)
#: The time stamp of every entry: equal sheets are equal byte by byte.
_STAMP = (2026, 1, 1, 0, 0, 0)
GREY = RGBColor(0x80, 0x80, 0x80)


class Word:
    """A document that is being written."""

    def __init__(self, title: str, author: str, saved: date) -> None:
        self.document = Document()
        properties = self.document.core_properties
        properties.title, properties.author, properties.last_modified_by = title, author, author
        properties.created = properties.modified = datetime.combine(saved, time(16, 0))
        self._boxes = 0

    def heading(self, text: str, level: int = 1) -> None:
        """A heading in Word's own style; level 0 is the title."""
        self.document.add_heading(text, level)

    def line(self, text: str, style: str | None = None) -> Paragraph:
        """A plain paragraph."""
        return self.document.add_paragraph(text, style)

    def run_in(self, label: str, text: str, style: str | None = None) -> None:
        """A paragraph that begins with a bold label."""
        paragraph = self.document.add_paragraph(style=style)
        paragraph.add_run(label).bold = True
        paragraph.add_run(f" {text}")

    def bullets(self, texts: Iterable[str], style: str = "List Bullet") -> None:
        """List items."""
        for text in texts:
            self.document.add_paragraph(text, style)

    def hint(self, text: str) -> None:
        """An instruction of the template, in grey italics."""
        run = self.document.add_paragraph().add_run(text)
        run.italic, run.font.color.rgb = True, GREY

    def table(self, rows: Sequence[Sequence[str]], *, header: bool = False) -> Table:
        """A grid of texts; line breaks in a text make paragraphs."""
        table: Table = self.document.add_table(len(rows), max(map(len, rows)), "Table Grid")
        for row, texts in zip(table.rows, rows, strict=True):
            for cell, text in zip(row.cells, texts, strict=False):
                fill(cell, text)
        if header:
            for cell in table.rows[0].cells:
                embolden(cell)
        return table

    def title_row(self, table: Table, number: int, text: str) -> None:
        """A row of one cell across the table, as the title of what is below it."""
        cells = table.rows[number].cells
        cell = cells[0].merge(cells[-1])
        fill(cell, text)
        embolden(cell)

    def box(self, paragraphs: Sequence[str]) -> None:
        """A text box as Word writes it: a shape, and the same text again for old versions."""
        self._boxes += 1
        inner = "".join(
            f"<w:p><w:r>{'<w:rPr><w:b/></w:rPr>' if not count else ''}"
            f'<w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'
            for count, text in enumerate(paragraphs)
        )
        content = f"<w:txbxContent>{inner}</w:txbxContent>"
        height = 380_000 * (len(paragraphs) + sum(len(text) // 90 for text in paragraphs))
        size = f'<wp:extent cx="5600000" cy="{height}"/>'
        shape = (
            '<wps:wsp><wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm><a:off x="0" y="0"/>'
            f'<a:ext cx="5600000" cy="{height}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
            '<a:ln w="9525"><a:solidFill><a:srgbClr val="4472C4"/></a:solidFill></a:ln></wps:spPr>'
            f"<wps:txbx>{content}</wps:txbx><wps:bodyPr/></wps:wsp>"
        )
        uri = "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
        xml = (
            f'<w:p {_NAMESPACES}><w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>'
            f'<wp:inline distT="0" distB="0" distL="0" distR="0">{size}'
            f'<wp:docPr id="{self._boxes}" name="Text Box {self._boxes}"/>'
            f'<a:graphic><a:graphicData uri="{uri}">{shape}</a:graphicData></a:graphic></wp:inline>'
            "</w:drawing></mc:Choice><mc:Fallback><w:pict>"
            f'<v:shape style="width:441pt;height:{height // 12_700}pt">'
            f"<v:textbox>{content}</v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
        )
        self._append(xml)

    def control(
        self, title: str, tag: str, text: str, *, before: str = "", placeholder: bool = False
    ) -> None:
        """A paragraph with a content control in it, behind a visible text if there is one."""
        shown = (
            '<w:rPr><w:rStyle w:val="PlaceholderText"/><w:color w:val="808080"/></w:rPr>'
            if placeholder
            else ""
        )
        mark = "<w:showingPlcHdr/>" if placeholder else ""
        visible = f'<w:r><w:t xml:space="preserve">{escape(before)}</w:t></w:r>' if before else ""
        self._append(
            f'<w:p {_NAMESPACES}>{visible}<w:sdt><w:sdtPr><w:alias w:val="{escape(title)}"/>'
            f'<w:tag w:val="{escape(tag)}"/>{mark}<w:text/></w:sdtPr><w:sdtContent><w:r>{shown}'
            f'<w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:sdtContent></w:sdt></w:p>'
        )

    def inserted(self, text: str, deleted: str, author: str) -> None:
        """A paragraph with a tracked change: some words deleted, others in their place."""
        who = f'w:author="{escape(author)}" w:date="2026-10-01T09:00:00Z"'
        self._append(
            f'<w:p {_NAMESPACES}><w:del w:id="901" {who}><w:r>'
            f"<w:delText>{escape(deleted)}</w:delText></w:r></w:del>"
            f'<w:ins w:id="902" {who}><w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:ins></w:p>'
        )

    def comment(self, paragraph: Paragraph, text: str, author: str) -> None:
        """A reviewer's comment on a paragraph."""
        comment = self.document.add_comment(paragraph.runs, text, author, author[:1])
        comment._comment_elm.set(f"{{{_W}}}date", "2026-10-01T09:00:00Z")

    def footnote(self, paragraph: Paragraph, text: str) -> None:
        """A footnote to a paragraph. One per document."""
        xml = (
            f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:footnotes xmlns:w="{_W}">'
            '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
            '<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r>'
            '</w:p></w:footnote><w:footnote w:id="1"><w:p><w:r><w:footnoteRef/></w:r>'
            f'<w:r><w:t xml:space="preserve"> '
            f"{escape(text)}</w:t></w:r></w:p></w:footnote></w:footnotes>"
        )
        kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
        main = self.document.part
        part = Part(PackURI("/word/footnotes.xml"), kind, xml.encode(), main.package)
        main.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
        reference = f'<w:r xmlns:w="{_W}"><w:footnoteReference w:id="1"/></w:r>'
        runs: Any = paragraph._p
        runs.append(parse_xml(reference))

    def columns(self, count: int) -> None:
        """Set the page in newspaper columns."""
        properties: Any = self.document.sections[0]._sectPr
        for found in properties.xpath("./w:cols"):
            properties.remove(found)
        properties.append(parse_xml(f'<w:cols xmlns:w="{_W}" w:num="{count}" w:space="720"/>'))

    def saved(self) -> bytes:
        """The file. The same document gives the same bytes."""
        raw = io.BytesIO()
        self.document.save(raw)
        packed = io.BytesIO()
        with zipfile.ZipFile(raw) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
            for entry in source.infolist():
                fixed = zipfile.ZipInfo(entry.filename, _STAMP)
                fixed.compress_type = zipfile.ZIP_DEFLATED
                target.writestr(fixed, source.read(entry))
        return packed.getvalue()

    def _append(self, xml: str) -> None:
        body: Any = self.document.element.body
        body.insert(len(body) - 1, parse_xml(xml))  # before the section's properties


def fill(cell: _Cell, text: str) -> None:
    """Put a text into a cell, a paragraph per line; replaces what is there."""
    for paragraph in cell.paragraphs[1:]:
        paragraph._p.getparent().remove(paragraph._p)
    first, *rest = text.split("\n")
    cell.paragraphs[0].text = first
    for more in rest:
        cell.add_paragraph(more)


def embolden(cell: _Cell) -> None:
    """Make a cell's text bold."""
    for paragraph in cell.paragraphs:
        for run in paragraph.runs:
            run.bold = True
