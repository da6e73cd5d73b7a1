"""Whether an owner states below or above the evidence: what the deals say, and what really came of them.

Two axes (methods.md B5). Statements: the owner's deals against what such evidence normally gets stated.
Closings: won deals against what was stated of them four weeks before. A verdict needs both to agree. Both are
drawn to the usual owner, the more the fewer deals there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from analytics.wording import count, percent

Verdict = Literal["states below its evidence", "above", "as", "not enough evidence"]
BELOW: Verdict = "states below its evidence"
#: A deal weighs half after a year: people and pay plans change.
_HALF_LIFE_DAYS = 365.0
#: Owners with fewer deals do not tell how much owners differ.
_TELLING = 4.0
_FEWEST_OWNERS = 5
#: Closings are compared with what was stated this many days before them.
_BEFORE = (21, 35)
#: Fewer deals, or fewer closings, are not enough for a verdict.
_FEWEST_DEALS, _FEWEST_WON = 8, 3
#: Two-sided 90 % for the statements, one-sided 80 % for the closings that must agree.
_CERTAIN, _LIKELY = 1.645, 0.842
#: Smaller differences are told apart with many deals, but do not matter.
_MATTERS, CLOSINGS_MATTER = 0.2, 0.3
_TAIL = 0.02
#: Differences below a week, or of 5 % of the amount, are noise; none may outweigh all the others.
_LEAST = {"early_days": 7.0, "grew": 0.05}
_MOST = 3.0


@dataclass(frozen=True)
class Shrunken:
    """Means per owner, drawn to the usual one's: `owners` has total, n, mean, post, error by owner_id.

    In standard deviations of single deals of one owner.
    """

    owners: pd.DataFrame
    centre: float
    pull: float  # how many deals the usual owner weighs
    unit: float  # the standard deviation of single deals, on the values' own scale

    def without(self, owners: pd.Series, values: pd.Series, weights: pd.Series) -> pd.Series:
        """Each deal's owner's mean from the owner's other deals."""
        found = self.owners.reindex(owners)
        own = (values * weights).fillna(0.0).to_numpy() / self.unit
        n = found["n"].to_numpy() - weights.where(values.notna(), 0.0).to_numpy()
        total = found["total"].to_numpy() - own
        mean = (total - np.maximum(n, 0) * self.centre) / (np.maximum(n, 0) + self.pull)
        return pd.Series(mean, index=owners.index).fillna(0.0)

    def of(self, owners: pd.Series, column: str = "post") -> pd.Series:
        """A column of `owners` for each of these owners; 0 for one that is not known."""
        return pd.Series(self.owners[column].reindex(owners).to_numpy(), index=owners.index).fillna(0.0)


def shrunken(values: pd.Series, owners: pd.Series, weights: pd.Series, least: float = 0.0) -> Shrunken:
    """Empirical Bayes: how much owners differ is estimated from the means of those with several deals.

    `least`: single deals differ by no less than this, or tiny differences would look large. Deals without
    an owner ('') belong to nobody and are left out.
    """
    table = pd.DataFrame({"owner_id": owners, "value": values, "n": weights}).dropna()
    table = table[table["owner_id"] != ""].assign(total=table["value"] * table["n"])
    means = table.groupby("owner_id")[["total", "n"]].sum()
    means["mean"] = means["total"] / means["n"]
    rest = table["value"] - means["mean"].reindex(table["owner_id"]).to_numpy()
    deals_per_owner = table.groupby("owner_id")["value"].size()
    free = table["n"].sum() * (1 - len(deals_per_owner) / max(len(table), 1))
    within = float((rest**2 * table["n"]).sum() / free) if free > 0 else 0.0
    within = max(within, least**2)
    telling = means[means["n"] >= _TELLING]
    centre, between = 0.0, 0.0
    if len(telling) >= _FEWEST_OWNERS and within > 0:
        centre = float(telling["mean"].median())
        between = max(float(telling["mean"].var() - (within / telling["n"]).mean()), 0.0)
    unit = float(np.sqrt(within)) if within > 0 else 1.0
    pull = within / between if between > 1e-9 else 1e9
    post = (means["total"] - means["n"] * centre) / (means["n"] + pull) / unit
    error = np.sqrt(1 / (means["n"] + pull))
    found = means.assign(post=post, error=error, total=means["total"] / unit, mean=means["mean"] / unit)
    return Shrunken(found, centre / unit, pull, unit)


def recency(days: pd.Series, as_of: pd.Timestamp) -> pd.Series:
    """The weight of a deal last seen, or closed, at a day."""
    age = (as_of - days).dt.days.clip(lower=0)
    return pd.Series(0.5 ** (age / _HALF_LIFE_DAYS), index=days.index)


@dataclass(frozen=True)
class Closings:
    """Won deals against what was stated four weeks before.

    `deals`: owner_id, early_days (stated close date - real one), grew (log of final / stated amount), weight;
    `early` and `grew`: how much the owners differ in it.
    """

    deals: pd.DataFrame
    early: Shrunken
    grew: Shrunken

    def index(self, owners: pd.Series) -> pd.Series:
        """Both together: positive = closed earlier and larger than stated, beyond the usual."""
        return self.early.of(owners).clip(-_MOST, _MOST) + self.grew.of(owners).clip(-_MOST, _MOST)


