"""Reads tables: forms, grids with a heading row, grids on their side, and boxes that only make a layout."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cached_property

from analytics.business_case.blue_sheets import sheet
from analytics.business_case.blue_sheets.blocks import Block, Cell, Line, Table
from analytics.business_case.blue_sheets.findings import Findings
from analytics.business_case.blue_sheets.headers import Header, Kind, header_of
from analytics.business_case.blue_sheets.labels import ANYWHERE, Label, Trust, recognise, value_word
from analytics.business_case.blue_sheets.people import (
    Fields,
    coded,
    is_name,
    name_and_title,
    person_of,
    set_field,
)
from analytics.business_case.blue_sheets.placing import LISTS, due_date, hint, place
from analytics.business_case.blue_sheets.values import (
    is_cross,
    is_instruction,
    is_nothing,
    is_placeholder,
    rating,
    read_date,
)

Read = Callable[[Sequence[Block], "Label | None"], "Label | None"]
Row = list[tuple[int, Cell]]
_PERSON = Label("section", sheet.INFLUENCE)
_GENERIC = re.compile(
    r"(?:buying )?(?:influence|buyer|person|contact|stakeholder|name)?\s*(?:no\.?|#)?\s*\d{0,2}",
    re.IGNORECASE,
)


class TableReader:
    """Reads one table row by row; a heading row or title row holds for the rows below it."""

    def __init__(self, table: Table, found: Findings, section: Label | None, read: Read) -> None:
        self._found, self._read = found, read
        self._section, self._given = section, section
        self._header: Header | None = None
        self._header_row = -1
        self._rows = [
            [(c, cell) for c, cell in enumerate(row) if cell and not cell.above] for row in table.rows
        ]
        self._merged = _merged_down(table)
        if self._labels_are_behind():
            self._rows = [row[::-1] for row in self._rows]
        #: rows up to here were tried as people on their side, and are none
        self._no_cards_before = 0

    def run(self) -> None:
        """Read the table."""
        if all(len(row) <= 1 for row in self._rows):
            self._read(
                [block for row in self._rows for _, cell in row for block in cell.blocks], self._section
            )
            return
        done = set[int]()
        for number in range(len(self._rows)):
            if number not in done:
                done |= self._row(number)

    def _labels_are_behind(self) -> bool:
        """Whether the rows hold the value first and its label in the last column."""
        pairs = [row for row in self._rows if len(row) == 2]
        first, last = (sum(self._names_a_field(row[at][1]) for row in pairs) for at in (0, 1))
        return last >= 2 and last * 2 > len(pairs) and first * 4 < last

    def _names_a_field(self, cell: Cell) -> bool:
        label = self._label_of(cell)
        return label is not None and label.family != "role"

    def _row(self, number: int) -> set[int]:
        """Read a row; returns the numbers of all rows that were read with it."""
        row = self._rows[number]
        if not any(cell.lines for _, cell in row):
            return {number}
        if len(row) == 1 and not self._covered(number):
            self._title(row[0][1])
            return {number}
        if cards := self._cards(number):
            return cards
        if header := self._header_at(number):
            in_two_rows = (
                self._header
                and number - 1 == self._header_row
                and header.kind is self._header.kind is Kind.PEOPLE
            )
            self._header = header.below(self._header) if self._header and in_two_rows else header
            self._header_row = number
            for _, cell in row:
                self._found.use(*(line for line in cell.lines if line.text in _heading(cell)))
        elif self._header and self._header.kind is not Kind.LABELLED and not self._restarts(number):
            self._data(number)
        elif not (self._question_row(number) or self._pairs(number)):
            self._loose(number)
        for _, cell in row:
            if _counts(cell):  # numbers and letters that only count rows, and scores
                self._found.use(*cell.lines)
        return {number}

    def _title(self, cell: Cell) -> None:
        """A row of a single cell: the title of what follows, or text."""
        self._header = None
        waiting = self._read(cell.blocks, self._section)
        self._section = waiting or self._section

    def _header_at(self, number: int) -> Header | None:
        row = self._rows[number]
        below = next((r for r in self._rows[number + 1 : number + 9] if any(c.lines for _, c in r)), [])
        if self._header and self._header.kind is Kind.COLUMNS and (again := self._labels_again(row)):
            return again
        if len(row) == 2 and self._is_form and self._label_of(row[0][1]):
            return None
        if self._header and self._header.kind is Kind.LABELLED and self._asks_again(self._header, row):
            return None
        bold = all(line.bold for _, cell in row for line in cell.lines)
        return header_of([(c, _heading(cell)) for c, cell in row], _texts(below), self._section, bold=bold)

    @cached_property
    def _is_form(self) -> bool:
        """Whether most rows begin with a label, so that a row of two is hardly a heading row."""
        label_rows = sum(self._label_of(row[0][1]) is not None for row in self._rows if len(row) > 1)
        return label_rows * 2 > len(self._rows) > 2

    def _asks_again(self, header: Header, row: Row) -> bool:
        """Whether a row below "Question | Answer" asks a known question, so that it is no heading row."""
        last = [cell for column, cell in row if header.columns.get(column) == Label("table", "question")][-1:]
        return bool(last) and self._label_of(last[0], Trust.OPEN) is not None and len(row) > 2

    def _labels_again(self, row: Row) -> Header | None:
        """A row of nothing but labels below columns that had labels over their values."""
        labels = {column: self._label_of(cell) for column, cell in row if cell.lines}
        known = {column: label for column, label in labels.items() if label}
        return Header(Kind.COLUMNS, known) if len(known) == len(labels) else None

    def _restarts(self, number: int) -> bool:
        """Whether a row below a heading row is a form row again: a label, and a value that is none."""
        header, row = self._header, self._rows[number]
        if header is None or len(row) < 2 or header.kind is Kind.PEOPLE:
            return False
        label = self._label_of(row[0][1])
        return label is not None and label.family != "role" and not self._label_of(row[1][1])

    def _covered(self, number: int) -> bool:
        """Whether a cell from above reaches into the row."""
        return number in self._merged

    # forms: a label and its value

    def _label_of(self, cell: Cell, trust: Trust = Trust.CLOSE) -> Label | None:
        """The label that a cell is: one line that says it, perhaps with instructions below."""
        lines = [line for line in cell.lines if line.filled]
        if not lines or len(lines[0].text) > 200:
            return None
        if any(not _is_help(line) for line in lines[1:]):
            joined = " ".join(line.text for line in lines)
            return recognise(joined, ANYWHERE, Trust.CLOSE) if len(lines) <= 3 and len(joined) < 80 else None
        return recognise(lines[0].text, self._families(), trust)

    def _families(self) -> tuple[str, ...]:
        """In a table about people, a role's name is a role first."""
        about_people = self._section is not None and self._section.key == sheet.INFLUENCE
        return ("role", *ANYWHERE) if about_people else ANYWHERE

    def _pairs(self, number: int) -> bool:
        """Labels with the cells behind them as their values; False if the row does not begin with a label."""
        row = self._rows[number]
        pending: Label | None = None
        values: Row = []
        begun = False
        if covering := self._merged_label(number):
            pending, begun = covering, True
        for position, (column, cell) in enumerate(row):
            label = self._label_of(
                cell, Trust.OPEN if column == 0 and _looks_like_label(cell) else Trust.CLOSE
            )
            if label and label == pending and not values:
                self._found.use(*cell.lines)  # the question in full behind its short name
            elif label and (begun or self._may_begin(row, position)) and not _ticks(cell):
                self._pair(pending, values)
                pending, values, begun = label, [], True
                self._found.use(
                    *cell.lines, *(line for _, c in row[:position] if _counts(c) for line in c.lines)
                )
            elif begun:
                values.append((column, cell))
        if begun:
            self._pair(pending, values)
            self._open_if_empty(row, pending)
        return begun

    def _may_begin(self, row: Row, position: int) -> bool:
        """Whether a label may stand there: in front, or where pairs of label and value put it."""
        in_turn = self._is_form and len(row) >= 4 and len(row) % 2 == 0 and position % 2 == 0
        return position == 0 or _only_counts(row[:position]) or in_turn

    def _question_row(self, number: int) -> bool:
        """A row below "Question | Answer": a question counts before a topic, the answer has its column."""
        header = self._header
        if header is None or header.kind is not Kind.LABELLED:
            return False
        cells = dict(self._rows[number])
        asked = [cells[c] for c, column in header.columns.items() if column.key == "question" and c in cells]
        in_words = sorted(asked, key=lambda cell: not cell.text.rstrip(" *").endswith("?"))
        label = next((found for cell in in_words if (found := self._label_of(cell, Trust.OPEN))), None)
        if label is None:
            return False
        self._found.use(*(line for cell in asked for line in cell.lines))
        answer = next(c for c, column in header.columns.items() if column.key == "answer")
        about = {header.extras[c]: cell for c, cell in cells.items() if header.extras.get(c) and cell.lines}
        if answer in cells and about and label.family == "answer" and _real(cells[answer], self._found):
            fields = {name: cell.text for name, cell in about.items()}
            place(label, cells[answer].lines, self._found, fields)
            self._found.use(*(line for cell in about.values() for line in cell.lines))
        else:
            self._pair(label, [(answer, cells[answer])] if answer in cells else [])
        return True

    def _open_if_empty(self, row: Row, label: Label | None) -> None:
        """A label with nothing but empty cells behind it heads the rows below it."""
        if label and label.family == "section" and len(row) > 2 and not any(c.lines for _, c in row[1:]):
            self._section, self._header = label, None

    def _merged_label(self, number: int) -> Label | None:
        """The label in the first column that reaches down into this row."""
        cell = self._merged.get(number, {}).get(0)
        return self._label_of(cell) if cell else None

    def _pair(self, label: Label | None, values: Row) -> None:
        """A label's value: the first filled cell; for people and lists all of them."""
        filled = [
            (column, cell) for column, cell in values if any(not _is_empty(line) for line in cell.lines)
        ]
        for _, cell in values:
            for line in cell.lines:
                if _is_empty(line):
                    self._found.use(line)
        if label is None or not filled:
            return
        if label.family == "role" and len(filled) > 1:
            self._person_of_cells(filled, label.key)
        elif label.family == "section" and label.key in LISTS:
            for _, cell in filled:
                self._read(cell.blocks, label)
        elif label.family in ("answer", "section"):
            self._read(_best_value(filled).blocks, label)
        else:
            self._read(filled[0][1].blocks, label)

    # grids: a heading row, and rows below it

    def _data(self, number: int) -> None:
        header = self._header
        assert header is not None
        cells = dict(self._rows[number])
        if header.kind is Kind.PEOPLE:
            cells = self._merged.get(number, {}) | cells
            self._person(header, cells)
        elif header.kind is Kind.ITEMS:
            self._item(header, cells)
        else:
            for column, label in header.columns.items():
                if column in cells:
                    self._read(cells[column].blocks, label)

    def _person(self, header: Header, cells: dict[int, Cell]) -> None:
        """A row about a person; their red flags and strengths are facts of their own."""
        about = {c: label for c, label in header.columns.items() if label.family == "section"}
        fields: Fields = {}
        lines: list[Line] = []
        if self._section and self._section.family == "role":
            fields["role"] = self._section.key
        for column, cell in cells.items():
            if column not in about and self._set_column(fields, header, column, cell):
                lines += _real(cell, self._found)
        if fields.get("name") or (set(fields) & {"mode", "influence", "rating", "title", "win_result"}):
            self._found.add(sheet.INFLUENCE, lines, fields=fields)
        else:
            self._found.use(*(line for line in lines if value_word(line.text, "role")))
        for column, label in about.items():
            if column in cells:
                self._about(label, cells[column], fields.get("name", ""))

    def _set_column(self, fields: Fields, header: Header, column: int, cell: Cell) -> bool:
        """Put one cell into a person's fields; False if it is about somebody else."""
        label, text = header.columns.get(column), cell.text
        if not text or is_placeholder(text):
            return True
        if label is None:
            fields |= {header.extras[column]: text} if column in header.extras else {}
        elif label.family == "influence_field":
            set_field(fields, label.key, text)
        elif is_cross(text):
            key = "influence" if label.family == "degree" else label.family
            fields[key] = f"{fields[key]}, {label.key}" if key in fields else label.key
        elif label.family == "role":  # a column per role with names in it
            self._person_of_cells([(column, cell)], label.key)
            return False
        return True

    def _about(self, label: Label, cell: Cell, name: str) -> None:
        """A red flag or strength that a person's row names."""
        place(label, list(cell.lines), self._found, {"influence": name})

    def _item(self, header: Header, cells: dict[int, Cell]) -> None:
        """A row that is one fact, with its other columns as fields."""
        main = next(column for column, label in header.columns.items() if label == header.main)
        lines = _real(cells[main], self._found) if main in cells else []
        fields: Fields = {}
        for column, cell in cells.items():
            text = cell.text
            if column == main or not text:
                continue
            label = header.columns.get(column)
            key = label.key if label else header.extras.get(column, "")
            if label and is_placeholder(text):
                self._found.use(*cell.lines)
            elif key and lines:
                fields[key] = due_date(text, self._found.language) if key == "due" else text
                self._found.use(*cell.lines)
        kind = header.main.key if header.main else sheet.ACTION
        if lines and not all(is_nothing(line.text) for line in lines):
            self._found.add(kind, lines, fields=fields)

    def _loose(self, number: int) -> None:
        """A row without label or heading row: content of the section, or cells with texts of their own."""
        row = [(c, cell) for c, cell in self._rows[number] if cell.lines]
        section = self._section
        if (self._header and self._header.kind is Kind.LABELLED) or self._asks_something_else(row):
            section = None
        about_people = section is not None and (section.key == sheet.INFLUENCE or section.family == "role")
        if section and about_people and len(row) > 1 and len(row[0][1].lines) <= 3:
            self._person_of_cells(row, section.key if section.family == "role" else "")
        elif (
            section
            and section.family == "section"
            and section.key in LISTS
            and len(row) > 1
            and _is_item_row(row)
        ):
            self._headless_item(section, row)
        else:
            for _, cell in row:
                self._read(cell.blocks, section)

    def _asks_something_else(self, row: Row) -> bool:
        """Whether a row begins with a label, though none that we know: it is not the section's content."""
        if len(row) < 2:
            return False
        first = row[0][1].text
        return self._is_form or first.rstrip(" *").endswith(("?", ":"))

    def _headless_item(self, section: Label, row: Row) -> None:
        """An action per row without headings: the text, then perhaps who and when."""
        rest = [cell for _, cell in row if not _counts(cell)]
        fields: Fields = {}
        for cell in rest[1:]:
            if day := read_date(cell.text, self._found.language):
                fields["due"] = day.isoformat()
            elif is_name(cell.text):
                fields["owner"] = cell.text
            else:
                continue
            self._found.use(*cell.lines)
        for _, cell in row:
            if _counts(cell):
                self._found.use(*cell.lines)
        if rest:
            place(section, list(rest[0].lines), self._found, fields)

    def _person_of_cells(self, cells: Row, role: str) -> None:
        """A person from cells without headings."""
        lines = [line for _, cell in cells for line in _real(cell, self._found)]
        if not lines:
            return
        if len(cells) == 1:
            place(Label("role", role) if role else _PERSON, lines, self._found)
            return
        fields: Fields = {"role": role} if role else {}
        for _, cell in cells:
            _guess(fields, cell)
        if "name" in fields or "role" in fields:
            self._found.add(sheet.INFLUENCE, lines, fields=fields)

    # people on their side: a field per row, a person per column

    def _cards(self, number: int) -> set[int]:
        """Read a run of rows that begin with fields of a person; returns their numbers."""
        if number < self._no_cards_before:
            return set()
        run: list[tuple[int, str]] = []
        first = number
        if not self._rows[number][0][1].text and number + 1 < len(self._rows):
            first += 1  # a heading row with names, or "Buyer 1", "Buyer 2"
        for at in range(first, len(self._rows)):
            key = self._field_at(at)
            if not key:
                break
            run.append((at, key))
        keys = {key for _, key in run} | {k for at, _ in run for k in self._more_fields(at)}
        about_people = self._section is not None and self._section.key == sheet.INFLUENCE
        telling = keys & {"role", "mode", "influence", "rating", "win_result"}
        if not telling or len(keys) < (2 if about_people else 3):
            self._no_cards_before = first + len(run)
            return set()
        if any(self._more_fields(at) for at, _ in run):
            self._card_of_pairs([at for at, _ in run])
        else:
            self._cards_by_column(run, number if first > number else None)
        return {number, *(at for at, _ in run)}

    def _field_at(self, number: int) -> str:
        """The person's field that a row begins with, '' if none (or if the row is a heading row)."""
        row = self._rows[number]
        if len(row) < 2:
            return ""
        label = recognise(row[0][1].text.replace("\n", " "), ("influence_field",))
        others = [cell.text for _, cell in row[1:] if cell.text]
        fields = [text for text in others if recognise(text, ("influence_field",), Trust.SPELT)]
        if not label or len(fields) * 2 > len(others) > 0:
            return ""
        return label.key

    def _more_fields(self, number: int) -> list[str]:
        """Fields that stand further to the right in a row: Name | ... | Title | ..."""
        row = self._rows[number]
        found = [recognise(cell.text, ("influence_field",), Trust.CLOSE) for _, cell in row[2:]]
        return [label.key for label in found if label]

    def _card_of_pairs(self, numbers: list[int]) -> None:
        """Forms of one person each: labels and values in turn."""
        fields: Fields = {}
        lines: list[Line] = []
        for number in numbers:
            key = ""
            for _, cell in self._rows[number]:
                label = recognise(cell.text, ("influence_field",), Trust.CLOSE)
                if label:
                    key = label.key
                    self._found.use(*cell.lines)
                    if key == "name" and fields:
                        self._add_person(fields, lines)
                        fields, lines = {}, []
                elif key:
                    set_field(fields, key, cell.text)
                    lines += _real(cell, self._found)
                    key = ""
        self._add_person(fields, lines)

    def _cards_by_column(self, run: list[tuple[int, str]], heading: int | None) -> None:
        people: dict[int, tuple[Fields, list[Line]]] = {}
        if heading is not None:
            self._names_above(heading, people)
        for number, key in run:
            label_cell, *cells = self._rows[number]
            self._found.use(*label_cell[1].lines)
            if key == "name" and any("name" in fields for fields, _ in people.values()):
                self._add_people(people)
                people = {}
            for column, cell in cells:
                fields, lines = people.setdefault(column, ({}, []))
                set_field(fields, key, cell.text)
                lines += _real(cell, self._found)
        self._add_people(people)

    def _names_above(self, number: int, people: dict[int, tuple[Fields, list[Line]]]) -> None:
        """The heading row of a grid on its side may hold the names, or the roles."""
        for column, cell in self._rows[number][1:]:
            text = cell.text
            if text and not _GENERIC.fullmatch(text):
                fields: Fields = {}
                name_and_title(fields, text)
                people[column] = (fields, _real(cell, self._found))
            self._found.use(*cell.lines)

    def _add_people(self, people: dict[int, tuple[Fields, list[Line]]]) -> None:
        for fields, lines in people.values():
            self._add_person(fields, lines)

    def _add_person(self, fields: Fields, lines: list[Line]) -> None:
        if lines and (fields.get("name") or len(fields) > 1):
            if self._section and self._section.family == "role":
                fields.setdefault("role", self._section.key)
            self._found.add(sheet.INFLUENCE, lines, fields=fields)


