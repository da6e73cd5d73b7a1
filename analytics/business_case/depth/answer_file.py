"""Reads a CSV of answers: id, question, answer. Rows that cannot be used are named, the others are kept."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from charset_normalizer import from_bytes

from analytics.business_case.depth.features import QUESTIONS
from analytics.problems import BadInput

COLUMNS = ("id", "question", "answer")
_LARGEST_CELL = 50_000_000


@dataclass
class AnswerFile:
    """The usable rows, column by column, and a message for each other one."""

    ids: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    bad: list[BadInput] = field(default_factory=list)

    def copies(self) -> list[str]:
        """Per row the id of the first earlier row with the same words under the same question, or nothing."""
        first: dict[tuple[str, str], str] = {}
        found = []
        for name, question, answer in zip(self.ids, self.questions, self.answers, strict=True):
            text = " ".join(answer.split()).casefold()
            earlier = first.get((question, text)) if text else None
            first.setdefault((question, text), name)
            found.append(earlier or "")
        return found


def read_answers(path: Path) -> AnswerFile:
    """Columns in any order and case, separated by `,`, `;` or tab; UTF-8, or whatever the bytes look like.

    BadInput where the file as a whole cannot be used.
    """
    csv.field_size_limit(_LARGEST_CELL)
    rows = _rows(path)
    header = [name.strip().lower() for name in next(rows, [])]
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise BadInput(
            f"column missing: {', '.join(missing)}",
            where=str(path),
            expected=f"a header row with {', '.join(COLUMNS)}",
            got=", ".join(header)[:200] or "an empty file",
        )
    found = AnswerFile()
    places = [header.index(name) for name in COLUMNS]
    for number, cells in enumerate(rows, start=2):
        if not any(cells):
            continue
        where = f"{path}, row {number}"
        if len(cells) != len(header):
            found.bad.append(
                BadInput(
                    "a row of another width",
                    where=where,
                    expected=f"{len(header)} cells",
                    got=f"{len(cells)}",
                    to_do="Put an answer that contains the separator into quotes.",
                )
            )
            continue
        name, question, answer = (cells[place] for place in places)
        question = question.strip().lower()
        if question not in QUESTIONS:
            found.bad.append(
                BadInput(
                    "unknown question",
                    where=f"{where}, column question",
                    expected=" or ".join(QUESTIONS),
                    got=repr(question[:50]),
                )
            )
            continue
        found.ids.append(name)
        found.questions.append(question)
        found.answers.append(answer)
    return found


def _rows(path: Path) -> Iterator[list[str]]:
    text = _text(path)
    first_line = text[: text.find("\n")] if "\n" in text else text
    separator = max(",;\t", key=first_line.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    except csv.Error as error:
        raise BadInput("cannot be read as CSV", where=str(path), got=str(error)) from error


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise BadInput("no such file", where=str(path)) from error
    except OSError as error:
        raise BadInput("cannot be read", where=str(path), got=str(error.strerror)) from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        best = from_bytes(data).best()
    if best is None:
        raise BadInput("cannot be read as text", where=str(path), expected="a CSV file, best in UTF-8")
    return str(best).removeprefix("\ufeff")
