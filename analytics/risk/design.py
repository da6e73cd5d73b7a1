"""From landmark rows to the numbers that a linear model adds up, each column belonging to one reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product as pairs

import numpy as np
import pandas as pd
from sklearn.preprocessing import SplineTransformer

from analytics.risk.features import NAMES, REASONS, Number, Reason

#: A word is a kind of its own when it stands in this share of the rows.
_COMMON = 0.005
_MOST_KINDS = 40
#: Years whose last quarter must be known before it may differ from the others: one alone is chance.
_FEWEST_YEARS = 3
_JUST_BEGAN_DAYS = 4
#: Quantiles between which a number is followed.
_SHOWN = (0.002, 0.998)
_SCALES = {
    **{number.column: number.scale for reason in REASONS for number in reason.numbers},
    "stage_order": "plain",
}


def prepared(rows: pd.DataFrame) -> pd.DataFrame:
    """Landmark rows with the few columns that follow from others."""
    past_end = rows["days_to_close"] - rows["days_to_quarter_end"]
    close = rows["close_date"]
    ahead = (close + pd.Timedelta(days=3)).dt.month != close.dt.month
    amount, first = (rows[name].where(rows[name] > 0) for name in ("amount", "first_amount"))
    return rows.assign(
        days_past_quarter_end=past_end,
        is_parked=(ahead & close.notna()).astype(float),
        amount_raised=np.log(amount / first).clip(-2, 2),
        quarter_of_year=(rows["quarter"].str[-1] == "4").astype(float),
        # dates that the last quarter has left behind are not mended yet
        quarter_just_began=((rows["landmark"] - rows["first_day"]).dt.days < _JUST_BEGAN_DAYS).astype(float),
        amount_company=rows["amount_company"].where(rows["amount_company"] > 0),
    )


def scaled(rows: pd.DataFrame, column: str) -> np.ndarray:
    """A column's values on the scale that the model uses; NaN where missing."""
    values = np.asarray(rows[column], dtype=float)
    scale = _SCALES[column]
    if scale == "plain":
        return values
    logs: np.ndarray = np.sign(values) * np.log1p(np.abs(values))
    return logs


def _range(known: np.ndarray) -> tuple[float, float, float]:
    """Lowest value followed, median, highest value followed."""
    if len(known) == 0:
        return 0.0, 0.0, 0.0
    low, middle, high = np.quantile(known, [_SHOWN[0], 0.5, _SHOWN[1]])
    return float(low), float(middle), float(high)


@dataclass
class _Column:
    """How one number becomes columns: a straight line or a spline, and whether it is missing."""

    number: Number
    middle: float
    low: float  # values beyond what nearly all rows show count as the last one shown: a line must not run on
    high: float
    spline: SplineTransformer | None
    has_missing: bool

    @classmethod
    def fitted(cls, rows: pd.DataFrame, number: Number, *, bends: bool, knots: int) -> _Column | None:
        """None where the number never varies."""
        values = scaled(rows, number.column)
        known = values[~np.isnan(values)]
        has_missing = 0 < np.isnan(values).mean() < 1
        if len(known) == 0 or (known.min() == known.max() and not has_missing):
            return None
        low, middle, high = _range(known)
        known = known.clip(low, high)
        spline = None
        if bends and number.smooth:
            at = np.unique(np.quantile(known, np.linspace(0, 1, knots)))
            if len(at) >= 3:
                spline = SplineTransformer(
                    knots=at[:, None], degree=3, extrapolation="linear", include_bias=False
                ).fit(known[:, None])
        return cls(number, middle, low, high, spline, has_missing)

    def values(self, rows: pd.DataFrame) -> list[np.ndarray]:
        """The columns for these rows."""
        values = scaled(rows, self.number.column)
        missing = np.isnan(values)
        filled = np.where(missing, self.middle, values).clip(self.low, self.high)
        shown = [filled] if self.spline is None else list(self.spline.transform(filled[:, None]).T)
        return [*shown, missing.astype(float)] if self.has_missing else shown


