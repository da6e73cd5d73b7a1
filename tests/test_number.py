"""What is said of the number: true to the forecast, exact in its sums, plain where something is missing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from analytics import number as words
from analytics import number_bridge as bridges
from analytics.company import Company, Scope, company_of, span_of
from analytics.forecast import lines
from analytics.forecast.calls import Call
from analytics.forecast.change import since_week_earlier
from analytics.forecast.quarter_forecast import Forecast, Step, Whole, forecast, whole_company
from analytics.number import Number, number
from analytics.pipeline.quarter_end import Measure, total
from analytics.problems import NotEnough
from analytics.store.database import Store
from analytics.wording import day, money, percent
from tests.kept import basis_at

NONE = NotEnough("nothing is known")


@pytest.fixture(scope="module")
def company(sample_store: Store) -> Company:
    return company_of(sample_store)


@pytest.fixture(scope="module")
def whole(sample_store: Store, company: Company) -> Whole:
    as_of = span_of(sample_store, company).last_day
    basis = basis_at(sample_store.path, as_of)
    return whole_company(sample_store, company, as_of, company.calendar.quarter_of(as_of), basis)


@pytest.fixture(scope="module")
def found(sample_store: Store, company: Company, whole: Whole) -> Number:
    scope = Scope(whole.basis.history.as_of, whole.expected.quarter)
    return number(sample_store, company, forecast(sample_store, company, scope, whole=whole))


def of(found: Number, **changed: Any) -> Number:
    """The number with another forecast."""
    return replace(found, forecast=replace(found.forecast, **changed))


def measured(found: Number, **values: Any) -> Number:
    """The number with other measures of where it stands."""
    view = found.forecast.view
    measures = dict(view.measures) | {
        key: Measure(key, value, value, pd.Series({"D1": value}) if key == "won" else pd.Series(dtype=float))
        for key, value in values.items()
    }
    return of(found, view=replace(view, measures=measures))


def stepped(found: Number, expected: float, **steps: float) -> Number:
    """The number with a bridge by hand, from 1,000,000 stated."""
    bridge = [Step(getattr(lines, name), pd.Series({"D1": amount})) for name, amount in steps.items()]
    return of(found, expected=expected, bridge=bridge, baselines={"won + weighted pipeline": 1_000_000.0})


def test_the_headline_says_the_forecasts_own_figures(found: Number, company: Company) -> None:
    said = words.headline(
        of(
            measured(found, target=900_000.0, won=100_000.0),
            expected=812_345.0,
            p10=5e5,
            p90=1e6,
            p_target=0.234,
        ),
        company,
    )
    quarter = found.forecast.view.scope.quarter
    assert said == (
        f"{quarter} is expected to end at $812K (80% range $500K to $1.0M);"
        " the chance to reach the $900K target is 23%."
    )


def test_without_a_target_there_is_no_chance_and_once_reached_none_is_said(
    found: Number, company: Company
) -> None:
    assert words.headline(measured(found, target=NONE), company).endswith("; no target is loaded.")
    reached = words.headline(measured(found, target=50.0, won=60.0), company)
    assert reached.endswith("; the $50 target is reached.")


def test_why_names_the_largest_step_and_the_largest_against_it(found: Number, company: Company) -> None:
    said = words.why(stepped(found, 500_000.0, RATES=-800_000.0, THIN=-100_000.0, LATER=400_000.0), company)
    assert said.startswith("That is $500K below won plus weighted pipeline ($1.0M): ")
    assert "won less often than the CRM's stage probabilities say (-$800K)" in said
    assert "while some deals dated outside the quarter will be won in it (+$400K)" in said
    assert "thin" not in said
    above = words.why(stepped(found, 1_500_000.0, LATER=550_000.0, THIN=-50_000.0), company)
    assert above.startswith("That is $500K above")
    assert "while" not in above
    same = words.why(stepped(found, 1_000_010.0, LATER=10.0), company)
    assert same == "Won plus weighted pipeline says the same: $1.0M."


def test_every_step_has_its_reason_in_words() -> None:
    assert set(words._BECAUSE) == set(lines.STEPS) - {lines.WON, lines.WEIGHTED}


def test_what_it_hangs_on_names_the_deal_that_moves_it_most(found: Number, company: Company) -> None:
    first = found.hangs.deals.iloc[0]
    said = words.hangs_in_words(found, company)
    stands = found.forecast.deals.set_index("deal_id").loc[first["deal_id"]]
    dated = f", dated {day(stands['close_date'])}" if stands["timing"] != "in quarter" else ""
    what = f"{money(first['amount'], 'USD')}{dated}, chance {percent(first['chance'])}"
    assert f"It hangs most on {first['name']} ({what}): " in said
    assert f"{percent(first['if_won'])} if it is won, {percent(first['if_not'])} if not" in said
    assert [deal_id for deal_id, _ in words.call_about(found)] == list(found.hangs.deals["deal_id"].head(3))


def test_without_a_target_it_hangs_on_what_moves_the_middle(found: Number, company: Company) -> None:
    deals = found.hangs.deals.assign(if_won=float("nan"), if_not=float("nan"))
    said = words.hangs_in_words(replace(found, hangs=replace(found.hangs, deals=deals)), company)
    assert f"the middle of the range is {money(deals.iloc[0]['p50_if_won'], 'USD')} if it is won" in said


def test_where_no_deal_moves_the_chance_it_says_so(found: Number, company: Company) -> None:
    still = found.hangs.deals.assign(if_won=1.0, if_not=0.998)
    said = words.hangs_in_words(replace(found, hangs=replace(found.hangs, deals=still)), company)
    assert said.startswith("No single deal moves the chance to reach the target")
    none = replace(found.hangs, deals=still.head(0))
    assert words.hangs_in_words(replace(found, hangs=none), company) == "No open deal moves it."


def test_what_must_be_true_counts_the_quarters_that_brought_enough(found: Number, company: Company) -> None:
    usual = pd.DataFrame({"quarter": list("abcd"), "share": [0.1, 0.3, 0.4, 0.6]})
    hangs = replace(found.hangs, to_go=4_000_000.0, needed=0.4, usual=usual)
    said = words.must_be_true(replace(found, hangs=hangs), company)
    assert "$4.0M more must be won: 40% of the open pipeline dated in the quarter." in said
    assert "the last 4 quarters brought 10% to 60% of theirs (median 35%), and 2 of them" in said
    few = replace(hangs, usual=usual.head(2))
    assert "too few past quarters" in words.must_be_true(replace(found, hangs=few), company)
    reached = replace(hangs, to_go=NotEnough("the target is reached"))
    assert words.must_be_true(replace(found, hangs=reached), company) == "The target is reached."


def ways(sample_store: Store, company: Company, found: Number) -> dict[str, bridges.Bridge]:
    one = found.forecast
    given = {
        bridges.FROM_WEIGHTED: bridges.from_weighted(one),
        bridges.FROM_LAST_WEEK: bridges.from_last_week(
            since_week_earlier(sample_store, company, one), company
        ),
        bridges.FROM_CALL: bridges.from_call(one, found.call, company),
    }
    return {start: way for start, way in given.items() if isinstance(way, bridges.Bridge)}


@pytest.mark.parametrize("start", bridges.BRIDGES)
def test_every_way_adds_up_to_the_expected_and_every_step_to_its_deals(
    sample_store: Store, company: Company, found: Number, start: str
) -> None:
    way = ways(sample_store, company, found)[start]
    moved = way.rows[way.rows["kind"].isin(["start", "change"])]
    assert total(moved["amount"]) == found.forecast.expected
    assert way.rows.iloc[-1]["amount"] == found.forecast.expected
    drawn = way.rows.set_index("step")["amount"]
    for label, deals in way.steps.items():
        table = bridges.deals_of_step(found.forecast, deals)
        assert table.total == total(table.rows["Counts with"]) == total(deals)
        if len(deals):
            assert total(deals) == drawn[label]


def test_every_deals_reasons_add_up_to_what_is_expected_of_it(found: Number, company: Company) -> None:
    one = found.forecast
    for deal in one.deals.dropna(subset=["expected_amount"]).itertuples():
        reasons = bridges.reasons_of(one.lines, deal.deal_id, "Thin business cases")
        assert total(reasons["Money"]) == deal.expected_amount
    opened = "Thin business cases"
    dated = one.deals[one.deals["timing"] == "in quarter"].iloc[0]["deal_id"]
    reasons = bridges.reasons_of(one.lines, dated, opened)
    mine = int((reasons["Step"] == opened).sum())
    assert (reasons["Step"].head(mine) == opened).all()
    exact = money(total(reasons["Money"].head(mine)), "USD", exact=True)
    assert bridges.reasons_in_words(reasons, opened, company).startswith(f"{opened}: {exact}. Together ")


def test_deals_and_money_of_no_deal_are_told_in_words(found: Number, company: Company) -> None:
    one = found.forecast
    assert "not in the CRM yet" in bridges.deal_in_words(one, lines.NOT_CREATED_YET, company)
    assert "not open in this scope any more" in bridges.deal_in_words(one, "NB-404", company)
    without = one.deals[one.deals["amount_company"].isna()].iloc[0]["deal_id"]
    assert "no amount" in bridges.deal_in_words(one, without, company)
    deal = one.deals.dropna(subset=["amount_company"]).iloc[0]
    said = bridges.deal_in_words(one, deal["deal_id"], company)
    assert f"{money(deal['expected_amount'], 'USD')} is expected of it" in said
    booked = measured(found, won=60.0).forecast
    assert bridges.deal_in_words(booked, "D1", company) == "Won: $60 is booked."


def test_without_chances_or_a_call_a_way_says_why(found: Number, company: Company) -> None:
    nothing = replace(found.forecast, expected=NONE)
    assert bridges.from_weighted(nothing) == NONE
    assert bridges.from_call(nothing, found.call, company) == NONE
    assert bridges.from_call(found.forecast, NONE, company) == NONE
    silent = Call({"commit": NONE}, ("U1",), found.forecast.view.scope.as_of)
    assert bridges.from_call(found.forecast, silent, company) == NONE
    assert "Submitted call" not in words.beside(replace(found, call=silent))


def test_the_parts_are_told_with_what_is_stated_in_them(found: Number) -> None:
    for label, table in found.parts.items():
        told = words.parts_for_picture(table, found.forecast, words.PARTS[label])
        assert total(told["stated"]) == found.stated
        assert total(told["expected"]) == found.forecast.expected
    none = next(iter(found.parts.values())).assign(p_target=float("nan"))
    assert words.parts_finding(none, "Team") == "The number by team"


def test_how_far_to_trust_it_is_said_only_where_it_was_measured(
    sample_store: Store, company: Company, whole: Whole, found: Number
) -> None:
    assert f"the last {len(whole.basis.record.quarters)} quarters this was off by" in str(found.trust)
    as_of, quarter = whole.basis.history.as_of, whole.expected.quarter
    owner = whole.expected.deals["owner_id"].iloc[0]
    mine = number(
        sample_store, company, forecast(sample_store, company, Scope(as_of, quarter, "", owner), whole=whole)
    )
    assert isinstance(mine.trust, NotEnough)
    assert not mine.parts
    later = company.calendar.shift(quarter, 1)
    ahead = whole_company(sample_store, company, as_of, later, whole.basis)
    one: Forecast = forecast(sample_store, company, Scope(as_of, later), whole=ahead)
    assert "it has not begun" in str(number(sample_store, company, one).trust)
