"""The money between what the statement alone would make of a deal and what all that is known makes of it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.risk.features import REASONS
from analytics.risk.outcome_model import OutcomeModel, fit, sigmoid, thinned
from analytics.risk.redrawn import redrawn, with_constant

#: What a reader of the CRM's forecast sees: date, category, probability and the day of the quarter.
_STATED = frozenset({"close date", "category", "stated probability", "calendar"})
_WITHOUT = frozenset(reason.key for reason in REASONS) - _STATED
_ROWS = 15_000
_DRAWS = 200
_RANGE = (10, 90)


def money_between(rows: pd.DataFrame, today: pd.DataFrame, model: OutcomeModel) -> pd.DataFrame:
    """Columns for each of `today`'s deals: p_stated, understated_amount, overstated_amount, each amount with
    `_low` and `_high` (company currency, >= 0; NaN without an amount).

    Amount x (chance by `model` - chance by the statement alone), by the quarter's end. Low and high are P10
    and P90 over redrawn deals of the history (`rows`, with outcome_0 known): one step of a bootstrap by deal.
    """
    learned = thinned(rows[rows["outcome_0"].notna()], _ROWS)
    strength = model.strength * model.rows / len(learned)  # fewer rows, drawn in as much
    stated = fit(learned, model.rung, strength=strength, without=_WITHOUT, ahead=0)
    chances = [_chances(one, learned, today, strength) for one in (model, stated)]
    gap = (chances[0] - chances[1]) * today["amount_company"].to_numpy(float)[:, None]
    found = {"p_stated": chances[1][:, 0]}
    for name, side in (("understated", gap), ("overstated", -gap)):
        money = np.maximum(side, 0.0)
        point = money[:, 0]
        low, high = np.percentile(money[:, 1:], _RANGE, axis=1)
        found[f"{name}_amount"] = point.round(2)
        found[f"{name}_low"] = np.minimum(low, point).round(2)
        found[f"{name}_high"] = np.maximum(high, point).round(2)
    return pd.DataFrame(found, index=today.index)


def _chances(model: OutcomeModel, learned: pd.DataFrame, today: pd.DataFrame, strength: float) -> np.ndarray:
    """Each deal's chance to be won, the model's own first, then one per redrawn history."""
    weights = model.steps[0].win
    changes = redrawn(model.design, weights, learned, strength, by="deal_id", draws=_DRAWS)
    over = today["days_to_quarter_end"].to_numpy() <= 0
    own = np.where(over, 0.0, model.chances(today)["p_won"].to_numpy())
    logits = with_constant(model.design, today) @ (weights[:, None] + changes)
    return np.column_stack([own, np.where(over[:, None], 0.0, sigmoid(logits))])
