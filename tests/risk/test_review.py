"""What a review of the risk code found, each with the smallest case that shows it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from analytics.company import Company, company_of
from analytics.forecast.basis import basis_of
from analytics.forecast.expected import expected_in
from analytics.risk.chance_history import chance_history
from analytics.risk.chances import History, chances_as_of
from analytics.risk.design import prepared
from analytics.risk.explain import Reference
from analytics.risk.forward import forward_test, known_before
from analytics.risk.ladder import Learned, from_first_outcomes, learn
from analytics.risk.landmarks import landmark_rows
from analytics.risk.outcome_model import fit
from analytics.risk.reason_words import WORDS, Facts
from analytics.risk.rep_bias import _realised
from analytics.risk.statement_words import deal_words
from analytics.risk.statements import ABOVE, BELOW, _over_by
from analytics.risk.warning_limits import default_limits
from analytics.risk.warnings import warnings_of
from analytics.risk.what_if import if_answered
from analytics.store.database import Store
from tests.pipeline.test_quarter_end_view import deal
from tests.risk.test_warnings import FINE
from tests.small_stores import STAGES, Row, described, load, setting, view_of
from tests.store.test_cut_store import LAST as END
from tests.store.test_cut_store import random_company

LAST = date(2026, 9, 30)


@pytest.fixture(scope="module")
def last_day(small_world: Store, small_company: Company) -> History:
    """What the small world knows on its third quarter's last day, with a model whatever the ladder says."""
    rows = landmark_rows(small_world, small_company, LAST)
    model = fit(rows, "linear")
    learned = Learned(rows, model, "linear", 0.03, "linear, as the test says", pd.DataFrame())
    return History(LAST, rows, learned, Reference.learned(model, rows[rows["outcome_0"].notna()]))


def test_a_quarters_last_day_is_neither_learned_from_nor_foretold(last_day: History) -> None:
    """On 30 September the third quarter is over, but that day's landmarks have no outcome: none, not won."""
    rows = last_day.rows
    assert last_day.today["outcome_0"].isna().all()
    tested = forward_test(rows, {}, quarters=1)
    assert tested.rows["outcome_0"].notna().all()
    assert set(tested.rows["quarter"]) == {"2026Q3"}
    later = pd.concat([rows, rows.tail(1).assign(quarter="2026Q4", first_day=pd.Timestamp("2026-10-01"))])
    assert known_before(later, "2026Q4")["outcome_0"].notna().all()


def test_what_the_last_day_ends_is_not_given_another_reason(
    last_day: History, small_company: Company
) -> None:
    told = [chance_history(last_day, small_company, deal_id) for deal_id in last_day.today["deal_id"]]
    fallen = [one.iloc[-1] for one in told if one["change"].iloc[-1] <= -0.05]
    assert fallen
    assert {one["why"] for one in fallen} == {"the quarter's last day: nothing is left of it"}


def test_a_model_and_no_open_deal(store: Store, last_day: History) -> None:
    changes = [deal("a", 100, "2026-01-10"), deal("a", 100, "2026-02-10", stage="Won", is_closed=True)]
    load(store, deal=described(changes), deal_change=changes, stage=STAGES)
    company, scope = view_of(store, LAST.isoformat(), "2026Q3")
    history = replace(last_day, rows=last_day.rows[last_day.rows["landmark"] < pd.Timestamp(LAST)])
    found = chances_as_of(store, company, LAST, scope.quarter, history)
    assert (len(found.deals), len(found.reasons), found.has_model) == (0, 0, True)


def test_a_quarter_too_far_for_the_model_is_not_held_against_it(store: Store) -> None:
    """Chances within a quarter are a difference; of a rate and a model's chance it would be nothing."""
    load(store, **random_company(1, deals=150))
    company = company_of(store)
    rows = landmark_rows(store, company, END)
    model = fit(rows, "linear")
    learned = Learned(rows, model, "linear", 0.03, "linear, as the test says", pd.DataFrame())
    history = History(END, rows, learned, Reference.learned(model, rows))
    quarter = company.calendar.shift(company.calendar.quarter_of(END), 4)
    found = expected_in(store, company, END, quarter, basis_of(store, company, END, history))
    assert not found.chances.has_model
    assert found.chances.missing is None
    assert len(found.deals)
    assert list(found.deals["chance"]) == pytest.approx(list(found.deals["baseline_won"]))


