"""The words in the files as tables that a person edits, and what the edited tables say.

Each table has two functions: one makes it of a look and the choices so far, one reads it back into the form
that the choices have. Their columns are the headings on the screen.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from analytics.importing import Choices, Look
from analytics.intake.mapping import StageRule
from analytics.store.subjects import CATEGORIES
from analytics.wording import day, is_missing

#: What a stage can mean, and what a category can: the options of the tables.
MEANS = ("Open", "Won", "Lost")
OUR_CATEGORIES = CATEGORIES
_DATES = ("close_date", "created", "closed", "last_activity")
_UNCLEAR_DAY = re.compile(r"^\s*(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})\b")
_UNCLEAR_NUMBER = re.compile(r"(?<![\d.,])(\d{1,3})[.,](\d{3})(?![\d.,])")


def stage_table(look: Look, choices: Choices) -> pd.DataFrame:
    """A row per stage that is written: deals and money beside it, and what it means so far."""
    rows = [_stage_row(row, choices.stages.get(str(row["stage"]))) for row in look.stages.to_dict("records")]
    columns = ["Stage", "Deals", "Amount", "Means", "Order", "Probability", "Category"]
    table = pd.DataFrame(rows, columns=columns)
    return table.astype({"Order": "Int64", "Probability": "Float64"}).sort_values(
        "Order", kind="stable", ignore_index=True
    )


def _stage_row(row: Mapping[Any, Any], rule: StageRule | None) -> dict[str, Any]:
    position = row.get("position")
    shown: dict[str, Any] = {"Stage": str(row["stage"]), "Deals": int(row["deals"]), "Amount": row["amount"]}
    if rule is None:
        order = int(position) if position is not None and not is_missing(position) else None
        return shown | {"Means": None, "Order": order, "Probability": None, "Category": None}
    means = ("Won" if rule.won else "Lost") if rule.closed or rule.won else "Open"
    stated = None if rule.probability is None else round(100 * rule.probability, 2)
    return shown | {"Means": means, "Order": rule.order, "Probability": stated, "Category": rule.category}


def stage_rules(table: pd.DataFrame) -> dict[str, StageRule]:
    """What the edited table says; a stage without a meaning is left out, it is still open."""
    found = {}
    for place, row in enumerate(table.to_dict("records")):
        means = row["Means"]
        if is_missing(means) or means not in MEANS:
            continue
        name = str(row["Stage"])
        found[name] = StageRule(
            name,
            probability=_share(row["Probability"]),
            category=None if is_missing(row["Category"]) else row["Category"] or None,
            closed=means != "Open",
            won=means == "Won",
            order=place + 1 if is_missing(row["Order"]) else int(row["Order"]),
        )
    return found


def _share(percent: Any) -> float | None:
    return None if is_missing(percent) else min(max(float(percent), 0.0), 100.0) / 100


def word_table(words: pd.DataFrame, chosen: Mapping[str, str], heading: str, *, same: bool) -> pd.DataFrame:
    """A row per value that is written, with what it means under `heading`; `same`: itself, if not chosen."""
    values = words["value"].astype(str).tolist()
    return pd.DataFrame(
        {
            "As written": pd.Series(values, dtype="object"),
            "Deals": words["deals"].astype("Int64").to_numpy(),
            "Amount": words["amount"].astype("Float64").to_numpy(),
            heading: pd.Series(
                [chosen.get(one) or (one if same else None) for one in values], dtype="object"
            ),
        }
    )


def word_choices(table: pd.DataFrame, heading: str, *, same: bool) -> dict[str, str]:
    """What the edited table says; `same`: a value that means itself is no choice."""
    pairs = zip(table["As written"], table[heading], strict=True)
    said = {
        str(written): str(meant).strip()
        for written, meant in pairs
        if not is_missing(meant) and str(meant).strip()
    }
    return {written: meant for written, meant in said.items() if not (same and written == meant)}


def as_codes(said: Mapping[str, str]) -> dict[str, str]:
    """Currencies as ISO codes: 'eur' is EUR."""
    return {written: code.upper() for written, code in said.items()}


def day_both_ways(look: Look, choices: Choices, *, locale: str = "en_US") -> dict[str, str]:
    """date order -> what an unclear date of the files is by it, in words; {} if every date is clear."""
    for value in _values(look, [choices.columns[one] for one in _DATES if one in choices.columns]):
        if (match := _UNCLEAR_DAY.match(value)) and match[1] != match[2]:
            first, second, year = int(match[1]), int(match[2]), int(match[3])
            if 1 <= first <= 12 and 1 <= second <= 12:
                year += 2000 if year < 100 else 0
                ways = {"dmy": date(year, second, first), "mdy": date(year, first, second)}
                return {
                    order: f"{match[0].strip()} is {day(is_, locale=locale)}" for order, is_ in ways.items()
                }
    return {}


def number_both_ways(look: Look, choices: Choices) -> dict[str, str]:
    """decimal sign -> what an unclear amount of the files is by it, in words; {} if every one is clear."""
    for value in _values(look, [choices.columns[one] for one in ("amount",) if one in choices.columns]):
        if match := _UNCLEAR_NUMBER.search(value):
            sign = value[match.end(1)]
            large, small = f"{int(match[1] + match[2]):,}", f"{match[1]}.{match[2]}"
            return {
                ".": f"{match[0]} is {small if sign == '.' else large}",
                ",": f"{match[0]} is {small if sign == ',' else large}",
            }
    return {}


def _values(look: Look, headings: list[str]) -> list[str]:
    """What stands in these columns, in the samples of the lists of deals."""
    found: list[str] = []
    for file in look.files:
        for number, label in enumerate(file.header):
            if label in headings and number < file.sample.shape[1]:
                found += file.sample.iloc[:, number].dropna().astype(str).tolist()
    return found
