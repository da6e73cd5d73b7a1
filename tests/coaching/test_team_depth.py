"""How deep reps dig: which deals count, what is withheld, and what moved, on frames whose truth is known."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as some

from analytics.coaching.team import (
    FEWEST,
    LEVELS,
    OVERALL,
    WEEKS,
    Moved,
    TeamDepth,
    depth_by,
    differ,
    moved,
    team_depth,
)
from analytics.company import Company
from analytics.fiscal import Calendar
from analytics.pipeline.owners import Owners
from analytics.problems import NotEnough
from analytics.store.subjects import QUESTIONS

DAY = date(2026, 11, 15)
COMPANY = Company("Made up", "USD", "en_US", Calendar("UTC", 1, "end"))
OWNERS = Owners(["East", "West"], {"U1": "Ann", "U2": "Bo"}, {"U1": "East", "U2": "West"})
STAGES = {"Discovery": 1.0, "Proposal": 2.0, "Negotiation": 3.0}


def landmark(deal: str, weeks_ago: int, stage: str, owner: str = "U1", **levels: float) -> dict[str, object]:
    return {
        "deal_id": deal,
        "name": f"Deal {deal}",
        "account_name": "Account",
        "stage": stage,
        "stage_order": STAGES.get(stage, np.nan),
        "owner_id": owner,
        "amount_company": 1000.0,
        "landmark": pd.Timestamp(DAY - timedelta(weeks=weeks_ago)),
        "rep_tenure_days": np.nan,
        **{f"level_{key}": levels.get(key, 1.0) for key in QUESTIONS},
    }


def made(*rows: dict[str, object], day: date = DAY, gone: frozenset[str] = frozenset()) -> TeamDepth:
    found = team_depth(pd.DataFrame(rows), OWNERS, COMPANY, day, gone=gone)
    assert isinstance(found, TeamDepth)
    return found


BEFORE = landmark("D0", 30, "Discovery")  # the first stage must be known


def test_a_deal_counts_once_as_it_last_stood_beyond_the_first_stage() -> None:
    found = made(
        landmark("D1", 6, "Discovery", budget=4),
        landmark("D1", 5, "Proposal", budget=1),
        landmark("D1", 2, "Negotiation", budget=3),
        landmark("D2", 3, "Discovery", budget=4),
    )
    assert list(found.deals["deal_id"]) == ["D1"]
    assert found.deals["level_budget"].item() == 3
    assert found.deals["stage"].item() == "Negotiation"
    assert found.first_stage == "Discovery"


def test_weeks_before_and_weeks_to_come_do_not_count() -> None:
    rows = [BEFORE, landmark("D1", 0, "Proposal", budget=1), landmark("D1", -1, "Proposal", budget=4)]
    old = landmark("D2", WEEKS, "Proposal", budget=2)
    found = made(*rows, old)
    assert list(found.deals["level_budget"]) == [1.0]
    assert list(found.before["deal_id"]) == ["D2"]
    assert made(*rows, old, day=DAY).deals.equals(made(*rows[:2], old).deals)


def test_who_left_and_who_is_not_known_count_in_no_mean() -> None:
    rows = [
        landmark("D1", 1, "Discovery"),
        landmark("D2", 1, "Proposal"),
        landmark("D3", 1, "Proposal", owner="U2", budget=4),
        landmark("D4", 1, "Proposal", owner="nobody", budget=4),
    ]
    assert list(made(*rows, gone=frozenset({"U2"})).deals["deal_id"]) == ["D2"]
    assert list(made(*rows).reps["name"]) == ["Ann", "Bo"]


def test_new_people_are_marked_and_those_of_the_beginning_are_not() -> None:
    rows = [BEFORE, landmark("D1", 1, "Proposal"), landmark("D2", 1, "Proposal", owner="U2")]
    rows[2]["rep_tenure_days"] = 40.0
    reps = made(*rows).reps.set_index("owner_id")
    assert list(reps["is_ramping"]) == [False, True]


@pytest.mark.parametrize(("n", "is_shown"), [(FEWEST - 1, False), (FEWEST, True)])
def test_a_mean_of_few_deals_is_withheld(n: int, is_shown: bool) -> None:
    found = made(BEFORE, *(landmark(f"D{at + 1}", 1, "Proposal", budget=at % 2) for at in range(n)))
    cells = depth_by(found.deals, "owner_id", ["budget", OVERALL])
    assert list(cells["n"]) == [n, n]
    assert bool(cells["mean"].notna().all()) is is_shown
    assert bool(cells["like"].notna().all()) is is_shown


def test_nothing_to_count_says_why() -> None:
    for rows in ([BEFORE], [landmark("D1", 1, "Discovery"), landmark("D2", 40, "Proposal")]):
        assert isinstance(team_depth(pd.DataFrame(rows), OWNERS, COMPANY, DAY), NotEnough)


def some_deals(n: int, mean: float, seed: int, first: int = 0) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    stage = random.choice(["Proposal", "Negotiation"], n)
    level = np.clip(random.normal(mean + (stage == "Negotiation"), 0.8, n), 0, 4)
    frame = pd.DataFrame({"deal_id": [f"D{first + at}" for at in range(n)], "stage": stage})
    return frame.assign(owner_id="U1", **dict.fromkeys((*LEVELS.values(), "level_all"), level))


def test_a_planted_change_is_found_and_a_mix_of_stages_is_none() -> None:
    found = moved(some_deals(150, 1.6, 1), some_deals(150, 1.0, 2, first=500), "budget")
    assert isinstance(found, Moved)
    assert found.is_told_apart
    assert found.low < 0.6 < found.high
    deals = some_deals(400, 1.0, 3)
    late, early = deals[deals["stage"] == "Negotiation"], deals[deals["stage"] == "Proposal"]
    now = pd.concat([late.head(100), early.head(20)])
    before = pd.concat([late.tail(20), early.tail(100)])
    plain = now["level_budget"].mean() - before["level_budget"].mean()
    like = moved(now, before, "budget")
    assert isinstance(like, Moved)
    assert plain > 0.5
    assert not like.is_told_apart


def test_where_nothing_moved_nothing_is_said_to_at_the_stated_rate() -> None:
    """95% intervals of 300 pairs without a change: at most 5% may leave out 0, with room for luck."""
    wrong = 0
    for seed in range(300):
        found = moved(some_deals(30, 1.0, seed), some_deals(30, 1.0, 9_000 + seed, first=500), "budget")
        assert isinstance(found, Moved)
        wrong += found.is_told_apart
    assert wrong <= 27  # 5% of 300 = 15, and three standard errors


def test_deals_on_both_sides_do_not_count_as_two() -> None:
    deals = some_deals(60, 1.0, 5)
    same = moved(deals, deals, "budget")
    assert isinstance(same, Moved)
    assert same.change == pytest.approx(0)
    assert same.high - same.low == pytest.approx(0, abs=1e-9)  # nothing changed, and nothing is guessed


@given(some.randoms(use_true_random=False))
def test_the_order_of_rows_says_nothing(random: object) -> None:
    now, before = some_deals(40, 1.5, 7), some_deals(40, 1.0, 8, first=500)
    mixed = now.sample(frac=1.0, random_state=random.randrange(1000))  # type: ignore[attr-defined]
    one, other = moved(now, before, "budget"), moved(mixed, before, "budget")
    assert isinstance(one, Moved)
    assert isinstance(other, Moved)
    assert (one.change, one.low, one.high) == pytest.approx((other.change, other.low, other.high))


def test_reps_who_differ_are_told_from_those_who_do_not() -> None:
    random = np.random.default_rng(0)
    owner = np.repeat([f"U{at}" for at in range(8)], 12)
    same = random.normal(0, 1, 96)
    deals = pd.DataFrame({"owner_id": owner, "deal_id": np.arange(96).astype(str)})
    apart = same + np.repeat(np.linspace(-1, 1, 8), 12)
    told = differ(deals.assign(like_budget=same, like_impact=apart), ["budget", "impact"])
    assert told == {"budget": False, "impact": True}
    assert isinstance(differ(deals.head(12).assign(like_budget=same[:12]), ["budget"])["budget"], NotEnough)
