"""A plain 16:9 deck in the house look: slides with a finding as their title, texts that fit, tables."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from lxml import etree
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml.ns import qn
from pptx.util import Emu, Inches, Pt

from analytics.brief.parts import clipped, seen, width
from analytics.figures.style import LIGHT

FONT = "Arial"
WIDE, HIGH, MARGIN = 13.333, 7.5, 0.6  # inches
BODY_TOP, BODY_HIGH = 1.85, 4.85
_TITLE_ONLY, _PLAIN_TABLE = "Title Only", "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
_THEME = {
    "accent1": LIGHT.likely.mark, "accent2": LIGHT.won.mark, "accent3": LIGHT.lost.mark,
    "accent4": LIGHT.stated.mark, "accent5": LIGHT.upside.mark, "accent6": LIGHT.risk.mark,
}  # fmt: skip
#: A sign of Arial is on average so many times as wide as its size.
_SIGN = 0.53
_MINUS = re.compile(r"(?<![^ (])-(?=\d|[^\s\w-])")
_ZIP_DAY = (1980, 1, 1, 0, 0, 0)


def ink(colour: str) -> RGBColor:
    """A colour of the house palette."""
    return RGBColor(*bytes.fromhex(colour.lstrip("#")))  # type: ignore[no-untyped-call]


def fitting(text: str, *, wide: float, lines: int, sizes: Sequence[float]) -> tuple[str, float]:
    """The text and the largest of `sizes` (points) at which it fits into so many lines of `wide` inches.

    At the smallest size it is cut at a word, where it still does not fit.
    """
    text = _MINUS.sub("\u2011", seen(text))  # a minus stays with its number
    for size in sizes:
        if width(text) <= _signs(wide, size) * lines * (0.94 if lines > 1 else 1):
            return text, size
    most = int(_signs(wide, sizes[-1]) * lines * 0.92 * len(text) / max(width(text), 1))
    return clipped(text, max(most, 2)), sizes[-1]


def _signs(wide: float, size: float) -> float:
    return wide * 72 / (size * _SIGN)


class Deck:
    """A presentation being made; `footer` stands on every slide."""

    def __init__(self, footer: str) -> None:
        self.shown = Presentation()
        self.footer = footer
        self.shown.slide_width, self.shown.slide_height = Emu(int(WIDE * 914400)), Emu(int(HIGH * 914400))
        self.layout = next(one for one in self.shown.slide_layouts if one.name == _TITLE_ONLY)
        for other in [one for one in self.shown.slide_layouts if one is not self.layout]:
            self.shown.slide_layouts.remove(other)
        self._house_style()

    def _house_style(self) -> None:
        """House fonts and colours in the theme, the title's place in master and layout, nothing else."""
        master = self.shown.slide_master
        theme: Any = master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
        root = etree.fromstring(theme.blob)
        for font in root.iter(qn("a:latin")):
            font.set("typeface", FONT)
        for name, colour in _THEME.items():
            for place in root.iter(qn(f"a:{name}")):
                for old in list(place):
                    place.remove(old)
                etree.SubElement(place, qn("a:srgbClr")).set("val", colour.lstrip("#"))
        theme._blob = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
        for holder in (master, self.layout):
            for shape in list(holder.placeholders):
                if shape.placeholder_format.type is not None and "TITLE" in str(
                    shape.placeholder_format.type
                ):
                    _place(shape, MARGIN, 0.78, WIDE - 2 * MARGIN, 0.95)
                elif holder is self.layout or "BODY" not in str(shape.placeholder_format.type):
                    shape._element.getparent().remove(shape._element)
                else:
                    _place(shape, MARGIN, BODY_TOP, WIDE - 2 * MARGIN, BODY_HIGH)

    def slide(self, title: str, *, kicker: str, notes: Sequence[str]) -> Any:
        """A slide with its finding as the title, and in the notes where its numbers come from."""
        slide = self.shown.slides.add_slide(self.layout)
        wide = WIDE - 2 * MARGIN
        text, size = fitting(title, wide=wide, lines=2, sizes=(26, 24, 22, 20))
        if text != seen(title):
            text, size = fitting(title, wide=wide, lines=3, sizes=(18, 17, 16))
        self._title(slide, text, size)
        self.text(slide, kicker, MARGIN, 0.42, wide, 0.32, size=12, colour=LIGHT.muted)
        self._foot(slide)
        slide.notes_slide.notes_text_frame.text = "\n".join(seen(note) for note in notes if note)
        return slide

    def _title(self, slide: Any, text: str, size: float) -> None:
        frame = slide.shapes.title.text_frame
        frame.text = text
        frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.NONE
        frame.vertical_anchor = MSO_ANCHOR.TOP
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        paragraph = frame.paragraphs[0]
        paragraph.alignment, paragraph.line_spacing = PP_ALIGN.LEFT, 1.0
        _font(paragraph.runs[0], size, LIGHT.text, bold=True)

    def _foot(self, slide: Any) -> None:
        wide = WIDE - 2 * MARGIN
        foot, _ = fitting(self.footer, wide=wide - 1, lines=1, sizes=(10,))
        self.text(slide, foot, MARGIN, 7.05, wide - 1, 0.25, size=10, colour=LIGHT.muted)
        box = self.text(slide, "", WIDE - MARGIN - 0.8, 7.05, 0.8, 0.25, size=10, colour=LIGHT.muted)
        paragraph = box.text_frame.paragraphs[0]
        for run in list(paragraph._p):
            paragraph._p.remove(run)
        paragraph.alignment = PP_ALIGN.RIGHT
        field = etree.SubElement(paragraph._p, qn("a:fld"))
        field.set("id", "{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}")
        field.set("type", "slidenum")
        look = etree.SubElement(field, qn("a:rPr"))
        look.set("lang", "en-US")
        look.set("sz", "1000")
        etree.SubElement(field, qn("a:t")).text = str(len(self.shown.slides))

    def text(
        self,
        slide: Any,
        text: str,
        left: float,
        top: float,
        wide: float,
        high: float,
        *,
        size: float,
        colour: str = LIGHT.text,
        bold: bool = False,
    ) -> Any:
        """A text box (inches, points) without margins that keeps its size."""
        box = slide.shapes.add_textbox(Inches(left), Inches(top), Inches(wide), Inches(high))
        frame = box.text_frame
        frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.NONE
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        run = frame.paragraphs[0].add_run()
        run.text = seen(text)
        _font(run, size, colour, bold=bold)
        return box

    def lines(
        self,
        slide: Any,
        texts: Sequence[str],
        left: float,
        top: float,
        wide: float,
        *,
        size: float,
        most: int,
    ) -> float:
        """Paragraphs of at most `most` lines each, one below the other, as far as there is room for them.

        Returns where they end (inches)."""
        for text in texts:
            cut, _ = fitting(text, wide=wide, lines=most, sizes=(size,))
            needed = -(-width(cut) // (_signs(wide, size) * 0.92))
            high = needed * size * 1.22 / 72
            if top + high > BODY_TOP + BODY_HIGH:
                continue
            self.text(slide, cut, left, top, wide, high, size=size)
            top += high + 0.12
        return top

    def table(
        self,
        slide: Any,
        head: Sequence[str],
        rows: Sequence[Sequence[str]],
        widths: Sequence[float],
        *,
        top: float,
        left: float = MARGIN,
        right: Sequence[int] = (),
        size: float = 12,
        lines: int = 2,
        row_high: float = 0.0,
    ) -> None:
        """A table; texts are cut to `lines` lines of their column (inches), `right`: columns of numbers."""
        row_high = row_high or (lines * size * 1.2 + 9) / 72
        shape = slide.shapes.add_table(
            len(rows) + 1, len(head), Inches(left), Inches(top), Inches(sum(widths)),
            Inches(row_high * len(rows) + 0.36),
        )  # fmt: skip
        table = shape.table
        table._tbl.tblPr.find(qn("a:tableStyleId")).text = _PLAIN_TABLE
        table.horz_banding = False
        for at, wide in enumerate(widths):
            table.columns[at].width = Inches(wide)
        for number, row in enumerate([head, *rows]):
            table.rows[number].height = Inches(0.36 if number == 0 else row_high)
            for at, text in enumerate(row):
                cut, _ = fitting(
                    text, wide=widths[at] - 0.18, lines=1 if number == 0 else lines, sizes=(size,)
                )
                self._cell(
                    table.cell(number, at),
                    cut,
                    size,
                    is_head=number == 0,
                    is_right=at in right,
                    is_first=at == 0,
                )

    def _cell(
        self, cell: Any, text: str, size: float, *, is_head: bool, is_right: bool, is_first: bool
    ) -> None:
        cell.margin_left, cell.margin_right = Inches(0 if is_first else 0.12), Inches(0.06)
        cell.margin_top, cell.margin_bottom = Pt(4), Pt(3)
        cell.vertical_anchor = MSO_ANCHOR.BOTTOM if is_head else MSO_ANCHOR.TOP
        paragraph = cell.text_frame.paragraphs[0]
        paragraph.alignment = PP_ALIGN.RIGHT if is_right else PP_ALIGN.LEFT
        run = paragraph.add_run()
        run.text = text
        _font(run, size, LIGHT.muted if is_head else LIGHT.text)
        line = etree.SubElement(cell._tc.get_or_add_tcPr(), qn("a:lnB"))
        line.set("w", str(int(Pt(1 if is_head else 0.75))))
        fill = etree.SubElement(line, qn("a:solidFill"))
        etree.SubElement(fill, qn("a:srgbClr")).set("val", (LIGHT.muted if is_head else LIGHT.grid)[1:])

    def saved(self, title: str, moment: datetime) -> bytes:
        """The .pptx; the same content gives the same bytes."""
        about = self.shown.core_properties
        about.title, about.author, about.last_modified_by = clipped(title, 250), "Plumbline", "Plumbline"
        about.created = about.modified = moment
        about.revision = 1
        held = io.BytesIO()
        self.shown.save(held)
        return _without_clock(held.getvalue(), moment)


def _place(shape: Any, left: float, top: float, wide: float, high: float) -> None:
    shape.left, shape.top, shape.width, shape.height = (Inches(one) for one in (left, top, wide, high))


def _font(run: Any, size: float, colour: str, *, bold: bool = False) -> None:
    run.font.name, run.font.size, run.font.bold = FONT, Pt(size), bold
    run.font.color.rgb = ink(colour)


def _without_clock(file: bytes, moment: datetime) -> bytes:
    """A zip with fixed times, also in the workbooks within it, which say when they were made."""
    stamp = moment.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as old, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith(".xlsx"):
                content = _without_clock(content, moment)
            elif name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", stamp, content)
            new.writestr(zipfile.ZipInfo(name, _ZIP_DAY), content, zipfile.ZIP_DEFLATED)
    return held.getvalue()
