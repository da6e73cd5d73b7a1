from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from analytics.risk.warning_limits import default_limits
from analytics.risk.warning_rules import RULE, RULES
from analytics.risk.warnings import warnings_of

NAN = float("nan")
#: A deal that shows no warning at its default limit, in a company that records everything.
FINE: dict[str, Any] = {
    "deal_id": "fine",
    "landmark": pd.Timestamp("2024-05-15"),
    "stage": "Propose",
    "category": "Best Case",
    "probability": 0.6,
    "amount": 100.0,
    "entry_amount": 100.0,
    "close_date": pd.Timestamp("2024-06-10"),
    "last_day": pd.Timestamp("2024-06-30"),
    "days_to_close": 26.0,
    "first_seen_at": pd.Timestamp("2024-04-01"),
    "stage_since": pd.Timestamp("2024-05-01"),
    "stage_days": 14.0,
    "age_days": 44.0,
    "pushes": 0.0,
    "days_pushed": 0.0,
    "activity_days": 3.0,
    "has_next_step": 1.0,
    "next_step_days": 5.0,
    "stakeholders": 4.0,
    "has_economic_buyer": 1.0,
    "has_security_or_legal": 1.0,
    "answered": 7.0,
    "level_gotchas": 3.0,
    "level_budget": 4.0,
    "level_compelling_event": 3.0,
    "last_answer_days": 10.0,
    "usual_stage_days": 30.0,
    "usual_cycle_days": 100.0,
}
#: warning, what shows it and what just does not (at the default limit), and what is said.
CASES: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("no_activity", {"activity_days": 15}, {"activity_days": 14}, "no activity for 15 days"),
    ("no_activity", {"activity_days": NAN}, {}, "no activity recorded"),
    ("single_threaded", {"stakeholders": 1}, {"stakeholders": 2}, "1 person known at the customer"),
    (
        "no_economic_buyer",
        {"has_economic_buyer": 0, "days_to_close": 30},
        {"has_economic_buyer": 0, "days_to_close": 31},
        "no economic buyer known, 30 days before the close date",
    ),
    ("past_close_date", {"days_to_close": -1}, {"days_to_close": 0}, "close date passed 1 day ago"),
    (
        "pushed",
        {"pushes": 2, "days_pushed": 45},
        {"pushes": 1},
        "close date moved later 2 times, by 45 days in all",
    ),
    (
        "review_not_begun",
        {"level_gotchas": 1, "days_to_close": -3},
        {"level_gotchas": 1, "days_to_close": 43},
        "the gotchas answer below level 2, 3 days after the close date",
    ),
    (
        "review_not_begun",
        {"has_security_or_legal": 0, "days_to_close": 42},
        {"level_gotchas": 2},
        "nobody from security or legal, 42 days before the close date",
    ),
    (
        "no_compelling_event",
        {"level_compelling_event": 1, "days_to_close": 28},
        {"level_compelling_event": 2},
        "compelling event at level 1, 28 days before the close date",
    ),
    (
        "budget_in_commit",
        {"category": "Commit", "level_budget": 2},
        {"category": "Best Case", "level_budget": 0},
        "in Commit, budget at level 2",
    ),
    (
        "stage_stuck",
        {"stage_days": 61},
        {"stage_days": 60},
        "in Propose for 61 days, 2.0 times the usual 30 days",
    ),
    ("next_step_old", {"next_step_days": 22}, {"next_step_days": 21}, "next step unchanged for 22 days"),
    ("next_step_old", {"has_next_step": 0, "next_step_days": NAN}, {}, "no next step"),
    ("amount_fell", {"amount": 90.0}, {"amount": 90.1}, "amount 10% below the first one"),
    (
        "case_stands_still",
        {"last_answer_days": 21},
        {"last_answer_days": 21, "stage_days": 22},  # the answer is younger than the move
        "no answer changed for 21 days, the stage moved 14 days ago",
    ),
    (
        "case_stands_still",
        {"last_answer_days": NAN},
        {"last_answer_days": 40, "stage_since": FINE["first_seen_at"]},  # it never moved
        "no answer given, the stage moved 14 days ago",
    ),
    (
        "parked_early",
        {"probability": 0.2, "close_date": pd.Timestamp("2024-09-28")},
        {"probability": 0.2, "close_date": pd.Timestamp("2024-08-31")},  # no quarter ends in August
        "in Propose at 20%, dated 2024-09-28",
    ),
    (
        "parked_early",
        {"probability": 0.2, "close_date": pd.Timestamp("2024-12-29")},
        {"probability": 0.2, "close_date": pd.Timestamp("2024-12-28")},
        "in Propose at 20%, dated 2024-12-29",
    ),
    (
        "parked_early",
        {"probability": 0.49, "close_date": pd.Timestamp("2024-06-30")},
        {"probability": 0.5, "close_date": pd.Timestamp("2024-06-30")},
        "in Propose at 49%, dated 2024-06-30",
    ),
    ("old", {"age_days": 201}, {"age_days": 200}, "open for 201 days, 2.0 times the usual 100 days"),
]