def _merged_down(table: Table) -> dict[int, dict[int, Cell]]:
    """Cells that reach down from above, by row and column."""
    merged: dict[int, dict[int, Cell]] = {}
    for number, row in enumerate(table.rows):
        for column, cell in enumerate(row):
            if cell and cell.above and number:
                above = merged.get(number - 1, {}).get(column) or table.rows[number - 1][column]
                if above:
                    merged.setdefault(number, {})[column] = above
    return merged


def _heading(cell: Cell) -> str:
    """A cell's text as a heading: its short lines; a sentence below them is none."""
    return "\n".join(line.text for line in cell.lines if len(line.text.split()) <= 5 or line is cell.lines[0])


def _texts(row: Row) -> list[tuple[int, str]]:
    return [(column, cell.text) for column, cell in row]


def _real(cell: Cell, found: Findings) -> list[Line]:
    return [line for line in cell.lines if not hint(line, found)]


def _is_empty(line: Line) -> bool:
    return not line.filled or is_placeholder(line.text)


def _is_help(line: Line) -> bool:
    """Whether a line below a label explains it."""
    text = line.text
    return line.grey or line.italic or text[0] in "([" or is_instruction(text) or is_placeholder(text)


def _looks_like_label(cell: Cell) -> bool:
    first = next((line for line in cell.lines if line.filled), None)
    return first is not None and (first.bold or first.text.rstrip(" *").endswith("?"))


