"""The quarter-end page leads with the number, run by Streamlit itself on the small sample company."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analytics import number as words
from analytics import number_bridge as bridges
from analytics.commands import main
from analytics.company import Company, Scope
from analytics.forecast.change import since_week_earlier
from analytics.forecast.quarter_forecast import Whole, forecast
from analytics.number import Number, number
from analytics.pipeline.quarter_end import total
from analytics.problems import BadInput
from analytics.store.database import Store
from analytics.terms import label
from analytics.wording import money, percent
from tests.pages.conftest import texts
from tests.pages.learned import whole_at
from tests.pages.planted import planted_store

App = Callable[..., AppTest]
OVER = "2026Q2"


@pytest.fixture(scope="module")
def whole(sample_store: Store, company: Company, scope: Scope) -> Whole:
    return whole_at(sample_store.path, scope.as_of, scope.quarter)


@pytest.fixture(scope="module")
def found(sample_store: Store, company: Company, scope: Scope, whole: Whole) -> Number:
    return number(sample_store, company, forecast(sample_store, company, scope, whole=whole))


def said(at: AppTest) -> str:
    assert not at.exception
    assert not at.error
    return texts(at).replace("\\", "")


def shown(at: AppTest) -> dict[str, str]:
    """The first number of each name: the row under the sentence."""
    found: dict[str, str] = {}
    for metric in at.metric:
        found.setdefault(metric.label, metric.value.replace("\\", ""))
    return found


def table(at: AppTest, column: str) -> pd.DataFrame:
    """The first table with such a column."""
    return next(one.value for one in at.dataframe if column in one.value)


def names(at: AppTest) -> list[str]:
    """What screen readers hear of the pictures."""
    return [chart.proto.alt for chart in at.get("plotly_chart")]


def test_the_page_leads_with_the_number_in_words(app: App, found: Number, company: Company) -> None:
    at = app()
    first = next(block.value.replace("\\", "") for block in at.markdown if block.value.startswith("###"))
    assert first == f"### {words.headline(found, company)}"
    text = said(at)
    assert words.why(found, company) in text
    assert words.hangs_in_words(found, company) in text
    assert words.must_be_true(found, company) in text
    assert str(found.trust) in text
    for _, name in words.call_about(found):
        assert name in text or name in str([link.proto.label for link in at.get("page_link")]).replace(
            "\\", ""
        )


def test_the_row_of_numbers_is_the_forecasts(app: App, found: Number, company: Company) -> None:
    row, one = shown(app()), found.forecast
    low, high = (money(end, company.currency) for end in (one.p10, one.p90))
    assert row[label("expected")] == money(one.expected, company.currency)
    assert row[label("range")] == f"{low} – {high}"
    assert row[label("p_target")] == percent(one.p_target)
    for key in ("target", "won", "weighted_pipeline"):
        assert row[label(key)] == money(one.view.measures[key].value, company.currency)


def test_every_picture_of_the_number_has_a_text_and_its_data(app: App, found: Number) -> None:
    at = app()
    told = names(at)
    assert all(told)
    assert told[0].startswith("50 dots, each 2% of the simulated ends")
    assert told[1].startswith("Waterfall: Won ")
    assert told[2].startswith("Chance to reach the target, now")
    drawn = json.loads(at.get("plotly_chart")[1].proto.spec)["data"][0]
    assert drawn["customdata"][-1] == bridges.EXPECTED
    assert [one.label for one in at.expander][:4] == ["The data of this picture"] * 4


@pytest.mark.parametrize("start", bridges.BRIDGES)
def test_each_way_to_the_number_opens_into_deals_that_add_up(
    app: App, found: Number, sample_store: Store, company: Company, start: str
) -> None:
    way = {
        bridges.FROM_WEIGHTED: lambda: bridges.from_weighted(found.forecast),
        bridges.FROM_LAST_WEEK: lambda: bridges.from_last_week(
            since_week_earlier(sample_store, company, found.forecast), company
        ),
        bridges.FROM_CALL: lambda: bridges.from_call(found.forecast, found.call, company),
    }[start]()
    assert isinstance(way, bridges.Bridge)
    step = max(list(way.steps)[2:], key=lambda name: len(way.steps[name]))
    at = app(**{"from": start, "step": step})
    assert words.bridge_finding(way.rows, company) in said(at)
    rows = table(at, "Counts with")
    assert total(rows["Counts with"]) == total(way.steps[step])
    assert f"together {money(total(way.steps[step]), company.currency, exact=True)}" in said(at)


def test_a_deal_of_a_step_opens_into_its_reasons(app: App, found: Number, company: Company) -> None:
    deals = found.forecast.deals.sort_values("expected_amount", ascending=False)
    deal = deals[deals["timing"] == "in quarter"].iloc[0]
    step = bridges.step_label("weighted_pipeline")
    at = app(step=step, of=deal["deal_id"])
    reasons = table(at, "Reason")
    assert total(reasons["Money"]) == deal["expected_amount"]
    assert reasons["Step"].iloc[0] == step
    assert bridges.deal_in_words(found.forecast, deal["deal_id"], company) in said(at)
    assert [button.key for button in at.button if button.key == "open from bridge"]


def test_a_step_of_another_bridge_in_the_link_is_said(app: App) -> None:
    at = app(**{"from": bridges.FROM_CALL, "step": "Thin business cases", "of": "NB-404"})
    assert "Thin business cases is not a step of this bridge." in said(at)


@pytest.mark.parametrize("by", ["Team", "Region", "Owner"])
def test_the_parts_add_up_to_the_number(app: App, found: Number, by: str) -> None:
    at = app(parts=by)
    assert words.parts_finding(found.parts[by], by) in said(at)
    assert total(table(at, "Open expected")["Expected"]) == found.forecast.expected


def test_what_stood_before_stands_below(app: App) -> None:
    at = app()
    assert [header.value for header in at.header] == ["Where it stands"]
    for title in ("What the quarter is made of", "What undermines the number"):
        assert title in [header.value for header in at.subheader]


def test_a_team_has_its_own_number(app: App, sample_store: Store, company: Company, whole: Whole) -> None:
    quarter, as_of = whole.expected.quarter, whole.basis.history.as_of
    team = sorted(set(whole.expected.deals["team"]) - {""})[0]
    mine = forecast(sample_store, company, Scope(as_of, quarter, team), whole=whole)
    assert shown(app(team=team))[label("expected")] == money(mine.expected, company.currency)


def test_a_quarter_that_is_over_says_so_and_leads_to_how_it_was_foretold(app: App) -> None:
    at = app(quarter=OVER)
    text = said(at)
    assert "it is over" in text
    assert f"{OVER} was over on this day: nothing is left to foretell." in text
    assert label("expected") not in shown(at)
    links = [link.proto.url for link in at.get("link_button")]
    assert any("as_of=2026-05-16&quarter=2026Q2" in link for link in links), links
    assert "Where it stands" in [header.value for header in at.header]


def test_before_its_target_is_loaded_a_quarter_has_a_range_but_no_chance(app: App) -> None:
    at = app(quarter="2027Q2")
    assert "no target is loaded" in said(at)
    assert shown(at)[label("p_target")] == "–"


def test_without_history_the_page_says_why_and_shows_where_it_stands(app: App, tmp_path: Path) -> None:
    at = app(store=planted_store(tmp_path).path)
    text = said(at)
    assert "will end cannot be foretold yet." in text
    assert "Load the deals of past quarters" in text
    assert label("expected") not in shown(at)
    assert label("weighted_pipeline") in shown(at)


def test_while_the_number_is_learned_the_rest_of_the_page_is_there(
    app: App, sample_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise BadInput("the learning was stopped")

    monkeypatch.setattr("pages.shared.cached.learned_basis", fails)
    copy = tmp_path / "copy.duckdb"
    shutil.copy(sample_store.path, copy)
    at = app(store=copy)
    text = texts(at).replace("\\", "")
    assert not at.exception
    assert [error.value for error in at.error] == ["The learning was stopped\\."]
    assert "Where it will end is being learned from the past quarters" in text
    assert "What undermines the number" in [header.value for header in at.subheader]
    assert shown(at)[label("expected")] == "–"
    assert shown(at)[label("weighted_pipeline")] != "–"


def test_the_command_line_says_the_same_numbers(
    app: App, sample_store: Store, company: Company, scope: Scope, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--store", str(sample_store.path), "forecast", "--as-of", scope.as_of.isoformat(), "--json"]
    assert main(arguments) == 0
    told = json.loads(capsys.readouterr().out)
    at = app()
    row = shown(at)
    for key in ("expected", "target", "won", "weighted_pipeline"):
        assert row[label(key)] == money(told[key], company.currency)
    assert row[label("p_target")] == percent(told["p_target"])
    low, high = (money(told[key], company.currency) for key in ("p10", "p90"))
    assert row[label("range")] == f"{low} – {high}"
    assert told["track_record"] in said(at)
    drawn = table(at, "Kind").set_index("Step")["Amount"]
    for step in told["bridge"]:
        assert drawn[bridges.step_label(step["step"])] == step["amount"]
