"""Writes a deal's business case as a clean one-page Word document that can be read back."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, datetime, time
from typing import Any

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import Table, _Cell

#: Light grey is what reading takes for the template's own words: sources and gaps are no answers.
GREY = RGBColor(0x76, 0x76, 0x76)
INK = RGBColor(0x1F, 0x29, 0x33)
#: Background and text of a depth level, as in the app's pictures; the digit is always written.
_LEVELS = (
    ("F2F0ED", "121110"),
    ("C5DDEF", "121110"),
    ("8FC1E3", "121110"),
    ("4A97CC", "121110"),
    ("005A91", "FFFFFF"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udfff]")
_LONGEST_PROPERTY = 255  # letters; Word has no room for more
_WIDTHS = (Cm(4.8), Cm(1.7), Cm(11.5))
_MOST_PEOPLE, _MOST_ITEMS = 8, 6


@dataclass(frozen=True)
class CaseAnswer:
    """One question of the case. `level` None: nobody has rated it; an empty answer: not answered yet."""

    wording: str
    level: int | None
    answer: str
    #: who said it, when, from where: "Mia Stone, 3 Nov 2026, call note; confirmed by Ana Ruiz"
    source: str = ""


@dataclass(frozen=True)
class CasePerson:
    """Somebody at the customer."""

    name: str
    title: str = ""
    role: str = ""
    influence: str = ""
    mode: str = ""


@dataclass(frozen=True)
class CaseAction:
    """Something to do."""

    text: str
    owner: str = ""
    due: str = ""


@dataclass(frozen=True)
class CasePage:
    """What the page shows, in the words and formats in which it shows it."""

    title: str
    account: str
    deal_id: str
    owner: str
    amount: str
    close_date: str
    as_of: date
    as_of_text: str
    answers: Sequence[CaseAnswer]
    next_question: str = ""
    next_reason: str = ""
    people: Sequence[CasePerson] = ()
    red_flags: Sequence[str] = ()
    actions: Sequence[CaseAction] = ()


def write_case(case: CasePage) -> bytes:
    """A .docx of one page for a case of ordinary length; longer answers are set smaller, none is cut.

    `read_sheet` finds the same answers, people, red flags and actions in it.
    """
    case = _clean(case)
    document = Document()
    _page(document, case)
    _head(document, case)
    _answers(document, case.answers)
    if case.next_question:
        _section(document, "Next best question")
        _line(document, case.next_question, bold=False)
        if case.next_reason:
            _line(document, case.next_reason, grey=True)
    _people(document, case.people)
    _list(document, "Red flags", case.red_flags)
    _actions(document, case.actions)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _clean(value: Any) -> Any:
    """The same without control characters, which XML cannot hold."""
    if isinstance(value, str):
        return _CONTROL.sub("", value)
    if isinstance(value, list | tuple):
        return [_clean(one) for one in value]
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{one.name: _clean(getattr(value, one.name)) for one in fields(value)})
    return value


def _page(document: DocumentType, case: CasePage) -> None:
    """A4, narrow margins, one typeface; the size follows from how much there is to say."""
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(1.5)
    section.top_margin = section.bottom_margin = Cm(1.3)
    length = sum(len(answer.answer) + len(answer.source) for answer in case.answers)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.color.rgb = "Calibri", INK
    normal.font.size = Pt(9.5 if length < 1800 else 8.5 if length < 3000 else 7.5)
    normal.paragraph_format.space_after = Pt(1)
    properties = document.core_properties
    properties.title = f"Business case: {case.title}"[:_LONGEST_PROPERTY]
    properties.author = (case.owner or "Plumbline")[:_LONGEST_PROPERTY]
    properties.created = properties.modified = datetime.combine(case.as_of, time(12))
    properties.last_modified_by = properties.author


def _head(document: DocumentType, case: CasePage) -> None:
    heading = document.add_paragraph()
    run = heading.add_run(f"Business case: {case.title}")
    run.bold, run.font.size = True, Pt(16)
    rows = (
        ("Account", case.account, "Opportunity", case.title, "Deal ID", case.deal_id),
        ("Owner", case.owner, "Amount", case.amount, "Close date", case.close_date),
    )
    table = document.add_table(2, 6)
    for row, texts in zip(table.rows, rows, strict=True):
        for number, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            _write(cell, text, bold=number % 2 == 0)
    _set_widths(table, (Cm(2.2), Cm(4.2), Cm(2.9), Cm(4.1), Cm(2.1), Cm(2.5)))
    _line(document, f"As of: {case.as_of_text}", bold=False)


def _answers(document: DocumentType, answers: Sequence[CaseAnswer]) -> None:
    table = document.add_table(1, 3, "Table Grid")
    for cell, text in zip(table.rows[0].cells, ("Question", "Depth", "Answer"), strict=True):
        _write(cell, text, bold=True)
        _shade(cell, "E4E7EB")
    _repeat_heading(table)
    for answer in answers:
        question, level, text = table.add_row().cells
        _write(question, answer.wording, bold=True)
        _level(level, answer.level)
        if answer.answer.strip():
            _write(text, answer.answer)
            if answer.source:
                _add(text, answer.source)
        else:
            _write(text, "[not answered yet]", grey=True)
    _set_widths(table, _WIDTHS)


def _level(cell: _Cell, level: int | None) -> None:
    background, ink = _LEVELS[level] if level is not None else ("FFFFFF", "121110")
    _write(cell, "–" if level is None else str(level), bold=True)
    cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
    cell.paragraphs[0].runs[0].font.color.rgb = RGBColor.from_string(ink)
    _shade(cell, background)


def _people(document: DocumentType, people: Sequence[CasePerson]) -> None:
    if not people:
        return
    _section(document, "Buying influences")
    table = document.add_table(1, 5, "Table Grid")
    for cell, text in zip(table.rows[0].cells, ("Name", "Title", "Role", "Influence", "Mode"), strict=True):
        _write(cell, text, bold=True)
        _shade(cell, "E4E7EB")
    for person in people[:_MOST_PEOPLE]:
        values = (person.name, person.title, person.role, person.influence, person.mode)
        for cell, text in zip(table.add_row().cells, values, strict=True):
            _write(cell, text)
    _set_widths(table, (Cm(4.3), Cm(5.5), Cm(3.2), Cm(2.4), Cm(2.6)))
    _more(document, len(people), _MOST_PEOPLE)


def _list(document: DocumentType, title: str, texts: Sequence[str]) -> None:
    if not texts:
        return
    _section(document, title)
    for text in texts[:_MOST_ITEMS]:
        document.add_paragraph(text, "List Bullet")
    _more(document, len(texts), _MOST_ITEMS)


def _actions(document: DocumentType, actions: Sequence[CaseAction]) -> None:
    if not actions:
        return
    _section(document, "Actions")
    table = document.add_table(1, 3, "Table Grid")
    for cell, text in zip(table.rows[0].cells, ("Action", "Owner", "Due"), strict=True):
        _write(cell, text, bold=True)
        _shade(cell, "E4E7EB")
    for action in actions[:_MOST_ITEMS]:
        values = (action.text, action.owner, action.due)
        for cell, text in zip(table.add_row().cells, values, strict=True):
            _write(cell, text)
    _set_widths(table, (Cm(11.5), Cm(3.8), Cm(2.7)))
    _more(document, len(actions), _MOST_ITEMS)


def _more(document: DocumentType, count: int, most: int) -> None:
    """Say what the page has no room for."""
    if count > most:
        _line(document, f"[and {count - most} more in Plumbline]", grey=True)


def _section(document: DocumentType, title: str) -> None:
    heading = document.add_paragraph()
    heading.paragraph_format.space_before, heading.paragraph_format.keep_with_next = Pt(6), True
    run = heading.add_run(title)
    run.bold, run.font.size = True, Pt(11)


def _line(document: DocumentType, text: str, *, bold: bool = False, grey: bool = False) -> None:
    run = document.add_paragraph().add_run(text)
    run.bold = bold
    if grey:
        run.font.color.rgb = GREY


def _write(cell: _Cell, text: str, *, bold: bool = False, grey: bool = False) -> None:
    """Put a text into an empty cell, a paragraph per line."""
    first, *rest = text.split("\n")
    for number, line in enumerate((first, *rest)):
        paragraph = cell.paragraphs[0] if not number else cell.add_paragraph()
        run = paragraph.add_run(line)
        run.bold = bold
        if grey:
            run.font.color.rgb = GREY


def _add(cell: _Cell, text: str) -> None:
    """Add a small grey line."""
    run = cell.add_paragraph().add_run(text)
    run.font.color.rgb, run.font.size = GREY, Pt(7.5)


def _shade(cell: _Cell, colour: str) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        shade.set(qn(f"w:{name}"), value)
    properties: Any = cell._tc.get_or_add_tcPr()
    properties.append(shade)


def _set_widths(table: Table, widths: Sequence[Cm]) -> None:
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = width


def _repeat_heading(table: Table) -> None:
    """Show the heading row again on a second page."""
    properties: Any = table.rows[0]._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:tblHeader"))
