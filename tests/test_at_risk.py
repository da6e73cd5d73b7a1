"""The At risk page's data: every deal once, its kind, its money at stake, and sums that hold by hand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analytics import at_risk as module
from analytics.at_risk import (
    AS_STATED,
    EARLIER,
    HOLLOW,
    KINDS,
    LOST,
    SLIP,
    SORTS,
    TOO_HIGH,
    TOO_LOW,
    AtRisk,
    Filters,
    at_risk,
    headline,
    of_scope,
    owners_table,
    risk_table,
)
from analytics.company import Company, Scope, company_of, span_of
from analytics.one_deal import one_deal
from analytics.risk.chances import History, chances_as_of, deals_as_of_open, history_of
from analytics.risk.reason_words import NORMAL
from analytics.risk.statements import ABOVE, AS, BELOW, understatement
from analytics.store.database import Store
from analytics.store.subjects import QUESTIONS
from analytics.wording import money, points
from tests.kept import history_at
from tests.pages.case_store import AS_OF, case_store
from tests.small_stores import load

NAN = float("nan")


@dataclass(frozen=True)
class Sample:
    """The small sample company on its last day, with what was learned from it."""

    store: Store
    company: Company
    scope: Scope
    history: History
    found: AtRisk


@pytest.fixture(scope="module")
def sample(sample_store: Store) -> Sample:
    company = company_of(sample_store)
    as_of = span_of(sample_store, company).last_day
    scope = Scope(as_of, company.calendar.quarter_of(as_of))
    history = history_at(sample_store.path, as_of)
    found = at_risk(sample_store, company, scope, history)
    return Sample(sample_store, company, scope, history, found)


@pytest.fixture
def bare(tmp_path: Path) -> tuple[Company, Scope, AtRisk]:
    """A company without a past: three open deals, no chance."""
    store = case_store(tmp_path)
    company, as_of = company_of(store), date.fromisoformat(AS_OF)
    scope = Scope(as_of, company.calendar.quarter_of(as_of))
    return company, scope, at_risk(store, company, scope, history_of(store, company, as_of))


@pytest.fixture
def deals() -> pd.DataFrame:
    """A list of three deals as at_risk makes it, one without an amount."""
    return pd.DataFrame(
        {
            "deal_id": ["D1", "D2", "D3"],
            "name": ["Graz plant", "Linz (north)", "Wien"],
            "account_name": ["Alpha", None, "Beta"],
            "owner_name": ["Mara", "Tom", "Mara"],
            "kind": [HOLLOW, SLIP, SLIP],
            "stated": [0.8, 0.5, 0.9],
            "evidenced": [0.2, 0.7, 0.1],
            "gap": [-0.6, 0.2, -0.8],
            "at_stake": [60.0, 40.0, NAN],
            "amount_company": [100.0, 200.0, NAN],
            "reason": ["a", "b", "c"],
            "question": ["Who?", "", "When?"],
            "close_date": pd.to_datetime(["2024-06-20", None, "2024-05-20"]),
            "category": ["Commit", "Pipeline", "Commit"],
            "stage": ["Propose", "Qualify", "Propose"],
        }
    )


def test_every_open_deal_stands_in_the_list_once(sample: Sample) -> None:
    open_deals = deals_as_of_open(sample.store, sample.company, sample.scope.as_of)
    assert sorted(sample.found.deals["deal_id"]) == sorted(open_deals["deal_id"])
    assert sample.found.missing is None
    assert sample.found.chances.has_model


def test_stated_is_the_crm_s_probability_of_what_is_dated_in_the_quarter(sample: Sample) -> None:
    end = pd.Timestamp(sample.scope.quarter.last_day)
    counted = 0
    for row in sample.found.deals.itertuples():
        dated = pd.notna(row.close_date) and pd.Timestamp(row.close_date) <= end
        counts = dated and row.category != "Omitted"
        assert row.stated == (row.probability if counts else 0)
        counted += counts
    assert 0 < counted < len(sample.found.deals)


def test_money_at_stake_is_amount_times_disagreement_and_the_most_comes_first(sample: Sample) -> None:
    deals = sample.found.deals
    with_amount = deals[deals["amount_company"].notna()]
    by_hand = [float(row.amount_company) * abs(row.p_won - row.stated) for row in with_amount.itertuples()]
    shown = list(with_amount["at_stake"])
    assert shown == pytest.approx(by_hand, abs=0.0051)
    assert shown == sorted(shown, reverse=True)
    assert shown[0] > 0
    assert 0 < len(with_amount) < len(deals)
    assert deals["at_stake"].iloc[len(with_amount) :].isna().all()  # unknown, not nothing


def test_the_reason_is_the_strongest_one_besides_the_normal_deal(sample: Sample) -> None:
    reasons = sample.found.chances.reasons
    for row in sample.found.deals.head(15).itertuples():
        told = reasons[(reasons["deal_id"] == row.deal_id) & (reasons["reason"] != NORMAL)]
        strongest = told.loc[told["won"].abs().idxmax()]
        assert row.reason == f"{strongest['text']}: {points(strongest['won'])}"


def test_the_next_question_is_the_deal_page_s(sample: Sample) -> None:
    for row in sample.found.deals.head(6).itertuples():
        ask = one_deal(sample.store, sample.company, row.deal_id, sample.scope.as_of).case.ask
        assert row.question == (ask.ask if ask else "")
    assert (sample.found.deals["question"] != "").any()


def test_people_whom_a_blue_sheet_names_are_not_asked_for(tmp_path: Path) -> None:
    store = case_store(tmp_path)
    told = {"deal_id": "A", "valid_at": "2024-05-14T09:00:00"}
    levels = dict.fromkeys(QUESTIONS, 3) | {"stakeholders": 2, "impact": 1}
    load(
        store,
        answer=[{**told, "question": one, "answer": f"Ms Weber and Mr Lang, {one}"} for one in levels],
        depth_overrule=[
            {**told, "question": one, "level": level, "answered_at": told["valid_at"], "reason": "agreed"}
            for one, level in levels.items()
        ],
    )
    unnamed = question_of_a(store)
    load(store, buying_influence=[{**told, "influence_id": "Weber", "name": "Weber"}])
    named = question_of_a(store)
    assert named != unnamed  # who they are is known now, so the thinner answer is asked about


def question_of_a(store: Store) -> str:
    """What the list asks about deal A, and the deal's page too."""
    company, as_of = company_of(store), date.fromisoformat(AS_OF)
    scope = Scope(as_of, company.calendar.quarter_of(as_of))
    found = at_risk(store, company, scope, history_of(store, company, as_of)).deals.set_index("deal_id")
    ask = one_deal(store, company, "A", as_of).case.ask
    assert ask is not None
    assert found.loc["A", "question"] == ask.ask
    return str(ask.ask)