def rows(*deals: dict[str, Any]) -> pd.DataFrame:
    """Landmark rows of one day: the deals given, and one that is fine."""
    return pd.DataFrame([FINE, *({**FINE, "deal_id": f"D{i}", **deal} for i, deal in enumerate(deals))])


def test_a_deal_in_order_shows_no_warning() -> None:
    found = warnings_of(rows(), default_limits())
    assert found.empty
    assert list(found) == ["deal_id", "warning", "label", "text"]


@pytest.mark.parametrize(("key", "shows", "not_yet", "said"), CASES, ids=[case[0] for case in CASES])
def test_each_warning_holds_from_its_limit_on(
    key: str, shows: dict[str, Any], not_yet: dict[str, Any], said: str
) -> None:
    found = warnings_of(rows(shows, not_yet), default_limits())
    mine = found[found["warning"] == key]
    assert list(mine["deal_id"]) == ["D0"]
    assert list(mine["text"]) == [said]


def test_every_warning_has_a_case_here() -> None:
    assert {case[0] for case in CASES} == set(RULE)


@pytest.mark.parametrize("rule", RULES, ids=list(RULE))
def test_another_limit_moves_every_warning(rule: Any) -> None:
    """Within what is allowed, the same deals show it at one end and not at the other."""
    shows = [case[1] for case in CASES if case[0] == rule.key]
    counts = {int(rule.on(rows(*shows), limit).sum()) for limit in (*rule.allowed, rule.default.value)}
    assert len(counts) > 1


def test_a_label_names_its_limit() -> None:
    labels = {rule.label(17) for rule in RULES}
    assert len(labels) == len(RULES)
    assert all("17" in label for label in labels)


def test_off_warnings_are_not_shown() -> None:
    limits = default_limits()
    deal = {"stakeholders": 0, "activity_days": 90}
    off = limits | {"no_activity": replace(limits["no_activity"], is_on=False)}
    assert list(warnings_of(rows(deal), off)["warning"]) == ["single_threaded"]


@pytest.mark.parametrize(
    ("key", "nowhere"),
    [
        ("no_activity", {"activity_days": NAN}),
        ("single_threaded", {"stakeholders": 0}),
        ("no_economic_buyer", {"has_economic_buyer": 0}),
        ("no_compelling_event", {"answered": 0, "level_compelling_event": 0}),
        ("budget_in_commit", {"answered": 0, "level_budget": 0, "category": "Commit"}),
        ("next_step_old", {"has_next_step": 0}),
        ("case_stands_still", {"answered": 0, "last_answer_days": NAN}),
        ("review_not_begun", {"answered": 0, "level_gotchas": 0, "has_security_or_legal": 0}),
        ("stage_stuck", {"usual_stage_days": NAN, "stage_days": 900}),
        ("old", {"usual_cycle_days": NAN, "age_days": 900}),
        ("parked_early", {"probability": NAN}),
    ],
)
def test_what_nobody_records_is_not_judged(key: str, nowhere: dict[str, Any]) -> None:
    given = rows({}).assign(**nowhere)
    assert RULE[key].on(given, RULE[key].default.value).isna().all()
    assert key not in set(warnings_of(given, default_limits())["warning"])


def test_recorded_elsewhere_is_a_warning_here() -> None:
    """The same deals, but one of the company's has it."""
    found = warnings_of(rows({"has_economic_buyer": 0}), default_limits())
    assert list(found["warning"]) == ["no_economic_buyer"]


def test_a_review_is_judged_by_people_where_no_answers_are_kept() -> None:
    given = rows({"has_security_or_legal": 0}).assign(answered=0, level_gotchas=0)
    assert list(RULE["review_not_begun"].on(given, 6)) == [False, True]


def test_without_what_is_usual_the_rest_is_judged() -> None:
    given = rows({"stage_days": 900, "age_days": 900, "pushes": 3}).drop(
        columns=["usual_stage_days", "usual_cycle_days"]
    )
    found = set(warnings_of(given, default_limits())["warning"])
    assert "pushed" in found
    assert not found & {"stage_stuck", "old"}


def test_a_deal_without_a_close_date_has_no_warning_about_it() -> None:
    undated = {"close_date": pd.NaT, "days_to_close": NAN, "has_economic_buyer": 0, "level_gotchas": 0}
    assert warnings_of(rows(undated), default_limits()).empty
