"""Reads running text: labels open sections, the lines below them are their contents."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from analytics.business_case.blue_sheets import sheet
from analytics.business_case.blue_sheets.blocks import Block, Box, Line, Table, split
from analytics.business_case.blue_sheets.dialogue import as_headings
from analytics.business_case.blue_sheets.findings import Findings
from analytics.business_case.blue_sheets.grids import TableReader
from analytics.business_case.blue_sheets.labels import ANYWHERE, Label, Trust, recognise
from analytics.business_case.blue_sheets.line_label import (
    find_label,
    inline_label,
    is_field,
    label_before_sign,
)
from analytics.business_case.blue_sheets.people import field_of, names_somebody
from analytics.business_case.blue_sheets.placing import LISTS, place
from analytics.business_case.blue_sheets.title import TITLE, TWO_NAMES, may_be_a_deal, rest_of_title
from analytics.business_case.blue_sheets.values import is_furniture

NO_PLACE = Label("other", "")
_GAPS = re.compile(r"\t+|\s+\|\s+|\s{3,}|\s+[·•]\s+")
_COMMAS = re.compile(r"[,;.]\s+(?=[^\W\d_][\w ./-]{1,30}:)")
#: "Contract: ..." among lines of the same form is a label too, only none that we know
_OTHER_LABEL = re.compile(r"[A-ZÀ-Þ][^\W\d]*(?: [\w/&-]+){0,3}\s?: ")


class Flow:
    """One stream of text. `only_head`: take head data only, as in page headers."""

    def __init__(self, found: Findings, section: Label | None = None, *, only_head: bool = False) -> None:
        self._found, self._only_head = found, only_head
        self._outer = section
        self._label, self._lines, self._inline = section, list[Line](), False
        #: the label was just opened; lines that found no label may be a person's fields
        self._fresh, self._strays = section is not None, list[Line]()
        self._controls: tuple[str, ...] = ()
        #: the last label was the bold beginning of its line
        self._run_in = False
        #: a label has been seen; a title has been seen
        self._started, self._titled = section is not None, False

    def read(self, blocks: Sequence[Block]) -> Label | None:
        """Read blocks; returns the section that was opened last and is still without content."""
        flat = list(self._expanded(as_headings(blocks)))
        for count, item in enumerate(flat):
            if isinstance(item, Line):
                following = flat[count + 1] if count + 1 < len(flat) else None
                self._line(item, following if isinstance(following, Line) else None)
            elif isinstance(item, Box):
                self._box(item)
            else:
                self._table(item)
        waiting = self._label if self._fresh and self._label and self._label.family != "other" else None
        self._close()
        return waiting

    def _box(self, box: Box) -> None:
        """A box is a text of its own; one that holds only a heading is the heading of what follows."""
        heading = Flow(self._found, only_head=self._only_head).read(box.blocks)
        if heading:
            self._open(heading, inline=False)

    def _table(self, table: Table) -> None:
        section, before = self._label, len(self._found.facts)
        self._close()
        self._started = True

        def read(blocks: Sequence[Block], label: Label | None) -> Label | None:
            return Flow(self._found, label, only_head=self._only_head).read(blocks)

        TableReader(table, self._found, section, read).run()
        # a table that said something was the section's content; what follows it is another matter
        self._label = section if len(self._found.facts) == before else NO_PLACE
        self._fresh = False

    def _expanded(self, blocks: Sequence[Block]) -> Iterator[Block]:
        """Blocks with lines that hold several fields taken apart."""
        for block in blocks:
            if isinstance(block, Line):
                for line in split(block):
                    yield from _by_controls(line) or _by_gaps(line) or [line]
            else:
                yield block

    def _line(self, line: Line, following: Line | None) -> None:
        found = self._found
        if is_furniture(line.text):
            found.use(line)
            return
        self._leave_control(line)
        if self._inline and (line.gap or self._is_next_field(line)):
            self._back_to_outer()
        if self._is_title(line) or self._is_plan_title(line, following):
            self._note_title(line)
            return
        if self._strays and field_of(line.text):
            self._strays.append(line)
        elif not self._is_item(line) and (
            label := find_label(line, self._label, following, waiting=self._fresh)
        ):
            self._labelled(line, *label)
        elif self._closes(line):
            self._closing(line)
        elif self._label is None or self._label.family == "other":
            if not self._note_title(line):
                self._strays.append(line)
        else:
            self._lines.append(line)
            self._fresh = False

    def _labelled(self, line: Line, label: Label, start: int) -> None:
        """A line that is a label, or begins with one."""
        value = line.cut(start)
        self._started = True
        if not value.text:  # with a value, the line has found its place when the value has
            self._found.use(line)
        self._open(label, inline=bool(value.text))
        self._run_in = line.lead > 0
        if value.text:
            self._lines.append(value)
            self._fresh = False
            if label.family == "head":
                self._back_to_outer()
        elif label.family == "head":
            self._inline = True

    def _is_item(self, line: Line) -> bool:
        """Whether a line is an item of the list that a heading opened, though it may begin like a field."""
        section = self._label
        in_list = section is not None and section == self._outer and section.family == "section"
        begins = find_label(line, section, None, waiting=False) if in_list and line.listed else None
        return bool(
            begins and section and section.key in LISTS and not line.lead and begins[1] < len(line.text)
        )

    def _leave_control(self, line: Line) -> None:
        """Content controls are named: the name is a label, if no visible one has just been read."""
        if line.controls == self._controls:
            return
        left, self._controls = bool(self._controls), line.controls
        label = next((found for name in line.controls if (found := recognise(name))), None)
        waiting = self._label is not None and not self._lines and self._label not in (self._outer, NO_PLACE)
        if label and label != self._label and not waiting:
            self._open(label, inline=True)
        elif left and not label and self._inline:
            self._back_to_outer()

    def _is_next_field(self, line: Line) -> bool:
        """Whether a line is a field of its own after a field, though its label is none that we know."""
        if not self._lines or line.number == self._lines[-1].number or line.controls:
            return False
        return bool(_OTHER_LABEL.match(line.text)) and not is_field(
            line.text.split(":")[0], self._label, alone=False
        )

    def _closes(self, line: Line) -> bool:
        """Whether a line that is no known label looks like a heading, so that what is below belongs to it."""
        if self._label is None:
            return bool(line.level)
        if self._after_list(line) or self._is_next_lead(line):
            return True
        people = self._label.family == "role" or self._label.key == sheet.INFLUENCE
        if line.level:
            return not (people and names_somebody(line.text))
        short = len(line.text.split()) <= 6 and line.text[-1] not in ".;,!"
        people = people and (names_somebody(line.text) or not any(item.listed for item in self._lines))
        shouted = line.text.isupper() and len(line.text.split()) < 2  # "ORACLE" is a name
        return line.bold and short and not (line.listed or people or self._fresh or shouted)

    def _closing(self, line: Line) -> None:
        """A heading that we do not know: what is below it has no place."""
        self._open(NO_PLACE, inline=False)
        named = self._note_title(line)
        if line.level:
            self._found.use(line)
        elif not named:
            self._found.left.add(line.number)

    def _after_list(self, line: Line) -> bool:
        """Whether running text follows a list behind an empty line, such as the end of a letter."""
        behind = line.gap and not line.listed and len(self._lines) > 1
        return behind and all(item.listed for item in self._lines)

    def _is_next_lead(self, line: Line) -> bool:
        """Whether a line begins with bold words of no known meaning, as the label above it does."""
        begins = 0 < line.lead < len(line.text) and line.text[: line.lead].rstrip()[-1:] in tuple(":.?–—-")
        return self._run_in and begins and not line.listed

    def _open(self, label: Label, *, inline: bool) -> None:
        self._close()
        self._label, self._inline, self._fresh = label, inline, True
        if not inline:
            self._outer = label

    def _back_to_outer(self) -> None:
        """End a field; what follows belongs to the heading above it."""
        self._close()
        self._label, self._inline, self._fresh = self._outer, False, False

    def _is_title(self, line: Line) -> bool:
        """Whether a line names the kind of sheet and the deal: "Blue Sheet: Acme - Order Hub"."""
        kind = TITLE.search(line.text)
        if kind is None or (self._started and not line.level):
            return False
        before, after = line.text[: kind.start()].rstrip(), line.text[kind.end() :].lstrip()
        return (not before and after[:1] in tuple(":–—-|")) or (not after and before[-1:] in tuple(":–—-|"))

    def _is_plan_title(self, line: Line, following: Line | None) -> bool:
        """Whether the first heading, though "Mutual action plan" may be a label, is the document's title."""
        first = bool(line.level) and not self._started and TITLE.fullmatch(line.text)
        return bool(first and following and label_before_sign(following, None))

    def _close(self) -> None:
        if self._label and self._lines and not (self._only_head and self._label.family != "head"):
            place(self._label, self._lines, self._found, inline=self._inline)
        self._lines = []
        self._stray_person()

    def _stray_person(self) -> None:
        """Lines without a heading that say name, role and mode of somebody are that person's."""
        lines = [line for line in self._strays if field_of(line.text)]
        keys = {named[0] for line in lines if (named := field_of(line.text))}
        said = self._strays
        self._strays = []
        if len(keys) >= 3 and keys & {"role", "mode", "influence", "rating"} and not self._only_head:
            place(Label("section", sheet.INFLUENCE), lines, self._found)
            said = []
        self._found.left.update(line.number for line in said)

    def _note_title(self, line: Line) -> bool:
        """The sheet's title names the deal, if nothing else does; so may a short line right below it.

        Whether the line was such a title.
        """
        kind = TITLE.search(line.text)
        if kind:
            rest = rest_of_title(line.text, kind)
            self._found.use(line)
        else:
            short = len(line.text.split()) <= 12 and line.text[-1] not in ".:;?!" and not line.listed
            names = TWO_NAMES.search(line.text) and (line.level or self._titled)
            rest = line.text if short and names and not self._started else ""
        names_deal = not self._found.title and may_be_a_deal(rest)
        if names_deal:
            self._found.title = rest
            self._found.use(line)
        self._titled = self._titled or bool(kind or line.level)
        return names_deal or kind is not None


