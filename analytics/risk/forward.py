"""Tests forward in time: each past quarter foretold by what had been learned from the quarters before it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from joblib import delayed

from analytics.risk.baselines import BASELINES, smoothed_rates
from analytics.risk.kept import Keep, make_anew
from analytics.risk.landmarks import HORIZONS
from analytics.risk.outcome_model import CLASSES, Rung, fit_each, in_threads

CHANCES = ["p_won", "p_lost", "p_slip"]
#: Quarters of history before the first one that is foretold.
FEWEST_QUARTERS = 2


@dataclass(frozen=True)
class Forward:
    """`rows`: the tested landmarks with outcome_0; `chances`: per method, row x (won, lost, open)."""

    rows: pd.DataFrame
    chances: dict[str, np.ndarray]

    @property
    def happened(self) -> np.ndarray:
        """Index into CLASSES of what happened, by row."""
        return np.select([self.rows["outcome_0"] == name for name in CLASSES], range(len(CLASSES)))

    def log_loss(self) -> pd.DataFrame:
        """Mean log loss of the three classes per quarter (rows) and method (columns); lower is better."""
        at = np.arange(len(self.rows))
        losses = {
            name: -np.log(np.clip(chances[at, self.happened], 1e-6, 1))
            for name, chances in self.chances.items()
        }
        table = pd.DataFrame(losses, index=self.rows.index)
        return pd.DataFrame(table.groupby(self.rows["quarter"].to_numpy()).mean())


def quarters_to_test(rows: pd.DataFrame, most: int) -> list[str]:
    """The last complete quarters that have enough history before them, oldest first."""
    known = rows[rows["outcome_0"].notna()]
    quarters = list(known.sort_values("first_day")["quarter"].unique())
    return quarters[max(FEWEST_QUARTERS, len(quarters) - most) :]


def known_before(rows: pd.DataFrame, quarter: str) -> pd.DataFrame:
    """The landmarks of earlier quarters, with outcomes only where they were known when `quarter` began.

    A quarter's last day is no landmark to learn from: nothing is left to foretell.
    """
    first_day = rows.loc[rows["quarter"] == quarter, "first_day"].iloc[0]
    before = rows[(rows["first_day"] < first_day) & rows["outcome_0"].notna()]
    starts = before["first_day"]
    ago = ((first_day.year - starts.dt.year) * 12 + first_day.month - starts.dt.month) // 3
    known = {f"outcome_{ahead}": before[f"outcome_{ahead}"].where(ago > ahead) for ahead in HORIZONS[1:]}
    return pd.DataFrame(before.assign(**known))


def forward_test(
    rows: pd.DataFrame,
    models: dict[str, tuple[Rung, float]],
    *,
    quarters: int = 8,
    every: int = 1,
    without: frozenset[str] = frozenset(),
    progress: Callable[[float, str], None] | None = None,
    keep: Keep = make_anew,
) -> Forward:
    """Foretell the last `quarters` complete quarters, by every model and baseline.

    `models`: name -> (rung, strength). `every`: only every so many weeks, to learn and to test. `without`:
    reasons that the models may not use.
    """
    report = progress or (lambda share, text: None)
    asked = quarters_to_test(rows, quarters)
    thin = rows[rows["week"] % every == 0]
    tested: list[pd.DataFrame] = []
    chances: dict[str, list[np.ndarray]] = {name: [] for name in [*models, *BASELINES]}
    work = (delayed(_quarter)(thin, quarter, models, without, keep) for quarter in asked)
    for test, found in in_threads(work):
        tested.append(test)
        for name, one in found.items():
            chances[name].append(one)
        report(len(tested) / len(asked), f"{asked[len(tested) - 1]} foretold from the quarters before it")
    whole = pd.concat(tested) if tested else thin.iloc[:0]
    return Forward(
        whole.reset_index(drop=True),
        {name: np.concatenate(parts) if parts else np.zeros((0, 3)) for name, parts in chances.items()},
    )


def _quarter(
    rows: pd.DataFrame,
    quarter: str,
    models: dict[str, tuple[Rung, float]],
    without: frozenset[str],
    keep: Keep,
) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """A quarter's landmarks, and their chances by every model and baseline learned from those before."""
    train = known_before(rows, quarter)
    test = rows[(rows["quarter"] == quarter) & rows["outcome_0"].notna()]
    return test, keep(
        "forward test",
        (train, test),
        (models, sorted(without)),
        lambda: _foretold(train, test, models, without),
    )


def _foretold(
    train: pd.DataFrame, test: pd.DataFrame, models: dict[str, tuple[Rung, float]], without: frozenset[str]
) -> dict[str, np.ndarray]:
    """The chances of `test` by every model and baseline; models of one rung share their columns."""
    found: dict[str, np.ndarray] = {}
    for rung in dict.fromkeys(rung for rung, _ in models.values()):
        mine = {name: strength for name, (one, strength) in models.items() if one == rung}
        fitted = fit_each(train, rung, list(mine.values()), without=without, ahead=0)
        for name, strength in mine.items():
            found[name] = fitted[strength].chances(test)[CHANCES].to_numpy()
    return found | {name: smoothed_rates(train, test, by) for name, by in BASELINES.items()}


def better_by(losses: pd.DataFrame, new: str, old: str) -> tuple[float, float]:
    """How much lower the log loss of `new` is than that of `old`: mean over quarters, standard error."""
    gain = losses[old] - losses[new]
    error = float(gain.std(ddof=1) / np.sqrt(len(gain))) if len(gain) > 1 else float("inf")
    return float(gain.mean()), error
