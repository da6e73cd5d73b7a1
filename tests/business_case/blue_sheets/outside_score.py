"""Hold what the reader finds in a document against what a careful colleague would take from it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from analytics.business_case.blue_sheets.reading import read_sheet
from analytics.business_case.blue_sheets.sheet import Fact, Sheet

FOLDER = Path(__file__).parent / "outside"


@dataclass
class Score:
    """Per document: what was expected, found, missed and wrong, in words."""

    expected: int = 0
    found: int = 0
    facts: int = 0
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    #: person, owner or date that a found fact should carry and does not
    fields_missed: list[str] = field(default_factory=list)
    fields_expected: int = 0
    head_missed: list[str] = field(default_factory=list)
    head_wrong: list[str] = field(default_factory=list)
    head_expected: int = 0

    def __add__(self, other: Score) -> Score:
        names = self.__dataclass_fields__
        return Score(**{name: getattr(self, name) + getattr(other, name) for name in names})


@cache
def expectations(name: str) -> dict[str, Any]:
    """The documents of one list (`expected` or `expected_later`): layout, head, facts, never."""
    documents: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text())
    return documents


@cache
def sheet_of(file: str) -> Sheet:
    return read_sheet((FOLDER / file).read_bytes(), file)


def place(fact: Fact) -> str:
    return f"{fact.kind}:{fact.question}" if fact.question else fact.kind


def places(item: dict[str, Any]) -> list[str]:
    """Where the item may land: its own place and those that are as good."""
    own = f"{item['kind']}:{item['question']}" if item.get("question") else item["kind"]
    return [own, *item.get("also", [])]


def holds(fact: Fact, key: str) -> bool:
    return key in "\n".join([fact.text, *fact.fields.values()])


def score(file: str, expected: dict[str, Any]) -> Score:
    sheet, items = sheet_of(file), expected["facts"]
    result = Score(expected=len(items), facts=len(sheet.facts))
    for item in items:
        hits = [fact for fact in sheet.facts if holds(fact, item["key"]) and place(fact) in places(item)]
        if hits:
            result.found += 1
            judge_fields(result, item, hits)
        else:
            result.missed.append(f"{places(item)[0]}: {item['key']}")
    for fact in sheet.facts:
        if not is_right(fact, items, expected["never"]):
            result.wrong.append(f"{place(fact)}: {fact.text[:90]!r}")
    judge_head(result, sheet, expected["head"])
    return result


def judge_fields(result: Score, item: dict[str, Any], hits: list[Fact]) -> None:
    own = [fact for fact in hits if place(fact) == places(item)[0]]
    if not own:
        return
    for name, value in item.get("fields", {}).items():
        result.fields_expected += 1
        if not any(value.casefold() in fact.fields.get(name, "").casefold() for fact in own):
            got = own[0].fields.get(name, "")
            result.fields_missed.append(f"{item['key']}: {name} {value!r}, got {got!r}")


def is_right(fact: Fact, items: list[dict[str, Any]], never: list[str]) -> bool:
    """What the fact holds belongs in its place, and none of it belongs nowhere.

    A person's name proves a place, but its mention in another fact is no mistake.
    """
    held = [item for item in items if item["key"] in fact.text]
    strict = [item for item in held if item["kind"] != "influence"] or held
    return (
        bool(strict)
        and all(place(fact) in places(item) for item in strict)
        and not any(n in fact.text for n in never)
    )


def judge_head(result: Score, sheet: Sheet, head: dict[str, str]) -> None:
    for name in ("account", "deal_name", "deal_id", "owner", "amount", "close_date"):
        wanted, got = head.get(name, ""), getattr(sheet, name)
        result.head_expected += bool(wanted)
        if wanted and wanted not in got:
            result.head_missed.append(f"{name} {wanted!r}, got {got!r}")
        if got and (not wanted or wanted not in got):
            result.head_wrong.append(f"{name}: {got!r}")
