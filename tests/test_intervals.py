"""The interval of a share, against another implementation."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from analytics.intervals import wilson


@given(n=st.integers(1, 200), confidence=st.sampled_from([0.9, 0.95]), data=st.data())
def test_wilson_is_that_of_statsmodels(n: int, confidence: float, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, n))
    expected = proportion_confint(count, n, 1 - confidence, method="wilson")
    low, high = wilson(count / n, n, confidence)
    assert (low, high) == pytest.approx(expected, abs=1e-9)
    assert 0 <= low <= count / n <= high <= 1


def test_none_has_no_interval() -> None:
    assert all(map(math.isnan, wilson(0.0, 0)))