def planted(sample: Sample, monkeypatch: pytest.MonkeyPatch, **values: Any) -> pd.Series:
    """The first deal of the list, with chances and statement as given."""
    chances = chances_as_of(
        sample.store, sample.company, sample.scope.as_of, sample.scope.quarter, sample.history
    )
    statements = understatement(sample.history.rows, sample.company, sample.scope.as_of)
    deal_id = chances.deals["deal_id"].iloc[0]

    def with_values(table: pd.DataFrame) -> pd.DataFrame:
        mine = table["deal_id"] == deal_id
        known = {name: value for name, value in values.items() if name in table}
        return table.assign(**{name: table[name].where(~mine, value) for name, value in known.items()})

    made = replace(chances, deals=with_values(chances.deals))
    said = replace(statements, deals=with_values(statements.deals))
    monkeypatch.setattr(module, "chances_as_of", lambda *_: made)
    monkeypatch.setattr(module, "statements_of", lambda *_: said)
    found = at_risk(sample.store, sample.company, sample.scope, sample.history).deals
    return found[found["deal_id"] == deal_id].iloc[0]


CALM: dict[str, Any] = {
    "timing": "in quarter",
    "category": "Best Case",
    "probability": 0.4,
    "p_won": 0.4,
    "p_lost": 0.2,
    "p_slip": 0.4,
    "statement": AS,
    "is_hollow_commit": False,
}


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ({}, AS_STATED),
        ({"p_won": 0.1, "p_slip": 0.5, "p_lost": 0.4}, SLIP),
        ({"p_won": 0.1, "p_slip": 0.4, "p_lost": 0.5}, LOST),
        ({"p_won": 0.1, "p_slip": 0.49, "p_lost": 0.41}, TOO_HIGH),  # stated 0.4: 30 points too much
        ({"statement": ABOVE}, TOO_HIGH),
        ({"statement": BELOW}, TOO_LOW),
        ({"is_hollow_commit": True}, HOLLOW),
        ({"timing": "later", "p_won": 0.3}, EARLIER),
        ({"timing": "later", "p_won": 0.19, "p_slip": 0.7}, AS_STATED),  # it is not said to come now
        ({"timing": "no date", "p_won": 0.1, "p_lost": 0.8}, AS_STATED),
        ({"p_won": 0.8, "p_slip": 0.1}, AS_STATED),  # dated here, better than stated: nothing to do
        ({"p_won": NAN, "statement": BELOW}, AS_STATED),
        # of several the one that is acted upon first
        ({"statement": BELOW, "is_hollow_commit": True}, TOO_LOW),
        ({"is_hollow_commit": True, "p_won": 0.1, "p_lost": 0.8}, HOLLOW),
        ({"p_won": 0.0, "p_lost": 0.5, "p_slip": 0.5, "statement": ABOVE}, LOST),
    ],
)
def test_kind(sample: Sample, monkeypatch: pytest.MonkeyPatch, values: dict[str, Any], kind: str) -> None:
    assert planted(sample, monkeypatch, **(CALM | values))["kind"] == kind


