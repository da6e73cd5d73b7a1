"""Finds the label that a line of running text is, or begins with."""

from __future__ import annotations

import re

from analytics.business_case.blue_sheets import sheet
from analytics.business_case.blue_sheets.blocks import Line
from analytics.business_case.blue_sheets.labels import ANYWHERE, Label, Trust, after_prefix, recognise
from analytics.business_case.blue_sheets.people import is_name
from analytics.business_case.blue_sheets.placing import LISTS
from analytics.business_case.blue_sheets.values import crm_ids

_ACTION_LIKE = (sheet.ACTION, sheet.RED_FLAG, sheet.INFORMATION_NEEDED)
#: what a sheet says of a decision, as it is asked in one word
_WHO = re.compile(r"(?:who|wer|qui|quién|quem|chi)\s*[:?]\s*(?=\S)", re.IGNORECASE)
_HOW = re.compile(
    r"(?:how|when|wie|wann|comment|quand|cómo|cuándo|come|quando|como)\s*[:?]\s*(?=\S)", re.IGNORECASE
)
_BY_SOMEBODY = re.compile(r"\s*(\w+(?: \w+)? (?:by|von|par|por))\s+", re.IGNORECASE)
_NAME_END = re.compile(r"[,;(|]|\s+[-–—]\s|\s+(?:on|am|le|el)\s")
#: what may stand between a label and its value, with how sure the label must be then
_SEPARATORS = (
    (re.compile(r"\s*:(?!\d\d|//)\s*"), Trust.CLOSE),
    (re.compile(r"\s+[-–—=→]+>?\s+|\s*=\s*"), Trust.EXACT),
)


def find_label(
    line: Line, section: Label | None, following: Line | None, *, waiting: bool
) -> tuple[Label, int] | None:
    """The label that a line is or begins with, and where its value starts.

    `waiting`: a label stands right above, so that a question may just explain it.
    """
    whole = _whole_label(line, section, following, waiting=waiting)
    return (whole, len(line.text)) if whole else inline_label(line, section)


def _whole_label(line: Line, section: Label | None, following: Line | None, *, waiting: bool) -> Label | None:
    """The label that a line is as a whole. The more it looks like one, the freer its wording may be."""
    text = line.text
    asks = text.rstrip(" *").endswith("?")
    if section and section.key == sheet.INFORMATION_NEEDED and asks and not (line.level or line.bold):
        return None
    styled = bool(line.level or line.bold)
    trust = Trust.EXACT
    if styled or (asks and not (line.listed or line.grey or line.italic or waiting)):
        trust = Trust.OPEN
    elif text.endswith(":"):
        trust = Trust.CLOSE
    elif len(text.split()) >= 5:
        trust = Trust.SPELT
    label = recognise(text, ANYWHERE, trust)
    if label is None or (not styled and is_field(text.rstrip(" :"), section, alone=not text.endswith(":"))):
        return None
    if line.listed and not (styled or text.endswith(":")) and not _stands_over(line, section, following):
        return None
    return label


def _stands_over(line: Line, section: Label | None, following: Line | None) -> bool:
    """Whether a plain list item is the heading of what follows, not an item that is just a label's word."""
    if following is None or recognise(following.text, ANYWHERE, Trust.EXACT):
        return False
    if section and section.family == "section" and section.key in LISTS:
        return following.depth > line.depth
    return following.depth > line.depth or not following.listed


def is_field(text: str, section: Label | None, *, alone: bool) -> bool:
    """Whether a label means a field of the person or action being described, not a new section.

    `alone`: there is no value on the line; a role alone below a person's name is that person's.
    """
    if section is None:
        return False
    if section.family == "role" or section.key == sheet.INFLUENCE:
        families = ("influence_field", "role", "other") if alone else ("influence_field",)
        return recognise(text, families, Trust.EXACT) is not None
    if section.key in _ACTION_LIKE and section.family == "section":
        found = recognise(text, ("action_field",), Trust.EXACT)
        return found is not None and found.key != "action"
    return False


def inline_label(line: Line, section: Label | None) -> tuple[Label, int] | None:
    """A label before its value: with a colon or dash, in bold, or a question with its answer behind."""
    if start := after_prefix(line.text):
        found = inline_label(line.cut(start), section)
        return (found[0], found[1] + start) if found else None
    return (
        _bold_label(line, section)
        or _about_decision(line, section)
        or label_before_sign(line, section)
        or _question_in_front(line.text)
        or _label_before_id(line.text)
        or _label_before_name(line.text)
    )


def _bold_label(line: Line, section: Label | None) -> tuple[Label, int] | None:
    lead = line.text[: line.lead].strip(" -–—.:")
    label = recognise(lead, ANYWHERE, Trust.OPEN) if lead else None
    if label is None or is_field(lead, section, alone=False):
        return None
    return label, _after_sign(line.text, line.lead)


def _about_decision(line: Line, outer: Label | None) -> tuple[Label, int] | None:
    """ "Who: ...", "How: ..." below the heading "Decision"."""
    if outer is None or outer.key != sheet.DECISION_PROCESS:
        return None
    who, how = _WHO.match(line.text), _HOW.match(line.text)
    if who:
        return Label("answer", "stakeholders"), who.end()
    return (Label("section", sheet.DECISION_PROCESS), how.end()) if how else None


def label_before_sign(line: Line, section: Label | None) -> tuple[Label, int] | None:
    """The label before a colon or dash, and where its value starts."""
    for separator, trust in _SEPARATORS:
        sign = separator.search(line.text)
        if not sign or not 0 < sign.start() <= 90:
            continue
        before = line.text[: sign.start()]
        asks = before.rstrip().endswith("?")
        if len(before.split()) > 8 and not asks:
            continue
        label = recognise(before, ANYWHERE, Trust.OPEN if asks else trust)
        if label and not is_field(before, section, alone=False):
            return label, sign.end()
    return None


def _label_before_id(text: str) -> tuple[Label, int] | None:
    """ "Salesforce ID 006...": the label needs no colon."""
    ids = crm_ids(text)
    start = text.index(ids[0]) if ids else 0
    label = recognise(text[:start], ("head",), Trust.EXACT) if start else None
    return (label, start) if label and label.key == "deal_id" else None


def _label_before_name(text: str) -> tuple[Label, int] | None:
    """ "Prepared by Tom Lee, Sales": the name ends at the next sign."""
    found = _BY_SOMEBODY.match(text)
    label = recognise(found.group(1), ("head",), Trust.EXACT) if found else None
    named = found is not None and is_name(_NAME_END.split(text[found.end() :], maxsplit=1)[0])
    return (label, found.end()) if label and found and named else None


def _question_in_front(text: str) -> tuple[Label, int] | None:
    mark = text.find("?")
    if not 3 < mark < min(140, len(text) - 2):
        return None
    label = recognise(text[:mark], ("answer",), Trust.SPELT)
    return (label, mark + 1) if label else None


def _after_sign(text: str, start: int) -> int:
    """Where the value starts behind a label's colon or dash."""
    sign = re.compile(r"\s*[:–—-]?\s*").match(text, start)
    return sign.end() if sign else start
