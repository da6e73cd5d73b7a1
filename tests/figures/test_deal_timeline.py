from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import pandas as pd
import pytest

from analytics.figures import style
from analytics.figures.deal_timeline import NOTHING, deal_timeline, describe

STAGES = ["Qualification", "Discovery", "Proposal", "Closed Won"]
COLUMNS = [
    "valid_at",
    "stage",
    "forecast_category",
    "amount",
    "close_date",
    "probability",
    "is_closed",
    "is_won",
]
DAYS = (date(2026, 5, 13), date(2026, 6, 30))


@pytest.fixture
def history() -> pd.DataFrame:
    frame = pd.DataFrame(
        [
            ("2026-01-12", "Qualification", "Pipeline", 250_000, "2026-04-30", 0.1, False, False),
            ("2026-02-09", "Discovery", "Pipeline", 250_000, "2026-06-14", 0.25, False, False),
            ("2026-04-27", "Proposal", "Commit", 285_000, "2026-06-04", 0.6, False, False),
        ],
        columns=COLUMNS,
    )
    return frame.assign(valid_at=pd.to_datetime(frame["valid_at"]))


def draw(history: pd.DataFrame, look: dict[str, Any]) -> dict[str, Any]:
    fig = deal_timeline(history, *DAYS, stage_order=STAGES, **look)
    return {"fig": fig, **{trace.name: trace for trace in fig.data}}


def test_panels_share_the_time_axis(history: pd.DataFrame, look: dict[str, Any], texts: Any) -> None:
    drawn = draw(history, look)
    assert {trace.yaxis for trace in drawn["fig"].data} == {"y", "y2", "y3", "y4"}
    assert {trace.xaxis for trace in drawn["fig"].data} == {None}
    for title in ("Stage", "Stated close date", "Amount", "Forecast category"):
        assert f"<b>{title}</b>" in texts(drawn["fig"])
    domains = [drawn["fig"].layout[f"yaxis{i}"].domain for i in ("", 2, 3, 4)]
    assert all(upper[0] > lower[1] for upper, lower in itertools.pairwise(domains))


def test_stages_step_upwards_in_their_order(history: pd.DataFrame, look: dict[str, Any]) -> None:
    drawn = draw(history, look)
    assert list(drawn["stage"].y) == [0, 0, 1, 1, 2, 2]
    assert list(drawn["fig"].layout.yaxis.ticktext) == ["Qualification", "Discovery", "Proposal"]
    assert pd.Timestamp(drawn["stage"].x[-1]) == pd.Timestamp("2026-05-14")  # the end of the as-of day
    assert drawn["stage"].line.color == style.palette(look["dark"]).stated.mark


def test_moves_of_the_close_date_are_marked_and_labelled(
    history: pd.DataFrame, look: dict[str, Any], texts: Any
) -> None:
    drawn = draw(history, look)
    assert list(drawn["moved"].marker.symbol) == ["triangle-up", "triangle-down"]
    assert {"+45 days", "−10 days"} <= set(texts(drawn["fig"]))


def test_forecast_category_has_lanes_and_blocks(history: pd.DataFrame, look: dict[str, Any]) -> None:
    drawn = draw(history, look)
    assert list(drawn["fig"].layout.yaxis4.ticktext) == ["Commit", "Pipeline"]
    assert len(drawn["category"].x) == 2  # two versions in Pipeline are one block
    assert drawn["category"].x[0] == pytest.approx(105 * 86_400_000)


@pytest.mark.parametrize(("won", "text"), [(True, "Won"), (False, "Lost"), (None, "Closed")])
def test_closing_is_marked_in_words(
    history: pd.DataFrame, look: dict[str, Any], texts: Any, won: bool | None, text: str
) -> None:
    end = history.tail(1).assign(
        valid_at=pd.Timestamp("2026-05-02"), stage="Closed Won", is_closed=True, is_won=won
    )
    drawn = draw(pd.concat([history.astype({"is_won": object}), end], ignore_index=True), look)
    assert f"<b>{text}</b>" in texts(drawn["fig"])
    assert pd.Timestamp(drawn["stage"].x[-1]) == pd.Timestamp("2026-05-02")