def test_what_is_omitted_from_the_forecast_states_nothing(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert planted(sample, monkeypatch, **CALM)["stated"] == 0.4
    assert planted(sample, monkeypatch, **(CALM | {"category": "Omitted"}))["stated"] == 0


def test_teams_see_their_own_deals_and_together_all(sample: Sample) -> None:
    whole = sample.found.deals
    teams = sorted(set(whole["team"]))
    assert len(teams) > 1
    parts = [of_scope(sample.found, replace(sample.scope, team=team)).deals for team in teams if team]
    rest = whole[whole["team"] == ""]
    assert sum(len(part) for part in parts) + len(rest) == len(whole)
    money_of_parts = sum(part["at_stake"].sum() for part in [*parts, rest])
    assert money_of_parts == pytest.approx(whole["at_stake"].sum())
    for part, team in zip(parts, [team for team in teams if team], strict=True):
        assert set(part["team"]) == {team}


def test_a_scope_s_deals_are_judged_among_all_deals(sample: Sample) -> None:
    team = sorted(set(sample.found.deals["team"]) - {""})[0]
    scope = replace(sample.scope, team=team)
    alone = at_risk(sample.store, sample.company, scope, sample.history)
    within = of_scope(sample.found, scope)
    pd.testing.assert_frame_equal(alone.deals, within.deals)
    assert len(alone.statements.deals) == len(sample.found.statements.deals)


def test_in_a_later_quarter_other_deals_are_dated_and_more_can_be_won(sample: Sample) -> None:
    later = replace(sample.scope, quarter=sample.company.calendar.shift(sample.scope.quarter, 1))
    then = at_risk(sample.store, sample.company, later, sample.history).deals.set_index("deal_id")
    now = sample.found.deals.set_index("deal_id")
    next_dated = now.index[now["timing"] == "later"].intersection(then.index[then["timing"] == "in quarter"])
    assert (now.loc[next_dated, "stated"] == 0).all()
    assert (then.loc[next_dated, "stated"] > 0).any()
    assert (then["p_won"] >= now.loc[then.index, "p_won"] - 1e-9).all()


def test_no_filter_keeps_every_deal_in_its_order(deals: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(Filters().of(deals), deals)


@pytest.mark.parametrize(
    ("filters", "left"),
    [
        (Filters(kind=SLIP), ["D2", "D3"]),
        (Filters(category="Commit"), ["D1", "D3"]),
        (Filters(least=100), ["D1", "D2"]),  # no amount is not enough
        (Filters(least=100.01), ["D2"]),
        (Filters(words="MARA"), ["D1", "D3"]),
        (Filters(words="mara graz"), ["D1"]),  # all words
        (Filters(words="beta"), ["D3"]),
        (Filters(words="d2"), ["D2"]),
        (Filters(words="(north"), ["D2"]),  # as typed, no pattern
        (Filters(words="."), []),
        (Filters(words="nan"), []),
        (Filters(kind=SLIP, category="Commit"), ["D3"]),
    ],
)
def test_filters(deals: pd.DataFrame, filters: Filters, left: list[str]) -> None:
    found = filters.of(deals)
    assert list(found["deal_id"]) == left
    assert list(found.index) == list(range(len(left)))


def test_filters_are_said_in_words(sample: Sample) -> None:
    company = sample.company
    assert Filters().in_words(company) == ""
    every = Filters(HOLLOW, "Commit", 25_000, "graz")
    assert every.in_words(company) == 'hollow commit, category Commit, of $25K or more, with "graz"'
    assert Filters(least=25_000).in_words(replace(company, currency="EUR")) == "of €25K or more"


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("Money at stake", ["D1", "D2", "D3"]),
        ("Amount", ["D2", "D1", "D3"]),
        ("Evidenced, lowest first", ["D3", "D1", "D2"]),
        ("Stated, highest first", ["D3", "D1", "D2"]),
        ("Close date", ["D3", "D1", "D2"]),
    ],
)
def test_the_table_stands_in_the_order_chosen_what_is_missing_last(
    deals: pd.DataFrame, sort: str, order: list[str]
) -> None:
    table = risk_table(deals.sample(frac=1, random_state=1), sort)
    assert table.deal_ids == order == list(table.rows["deal_id"])
    assert list(table.rows.index) == [0, 1, 2]
    assert table.total == 100


