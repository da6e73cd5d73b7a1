"""The simulated companies that are judged on: each built once into a folder, with its truth beside it."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from analytics.business_case.scores import score_new
from analytics.company import Company, company_of
from analytics.fiscal import Quarter
from analytics.risk.landmarks import landmark_rows
from analytics.sample_company import World, WorldOptions, build_world
from analytics.sample_company.oracle import exact_outcomes
from analytics.store.database import Store
from analytics.store.landing import land
from analytics.store.staging import Staging

#: The weeks of a quarter at which deals are foretold (methods.md D).
WEEKS = (0, 3, 6, 9, 11)
TESTED_QUARTERS = 6
CONTINUATIONS = 400
ROOT = Path(__file__).parents[2]
#: What a landmark table depends on: a change of it makes the kept tables stale.
_SOURCES = (
    "analytics/risk/landmarks.py",
    "analytics/risk/as_of.py",
    "analytics/risk/case_features.py",
    "analytics/risk/owner_history.py",
    *(f"analytics/store/queries/{name}_steps.sql" for name in (
        "deal", "deal_work", "deal_people", "people", "deal_answer", "rate", "target",
    )),
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A world of the evaluation: its name, what it is for, and its options."""

    name: str
    group: str
    options: WorldOptions


def _cases() -> tuple[Case, ...]:
    """Three families of mechanisms x three seeds, worlds without a mechanism, and little history.

    None of the seeds was used to build the product.
    """
    cases: list[Case] = []
    for number, hazard in enumerate(("queue", "proportional", "threshold")):
        for seed in (101, 102, 103):
            options = WorldOptions(seed=seed + 10 * number).but(hazard=hazard)
            cases.append(Case(f"{hazard}_{options.seed}", hazard, options))
        seed = 201 + 10 * number
        for group, changes in (
            ("no sandbagging", {"sandbagging": False}),
            ("depth irrelevant", {"depth_matters": False}),
            ("little history", {"deals_per_quarter": 60, "reps": 10}),
        ):
            options = WorldOptions(seed=seed).but(hazard=hazard, **changes)
            cases.append(Case(f"{group.replace(' ', '_')}_{hazard}_{seed}", group, options))
            seed += 1
    return tuple(cases)


CASES = _cases()


@dataclass(frozen=True)
class Built:
    """A world that lies on disk."""

    case: Case
    folder: Path

    @property
    def store(self) -> Store:
        return Store(self.folder / "store.duckdb")

    @property
    def company(self) -> Company:
        return company_of(self.store)

    def truth(self, name: str) -> pd.DataFrame:
        """'deals', 'spells', 'reps', 'answers' or 'oracle' (chances at the tested landmarks)."""
        return pd.read_parquet(self.folder / f"{name}.parquet")

    def rows(self) -> pd.DataFrame:
        """Its landmarks up to the last day, read once per state of the code that makes them."""
        kept = self.folder / f"rows_{_code_mark()}.pickle"
        if not kept.exists():
            for old in self.folder.glob("rows_*.pickle"):
                old.unlink()
            kept.write_bytes(
                pickle.dumps(landmark_rows(self.store, self.company, self.case.options.last_day))
            )
        return pd.DataFrame(pickle.loads(kept.read_bytes()))

    def tested_quarters(self) -> list[Quarter]:
        """The last complete quarters, oldest first."""
        return tested_quarters(self.company, self.case.options)


def build(case: Case, folder: Path, progress: Callable[[float, str], None] | None = None) -> Built:
    """The world of a case, from the folder if it is there."""
    built = Built(case, folder / case.name)
    if (built.folder / "oracle.parquet").exists():
        return built
    built.folder.mkdir(parents=True, exist_ok=True)
    world = build_world(case.options, progress)
    for name, frame in world.truth.items():
        frame.to_parquet(built.folder / f"{name}.parquet")
    land_world(world, built.store, case.name)
    oracle(world, built.company).to_parquet(built.folder / "oracle.parquet")
    return built


def land_world(world: World, store: Store, mark: str) -> None:
    """The CRM of a world into a new store, its answers judged."""
    store.path.unlink(missing_ok=True)
    staging = Staging()
    for name, frame in world.subjects.items():
        file_no = staging.add_file(f"sample/{name}", "sample", f"{mark}/{name}", len(frame))
        staging.add(name, frame, file_no=file_no)
    land(store, staging, kind="sample", as_of=world.options.last_day, options=mark)
    score_new(store)


def tested_quarters(company: Company, options: WorldOptions) -> list[Quarter]:
    """The last complete quarters of a world, oldest first."""
    running = company.calendar.quarter_of(options.last_day)
    return [company.calendar.shift(running, -back) for back in range(TESTED_QUARTERS, 0, -1)]


def oracle(world: World, company: Company) -> pd.DataFrame:
    """The true chances of the tested landmarks: deal_id, landmark, quarter, p_won, p_lost, p_slip."""
    parts = []
    for quarter in tested_quarters(company, world.options):
        for week in WEEKS:
            day: date = quarter.first_day + timedelta(days=7 * week)
            found = exact_outcomes(world, day, quarter.last_day, CONTINUATIONS)
            parts.append(found.assign(landmark=pd.Timestamp(day), quarter=quarter.key))
    return pd.concat(parts, ignore_index=True)


def _code_mark() -> str:
    texts = [(ROOT / name).read_bytes() for name in _SOURCES]
    return hashlib.sha256(b"".join(texts)).hexdigest()[:12]