def test_one_foretold_quarter_chooses_no_model(small_rows: pd.DataFrame) -> None:
    """One quarter has no standard error: the history is said to be too short, not the error infinite."""
    usable = from_first_outcomes(small_rows)
    three = usable[usable["quarter"].isin(sorted(usable["quarter"].unique())[:3])]
    many = pd.concat(three.assign(deal_id=three["deal_id"] + copy) for copy in "abcdefgh")
    learned = learn(many)
    assert learned.model is None
    assert "4 complete quarters are needed" in learned.why


def test_quarters_before_anything_closed_have_no_model_and_teach_no_statement(last_day: History) -> None:
    rows = last_day.rows
    first = rows["quarter"].min()
    blind = rows.assign(outcome_0=rows["outcome_0"].mask(rows["quarter"] == first, "open"))
    assert replace(last_day.learned, rows=blind).model_for(first) is None
    assert first not in set(_over_by(blind, pd.Timestamp(LAST))["quarter"])


def test_amounts_and_usual_stays_of_nothing_are_no_warning() -> None:
    """No amount fell below 0, and no time is so many times no time."""
    shown = warnings_of(
        pd.DataFrame([{**FINE, "amount": 0.0, "entry_amount": 0.0, "usual_stage_days": 0.0}]),
        default_limits(),
    )
    assert shown.empty


OWNED: list[Row] = [
    {"deal_id": one, "owner_id": "u1", "valid_at": "2023-01-02"}
    for one in ("again", "early", "first", "late", "open")
]


def won(deal_id: str, at: str) -> list[Row]:
    closed = {"stage": "Won", "is_closed": True, "is_won": True}
    return [deal(deal_id, 100, "2024-01-10"), deal(deal_id, 100, at, **closed)]


def test_quota_is_what_was_won_since_the_quarter_began_by_the_targets_own_currency(store: Store) -> None:
    """In New York the second quarter begins at 04:00 UTC; a win at its very first moment belongs to it.

    A deal that was won, reopened and won again is won once.
    """
    reopened = [
        *won("again", "2024-04-20"),
        deal("again", 100, "2024-04-25"),
        *won("again", "2024-05-01")[1:],
    ]
    changes = [
        *reopened,
        *won("early", "2024-04-01 03:59"),
        *won("first", "2024-04-01 04:00"),
        *won("late", "2024-05-11 04:00"),
        deal("open", 100, "2024-01-10"),
    ]
    load(
        store,
        deal=described(changes, currency="USD"),
        deal_change=changes,
        deal_work=OWNED,
        stage=STAGES,
        setting=[setting("time_zone", "America/New_York")],
        currency_rate=[{"currency": "EUR", "rate": 2.0}],
        target=[{"owner_id": "u1", "quarter_start": "2024-04-01", "amount": 200, "currency": "EUR"}],
    )
    rows = landmark_rows(store, company_of(store), date(2024, 5, 20), [date(2024, 5, 10)])
    assert rows.set_index("deal_id").loc["open", "rep_attainment"] == 200 / (200 * 2.0)


def test_what_the_companys_questions_do_not_ask_is_no_warning() -> None:
    """MEDDPICC asks for no budget, BANT not for what slows the deal: nobody can be short of it."""
    here = {**FINE, "category": "Commit", "level_budget": 0.0, "level_gotchas": 0.0}
    here |= {"level_compelling_event": 0.0, "days_to_close": 3.0}
    assert warnings_of(pd.DataFrame([here]), default_limits()).empty
    shown = warnings_of(pd.DataFrame([here, {**FINE, "deal_id": "other"}]), default_limits())
    assert set(shown["warning"]) == {"budget_in_commit", "review_not_begun", "no_compelling_event"}


