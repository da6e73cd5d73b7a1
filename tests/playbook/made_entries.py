"""Stage entries made up so that the truth is known."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from analytics.playbook.entries import LEVELS, Entries

STAGES = ["Qualify", "Propose", "Negotiate"]


def made(
    seed: int,
    matters: dict[str, float] | None = None,
    *,
    deals: int = 900,
    owners: int = 30,
    diligence: float = 0.0,
) -> Entries:
    """Entries of deals that each went through some of three stages, answers growing on the way.

    `matters`: question -> true change in the chance (of both outcomes) per level. `diligence`: how much more
    often owners win who also write more: a false trail, since it is the owner that wins and not the answer.
    """
    rng = np.random.default_rng(seed)
    writes = rng.normal(0, 1, owners)
    owner = rng.integers(0, owners, deals)
    entered = rng.integers(0, 8, deals)
    reached = rng.choice([1, 2, 3], deals, p=[0.3, 0.3, 0.4])
    amount = np.exp(rng.normal(10, 1, deals))
    base = 0.35 + diligence * writes[owner] + 0.04 * (np.log(amount) - 10) + rng.normal(0, 0.05, deals)
    levels = np.clip(rng.integers(-2, 2, (deals, 7)) + np.round(writes[owner])[:, None], 0, 4)
    parts = []
    for order, stage in enumerate(STAGES, start=1):
        levels = np.clip(levels + rng.integers(0, 2, (deals, 7)), 0, 4)
        part = pd.DataFrame(levels.astype(float), columns=LEVELS).assign(
            stage=stage, stage_order=float(order)
        )
        gain = sum((part[f"level_{key}"] - 1.5) * size for key, size in (matters or {}).items())
        chance = np.clip(base + gain, 0.02, 0.98)
        lucky = rng.uniform(size=(2, deals))
        part = part.assign(won=(lucky[0] < chance).astype(float), kept=(lucky[1] < chance).astype(float))
        parts.append(_described(part, owner, entered, amount, order)[reached >= order])
    rows = pd.concat(parts, ignore_index=True)
    return Entries(rows, STAGES, dict.fromkeys(STAGES, 90), date(2026, 11, 15))


def _described(
    part: pd.DataFrame, owner: np.ndarray, entered: np.ndarray, amount: np.ndarray, order: int
) -> pd.DataFrame:
    number = np.arange(len(part))
    landmark = pd.Timestamp("2024-01-07") + pd.to_timedelta(entered * 91 + 21 * order, unit="D")
    left = pd.Series(landmark + pd.Timedelta(days=20))
    return part.assign(
        deal_id=[f"D{one:04}" for one in number],
        name=[f"Deal {one}" for one in number],
        account_name="Account",
        landmark=landmark,
        owner_id=[f"U{one:02}" for one in owner],
        team=np.where(owner % 2 == 0, "North", "South"),
        region="EU",
        deal_type=np.where(number % 3 == 0, "New", "Renewal"),
        lead_source="Web",
        quarter=[f"Q{one}" for one in entered],
        close_date=landmark + pd.Timedelta(days=60),
        category="Pipeline",
        amount_company=np.where(number % 20 == 0, np.nan, amount),
        age_days=30.0 * order,
        entry_stage_order=1.0,
        passed_by=False,
        left_on=left,
        closed_on=left,
        closed_won=part["won"] == 1,
        final_amount_company=amount,
    )
