"""The model card: what the chances rest on, how often they were right, and what they cannot do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from analytics.risk.chances import History
from analytics.risk.design import prepared
from analytics.risk.features import FAMILIES, REASONS
from analytics.risk.forward import Forward, better_by, forward_test
from analytics.risk.ladder import from_first_outcomes
from analytics.risk.outcome_model import sigmoid
from analytics.wording import count

OURS = "deal-level model"
_QUARTERS = 8
_BINS = 10
_ALARM = 0.90
#: A quarter's calibration has drifted when the model said this much (logits) too much or too little.
_DRIFT = 0.5


#: Said under the calibration picture.
CALIBRATED = (
    "Deals of past quarters by tenths of their foretold chance; the line is a 90% interval that counts "
    "deals, not"
    " weeks. Slope {card.slope:.2f} (1 is right, lower is too sure), intercept {card.intercept:+.2f} (0 "
    "is right,"
    " above it more was won than said)."
)
LIMITS = (
    "What all deals of a quarter share, a price change or a freeze of budgets, is not foretold.",
    "A new stage, a new kind of deal or a new sales plan is judged as the old ones were.",
    "Reasons are associations in this company's past. Changing one does not promise its effect.",
    "What is not recorded counts as missing. Where people stop recording, chances lose their ground.",
    "Once people see the chances they may work differently; the past error does not know that yet.",
    "Chances of the quarters after the next are learned from fewer past deals.",
)


@dataclass(frozen=True)
class ModelCard:
    """How the chances were learned, and how they did.

    `losses`: log loss per quarter (index) and method; `pooled`: method, log_loss, gain over it with standard
    error; `calibration`: said, happened, low, high, n (deals) per tenth of the foretold; `drift`: per quarter
    the shares said to be won and won; `slope`, `intercept`: of what happened on the logit said; `alarms`:
    single facts that alone reach an AUC above 0.9; `features`: family, reason, facts. Empty without a model.
    """

    rung: str
    why: str
    rows: int
    deals: int
    closed: int
    quarters: list[str]
    losses: pd.DataFrame
    pooled: pd.DataFrame
    calibration: pd.DataFrame
    drift: pd.DataFrame
    slope: float
    intercept: float
    alarms: list[str]
    features: pd.DataFrame


def model_card(history: History, progress: Callable[[float, str], None] | None = None) -> ModelCard:
    """Foretell the last quarters, each from those before it, and compare with what happened."""
    learned = history.learned
    rows = from_first_outcomes(history.rows)
    known = rows[rows["outcome_0"].notna()]
    models = {OURS: (learned.rung, learned.strength)} if learned.model is not None else {}
    tested = forward_test(rows, models, quarters=_QUARTERS, progress=progress)
    losses = tested.log_loss() if len(tested.rows) else pd.DataFrame()
    slope, intercept = _slope(tested)
    return ModelCard(
        rung=learned.rung,
        why=learned.why,
        rows=len(known),
        deals=known["deal_id"].nunique(),
        closed=known.loc[known["outcome_0"] != "open", "deal_id"].nunique(),
        quarters=list(known.sort_values("first_day")["quarter"].unique()),
        losses=losses,
        pooled=_pooled(losses),
        calibration=_calibration(tested),
        drift=_drift(tested),
        slope=slope,
        intercept=intercept,
        alarms=_alarms(known),
        features=_features(),
    )


def _pooled(losses: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for method in losses:
        gain, error = (np.nan, np.nan)
        if OURS in losses and method != OURS:
            gain, error = better_by(losses, OURS, str(method))
        rows.append((method, float(losses[method].mean()), gain, error))  # NaN: not against itself
    return pd.DataFrame(rows, columns=["method", "log_loss", "gain", "error"]).sort_values("log_loss")


def _calibration(tested: Forward) -> pd.DataFrame:
    """Tenths of the foretold chances to be won: what was said beside what happened; n counts deals."""
    columns = ["said", "happened", "low", "high", "n"]
    if OURS not in tested.chances or tested.rows.empty:
        return pd.DataFrame(columns=columns)
    said = pd.Series(tested.chances[OURS][:, 0])
    won = (tested.rows["outcome_0"] == "won").astype(float)
    bins = pd.qcut(said.rank(method="first"), _BINS, labels=False)
    rows = []
    for _, at in said.groupby(bins).groups.items():
        deals = tested.rows.loc[at, "deal_id"].nunique()
        share = float(won[at].mean())
        interval = binomtest(round(share * deals), deals).proportion_ci(0.9, method="wilson")
        rows.append((float(said[at].mean()), share, float(interval.low), float(interval.high), deals))
    return pd.DataFrame(rows, columns=columns)


def _drift(tested: Forward) -> pd.DataFrame:
    """Per quarter: what share was said to be won, and what share was."""
    if OURS not in tested.chances or tested.rows.empty:
        return pd.DataFrame(columns=["quarter", "said", "happened", "off"])
    table = pd.DataFrame(
        {
            "quarter": tested.rows["quarter"],
            "said": tested.chances[OURS][:, 0],
            "happened": (tested.rows["outcome_0"] == "won").astype(float),
        }
    )
    found = table.groupby("quarter", sort=True).mean().reset_index()
    share = found[["said", "happened"]].clip(1e-3, 1 - 1e-3)
    logits = np.log(share / (1 - share))
    return found.assign(off=logits["said"] - logits["happened"])


def _slope(tested: Forward) -> tuple[float, float]:
    """Logistic regression of won on the logit said: (1, 0) is perfect. Newton's method, two parameters."""
    if OURS not in tested.chances or tested.rows.empty:
        return float("nan"), float("nan")
    said = np.clip(tested.chances[OURS][:, 0], 1e-6, 1 - 1e-6)
    x = np.column_stack([np.log(said / (1 - said)), np.ones(len(said))])
    won = (tested.rows["outcome_0"] == "won").to_numpy(float)
    at = np.array([1.0, 0.0])
    for _ in range(25):
        chance = sigmoid(x @ at)
        at = at + np.linalg.solve((x * (chance * (1 - chance))[:, None]).T @ x, x.T @ (won - chance))
    return float(at[0]), float(at[1])


