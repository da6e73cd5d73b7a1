"""A refresh takes what was learned from the same landmarks, to the last digit; a late row makes it anew."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.company import Company
from analytics.learned import Asked, learned_basis, learned_history
from analytics.risk.forward import forward_test
from analytics.risk.kept import digest_of
from analytics.store.database import Store
from analytics.store.published import folder_of
from tests.conftest import TODAY

ENDINGS = ["closed_on", "closed_won", "final_amount_company"]


def known(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["outcome_0"].notna()].reset_index(drop=True)


def test_every_value_that_may_be_fitted_on_counts(small_rows: pd.DataFrame) -> None:
    rows = known(small_rows)
    whole = digest_of(rows)
    assert digest_of(rows.copy()) == whole
    assert digest_of(rows.iloc[::-1]) != whole
    for name in rows.columns.drop(["name", *ENDINGS]):
        other = rows.copy()
        other[name] = other[name].iloc[::-1].to_numpy()
        if not other[name].equals(rows[name]):
            assert digest_of(other) != whole, name


def test_how_deals_ended_later_is_not_fitted_on(small_rows: pd.DataFrame) -> None:
    """It changes every week, and so may not be among what tells landmarks apart."""
    rows = known(small_rows)
    other = rows.assign(closed_on=pd.NaT, closed_won=False, final_amount_company=np.nan)
    assert digest_of(other) == digest_of(rows)
    models = {"linear": ("linear", 0.01)}
    one, two = (forward_test(each, models, quarters=2) for each in (rows, other))  # type: ignore[arg-type]
    for name, chances in one.chances.items():
        np.testing.assert_array_equal(chances, two.chances[name])


@pytest.fixture
def own(small_world: Store, tmp_path: Path) -> Store:
    return Store(Path(shutil.copy(small_world.path, tmp_path / "own.duckdb")))


def test_a_weeks_refresh_is_what_is_learned_anew(
    own: Store, small_company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    def learn(as_of: object) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
        asked = Asked.now(own, as_of)  # type: ignore[arg-type]
        history = learned_history(asked)
        found = learned_basis(asked, history)
        return history.learned.losses, found.record.points, found.record.deals

    learn(TODAY - timedelta(days=7))
    parts = sorted((folder_of(own.path) / "of-parts").iterdir())
    assert parts
    refreshed = learn(TODAY)
    shutil.rmtree(folder_of(own.path))
    for one, other in zip(refreshed, learn(TODAY), strict=True):
        pd.testing.assert_frame_equal(one, other, check_exact=True)


def test_the_same_landmarks_are_learned_from_once(own: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    asked = Asked.now(own, TODAY)
    rows = pd.DataFrame({"deal_id": ["a"], "age_days": [1.0], "closed_won": [None]})
    for each in (rows, rows.assign(closed_won=[True]), rows.assign(age_days=[2.0]), rows):
        asked.keep("model", [each], ("linear", 0.01), lambda: made.append("model"))
    asked.keep("model", [rows], ("linear", 0.03), lambda: made.append("stronger"))
    assert made == ["model", "model", "stronger"]