def test_every_order_has_been_tried() -> None:
    params = test_the_table_stands_in_the_order_chosen_what_is_missing_last.pytestmark[0].args[1]
    assert [sort for sort, _ in params] == list(SORTS)


def test_the_table_shows_each_deal_s_own_values(deals: pd.DataFrame) -> None:
    table = risk_table(deals, "Amount")
    row = table.rows.iloc[1]
    assert (row["Deal"], row["Owner"], row["Kind"], row["Category"], row["Stage"]) == (
        "Graz plant",
        "Mara",
        HOLLOW,
        "Commit",
        "Propose",
    )
    assert (row["Stated"], row["Evidenced"], row["Money at stake"], row["Amount"]) == (0.8, 0.2, 60.0, 100.0)
    assert (row["Top reason"], row["Next question"]) == ("a", "Who?")
    assert set(table.kinds) <= set(table.rows.columns)


def test_the_headline_s_figures_are_sums_by_hand(sample: Sample) -> None:
    weighed = carried = over = under = 0.0
    above = below = 0
    for row in sample.found.deals.dropna(subset=["amount_company"]).itertuples():
        amount = float(row.amount_company)
        weighed += amount * row.stated
        carried += amount * row.p_won
        if row.p_won < row.stated:
            over, above = over + amount * (row.stated - row.p_won), above + 1
        elif row.p_won > row.stated:
            under, below = under + amount * (row.p_won - row.stated), below + 1
    assert above > 0 < below
    short = [money(one, sample.company.currency) for one in (weighed, carried, over, under)]
    lead, rest = headline(sample.found, sample.company, "2026Q4")
    assert lead == (
        f"The CRM states {short[0]} for 2026Q4 from open deals; their evidence carries {short[1]}."
    )
    worst = sample.found.deals.loc[sample.found.deals["at_stake"].idxmax()]
    unknown = int(sample.found.deals["amount_company"].isna().sum())
    assert rest == (
        f"{short[2]} too much is stated in {above} deals, {short[3]} too little in {below} deals."
        f" Most money hangs on {worst['name']}: {money(worst['at_stake'], 'USD')}."
        f" {unknown} deals without an amount or a stated probability cannot be weighed."
    )
    assert carried - weighed == pytest.approx(under - over)


