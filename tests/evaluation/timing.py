"""How long 12,000 deals with three years of history take: `python -m tests.evaluation.timing FOLDER`.

Wall and processor seconds are printed: on a busy machine only the latter compare, with OMP_NUM_THREADS=1.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TypeVar

from analytics.company import company_of
from analytics.risk.chances import chances_as_of, history_of
from analytics.risk.ladder import learn
from analytics.risk.landmarks import landmark_rows
from analytics.risk.outcome_model import thinned
from analytics.sample_company import WorldOptions, build_world
from analytics.store.database import Store
from tests.evaluation.competitors import COMPETITORS, foretell
from tests.evaluation.worlds import land_world

T = TypeVar("T")
LARGE = WorldOptions(seed=301, deals_per_quarter=900, reps=90, first_day=date(2023, 11, 15))


def timed(name: str, job: Callable[[], T]) -> T:
    """Do it and say how long it took."""
    wall, used = time.perf_counter(), time.process_time()
    found = job()
    spent, busy = time.perf_counter() - wall, time.process_time() - used
    print(f"{name}: {spent:.1f} s wall, {busy:.1f} s processor", flush=True)
    return found


def large_store(folder: Path) -> Store:
    """The store, built once."""
    store = Store(folder / "large.duckdb")
    if not store.exists:
        land_world(build_world(LARGE), store, "large")
    return store


def main() -> None:
    """Time the product from cold, its parts, and LightGBM on the same rows."""
    store = large_store(Path(sys.argv[1]))
    company, as_of = company_of(store), LARGE.last_day
    quarter = company.calendar.quarter_of(as_of)
    history = timed("cold: read landmarks, learn", lambda: history_of(store, company, as_of))
    timed("score the open deals", lambda: chances_as_of(store, company, as_of, quarter, history))
    rows = timed("of it: read landmarks", lambda: landmark_rows(store, company, as_of))
    learned = timed("of it: learn (rung chosen forward in time, then fitted)", lambda: learn(rows))
    known, today = rows[rows["outcome_0"].notna()], history.today
    print(f"{rows['deal_id'].nunique():,} deals, {len(known):,} landmarks learned from, {len(today):,} open")
    if learned.model is not None:
        timed("of it: predict", lambda: learned.model.chances(today))  # type: ignore[union-attr]
    settings = COMPETITORS["LightGBM"].settings[0] | {"n_jobs": 2}
    for name, train in (("all rows", known), ("the rows that the product fits", thinned(known))):
        timed(
            f"LightGBM fit and predict, {name} ({len(train):,})",
            lambda train=train: foretell("LightGBM", settings, train, [today]),
        )


if __name__ == "__main__":
    main()