@dataclass
class Design:
    """The model's columns, centred and scaled to deviation 1. `reason_of` names the reason of each."""

    reason_of: list[str] = field(default_factory=list)
    _columns: dict[str, list[_Column]] = field(default_factory=dict)
    _kinds: dict[str, list[str]] = field(default_factory=dict)
    _ranges: dict[str, tuple[float, float, float]] = field(default_factory=dict)  # low, middle, high
    _products: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    _mean: np.ndarray = field(default_factory=lambda: np.zeros(0))
    _scale: np.ndarray = field(default_factory=lambda: np.ones(0))

    @classmethod
    def fitted(
        cls,
        rows: pd.DataFrame,
        *,
        bends: bool,
        larger: bool,
        knots: int = 5,
        without: frozenset[str] = frozenset(),
    ) -> Design:
        """Learn knots, kinds and scales from prepared rows. `bends`: splines; `without`: reasons left out."""
        design = cls()
        seasonal = rows.loc[rows["quarter_of_year"] == 1, "quarter"].nunique() >= _FEWEST_YEARS
        for key, reason in NAMES.items():
            if key in without:
                continue
            numbers = [one for one in reason.numbers if seasonal or one.column != "quarter_of_year"]
            fitted = [_Column.fitted(rows, number, bends=bends, knots=knots) for number in numbers]
            design._columns[key] = [column for column in fitted if column]
            for kind in reason.kinds:
                design._learn_kinds(rows, kind)
            design._products[key] = [*reason.products, *(reason.larger if larger else ())]
        for column in {part for products in design._products.values() for pair in products for part in pair}:
            if column in _SCALES:
                values = scaled(rows, column)
                design._ranges[column] = _range(values[~np.isnan(values)])
            else:
                design._learn_kinds(rows, column)
        matrix = design._raw(rows)
        design._mean = matrix.mean(axis=0)
        spread = matrix.std(axis=0)
        design._scale = np.where(spread > 1e-9, spread, np.inf)
        return design

    def _learn_kinds(self, rows: pd.DataFrame, column: str) -> None:
        share = rows[column].astype(str).value_counts(normalize=True)
        self._kinds[column] = sorted(share[share >= _COMMON].index[:_MOST_KINDS])

    def matrix(self, rows: pd.DataFrame) -> np.ndarray:
        """Rows x columns for (prepared) rows."""
        if rows.empty:
            return np.zeros((0, len(self._mean)))
        return np.asarray((self._raw(rows) - self._mean) / self._scale)

    def _raw(self, rows: pd.DataFrame) -> np.ndarray:
        parts: list[np.ndarray] = []
        self.reason_of = []
        for key in self._columns:
            mine = self._of_reason(rows, NAMES[key])
            parts += mine
            self.reason_of += [key] * len(mine)
        return np.column_stack(parts) if parts else np.zeros((len(rows), 0))

    def _of_reason(self, rows: pd.DataFrame, reason: Reason) -> list[np.ndarray]:
        parts = [values for column in self._columns[reason.key] for values in column.values(rows)]
        for kind in reason.kinds:
            parts += self._part(rows, kind)
        for first, second in self._products[reason.key]:
            parts += [a * b for a, b in pairs(self._part(rows, first), self._part(rows, second))]
        return parts

    def _part(self, rows: pd.DataFrame, column: str) -> list[np.ndarray]:
        """One side of a product: a number around its middle, or a 0/1 column per kind."""
        if column in _SCALES:
            values = scaled(rows, column)
            low, middle, high = self._ranges[column]
            return [np.where(np.isnan(values), 0.0, values.clip(low, high) - middle)]
        words = rows[column].astype(str).to_numpy()
        return [(words == kind).astype(float) for kind in self._kinds[column]]
