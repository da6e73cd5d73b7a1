"""A company with about 2,000 open deals, and a quarter of as many to simulate."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pandas as pd

from analytics.business_case.scores import score_new
from analytics.forecast.basis import Basis
from analytics.forecast.draws import Outlook
from analytics.forecast.later_deals import LaterDeals
from analytics.forecast.luck import RHOS, Cohort
from analytics.sample_company import WorldOptions, build_world
from analytics.store.database import Store
from analytics.store.landing import land
from analytics.store.staging import Staging

OPTIONS = WorldOptions(seed=301, deals_per_quarter=1_150, reps=90)
AS_OF = OPTIONS.last_day
OPEN, OWNERS, HISTORIES = 2_000, 60, 50


def outlook(seed: int = 1) -> Outlook:
    """One running quarter: chances around 20 %, amounts of a long tail, half of the quarter gone."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(-1.6, 1.2, OPEN)
    histories = logits + rng.normal(0, 0.2, (HISTORIES, OPEN))
    owners = np.array([f"O{number:03}" for number in range(OWNERS)], dtype=object)
    amounts = rng.lognormal(10.5, 1.0, 500)
    shares = pd.Series(1 / OWNERS, index=pd.Index(owners))
    chances = 1 / (1 + np.exp(-logits))
    return Outlook(
        deal_ids=pd.Index([f"D{number:05}" for number in range(OPEN)]),
        owner_ids=rng.choice(owners, OPEN),
        chances=chances[:, None],
        redrawn=(1 / (1 + np.exp(-histories)))[:, :, None],
        amounts=rng.lognormal(10.5, 1.0, OPEN),
        spread=0.2,
        rho=np.full(len(RHOS), 1 / len(RHOS)),
        cohort=Cohort(chances[:1_500], 120),
        share_by_now=0.35,
        later=[LaterDeals(20.0, 0.1, amounts, shares, pd.Series(dtype=float))],
    )


def large(folder: Path) -> Store:
    """The company's store, as `large_store` made it."""
    return Store(folder / "numbers.duckdb")


def large_store(folder: Path) -> None:
    """Build the company, its answers judged."""
    store = large(folder)
    store.path.unlink(missing_ok=True)
    staging = Staging()
    for name, frame in build_world(OPTIONS).subjects.items():
        staging.add(name, frame, file_no=staging.add_file(name, "bench", name, len(frame)))
    land(store, staging, kind="bench")
    score_new(store)


def keep(folder: Path, basis: Basis) -> None:
    """Keep a basis for the jobs that start from one."""
    (folder / "basis.pickle").write_bytes(pickle.dumps(basis))


def kept(folder: Path) -> Basis:
    """The basis that `keep` kept."""
    found: Basis = pickle.loads((folder / "basis.pickle").read_bytes())
    return found