def test_a_scope_without_open_deals_is_said(sample: Sample) -> None:
    nobody = of_scope(sample.found, replace(sample.scope, owner_id="nobody"))
    assert headline(nobody, sample.company, "2026Q4") == ("No open deal in this scope.", "")
    assert risk_table(nobody.deals).n == 0


def test_deals_without_amount_hang_on_no_money(sample: Sample, deals: pd.DataFrame) -> None:
    lead, rest = headline(replace(sample.found, deals=deals.tail(1)), sample.company, "2026Q4")
    assert lead == "The CRM states $0 for 2026Q4 from open deals; their evidence carries $0."
    assert rest == (
        "$0 too much is stated in 0 deals, $0 too little in 0 deals."
        " 1 deal without an amount or a stated probability cannot be weighed."
    )


def test_too_little_history_leaves_the_statement_and_no_chance(
    bare: tuple[Company, Scope, AtRisk],
) -> None:
    company, scope, found = bare
    assert found.missing is not None
    lead, _ = headline(found, company, str(scope.quarter))
    assert lead.startswith("No chances yet: ")
    deals = found.deals.set_index("deal_id")
    assert list(deals.loc[["A", "B", "C"], "stated"]) == [0.5, 0.8, 0.0]
    assert deals["evidenced"].isna().all()
    assert deals["at_stake"].isna().all()
    assert set(deals["kind"]) == {AS_STATED}
    assert risk_table(found.deals).total == 0


def test_a_day_on_which_no_deal_is_open(sample: Sample, tmp_path: Path) -> None:
    store = case_store(tmp_path)
    company = company_of(store)
    before = date(2023, 4, 1)
    scope = Scope(before, company.calendar.quarter_of(before))
    found = at_risk(store, company, scope, history_of(store, company, before))
    assert found.deals.empty


def test_owners_go_from_the_largest_difference_down_and_the_unclear_stand_last() -> None:
    owners = pd.DataFrame(
        [
            ("U1", 0.3, 0.1, 0.5, 20, 4, "as", "x"),
            ("U2", -0.9, -1.2, -0.6, 20, 4, "above", "x"),
            ("U3", 2.0, -1.0, 5.0, 3, 0, "not enough evidence", "x"),
            ("", 3.0, 2.0, 4.0, 50, 9, "below", "x"),
        ],
        columns=["owner_id", "bias", "low", "high", "n", "won", "verdict", "realised"],
    )
    table = owners_table(owners, {"U1": "Mara", "U2": "Tom", "U3": "Eva"}.__getitem__)
    assert list(table["Owner"]) == ["Tom", "Mara", "Eva"]
    assert list(table["Bias"]) == [-0.9, 0.3, 2.0]
    assert list(table["Stated against the evidence"]) == [
        "above its evidence",
        "as its evidence",
        "not enough evidence",
    ]
    assert list(table["Deals"]) == [20, 20, 3]


def test_the_sample_shows_several_kinds(sample: Sample) -> None:
    assert len(set(sample.found.deals["kind"])) > 3
    assert set(sample.found.deals["kind"]) <= set(KINDS)
