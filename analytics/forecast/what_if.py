"""What if: deals set as won, slipped, lost, with another amount or date; the number, range and chance then.

A scenario is text (it travels in the URL) and is never written into the data. Only the draws of the changed
deals are made anew; all others stay as they are, so that the difference is the scenario's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote, unquote

import numpy as np
import pandas as pd

from analytics.company import Company
from analytics.fiscal import parse_day
from analytics.forecast.draws import drawn_deal
from analytics.forecast.expected import chances_if_dated
from analytics.forecast.quarter_forecast import Forecast, range_of
from analytics.pipeline.quarter_end import Value
from analytics.problems import BadInput, NotEnough

OUTCOMES = ("won", "slipped", "lost")
#: Parts of an address that are read; what goes beyond is named, never dropped in silence.
_MOST = 1_000


@dataclass(frozen=True)
class Change:
    """What is assumed of one deal: an outcome ('' none), an amount (company currency), a close date."""

    deal_id: str
    outcome: str = ""
    amount: float | None = None
    close_date: date | None = None


@dataclass(frozen=True)
class Scenario:
    """The number under assumptions.

    `deals`: per changed deal: deal_id, name, assumed (words), chance_before, chance, expected_before,
    expected_amount. `problems`: assumptions that could not be used, in words.
    """

    expected: Value
    p10: Value
    p50: Value
    p90: Value
    p_target: Value
    draws: np.ndarray
    deals: pd.DataFrame
    problems: list[str]


def read_changes(text: str) -> tuple[list[Change], list[str]]:
    """The changes written in a URL ('ID~won,ID~a=120000,ID~d=2026-12-20'), and what could not be read.

    Several parts about one deal are one change; of two of a kind the last one counts.
    """
    found: dict[str, Change] = {}
    parts = [part for part in text.split(",") if part]
    problems = [f"all but the first {_MOST:,} of {len(parts):,} parts"] if len(parts) > _MOST else []
    for part in parts[:_MOST]:
        name, _, what = part.partition("~")
        deal_id = unquote(name)
        before = found.get(deal_id, Change(deal_id))
        try:
            found[deal_id] = _with(before, what)
        except (BadInput, ValueError):
            problems.append(f"{part!r} cannot be read")
    return list(found.values()), problems


def _with(change: Change, what: str) -> Change:
    if what in OUTCOMES:
        return Change(change.deal_id, what, change.amount, change.close_date)
    kind, _, value = what.partition("=")
    if kind == "a":
        amount = float(value)
        if not 0 <= amount < 1e13:
            raise ValueError("no amount of money")
        return Change(change.deal_id, change.outcome, amount, change.close_date)
    if kind == "d":
        return Change(change.deal_id, change.outcome, change.amount, parse_day(value))
    raise ValueError("neither an outcome nor an amount nor a date")


def write_changes(changes: Sequence[Change]) -> str:
    """The changes as text for a URL; `read_changes` reads it back."""
    parts = []
    for change in changes:
        name = quote(change.deal_id, safe="").replace("~", "%7E")  # quote() leaves it as it is
        if change.outcome:
            parts.append(f"{name}~{change.outcome}")
        if change.amount is not None:
            parts.append(f"{name}~a={change.amount:.2f}".removesuffix(".00"))
        if change.close_date is not None:
            parts.append(f"{name}~d={change.close_date.isoformat()}")
    return ",".join(parts)


def what_if(company: Company, found: Forecast, changes: Sequence[Change]) -> Scenario:
    """The forecast under assumptions about its open deals.

    An outcome is certain: won brings the amount at close as expected (or the assumed amount), slipped and
    lost bring nothing in this quarter. An amount alone keeps the chance. A date alone has the chance that the
    model gives to the deal with that date, all else equal; unknown deals are named in `problems`.
    """
    if isinstance(found.expected, NotEnough):
        missing = found.expected
        nothing = pd.DataFrame(columns=_COLUMNS)
        return Scenario(missing, missing, missing, missing, missing, np.zeros(0), nothing, [str(missing)])
    place = {deal_id: at for at, deal_id in enumerate(found.deals["deal_id"])}
    usable = [change for change in changes if change.deal_id in place]
    problems = [
        f"{change.deal_id} is not an open deal of this scope"
        for change in changes
        if change.deal_id not in place
    ]
    draws, rows = found.draws.copy(), []
    for change in usable:
        row = found.deals.iloc[place[change.deal_id]]
        if change.amount is None and pd.isna(row["amount_company"]):
            problems.append(f"{row['name']} has no amount: assume one")
            continue
        chance, amount = _assumed(company, found, row, change)
        draws += _draws_of(found, change, float(row["chance"]), chance, amount)
        rows.append(_row(row, change, chance, amount))
    deals = pd.DataFrame(rows, columns=_COLUMNS)
    moved = float((deals["expected_amount"] - deals["expected_before"]).sum())
    p10, p50, p90, p_target = range_of(draws, found.view.measures["target"].value)
    return Scenario(round(found.expected + moved, 2), p10, p50, p90, p_target, draws, deals, problems)


_COLUMNS = [
    "deal_id", "name", "assumed", "chance_before", "chance", "expected_before", "expected_amount",
]  # fmt: skip


def _assumed(company: Company, found: Forecast, row: pd.Series, change: Change) -> tuple[float, float]:
    """Chance and expected amount at close of a deal under its change."""
    stated = change.amount if change.amount is not None else row["amount_company"]
    amount = 0.0 if pd.isna(stated) else float(stated) * float(row["amount_ratio"])
    if change.outcome == "won":
        return 1.0, float(change.amount) if change.amount is not None else amount
    if change.outcome:
        return 0.0, amount
    if change.close_date is not None:
        return chances_if_dated(
            company, found.whole.expected, found.whole.basis, row, change.close_date
        ), amount
    return float(row["chance"]), amount


def _draws_of(
    found: Forecast, change: Change, chance_before: float, chance: float, amount: float
) -> np.ndarray:
    """What the change adds to each draw."""
    drawn = found.whole.drawn
    at = int(drawn.deal_ids.get_indexer(pd.Index([change.deal_id]))[0])
    before: np.ndarray = np.asarray(drawn.won[:, [at]].todense()).ravel()
    if change.outcome:
        return np.asarray(chance * amount - before)
    same_chance = change.close_date is None or abs(chance - chance_before) < 1e-12
    if same_chance and drawn.amounts[at] != 0:
        return np.asarray(before * (amount / drawn.amounts[at] - 1))
    redrawn: np.ndarray = drawn_deal(drawn, at, chance, amount) - before
    return redrawn


def _row(row: pd.Series, change: Change, chance: float, amount: float) -> tuple[object, ...]:
    before = 0.0 if pd.isna(row["expected_amount"]) else float(row["expected_amount"])
    words = [change.outcome] if change.outcome else []
    words += [f"amount {change.amount:,.2f}"] if change.amount is not None else []
    words += [f"dated {change.close_date}"] if change.close_date else []
    assumed = ", ".join(words)
    named = (row["deal_id"], row["name"], assumed)
    return (*named, float(row["chance"]), chance, before, round(chance * amount, 2))
