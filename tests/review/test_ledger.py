"""The ledger: every decision graded by what happened up to a day, and by nothing later."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from analytics.company import Company, Scope, company_of
from analytics.decisions_view import (
    Shown,
    headline,
    ledger_table,
    open_actions,
    overrides_in_words,
    tally_table,
)
from analytics.fiscal import Calendar
from analytics.problems import NotEnough
from analytics.review.course import Course, Step
from analytics.review.decisions import ACTION, CLOSE_OUT, KEEP, MOVE_CATEGORY, MOVE_DATE
from analytics.review.grades import HELD, NOT_HELD, NOT_JUDGED, STILL_OPEN, VERDICTS, Decided, Grade, grade
from analytics.review.ledger import OVERRIDE, Ledger, ledger, past_chances
from analytics.review.tallies import FEWEST, Paired, nearer, off_by, tally
from analytics.risk.chances import History
from analytics.store.database import Store
from tests.conftest import TODAY
from tests.small_stores import load

CALENDAR = Calendar()
Q4 = CALENDAR.parse("2026Q4")
DECIDED_ON = date(2026, 10, 12)
FIRST = "2026-10-01 Commit 2026-11-30"

DEAL_LINES = """
won      2026-11-20 Commit 2026-11-20 won
lost     2026-11-20 Commit 2026-11-20 lost
late     2027-01-05 Commit 2027-01-05 won
pushed   2026-11-02 Commit 2027-01-15
within   2026-11-02 Commit 2026-12-20
lowered  2026-11-02 Pipeline 2026-11-30
raised   2026-11-02 Best Case 2026-11-30
gone     2026-11-02 Commit 2026-11-30 gone
quiet
"""


def step(text: str) -> Step:
    """`2026-10-01 Best Case 2026-11-30 won`: since when, category, close date, state."""
    day, *category, close_date = text.removesuffix("won").removesuffix("lost").removesuffix("gone").split()
    closed = text.endswith(("won", "lost"))
    return Step(
        datetime.combine(date.fromisoformat(day), time(9)),
        date.fromisoformat(day),
        None if close_date == "-" else date.fromisoformat(close_date),
        "Closed" if text.endswith("won") else " ".join(category),
        closed,
        text.endswith("won"),
        text.endswith("gone"),
    )


def course(*lines: str) -> Course:
    return Course(tuple(step(line) for line in lines))


DEALS = {
    name: course(FIRST, *([rest[0]] if rest else []))
    for name, *rest in (line.split(None, 1) for line in DEAL_LINES.strip().splitlines())
}


def decided(kind: str, **values: Any) -> Decided:
    given: dict[str, Any] = {
        "kind": kind,
        "at": datetime.combine(DECIDED_ON, time(16)),
        "day": DECIDED_ON,
        "quarter": Q4,
        "horizon": Q4.last_day,
        "seen_close_date": date(2026, 11, 30),
        "seen_category": "Commit",
    }
    return Decided(**(given | values))


def graded(one: Decided, deal: str, as_of: str) -> Grade:
    return grade(one, DEALS[deal], date.fromisoformat(as_of), str)


TO_DATE = {"close_date": date(2026, 12, 20)}
CASES: list[tuple[str, dict[str, Any], str, str, str, str]] = [
    # kind, what, deal, as of, verdict, words of the reason
    (KEEP, {}, "won", "2026-11-19", STILL_OPEN, "the date that was kept is 2026-11-30"),
    (KEEP, {}, "won", "2026-11-20", HELD, "won on 2026-11-20"),
    (KEEP, {}, "lost", "2026-11-20", NOT_HELD, "lost on 2026-11-20"),
    (KEEP, {}, "pushed", "2026-11-01", STILL_OPEN, "still open"),
    (KEEP, {}, "pushed", "2026-11-02", NOT_HELD, "moved to 2027-01-15, past the quarter, on 2026-11-02"),
    (KEEP, {}, "within", "2026-12-01", STILL_OPEN, "now dated 2026-12-20, within the quarter"),
    (KEEP, {}, "lowered", "2026-11-02", NOT_HELD, "moved from Commit to Pipeline on 2026-11-02"),
    (KEEP, {"seen_category": "Pipeline"}, "raised", "2026-11-10", STILL_OPEN, "still open"),
    (KEEP, {}, "quiet", "2026-12-31", STILL_OPEN, "within the quarter"),
    (KEEP, {}, "quiet", "2027-01-01", NOT_HELD, "still open at the end of 2026-12-31"),
    (KEEP, {}, "late", "2027-02-01", NOT_HELD, "still open at the end of 2026-12-31"),
    (KEEP, {}, "gone", "2026-12-01", NOT_JUDGED, "gone from the CRM since 2026-11-02"),
    (KEEP, {"seen_close_date": None}, "won", "2026-12-01", NOT_JUDGED, "no close date"),
    (MOVE_DATE, TO_DATE, "won", "2026-11-20", HELD, "won on 2026-11-20"),
    (MOVE_DATE, TO_DATE, "lost", "2026-11-20", NOT_HELD, "lost on 2026-11-20"),
    (MOVE_DATE, TO_DATE, "within", "2026-12-20", STILL_OPEN, "the decided date is 2026-12-20"),
    (MOVE_DATE, TO_DATE, "within", "2026-12-21", NOT_HELD, "still open at the end of 2026-12-20"),
    (MOVE_DATE, {"close_date": date(2026, 10, 1)}, "won", "2026-12-21", NOT_JUDGED, "in the past"),
    (MOVE_CATEGORY, {"category": "Best Case"}, "won", "2026-11-20", NOT_HELD, "won on 2026-11-20"),
    (MOVE_CATEGORY, {"category": "Best Case"}, "lost", "2026-11-20", HELD, "lost on 2026-11-20"),
    (MOVE_CATEGORY, {"category": "Pipeline"}, "quiet", "2026-12-31", STILL_OPEN, "ends on 2026-12-31"),
    (MOVE_CATEGORY, {"category": "Pipeline"}, "late", "2027-02-01", HELD, "still open at the end of 2026"),
    (MOVE_CATEGORY, {"category": "Pipeline"}, "gone", "2027-02-01", NOT_JUDGED, "gone"),
    (
        MOVE_CATEGORY,
        {"category": "Commit", "seen_category": "Pipeline"},
        "won",
        "2026-11-20",
        HELD,
        "won on 2026-11-20",
    ),
    (
        MOVE_CATEGORY,
        {"category": "Best Case", "seen_category": "Pipeline"},
        "quiet",
        "2027-01-01",
        NOT_HELD,
        "still open",
    ),
    (CLOSE_OUT, {}, "lost", "2026-11-19", STILL_OPEN, "the CRM still has it open"),
    (CLOSE_OUT, {}, "lost", "2026-11-20", HELD, "lost on 2026-11-20"),
    (CLOSE_OUT, {}, "won", "2026-11-20", NOT_HELD, "won on 2026-11-20"),
    (CLOSE_OUT, {}, "quiet", "2027-01-01", NOT_HELD, "still open at the end of 2026-12-31"),
    (CLOSE_OUT, {}, "late", "2027-01-05", NOT_HELD, "won on 2027-01-05"),
]


@pytest.mark.parametrize(("kind", "what", "deal", "as_of", "verdict", "words"), CASES)
def test_each_kind_is_graded_by_hand_worked_cases(
    kind: str, what: dict[str, Any], deal: str, as_of: str, verdict: str, words: str
) -> None:
    found = graded(decided(kind, **what), deal, as_of)
    assert found.verdict == verdict
    assert words in found.reason
    assert (found.on is None) == (verdict == STILL_OPEN or words in ("no close date", "in the past"))


DUE = {"due": date(2026, 10, 20)}


@pytest.mark.parametrize(
    ("what", "as_of", "verdict", "words"),
    [
        ({"state": "open"}, "2026-10-20", STILL_OPEN, "due 2026-10-20"),
        ({"state": "open"}, "2026-10-23", NOT_HELD, "not reported done; due 2026-10-20, 3 days ago"),
        ({"state": "done", "done_on": date(2026, 10, 20)}, "2026-10-20", HELD, "in time"),
        ({"state": "done", "done_on": date(2026, 10, 21)}, "2026-10-21", NOT_HELD, "1 day late"),
        ({"state": "not done", "state_note": "No answer"}, "2026-10-21", NOT_HELD, "No answer"),
        ({"state": "dropped", "state_note": "Over"}, "2026-10-21", NOT_JUDGED, "dropped: Over"),
    ],
)
def test_an_action_is_graded_by_its_report(
    what: dict[str, Any], as_of: str, verdict: str, words: str
) -> None:
    found = graded(decided(ACTION, **DUE, **what), "won", as_of)
    assert found.verdict == verdict
    assert words in found.reason


def test_whether_the_crm_followed() -> None:
    moved = graded(decided(MOVE_DATE, **TO_DATE), "within", "2026-11-10")
    assert moved.followed_on == date(2026, 11, 2)
    assert graded(decided(MOVE_DATE, **TO_DATE), "within", "2026-11-01").followed_on is None
    assert graded(decided(MOVE_DATE, **TO_DATE), "pushed", "2026-11-10").followed_on is None
    had_it = graded(decided(MOVE_CATEGORY, category="Commit"), "quiet", "2026-11-10")
    assert had_it.followed_on == DECIDED_ON
    assert graded(decided(CLOSE_OUT), "lost", "2026-12-01").followed_on == date(2026, 11, 20)
    assert graded(decided(KEEP), "won", "2026-12-01").followed_on is None


def test_moved_on_after_the_crm_followed_did_not_hold() -> None:
    moved_twice = course(FIRST, "2026-10-14 Commit 2026-12-20", "2026-11-02 Commit 2027-01-15")
    found = grade(decided(MOVE_DATE, **TO_DATE), moved_twice, date(2026, 11, 5), str)
    assert (found.verdict, found.on) == (NOT_HELD, date(2026, 11, 2))
    assert "moved on to 2027-01-15" in found.reason


_CATEGORY = st.sampled_from(["Commit", "Best Case", "Pipeline", "Omitted"])
_DAY = st.integers(0, 150).map(lambda days: date(2026, 9, 1) + timedelta(days=days))
_STATE = st.sampled_from(["", "", "", " won", " lost", " gone"])
_STEPS = st.lists(
    st.tuples(_DAY, _CATEGORY, _DAY, _STATE), min_size=1, max_size=8, unique_by=lambda row: row[0]
)


@given(_STEPS, st.sampled_from([KEEP, MOVE_DATE, MOVE_CATEGORY, CLOSE_OUT]), _DAY, _DAY, _CATEGORY)
def test_nothing_later_is_used(steps: list[Any], kind: str, as_of: date, wanted: date, category: str) -> None:
    one = decided(kind, close_date=wanted, category=category)
    whole = course(*(f"{day} {what} {close}{state}" for day, what, close, state in sorted(steps)))
    found = grade(one, whole, as_of, str)
    assert found == grade(one, whole.until(as_of), as_of, str)
    assert found.verdict in VERDICTS
    assert found.reason
    for day in (found.on, found.followed_on):
        assert day is None or day <= max(as_of, one.day)


# --- the ledger of a store ---------------------------------------------------------------------------------


def a_row(number: int, deal: str, kind: str, at: str, **values: Any) -> dict[str, Any]:
    given = {"decision_id": f"d{number}", "deal_id": deal, "kind": kind, "valid_at": at, "author": "Ann"}
    given |= {"quarter": "2026Q4", "seen_close_date": "2026-11-30", "seen_category": "Commit"}
    return given | {"seen_amount": 100.0, "seen_probability": 0.6, "seen_chance": 0.4} | values


def an_override(deal: str, at: str, probability: float | None, **values: Any) -> dict[str, Any]:
    given = {
        "deal_id": deal,
        "quarter": "2026Q4",
        "valid_at": at,
        "probability": probability,
        "author": "Ann",
    }
    return given | {"reason": "r", "seen_probability": 0.6, "seen_chance": 0.4, "seen_amount": 100.0} | values


@pytest.fixture
def kept(store: Store) -> Store:
    """Deals `won` and `lost` end on 2026-11-20, `quiet` stays open, `pushed` moves out."""
    rows = []
    for name in ("won", "lost", "quiet", "pushed"):
        for one in DEALS[name].steps:
            rows.append(
                {
                    "deal_id": name,
                    "valid_at": str(one.at),
                    "stage": "S",
                    "forecast_category": one.category,
                    "amount": 90.0 if one.is_closed else 100.0,
                    "close_date": str(one.close_date),
                    "is_closed": one.is_closed,
                    "is_won": one.is_won,
                }
            )
    deals = [{"deal_id": name, "source": "test", "name": f"Deal {name}"} for name in ("won", "lost", "quiet")]
    work = [{"deal_id": name, "owner_id": "u1", "valid_at": "2026-10-01"} for name in ("won", "lost")]
    people = [{"person_id": "u1", "name": "Rep", "team": "East"}]
    load(store, deal=deals, deal_change=rows, deal_work=work, person=people)
    return store


@pytest.fixture
def company(kept: Store) -> Company:
    return company_of(kept)


def verdicts(found: Ledger) -> list[tuple[str, str]]:
    ordered = found.entries.sort_values("entry_id")
    return list(zip(ordered["entry_id"], ordered["verdict"], strict=True))


def test_a_decision_stands_until_another_takes_its_place(kept: Store, company: Company) -> None:
    load(
        kept,
        decision=[
            a_row(1, "won", KEEP, "2026-10-12 16:00"),
            a_row(2, "won", CLOSE_OUT, "2026-10-19 16:00", author="Bob"),
            a_row(3, "won", KEEP, "2026-10-26 16:00"),
            a_row(4, "won", ACTION, "2026-10-26 16:01", action="x", action_owner="u1", due="2026-10-30"),
            a_row(5, "pushed", KEEP, "2026-10-12 16:00"),
            a_row(6, "pushed", CLOSE_OUT, "2026-11-09 16:00"),
        ],
        action_report=[
            {
                "decision_id": "d4",
                "state": "done",
                "done_on": "2026-10-29",
                "valid_at": "2026-11-02",
                "author": "R",
            }
        ],
    )
    found = ledger(kept, company, date(2026, 11, 25))
    assert verdicts(found) == [
        ("d1", NOT_JUDGED),
        ("d2", NOT_JUDGED),
        ("d3", HELD),
        ("d4", HELD),
        ("d5", NOT_HELD),  # it had been seen before the next decision
        ("d6", STILL_OPEN),
    ]
    rows = found.entries.set_index("entry_id")
    assert rows.loc["d1", "why"].startswith("replaced by Bob on Oct 19, 2026")
    assert list(rows["is_replaced"].sort_index()) == [True, True, False, False, False, False]
    assert rows.loc["d4", "person"] == "Rep"
    assert rows.loc["d3", "person"] == "Ann"
    before = ledger(kept, company, date(2026, 10, 27))
    assert verdicts(before)[:4] == [
        ("d1", NOT_JUDGED),
        ("d2", NOT_JUDGED),
        ("d3", STILL_OPEN),
        ("d4", STILL_OPEN),
    ]
    assert list(open_actions(before)["entry_id"]) == ["d4"]
    scope = Scope(date(2026, 11, 25), Q4, team="East")
    assert set(found.within(scope).entries["deal_id"]) == {"won"}


def test_later_facts_do_not_change_an_earlier_ledger(kept: Store, company: Company) -> None:
    day = date(2026, 11, 10)
    rows = [
        a_row(n, deal, KEEP, "2026-10-12 16:00") for n, deal in enumerate(("won", "lost", "quiet", "pushed"))
    ]
    load(kept, decision=rows, override=[an_override("won", "2026-10-12 16:00", 0.7)])
    before = ledger(kept, company, day)
    load(
        kept,
        decision=[a_row(9, "quiet", CLOSE_OUT, "2026-11-12 16:00")],
        override=[an_override("won", "2026-11-12 16:00", 0.1)],
        deal_change=[
            {"deal_id": "quiet", "valid_at": "2026-11-12", "stage": "S", "is_closed": True, "is_won": True}
        ],
    )
    after = ledger(kept, company, day)
    pd.testing.assert_frame_equal(before.entries, after.entries)
    pd.testing.assert_frame_equal(before.overrides, after.overrides)


def test_an_override_is_held_against_the_model_and_the_rep(kept: Store, company: Company) -> None:
    load(
        kept,
        override=[
            an_override("won", "2026-10-12 16:00", 0.9, amount=95.0),
            an_override("lost", "2026-10-12 16:00", 0.5),
            an_override("quiet", "2026-10-12 16:00", 0.3, seen_chance=None),
            an_override("pushed", "2026-10-12 16:00", 0.2),
            an_override("pushed", "2026-10-19 16:00", None),
        ],
    )
    found = ledger(kept, company, date(2026, 11, 25)).overrides.set_index("deal_id")
    assert found["verdict"].to_dict() == {
        "won": HELD,
        "lost": NOT_HELD,  # nearer than the rep's 60%, farther than the model's 40%
        "quiet": STILL_OPEN,
        "pushed": NOT_JUDGED,
    }
    won, lost = found.loc["won"], found.loc["lost"]
    assert won[["than_model", "than_rep"]].tolist() == pytest.approx([0.36 - 0.01, 0.16 - 0.01])
    assert lost[["than_model", "than_rep"]].tolist() == pytest.approx([0.16 - 0.25, 0.36 - 0.25])
    assert won[["money_error", "seen_money_error", "final_amount"]].tolist() == [5.0, 10.0, 90.0]
    assert "nearer than the rep's 60%, farther than the model's 40%" in lost["why"]
    assert "taken back by Ann on Oct 19, 2026" in found.loc["pushed", "why"]
    over = ledger(kept, company, date(2027, 1, 2))
    quiet = over.overrides.set_index("deal_id").loc["quiet"]
    assert (quiet["verdict"], quiet["is_won"], quiet["graded_on"]) == (
        HELD,
        False,
        pd.Timestamp("2027-01-01"),
    )
    assert np.isnan(quiet["than_model"])
    landmark = pd.Timestamp("2026-10-08")
    then = pd.DataFrame(
        [("quiet", "2026Q4", landmark, 0.1)], columns=["deal_id", "quarter", "landmark", "p_won"]
    )
    known = ledger(kept, company, date(2027, 1, 2), then).overrides.set_index("deal_id").loc["quiet"]
    assert known["than_model"] == pytest.approx(0.01 - 0.09)
    assert known["verdict"] == NOT_HELD
    stale = then.assign(landmark=landmark - pd.Timedelta(days=7))
    assert np.isnan(
        ledger(kept, company, date(2027, 1, 2), stale).overrides.set_index("deal_id").loc["quiet", "model"]
    )


def test_only_an_amount_is_judged_by_the_money(kept: Store, company: Company) -> None:
    load(
        kept,
        override=[
            an_override("won", "2026-10-12 16:00", None, amount=150.0),
            an_override("lost", "2026-10-12 16:00", None, amount=1.0),
        ],
    )
    found = ledger(kept, company, date(2026, 11, 25)).overrides.set_index("deal_id")
    assert found["verdict"].to_dict() == {"won": NOT_HELD, "lost": NOT_JUDGED}
    assert "off by $60" in found.loc["won", "why"]


def test_won_before_the_quarter_is_not_won_in_it(kept: Store, company: Company) -> None:
    put = {"quarter": "2027Q1", "seen_chance": 0.4}
    load(kept, override=[an_override("won", "2026-10-12 16:00", 0.1, amount=95.0, **put)])
    row = ledger(kept, company, date(2026, 11, 25)).overrides.iloc[0]
    assert (row["is_won"], row["verdict"]) == (False, HELD)
    assert row["than_model"] == pytest.approx(0.16 - 0.01)
    assert np.isnan(row["money_error"])
    assert row["why"].startswith("won before ")
    assert "on Nov 20, 2026" in row["why"]


def many(verdict: str, n: int, person: str = "Ann") -> pd.DataFrame:
    return pd.DataFrame(
        {"verdict": [verdict] * n, "person": person, "kind": KEEP, "deal_id": "d", "name": "Deal"}
    )


def test_a_share_needs_enough_and_has_wilson_s_interval() -> None:
    few = pd.concat([many(HELD, FEWEST - 1), many(STILL_OPEN, 9), many(NOT_JUDGED, 9)])
    row = tally(few).iloc[0]
    assert (row["decisions"], row["judged"], row["held"]) == (FEWEST + 17, FEWEST - 1, FEWEST - 1)
    assert np.isnan(row["share"])
    enough = pd.concat([many(HELD, 5), many(NOT_HELD, 3), many(HELD, 1, "Bob")])
    table = tally(enough, "person").set_index("person")
    witness = binomtest(5, 8).proportion_ci(0.9, method="wilson")
    assert table.loc["Ann", ["share", "low", "high"]].tolist() == pytest.approx(
        [5 / 8, witness.low, witness.high]
    )
    assert np.isnan(table.loc["Bob", "share"])
    assert list(tally_table(enough.assign(owner_name=""), "Person")["Person"]) == ["Ann", "Bob"]


def test_overrides_are_compared_deal_by_deal() -> None:
    rows = pd.DataFrame(
        {"deal_id": [f"d{n // 2}" for n in range(16)], "than_model": [0.1, 0.3] * 8, "than_rep": np.nan}
    )
    found = nearer(rows, "than_model")
    assert isinstance(found, Paired)
    assert (found.n, found.mean, found.low, found.high) == pytest.approx((8, 0.2, 0.2, 0.2))
    assert nearer(rows, "than_rep") == NotEnough("8 deals with an outcome are needed", 0)
    spread = rows.assign(deal_id=[f"d{n}" for n in range(16)])
    paired = nearer(spread, "than_model")
    assert isinstance(paired, Paired)
    # by hand: sd = .1 sqrt(16 / 15), t(.95, 15 degrees of freedom) = 1.75305 (any table)
    half = 1.75305 * 0.1 * (16 / 15) ** 0.5 / 16**0.5
    assert (paired.low, paired.high) == pytest.approx((0.2 - half, 0.2 + half), abs=1e-6)


def test_an_amount_overridden_twice_is_one_deal() -> None:
    rows = pd.DataFrame(
        {"deal_id": ["d1", "d1", "d2"], "money_error": [1.0, 3.0, 10.0], "seen_money_error": [5.0, 5.0, 7.0]}
    )
    assert off_by(rows) == (2, 6.0, 6.0)


def test_the_sample_company_s_ledger(
    small_world: Store, small_company: Company, small_history: History
) -> None:
    found = ledger(small_world, small_company, TODAY)
    with small_world.reading() as con:
        decided_n, put = con.execute(
            "select (select count(*) from decision), (select count(*) from override"
            " where probability is not null or amount is not null)"
        ).fetchone() or (0, 0)
    kinds = found.entries["kind"]
    assert ((kinds != OVERRIDE).sum(), (kinds == OVERRIDE).sum()) == (decided_n, put)
    assert set(found.entries["verdict"]) == set(VERDICTS)
    assert (found.entries["graded_on"].dropna() <= pd.Timestamp(TODAY)).all()
    assert found.entries["day"].is_monotonic_decreasing
    counted = tally(found.entries, "kind")
    assert counted["decisions"].sum() == len(found.entries)
    said, more = headline(found)
    held = (found.entries["verdict"] == HELD).sum()
    assert f"{held} of the" in said
    assert str(len(open_actions(found))) in more
    assert (found.overrides["model"].isna()).all()
    chances = past_chances(small_history, list(set(found.overrides["deal_id"])))
    judged = ledger(small_world, small_company, TODAY, chances)
    assert judged.overrides["model"].notna().mean() > 0.7
    assert any("the model" in text for text in overrides_in_words(judged, small_company))
    person = found.entries["person"].iloc[0]
    mine = Shown(person=person, kind=ACTION).of(found.entries)
    assert ((mine["person"] == person) | (mine["author"] == person)).all()
    assert set(mine["kind"]) <= {ACTION}
    assert len(ledger_table(found.entries)) == len(found.entries)


def test_an_empty_ledger_says_so(kept: Store, company: Company) -> None:
    found = ledger(kept, company, date(2026, 11, 25))
    assert found.entries.empty
    assert headline(found) == ("Nothing has been decided yet.", "")
    assert all("not enough data" in text for text in overrides_in_words(found, company))