def _alarms(known: pd.DataFrame) -> list[str]:
    """Facts that alone tell won from not won too well: a sign that they know the end (methods.md).

    A word counts as the share that was won among the landmarks that have it.
    """
    won = (known["outcome_0"] == "won").to_numpy()
    if won.sum() in (0, len(won)):
        return []
    numbers = dict.fromkeys(number.column for reason in REASONS for number in reason.numbers)
    kinds = dict.fromkeys(kind for reason in REASONS for kind in reason.kinds)
    values = prepared(known)[[*numbers]]
    shares = {
        kind: pd.Series(won, known.index).groupby(known[kind].astype(str)).transform("mean") for kind in kinds
    }
    values = values.assign(**shares)
    return [str(name) for name in values if _auc(values[name].to_numpy(float), won) > _ALARM]


def _auc(values: np.ndarray, happened: np.ndarray) -> float:
    """Area under the curve of one feature, whichever way round; 0.5 where nothing is known."""
    known = ~np.isnan(values)
    n_yes, n_no = int(happened[known].sum()), int((~happened[known]).sum())
    if not n_yes or not n_no:
        return 0.5
    ranks = pd.Series(values[known]).rank().to_numpy()
    area = (ranks[happened[known]].sum() - n_yes * (n_yes + 1) / 2) / (n_yes * n_no)
    return float(max(area, 1 - area))


def _features() -> pd.DataFrame:
    rows = [
        (family, reason.key, ", ".join([*(number.column for number in reason.numbers), *reason.kinds]))
        for family in FAMILIES
        for reason in REASONS
        if reason.family == family
    ]
    return pd.DataFrame(rows, columns=["Family", "Reason", "Facts"])


def headline(card: ModelCard) -> tuple[str, str]:
    """Whether the chances can be trusted, in a sentence, and what they rest on."""
    rest = (
        f"Learned from {count(card.deals, 'deal')}, {card.closed:,} of them closed, in"
        f" {count(len(card.quarters), 'complete quarter')}. Method: {card.why}."
    )
    if not card.quarters:
        return "There is no complete quarter yet to learn any chances from.", rest
    if card.calibration.empty:
        return "Chances are smoothed history rates, not a deal-level model.", rest
    ours = card.pooled.set_index("method")
    gain, error = ours["gain"]["stage x week"], ours["error"]["stage x week"]
    won = int((card.losses[OURS] < card.losses["stage x week"]).sum())
    surely = "surely " if gain > 2 * error else "not surely "
    lead = (
        f"In {won} of {len(card.losses)} past quarters the deal-level model foretold better than stage and"
        f" week alone ({surely}better on average)."
    )
    return lead, rest


def drift_note(card: ModelCard) -> str:
    """Whether a quarter was far off; '' where none was."""
    far = card.drift[card.drift["off"].abs() > _DRIFT] if len(card.drift) else card.drift
    if far.empty:
        return ""
    return (
        "Far off in "
        + ", ".join(
            f"{quarter} (said {'too much' if off > 0 else 'too little'})"
            for quarter, off in zip(far["quarter"], far["off"], strict=True)
        )
        + ": what all deals of a quarter share is not foretold."
    )
