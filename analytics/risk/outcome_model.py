"""What a deal will do by the end of the quarter: won, lost or still open, learned from past landmarks.

Two nested logistic models (methods.md section 0): won or not; and of those not won, lost or still open.
Chances for later quarters go on from there: of the deals still open at a quarter's end, how many are won and
lost in the next. Sums of straight lines and splines, so that every prediction splits into reasons exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from joblib import Parallel, cpu_count, delayed
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from analytics.risk.design import Design, prepared
from analytics.risk.landmarks import HORIZONS

Rung = Literal["rates", "linear", "splines", "splines with interactions"]
CLASSES = ("won", "lost", "open")
#: Weight of a landmark halves with every six quarters of age: what sold three years ago counts less.
_HALF_LIFE_QUARTERS = 6.0
#: Strength of the pull towards no effect (inverse), chosen forward in time on development worlds.
STRENGTH = 0.003
#: Knots of a spline; fewer where fewer deals have closed.
_KNOTS, _FEW_KNOTS, _FEW_CLOSED = 5, 3, 600
#: More landmark rows than this add time but hardly information: a deal's weeks resemble each other.
MOST_ROWS = 60_000
#: Weeks of a quarter are 0 to 13; from this one on none is left out.
LAST_WEEK = 12
_MOST_LATER_ROWS = 30_000
_THREADS = min(2, cpu_count())
_FEWEST = 10
#: The logit of what cannot happen any more.
NEVER = -40.0


@dataclass
class Step:
    """One quarter ahead: the logits of being won, and of being lost if not won, for deals open before it."""

    win: np.ndarray  # weights; [0] is the constant
    lose: np.ndarray


@dataclass
class OutcomeModel:
    """A fitted model: `design` turns landmarks into columns, `steps` are the quarter and the three after."""

    rung: Rung
    design: Design
    steps: list[Step]
    rows: int
    deals: int
    closed: int
    quarters: list[str]
    strength: float

    def logits(self, rows: pd.DataFrame) -> np.ndarray:
        """Logits by row, quarters ahead (4) and model (won; lost if not won)."""
        matrix = self.design.matrix(prepared(rows))
        weights = np.stack([np.stack([step.win, step.lose]) for step in self.steps])
        found: np.ndarray = np.einsum("rc,hmc->rhm", matrix, weights[:, :, 1:]) + weights[None, :, :, 0]
        found[rows["days_to_quarter_end"].to_numpy() <= 0, 0, :] = NEVER  # nothing is left of the quarter
        return found

    def chances(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Chances per row: p_won, p_lost, p_slip by the end of the landmark's quarter (sum 1), and p_won_1 ..
        p_won_3, won by the end of the following quarters (never falling)."""
        return chances_of(self.logits(rows)).set_index(rows.index)


def sigmoid(logit: np.ndarray) -> np.ndarray:
    """Logit -> chance, without overflow."""
    found: np.ndarray = 0.5 * (1 + np.tanh(0.5 * logit))
    return found


