"""The exact oracle continues what happened with the code that made it, so its chances must be right."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics.sample_company import World, exact_outcomes

from .measures import as_of, closes_between

DATES = (
    (date(2023, 10, 2), date(2023, 12, 31)),
    (date(2024, 2, 18), date(2024, 3, 31)),
    (date(2024, 7, 1), date(2024, 12, 31)),
    (date(2025, 1, 20), date(2025, 3, 31)),
    (date(2025, 9, 1), date(2025, 9, 30)),
    (date(2026, 4, 6), date(2026, 6, 30)),
)


@pytest.fixture(scope="module")
def forecasts(default_world: World) -> pd.DataFrame:
    """Exact chances at several past dates, next to what came of the deals."""
    parts = []
    for number, (at, quarter_end) in enumerate(DATES):
        frame = exact_outcomes(default_world, at, quarter_end, continuations=100)
        closed = closes_between(default_world, at, quarter_end)
        frame["won"] = frame["deal_id"].isin(closed.index[closed["is_won"].astype(bool)])
        frame["lost"] = frame["deal_id"].isin(closed.index[~closed["is_won"].astype(bool)])
        frame["date"] = number
        parts.append(frame)
    return pd.concat(parts, ignore_index=True)


def test_there_is_a_row_per_deal_open_in_the_crm(default_world: World) -> None:
    at, quarter_end = DATES[0]
    frame = exact_outcomes(default_world, at, quarter_end, continuations=5)
    latest = as_of(default_world, at)
    assert set(frame["deal_id"]) == set(latest.index[~latest["is_closed"].astype(bool)])


def test_chances_add_up(forecasts: pd.DataFrame) -> None:
    chances = forecasts[["p_won", "p_lost", "p_slip"]]
    assert (chances >= -1e-12).all(axis=None)
    np.testing.assert_allclose(chances.sum(axis=1), 1.0, atol=1e-12)


@pytest.mark.parametrize("outcome", ["won", "lost"])
def test_chances_come_true_decile_by_decile(forecasts: pd.DataFrame, outcome: str) -> None:
    chance, came = forecasts[f"p_{outcome}"], forecasts[outcome].astype(float)
    decile = pd.qcut(chance.rank(method="first"), 10, labels=False)
    table = pd.DataFrame({"chance": chance, "came": came, "decile": decile}).groupby("decile")
    expected, observed, count = table["chance"].mean(), table["came"].mean(), table.size()
    noise = np.sqrt(expected * (1 - expected) / count)
    # deals of a date share the economy: allow what a quarter's luck adds to binomial noise
    assert (abs(observed - expected) < 3.5 * noise + 0.05).all()


def test_chances_sort_the_deals(forecasts: pd.DataFrame) -> None:
    won = forecasts["won"]
    rank = forecasts["p_won"].rank()
    auc = (rank[won].mean() - (won.sum() + 1) / 2) / (~won).sum()
    assert auc > 0.85


def test_the_same_question_gets_the_same_answer(default_world: World) -> None:
    at, quarter_end = DATES[4]
    first = exact_outcomes(default_world, at, quarter_end, continuations=20)
    pd.testing.assert_frame_equal(first, exact_outcomes(default_world, at, quarter_end, continuations=20))


def test_beyond_the_calendar_is_said(small_world: World) -> None:
    with pytest.raises(ValueError, match="lies beyond"):
        exact_outcomes(small_world, date(2026, 1, 5), date(2030, 3, 31))
