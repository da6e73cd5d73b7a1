"""Turns the lines below a label into facts, each kind in its own way."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from analytics.business_case.blue_sheets import sheet
from analytics.business_case.blue_sheets.blocks import Line
from analytics.business_case.blue_sheets.findings import Findings
from analytics.business_case.blue_sheets.labels import Label, Trust, folded, recognise, word_list
from analytics.business_case.blue_sheets.people import group_people, is_name, person_of
from analytics.business_case.blue_sheets.values import (
    LEADING_BOX,
    crm_ids,
    has_boxes,
    has_day,
    is_instruction,
    is_nothing,
    is_placeholder,
    read_date,
    ticked,
)

#: Kinds of which every list item, row or paragraph is a fact of its own.
LISTS = frozenset(
    {
        sheet.RED_FLAG,
        sheet.STRENGTH,
        sheet.ACTION,
        sheet.INFORMATION_NEEDED,
        sheet.WIN_RESULT,
    }
)
#: Kinds that are a list if they are written as one.
_MAYBE_LISTS = frozenset({sheet.COMPETITION, sheet.IDEAL_CUSTOMER, sheet.DECISION_CRITERIA})
_OWNED = frozenset({sheet.ACTION, sheet.INFORMATION_NEEDED, sheet.RED_FLAG})
_NUMBERED = re.compile(
    r"\(?\d{1,2}[.)]\s+(?!(?:jan|feb|m[aä]r|apr|ma[iy]|jun|jul|aug|sep|o[kc]t|nov|de[cz]))", re.IGNORECASE
)
_PARTS = re.compile(r"\s*[;|\t\n]\s*|\s+[–—-]\s+|\s*[()\[\]]\s*|,\s+")
_FIELD = re.compile(r"^\s*([^:=]{2,25}?)\s*[:=]\s*(.+)$", re.DOTALL)
_DOER = re.compile(r"\s*([A-ZÀ-Þ][\w.'’-]+(?: [A-ZÀ-Þ][\w.'’-]+){0,3})(:| to | will | soll )")
#: "(Rosa, 3 July)", "- 3 July, Rosa", "- Rosa - 3 July" at the end of an action
_WHO_AND_WHEN = re.compile(
    r"(?:[(\[]|\s[–—-]\s+)([^()\[\]–—]{2,20}?)(?:\s*[,;/]\s*|\s+[–—-]\s+|\s+(?:by|bis)\s+)([^()\[\]]{2,20}?)[)\].\s]*$"
)
_IN_BRACKETS = re.compile(r"\(([^()]+)\)\.?$")
_FIRST_NAME = re.compile(r"[A-ZÀ-Þ][a-zà-ÿ'’-]+")
_BY = re.compile(
    r"\b(?:by|until|due|before|on|bis|am|avant le|para el|antes del)\s+(.{4,20})$", re.IGNORECASE
)


def hint(line: Line, found: Findings) -> bool:
    """Whether a line is the template's and not the rep's: a placeholder, or an instruction."""
    text = line.text
    if not line.filled or is_placeholder(text):
        found.use(line)
        return True
    if line.grey and not found.grey:
        return True
    if text[0] in "([" and text[-1] in ")]" and is_instruction(text):
        return True
    return line.italic and is_instruction(text) and not line.listed


def place(
    label: Label,
    lines: Sequence[Line],
    found: Findings,
    fields: Mapping[str, str] | None = None,
    *,
    inline: bool = False,
) -> None:
    """Make facts of the lines below a label. What is not understood stays unplaced.

    `inline`: the label stands on the first line itself and says nothing about people further below.
    """
    lines = [line for line in lines if not hint(line, found)]
    if label.key == "stakeholders" and all(_is_column(line) for line in lines):
        found.use(*lines)  # the headings of a list of people that nobody has filled in
        return
    if not lines:
        return
    if label.family == "answer":
        _joined(sheet.ANSWER, lines, found, fields, question=label.key)
    elif label.family == "head":
        _head(label.key, lines[0], found)
    elif label.family == "role":
        _people(lines, found, label.key, first_only=inline)
    elif label.family == "section":
        _section(label.key, lines, found, fields)


def _is_column(line: Line) -> bool:
    return recognise(line.text, ("influence_field",), Trust.SPELT) is not None


def _section(kind: str, lines: list[Line], found: Findings, fields: Mapping[str, str] | None) -> None:
    if kind == sheet.INFLUENCE:
        _people(lines, found)
    elif kind in LISTS or (kind in _MAYBE_LISTS and sum(line.listed for line in lines) > 1):
        _items(kind, lines, found, fields)
    elif kind == sheet.POSITION and has_boxes("\n".join(line.text for line in lines)):
        _position(lines, found)
    else:
        _joined(kind, lines, found, fields)


def _joined(
    kind: str, lines: list[Line], found: Findings, fields: Mapping[str, str] | None, question: str = ""
) -> None:
    text = "\n".join(line.text for line in lines)
    if has_boxes(text) and not ticked(text) and len(text) < 80:
        found.use(*lines)  # nothing is ticked: an empty field
        return
    verbatim = [replace(line, text=line.bullet + line.text) for line in lines]
    found.add(kind, verbatim, question=question, fields=fields)


def _position(lines: list[Line], found: Findings) -> None:
    for line in lines:
        options = ticked(line.text)
        if options and options[0] in line.text:
            start = line.text.index(options[0])
            found.add(sheet.POSITION, [line.cut(start, start + len(options[0]))])
        elif has_boxes(line.text):
            found.use(line)
        else:
            found.add(sheet.POSITION, [line])


def _head(key: str, line: Line, found: Findings) -> None:
    """One head datum. An id inside of it is the deal's id."""
    ids = crm_ids(line.text)
    if key == "deal_id":
        _deal_id(line, ids, found)
    elif key == "deal_name" and ids:
        start = line.text.index(ids[0])
        found.say("deal_id", line.cut(start, start + len(ids[0])))
        without = re.sub(rf"\s*[(\[#,–-]*\s*{re.escape(ids[0])}\s*[)\]]?[\s:–-]*", "", line.text)
        found.use(line)
        if without:
            found.head.setdefault("deal_name", without)
    elif key == "dated":
        if read_date(line.text, found.language):
            found.say(key, line)
    elif key in ("amount", "close_date") and not (re.search(r"\d", line.text) and len(line.text) <= 60):
        return
    elif len(line.text) <= 160:
        found.say(key, line)


