"""A store with 100,000 different answers, made of the training answers; and a zip of 300 Blue Sheets."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from analytics.sample_company import WorldOptions, build_world
from analytics.sample_company.sheets import make_sheets, sheet_deals
from analytics.store.database import Store
from analytics.store.landing import land
from analytics.store.staging import Staging
from analytics.store.subjects import QUESTIONS

TRAINING = Path(__file__).parents[2] / "analytics" / "business_case" / "training"
DEALS = 10_000
PER_DEAL = 10
AS_OF = date(2026, 6, 30)


def answers_store(folder: Path) -> Store:
    """10,000 open deals with ten answers each; no text stands twice, so that each one must be judged."""
    store = Store(folder / "answers.duckdb")
    store.path.unlink(missing_ok=True)
    known = pd.concat(
        [pd.read_csv(file, dtype=str, keep_default_na=False) for file in sorted(TRAINING.glob("*.csv"))]
    )
    rng = np.random.default_rng(3)
    deal = np.repeat(np.arange(DEALS), PER_DEAL)
    pick = rng.integers(0, len(known), DEALS * PER_DEAL)
    version = np.tile(np.arange(PER_DEAL), DEALS)
    answers = pd.DataFrame(
        {
            "deal_id": [f"D{one:06}" for one in deal],
            "question": np.array(QUESTIONS)[version % len(QUESTIONS)],
            "valid_at": pd.Timestamp("2026-01-05") + pd.to_timedelta(version * 9 + deal % 60, unit="D"),
            "answer": [f"{text} ({number})" for number, text in enumerate(known["answer"].to_numpy()[pick])],
            "author": [f"rep {one % 80}" for one in deal],
        }
    )
    ids = [f"D{one:06}" for one in range(DEALS)]
    at = pd.Timestamp("2026-01-01")
    deals = pd.DataFrame(
        {"deal_id": ids, "valid_at": at, "source": "bench", "name": ids, "account_name": ids}
    )
    changes = pd.DataFrame(
        {"deal_id": ids, "valid_at": at, "stage": "Propose", "amount": 1000.0, "is_closed": False}
    )
    changes["close_date"] = pd.Timestamp("2026-09-30")
    given = answers[["deal_id", "question"]].assign(
        answered_at=answers["valid_at"],
        valid_at=answers["valid_at"],
        level=known["level"].astype(int).to_numpy()[pick],
        reason="as in training",
        author="bench",
    )
    staging = Staging()
    subjects = {"deal": deals, "deal_change": changes, "answer": answers, "depth_overrule": given}
    for name, frame in subjects.items():
        staging.add(name, frame, file_no=staging.add_file(name, "bench", name, len(frame)))
    land(store, staging, kind="bench")
    return store


def sheets_zip(folder: Path, n: int) -> tuple[Store, Path]:
    """A store with the small sample company, and a zip of `n` Blue Sheets about its deals."""
    built = build_world(WorldOptions.small())
    store = Store(folder / "sheets.duckdb")
    store.path.unlink(missing_ok=True)
    staging = Staging()
    for name, frame in built.subjects.items():
        staging.add(name, frame, file_no=staging.add_file(name, "bench", name, len(frame)))
    land(store, staging, kind="bench")
    path = folder / "sheets.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content, _ in make_sheets(n, 5, sheet_deals(built.subjects, built.options.last_day)):
            archive.writestr(name, content)
    return store, path