def test_one_version(history: pd.DataFrame, look: dict[str, Any]) -> None:
    drawn = draw(history.head(1), look)
    assert len(drawn["stage"].x) == 2
    assert "moved" not in drawn


def test_a_deal_known_only_by_its_end(history: pd.DataFrame, look: dict[str, Any]) -> None:
    drawn = draw(history.tail(1).assign(is_closed=True, is_won=True, forecast_category="Closed"), look)
    assert "Won" in drawn
    assert list(drawn["category"].x) == []


def test_forty_versions_do_not_pile_up_their_labels(history: pd.DataFrame, look: dict[str, Any]) -> None:
    rows = pd.concat([history.head(1)] * 40, ignore_index=True)
    rows = rows.assign(
        valid_at=pd.date_range("2026-01-01", periods=40, freq="3D"),
        close_date=pd.date_range("2026-03-01", periods=40, freq="4D"),
        amount=[1000.0 * (i + 1) for i in range(40)],
    )
    fig = draw(rows, look)["fig"]
    assert len(next(trace for trace in fig.data if trace.name == "moved").x) == 39
    shown = [a for a in fig.layout.annotations if a.text == "+4 days"]
    assert 1 <= len(shown) <= 12


def test_missing_values_leave_gaps(history: pd.DataFrame, look: dict[str, Any], texts: Any) -> None:
    empty = history.assign(
        stage=None, forecast_category=None, amount=pd.NA, close_date=pd.NaT, probability=None
    )
    drawn = draw(empty, look)
    assert list(drawn["close date"].y) == [None] * 6
    assert "no amount recorded" in texts(drawn["fig"])
    assert list(drawn["fig"].layout.yaxis.ticktext) == ["(not recorded)"]


def test_time_zones_and_negative_amounts(history: pd.DataFrame, look: dict[str, Any]) -> None:
    drawn = draw(history.assign(valid_at=history["valid_at"].dt.tz_localize("UTC"), amount=-5.0), look)
    assert drawn["fig"].layout.yaxis3.range[0] == -5
    assert pd.Timestamp(drawn["stage"].x[0]).tzinfo is None


def test_stages_outside_the_given_order_are_kept(history: pd.DataFrame, look: dict[str, Any]) -> None:
    drawn = draw(history.assign(stage=["Old stage", "Discovery", "Proposal"]), look)
    assert "Old stage" in drawn["fig"].layout.yaxis.ticktext


def test_empty_says_so(history: pd.DataFrame, look: dict[str, Any], texts: Any) -> None:
    assert texts(draw(history.head(0), look)["fig"]) == [NOTHING]


def test_describe(history: pd.DataFrame, words: dict[str, Any]) -> None:
    said = describe(history, *DAYS, stage_order=STAGES, **words)
    assert said == (
        "3 versions of the deal since Jan 12, 2026: now in Proposal, category Commit, $285K, stated to close "
        "on Jun 4, 2026; the close date moved 2 times, +35 days in all."
    )
    assert describe(history.head(0), *DAYS, stage_order=STAGES, **words) == NOTHING


def test_a_close_date_typed_far_off_still_draws(history: pd.DataFrame, look: dict[str, Any]) -> None:
    drawn = draw(history.assign(close_date=["2026-04-30", "2926-06-14", "2026-06-04"]), look)
    assert len(drawn["fig"].layout.yaxis2.tickvals) <= 6


def test_a_deal_closed_long_ago_is_not_squeezed_by_later_days(
    history: pd.DataFrame, look: dict[str, Any], texts: Any
) -> None:
    closed = history.assign(is_closed=[False, False, True], is_won=[False, False, True])
    fig = deal_timeline(closed, date(2027, 5, 1), date(2027, 6, 30), stage_order=STAGES, **look)
    assert pd.Timestamp(fig.layout.xaxis.range[1]) < pd.Timestamp("2026-05-15")
    assert not {"as of", "quarter end"} & set(texts(fig))
    assert {"as of", "quarter end"} <= set(texts(draw(history, look)["fig"]))
