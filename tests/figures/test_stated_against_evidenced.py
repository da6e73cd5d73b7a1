from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from analytics.at_risk import KINDS
from analytics.figures import style
from analytics.figures.stated_against_evidenced import LOOKS, NOTHING, describe, stated_against_evidenced

NAN = float("nan")


@pytest.fixture
def deals() -> pd.DataFrame:
    return pd.DataFrame(
        [
            ("D1", "Graz <b>plant</b>", "Hollow commit", 0.8, 0.2, 400.0),
            ("D2", "Late", "Likely to slip", 0.8, 0.7, 100.0),
            ("D3", "Early", "May come earlier", 0.0, 0.5, 25.0),
            ("D4", "Calm", "As stated", 0.0, 0.1, 9.0),
            ("D5", "Unknown", "As stated", 0.3, NAN, NAN),
        ],
        columns=["deal_id", "name", "kind", "stated", "evidenced", "at_stake"],
    )


def dots(fig: Any) -> dict[str, Any]:
    """kind -> its dots."""
    return {trace.name: trace for trace in fig.data}


def test_every_deal_with_a_chance_stands_at_its_two_chances(
    deals: pd.DataFrame, look: dict[str, Any]
) -> None:
    found = dots(stated_against_evidenced(deals, **look))
    assert {deal for dot in found.values() for deal in dot.customdata} == {"D1", "D2", "D3", "D4"}
    for row in deals.head(4).itertuples():
        dot = found[row.kind]
        assert dot.x[0] == pytest.approx(row.stated, abs=0.018)
        assert dot.y[0] == row.evidenced


def test_a_dot_stands_at_the_same_place_whatever_else_is_shown(
    deals: pd.DataFrame, look: dict[str, Any]
) -> None:
    alone = dots(stated_against_evidenced(deals.head(1), **look))["Hollow commit"]
    assert list(dots(stated_against_evidenced(deals, **look))["Hollow commit"].x) == list(alone.x)


def test_deals_that_state_the_same_stand_beside_each_other(look: dict[str, Any]) -> None:
    many = pd.DataFrame({"deal_id": [f"D{at}" for at in range(40)], "name": "n", "at_stake": 1.0})
    many = many.assign(kind="As stated", stated=0.5, evidenced=0.5)
    x = dots(stated_against_evidenced(many, **look))["As stated"].x
    assert len(set(x)) > 30
    assert all(abs(one - 0.5) <= 0.018 for one in x)


def test_the_area_of_a_dot_grows_with_the_money_at_stake(deals: pd.DataFrame, look: dict[str, Any]) -> None:
    found = dots(stated_against_evidenced(deals, **look))
    sizes = {kind: dot.marker.size[0] for kind, dot in found.items()}
    assert sizes["Hollow commit"] == 20
    assert sizes["Likely to slip"] == pytest.approx(5 + 15 / 2)  # a quarter of the money, half the width
    assert sizes["May come earlier"] == pytest.approx(5 + 15 / 4)


def test_colour_has_its_fixed_meaning_and_the_shape_alone_tells_the_kinds_apart(look: dict[str, Any]) -> None:
    assert set(LOOKS) == set(KINDS)
    assert len({shape for _, shape, _ in LOOKS.values()}) == len(LOOKS)
    each = pd.DataFrame({"kind": list(LOOKS), "deal_id": "D", "name": "n", "at_stake": 1.0})
    found = dots(stated_against_evidenced(each.assign(stated=0.5, evidenced=0.5), **look))
    colours = style.palette(look["dark"])
    for kind, (meaning, shape, _) in LOOKS.items():
        assert found[kind].marker.color == getattr(colours, meaning).mark
        assert found[kind].marker.symbol == shape
    assert found["As stated"].marker.symbol.endswith("open")  # stated is hollow, everywhere


def test_the_line_of_agreement_is_the_diagonal_of_equal_axes(
    deals: pd.DataFrame, look: dict[str, Any]
) -> None:
    fig = stated_against_evidenced(deals, **look)
    line = fig.layout.shapes[0]
    assert (line.x0, line.y0, line.x1, line.y1) == (0, 0, 1, 1)
    assert fig.layout.xaxis.range == fig.layout.yaxis.range
    assert list(fig.layout.yaxis.ticktext) == ["0%", "25%", "50%", "75%", "100%"]


