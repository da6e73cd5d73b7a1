"""Who somebody at the customer is, from a line, a block of lines or the cells of a row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from analytics.business_case.blue_sheets.blocks import Line
from analytics.business_case.blue_sheets.labels import Trust, recognise, value_word, value_words
from analytics.business_case.blue_sheets.values import has_boxes, is_placeholder, rating, ticked

_TITLE_WORDS = re.compile(
    r"\b(?:C[A-Z]O|[SE]?VP|Chief|President|Vice|Director|Directeur|Directrice|Director[a]?|Manager|Head|Lead|Leiter(?:in)?|Officer|Engineer"
    r"|Analyst|Architect|Buyer|Controller|Counsel|Administrator|Supervisor|Specialist|Owner|User|Procurement|Finance|IT|Legal|Sales"
    r"|Operations|Security|Team|Department|Planner|Clerk|Coordinator|Responsable|Jefe|Gerente|Geschäftsführer(?:in)?|Einkauf|Secretary"
    r"|Treasurer|Partner|Consultant|Assistant|Foreman|Technician|Board|Committee|Group|Plant|General)\b"
)
_WORD = r"(?:[A-ZÀ-ÖØ-Þ](?:[\w’'.-]*\w)?\.?|de|la|van|von|der|den|del|di|da|bin|al|el|ter|le|dos|zu)"
_NAME = re.compile(rf"(?:(?:Dr|Mr|Mrs|Ms|Prof|Herr|Frau|M|Mme|Sr|Sra)\.?\s+)*{_WORD}(?:\s+{_WORD}){{1,4}}")
_STRONG = re.compile(r"\s*[;|\t\n•·]\s*|\s{3,}")
_WEAK = re.compile(
    r"\s*,\s+|\s+[-–—/]\s+|\s*[()\[\]]\s*|\s*/\s*(?=[A-Z])|(?<=\w)\s*[–—]\s*|:\s+|\.\s+(?=[A-Z])"
)
_FIELD = re.compile(r"^\s*([^:=]{2,40}?)(?:\s*[:=]\s*|\s+[–—-]\s+)(.+)$", re.DOTALL)
_NEXT_FIELD = re.compile(r",\s+(?=[A-Za-z][\w/ -]{2,30}:\s)")
#: fields whose value is a word of a vocabulary
_CODED = {"role": "role", "mode": "mode", "influence": "degree"}
_BETWEEN = re.compile(r"[;,]\s+|\s+(?:and|und|et|y|&)\s+")
_NAME_ENDS = re.compile(r"[,;(:]|\s[-–—/]\s|\s(?:and|und|et|y|&)\s")
Fields = dict[str, str]


def is_name(text: str) -> bool:
    """Whether a text looks like a person's name (two to five capitalised words, no job title)."""
    text = text.strip()
    if len(text) > 60:
        return False
    abbreviated = any(word.isupper() and 1 < len(word) <= 4 for word in text.split())
    return bool(_NAME.fullmatch(text)) and not _TITLE_WORDS.search(text) and not abbreviated


def coded(key: str, text: str) -> str:
    """A role, degree, mode or rating in its standard word; '' if the text is none."""
    if key == "rating":
        return rating(text)
    if has_boxes(text):
        text = ", ".join(ticked(text))
    if key == "role":
        return ", ".join(value_words(text, "role"))
    found = value_words(text, _CODED[key])
    return found[0] if len(found) == 1 else ""


def set_field(fields: Fields, key: str, text: str) -> None:
    """Put one stated value into a person's fields, in standard words where there are such."""
    text = text.strip()
    if not text or is_placeholder(text):
        return
    if key in ("role", "mode", "influence", "rating"):
        if found := coded(key, text):
            fields[key] = found
        elif key == "role" and not has_boxes(text):
            fields.setdefault("role_written", text)
    elif key == "name":
        name_and_title(fields, text)
    elif key == "win_result":
        fields[key] = f"{fields[key]}\n{text}" if key in fields else text
    else:
        fields.setdefault(key, text)


def name_and_title(fields: Fields, text: str) -> None:
    """A name cell, often with the title behind the name, below it, or in front ("CFO Ana Ruiz")."""
    if role := value_word(text, "role"):
        fields.setdefault("role", role)
        return
    parts = [
        part.strip() for part in re.split(r"\n|,\s|\s[-–—/|]\s|[()\[\]]|\t|;", text) if part and part.strip()
    ]
    if not parts:
        return
    name = next((part for part in parts if is_name(part)), "")
    if not name:
        title, name = _title_first(parts[0])
        if title:
            fields.setdefault("title", title)
    fields.setdefault("name", name or parts[0])
    for part in parts:
        if part != fields["name"] and fields["name"] not in part:
            _token(fields, part)


