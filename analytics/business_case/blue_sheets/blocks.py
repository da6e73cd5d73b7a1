"""A document as a reader sees it: lines, tables and boxes, without Word's XML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

_BULLET = re.compile(
    r"[ \t]*(?:[-–—*•·●○▪■►▶➢➤✓✔→»‣◦⚑⚠✅❗❌🚩⛔🔴🟢🟡\ufe0f\uf0b7\uf0a7]+|\(?\d{1,2}\))[ \t]+"
)


@dataclass(frozen=True)
class Span:
    """A content control inside of a line: where its text stands, and what the control is called."""

    start: int
    end: int
    names: tuple[str, ...]  # title and tag
    placeholder: bool = False


@dataclass(frozen=True)
class Line:
    """One paragraph, or after `pieces` one of its lines between line breaks."""

    number: int  # 0: no text
    text: str
    where: str
    #: 1-9 for a heading, 0 for text
    level: int = 0
    #: the whole line is bold (or in capitals); otherwise `lead` is the length of its bold beginning
    bold: bool = False
    lead: int = 0
    listed: bool = False
    depth: int = 0
    #: light grey or italic throughout, as instructions in a template are
    grey: bool = False
    italic: bool = False
    #: an empty paragraph stands before it
    gap: bool = False
    #: names of the content controls around it
    controls: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()
    #: the typed bullet that was taken off in front of it
    bullet: str = ""

    def cut(self, start: int, end: int | None = None) -> Line:
        """A part of the line as a line of its own, without the spaces around it."""
        end = len(self.text) if end is None else end
        text = self.text[start:end]
        start += len(text) - len(text.lstrip())
        text = text.strip()
        end = start + len(text)
        spans = tuple(
            replace(s, start=max(s.start - start, 0), end=min(s.end, end) - start)
            for s in self.spans
            if s.start < end and s.end > start
        )
        lead = min(max(self.lead - start, 0), len(text))
        return replace(self, text=text, spans=spans, lead=lead if lead < len(text) else 0)

    @property
    def filled(self) -> bool:
        """Whether something stands here that is not a content control's placeholder."""
        text = self.text
        for span in self.spans:
            if span.placeholder:
                text = text[: span.start] + " " * (span.end - span.start) + text[span.end :]
        return bool(text.strip())


@dataclass
class Cell:
    """A table cell; `span` columns wide. `above` marks the continuation of the cell over it."""

    blocks: list[Block] = field(default_factory=list)
    span: int = 1
    above: bool = False
    controls: tuple[str, ...] = ()

    @property
    def lines(self) -> list[Line]:
        """Its text, line by line, nested tables and boxes included."""
        return list(pieces(self.blocks))

    @property
    def text(self) -> str:
        """Its text as one string."""
        return "\n".join(line.text for line in self.lines if line.filled)


@dataclass
class Table:
    """A table as a grid: every row is as long as the widest, cells that span stand once, the rest is None."""

    rows: list[list[Cell | None]]


@dataclass
class Box:
    """A text box, or another frame with a text of its own."""

    blocks: list[Block]


Block = Line | Table | Box


def pieces(blocks: Iterable[Block]) -> Iterator[Line]:
    """All lines in reading order; paragraphs are split at their line breaks, empty ones left out."""
    for block in blocks:
        if isinstance(block, Line):
            yield from split(block)
        elif isinstance(block, Box):
            yield from pieces(block.blocks)
        else:
            for row in block.rows:
                for cell in row:
                    if cell is not None:
                        yield from pieces(cell.blocks)


def split(line: Line) -> Iterator[Line]:
    """The lines of a paragraph; a typed bullet makes a list item and is taken off."""
    start = 0
    for text in line.text.split("\n"):
        end = start + len(text)
        if text.strip():
            yield _without_bullet(line, start, end)
        start = end + 1


def _without_bullet(line: Line, start: int, end: int) -> Line:
    text = line.text[start:end]
    bullet = _BULLET.match(text)
    if not bullet or bullet.end() >= len(text):
        return line.cut(start, end)
    blank = len(bullet.group()) - len(bullet.group().lstrip())
    item = line.cut(start + bullet.end(), end)
    return replace(item, listed=True, depth=line.depth + blank // 2, bullet=bullet.group().lstrip())
