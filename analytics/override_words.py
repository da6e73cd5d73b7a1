"""Overrides in words and as a table: beside the number, and beside one deal's chance."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.company import Company
from analytics.forecast.quarter_forecast import Forecast
from analytics.pipeline.tables import Kind
from analytics.problems import NotEnough
from analytics.review.decisions import Seen
from analytics.review.grades import STILL_OPEN
from analytics.review.ledger import OVERRIDE, override_in_words
from analytics.review.overrides import Overridden
from analytics.risk.chance_history import stated_in_quarter
from analytics.wording import count, day, is_missing, money, percent

#: Of `Overridden.deals`: what is shown, and how.
_SHOWN: dict[str, tuple[str, Kind]] = {
    "name": ("Deal", "text"),
    "difference": ("Moves the number by", "money"),
    "reason": ("Reason", "text"),
    "author": ("By", "text"),
    "day": ("On", "day"),
    "expected_amount": ("Expected by the model", "money"),
    "with_override": ("With the override", "money"),
    "chance": ("Chance by the model", "share"),
    "probability": ("Overridden chance", "share"),
    "amount": ("Amount in the CRM", "money"),
    "amount_by": ("Overridden amount", "money"),
    "owner_name": ("Deal owner", "text"),
}
OVERRIDE_KINDS = dict(_SHOWN.values())


def beside_number(found: Overridden, company: Company) -> str:
    """The number with the overrides; '' where there are none."""
    n = len(found.deals)
    if not n or isinstance(found.expected, NotEnough):
        return ""
    with_them = money(found.expected, company.currency, locale=company.locale)
    moved = money(found.difference, company.currency, signed=True, locale=company.locale)
    return f"With {count(n, 'override')} by people: {with_them} ({moved})"


def overrides_table(found: Overridden) -> pd.DataFrame:
    """The overridden deals as they are shown, the largest difference first; keys of OVERRIDE_KINDS."""
    return found.deals[list(_SHOWN)].rename(columns={key: name for key, (name, _) in _SHOWN.items()})


def rounded(table: pd.DataFrame) -> pd.DataFrame:
    """The table with chances as they are read: without decimals; the download has them exact."""
    chances = [name for name, kind in OVERRIDE_KINDS.items() if kind == "share"]
    return table.assign(**{name: table[name].astype(float).round(2) for name in chances})


def adds_up(found: Overridden, company: Company) -> str:
    """How the deals lead from the number to the one with overrides, to the cent."""
    if isinstance(found.expected, NotEnough):
        return ""

    def exact(value: float, *, signed: bool = False) -> str:
        return money(value, company.currency, exact=True, signed=signed, locale=company.locale)

    number = round(found.expected - found.difference, 2)
    moved = exact(found.difference, signed=True)
    return f"{exact(number)} (the number) {moved} (these deals) = {exact(found.expected)}."


def of_deal(row: Any, company: Company) -> str:
    """An override that stands, with who and when, beside what the model and the CRM said then."""
    who = f"{row.author}, {day(row.day, locale=company.locale)}"
    then = [
        f"the model said {percent(row.seen_chance)}" if not is_missing(row.seen_chance) else "",
        f"the CRM stated {percent(row.seen_probability)}" if not is_missing(row.seen_probability) else "",
        f"the CRM's amount was {money(row.seen_amount, company.currency, locale=company.locale)}"
        if not is_missing(row.amount) and not is_missing(row.seen_amount)
        else "",
    ]
    said = ", ".join(text for text in then if text)
    text = f"{override_in_words(row, company)} ({who}): {row.reason.rstrip('.')}."
    return f"{text} Then {said}." if said else text


def decided_on(entries: pd.DataFrame, company: Company) -> list[tuple[str, str]]:
    """What was decided about one deal, the latest first: what, by whom and when; and what became of it."""
    mine = entries[entries["kind"] != OVERRIDE]
    return [
        (
            f"{row.what} ({row.author}, {day(row.day, locale=company.locale)})"
            + (f". {row.note!s}" if row.note else ""),
            _became(str(row.verdict), str(row.why)),
        )
        for row in mine.itertuples()
    ]


def _became(verdict: str, why: str) -> str:
    text = why if verdict == STILL_OPEN else f"{verdict}: {why}"
    return f"{text[:1].upper()}{text[1:]}."


def seen_in(found: Forecast, deal_id: str) -> Seen:
    """How an open deal stands in a quarter's number: what an override for the quarter is held against later.

    Its `chance` is that within the quarter, which the number uses and an override takes the place of.
    """
    mine = found.deals[found.deals["deal_id"] == deal_id]
    if mine.empty:
        return Seen()
    return Seen.of(mine.assign(stated=stated_in_quarter(mine), evidenced=mine["chance"]).iloc[0])


def in_form(standing: pd.DataFrame) -> tuple[float | None, float | None]:
    """Chance in percent and amount of the override that stands (of `overrides_as_of`, one row or none)."""
    if standing.empty:
        return None, None
    chance, amount = standing.iloc[0]["probability"], standing.iloc[0]["amount"]
    percents = None if is_missing(chance) else round(100 * float(chance), 4)
    return percents, None if is_missing(amount) else float(amount)


def as_share(percents: float | None) -> float | None:
    """A chance typed in percent as a share (0-1)."""
    return None if percents is None else percents / 100
