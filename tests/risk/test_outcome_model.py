"""The outcome model: chances that fit together, a ladder that says which rung and why."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.risk.baselines import smoothed_rates
from analytics.risk.chances import LATER, History
from analytics.risk.features import FAMILIES, REASONS
from analytics.risk.forward import forward_test, known_before
from analytics.risk.ladder import FROM_CLOSED, from_first_outcomes, learn
from analytics.risk.outcome_model import CLASSES, OutcomeModel, fit
from analytics.risk.separation import separation


@pytest.fixture(scope="module")
def model(small_rows: pd.DataFrame) -> OutcomeModel:
    return fit(small_rows, "splines")


def test_chances_add_up_and_never_fall(model: OutcomeModel, small_rows: pd.DataFrame) -> None:
    chances = model.chances(small_rows)
    three = chances[["p_won", "p_lost", "p_slip"]]
    assert three.min().min() >= 0
    assert (three.sum(axis=1) - 1).abs().max() < 1e-12
    assert (np.diff(chances[["p_won", *LATER]], axis=1) >= 0).all()
    assert chances["p_won_3"].mean() > chances["p_won"].mean()


def test_on_the_last_day_nothing_can_be_won_any_more(model: OutcomeModel, small_rows: pd.DataFrame) -> None:
    over = small_rows.head(50).assign(days_to_quarter_end=0.0)
    chances = model.chances(over)
    assert chances["p_won"].max() < 1e-12
    assert chances["p_slip"].min() > 1 - 1e-12
    assert chances["p_won_1"].max() > 0.01


def planted(rows: pd.DataFrame, seed: int = 0) -> pd.DataFrame:
    """The landmarks with outcomes that follow the case depth and the activity, and nothing else."""
    rng = np.random.default_rng(seed)
    deals = rows["deal_id"].unique()
    luck = pd.Series(rng.random(len(deals)), index=deals)
    depth = rows.groupby(["deal_id", "quarter"])["case_depth"].transform("mean")
    chance = 1 / (1 + np.exp(-(2.5 * depth - 3)))
    won = luck.reindex(rows["deal_id"]).to_numpy() < chance
    known = rows["outcome_0"].notna()
    outcome = np.where(won, "won", np.where(luck.reindex(rows["deal_id"]).to_numpy() > 0.8, "lost", "open"))
    return rows.assign(outcome_0=pd.Series(outcome, index=rows.index, dtype=object).where(known))


def test_what_decides_is_found_and_beats_the_rates(small_rows: pd.DataFrame) -> None:
    rows = planted(small_rows)
    tested = forward_test(rows, {"model": ("linear", 0.03)}, quarters=3)
    losses = tested.log_loss().mean()
    assert losses["model"] < losses["stage x week"] - 0.05
    apart = separation(tested, "model")
    assert apart is not None
    assert apart.tells_apart


def test_without_the_facts_that_decide_nothing_is_gained(small_rows: pd.DataFrame) -> None:
    rows = planted(small_rows)
    case = frozenset(reason.key for reason in REASONS if reason.family == "business case")
    blind = (
        forward_test(rows, {"model": ("linear", 0.03)}, quarters=3, without=case).log_loss()["model"].mean()
    )
    seeing = forward_test(rows, {"model": ("linear", 0.03)}, quarters=3).log_loss()["model"].mean()
    assert blind > seeing + 0.05


def test_too_few_closed_deals_are_rates_and_it_says_so(small_rows: pd.DataFrame) -> None:
    few = small_rows[small_rows["deal_id"].isin(small_rows["deal_id"].unique()[:60])]
    learned = learn(few)
    assert learned.model is None
    assert learned.rung == "rates"
    assert f"{FROM_CLOSED['linear']} closed deals" in learned.why


def test_a_history_that_tells_nothing_is_given_no_model(small_rows: pd.DataFrame) -> None:
    rng = np.random.default_rng(1)
    known = small_rows["outcome_0"].notna()
    drawn = pd.Series(
        rng.choice(["won", "lost", "open"], len(small_rows)), index=small_rows.index, dtype=object
    )
    learned = learn(small_rows.assign(outcome_0=drawn.where(known)))
    assert learned.rung == "rates"
    assert "not foretell surely better" in learned.why
    assert "Nothing that is recorded here tells" in learned.why


def test_the_model_of_a_past_quarter_knew_no_later_outcome(small_history: History) -> None:
    rows = small_history.rows
    quarter = sorted(rows.loc[rows["outcome_0"].notna(), "quarter"].unique())[-1]
    start = rows.loc[rows["quarter"] == quarter, "first_day"].iloc[0]
    before = known_before(rows, quarter)
    assert (before["first_day"] < start).all()
    latest = before.loc[before["outcome_1"].notna(), "first_day"].max()
    assert latest + pd.DateOffset(months=6) <= start
    assert before["outcome_0"].notna().any()


def test_quarters_before_any_outcome_teach_nothing() -> None:
    days = pd.to_datetime(["2024-01-01", "2024-04-01", "2024-04-01", "2024-07-01"])
    rows = pd.DataFrame({"first_day": days, "outcome_0": ["open", "won", "lost", None]})
    assert list(from_first_outcomes(rows)["first_day"]) == list(days[1:])
    assert from_first_outcomes(rows.assign(outcome_0="open")).empty


def test_smoothed_rates_equal_a_calculation_by_hand() -> None:
    train = pd.DataFrame({"stage": ["A"] * 30 + ["B"] * 10, "outcome_0": ["won"] * 10 + ["open"] * 30})
    chances = smoothed_rates(train, pd.DataFrame({"stage": ["A", "B", "C"]}), ["stage"])
    whole = 10 / 40
    assert list(chances[:, 0]) == pytest.approx([(10 + 20 * whole) / 50, 20 * whole / 30, whole])
    assert chances.sum(axis=1) == pytest.approx(1)
    assert len(CLASSES) == chances.shape[1]


def test_every_reason_belongs_to_a_family() -> None:
    assert {reason.family for reason in REASONS} == set(FAMILIES)
    keys = [reason.key for reason in REASONS]
    assert len(keys) == len(set(keys))


def test_rates_are_no_model_to_fit(small_rows: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="no model of its own"):
        fit(small_rows, "rates")
