"""The model card: what was said against what happened, on planted forecasts whose answers are known."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics import model_card as module
from analytics.model_card import OURS, ModelCard, drift_note, headline, model_card
from analytics.risk.baselines import BASELINES
from analytics.risk.chances import History
from analytics.risk.features import FAMILIES, REASONS
from analytics.risk.forward import Forward
from analytics.risk.ladder import Learned

#: Quarters with their first day; outcomes of the last are not known yet.
QUARTERS = {"2024Q1": "2024-01-01", "2024Q2": "2024-04-01", "2024Q3": "2024-07-01"}
NUMBERS = list(dict.fromkeys(number.column for reason in REASONS for number in reason.numbers))
KINDS = list(dict.fromkeys(kind for reason in REASONS for kind in reason.kinds))


def landmarks(deals: int = 200, weeks: int = 3) -> pd.DataFrame:
    """Landmarks of three quarters, a fifth of the deals won, half lost, of the last quarter not known."""
    rng = np.random.default_rng(5)
    rows = []
    for quarter, first_day in QUARTERS.items():
        for deal in range(deals):
            outcome = "won" if deal % 5 == 0 else "lost" if deal % 2 else "open"
            for week in range(weeks):
                rows.append((f"{quarter}-{deal}", quarter, pd.Timestamp(first_day), week, outcome))
    table = pd.DataFrame(rows, columns=["deal_id", "quarter", "first_day", "week", "outcome_0"])
    table.loc[table["quarter"] == "2024Q3", "outcome_0"] = None
    numbers = {name: rng.normal(size=len(table)) for name in (*NUMBERS, "amount", "first_amount")}
    words = {name: rng.choice(["a", "b", "c"], len(table)) for name in KINDS}
    landmark = table["first_day"] + pd.to_timedelta(7 * table["week"], unit="D")
    return table.assign(landmark=landmark, close_date=pd.Timestamp("2024-09-15"), **numbers, **words)


def card_of(monkeypatch: pytest.MonkeyPatch, tested: Forward, rows: pd.DataFrame | None = None) -> ModelCard:
    """The card of a history whose test forward in time came out as planted."""
    learned = Learned(landmarks(), object(), "linear", 0.01, "planted", pd.DataFrame())  # type: ignore[arg-type]
    monkeypatch.setattr(module, "forward_test", lambda *_, **__: tested)
    given = landmarks() if rows is None else rows
    return model_card(History(date(2024, 8, 1), given, learned, None))


def foretold(said: np.ndarray, outcomes: list[str], **columns: Any) -> Forward:
    """Forecasts of `said` to be won by the model, and of 0.2 by every simple method."""
    rows = pd.DataFrame(
        {"outcome_0": outcomes, "quarter": "2024Q1", "deal_id": [f"D{i}" for i in range(len(said))]}
    )
    rest = 1 - said
    ours = np.column_stack([said, rest / 2, rest / 2])
    simple = np.tile([0.2, 0.4, 0.4], (len(said), 1))
    return Forward(rows.assign(**columns), {OURS: ours, **dict.fromkeys(BASELINES, simple)})


@pytest.fixture
def right() -> Forward:
    """Chances of ten sizes, 40 forecasts each, that keep their word exactly."""
    said = np.repeat(np.arange(0.05, 1, 0.1), 40)
    outcomes = ["won" if at < round(share * 40) else "lost" for share in said[::40] for at in range(40)]
    return foretold(said, outcomes)


def test_a_tenth_says_what_was_foretold_and_what_happened(
    monkeypatch: pytest.MonkeyPatch, right: Forward
) -> None:
    found = card_of(monkeypatch, right).calibration
    assert list(found["said"]) == pytest.approx(list(np.arange(0.05, 1, 0.1)))
    assert list(found["happened"]) == pytest.approx(list(found["said"]))
    assert (found["n"] == 40).all()
    assert ((found["low"] < found["happened"]) & (found["happened"] < found["high"])).all()


def test_the_interval_counts_deals_not_weeks(monkeypatch: pytest.MonkeyPatch, right: Forward) -> None:
    ten_weeks = [f"D{at // 10}" for at in range(len(right.rows))]
    weekly = Forward(right.rows.assign(deal_id=ten_weeks), right.chances)
    few, many = card_of(monkeypatch, weekly).calibration, card_of(monkeypatch, right).calibration
    assert (few["n"] == 4).all()
    assert ((few["high"] - few["low"]) > 1.5 * (many["high"] - many["low"])).all()


def test_chances_that_keep_their_word_have_slope_one_and_intercept_none(
    monkeypatch: pytest.MonkeyPatch, right: Forward
) -> None:
    card = card_of(monkeypatch, right)
    assert card.slope == pytest.approx(1, abs=0.02)
    assert card.intercept == pytest.approx(0, abs=0.02)


def test_chances_that_were_too_sure_have_a_lower_slope(
    monkeypatch: pytest.MonkeyPatch, right: Forward
) -> None:
    said = right.chances[OURS][:, 0]
    odds = (said / (1 - said)) ** 2  # twice as sure as is right
    card = card_of(monkeypatch, foretold(odds / (1 + odds), list(right.rows["outcome_0"])))
    assert card.slope == pytest.approx(0.5, abs=0.01)


def test_chances_that_were_too_low_have_a_positive_intercept(
    monkeypatch: pytest.MonkeyPatch, right: Forward
) -> None:
    said = right.chances[OURS][:, 0]
    odds = said / (1 - said) / np.e
    card = card_of(monkeypatch, foretold(odds / (1 + odds), list(right.rows["outcome_0"])))
    assert card.slope == pytest.approx(1, abs=0.02)
    assert card.intercept == pytest.approx(1, abs=0.02)


def test_losses_are_means_per_quarter_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    tested = foretold(
        np.array([0.5, 0.8, 0.6, 0.1]),
        ["won", "lost", "open", "won"],
        quarter=["2024Q1", "2024Q1", "2024Q2", "2024Q2"],
    )
    card = card_of(monkeypatch, tested)
    first = -(np.log(0.5) + np.log(0.1)) / 2
    second = -(np.log(0.2) + np.log(0.1)) / 2
    assert list(card.losses[OURS]) == pytest.approx([first, second])
    simple = [-(np.log(0.2) + np.log(0.4)) / 2] * 2
    pooled = card.pooled.set_index("method")
    assert pooled.loc[OURS, "log_loss"] == pytest.approx((first + second) / 2)
    assert np.isnan(pooled.loc[OURS, "gain"])
    gains = np.array(simple) - [first, second]
    for method in BASELINES:
        assert pooled.loc[method, "log_loss"] == pytest.approx(simple[0])
        assert pooled.loc[method, "gain"] == pytest.approx(gains.mean())
        assert pooled.loc[method, "error"] == pytest.approx(gains.std(ddof=1) / np.sqrt(2))
    assert list(card.pooled["log_loss"]) == sorted(card.pooled["log_loss"])


def test_a_quarter_that_was_far_off_is_named_with_its_direction(monkeypatch: pytest.MonkeyPatch) -> None:
    said = np.full(30, 0.4)
    outcomes = ["won"] * 1 + ["lost"] * 9 + ["won"] * 4 + ["lost"] * 6 + ["won"] * 8 + ["lost"] * 2
    quarters = ["2024Q1"] * 10 + ["2024Q2"] * 10 + ["2024Q3"] * 10
    card = card_of(monkeypatch, foretold(said, outcomes, quarter=quarters))
    assert list(card.drift["happened"]) == pytest.approx([0.1, 0.4, 0.8])
    logit = {share: float(np.log(share / (1 - share))) for share in (0.1, 0.4, 0.8)}
    assert list(card.drift["off"]) == pytest.approx([logit[0.4] - logit[0.1], 0, logit[0.4] - logit[0.8]])
    note = drift_note(card)
    assert note.startswith("Far off in 2024Q1 (said too much), 2024Q3 (said too little): ")


def test_without_drift_there_is_no_note(monkeypatch: pytest.MonkeyPatch, right: Forward) -> None:
    card = card_of(monkeypatch, right)
    assert abs(card.drift["off"].iloc[0]) < 0.5
    assert drift_note(card) == ""


def test_a_fact_that_knows_the_end_sets_off_the_alarm_and_no_other(
    monkeypatch: pytest.MonkeyPatch, right: Forward
) -> None:
    rows = landmarks()
    won = (rows["outcome_0"] == "won").to_numpy(float)
    noise = np.random.default_rng(6).normal(size=len(rows))
    assert card_of(monkeypatch, right, rows).alarms == []
    leaking = rows.assign(activity_days=won + 0.3 * noise, age_days=-won + 0.3 * noise)
    assert set(card_of(monkeypatch, right, leaking).alarms) == {"activity_days", "age_days"}
    telling = rows.assign(activity_days=won + noise)  # helps, as it should: AUC about 0.76
    assert card_of(monkeypatch, right, telling).alarms == []


def test_a_leak_that_is_mostly_missing_is_still_found(
    monkeypatch: pytest.MonkeyPatch, right: Forward
) -> None:
    rows = landmarks()
    won = (rows["outcome_0"] == "won").to_numpy(float)
    leak = np.where(np.arange(len(rows)) % 4 == 0, won, np.nan)
    leak[rows["outcome_0"].isna()] = 1.0  # of an end that is not known it says nothing
    assert card_of(monkeypatch, right, rows.assign(last_push_days=leak)).alarms == ["last_push_days"]


def test_a_word_and_a_number_made_of_others_that_know_the_end_are_found_too(
    monkeypatch: pytest.MonkeyPatch, right: Forward
) -> None:
    rows = landmarks()
    won = (rows["outcome_0"] == "won").to_numpy()
    leaking = rows.assign(
        lead_source=np.where(won, "signed", rows["lead_source"]),
        amount=np.where(won, 3.0, 2.0),
        first_amount=2.0,
    )
    assert set(card_of(monkeypatch, right, leaking).alarms) == {"lead_source", "amount_raised"}


def test_an_outcome_that_is_not_known_yet_teaches_and_alarms_nothing(
    monkeypatch: pytest.MonkeyPatch, right: Forward
) -> None:
    card = card_of(monkeypatch, right)
    known = landmarks()[lambda table: table["outcome_0"].notna()]
    assert card.rows == len(known) == 2 * 200 * 3
    assert card.deals == 400
    assert card.closed == sum(known.drop_duplicates("deal_id")["outcome_0"] != "open")
    assert card.quarters == ["2024Q1", "2024Q2"]


def test_every_reason_is_listed_with_its_facts(monkeypatch: pytest.MonkeyPatch, right: Forward) -> None:
    features = card_of(monkeypatch, right).features
    assert sorted(features["Reason"]) == sorted(reason.key for reason in REASONS)
    assert list(dict.fromkeys(features["Family"])) == list(FAMILIES)
    told = {fact for facts in features["Facts"] for fact in facts.split(", ")}
    assert set(NUMBERS) <= told


@pytest.mark.parametrize(
    ("gains", "said"),
    [
        ([0.10, 0.11, 0.09], "In 3 of 3 past quarters the deal-level model foretold better than stage and"
         " week alone (surely better on average)."),
        ([0.10, -0.02, 0.09], "In 2 of 3 past quarters the deal-level model foretold better than stage and"
         " week alone (not surely better on average)."),  # 0.06 with a standard error of 0.04
    ],
)  # fmt: skip
def test_the_headline_is_no_surer_than_the_past(
    monkeypatch: pytest.MonkeyPatch, gains: list[float], said: str
) -> None:
    chance = 0.2 * np.exp(gains)  # of deals that were won: log loss lower by the gain
    tested = foretold(chance, ["won"] * 3, quarter=list(QUARTERS))
    card = card_of(monkeypatch, tested)
    assert headline(card)[0] == said
    assert headline(card)[1].startswith("Learned from 400 deals, ")


def test_without_a_model_the_card_says_so_and_measures_nothing() -> None:
    rows = landmarks(deals=3).assign(timing="in quarter", stage="Propose", category="Commit")
    learned = Learned(rows, None, "rates", 0.0, "too little", pd.DataFrame())
    card = model_card(History(date(2024, 8, 1), rows, learned, None))
    assert headline(card) == (
        "Chances are smoothed history rates, not a deal-level model.",
        "Learned from 6 deals, 4 of them closed, in 2 complete quarters. Method: too little.",
    )
    assert card.calibration.empty
    assert card.drift.empty
    assert np.isnan(card.slope)
    assert drift_note(card) == ""
    assert len(card.features) == len(REASONS)