def test_only_asked_questions_are_offered(last_day: History) -> None:
    model = last_day.learned.model
    assert model is not None
    here = last_day.today.head(5)
    asked = if_answered(model, here, ["problem"], ahead=1)
    assert set(asked["question"]) <= {"", "problem"}
    assert asked["gain"].abs().max() > 0  # on the last day something can still come of the next quarter
    assert if_answered(model, here)["gain"].abs().max() == 0


COMMIT: list[Row] = [deal("a", 100_000, "2024-04-10", forecast_category="Commit")]


@pytest.mark.parametrize(("method", "found"), [("seven", 1), ("meddpicc", 0)])
def test_a_commit_without_budget_contradicts_only_where_budget_is_asked(
    store: Store, method: str, found: int
) -> None:
    load(
        store,
        deal=described(COMMIT),
        deal_change=COMMIT,
        stage=STAGES,
        setting=[setting("method", method)],
    )
    rows = landmark_rows(store, company_of(store), date(2024, 5, 20), [date(2024, 5, 10)])
    assert list(rows["contradictions"]) == [found]


@pytest.mark.parametrize(("currency", "found"), [("EUR", 1), ("USD", 0)])
def test_a_budget_in_another_currency_is_not_compared(store: Store, currency: str, found: int) -> None:
    text = "CFO Ana Ruiz released EUR 40,000 from the FY24 IT line on 12 January (mail)"
    load(
        store,
        deal=described(COMMIT, currency=currency),
        deal_change=COMMIT,
        stage=STAGES,
        answer=[{"deal_id": "a", "question": "budget", "answer": text, "valid_at": "2024-04-20"}],
    )
    rows = landmark_rows(store, company_of(store), date(2024, 5, 20), [date(2024, 5, 10)])
    assert rows["level_budget"].iloc[0] >= 2
    assert list(rows["contradictions"]) == [found]


def test_an_owner_whose_won_deals_had_no_date_is_told_so() -> None:
    deals = pd.DataFrame({"owner_id": ["u1", "u2"], "early_days": [float("nan"), 7.0], "grew": float("nan")})
    assert _realised(deals, "u1") == "four weeks before, 1 won deal was stated without a date and an amount"
    assert "dated 7 days later than they closed" in _realised(deals, "u2")


def test_an_amount_of_nothing_is_not_compared_with_the_first(last_day: History) -> None:
    """Warnings are errors here: the logarithm of 0 would be one."""
    here = last_day.today.head(2).assign(amount=[0.0, -5.0], first_amount=100.0)
    assert prepared(here)["amount_raised"].isna().all()


def test_a_judged_statement_names_what_carries_it_and_nothing_that_is_as_usual() -> None:
    """Above: the stage adds to it; below: it is not counted. A part that hardly differs carries nothing."""
    z = {"date": 0.1, "category": 2.5, "stage": 1.0}
    parts = pd.DataFrame(
        {
            "deal_id": "a",
            "part": list(z),
            "counted": [True, True, False],
            "z": list(z.values()),
            "text": list(z),
        }
    )
    deals = pd.DataFrame({"deal_id": ["a"], "statement": [BELOW], "is_hollow_commit": [False]})
    assert deal_words(deals, parts) == ["Stated below its evidence: category."]
    above = parts.assign(z=-parts["z"])
    assert deal_words(deals.assign(statement=ABOVE), above) == ["Stated above its evidence: category; stage."]


def test_a_question_of_an_earlier_week_is_told_by_its_level_then(
    last_day: History, small_company: Company
) -> None:
    """Looking back, today's answers are not at hand: that is not the same as not answered."""
    row = next(last_day.today.head(1).assign(level_budget=3.0).itertuples(index=False))
    assert WORDS["budget"](Facts(row, small_company)) == "budget is explained (level 3 of 4)"
    asked = Facts(row._replace(level_budget=0.0), small_company, labels={"problem": "Identify pain"})
    assert WORDS["budget"](asked) == "budget not asked"