def cumulated(logits: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Chance to be won, lost and open by the end of each quarter ahead, from logits (row, quarter, model)."""
    win, lose = sigmoid(logits[..., 0]), sigmoid(logits[..., 1])
    stays = (1 - win) * (1 - lose)
    open_after = np.cumprod(stays, axis=-1)
    open_before = np.concatenate([np.ones_like(open_after[..., :1]), open_after[..., :-1]], axis=-1)
    won = np.cumsum(open_before * win, axis=-1)
    lost = np.cumsum(open_before * (1 - win) * lose, axis=-1)
    return won, lost, open_after


def chances_of(logits: np.ndarray) -> pd.DataFrame:
    """The columns of `OutcomeModel.chances` from logits."""
    won, lost, still_open = cumulated(logits)
    table = {"p_won": won[:, 0], "p_lost": lost[:, 0], "p_slip": still_open[:, 0]}
    later = {f"p_won_{ahead}": won[:, ahead] for ahead in range(1, won.shape[1])}
    return pd.DataFrame(table | later)


def thinned(rows: pd.DataFrame, most: int = MOST_ROWS) -> pd.DataFrame:
    """At most about `most` rows: every second, third ... week of each deal, never some deals only.

    Deals begin with different weeks, so that all weeks are seen; the last ones are kept, for much happens.
    """
    step = int(np.ceil(len(rows) / most)) if len(rows) else 1
    if step <= 1:
        return rows
    turn = pd.util.hash_array(rows["deal_id"].to_numpy(dtype=object)) % step
    return rows[((rows["week"] + turn) % step == 0) | (rows["week"] >= LAST_WEEK)]


def fit(
    rows: pd.DataFrame,
    rung: Rung,
    *,
    strength: float = STRENGTH,
    without: frozenset[str] = frozenset(),
    ahead: int = HORIZONS[-1],
) -> OutcomeModel:
    """Fit on landmark rows whose quarter was over (outcome_0 known).

    `without`: reasons that are left out; `ahead`: how many quarters after the landmark's are learned as well.
    Raises ValueError for the rung 'rates', which is not fitted here.
    """
    return fit_each(rows, rung, (strength,), without=without, ahead=ahead)[strength]


def fit_each(
    rows: pd.DataFrame,
    rung: Rung,
    strengths: Sequence[float],
    *,
    without: frozenset[str] = frozenset(),
    ahead: int = HORIZONS[-1],
) -> dict[float, OutcomeModel]:
    """The same model fitted at several strengths; see `fit`."""
    if rung == "rates":
        raise ValueError("the rung 'rates' has no model of its own")
    known = rows[rows["outcome_0"].notna()]
    used = prepared(thinned(known))
    closed = known.loc[known["outcome_0"] != "open", "deal_id"].nunique()
    design = Design.fitted(
        used,
        bends=rung != "linear",
        larger=rung == "splines with interactions",
        knots=_FEW_KNOTS if closed < _FEW_CLOSED else _KNOTS,
        without=without,
    )
    matrix, weight = design.matrix(used), recency(used)
    outcomes = [used[f"outcome_{quarters}"].to_numpy(dtype=object) for quarters in range(ahead + 1)]
    quarters = list(known.sort_values("landmark")["quarter"].unique())
    return {
        strength: OutcomeModel(
            rung=rung,
            design=design,
            steps=_fit_steps(matrix, outcomes, weight, strength),
            rows=len(used),
            deals=known["deal_id"].nunique(),
            closed=closed,
            quarters=quarters,
            strength=strength,
        )
        for strength in strengths
    }


def _fit_steps(
    matrix: np.ndarray, outcomes: list[np.ndarray], weight: np.ndarray, strength: float
) -> list[Step]:
    """One step per quarter ahead, each on the deals that were still open before it."""
    wanted = []
    going_on = np.ones(len(matrix), dtype=bool)
    for ahead, outcome in enumerate(outcomes):
        here = np.flatnonzero(going_on & pd.notna(outcome))
        here = here if ahead == 0 else here[:: int(np.ceil(len(here) / _MOST_LATER_ROWS)) or 1]
        wanted.append(delayed(_fit_step)(matrix[here], outcome[here], weight[here], strength))
        going_on &= outcome == "open"
    return list(in_threads(wanted))


def in_threads(work: Iterable[Any]) -> Iterator[Any]:
    """Do delayed work on two threads, in order; each computes on one, as two would wait for each other."""
    with threadpool_limits(1):
        yield from Parallel(n_jobs=_THREADS, prefer="threads", return_as="generator")(work)


def recency(rows: pd.DataFrame) -> np.ndarray:
    """How much each landmark counts: half as much for every six quarters of age."""
    newest = rows["first_day"].max()
    age = (newest - rows["first_day"]).dt.days / 91.3
    weight: np.ndarray = 0.5 ** (age / _HALF_LIFE_QUARTERS).to_numpy()
    return weight


def _fit_step(matrix: np.ndarray, outcome: np.ndarray, weight: np.ndarray, strength: float) -> Step:
    not_won = outcome != "won"
    win = _logistic(matrix, ~not_won, weight, strength)
    lose = _logistic(matrix[not_won], outcome[not_won] == "lost", weight[not_won], strength)
    return Step(win, lose)


def _logistic(matrix: np.ndarray, happened: np.ndarray, weight: np.ndarray, strength: float) -> np.ndarray:
    """Weights of a logistic regression, the constant first; a drawn-in rate where too little happened."""
    often = min(int(happened.sum()), int((~happened).sum()))
    if often < _FEWEST:
        rate = (happened.sum() + 1.0) / (len(happened) + 4.0)
        return np.concatenate([[np.log(rate / (1 - rate))], np.zeros(matrix.shape[1])])
    model = LogisticRegression(C=strength, solver="newton-cholesky", max_iter=50, tol=1e-5)
    model.fit(matrix, happened, sample_weight=weight)
    return np.concatenate([model.intercept_, model.coef_[0]])
