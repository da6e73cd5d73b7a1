"""The number by region, team or owner: parts that add up to the whole, with shared luck shared."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from analytics.company import Company
from analytics.forecast.draws import QUANTILES
from analytics.forecast.quarter_forecast import Forecast
from analytics.pipeline.quarter_end import targets_by
from analytics.problems import NotEnough
from analytics.store.database import Store

By = Literal["region", "team", "owner_id"]
COLUMNS = [
    "key", "label", "deals", "won", "open_expected", "later", "expected", "p10", "p50", "p90", "target",
    "p_target",
]  # fmt: skip


def parts_of(store: Store, company: Company, found: Forecast, by: By) -> pd.DataFrame:
    """A row per region, team or owner of the forecast's scope, the largest first: COLUMNS.

    Money in the company's currency; `deals`: open ones; p_target 0-1; NaN where there is no target. `won`,
    `open_expected`, `later` and `expected` add up to those of the forecast to the cent. Empty without
    chances.
    """
    if isinstance(found.expected, NotEnough):
        return pd.DataFrame(columns=COLUMNS)
    deals, won = found.deals, found.view.won_in_quarter
    whose = pd.concat([won, deals])[["owner_id", "owner_name", "team", "region"]].astype(object).fillna("")
    whose = whose.drop_duplicates("owner_id", keep="last").set_index("owner_id")
    # without open deals, what new ones will bring is nobody's yet
    whose = whose.reindex(whose.index.union(found.later.index), fill_value="")
    key_of = whose.index.to_series() if by == "owner_id" else whose[by]
    parts = {
        "won": _by_key(won, "amount_company", key_of),
        "open_expected": _by_key(deals, "expected_amount", key_of),
        "later": found.later.groupby(key_of.reindex(found.later.index).to_numpy()).sum().round(2),
        "deals": deals.groupby(key_of.reindex(deals["owner_id"]).to_numpy()).size(),
    }
    table = pd.DataFrame(parts).fillna(0.0)
    table["expected"] = (table["won"] + table["open_expected"] + table["later"]).round(2)
    table = _with_ranges(table, found, key_of)
    targets = targets_by(store, company, found.view.scope, by)
    return _with_targets(table, targets, found, key_of, whose["owner_name"] if by == "owner_id" else None)


def _by_key(deals: pd.DataFrame, column: str, key_of: pd.Series) -> pd.Series:
    cents = (deals[column].astype(float).fillna(0.0) * 100).round()
    return cents.groupby(key_of.reindex(deals["owner_id"]).to_numpy()).sum() / 100


def _draws(found: Forecast, keys: pd.Index, key_of: pd.Series) -> np.ndarray:
    """Simulated open and later money by key (draw x key)."""
    owners = key_of.index
    by_owner = found.whole.drawn.by_owner(owners)
    member = (key_of.to_numpy()[:, None] == keys.to_numpy()[None, :]).astype(float)
    return np.asarray(by_owner @ member)


def _with_ranges(table: pd.DataFrame, found: Forecast, key_of: pd.Series) -> pd.DataFrame:
    draws = _draws(found, table.index, key_of) + table["won"].to_numpy(float)
    low, middle, high = np.quantile(draws, QUANTILES, axis=0).round(2)
    return table.assign(p10=low, p50=middle, p90=high)


def _with_targets(
    table: pd.DataFrame,
    targets: dict[str, float | NotEnough],
    found: Forecast,
    key_of: pd.Series,
    names: pd.Series | None,
) -> pd.DataFrame:
    known = {key: value for key, value in targets.items() if not isinstance(value, NotEnough)}
    target = pd.Series(known, dtype=float).reindex(table.index)
    draws = _draws(found, table.index, key_of) + table["won"].to_numpy(float)
    reached = (draws >= target.fillna(np.inf).to_numpy()).mean(axis=0)
    label = names.reindex(table.index) if names is not None else table.index.to_series()
    table = table.assign(
        key=table.index,
        label=label.replace("", "(not recorded)").to_numpy(),
        target=target,
        p_target=np.where(target.isna(), np.nan, reached),
        deals=table["deals"].astype(int),
    )
    return table.sort_values("expected", ascending=False, kind="stable")[COLUMNS].reset_index(drop=True)