def _ticks(cell: Cell) -> bool:
    return is_cross(cell.text)


def _counts(cell: Cell) -> bool:
    """Whether a cell only counts or abbreviates: "3", "M", "#"."""
    text = cell.text.strip(" .):")
    return len(text) <= 2 or text.isdigit()


def _only_counts(row: Row) -> bool:
    return all(_counts(cell) for _, cell in row)


def _is_item_row(row: Row) -> bool:
    rest = [cell for _, cell in row if not _counts(cell)]
    return bool(rest) and all(len(cell.lines) == 1 for cell in rest)


def _best_value(filled: Row) -> Cell:
    """The answer among several cells: the first that is more than a score."""
    return next((cell for _, cell in filled if not _counts(cell) and not rating(cell.text)), filled[0][1])


def _guess(fields: Fields, cell: Cell) -> None:
    """What a person's cell without a heading says."""
    text = cell.text
    for key in ("role", "mode", "influence", "rating"):
        if key not in fields and (word := coded(key, text)):
            fields[key] = word
            return
    if "name" not in fields:
        fields.update({k: v for k, v in person_of(cell.lines).items() if k not in fields})
    elif "title" not in fields and len(text.split()) <= 6:
        fields["title"] = text
    else:
        fields.setdefault("win_result", text)
