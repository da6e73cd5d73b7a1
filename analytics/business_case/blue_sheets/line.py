"""One paragraph's text, put together from its runs, with what its formatting says."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from analytics.business_case.blue_sheets.blocks import Line, Span
from analytics.business_case.blue_sheets.styles import (
    PLAIN,
    Look,
    Styles,
    child,
    chosen,
    direct,
    get,
    is_on,
    local,
    number,
    value_of,
)

TICKED, EMPTY = "☒", "☐"
#: Signs of the symbol fonts (Wingdings, Wingdings 2) that stand for check boxes.
_SYMBOLS = {
    "FE": TICKED, "FD": TICKED, "FC": TICKED, "FB": TICKED, "78": TICKED,
    "A8": EMPTY, "6F": EMPTY, "71": EMPTY, "72": EMPTY, "52": TICKED, "53": TICKED, "54": TICKED, "A3": EMPTY,
}  # fmt: skip
_SIGNS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_SPACES = dict.fromkeys(map(ord, "\u00a0\u2002\u2003\u2007\u2009\u202f"), " ") | dict.fromkeys(
    map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff")
)
_SKIP = {"del", "moveFrom", "pPr", "rPr", "sdtPr", "sdtEndPr", "instrText", "delText", "rt", "fldData"}
_MEASURES = re.compile(r"\d+")


#: Longer gaps say no more than these, and would make searching slow.
_MOST_SPACES = 12
_LONG_GAP = re.compile(r"\s{13,}")


@dataclass(frozen=True)
class _Piece:
    text: str
    look: Look


class LineBuilder:
    """Reads a paragraph element. Text boxes anchored in it are kept apart in `boxes`."""

    def __init__(self, styles: Styles, paragraph: etree._Element, controls: tuple[str, ...]) -> None:
        self._styles = styles
        self._pieces: list[_Piece] = []
        self._spans: list[Span] = []
        self._length, self._spaces = 0, 0
        self.boxes: list[etree._Element] = []
        properties = child(paragraph, "pPr")
        style = value_of(properties, "pStyle") if properties is not None else ""
        self._look = direct(paragraph).over(styles.look(style))
        # an unnamed control around the paragraph means that it only shows a placeholder
        self._blank = "" in controls
        self._controls = tuple(name for name in controls if name)
        self._walk(paragraph)
        self._depth = self._look.depth or _indent(properties)

    @property
    def text(self) -> str:
        """The text without the spaces around it; soft hyphens and zero-width signs are left out."""
        return "".join(piece.text for piece in self._pieces).strip()

    def remarks(self) -> str:
        """What to add to where it stands: content control, hidden text."""
        control = f", content control '{self._controls[0]}'" if self._controls else ""
        hidden = any(piece.look.hidden and piece.text.strip() for piece in self._pieces)
        return control + (", hidden text" if hidden else "")

    def line(self, number_: int, where: str, *, gap: bool) -> Line:
        """The paragraph as a line."""
        raw = "".join(piece.text for piece in self._pieces)
        shown = [piece for piece in self._pieces if piece.text.strip()]
        capitals = self.text.isupper() and len(self.text) > 3 and not re.search(r"\d", self.text)
        bold = capitals or all(piece.look.bold or piece.look.capitals for piece in shown)
        spans = list(self._spans)
        if self._blank:
            spans.append(Span(0, len(raw), (), placeholder=True))
        return Line(
            number_,
            raw,
            where,
            level=self._look.level or 0,
            bold=bold,
            lead=0 if bold else self._lead(),
            listed=bool(self._look.listed),
            depth=self._depth,
            grey=all(piece.look.grey for piece in shown),
            italic=all(piece.look.italic for piece in shown),
            gap=gap,
            controls=self._controls,
            spans=tuple(spans),
        ).cut(0)

    def _lead(self) -> int:
        """How long the bold beginning is."""
        length = 0
        for piece in self._pieces:
            if piece.text.strip() and not piece.look.bold:
                return length
            length += len(piece.text)
        return 0

    def _add(self, text: str, look: Look) -> None:
        text = _LONG_GAP.sub(lambda gap: gap.group()[:_MOST_SPACES], text.translate(_SPACES))
        if not text.strip():
            text = text[: _MOST_SPACES - self._spaces]
        if not text:
            return
        self._spaces = len(text) - len(text.rstrip()) + (self._spaces if not text.strip() else 0)
        if look.placeholder:
            self._spans.append(Span(self._length, self._length + len(text), (), placeholder=True))
        self._pieces.append(_Piece(text, look))
        self._length += len(text)

    def _walk(self, element: etree._Element) -> None:
        for part in element:
            name = local(part)
            if name == "r":
                self._run(part)
            elif name == "sdt":
                self._control(part)
            elif name == "AlternateContent":
                self._walk(chosen(part))
            elif name == "txbxContent":
                self.boxes.append(part)
            elif name == "t":  # formulas hold their text without a run of Word's
                self._add(part.text or "", PLAIN)
            elif name not in _SKIP:
                self._walk(part)

    def _run(self, run: etree._Element) -> None:
        properties = child(run, "rPr")
        look = self._look
        if properties is not None:
            named = self._styles.look(value_of(properties, "rStyle"))
            look = direct(run).over(named.over(look))
        for part in run:
            name = local(part)
            if name == "t":
                self._add(part.text or "", look)
            elif name in _SIGNS:
                self._add(_SIGNS[name], look)
            elif name == "sym":
                self._add(_SYMBOLS.get(get(part, "char")[-2:].upper(), ""), look)
            elif name == "fldChar":
                self._add(_form_value(part), look)
            elif name not in _SKIP:
                self._find_boxes(part)

    def _find_boxes(self, part: etree._Element) -> None:
        """Drawings, pictures and alternatives in a run: only their text boxes hold text."""
        if local(part) == "txbxContent":
            self.boxes.append(part)
        elif local(part) == "AlternateContent":
            for inner in part[:1]:
                self._find_boxes(inner)
        else:
            for inner in part:
                self._find_boxes(inner)

    def _control(self, sdt: etree._Element) -> None:
        """A content control within the paragraph: its text, and a span that knows its name."""
        properties, content = child(sdt, "sdtPr"), child(sdt, "sdtContent")
        if content is None:
            return
        start = self._length
        self._walk(content)
        if properties is None:
            return
        names = (value_of(properties, "alias"), value_of(properties, "tag"))
        blank = child(properties, "showingPlcHdr") is not None
        self._spans.append(Span(start, self._length, tuple(n for n in names if n), placeholder=blank))


def _indent(properties: etree._Element | None) -> int:
    """Depth of a paragraph by its indent, a step per 360 twentieths of a point (a quarter inch)."""
    indent = child(properties, "ind") if properties is not None else None
    if indent is None:
        return 0
    found = _MEASURES.fullmatch(get(indent, "left") or get(indent, "start"))
    return min(int(found.group()) // 360, 9) if found else 0


def _form_value(char: etree._Element) -> str:
    """What a form field of the old kind says: a check box or the chosen entry of a list."""
    data = child(char, "ffData")
    if data is None:
        return ""
    if (box := child(data, "checkBox")) is not None:
        state = next((s for name in ("checked", "default") if (s := child(box, name)) is not None), None)
        return TICKED if state is not None and is_on(state) else EMPTY
    if (chooser := child(data, "ddList")) is not None:
        entries = [get(entry, "val") for entry in chooser if local(entry) == "listEntry"]
        result = child(chooser, "result")
        index = number(result) if result is not None else 0
        return entries[index] if index < len(entries) else ""
    return ""
