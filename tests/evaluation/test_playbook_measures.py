"""The measures of the playbook and of coaching count what they say they count."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.sample_company import WorldOptions
from analytics.store.subjects import QUESTIONS
from tests.evaluation.coaching import by_guessing, fitting
from tests.evaluation.playbook import pooled, question_table, share, summary, with_weights

_NAMES = ["question", "outcome", "seed", "effect", "low", "high", "claimed", "order", "in_stages"]


def _table(*rows: tuple[object, ...]) -> pd.DataFrame:
    options = WorldOptions(matters=(0.0, 0.8, 0.4, 0.0, 0.0, 0.0, 0.0))
    return with_weights(pd.DataFrame(rows, columns=_NAMES), options)


def test_a_share_has_its_interval() -> None:
    assert share(0, 50) == "0 of 50, 0% (0%-7%)"
    assert share(0, 0) == "-"


def test_the_truth_is_the_mean_of_other_worlds_weighted_by_how_exact_they_are() -> None:
    table = _table(
        ("budget", "won", 1, 0.10, 0.05, 0.15, False, None, 0),
        ("budget", "won", 2, 0.40, 0.30, 0.50, False, None, 0),
    )
    assert pooled(table).loc[("budget", "won"), "truth"] == pytest.approx((4 * 0.10 + 0.40) / 5)


def test_claims_orders_and_intervals_are_counted() -> None:
    right = [
        ("root_cause", "won", 1, 0.05, 0.03, 0.07, True, 1, 2),
        ("impact", "won", 1, 0.02, 0.01, 0.03, True, 2, 0),
        ("budget", "won", 1, 0.00, -0.01, 0.01, False, None, 0),
    ]
    wrong = [
        ("root_cause", "won", 2, 0.02, -0.01, 0.05, False, None, 0),
        ("impact", "won", 2, 0.03, 0.01, 0.05, True, 1, 0),
        ("budget", "won", 2, -0.02, -0.03, -0.01, True, 2, 0),
    ]
    tested = _table(*right, *wrong).assign(truth_error=0.0)
    tested["truth"] = tested["question"].map({"root_cause": 0.05, "impact": 0.025, "budget": 0.0})
    line = summary("matters-cause", tested)
    assert str(line["with a false claim"]).startswith("1 of 2")
    assert str(line["all that matter claimed"]).startswith("1 of 2")
    assert str(line["first claim is the true first"]).startswith("1 of 2")
    assert str(line["intervals over the truth"]).startswith("5 of 6")
    assert line["pairs of questions in true order"] == "83.3%"
    counted = question_table(tested)
    first = counted.reset_index().query("question == 'root_cause'")
    assert first[["claimed", "in_stages", "covered"]].to_numpy().tolist() == [[1, 2, 2]]


def test_which_suggestion_fits_which_habit() -> None:
    blind = pd.Series({"habit": "blind spot", "blind_question": QUESTIONS[3]})
    assert fitting(blind) == ("depth_budget",)
    assert fitting(pd.Series({"habit": "", "blind_question": None})) == ()
    table = pd.DataFrame(
        {"given": [["stale", "empty"], ["people"], ["empty"]], "wanted": [("stale",), ("empty",), ()]}
    )
    assert by_guessing(table) == 0.5