def _deal_id(line: Line, ids: list[str], found: Findings) -> None:
    """An id as labelled: known by its form, or a single word with a digit in it."""
    if ids:
        start = line.text.index(ids[0])
        found.say("deal_id", line.cut(start, start + len(ids[0])))
    elif re.fullmatch(r"[\w./#-]*\d[\w./#-]*", line.text):
        found.say("deal_id", line)


def _people(lines: list[Line], found: Findings, role: str = "", *, first_only: bool = False) -> None:
    for count, group in enumerate(group_people(lines)):
        fields = person_of(group, "" if first_only and count else role)
        if "name" in fields or ("role" in fields and any(not is_nothing(line.text) for line in group)):
            found.add(sheet.INFLUENCE, group, fields=fields)


def _items(kind: str, lines: list[Line], found: Findings, fields: Mapping[str, str] | None) -> None:
    for group in _grouped(kind, _ticked_only(kind, lines, found)):
        first = _without_number(group[0])
        group = [first, *group[1:]]
        if all(is_nothing(line.text) for line in group):
            found.use(*group)
            continue
        more = dict(fields or {})
        if kind in _OWNED:
            more = action_fields("\n".join(line.text for line in group), found.language) | more
        found.add(kind, group, fields=more)


def _ticked_only(kind: str, lines: list[Line], found: Findings) -> list[Line]:
    """Items of a check list without their boxes. What is not ticked does not apply, or is still to do."""
    kept: list[Line] = []
    for line in lines:
        box = LEADING_BOX.match(line.text)
        if not box:
            kept.append(line)
        elif kind in (sheet.ACTION, sheet.INFORMATION_NEEDED):
            kept.append(line.cut(box.end()))
        elif chosen := ticked(line.text):
            starts = [line.text.index(option) for option in chosen]
            kept += [line.cut(at, at + len(option)) for at, option in zip(starts, chosen, strict=True)]
        else:
            found.use(line)
    return kept


