"""The baseline forecast: chances from counted history, a bridge that adds up, silence without history."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from analytics.company import Company, Scope, company_of
from analytics.forecast.basis import Basis, basis_of
from analytics.forecast.quarter_forecast import NOT_CREATED_YET, Forecast, forecast
from analytics.problems import BadInput, NotEnough
from analytics.risk.history_rates import MIN_DEALS, WEIGHT, rates, score
from analytics.store.database import Store
from tests.pipeline.test_quarter_end_view import deal, history_of, won
from tests.small_stores import STAGES, described, load, view_of

AS_OF = "2024-05-15"


def filled(store: Store, rows: list[Any], **more: Any) -> Store:
    load(store, **({"deal": described(rows), "deal_change": rows, "stage": STAGES} | more))
    return store


def foretold(store: Store, company: Company, scope: Scope) -> Forecast:
    """The forecast; of past quarters one is foretold, not eight, as their record moves nothing asked here."""
    return forecast(store, company, scope, basis_of(store, company, scope.as_of, quarters=1))


NOW = [
    won("won", 70.07),
    deal("a", 100.03),
    deal("b", 33.33, stage="Qualify"),
    deal("unknown stage", 12.01, stage="Unheard of"),
    deal("late", 55.55, close_date="2024-03-01"),
    deal("next", 44.44, close_date="2024-08-01"),
    deal("undated", 11.11, close_date=None),
    deal("no amount", None),
    deal("omitted", 5.05, forecast_category="Omitted"),
]


def test_rates_equal_a_calculation_by_hand() -> None:
    rows = pd.DataFrame(
        [("in quarter", "A", 10, 4, 1), ("in quarter", "B", 30, 6, 9), ("later", "A", 60, 0, 10)],
        columns=["timing", "stage", "deals", "won", "lost"],
    )
    table = rates(rows)
    of_all = 10 / 100
    dated = (10 + WEIGHT * of_all) / (40 + WEIGHT)
    assert table.loc[("", ""), "p_won"] == pytest.approx(of_all)
    assert table.loc[("in quarter", ""), "p_won"] == pytest.approx(dated)
    assert table.loc[("in quarter", "A"), "p_won"] == pytest.approx((4 + WEIGHT * dated) / (10 + WEIGHT))
    lost = (10 + WEIGHT * 20 / 100) / (40 + WEIGHT)
    assert table.loc[("in quarter", "B"), "p_lost"] == pytest.approx((9 + WEIGHT * lost) / (30 + WEIGHT))
    assert (table["p_won"] + table["p_lost"] <= 1).all()


def test_chances_add_up_to_one_and_follow_the_history(store: Store) -> None:
    filled(store, [*history_of(10), *NOW])
    company, scope = view_of(store, AS_OF, "2024Q2")
    scored = score(store, company, scope.as_of, scope.quarter)
    deals = scored.deals.set_index("deal_id")
    assert set(deals.index) == {row["deal_id"] for row in NOW} - {"won"}, "a row per open deal"
    sums = deals["p_won"] + deals["p_lost"] + deals["p_slip"]
    assert (sums - 1).abs().max() < 1e-9
    assert deals[["p_won", "p_lost", "p_slip"]].min().min() >= 0
    n = len(scored.past.quarters) * 4
    assert n >= MIN_DEALS
    # all comparable deals are in one stage with one timing, so that shrinking changes nothing
    assert deals.loc["a", "p_won"] == pytest.approx(0.25)
    assert deals.loc["a", "p_lost"] == pytest.approx(0.25)
    assert f"{n // 4} of {n} won" in deals.loc["a", "reasons"]


@pytest.fixture(scope="module")
def eleven(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, Basis]:
    """Eleven past quarters, and what is learned from them; nobody writes to it."""
    store = filled(Store(tmp_path_factory.mktemp("eleven") / "store.duckdb"), [*history_of(11), *NOW])
    return store, basis_of(store, company_of(store), date.fromisoformat(AS_OF))


@pytest.mark.parametrize("quarter", ["2024Q2", "2024Q3", "2024Q4"])
def test_the_bridge_adds_up_to_expected_and_its_deals_to_their_steps(
    eleven: tuple[Store, Basis], quarter: str
) -> None:
    store, basis = eleven
    found = forecast(store, *view_of(store, AS_OF, quarter), basis)
    steps = [Decimal(f"{step.amount:.2f}") for step in found.bridge]
    assert Decimal(f"{found.expected:.2f}") == sum(steps), [step.step for step in found.bridge]
    for step in found.bridge:
        exact = sum((Decimal(f"{amount:.2f}") for amount in step.deals), Decimal(0))
        assert Decimal(f"{step.amount:.2f}") == exact, f"the deals of '{step.step}'"
        assert step.deals.index.is_unique
    assert [step.step for step in found.bridge][:2] == ["won", "weighted_pipeline"]
    assert found.p10 <= found.p50 <= found.p90
    named = {deal_id for step in found.bridge for deal_id in step.deals.index} - {NOT_CREATED_YET}
    assert "no amount" not in named


def test_a_deal_dated_in_the_quarter_is_not_told_as_one_dated_elsewhere(store: Store) -> None:
    filled(store, [*history_of(10), *NOW])
    found = {step.step: step for step in foretold(store, *view_of(store, AS_OF, "2024Q2")).bridge}
    elsewhere = set(found["dated elsewhere but likely now"].deals.index)
    assert "unknown stage" not in elsewhere, "it has no stated probability, but it is dated in the quarter"
    assert {"late", "next", "undated"} <= elsewhere


def test_two_quarters_count_no_deal_twice(eleven: tuple[Store, Basis]) -> None:
    """What a deal brings this quarter and the next is never more than its amount at the usual ratio."""
    store, basis = eleven
    company = company_of(store)
    shares: dict[str, float] = {}
    for quarter in ("2024Q2", "2024Q3", "2024Q4"):
        found = forecast(store, *view_of(store, AS_OF, quarter), basis)
        for step in found.bridge[1:]:
            for deal_id, amount in step.deals.items():
                shares[str(deal_id)] = shares.get(str(deal_id), 0) + float(amount)
    scored = score(
        store, company, *[view_of(store, AS_OF, "2024Q4")[1].as_of], company.calendar.parse("2024Q4")
    )
    bound = scored.deals.set_index("deal_id")["amount_company"] * max(scored.amount_ratio, 1)
    for deal_id, share in shares.items():
        if deal_id in bound.index and deal_id != NOT_CREATED_YET:
            assert share <= bound[deal_id] + 0.05, f"{deal_id} counts {share} of {bound[deal_id]}"


def created_and_won(quarters: int, day: int, amount: float) -> list[Any]:
    """Per past quarter one deal that came and was won after the landmark."""
    rows: list[Any] = []
    for steps in range(1, quarters + 1):
        first = pd.Timestamp("2024-04-01") - pd.DateOffset(months=3 * steps)
        rows.append(won(f"new {first.date()}", amount, at=str(first + pd.Timedelta(days=day))))
    return rows


def test_new_business_of_this_quarter_is_not_expected_in_the_next_one_again(store: Store) -> None:
    """Every quarter wins 1000 on day 70 from deals created that day: the next one expects 1000, not 2000."""
    filled(store, [*history_of(12), *created_and_won(12, 70, 1000)])
    expected = {}
    for quarter in ("2024Q2", "2024Q3"):
        steps = {step.step: step.amount for step in foretold(store, *view_of(store, AS_OF, quarter)).bridge}
        expected[quarter] = steps["not created yet"]
    assert expected["2024Q2"] == 1000
    # history_of() wins 30 and 100 from deals that were created in their quarter as well
    assert expected["2024Q3"] == 1130, (
        f"{expected}: what is won before the quarter begins belongs to no later one"
    )


def test_new_business_in_a_currency_without_a_rate_is_not_counted_one_to_one(store: Store) -> None:
    rows = [*history_of(12), *created_and_won(12, 70, 1000)]
    new = {row["deal_id"] for row in created_and_won(12, 70, 1000)}
    yen = [{**row, "currency": "JPY" if row["deal_id"] in new else None} for row in described(rows)]
    filled(store, rows, deal=yen)
    steps = {step.step: step.amount for step in foretold(store, *view_of(store, AS_OF, "2024Q2")).bridge}
    assert steps["not created yet"] == 0, "1000 yen are not 1000 dollars"


def test_too_little_history_gives_reasons_and_no_numbers(store: Store) -> None:
    filled(store, [*history_of(2), *NOW])
    company, scope = view_of(store, AS_OF, "2024Q2")
    found = forecast(store, company, scope)
    for value in (found.expected, found.p10, found.p50, found.p90, found.p_target):
        assert isinstance(value, NotEnough), f"{value} is no honest answer"
        assert value.n == 8
    scored = score(store, company, scope.as_of, scope.quarter)
    assert scored.deals[["p_won", "p_lost", "p_slip", "expected_amount"]].isna().all().all()
    assert "n=8" in scored.status
    assert [step.step for step in found.bridge] == ["won", "weighted_pipeline"]


def test_no_open_deals_are_a_forecast_of_what_is_won(store: Store) -> None:
    filled(store, [*history_of(10), won("won", 70)])
    found = foretold(store, *view_of(store, AS_OF, "2024Q2"))
    assert found.expected == 70
    assert found.p10 == found.p90 == 70


def test_the_chance_of_the_target_is_a_share_of_the_draws(store: Store) -> None:
    targets = [{"owner_id": "", "quarter_start": "2024-04-01", "amount": 1}]
    filled(store, [*history_of(10), *NOW], target=targets)
    assert foretold(store, *view_of(store, AS_OF, "2024Q2")).p_target == 1.0


def test_a_quarter_that_is_over_cannot_be_forecast(store: Store) -> None:
    filled(store, [*history_of(10), *NOW])
    for ask in (score, lambda *given: forecast(*given[:2], view_of(store, AS_OF, "2024Q1")[1])):
        company, scope = view_of(store, AS_OF, "2024Q1")
        with pytest.raises(BadInput, match="2024Q1 ended on 2024-03-31"):
            ask(store, company, scope.as_of, scope.quarter)


def test_the_last_day_of_a_quarter_can_still_be_scored(store: Store) -> None:
    filled(store, [*history_of(10), deal("a", at="2024-02-01")])
    company, scope = view_of(store, "2024-03-31", "2024Q1")
    scored = score(store, company, scope.as_of, scope.quarter)
    assert "a" in set(scored.deals["deal_id"])
    assert len(scored.past.quarters) == 9, "each past quarter at its own last day"


@pytest.mark.parametrize("quarter", ["2024Q1", "2023Q4", "2024Q2"])
def test_on_the_last_day_of_a_quarter_nothing_is_expected_any_more(store: Store, quarter: str) -> None:
    """Quarters have 90 to 92 days; the last day is compared with last days only."""
    rows = history_of(12)
    filled(store, [*rows, *({**row, "deal_id": f"{row['deal_id']} twin"} for row in rows)])
    company = company_of(store)
    last_day = company.calendar.parse(quarter).last_day
    found = foretold(store, *view_of(store, last_day.isoformat(), quarter))
    assert found.expected == found.view.measures["won"].value


def test_the_usual_change_of_amounts_mixes_neither_blanks_nor_currencies(store: Store) -> None:
    rows: list[Any] = []
    for steps in range(1, 5):
        first = pd.Timestamp("2024-04-01") - pd.DateOffset(months=3 * steps)
        end = str((first + pd.DateOffset(months=3) - pd.Timedelta(days=5)).date())
        for number in range(20):
            deal_id, yen = f"{first.date()}/{number}", number == 0
            stated = None if number > 9 else 1_000_000 if yen else 100
            closed_at = 1_000_000 if yen else 100
            rows.append(deal(deal_id, stated, at=str(first + pd.Timedelta(days=5)), close_date=end))
            rows.append(won(deal_id, closed_at, at=f"{end} 12:00"))
    names = [{**row, "currency": "JPY" if row["deal_id"].endswith("/0") else None} for row in described(rows)]
    filled(store, [*rows, deal("now", 1000)], deal=[*names, *described([deal("now")])])
    company = company_of(store)
    scored = score(store, company, date(2024, 5, 15), company.calendar.parse("2024Q2"))
    assert scored.amount_ratio == 1.0
