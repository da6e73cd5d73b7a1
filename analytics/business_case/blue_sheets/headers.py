"""Knows what a table's heading row says about the columns below it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from analytics.business_case.blue_sheets import sheet
from analytics.business_case.blue_sheets.labels import Label, Trust, folded, recognise, value_word
from analytics.business_case.blue_sheets.placing import LISTS

#: fields that tell a person's column from any other
_TELLING = {"role", "mode", "influence", "rating", "win_result"}
_BY_ROW = frozenset({*LISTS, sheet.COMPETITION, sheet.IDEAL_CUSTOMER, sheet.DECISION_CRITERIA})
#: what a table of competitors says about each
_OF_RIVALS = (sheet.STRENGTH, sheet.RED_FLAG)
_OWNING = (sheet.ACTION, sheet.RED_FLAG, sheet.INFORMATION_NEEDED, sheet.STRENGTH)


class Kind(Enum):
    """What the rows of a grid are."""

    PEOPLE = auto()
    #: every row one fact, with further columns about it
    ITEMS = auto()
    #: every column a section of its own
    COLUMNS = auto()
    #: one column holds labels, the next one their values
    LABELLED = auto()


@dataclass(frozen=True)
class Header:
    """A heading row: what each column means. Keys of people and items are field names."""

    kind: Kind
    columns: dict[int, Label]
    #: columns of another kind, by their own headings
    extras: dict[int, str] = field(default_factory=dict)
    main: Label | None = None

    def below(self, upper: Header) -> Header:
        """This heading row with what the row above it says of the columns that it leaves empty."""
        columns = {c: label for c, label in upper.columns.items() if c not in self.extras}
        said = columns | self.columns
        extras = {c: text for c, text in (upper.extras | self.extras).items() if c not in said}
        return Header(self.kind, said, extras, self.main)


Cells = Sequence[tuple[int, str]]


def header_of(cells: Cells, below: Cells, section: Label | None, *, bold: bool) -> Header | None:
    """What a row says as a heading row; None if it is none. `below`: the next row that is not empty."""
    filled = [(column, text.strip()) for column, text in cells if text.strip()]
    if len(filled) < 2 or any(len(t) > 80 for _, t in filled):
        return None
    if not any(text.strip() for _, text in below):  # a grid that nobody has filled in
        return _people(filled, section)
    if header := _people(filled, section) or _items(filled, below, section, bold=bold):
        return header
    return _labelled(filled) or _columns(filled, below)


def _short(text: str) -> str:
    return text.replace("\n", " ")


def _extras(filled: Cells, columns: dict[int, Label]) -> dict[int, str]:
    return {column: folded(_short(text)).strip(" :") for column, text in filled if column not in columns}


def _people(filled: Cells, section: Label | None) -> Header | None:
    """Name, role, degree, mode ... of a person per row; or a column per role or mode, to be marked."""
    columns = {c: label for c, text in filled if (label := _person_column(_short(text)))}
    for family in (
        "role",
        "mode",
        "degree",
    ):  # a single "Growth" is a value; several side by side are headings
        same = {c: label.key for c, label in columns.items() if label.family == family}
        if len(set(same.values())) < 2:
            columns = {c: label for c, label in columns.items() if c not in same}
    keys = [label.key for label in columns.values() if label.family == "influence_field"]
    marks = sum(label.family in ("role", "mode", "degree") for label in columns.values())
    about_people = section is not None and (section.key == sheet.INFLUENCE or section.family == "role")
    telling = bool(_TELLING & set(keys)) or marks >= 2 or about_people
    named = "name" in keys or "role" in keys or about_people or (marks >= 2 and "name" in keys)
    if not (telling and named and len(set(keys)) + marks >= 2 and 2 * len(columns) >= len(filled)):
        return None
    for column, text in filled:  # red flags and strengths of a person are facts of their own
        if column not in columns and (label := recognise(_short(text), ("section",))) and label.key in LISTS:
            columns[column] = label
    return Header(Kind.PEOPLE, columns, _extras(filled, columns))


def _person_column(text: str) -> Label | None:
    if found := recognise(text, ("influence_field",)):
        return found
    for family in ("role", "mode", "degree"):
        if len(text) > 1 and (word := value_word(text, family)):
            return Label(family, word)
    return None


def _items(filled: Cells, below: Cells, section: Label | None, *, bold: bool) -> Header | None:
    """One column with the actions, red flags, competitors ..., the others about them."""
    known = {c: label for c, text in filled if (label := recognise(_short(text), ("action_field",)))}
    main = _main_column(filled, known, section)
    if main is None or not _is_heading(filled, below, known, main[0]):
        return None
    named = recognise(_short(dict(filled)[main[0]]), ("section", "table"), Trust.CLOSE) is not None
    if not (named or known or bold):
        return None
    columns = {c: label for c, label in known.items() if label.key in ("owner", "due") and c != main[0]}
    columns[main[0]] = main[1]
    return Header(Kind.ITEMS, columns, _extras(filled, columns), main[1])


def _main_column(filled: Cells, known: dict[int, Label], section: Label | None) -> tuple[int, Label] | None:
    """The column of a grid that holds the facts, and what they are: by its heading, or by the section."""
    lists = [
        (column, label)
        for column, text in filled
        if (label := recognise(_short(text), ("section",))) and label.key in (*_OWNING, sheet.COMPETITION)
    ]
    if lists:
        one_kind = len({label for _, label in lists}) == 1
        rivals = lists[0][1].key == sheet.COMPETITION and all(
            label.key in (sheet.COMPETITION, *_OF_RIVALS) for _, label in lists
        )
        return lists[0] if one_kind or rivals else None
    action = next((c for c, label in known.items() if label.key == "action"), None)
    if section and section.family == "section" and section.key in _BY_ROW:
        return (_first_text(filled) if action is None else action), section
    if action is not None and any(label.key == "owner" for label in known.values()):
        return action, Label("section", sheet.ACTION)
    return None


def _first_text(filled: Cells) -> int:
    """The first column that is not the rows' number."""
    return next(
        (c for c, text in filled if not re.fullmatch(r"(?:#|no\.?|nr\.?|\d+)", text, re.IGNORECASE)),
        filled[0][0],
    )