def _by_controls(line: Line) -> list[Line] | None:
    """A line with named content controls, taken apart at them, if all the rest are labels."""
    named = [span for span in line.spans if span.names and any(recognise(name) for name in span.names)]
    if not named:
        return None
    parts: list[Line] = []
    at = 0
    for span in sorted(named, key=lambda span: span.start):
        before = line.cut(at, span.start)
        if before.text.strip(" ,;|/:"):
            if len(before.text.split()) > 6:
                return None
            parts.append(before)
        inner = line.cut(span.start, span.end)
        if inner.text:
            parts.append(replace(inner, controls=span.names))
        at = span.end
    after = line.cut(at)
    if after.text.strip(" ,;|/.:"):
        return None
    return parts


def _by_gaps(line: Line) -> list[Line] | None:
    """A line of several fields ("Account:⇥Acme⇥Owner:⇥Tom"), taken apart."""
    for gaps, least in ((_GAPS, 1), (_COMMAS, 2)):
        cuts = [0, *[place for gap in gaps.finditer(line.text) for place in gap.span()], len(line.text)]
        parts = [line.cut(start, end) for start, end in zip(cuts[::2], cuts[1::2], strict=True)]
        parts = [part for part in parts if part.text]
        if len(parts) < 2:
            continue
        labels = [_field_label(part) for part in parts]
        alone = labels[0] is not None and labels[0][1] and not (labels[1] and labels[1][1])
        known = [label for label in labels if label]
        heads = sum(label.family == "head" for label, _ in known)
        if labels[0] and (len(known) >= 2 or alone) and (least == 1 or heads >= 2):
            return parts
    return None


def _field_label(line: Line) -> tuple[Label, bool] | None:
    """The label of a part of a line, and whether it has no value of its own."""
    if found := recognise(line.text, ANYWHERE, Trust.EXACT):
        return found, True
    if found_at := inline_label(line, None):
        return found_at[0], not line.text[found_at[1] :].strip()
    return None
