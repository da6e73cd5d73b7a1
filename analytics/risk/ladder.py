"""Which model the history can carry: smoothed rates, straight lines, splines, splines with interactions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pandas as pd

from analytics.risk.baselines import BASELINES
from analytics.risk.forward import FEWEST_QUARTERS, better_by, forward_test, known_before, quarters_to_test
from analytics.risk.kept import Keep, make_anew
from analytics.risk.outcome_model import OutcomeModel, Rung, fit
from analytics.risk.separation import Separation, separation
from analytics.wording import count

#: Closed deals from which a rung is thought of (methods.md B1).
FROM_CLOSED: dict[Rung, int] = {"linear": 100, "splines": 300, "splines with interactions": 1_500}
#: How strongly effects are drawn to none (inverse): chosen forward in time.
STRENGTHS = (0.001, 0.003, 0.01, 0.03)
_TESTED_QUARTERS = 4
#: One foretold quarter alone has no standard error.
_FEWEST_TESTED = 2
_EVERY_WEEKS = 3
#: Landmarks that choose the rung; the model itself learns from all deals.
_TESTED_ROWS = 25_000


@dataclass
class Learned:
    """What was learned from the landmarks that were complete: the model (None: rates), why this one."""

    rows: pd.DataFrame
    model: OutcomeModel | None
    rung: Rung
    strength: float
    why: str
    losses: pd.DataFrame  # log loss per quarter (rows) and candidate (columns)
    separation: Separation | None = None
    _earlier: dict[str, OutcomeModel] = field(default_factory=dict)

    def model_for(self, quarter: str) -> OutcomeModel | None:
        """The same kind of model as it would have been learned when `quarter` began: for looking back.

        None where nothing could have been learned by then.
        """
        complete = self.rows.loc[self.rows["outcome_0"].notna(), "quarter"]
        if self.model is None or quarter not in set(complete):
            return self.model
        if quarter not in self._earlier:
            usable = from_first_outcomes(self.rows)
            if quarter not in set(usable["quarter"]):
                return None
            before = known_before(usable, quarter)
            if before.empty:
                return None
            self._earlier[quarter] = fit(before, self.rung, strength=self.strength)
        return self._earlier[quarter]


def learn(
    rows: pd.DataFrame,
    progress: Callable[[float, str], None] | None = None,
    keep: Keep = make_anew,
) -> Learned:
    """Choose the rung and fit it on the complete quarters of `rows` (of `landmark_rows`).

    A larger model is taken only if its log loss, each of the last quarters foretold from those before it, is
    lower by more than a standard error; and none at all if none beats the smoothed rates so.
    """
    report = progress or (lambda share, text: None)
    usable = from_first_outcomes(rows)
    known = usable[usable["outcome_0"].notna()]
    closed = known.loc[known["outcome_0"] != "open", "deal_id"].nunique()
    rungs = [rung for rung, fewest in FROM_CLOSED.items() if closed >= fewest][-2:]
    if not rungs or len(quarters_to_test(usable, _TESTED_QUARTERS)) < _FEWEST_TESTED:
        why = _too_little(closed, known["quarter"].nunique())
        return Learned(rows, None, "rates", 0.0, why, pd.DataFrame())
    candidates = {_name(rung, strength): (rung, strength) for rung in rungs for strength in STRENGTHS}
    tested = forward_test(
        sampled(known),
        candidates,
        quarters=_TESTED_QUARTERS,
        every=_EVERY_WEEKS,
        progress=lambda share, text: report(share * 0.7, text),
        keep=keep,
    )
    losses = tested.log_loss()
    rung, strength, why = _choice(losses, rungs, closed)
    report(0.7, f"learning from {closed:,} closed deals")
    model = None
    if rung != "rates":
        model = keep("model", (known,), (rung, strength), lambda: fit(known, rung, strength=strength))
    apart = separation(tested, _name(*_best_of(losses, rungs)))
    report(1.0, "learned")
    return Learned(rows, model, rung, strength, _with_separation(why, apart), losses, apart)


def from_first_outcomes(rows: pd.DataFrame) -> pd.DataFrame:
    """Without the quarters before the first in which deals were both won and lost.

    Where the history begins, deals are seen that only later could close: they would teach that none does.
    """
    counts = rows.groupby("first_day")["outcome_0"].agg([_has_won, _has_lost])
    both = counts.index[counts.all(axis=1)]
    return rows[rows["first_day"] >= both.min()] if len(both) else rows.iloc[:0]


def sampled(rows: pd.DataFrame) -> pd.DataFrame:
    """Some deals with all their weeks, always the same ones, so that the ladder is chosen in seconds."""
    share = _TESTED_ROWS * _EVERY_WEEKS / max(len(rows), 1)
    if share >= 1:
        return rows
    codes = pd.util.hash_array(rows["deal_id"].to_numpy(dtype=object)) % 10_000
    return rows[codes < share * 10_000]


def _has_won(outcomes: pd.Series) -> bool:
    return bool((outcomes == "won").any())


def _has_lost(outcomes: pd.Series) -> bool:
    return bool((outcomes == "lost").any())


def _with_separation(why: str, apart: Separation | None) -> str:
    if apart is None or apart.tells_apart:
        return why
    return (
        f"{why}. Nothing that is recorded here tells the deals that are won from those that are lost: AUC"
        f" {apart.auc:.2f} ({apart.low:.2f} to {apart.high:.2f}, {apart.deals:,} decided deals); only when"
        " deals close can be told"
    )


def _best_of(losses: pd.DataFrame, rungs: list[Rung]) -> tuple[Rung, float]:
    """The candidate with the lowest loss."""
    pairs = [(rung, strength) for rung in rungs for strength in STRENGTHS]
    return min(pairs, key=lambda one: float(losses[_name(*one)].mean()))


def _name(rung: Rung, strength: float) -> str:
    return f"{rung}, strength {strength}"


def _best(losses: pd.DataFrame, rung: Rung) -> float:
    return min(STRENGTHS, key=lambda strength: float(losses[_name(rung, strength)].mean()))


def _choice(losses: pd.DataFrame, rungs: list[Rung], closed: int) -> tuple[Rung, float, str]:
    chosen: Rung = rungs[0]
    for larger in rungs[1:]:
        gain, error = better_by(
            losses, _name(larger, _best(losses, larger)), _name(chosen, _best(losses, chosen))
        )
        if gain > error:
            chosen = larger
    strength = _best(losses, chosen)
    means = losses.mean()
    simple = min(BASELINES, key=lambda name: float(means[name]))
    gain, error = better_by(losses, _name(chosen, strength), simple)
    tested = f"foretelling {count(len(losses), 'quarter')} from those before"
    if gain <= error:
        why = (
            f"with {closed:,} closed deals a deal-level model does not foretell surely better (log loss"
            f" {-gain:+.3f}, standard error {error:.3f}, {tested})"
        )
        return "rates", 0.0, why
    why = (
        f"{chosen}, learned from {closed:,} closed deals: log loss {gain:.3f} lower than the best simple"
        f" rates, {simple} ({tested})"
    )
    return chosen, strength, why


def _too_little(closed: int, quarters: int) -> str:
    return (
        f"{count(closed, 'closed deal')} in {count(quarters, 'complete quarter')} carry no deal-level model"
        f" ({FROM_CLOSED['linear']} closed deals and {FEWEST_QUARTERS + _FEWEST_TESTED} complete quarters are"
        " needed)"
    )
