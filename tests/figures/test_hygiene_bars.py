from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from analytics.figures import style
from analytics.figures.hygiene_bars import NOTHING, describe, hygiene_bars, table


@pytest.fixture
def findings() -> pd.DataFrame:
    return pd.DataFrame(
        [
            ("No stakeholder", 0.0, 0, "not judged", "No contact roles are loaded."),
            ("Close date in the past", 1.2e6, 5, "found", ""),
            ("No owner", 0.0, 0, "clear", ""),
            ("No amount", 0.0, 3, "found", ""),
            ("Pushed twice", 2.9e6, 9, "found", ""),
        ],
        columns=["label", "money", "deals", "state", "note"],
    )


def test_sorted_by_money_then_clear_then_not_judged(findings: pd.DataFrame, look: dict[str, Any]) -> None:
    assert list(table(findings)["label"]) == [
        "Pushed twice",
        "Close date in the past",
        "No amount",
        "No owner",
        "No stakeholder",
    ]
    bar = hygiene_bars(findings, **look).data[0]
    assert list(bar.x) == [2.9e6, 1.2e6, 0, 0, 0]
    assert bar.marker.color == style.palette(look["dark"]).risk.mark


def test_not_judged_is_said_and_not_zero(findings: pd.DataFrame, look: dict[str, Any], texts: Any) -> None:
    fig = hygiene_bars(findings, **look)
    assert texts(fig) == [
        "$2.9M in 9 deals",
        "$1.2M in 5 deals",
        "3 deals, no amount",
        "<i>clear</i>",
        "<i>not judged</i>",
    ]
    assert "No contact roles are loaded." in fig.data[0].hovertext[-1]
    assert "$2,900,000.00" in fig.data[0].hovertext[0]


def test_without_notes_negative_and_missing_money(findings: pd.DataFrame, look: dict[str, Any]) -> None:
    given = findings.drop(columns="note").assign(money=[None, -5.0, None, None, 2.0])
    fig = hygiene_bars(given, **look)
    assert fig.layout.xaxis.range[0] == -5
    assert list(fig.data[0].x)[:2] == [2, 0]


def test_nothing_found_hides_the_money_axis(findings: pd.DataFrame, look: dict[str, Any]) -> None:
    fig = hygiene_bars(findings[findings["state"] != "found"], **look)
    assert fig.layout.xaxis.visible is False


def test_empty_says_so(findings: pd.DataFrame, look: dict[str, Any], texts: Any) -> None:
    assert texts(hygiene_bars(findings.head(0), **look)) == [NOTHING]


def test_describe(findings: pd.DataFrame, words: dict[str, Any]) -> None:
    assert describe(findings, **words) == (
        "Bars of the money behind each finding. Found: Pushed twice $2.9M in 9 deals; "
        "Close date in the past $1.2M in 5 deals; No amount 3 deals, no amount; "
        "1 check clear; 1 not judged for want of data."
    )
    assert "Nothing found; 1 check clear" in describe(findings.iloc[[0, 2]], **words)
    assert describe(findings.head(0), **words) == NOTHING
