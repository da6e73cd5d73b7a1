"""Before and after, and side by side, on deals of which the truth is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.company import Company
from analytics.fiscal import Calendar
from analytics.playbook.compare import (
    CANNOT_TELL,
    FEWEST,
    LONGEST,
    TOO_EARLY,
    WENT_WITH,
    Comparison,
    compare,
    needed_of,
)
from analytics.playbook.entries import Entries, decided_within, entries_of, stage_entries
from analytics.playbook.exit_criteria import departures, departures_of, levels_by_week, without_it
from analytics.playbook.like_deals import Effect, effect_of
from analytics.playbook.versions import LEVEL, MEASURES, WON
from analytics.playbook_change_words import later, result
from analytics.problems import NotEnough
from analytics.risk.chances import History
from tests.conftest import TODAY
from tests.playbook.made_moves import (
    AS_OF,
    START,
    TEAMS,
    compared,
    drawn,
    made_moves,
    nothing_entered,
    version,
)

COMPANY = Company("", "USD", "en_US", Calendar("UTC", 1, "end"))


def effect(found: Comparison) -> Effect:
    assert isinstance(found.change, Effect)
    return found.change


def looks(seed: int) -> list[Comparison]:
    """A version that does nothing, looked at again and again."""
    moves = made_moves(seed)
    return [compared(moves, START + timedelta(days=days)) for days in (50, 75, 110, 195)]


def test_where_nothing_changed_it_claims_at_its_error_rate() -> None:
    """5 of 100 by construction; by chance more than 5 of 30 in 1 of 100 runs. The last look says what every
    look said: see the next test."""
    claims = [compared(made_moves(seed)).verdict == WENT_WITH for seed in range(30)]
    assert sum(claims) <= 5


@pytest.mark.parametrize("seed", range(3))
def test_it_is_judged_once_and_what_comes_later_is_only_described(seed: int) -> None:
    first, *rest = [one for one in looks(seed) if one.verdict != TOO_EARLY]
    assert rest
    assert first.judged_on == first.last_day
    assert min(first.n_before, first.n_after) >= first.needed
    for one in rest:
        assert (one.verdict, one.judged_on, one.change) == (first.verdict, first.judged_on, first.change)
    moves = made_moves(seed)
    after = moves[moves["left_on"] > pd.Timestamp(first.last_day)]["level_impact"]
    assert rest[-1].later.n == len(after[moves["left_on"] <= pd.Timestamp(START + timedelta(days=195))])
    assert rest[-1].later.mean == pytest.approx(after.mean())
    assert "judged once" in result(version(), first, AS_OF, COMPANY)
    assert f"{rest[-1].later.n} more deals came after that" in later(rest[-1], COMPANY)


def test_of_deals_won_it_is_judged_once_too() -> None:
    """How long one waits for the end of a deal is what was known when the version began."""
    rng = np.random.default_rng(3)
    began = np.repeat(np.arange(-300, 300), 5)
    entered = pd.Timestamp(START) + pd.to_timedelta(began, unit="D")
    took = np.where(began < 100, 40, 200) + rng.integers(0, 20, 3000)  # they get slower
    closed = entered + pd.to_timedelta(took, unit="D")
    said = []
    for days in (200, 300, 400):
        as_of = START + timedelta(days=days)
        rows = pd.DataFrame({"deal_id": range(3000), "stage": "Proposal", "landmark": entered})
        rows = rows.assign(closed_on=closed.where(closed <= pd.Timestamp(as_of)), team="A", deal_type="New")
        rows = rows.assign(closed_won=np.arange(3000) % 3 == 0, amount_company=1e4)
        rows = rows.assign(owner_id=[f"o{at % 7}" for at in range(3000)], kept=np.nan, won=np.nan)
        entries = Entries(rows, ["Proposal"], {"Proposal": days}, as_of)
        found = compare(version(measure=WON), entries, pd.DataFrame(), "impact")
        assert not isinstance(found, NotEnough)
        said.append((found.verdict, found.judged_on, found.change))
    assert said[0][0] != TOO_EARLY
    assert said[0] == said[1] == said[2]


def test_what_changed_is_found_with_its_size() -> None:
    found = [compared(made_moves(seed, effect=0.6)) for seed in range(20)]
    assert sum(one.verdict == WENT_WITH for one in found) >= 14
    assert np.mean([effect(one).value for one in found]) == pytest.approx(0.6, abs=0.12)
    assert sum(effect(one).low <= 0.6 <= effect(one).high for one in found) >= 16


def test_a_time_in_which_everything_rose_is_seen_beside_it() -> None:
    found = [compared(made_moves(seed, time=0.6)) for seed in range(12)]
    assert all(isinstance(one.control, Effect) and one.control.low > 0 for one in found)
    assert sum(isinstance(one.net, Effect) and one.net.low <= 0 <= one.net.high for one in found) >= 10


def test_larger_deals_after_it_are_no_effect() -> None:
    """The made deals grow by 60%, and larger ones are answered deeper: the plain difference shows it."""
    found = [compared(made_moves(seed)) for seed in range(20)]
    assert np.mean([one.after - one.before for one in found]) > 0.08
    assert abs(np.mean([effect(one).value for one in found])) < 0.05


def test_of_all_draws_that_there_could_have_been_no_more_than_stated_would_claim() -> None:
    """Teams drift apart by themselves; whichever way the lot falls, it claims in at most 1 of its 32 ways."""
    moves = made_moves(4, teams=TEAMS[:10], team_spread=0.5)
    every = {drawn(TEAMS[:10], seed).teams: seed for seed in range(400)}
    assert len(every) == 32
    found = [compared(moves, teams=one, draw=drawn(TEAMS[:10], seed)) for one, seed in every.items()]
    chances = [one.sides.chance for one in found if not isinstance(one.sides, NotEnough)]
    assert sorted(chances) == pytest.approx([rank / 32 for rank in range(1, 33)])
    assert sum(one.verdict == WENT_WITH for one in found) <= 1


def test_a_trial_by_lot_finds_what_the_version_did() -> None:
    found = []
    for seed in range(12):
        draw = drawn(TEAMS, seed)
        moves = made_moves(seed, teams=TEAMS, team_spread=0.2, effect=0.8, treated=draw.teams)
        found.append(compared(moves, teams=draw.teams, draw=draw))
    assert sum(one.verdict == WENT_WITH for one in found) >= 9
    sizes = [one.sides.effect for one in found if not isinstance(one.sides, NotEnough)]
    assert np.mean(sizes) == pytest.approx(0.8, abs=0.15)


def test_so_few_teams_can_never_show_it() -> None:
    draw = drawn(TEAMS[:6], 3)
    moves = made_moves(3, effect=3.0, treated=draw.teams, per_owner=30)
    found = compared(moves, teams=draw.teams, draw=draw)
    assert not isinstance(found.sides, NotEnough)
    assert (found.sides.smallest, found.sides.chance, found.sides.draws) == (1 / 8, 1 / 8, 8)
    assert found.verdict == CANNOT_TELL
    mine = version(teams=draw.teams, draw=draw)
    said = result(mine, found, AS_OF, COMPANY)
    assert "chance alone would show as much in 1 of 8 possible draws" in said
    assert "So few teams can suggest something, never show it (at best 1 in 8)." in said
    less = compared(made_moves(3, effect=-1.0, treated=draw.teams, per_owner=30), teams=draw.teams, draw=draw)
    assert "so nothing here speaks for the change" in result(mine, less, AS_OF, COMPANY)


def test_chosen_teams_are_held_against_every_choice() -> None:
    moves = made_moves(5, effect=3.0, treated=TEAMS[:2], per_owner=40)
    found = compared(moves, teams=TEAMS[:2])
    assert not isinstance(found.sides, NotEnough)
    assert not found.sides.is_drawn
    assert (found.sides.draws, found.sides.chance) == (15, 1 / 15)


def test_where_too_many_draws_are_possible_it_says_how_many_were_tried() -> None:
    teams = tuple(f"T{number:02}" for number in range(32))
    many = drawn(teams, 1)
    found = compared(made_moves(2, teams=teams), teams=many.teams, draw=many)
    assert not isinstance(found.sides, NotEnough)
    assert found.sides.is_sampled
    said = result(version(teams=many.teams, draw=many), found, AS_OF, COMPANY)
    assert "of 20,000 draws tried" in said or "nothing here speaks" in said
    shown = replace(found, sides=replace(found.sides, effect=0.1, chance=0.3))
    said = result(version(teams=many.teams, draw=many), shown, AS_OF, COMPANY)
    assert "6,000 of 20,000 draws tried" in said


def test_the_day_it_ends_is_not_in_force() -> None:
    ended = replace(version(), ends_on=START + timedelta(days=20))
    assert ended.until(AS_OF) == START + timedelta(days=19)
    assert ended.until(START + timedelta(days=5)) == START + timedelta(days=5)
    found = compare(ended, nothing_entered(AS_OF), made_moves(1), "impact")
    assert isinstance(found, Comparison)
    assert found.last_day == START + timedelta(days=19)
    never = replace(version(), ends_on=START)
    assert isinstance(none := compare(never, nothing_entered(AS_OF), made_moves(1), "impact"), Comparison)
    assert none.n_after == 0


@settings(max_examples=6)
@given(st.integers(0, 2**31 - 1), st.integers(1, 190), st.booleans())
def test_neither_order_nor_what_comes_later_matters(seed: int, since: int, in_teams: bool) -> None:
    teams = TEAMS[:3] if in_teams else ()
    as_of = START + timedelta(days=since)
    moves = made_moves(7, effect=0.5)
    known = moves[moves["left_on"] <= pd.Timestamp(as_of)]
    here = compared(known, as_of, teams=teams)
    mixed = moves.sample(frac=1, random_state=seed % 2**32)
    there = compared(mixed, as_of, teams=teams)
    assert (there.verdict, there.n_before, there.n_after, there.needed, there.weeks) == (
        here.verdict,
        here.n_before,
        here.n_after,
        here.needed,
        here.weeks,
    )
    for mine, other in ((here.change, there.change), (here.control, there.control)):
        if isinstance(mine, NotEnough):
            assert mine == other
        else:
            assert isinstance(other, Effect)
            assert (other.value, other.low, other.high) == pytest.approx((mine.value, mine.low, mine.high))


def test_too_early_says_how_many_and_how_long() -> None:
    moves = made_moves(1, effect=2.0)
    found = compared(moves, START + timedelta(days=27))
    assert found.verdict == TOO_EARLY
    assert found.n_after < found.needed
    assert found.weeks is not None
    assert found.weeks > 0
    later = compared(moves, START + timedelta(days=27 + 7 * (found.weeks + 4)))
    assert later.verdict == WENT_WITH
    assert compared(moves[moves["left_on"] < pd.Timestamp(START)], AS_OF).weeks is None


def test_both_sides_are_as_long_and_no_longer_than_a_year() -> None:
    moves = made_moves(1)
    as_of = START + timedelta(days=900)
    found = compared(moves[::12], as_of)  # never enough
    assert (found.verdict, found.last_day) == (TOO_EARLY, START + timedelta(days=LONGEST - 1))
    short = compared(moves, START + timedelta(days=9))
    mine = moves["left_on"].between(pd.Timestamp(START), pd.Timestamp(START + timedelta(days=9)))
    before = moves["left_on"].between(
        pd.Timestamp(START - timedelta(days=10)), pd.Timestamp(START - timedelta(days=1))
    )
    assert (short.n_before, short.n_after) == (before.sum(), mine.sum())


def test_more_spread_needs_more_deals() -> None:
    assert needed_of(LEVEL, pd.Series([1.0] * 40)) == FEWEST
    assert (
        needed_of(LEVEL, pd.Series([0.0, 4.0] * 20)) > needed_of(LEVEL, pd.Series([1.0, 3.0] * 20)) > FEWEST
    )


def test_what_has_not_begun_or_was_withdrawn_is_not_compared() -> None:
    late = version(starts_on=AS_OF + timedelta(days=1))
    assert isinstance(compare(late, nothing_entered(AS_OF), made_moves(1), "impact"), NotEnough)


def test_too_few_owners_is_not_enough() -> None:
    moves = made_moves(1, teams=TEAMS[:1], per_owner=30)
    rows = moves.assign(y=moves["level_impact"], after=moves["left_on"] >= pd.Timestamp(START))
    assert isinstance(effect_of(rows, "y", ["after"]), Effect)
    fewer = rows[rows["owner_id"].isin(sorted(set(rows["owner_id"]))[:4])]
    assert isinstance(effect_of(fewer, "y", ["after"]), NotEnough)


def test_the_fit_is_least_squares_with_a_constant_per_owner() -> None:
    rows = made_moves(2, per_owner=6)
    rows = rows.assign(y=rows["level_impact"], after=rows["left_on"] >= pd.Timestamp(START))
    size = np.log1p(rows["amount_company"])
    dummies = pd.get_dummies(rows[["owner_id", "deal_type"]], dtype=float).iloc[:, :-1]
    columns = np.column_stack([rows["after"].astype(float), size, dummies])
    weights = np.linalg.lstsq(columns, rows["y"].to_numpy(), rcond=None)[0]
    found = effect_of(rows, "y", ["after"])
    assert isinstance(found, Effect)
    assert found.value == pytest.approx(weights[0])


@pytest.mark.parametrize("measure", MEASURES)
def test_the_small_company_cut_at_a_day_says_the_same(
    small_history: History, small_company: Company, measure: str
) -> None:
    day = date(2026, 8, 16)
    rows = small_history.rows
    known = rows[rows["landmark"] <= pd.Timestamp(day)]
    full, cut = (stage_entries(one, small_company, day) for one in (rows, known))
    mine = version(starts_on=date(2026, 3, 2), stage="Qualification", measure=measure)
    here, there = (
        compare(mine, entries, departures(entries, entry_rows), "impact")
        for entries, entry_rows in ((cut, known), (full, rows))
    )
    assert not isinstance(here, NotEnough)
    assert not isinstance(there, NotEnough)
    assert (here.n_before, here.n_after, here.needed) == (there.n_before, there.n_after, there.needed)
    assert here.change == there.change


def test_outcomes_are_asked_of_deals_that_were_decided_before_or_had_the_time(
    small_history: History, small_company: Company
) -> None:
    entries = entries_of(small_history, small_company)
    mine = version(starts_on=date(2026, 3, 2), stage="Qualification", measure=WON)
    found = compare(mine, entries, departures_of(small_history, entries), "impact")
    assert not isinstance(found, NotEnough)
    old = entries.rows[entries.rows["stage"] == "Qualification"]
    old = old[old["closed_on"] < pd.Timestamp(mine.change.starts_on)]
    wait = timedelta(days=decided_within((old["closed_on"] - old["landmark"]).dt.days))
    assert found.first_known == mine.change.starts_on + wait
    assert found.last_day <= TODAY - wait or found.n_after == 0


def test_departures_are_the_deals_that_moved_on(small_history: History, small_company: Company) -> None:
    entries = entries_of(small_history, small_company)
    moves = departures_of(small_history, entries)
    rows = small_history.rows
    for row in moves.sample(20, random_state=1).itertuples():
        mine = rows[rows["deal_id"] == row.deal_id].sort_values("landmark")
        until = mine[mine["landmark"] <= row.left_on]
        assert until["level_impact"].iloc[-1] == row.level_impact
        beyond = until["stage_order"].max() > row.stage_order
        assert beyond or (row.closed_won and row.left_on == row.closed_on)
    assert not moves.duplicated(["deal_id", "stage"]).any()
    assert (moves["left_on"] >= moves["entered_on"]).all()


def test_who_moved_on_without_it(small_history: History, small_company: Company) -> None:
    entries = entries_of(small_history, small_company)
    moves = departures_of(small_history, entries)
    mine = version(starts_on=date(2026, 4, 6), stage="Qualification")
    short = without_it(mine, moves, "impact", TODAY)
    assert len(short)
    assert (short["level_then"] < 2).all()
    assert (short["left_on"] >= pd.Timestamp("2026-04-06")).all()
    weeks = levels_by_week(mine, moves, "impact", TODAY)
    since = weeks[weeks["week"] >= 0]
    assert since.loc[since["met"].eq(False), "deals"].sum() == len(short)
    assert (weeks["week"] >= -13).all()
    team = short["team"].iloc[0]
    mine = version(starts_on=date(2026, 4, 6), stage="Qualification", teams=(team,))
    other = without_it(mine, moves, "impact", TODAY)
    assert set(other["team"]) == {team}
    assert len(other) == (short["team"] == team).sum()
