from __future__ import annotations

import itertools
import math

import pandas as pd
import pytest

from analytics.figures import placing


def test_spread_leaves_labels_that_fit_where_they_are() -> None:
    assert placing.spread([10, 50, 90], [20, 20, 20]) == [10, 50, 90]


def test_spread_moves_neighbours_apart_equally_and_in_order() -> None:
    assert placing.spread([50, 50], [20, 20]) == [40, 60]
    assert placing.spread([51, 50, 49], [10, 10, 10]) == [60, 50, 40]


def test_spread_stays_within_its_limits() -> None:
    assert placing.spread([98, 99], [20, 20], 0, 100) == [70, 90]
    assert placing.spread([1, 1], [20, 20], 0, 100) == [10, 30]


@pytest.mark.parametrize("n", [1, 4, 9, 40])
def test_spread_never_overlaps(n: int) -> None:
    wanted = [(i * 37) % 100 for i in range(n)]
    placed = sorted(placing.spread(wanted, [17.0] * n, 0, 1000))
    assert all(b - a >= 17 - 1e-6 for a, b in itertools.pairwise(placed))


def test_thinned_keeps_the_weightiest() -> None:
    assert placing.thinned([0, 10, 100], [30, 30, 30], [1, 2, 1]) == [1, 2]


def test_texts_lose_markup_but_not_their_words() -> None:
    assert placing.safe("R&D <b>\n x") == "R&amp;D &lt;b&gt; x"
    assert placing.short("x" * 40, 10) == "x" * 9 + "…"
    assert placing.wrapped("Solution validation with the technical team") == (
        "Solution validation<br>with the technical …"
    )
    assert placing.wrapped("Proposal") == "Proposal"


def test_a_word_longer_than_a_line_is_cut() -> None:
    lines = placing.wrapped("x" * 90).split("<br>")
    assert len(lines) <= 2
    assert all(len(line) <= 24 for line in lines)


def test_widest_counts_lines_and_not_markup() -> None:
    assert placing.widest(["<b>ab</b><br>cd"]) == placing.widest(["ab"])
    assert placing.widest([]) == 0


def test_missing_and_infinite_numbers_are_not_drawn() -> None:
    assert placing.number(pd.NA) == 0
    assert placing.number(math.inf) == 0
    assert math.isnan(placing.number(None, math.nan))


def test_money_ticks_are_round_and_written_in_the_locale() -> None:
    assert placing.money_ticks(0, 9.4e6, currency="USD", locale="en_US")[0] == [0, 2e6, 4e6, 6e6, 8e6]
    values, texts = placing.money_ticks(-3e5, 2.1e6, currency="EUR", locale="de_DE")
    assert 0 in values
    assert "€1,5M" in texts
    assert len(set(placing.money_ticks(0, 1, currency="USD", locale="en_US")[1])) == 2


def test_day_ticks_name_the_year_once() -> None:
    days, texts = placing.day_ticks(pd.Timestamp("2025-11-10"), pd.Timestamp("2026-03-20"), locale="en_US")
    assert [day.month for day in days] == [12, 1, 2, 3]
    assert texts == ["Dec 2025", "Jan 2026", "Feb", "Mar"]


@pytest.mark.parametrize("days", [1, 20, 80, 400, 4000])
def test_day_ticks_stay_few(days: int) -> None:
    start = pd.Timestamp("2024-02-15")
    ticks, texts = placing.day_ticks(start, start + pd.Timedelta(days=days), locale="en_US")
    assert len(ticks) == len(texts) <= 9
