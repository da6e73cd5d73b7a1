"""How much more often something happened with one thing than without, among deals that were alike otherwise.

A linear probability model of stage entries: one constant for each stage and quarter of entry, one for each
owner (so that deals of the same rep are compared with each other: a rep who wins more and writes more would
else make every answer look useful), and the size, type, source, team and age of the deal. Differences are in
shares, so they read as points.

Errors are those of the jackknife that leaves out one owner, or one deal, at a time (CV3; MacKinnon, Nielsen
and Webb 2023). The usual clustered errors were too small where owners are few: with answers dealt out at
random among the deals of a small company, they called 7% of differences more than chance at 5%, these 4%.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from analytics.problems import NotEnough

#: Deals needed in all, and on the rarer side (of the outcome, and of what is asked about).
MIN_DEALS = 80
MIN_SIDE = 20
#: Owners needed for errors that let deals of one owner resemble each other; with fewer the intervals are
#: somewhat too short (of differences that are none, 7% lie outside).
MIN_OWNERS = 5
COVERED = 0.95  # of the intervals
#: Of what varies, at least this share must vary among deals alike, or there is nothing to compare.
_LEAST_LEFT = 0.02
#: Below this determinant of the correlations the columns may say the same (solved the slow and safe way).
_APART = 1e-8


@dataclass(frozen=True)
class Adjusted:
    """`table`: a row per column asked about: effect, low, high (shares; 95%), p, missing (NotEnough, or None;
    else the others are NaN); `deals`, `events`: deals in it, and those to which it happened; `rate`: share of
    entries to which it happened; `by_owner`: whether the intervals let deals of one owner resemble each other
    (else, with fewer than MIN_OWNERS of them, only the rows of one deal)."""

    table: pd.DataFrame
    deals: int
    events: int
    rate: float
    by_owner: bool


@dataclass(frozen=True)
class Alike:
    """Stage entries whose outcome is known, ready to be compared with those that are alike: made once for
    several comparisons."""

    rows: pd.DataFrame
    happened: np.ndarray
    controls: np.ndarray
    inverse: np.ndarray  # of the controls' cross products
    rank: int  # how many independent controls there are
    by_owner: bool

    def compare(self, asked: pd.DataFrame) -> Adjusted:
        """The difference per unit of each column of `asked`, which has the index of `rows`.

        All columns enter together, so that none gets credit for another. Two intervals are made, for rows of
        one owner and for rows of one deal that resemble each other, and the wider one is given, with
        Student's t for as many clusters as there are.
        """
        deals = self.rows["deal_id"]
        missing = {str(name): _too_alike(deals, asked[name]) for name in asked}
        asked = asked[[name for name in missing if missing[name] is None]]
        table = self._fitted(asked)
        for name in map(str, asked):
            if np.isnan(table["effect"][name]):
                missing[name] = NotEnough(
                    "deals that are alike otherwise do not differ in it", deals.nunique()
                )
        return Adjusted(
            table.reindex(list(missing)).assign(missing=pd.Series(missing, dtype=object)),
            int(deals.nunique()),
            int(deals[self.happened == 1].nunique()),
            float(self.happened.mean()),
            self.by_owner,
        )

    def _fitted(self, asked: pd.DataFrame) -> pd.DataFrame:
        """effect, low, high, p by column of `asked`; NaN where nothing of it is left among deals alike."""
        table = pd.DataFrame(np.nan, index=asked.columns, columns=["effect", "low", "high", "p"])
        values = asked.to_numpy(float)
        happened, left = self._unexplained(self.happened[:, None])[:, 0], self._unexplained(values)
        share = (left**2).mean(axis=0) / np.maximum(values.var(axis=0), 1e-12)
        kept = _told_apart(left, np.flatnonzero(share >= _LEAST_LEFT))
        room = len(left) - self.rank - len(kept)
        if not len(kept) or room < MIN_SIDE or (happened**2).mean() < 1e-9:
            return table
        # What the constants and controls took from the sample: what is left over is smaller on average by the
        # root of it, and rows that are left out do not pull the controls towards themselves: by it again.
        lost = (len(left) - len(kept)) / room
        owners = [_owners(self.rows)] if self.by_owner else []
        found = [_reach(happened, left[:, kept], groups, lost) for groups in [self.rows["deal_id"], *owners]]
        effect, reach, p = _widest(found)
        table.iloc[kept] = np.column_stack([effect, effect - reach, effect + reach, p])
        return table

    def _unexplained(self, values: np.ndarray) -> np.ndarray:
        """The values less what the controls explain of them."""
        left: np.ndarray = values - self.controls @ (self.inverse @ (self.controls.T @ values))
        return left


def alike(rows: pd.DataFrame, outcome: str) -> Alike | NotEnough:
    """Stage entries (`entries.stage_entries`) whose `outcome` (0.0 / 1.0 / NaN) is known, with what they are
    compared within; NotEnough if there are too few deals, or hardly any that ended the other way."""
    rows = rows[rows[outcome].notna()]
    happened = rows[outcome].to_numpy(float)
    deals = int(rows["deal_id"].nunique())
    if deals < MIN_DEALS:
        return NotEnough(f"{MIN_DEALS} deals needed whose outcome is known", deals)
    rarer = min(int(rows.loc[happened == side, "deal_id"].nunique()) for side in (0, 1))
    if rarer < MIN_SIDE:
        return NotEnough(f"{MIN_SIDE} deals needed on either side of the outcome", rarer)
    controls = np.hstack([_controls(rows), *([_ahead(rows)] if outcome == "kept" else [])])
    gram = controls.T @ controls
    return Alike(
        rows,
        happened,
        controls,
        np.linalg.pinv(gram, hermitian=True),
        int(np.linalg.matrix_rank(gram, hermitian=True)),
        _owners(rows).nunique() >= MIN_OWNERS,
    )


def adjusted(rows: pd.DataFrame, outcome: str, asked: pd.DataFrame) -> Adjusted | NotEnough:
    """The difference in `outcome` per unit of each column of `asked` (same index as `rows`)."""
    found = alike(rows, outcome)
    return found if isinstance(found, NotEnough) else found.compare(asked.loc[found.rows.index])


def _too_alike(deals: pd.Series, values: pd.Series) -> NotEnough | None:
    """Whether too few deals had another value than the most usual one."""
    is_usual = values == values.mode().iloc[0]
    fewest = min(int(deals[is_usual].nunique()), int(deals[~is_usual].nunique()))
    return None if fewest >= MIN_SIDE else NotEnough(f"{MIN_SIDE} deals needed with another answer", fewest)


def _owners(rows: pd.DataFrame) -> pd.Series:
    return rows["owner_id"].fillna("").astype(str)


def _controls(rows: pd.DataFrame) -> np.ndarray:
    """What deals are compared within or adjusted for, a column each; known at entry, all of it.

    Not the forecast category: reps state it with the answers in mind.
    """
    amount = np.log1p(rows["amount_company"].clip(lower=0))
    age = np.log1p(rows["age_days"].clip(lower=0))
    numbers = pd.DataFrame({"amount": amount, "age": age}, index=rows.index)
    scale = numbers.std().where(lambda one: one > 0, 1.0)
    numbers = ((numbers - numbers.mean()) / scale).fillna(0.0)
    flags = rows[["amount_company", "age_days"]].isna().astype(float)
    flags = flags.assign(passed_by=rows["passed_by"].astype(float))
    cell = rows["stage"].astype(str) + " " + rows["quarter"].astype(str)
    groups = [cell, _owners(rows), *(rows[name] for name in ("deal_type", "team", "lead_source"))]
    dummies = [_dummies(group) for group in groups]
    return np.hstack([numbers.to_numpy(float), flags.to_numpy(float), *dummies])


def _ahead(rows: pd.DataFrame) -> np.ndarray:
    """How far ahead the close date lay, in months: what is dated later has more time to be kept.

    Only for what is asked of that date; else it would be a statement made with the answers in mind.
    """
    months = (rows["close_date"] - rows["landmark"]).dt.days // 30
    return _dummies(months.clip(0, 12))


def _dummies(values: pd.Series) -> np.ndarray:
    codes, names = pd.factorize(values.fillna("").astype(str))
    found: np.ndarray = np.eye(len(names))[codes]
    return found


def _told_apart(left: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """Those columns that the others among them do not say already: of two that always move together none."""
    apart = []
    for at in kept:
        others = left[:, kept[kept != at]]
        own = left[:, at]
        explained = others @ np.linalg.lstsq(others, own, rcond=None)[0]
        if ((own - explained) ** 2).mean() >= _LEAST_LEFT * (own**2).mean():
            apart.append(at)
    return np.array(apart, dtype=int)


def _reach(
    happened: np.ndarray, asked: np.ndarray, groups: pd.Series, lost: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Effect, half its interval, and p, with rows of one group belonging together."""
    effect, error, n = jackknife(asked, happened, groups)
    error = lost * error
    reach = stats.t.ppf((1 + COVERED) / 2, n - 1) * error
    return effect, reach, 2 * stats.t.sf(np.abs(effect) / error, n - 1)