def closings(rows: pd.DataFrame, as_of: pd.Timestamp) -> Closings:
    """What came of the deals won by `as_of`. A territory in which deals take longer dates them later, but not
    later than they close: nothing needs to be adjusted for here."""
    left = (rows["closed_on"] - rows["landmark"]).dt.days
    won = rows["closed_won"].eq(True) & (rows["closed_on"] <= as_of) & left.between(*_BEFORE)
    first = (won & ~rows[won].duplicated("deal_id").reindex(rows.index, fill_value=False)).to_numpy()
    ratio = rows["final_amount_company"] / rows["amount_company"].where(rows["amount_company"] > 0)
    measures = {
        "early_days": (rows["days_to_close"] - left).astype(float),
        "grew": pd.Series(np.log(ratio.where(ratio > 0).astype(float)), index=rows.index),
    }
    deals = rows.loc[first, ["owner_id"]].assign(weight=recency(rows.loc[first, "closed_on"], as_of))
    beyond = {}
    for name, values in measures.items():
        values = _without_tails(values.where(first))
        deals[name] = values[first]
        beyond[name] = shrunken(values[first], deals["owner_id"], deals["weight"], _LEAST[name])
    return Closings(deals, beyond["early_days"], beyond["grew"])


def _without_tails(values: pd.Series) -> pd.Series:
    """Rare mistakes (a date of the year 2099) must not carry an owner's mean."""
    low, high = float(values.quantile(_TAIL)), float(values.quantile(1 - _TAIL))
    return pd.Series(values.clip(low, high))


def owners_of(statements: Shrunken, deals: pd.Series, closed: Closings) -> pd.DataFrame:
    """A row per owner: owner_id, bias, low, high (90 %, in standard deviations of single deals, positive =
    below the evidence), n (deals), won (closings compared), score (statements and closings together; it
    ranks), verdict, realised, words. `deals`: number of deals by owner_id."""
    table = statements.owners.reset_index()
    owner = table["owner_id"]
    error = np.sqrt(closed.early.of(owner, "error") ** 2 + closed.grew.of(owner, "error") ** 2)
    index = closed.index(owner)
    owners = pd.DataFrame(
        {
            "owner_id": owner,
            "bias": table["post"],
            "low": table["post"] - _CERTAIN * table["error"],
            "high": table["post"] + _CERTAIN * table["error"],
            "n": deals.reindex(owner).to_numpy(),
            "won": closed.deals.groupby("owner_id").size().reindex(owner).fillna(0).astype(int).to_numpy(),
            "score": table["post"] + index,
        }
    )
    needed = np.maximum(_LIKELY * error, CLOSINGS_MATTER)
    agrees = np.select([index > needed, index < -needed], [1, -1], 0)
    owners["verdict"] = _verdicts(owners, agrees)
    owners["realised"] = [_realised(closed.deals, one) for one in owner]
    owners["words"] = [_words(row, sign) for row, sign in zip(owners.itertuples(), agrees, strict=True)]
    return owners


def _verdicts(owners: pd.DataFrame, agrees: np.ndarray) -> np.ndarray:
    few = (owners["n"] < _FEWEST_DEALS) | (owners["won"] < _FEWEST_WON)
    below = (owners["low"] > _MATTERS) & (agrees > 0)
    above = (owners["high"] < -_MATTERS) & (agrees < 0)
    return np.select([few, below, above], ["not enough evidence", BELOW, "above"], "as")


def _realised(deals: pd.DataFrame, owner: str) -> str:
    """What came of the owner's won deals, beside the company's."""
    mine = deals[deals["owner_id"] == owner]
    if mine.empty:
        return "no won deal was recorded four weeks before it closed"
    texts = []
    if mine["early_days"].notna().any():
        texts.append(f"{_late(mine['early_days'].mean())} (all owners: {_late(deals['early_days'].mean())})")
    if mine["grew"].notna().any():
        ratio, usual = np.exp(mine["grew"].mean()), np.exp(deals["grew"].mean())
        texts.append(f"won at {percent(ratio)} of the amount stated then (all owners: {percent(usual)})")
    what = ", and ".join(texts) or "stated without a date and an amount"
    return f"four weeks before, {count(len(mine), 'won deal was', 'won deals were')} {what}"


def _late(days: float) -> str:
    side = "later" if days >= 0 else "earlier"
    return f"dated {count(round(abs(days)), 'day')} {side} than they closed"


_SAYS = {
    BELOW: "states below the evidence",
    "above": "states above the evidence",
    "as": "states as the evidence says",
    "not enough evidence": "not enough evidence",
}


def _words(row: Any, agrees: int) -> str:
    """The verdict in a sentence, with what it rests on and why it is not another one."""
    verdict, n = row.verdict, count(int(row.n), "deal")
    low, high, bias = row.low, row.high, row.bias
    figures = f"{bias:+.2f} (90% between {low:+.2f} and {high:+.2f}) over {n}"
    text = f"{_SAYS[verdict]}: {figures}"
    if verdict == "as" and low > _MATTERS:
        return f"{text}; the statements are below, but the closings do not confirm it"
    if verdict == "as" and high < -_MATTERS:
        return f"{text}; the statements are above, but the closings do not confirm it"
    return text
