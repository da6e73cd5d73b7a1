"""The driver runs through on the small company; its arithmetic is right."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from analytics.store.database import Store
from tests.load import __main__ as load
from tests.load.measure import Click, by_page, rise_of, shared_evenly
from tests.serving import free_port


def test_a_core_is_shared_evenly() -> None:
    assert shared_evenly([0.0, 0.0], [1.0, 1.0], cores=1) == pytest.approx([2.0, 2.0])
    assert shared_evenly([0.0, 0.0], [1.0, 1.0], cores=2) == pytest.approx([1.0, 1.0])
    # the second comes when the first has half of its work left: each at half speed, then the second alone
    assert shared_evenly([0.0, 0.5], [1.0, 1.0], cores=1) == pytest.approx([1.5, 1.5])
    # one run never takes more than one core
    assert shared_evenly([0.0], [3.0], cores=2) == pytest.approx([3.0])


def test_whoever_comes_when_nobody_is_there_waits_for_nobody() -> None:
    begins = [100.0, 7.0, 50.0]
    assert shared_evenly(begins, [1.0, 2.0, 3.0], cores=1) == pytest.approx([1.0, 2.0, 3.0])


def test_a_page_is_held_against_its_fair_time() -> None:
    alone = [Click(0, "at_risk", "page", float(at), 1.0) for at in range(25)]
    together = [Click(one, "at_risk", "page", 100.0 * one, 3.0, "lost" * (one == 4)) for one in range(25)]
    page, every = by_page(together, alone, cores=1, seed=1)
    assert (page.page, page.n, page.errors, page.alone_n) == ("at_risk", 25, 1, 25)
    assert page.fair95 == pytest.approx(1.0)  # they never meet: what makes them slow is no excuse
    assert page.times == pytest.approx(3.0)
    assert page.is_judged
    assert every.page == "all clicks"


def test_few_clicks_are_not_judged() -> None:
    clicks = [Click(0, "calls", "page", float(at), 1.0) for at in range(5)]
    assert not by_page(clicks, clicks, cores=1, seed=1)[0].is_judged


def test_memory_that_fills_and_stays_levels_off() -> None:
    times = np.arange(0, 1800, 5.0)
    full = 900 + 300 * np.minimum(times / 300, 1) + np.random.default_rng(1).normal(0, 4, len(times))
    assert rise_of(times, full).levels_off
    leak = rise_of(times, full + times / 10)  # 60 MB in 10 minutes
    assert leak.per_10_minutes == pytest.approx(60, abs=3)
    assert not leak.levels_off


@pytest.mark.slow
def test_people_click_on_what_the_app_shows_them(
    sample_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "load.json"
    given = [
        "--people",
        "5",
        "--processes",
        "2",
        "--minutes",
        "0.4",
        "--pause",
        "1",
        "--alone",
        "3",
        "--out",
        str(out),
    ]
    monkeypatch.setattr(
        sys, "argv", ["load", *given, "--store", str(sample_store.path), "--port", str(free_port())]
    )
    load.main()  # how quick it was says nothing here
    found = json.loads(out.read_text(encoding="utf-8"))
    clicks = found["alone"] + found["together"]
    assert [one for one in clicks if one["problem"]] == []
    assert found["tracebacks"] == 0
    assert {one["person"] for one in found["together"]} == set(range(5))
    assert {"open", "page", "choice", "button"} <= {one["kind"] for one in clicks}
    assert any(one["page"] == "weekly_meeting" for one in found["together"])
    assert all(one["megabytes"] > 0 and one["threads"] > 0 for one in found["samples"])
