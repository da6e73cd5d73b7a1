"""The words in the files as tables that a person edits, and what the edited tables say.

Each table has two functions: one makes it of a look and the choices so far, one reads it back into the form
that the choices have. Their columns are the headings on the screen.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from babel.numbers import is_currency, list_currencies

from analytics.importing import Choices, Look
from analytics.intake.mapping import StageRule
from analytics.store.subjects import CATEGORIES
from analytics.wording import count, is_missing

#: What a stage can mean, and what a category can: the options of the tables.
MEANS = ("Open", "Won", "Lost")
OUR_CATEGORIES = CATEGORIES
AGREED = "Agreed"
#: What a status can say, as it is shown.
STATUSES = {"Open": "open", "Won": "won", "Lost": "lost", "Deleted": "deleted", "As the stage says": ""}
_MEANING = ("Means", "Order", "Probability", "Category")


def stage_table(look: Look, choices: Choices) -> pd.DataFrame:
    """A row per stage that is written: deals and money beside it, what it means, and whether that is agreed.

    Of a stage that is not chosen yet the suggestion is shown, not agreed.
    """
    rows = []
    for row in look.stages.to_dict("records"):
        name = str(row["stage"])
        rule = choices.stages.get(name) or look.suggested.get(name)
        shown = {"Stage": name, "Deals": int(row["deals"]), "Amount": row["amount"]}
        rows.append(shown | _meaning(rule) | {AGREED: name in choices.stages})
    # what must be decided comes first: the rest may need scrolling on a narrow screen
    table = pd.DataFrame(rows, columns=["Stage", "Deals", "Amount", "Means", AGREED, *_MEANING[1:]])
    table = table.astype({"Amount": "Float64", "Order": "Int64", "Probability": "Float64"})
    return table.sort_values("Order", kind="stable", ignore_index=True)


def _meaning(rule: StageRule | None) -> dict[str, Any]:
    if rule is None:
        return dict.fromkeys(_MEANING)
    means = ("Won" if rule.won else "Lost") if rule.closed or rule.won else "Open"
    stated = None if rule.probability is None else round(100 * rule.probability, 2)
    return {"Means": means, "Order": rule.order, "Probability": stated, "Category": rule.category}


def stage_rules(table: pd.DataFrame, shown: pd.DataFrame) -> dict[str, StageRule]:
    """What the edited table says. A row counts if it is agreed to, or was changed from what was shown."""
    found = {}
    rows = zip(table.to_dict("records"), shown.to_dict("records"), strict=True)
    for place, (row, before) in enumerate(rows):
        is_changed = any(_text(row[column]) != _text(before[column]) for column in _MEANING)
        if not (row[AGREED] or is_changed) or row["Means"] not in MEANS:
            continue
        name = str(row["Stage"])
        found[name] = StageRule(
            name,
            probability=_share(row["Probability"]),
            category=None if is_missing(row["Category"]) else row["Category"] or None,
            closed=row["Means"] != "Open",
            won=row["Means"] == "Won",
            order=place + 1 if is_missing(row["Order"]) else int(row["Order"]),
        )
    return found


def rule_for(name: str, means: str, suggested: StageRule | None) -> StageRule:
    """What a stage is once a person says that it is open, won or lost; the rest is as suggested."""
    order = suggested.order if suggested else 0
    if means == "Open":
        is_open = suggested is not None and not suggested.closed
        return suggested if suggested is not None and is_open else StageRule(name, order=order)
    is_won = means == "Won"
    category = "Closed" if is_won else "Omitted"
    return StageRule(name, 1.0 if is_won else 0.0, category, closed=True, won=is_won, order=order)


def stage_in_words(row: Mapping[Any, Any]) -> str:
    """A stage with the deals and the money in it."""
    amount = "" if is_missing(row["amount"]) else f" with {float(row['amount']):,.0f}"
    return f"{row['stage']}: {count(int(row['deals']), 'deal')}{amount}"


def new_stage_in_words(row: Mapping[Any, Any], choices: Choices) -> str:
    """A stage that was understood without asking, and as what; '' where it is still asked for."""
    rule = choices.stages.get(str(row["stage"]))
    return f"{stage_in_words(row)}, taken as {_meaning(rule)['Means'].lower()}" if rule else ""


def status_in_words(row: Mapping[Any, Any], suggested: Mapping[str, str]) -> str:
    """A status with the deals and the money in it, and what it probably says."""
    name = str(row["value"])
    guess = {ours: label.lower() for label, ours in STATUSES.items()}.get(suggested.get(name, "?"))
    told = stage_in_words({"stage": name, "deals": row["deals"], "amount": row["amount"]})
    return f"{told}. Probably: {guess}" if guess else told


def _text(value: Any) -> str:
    return "" if is_missing(value) else str(value)


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


def status_table(look: Look, choices: Choices) -> pd.DataFrame:
    """A row per status that is written, with what it says so far."""
    shown = {ours: label for label, ours in STATUSES.items()}
    chosen = {written: shown[ours] for written, ours in choices.statuses.items()}
    return word_table(look.statuses, chosen, "Means", same=False)


def status_choices(table: pd.DataFrame) -> dict[str, str]:
    """What the edited table of statuses says."""
    return {written: STATUSES[label] for written, label in word_choices(table, "Means", same=False).items()}


def without_rate(look: Look, choices: Choices, company_currency: str) -> list[str]:
    """The currencies of the deals that the store cannot change into the company's."""
    written = [str(value) for value in look.currencies["value"]]
    codes = {choices.currencies.get(value, value.upper()) for value in written} | {choices.currency}
    return sorted(codes - look.with_rate - {company_currency, ""})


def currency_table(look: Look, choices: Choices) -> pd.DataFrame:
    """A row per currency that is written, with its ISO code as far as it is known."""
    codes = {str(value): str(value).upper() for value in look.currencies["value"]}
    known = {written: code for written, code in codes.items() if is_currency(code)}
    return word_table(look.currencies, known | choices.currencies, "ISO code", same=False)


def currency_choices(table: pd.DataFrame) -> dict[str, str]:
    """What the edited table of currencies says; an ISO code that means itself is no choice."""
    said = word_choices(table, "ISO code", same=False)
    return {written: code for written, code in said.items() if code != written.upper()}


def currency_codes() -> list[str]:
    """Every ISO code that a currency can have, the usual ones first."""
    usual = ["EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CAD", "AUD", "JPY"]
    return [*usual, *sorted(code for code in list_currencies() if code not in usual)]
