"""The deck: native charts with the review's numbers, a finding on every slide, texts that fit."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from lxml import etree
from pptx import Presentation

from analytics.brief.charts import BASE, LABELS
from analytics.brief.content import brief_of
from analytics.brief.deck import fitting
from analytics.brief.parts import Brief, BriefKind, Waterfall, width
from analytics.brief.pptx import deck
from analytics.weekly_review import WeeklyReview
from tests.brief.hostile import TURNS, in_turn, with_texts


def opened(file: bytes) -> Any:
    return Presentation(io.BytesIO(file))


def slide_of(shown: Any, kicker: str) -> Any:
    return next(
        slide for slide in shown.slides
        if any(shape.has_text_frame and shape.text_frame.text.startswith(kicker) for shape in slide.shapes)
    )  # fmt: skip


def chart_of(slide: Any) -> Any:
    return next(shape.chart for shape in slide.shapes if shape.has_chart)


def values(chart: Any) -> dict[str, list[float | None]]:
    return {one.name: list(one.values) for one in chart.plots[0].series}


def texts(slide: Any) -> str:
    parts = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
    for shape in slide.shapes:
        if shape.has_table:
            parts += [cell.text for row in shape.table.rows for cell in row.cells]
    return "\n".join(parts).replace("\u2011", "-")


@pytest.fixture(scope="module")
def shown(brief: Brief) -> Any:
    return opened(deck(brief))


def test_it_is_a_wide_deck_of_five_to_eight_slides(shown: Any, minutes: Brief) -> None:
    assert round(shown.slide_width / shown.slide_height, 2) == 1.78
    for one in (shown, opened(deck(minutes))):
        assert 5 <= len(one.slides) <= 8


def test_every_slide_has_a_finding_and_says_where_it_comes_from(shown: Any, brief: Brief) -> None:
    titles = [slide.shapes.title.text_frame.text.replace("\u2011", "-") for slide in shown.slides]
    assert brief.answer in titles
    assert brief.changed.finding in titles
    assert brief.action_words in titles
    assert all(slide.notes_slide.notes_text_frame.text for slide in shown.slides)


def check_waterfall(chart: Any, found: Waterfall) -> None:
    """The visible columns are as long as the steps, and stand where the steps stand."""
    bars, told = found.condensed(8).bars, values(chart)
    names = [name for name in told if name not in (BASE, LABELS)]
    for at, bar in enumerate(bars.itertuples()):
        tall = sum(told[name][at] or 0.0 for name in names)
        assert tall == pytest.approx(abs(bar.amount), abs=0.01)
        assert (told[BASE][at] or 0.0) == pytest.approx(bar.low, abs=0.01)
    assert list(chart.plots[0].categories) == [str(step)[:44] for step in bars["step"]]


def test_the_waterfalls_are_native_and_exact(shown: Any, brief: Brief, review: WeeklyReview) -> None:
    bridge = chart_of(slide_of(shown, "From what the CRM states"))
    check_waterfall(bridge, brief.bridge)
    assert values(bridge)["Evidenced"][-1] == review.number.forecast.expected
    changed = chart_of(slide_of(shown, "What changed"))
    check_waterfall(changed, brief.changed)
    assert [values(changed)["Stated"][at] for at in (0, -1)] == [review.changes.start, review.changes.end]
    moved = chart_of(slide_of(shown, "What moved"))
    check_waterfall(moved, brief.moved)
    assert [values(moved)["Evidenced"][at] for at in (0, -1)] == [review.moved.before, review.moved.after]


def test_labels_say_the_same_as_the_screen(shown: Any, brief: Brief) -> None:
    chart = chart_of(slide_of(shown, "What changed"))
    labels = next(one for one in chart.plots[0].series if one.name == LABELS)
    rows = brief.changed.condensed(8).rows
    said = [labels.points[at].data_label.text_frame.text for at in range(len(rows))]
    assert said == [brief.money(row.amount, signed=row.kind == "change") for row in rows.itertuples()]


def test_the_range_runs_from_p10_to_p90(shown: Any, review: WeeklyReview) -> None:
    told, found = values(chart_of(slide_of(shown, "The number"))), review.number.forecast
    low, middle, high = told[BASE][0], told["P10 to P50"][0], told["P50 to P90"][0]
    assert low == found.p10
    assert (low or 0) + (middle or 0) == pytest.approx(found.p50, abs=0.01)
    assert (low or 0) + (middle or 0) + (high or 0) == pytest.approx(found.p90, abs=0.01)
    assert review.number.stated in told["Stated"]


def test_the_deals_to_talk_about_are_the_agendas(shown: Any, review: WeeklyReview) -> None:
    told = values(chart_of(slide_of(shown, "What to talk about")))
    assert told["Stated"] == [card.stated for card in review.agenda.cards]
    assert told["Evidenced"] == [card.evidenced for card in review.agenda.cards]


def test_the_calls_stand_beside_what_is_expected(shown: Any, review: WeeklyReview) -> None:
    told = values(chart_of(slide_of(shown, "Submitted calls")))
    teams = review.calls[review.calls["level"] == "team"]
    assert sorted(told["Expected"]) == sorted(teams["expected"])  # type: ignore[type-var]


def test_the_minutes_show_the_days_decisions(minutes: Brief) -> None:
    said = texts(slide_of(opened(deck(minutes)), "Decided on"))
    assert "Call the CFO" in said
    assert "Keep as stated" in said


def test_nothing_leaves_the_slide(shown: Any, minutes: Brief) -> None:
    for one in (shown, opened(deck(minutes))):
        for slide in one.slides:
            for shape in slide.shapes:
                assert shape.left >= 0
                assert shape.left + shape.width <= one.slide_width, shape.name
                assert shape.top + shape.height <= one.slide_height, shape.name


def test_a_text_is_made_smaller_and_then_cut() -> None:
    assert fitting("Short", wide=4, lines=1, sizes=(26, 18)) == ("Short", 26)
    text, size = fitting("many words of a name " * 40, wide=4, lines=2, sizes=(26, 18))
    assert size == 18
    assert text.endswith("…")
    assert width(text) < 2 * 4 * 72 / (18 * 0.5)
    assert (
        fitting("lost -$3K, date 2026-11-15", wide=9, lines=1, sizes=(12,))[0]
        == "lost \u2011$3K, date 2026-11-15"
    )


@pytest.mark.parametrize("kind", ["pre-read", "minutes"])
@pytest.mark.parametrize("turn", TURNS)
def test_a_text_stays_a_text(decided: WeeklyReview, turn: int, kind: BriefKind) -> None:
    file = deck(brief_of(with_texts(decided, turn), kind))
    shown = opened(file)
    assert 5 <= len(shown.slides) <= 8
    if kind == "minutes":
        said = texts(slide_of(shown, "Decided on"))
        for text in in_turn(turn, len(decided.decisions))[-2:]:
            begin = fitting(text, wide=2.7, lines=2, sizes=(13,))[0].rstrip("…")
            assert begin.replace("\u2011", "-") in said
    with zipfile.ZipFile(io.BytesIO(file)) as held:
        for name in held.namelist():
            if name.endswith((".xml", ".rels")):
                etree.fromstring(held.read(name))
                assert b'TargetMode="External"' not in held.read(name)
