"""The pages At risk and Model card and the deal page's section on risk, run by Streamlit itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qsl

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analytics import model_card
from analytics.at_risk import HOLLOW, SLIP, AtRisk, Filters, at_risk, headline, owners_table, risk_table
from analytics.company import Company, Scope
from analytics.deal_risk import in_words, of_deal
from analytics.pipeline.owners import owners_as_of
from analytics.risk.chances import History
from analytics.store.database import Store
from analytics.wording import money, percent, points
from pages.shared.risk_lists import VIEWS
from tests.kept import history_at
from tests.pages.case_store import AS_OF, DEALS, case_store
from tests.pages.conftest import texts
from tests.small_stores import load

App = Callable[..., AppTest]
PAGE, DEAL, CARD = "pages/deals/at_risk.py", "pages/deals/one_deal.py", "pages/trust/model_card.py"
PICTURE = "plotly_chart"


@pytest.fixture(scope="module")
def history(sample_store: Store, company: Company, scope: Scope) -> History:
    return history_at(sample_store.path, scope.as_of)


@pytest.fixture(scope="module")
def found(sample_store: Store, company: Company, scope: Scope, history: History) -> AtRisk:
    return at_risk(sample_store, company, scope, history)


def said(at: AppTest) -> str:
    assert not at.exception
    assert not at.error
    return texts(at).replace("\\", "")


def shown(at: AppTest, column: str) -> pd.DataFrame:
    """The last table of the page that has such a column: data of pictures come before it."""
    return next(one.value for one in reversed(at.dataframe) if column in one.value)


def the_list(at: AppTest) -> pd.DataFrame:
    return next(one.value for one in at.dataframe if one.key == "at risk table")


def alt(at: AppTest) -> list[str]:
    """The text alternatives of the pictures."""
    return [chart.proto.alt for chart in at.get(PICTURE)]


def test_the_page_shows_the_analytics_own(app: App, found: AtRisk, company: Company, scope: Scope) -> None:
    at = app(PAGE)
    for part in headline(found, company, str(scope.quarter)):
        assert part in said(at)
    table = risk_table(found.deals)
    assert list(the_list(at)["deal_id"]) == table.deal_ids
    assert list(the_list(at)["Money at stake"].dropna()) == list(table.rows["Money at stake"].dropna())
    assert found.chances.status in said(at)
    assert f"of {len(found.deals)} open deals: " in alt(at)[0]


def test_the_money_at_stake_under_the_list_is_its_rows_sum(app: App, found: AtRisk) -> None:
    for query in ({}, {"kind": HOLLOW}, {"least": "50000"}):
        at = app(PAGE, **query)
        rows = the_list(at)
        summed = money(rows["Money at stake"].sum(), "USD", exact=True)
        assert f"{len(rows)} deals, {summed} at stake." in said(at)
    by_hand = (found.deals["amount_company"].astype(float) * found.deals["gap"].abs()).round(2).sum()
    assert f"{len(found.deals)} deals, {money(by_hand, 'USD', exact=True)} at stake." in said(app(PAGE))


def test_chances_are_shown_without_decimals_unless_they_are_small(app: App, found: AtRisk) -> None:
    rows = the_list(app(PAGE)).set_index("deal_id")
    for row in found.deals.itertuples():
        digits = 2 if row.evidenced >= 0.01 else 3
        assert rows.loc[row.deal_id, "Evidenced"] == pytest.approx(round(row.evidenced, digits))


@pytest.mark.parametrize(
    ("query", "filters"),
    [
        ({"kind": HOLLOW}, Filters(kind=HOLLOW)),
        ({"category": "Commit"}, Filters(category="Commit")),
        ({"least": "60000"}, Filters(least=60_000)),
        ({"words": "desk north"}, Filters(words="desk north")),
        ({"kind": SLIP, "category": "Commit"}, Filters(SLIP, "Commit")),
    ],
)
def test_filters_stand_in_the_url_and_are_said(
    app: App, found: AtRisk, company: Company, query: dict[str, str], filters: Filters
) -> None:
    left = filters.of(found.deals)
    at = app(PAGE, **query)
    assert f"Only deals: {filters.in_words(company)}." in said(at)
    if len(left):
        assert list(the_list(at)["deal_id"]) == list(left["deal_id"])
        assert f"{len(left)} of {len(found.deals)}." in said(at)
    else:
        assert "No deal is left." in at.info[0].value
    assert len(left) < len(found.deals)


def test_some_filter_leaves_deals(found: AtRisk) -> None:
    assert len(Filters(kind=HOLLOW).of(found.deals)) > 0
    assert len(Filters(category="Commit").of(found.deals)) > 0
    assert len(Filters(least=60_000).of(found.deals)) > 0


def test_the_order_stands_in_the_url(app: App, found: AtRisk) -> None:
    at = app(PAGE, sort="Evidenced, lowest first")
    assert list(the_list(at)["deal_id"]) == risk_table(found.deals, "Evidenced, lowest first").deal_ids


def test_a_filter_that_is_touched_goes_into_the_url(app: App, found: AtRisk) -> None:
    at = app(PAGE)
    at.selectbox(key="kind").set_value(HOLLOW).run()
    assert set(the_list(at)["Kind"]) == {HOLLOW}
    at.number_input(key="least").set_value(10_000_000).run()
    assert "No deal is left." in at.info[0].value
    assert not [one for one in at.dataframe if one.key == "at risk table"]


def test_a_kind_that_does_not_exist_is_said_and_all_is_shown(app: App, found: AtRisk) -> None:
    at = app(PAGE, kind="Nonsense")
    assert "Nonsense is not there" in said(at)
    assert len(the_list(at)) == len(found.deals)


@pytest.mark.parametrize("name", VIEWS)
def test_a_saved_view_is_a_link_to_its_filters_in_this_scope(app: App, found: AtRisk, name: str) -> None:
    team = sorted(set(found.deals["team"]) - {""})[0]
    at = app(PAGE, team=team)
    link = next(one.proto for one in at.get("page_link") if one.proto.label == name)
    assert link.page == "at_risk"
    query = dict(parse_qsl(link.query_string))
    assert query == {"team": team, **VIEWS[name], "view": name}
    opened = app(PAGE, **query)
    assert "view" not in opened.query_params  # so that the browser's address is written
    mine = found.deals[found.deals["team"] == team]
    kept = Filters(kind=query.get("kind", ""), category=query.get("category", "")).of(mine)
    if len(kept):
        expected = risk_table(kept, query.get("sort", "Money at stake")).deal_ids
        assert list(the_list(opened)["deal_id"]) == expected
    else:
        assert "No deal is left." in said(opened)


def test_the_deal_of_the_url_stands_beside_the_list(
    app: App, found: AtRisk, company: Company, scope: Scope
) -> None:
    row = found.deals.iloc[0]
    at = app(PAGE, at=row["deal_id"])
    deal = of_deal(found.chances, found.statements, company, row["deal_id"])
    assert deal is not None
    page = said(at)
    assert f"#### {row['name']}" in page
    assert f"{row['kind']}. {in_words(deal, str(scope.quarter))}" in page
    strongest = deal.reasons.iloc[1:].sort_values("won", key=abs, ascending=False).iloc[0]
    assert f"- {strongest['text']}: **{points(strongest['won'])}**" in page
    assert f"**Ask next:** {row['question']}" in page
    assert [one.label for one in at.button] == ["Open the deal", "Close"]
    at.button(key="close at").click().run()
    assert "at" not in at.query_params
    assert "Open the deal" not in [one.label for one in at.button]


def test_each_deal_beside_the_list_is_the_one_asked_for(app: App, found: AtRisk) -> None:
    first, second = found.deals["name"].iloc[3], found.deals["name"].iloc[5]
    page = said(app(PAGE, at=found.deals["deal_id"].iloc[3]))
    assert f"#### {first}" in page
    assert f"#### {second}" not in page


def test_a_deal_that_is_not_in_the_list_is_said(app: App, found: AtRisk) -> None:
    other = found.deals.loc[found.deals["kind"] != HOLLOW, "deal_id"].iloc[0]
    for asked in ("NB-404", other):
        at = app(PAGE, at=asked, kind=HOLLOW)
        assert f"The deal {asked} is not in this list." in said(at)
        assert not at.button


def test_a_team_sees_its_own_deals(app: App, found: AtRisk) -> None:
    team = sorted(set(found.deals["team"]) - {""})[0]
    at = app(PAGE, team=team)
    mine = found.deals[found.deals["team"] == team]
    assert list(the_list(at)["deal_id"]) == list(mine["deal_id"])


def test_owners_stand_with_their_names_and_their_verdict(
    app: App, found: AtRisk, sample_store: Store, company: Company, scope: Scope
) -> None:
    names = owners_as_of(sample_store, company, scope.as_of)
    table = owners_table(found.statements.owners, names.label)
    pd.testing.assert_frame_equal(shown(app(PAGE), "Stated against the evidence"), table, check_dtype=False)
    assert not set(table["Owner"]) & set(found.statements.owners["owner_id"])


def test_a_quarter_that_is_over_is_said(app: App) -> None:
    at = app(PAGE, quarter="2026Q1")
    assert "2026Q1 was over on 2026-11-15." in said(at)
    assert "Choose an as-of date within that quarter" in at.info[0].value
    assert not at.dataframe


def test_too_little_history_shows_what_is_stated_and_says_why_there_is_no_chance(
    app: App, tmp_path: Path
) -> None:
    at = app(PAGE, store=case_store(tmp_path).path, as_of=AS_OF, at="A")
    page = said(at)
    assert "No chances yet:" in page
    assert "load more history" in page
    rows = the_list(at).set_index("deal_id")
    assert list(rows.loc[["A", "B", "C"], "Stated"]) == [0.5, 0.8, 0]
    assert rows[["Evidenced", "Money at stake"]].isna().all().all()
    assert alt(at) == ["No open deal with a chance in this scope."]
    assert "Open the deal" not in [one.label for one in at.button]  # nothing to say beside the list
    assert any("judged from 60 deals" in one.value.replace("\\", "") for one in at.info)


def closed_store(folder: Path) -> Store:
    """A company whose every deal was closed on one day."""
    store = case_store(folder)
    closed = {"valid_at": AS_OF, "is_closed": True, "is_won": False, "stage": "Lost"}
    load(store, deal_change=[{**closed, "deal_id": one["deal_id"]} for one in DEALS])
    return store


def test_no_open_deal_is_said(app: App, tmp_path: Path, found: AtRisk) -> None:
    at = app(PAGE, store=closed_store(tmp_path).path, as_of=AS_OF)
    assert not at.exception
    assert "no deal is open here" in at.info[0].value
    assert not at.dataframe


def data_of(at: AppTest, key: str) -> pd.DataFrame:
    """The data behind a picture: the table under it."""
    return next(one.value for one in at.dataframe if {key} <= set(one.value.columns))


def test_the_deal_page_s_reasons_add_up(app: App, found: AtRisk, company: Company, scope: Scope) -> None:
    for row in found.deals.head(4).itertuples():
        at = app(DEAL, deal=row.deal_id)
        page = said(at)
        reasons = data_of(at, "Reason")
        for column, chance in (("Won", row.p_won), ("Lost", row.p_lost), ("Slip", row.p_slip)):
            assert reasons[column].sum() == pytest.approx(chance, abs=1e-9)
        assert (
            f"By the end of {scope.quarter}: {percent(row.p_won)} won, {percent(row.p_lost)} lost,"
            f" {percent(row.p_slip)} still open. The CRM states {percent(row.stated)}" in page
        )
        if pd.notna(row.expected_amount):
            assert reasons["Money"].sum() == pytest.approx(row.expected_amount, abs=0.005)
            assert f"expected {money(row.expected_amount, company.currency, exact=True)}" in page


def test_the_waterfall_ends_at_the_deal_s_chance(app: App, found: AtRisk) -> None:
    row = found.deals.iloc[0]
    at = app(DEAL, deal=row["deal_id"])
    drawn = json.loads(at.get(PICTURE)[0].proto.spec)["data"][0]
    assert drawn["base"][0] == drawn["base"][-1] == 0
    assert drawn["hovertext"][-1] == f"this deal<br>{percent(row['p_won'])}"
    assert f"to this deal at {percent(row['p_won'])}:" in alt(at)[0]


def test_the_deal_page_tells_statement_questions_weeks_and_similar_deals(
    app: App, found: AtRisk, company: Company
) -> None:
    row = found.deals.iloc[0]
    at = app(DEAL, deal=row["deal_id"])
    deal = of_deal(found.chances, found.statements, company, row["deal_id"])
    assert deal is not None
    assert deal.statement is not None
    assert deal.statement["words"] in said(at)
    assert list(data_of(at, "usual")["part"]) == list(deal.parts["part"])
    assert list(data_of(at, "Goes with")["Question"]) == list(deal.questions["Question"])
    weeks = data_of(at, "Landmark")
    assert weeks["P won"].iloc[-1] == pytest.approx(row["p_won"])
    assert weeks["Stated"].iloc[-1] == row["stated"]
    similar = data_of(at, "In the end")
    assert len(similar) == 5
    assert row["name"] not in set(similar["Deal"])
    assert similar["In the end"].str.match("won |lost |still open").all()


def test_later_quarters_are_named_and_only_those_after_the_chosen_one(app: App, found: AtRisk) -> None:
    row = found.deals.iloc[0]
    later = [percent(row[f"p_won_{ahead}"]) for ahead in (1, 2, 3)]
    now = said(app(DEAL, deal=row["deal_id"]))
    assert f"Won by the end of 2027Q1 {later[0]}, 2027Q2 {later[1]} and 2027Q3 {later[2]}." in now
    then = said(app(DEAL, deal=row["deal_id"], quarter="2027Q2"))
    assert f"By the end of 2027Q2: {later[1]} won" in then
    assert f"Won by the end of 2027Q3 {later[2]}." in then


def test_a_deal_that_is_closed_has_nothing_left_to_foretell(app: App, sample_store: Store) -> None:
    with sample_store.reading() as con:
        (deal_id,) = con.execute("select deal_id from deal_change where is_won limit 1").fetchone()
    assert "nothing left to foretell" in said(app(DEAL, deal=deal_id))


def test_on_the_deal_page_a_quarter_that_is_over_is_said(app: App, found: AtRisk) -> None:
    at = app(DEAL, deal=found.deals["deal_id"].iloc[0], quarter="2026Q1")
    assert "2026Q1 was over on this day" in said(at)
    assert len(at.get(PICTURE)) == 1


def test_on_the_deal_page_too_little_history_is_said(app: App, tmp_path: Path) -> None:
    at = app(DEAL, store=case_store(tmp_path).path, as_of=AS_OF, deal="A")
    assert "No chances yet:" in said(at)
    assert len(at.get(PICTURE)) == 1


def test_the_model_card_shows_the_analytics_own(app: App, history: History) -> None:
    card = model_card.model_card(history)
    at = app(CARD)
    for part in model_card.headline(card):
        assert part in said(at)
    assert list(shown(at, "log_loss")["log_loss"]) == pytest.approx(list(card.pooled["log_loss"]))
    assert list(data_of(at, "Happened")["N"]) == list(card.calibration["n"])
    assert f"Slope {card.slope:.2f}" in said(at)
    assert model_card.drift_note(card) in said(at)
    for limit in model_card.LIMITS:
        assert limit in said(at)
    assert len(alt(at)) == 2
    assert all(alt(at))


def test_a_second_reader_of_the_model_card_takes_what_the_first_one_made(app: App) -> None:
    first, second = app(CARD), app(CARD)
    assert said(first) == said(second)


def test_the_model_card_shouts_when_a_fact_knows_the_end(
    app: App, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(model_card, "_ALARM", -1.0)  # everything tells more than nothing
    at = app(CARD, as_of="2026-11-14")
    assert not at.exception
    assert "Too good to be true alone" in at.error[0].value
    assert "activity\\_days" in at.error[0].value


def test_without_a_model_the_card_says_what_is_used_instead(app: App, tmp_path: Path) -> None:
    at = app(CARD, store=case_store(tmp_path).path, as_of=AS_OF)
    page = said(at)
    assert "There is no complete quarter yet to learn any chances from." in page
    assert "carry no deal-level model" in page
    assert alt(at) == [
        "There is no model to compare with the simple methods.",
        "There is no model whose past error could be measured.",
    ]
    assert "Slope" not in page


def test_what_a_link_asks_for_is_shown_as_typed(app: App) -> None:
    """A crafted link must not make a viewer's browser fetch a picture."""
    picture = "![x](https://evil.example/p.png)"
    for key in ("words", "at", "kind"):
        at = app(PAGE, **{key: picture})
        assert not at.exception
        assert not any(
            picture in one.value for kind in ("caption", "markdown", "info") for one in at.get(kind)
        )
