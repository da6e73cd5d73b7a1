"""The playbook's pictures: claimed filled, the rest hollow grey; few deals said, not drawn."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from analytics.figures import answers_by_stage, answers_empty, question_effects, stage_waits, style
from analytics.problems import NotEnough

NAN = float("nan")


@pytest.fixture
def dark(look: dict[str, Any]) -> bool:
    return bool(look["dark"])


@pytest.fixture
def effects() -> pd.DataFrame:
    few = NotEnough("20 deals needed with another answer", 3)
    names = ["effect", "low", "high", "claimed", "missing", "n", "events"]
    sure, unsure = (0.031, 0.018, 0.044, True, None, 900, 300), (0.01, -0.01, 0.03, False, None, 900, 300)
    nothing = (NAN, NAN, NAN, False, few, 900, 300)
    rows = [("Impact <b>", *sure, *unsure), ("Problem", *unsure, *nothing)]
    return pd.DataFrame(rows, columns=["label", *names, *(f"kept_{name}" for name in names)])


def test_claimed_is_filled_and_the_rest_hollow_grey(effects: pd.DataFrame, dark: bool) -> None:
    fig = question_effects.question_effects(effects, dark=dark)
    colours = style.palette(dark)
    drawn = {trace.name: trace for trace in fig.data if len(trace.x)}
    assert drawn["effect claimed"].marker.color == colours.likely.mark
    assert drawn["effect claimed"].text == ("+3.1",)
    hollow = drawn["effect not claimed"].marker
    assert (hollow.color, hollow.line.color) == (colours.background, colours.stated.mark)
    assert list(drawn["kept_effect not claimed"].y) == [0.0]


def test_what_is_missing_is_said(effects: pd.DataFrame, dark: bool, texts: Any) -> None:
    fig = question_effects.question_effects(effects, dark=dark)
    assert any("not enough data (n=3)" in text for text in texts(fig))
    said = question_effects.describe(effects)
    assert "Impact <b>: won +3.1 (+1.8 to +4.4, stands out)" in said
    assert "n=3" in said
    assert "<b>" not in "".join(fig.layout.yaxis.ticktext)


@pytest.fixture
def levels() -> pd.DataFrame:
    rows = [("Propose", level, 100, 40, 0.4, 0.3, 0.5, 0.35) for level in range(4)]
    rows.append(("Propose", 4, 3, 1, NAN, NAN, NAN, 0.35))
    return pd.DataFrame(rows, columns=["stage", "level", "n", "happened", "share", "low", "high", "rate"])


def test_each_level_has_its_digit_and_its_step_of_the_ramp(levels: pd.DataFrame, dark: bool) -> None:
    fig = answers_by_stage.answers_by_stage(levels, outcome="won", dark=dark)
    for level, shade in enumerate(style.palette(dark).depth[:4]):
        assert fig.data[level].text == (str(level),)
        assert fig.data[level].marker.color == shade.fill
    assert not len(fig.data[4].x)
    assert any(shape.x0 == shape.x1 == 0.35 for shape in fig.layout.shapes)


def test_few_deals_are_said_beside_their_level(levels: pd.DataFrame, dark: bool, texts: Any) -> None:
    fig = answers_by_stage.answers_by_stage(levels, outcome="won", dark=dark)
    assert "<i>4: too few deals to show</i>" in texts(fig)
    assert "n=3" in texts(fig)
    assert "level 4 – of 3" in answers_by_stage.describe(levels, outcome="won")


def test_a_change_is_written_only_where_it_is_more_than_chance(dark: bool, texts: Any) -> None:
    columns = ["stage", "label", "n", "share", "low", "high", "empty"]
    columns += ["n_before", "share_before", "low_before", "high_before"]
    rows = [
        ("Propose", "Impact", 200, 0.8, 0.74, 0.85, 160, 200, 0.6, 0.53, 0.66),
        ("Propose", "Budget", 200, 0.8, 0.74, 0.85, 160, 200, 0.77, 0.7, 0.82),
        ("Propose", "Gotchas", 4, NAN, NAN, NAN, 2, 200, 0.77, 0.7, 0.82),
    ]
    table = pd.DataFrame(rows, columns=columns)
    found = texts(answers_empty.answers_empty(table, dark=dark))
    assert "80%<br>+20" in found
    assert "80%" in found
    assert "–" in found
    assert "Impact 80% +20, Budget 80%, Gotchas –" in answers_empty.describe(table)


def test_waits_show_half_and_most_and_who_waits_now(look: dict[str, Any], texts: Any) -> None:
    few = NotEnough("20 deals needed that have moved on or closed", 3)
    columns = ["stage", "n", "through", "median", "low", "high", "long", "missing"]
    columns += ["waiting", "waiting_long", "money_long"]
    rows = [
        ("Propose", 90, 80, 30.0, 28.0, 35.0, 70.0, None, 10, 2, 50_000.0),
        ("Sign", 4, 3, NAN, NAN, NAN, NAN, few, 1, 0, 0.0),
    ]
    table = pd.DataFrame(rows, columns=columns)
    fig = stage_waits.stage_waits(table, **look)
    found = texts(fig)
    assert "<b>2</b> of 10 open<br>$50K of them" in found
    assert any("not enough data (n=3)" in text for text in found)
    words = {key: look[key] for key in ("currency", "locale")}
    said = stage_waits.describe(table, **words)
    assert "Propose: half within 30 days, 80% within 70 days, 2 of 10 open deals longer ($50K)" in said


def test_nothing_to_draw_is_said(look: dict[str, Any], texts: Any) -> None:
    nothing = pd.DataFrame({"n": []})
    dark = bool(look["dark"])
    for fig, words in (
        (question_effects.question_effects(nothing, dark=dark), question_effects.NOTHING),
        (answers_by_stage.answers_by_stage(nothing, outcome="won", dark=dark), answers_by_stage.NOTHING),
        (answers_empty.answers_empty(nothing, dark=dark), answers_empty.NOTHING),
        (stage_waits.stage_waits(nothing, **look), stage_waits.NOTHING),
    ):
        assert texts(fig) == [words]