def _grouped(kind: str, lines: list[Line]) -> list[list[Line]]:
    """List items, each with what is below it; paragraphs outside of a list are items too."""
    base = min((line.depth for line in lines if line.listed), default=0)
    groups: list[list[Line]] = []
    for count, line in enumerate(lines):
        opens_list = line.text.endswith(":") and count + 1 < len(lines) and lines[count + 1].listed
        if opens_list and not line.listed:
            continue
        below = groups and line.depth > base and any(item.listed for item in groups[-1])
        if groups and (below or (kind in _OWNED and _is_field(line))):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def _is_field(line: Line) -> bool:
    """Whether a line only says who does the action above it, or by when."""
    named = _FIELD.match(line.text)
    label = recognise(named.group(1), ("action_field",), Trust.EXACT) if named else None
    return label is not None and label.key in ("owner", "due")


def _without_number(line: Line) -> Line:
    typed = _NUMBERED.match(line.text)
    return line.cut(typed.end()) if typed and typed.end() < len(line.text) else line


def action_fields(text: str, language: str) -> dict[str, str]:
    """Owner and due date of an action, where its words say them; dates as ISO where they can be read."""
    said: dict[str, str] = {}
    guessed: dict[str, str] = {}
    for part in filter(None, _PARTS.split(text)):
        named = _FIELD.match(part)
        label = recognise(named.group(1), ("action_field",), Trust.EXACT) if named else None
        if named and label and label.key in ("owner", "due"):
            said.setdefault(
                label.key, due_date(named.group(2), language) if label.key == "due" else named.group(2)
            )
            continue
        by = _BY.search(part)
        when = by.group(1) if by else part if part != text and len(part) < 20 else ""
        if day := read_date(when, language) or has_day(when):
            guessed.setdefault("due", day.isoformat() if isinstance(day, date) else when.strip(" ."))
        who = named.group(1) if named else part if part != text else ""
        if is_name(who):
            guessed.setdefault("owner", who)
    if who := _doer(text) or _named_with_date(text, language, "due" in guessed):
        guessed.setdefault("owner", who)
    return guessed | said


def _named_with_date(text: str, language: str, has_due: bool) -> str:
    """The first name that stands with a date at the end of an action, or in brackets behind it."""
    both, alone = _WHO_AND_WHEN.search(text), _IN_BRACKETS.search(text)
    pairs = [both.groups(), both.groups()[::-1]] if both else []
    names = [who for who, when in pairs if has_day(when) or read_date(when, language)]
    names += [alone.group(1)] if alone and has_due else []
    return next((who for who in names if _FIRST_NAME.fullmatch(who) and _may_be_somebody(who)), "")


def _doer(text: str) -> str:
    """Who an action begins with: "Rosa: send the report", "Kofi Mensah to file the form"."""
    begins = _DOER.match(text)
    if begins is None:
        return ""
    who, sign = begins.groups()
    return who if is_name(who) or (sign == ":" and _may_be_somebody(who)) else ""


def _may_be_somebody(word: str) -> bool:
    """Whether a single word before a colon may be a first name or a team, and is no date or kind of step."""
    no_owner = folded(word) in word_list("not_owner") or has_day(word)
    return not (" " in word or no_owner or recognise(word, trust=Trust.EXACT))


def due_date(text: str, language: str) -> str:
    """A due date as ISO if it can be read, else as written."""
    day = read_date(text, language) if len(text) <= 30 else None
    return day.isoformat() if day else text.strip()