def jackknife(
    columns: np.ndarray, target: np.ndarray, groups: pd.Series
) -> tuple[np.ndarray, np.ndarray, int]:
    """Least squares weights of the columns, their standard errors from leaving out one group of rows after
    the other, and how many groups there are."""
    codes = pd.factorize(groups)[0]
    n, k = int(codes.max()) + 1, columns.shape[1]
    crossed, with_it = np.zeros((n, k, k)), np.zeros((n, k))
    np.add.at(crossed, codes, columns[:, :, None] * columns[:, None, :])
    np.add.at(with_it, codes, columns * target[:, None])
    whole, right = crossed.sum(axis=0), with_it.sum(axis=0)
    weights = _weights(whole[None], right[None])[0]
    without = _weights(whole - crossed, right - with_it)
    return weights, np.sqrt((n - 1) / n * ((without - weights) ** 2).sum(axis=0)), n


def _weights(crossed: np.ndarray, with_it: np.ndarray) -> np.ndarray:
    """The weights of many least squares at once; what does not vary in one of them has none there."""
    size = np.sqrt(np.maximum(np.diagonal(crossed, axis1=1, axis2=2), 0.0))
    known = np.where(size > 1e-6 * size.max(), size, 1.0)
    scaled = crossed / (known[:, :, None] * known[:, None, :])
    if np.linalg.det(scaled).min() > _APART:
        found: np.ndarray = np.linalg.solve(crossed, with_it[..., None])[..., 0]
    else:
        found = (np.linalg.pinv(crossed, hermitian=True) @ with_it[..., None])[..., 0]
    return found


def _widest(
    found: list[tuple[np.ndarray, np.ndarray, np.ndarray]],
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of several intervals around the same effects the widest of each, with its p."""
    effect, reaches = found[0][0], np.stack([reach for _, reach, _ in found])
    widest, at = reaches.argmax(axis=0), np.arange(len(effect))
    return effect, reaches[widest, at], np.stack([p for *_, p in found])[widest, at]