def _is_heading(filled: Cells, below: Cells, known: dict[int, Label], main: int) -> bool:
    """Whether a row with one telling heading is a heading row, and not a label with its value."""
    others = [text for column, text in filled if column != main]
    if any(column != main and label.key in ("owner", "due") for column, label in known.items()):
        return True
    short = all(len(text.split()) <= 4 and not re.search(r"[\d.;:]", text) for text in others)
    first = next((text for _, text in below if text.strip()), "")
    return (
        short
        and recognise(_short(first), ("answer", "section", "head", "role", "other"), Trust.EXACT) is None
    )


def _labelled(filled: Cells) -> Header | None:
    """Question and answer, element and what we know."""
    found = {column: recognise(_short(text), ("table",), Trust.EXACT) for column, text in filled}
    questions = [c for c, label in found.items() if label and label.key == "question"]
    answers = [c for c, label in found.items() if label and label.key == "answer"]
    if not questions or not answers or questions[-1] > answers[-1]:
        return None
    first = next(c for c in answers if c > questions[0])
    columns = {c: Label("table", "question") for c in questions if c < first} | {
        first: Label("table", "answer")
    }
    return Header(Kind.LABELLED, columns, _extras(filled, columns))


def _columns(filled: Cells, below: Cells) -> Header | None:
    """Sections side by side, or head data over their values."""
    columns = {
        c: label
        for c, text in filled
        if (label := recognise(_short(text), ("answer", "section", "head", "role", "other")))
    }
    under = {c: text.strip() for c, text in below}
    values = [c for c in columns if under.get(c) and not recognise(_short(under[c]), trust=Trust.EXACT)]
    if len(columns) < 2 or len(columns) < len(filled) or 2 * len(values) < len(columns):
        return None
    return Header(Kind.COLUMNS, columns)