def _title_first(text: str) -> tuple[str, str]:
    """'CFO Ana Ruiz' as title and name; the title is '' if the text is not of that form."""
    words = text.split()
    for cut in range(len(words) - 2, 0, -1):
        title, name = " ".join(words[:cut]), " ".join(words[cut:])
        if is_name(name) and (_TITLE_WORDS.search(title) or _TITLE_WORDS.search(title.title())):
            return title, name
    return "", ""


def _token(fields: Fields, text: str) -> None:
    """A piece of a line that does not say what it is: a coded word, else the name, else the title."""
    text = text.strip(" .")
    if not text or is_placeholder(text):
        return
    for key, family in _CODED.items():
        if (word := value_word(text, family)) and len(text) > 1:
            fields.setdefault(key, word)
            return
    if (number := rating(text)) and text[0] in "+-−–0":
        fields.setdefault("rating", number)
    elif "name" not in fields and is_name(text):
        fields["name"] = text
    elif "name" not in fields and (found := _title_first(text))[0]:
        fields.setdefault("title", found[0])
        fields["name"] = found[1]
    elif "title" not in fields and len(text.split()) <= 6 and (_TITLE_WORDS.search(text) or "name" in fields):
        fields["title"] = text


def field_of(text: str) -> tuple[str, str] | None:
    """Key and value of "Mode: growth"; None if the text has no such label."""
    found = _FIELD.match(text)
    label = recognise(found.group(1), ("influence_field",), Trust.CLOSE) if found else None
    return (label.key, found.group(2)) if label and found else None


def read_line(fields: Fields, text: str) -> None:
    """Add what one line says about a person."""
    for strong in _STRONG.split(text):
        for chunk in _NEXT_FIELD.split(strong):
            if not chunk.strip():
                continue
            if named := field_of(chunk):
                set_field(fields, *named)
            elif has_boxes(chunk):
                _ticks(fields, chunk)
            else:
                for token in _WEAK.split(chunk):
                    _word_with_name(fields, token)


def _word_with_name(fields: Fields, token: str) -> None:
    """A token, also of the form "growth mode", "influence high" or "rating +3"."""
    words = token.strip().split(" ")
    for name, value in ((words[0], " ".join(words[1:])), (words[-1], " ".join(words[:-1]))):
        label = recognise(name, ("influence_field",), Trust.EXACT) if len(words) > 1 else None
        if label and label.key in (*_CODED, "rating") and (word := coded(label.key, value)):
            fields.setdefault(label.key, word)
            return
    _token(fields, token)


def _ticks(fields: Fields, text: str) -> None:
    for option in ticked(text):
        for key, family in _CODED.items():
            if word := value_word(option, family):
                fields.setdefault(key, word)
                break


def group_people(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines about people, put together by person: list items with what is below them, blocks with a name."""
    groups: list[list[Line]] = []
    lines = [part for line in lines for part in _one_each(line)]
    base = min((line.depth for line in lines if line.listed), default=0)
    fields: Fields = {}
    for line in lines:
        if not groups or _begins_person(line, groups[-1][0], fields, base):
            groups.append([])
            fields = {}
        groups[-1].append(line)
        read_line(fields, line.text)
    return groups


def _one_each(line: Line) -> list[Line]:
    """A line that names several people ("Ana Ruiz (CFO), Tom Lee (Lead)"), cut between them."""
    cuts = [0]
    for gap in _BETWEEN.finditer(line.text):
        if is_name(_NAME_ENDS.split(line.text[gap.end() :], maxsplit=1)[0]):
            cuts.append(gap.end())
    if len(cuts) == 1 or field_of(line.text) or not is_name(_NAME_ENDS.split(line.text, maxsplit=1)[0]):
        return [line]
    parts = [line.cut(start, end) for start, end in zip(cuts, [*cuts[1:], None], strict=True)]
    tidy = [part.cut(0, len(re.sub(r"(?:[;,]|\s(?:and|und|et|y|&))\s*$", "", part.text))) for part in parts]
    return [part for part in tidy if part.text]


def _begins_person(line: Line, first: Line, fields: Fields, base: int) -> bool:
    """Whether a line begins another person than the one whose block `first` opened and `fields` describes."""
    named = field_of(line.text)
    if named:
        return named[0] == "name" and "name" in fields
    if line.listed:
        below_name = not first.listed and "name" in fields and _no_name(line)
        return line.depth <= base and not below_name
    return "name" in fields and not _no_name(line)


def names_somebody(text: str) -> bool:
    """Whether a line begins with a person's name."""
    return is_name(_NAME_ENDS.split(text, maxsplit=1)[0])


def _no_name(line: Line) -> bool:
    fields: Fields = {}
    read_line(fields, line.text)
    return "name" not in fields


def person_of(lines: Iterable[Line], preset: str = "") -> Fields:
    """The fields of one person; `preset` is the role that a heading gives."""
    fields: Fields = {}
    for line in lines:
        read_line(fields, line.text)
    if preset:
        fields.setdefault("role", preset)
    return fields
