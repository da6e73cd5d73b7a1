from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from analytics.figures import style
from analytics.figures.case_gaps import NOTHING, case_gaps, describe


@pytest.fixture
def gaps() -> pd.DataFrame:
    return pd.DataFrame(
        [
            ("Proposal", "Problem", 400.0, 60.0, 0.15, 3, 1),
            ("Proposal", "Budget", 400.0, 400.0, 1.0, 3, 3),
            ("<b>Legal</b>", "Problem", 0.0, 0.0, float("nan"), 1, 1),
            ("<b>Legal</b>", "Budget", 0.0, 0.0, float("nan"), 1, 0),
        ],
        columns=["stage", "label", "money", "missing", "share", "deals", "deals_missing"],
    )


def test_every_cell_says_its_share_and_no_money_is_a_dash(
    gaps: pd.DataFrame, look: dict[str, Any], texts: Any
) -> None:
    fig = case_gaps(gaps, **look)
    assert texts(fig)[:4] == ["15%", "100%", "–", "–"]
    assert [list(line) for line in fig.data[0].z] == [[0, 4], [None, None]]


def test_the_text_of_a_cell_is_the_one_that_reads_on_its_shade(
    gaps: pd.DataFrame, look: dict[str, Any]
) -> None:
    colours = style.palette(look["dark"])
    cells = case_gaps(gaps, **look).layout.annotations[:4]
    assert [cell.font.color for cell in cells] == [
        colours.gap[0].on,
        colours.gap[4].on,
        colours.muted,
        colours.muted,
    ]


@pytest.mark.parametrize(("share", "step"), [(0.0, 0), (0.19, 0), (0.2, 1), (0.41, 2), (0.6, 3), (0.99, 4)])
def test_a_shade_stands_for_a_fifth(
    gaps: pd.DataFrame, look: dict[str, Any], share: float, step: int
) -> None:
    heat = case_gaps(gaps.head(1).assign(share=share), **look).data[0]
    assert heat.z[0][0] == step
    at = step / heat.zmax
    fills = [fill for edge, fill in heat.colorscale if edge <= at]
    assert style.palette(look["dark"]).gap[step].fill in fills[-2:]


def test_stages_go_down_in_the_order_given_with_their_money(gaps: pd.DataFrame, look: dict[str, Any]) -> None:
    axis = case_gaps(gaps, **look).layout.yaxis
    assert list(axis.ticktext) == ["Proposal<br>$400 in 3 deals", "&lt;b&gt;Legal&lt;/b&gt;<br>$0 in 1 deal"]
    assert axis.range[0] > axis.range[1]


def test_the_hover_is_exact_and_shows_names_as_typed(gaps: pd.DataFrame, look: dict[str, Any]) -> None:
    hover = case_gaps(gaps, **look).data[0].hovertext
    assert hover[0][0] == (
        "<b>Proposal: Problem</b><br>15% below the bar<br>$60.00 of $400.00<br>1 of 3 deals"
    )
    assert "&lt;b&gt;Legal" in hover[1][0]


def test_a_stage_without_one_of_the_questions_has_a_hole(gaps: pd.DataFrame, look: dict[str, Any]) -> None:
    fig = case_gaps(gaps.head(3), **look)
    assert fig.data[0].z[1][1] is None
    assert fig.data[0].hovertext[1][1] == ""


def test_empty_says_so(gaps: pd.DataFrame, look: dict[str, Any], texts: Any) -> None:
    assert texts(case_gaps(gaps.head(0), **look)) == [NOTHING]


def test_describe(gaps: pd.DataFrame, words: dict[str, Any]) -> None:
    assert describe(gaps, **words) == (
        "Share of each stage's money whose answer is below the bar. "
        "Proposal ($400): Problem 15%, Budget 100%; <b>Legal</b> ($0): Problem –, Budget –."
    )
    assert describe(gaps.head(0), **words) == NOTHING