def test_the_deals_with_most_at_stake_are_named_but_not_those_as_stated(
    deals: pd.DataFrame, look: dict[str, Any], texts: Any
) -> None:
    said = texts(stated_against_evidenced(deals, **look))
    assert {"Graz &lt;b&gt;plant&lt;/b&gt;", "Late", "Early"} < set(said)
    assert "Calm" not in said


def test_a_name_stands_at_its_dot(deals: pd.DataFrame, look: dict[str, Any]) -> None:
    fig = stated_against_evidenced(deals, **look)
    named = next(one for one in fig.layout.annotations if one.text == "Late")
    dot = dots(fig)["Likely to slip"]
    assert (named.x, named.y) == (dot.x[0], dot.y[0])
    assert named.xanchor == "right"  # far right, so that it does not leave the picture
    early = next(one for one in fig.layout.annotations if one.text == "Early")
    assert (early.xanchor, early.xshift > 0) == ("left", True)


def test_names_do_not_stand_on_each_other_and_are_few(look: dict[str, Any], texts: Any) -> None:
    near = pd.DataFrame({"evidenced": [0.1 * at for at in range(10)] + [0.01], "stated": 0.9})
    near = near.assign(kind="Likely to slip", at_stake=1.0)
    near = near.assign(deal_id=near.index.astype(str), name=[f"Deal {at}" for at in near.index])
    named = [text for text in texts(stated_against_evidenced(near, **look)) if text.startswith("Deal ")]
    assert named == [f"Deal {at}" for at in range(6)]
    together = near.iloc[[0, 10]]
    assert "Deal 10" not in texts(stated_against_evidenced(together, **look))


def test_the_key_says_each_kind_that_is_drawn_and_no_other(
    deals: pd.DataFrame, look: dict[str, Any], texts: Any
) -> None:
    keys = [text for text in texts(stated_against_evidenced(deals, **look)) if "<span" in text]
    assert all(kind in " ".join(keys) for kind in deals["kind"])
    assert "Stated below its evidence" not in " ".join(keys)
    each = pd.DataFrame({"kind": list(LOOKS), "deal_id": "D", "name": "n", "at_stake": 1.0})
    fig = stated_against_evidenced(each.assign(stated=0.5, evidenced=0.5), **look)
    lines = [one for one in fig.layout.annotations if "<span" in one.text]
    assert sum(one.text.count("<span") for one in lines) == len(LOOKS)
    assert len({one.yshift for one in lines}) == len(lines) == 2  # none upon the other


def test_the_hover_is_exact_and_shows_names_as_typed(deals: pd.DataFrame, look: dict[str, Any]) -> None:
    hover = dots(stated_against_evidenced(deals, **look))["Hollow commit"].hovertext[0]
    assert hover == (
        "<b>Graz &lt;b&gt;plant&lt;/b&gt;</b><br>Hollow commit<br>stated 80%, evidenced 20%<br>$400 at stake"
    )


def test_a_deal_without_amount_is_still_a_dot(deals: pd.DataFrame, look: dict[str, Any]) -> None:
    alone = dots(stated_against_evidenced(deals.head(1).assign(at_stake=NAN), **look))["Hollow commit"]
    assert alone.marker.size[0] == 5
    assert alone.hovertext[0].endswith("– at stake")


def test_without_any_chance_it_says_so(deals: pd.DataFrame, look: dict[str, Any], texts: Any) -> None:
    for none in (deals.head(0), deals.tail(1)):
        assert texts(stated_against_evidenced(none, **look)) == [NOTHING]
        assert describe(none, currency="USD", locale="en_US") == NOTHING


def test_describe(deals: pd.DataFrame, words: dict[str, Any]) -> None:
    assert describe(deals.head(3), **words) == (
        "Stated against evidenced chance of 3 open deals: hollow commit 1, likely to slip 1 and may come"
        " earlier 1. Most money at stake: Graz <b>plant</b>, stated 80%, evidenced 20%."
    )
