"""Whether the answers to the business case's questions earn their keep: the record with and without them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.company import Company
from analytics.forecast.basis import Basis
from analytics.forecast.record import MOST_QUARTERS, Record, record_of
from analytics.forecast.targets import Targets
from analytics.problems import NotEnough
from analytics.risk.features import REASONS
from analytics.store.database import Store
from analytics.wording import count

#: The reasons that come from the answers.
CASE_REASONS = frozenset(reason.key for reason in REASONS if reason.family == "business case")
_FEWEST = 3
_TINY = 1e-6


@dataclass(frozen=True)
class CaseWorth:
    """The record with and without the answers; errors are shares of what was booked, lower is better.

    `weeks`: by week (from 1): week, n (quarters), with, without (WAPE of the P50), crps_with, crps_without.
    `quarters`: quarter, with, without: mean log loss of single deals won or not. `wape`, `crps`: over all
    weeks, (with, without).
    """

    weeks: pd.DataFrame
    quarters: pd.DataFrame
    wape: tuple[float, float]
    crps: tuple[float, float]


def record_without(
    store: Store, company: Company, basis: Basis, progress: Callable[[float, str], None] | None = None
) -> Record:
    """The basis' record, had nobody answered a question of the business case."""
    targets = Targets(store, company, basis.history.as_of)
    return record_of(
        basis.history,
        basis.won,
        company,
        basis.began,
        targets,
        quarters=len(basis.record.quarters) or MOST_QUARTERS,
        without=CASE_REASONS,
        progress=progress,
    )


def without_use(basis: Basis) -> NotEnough | None:
    """Why nothing can be compared: chances that do not look at the answers at all."""
    if basis.history.learned.model is not None:
        return None
    return NotEnough("the chances here are smoothed history rates, which do not look at the answers")


def case_worth(record: Record, without: Record, team: str = "") -> CaseWorth | NotEnough:
    """Compare two records over the same quarters and weeks; `team`: '' = the company."""
    n = len(record.quarters)
    if n < _FEWEST:
        return NotEnough(f"{_FEWEST} past quarters are needed to see what the answers are worth", n)
    by = ["quarter", "week"]
    given, bare = (_points(one, team) for one in (record, without))
    both = given.merge(bare[[*by, "p50", "crps"]], on=by, suffixes=("", "_without"))
    if both.empty or not both["actual"].sum() > 0:
        return NotEnough("nothing was booked in the past quarters", n)
    both["with"] = (both["p50"] - both["actual"]).abs()
    both["without"] = (both["p50_without"] - both["actual"]).abs()
    columns = {"with": "with", "without": "without", "crps": "crps_with", "crps_without": "crps_without"}
    sums = both.groupby("week")[[*columns, "actual"]].sum()
    weeks = sums[[*columns]].div(sums["actual"], axis=0).rename(columns=columns)
    weeks.insert(0, "n", both.groupby("week")["quarter"].nunique())
    whole = {name: float(sums[name].sum() / sums["actual"].sum()) for name in columns}
    losses = {name: _log_loss(one, team) for name, one in (("with", record), ("without", without))}
    return CaseWorth(
        weeks=weeks.rename(index=lambda week: week + 1).reset_index(),
        quarters=pd.DataFrame(losses).rename_axis("quarter").reset_index(),
        wape=(whole["with"], whole["without"]),
        crps=(whole["crps"], whole["crps_without"]),
    )


def _points(record: Record, team: str) -> pd.DataFrame:
    kind = "team" if team else "company"
    return record.points[(record.points["kind"] == kind) & (record.points["key"] == team)]


def _log_loss(record: Record, team: str) -> pd.Series:
    """Mean log loss of won or not, per quarter."""
    deals = record.deals[record.deals["team"] == team] if team else record.deals
    said = np.clip(np.where(deals["is_won"], deals["p_won"], 1 - deals["p_won"]), _TINY, 1)
    return pd.Series(-np.log(said), index=deals.index).groupby(deals["quarter"]).mean()


def in_words(found: CaseWorth) -> str:
    """Whether the answers earn their keep here, and how sure that is."""
    gain = found.quarters["without"] - found.quarters["with"]
    better, n, mean = int((gain > 0).sum()), len(gain), float(gain.mean())
    error = float(gain.std(ddof=1)) / np.sqrt(n)
    surely = "surely better" if mean > 2 * error else "not surely better" if mean > 0 else "no better"
    (wape, wape_without), (crps, crps_without) = found.wape, found.crps
    return (
        f"With the answers single deals were foretold better in {better} of {count(n, 'quarter')} ({surely}"
        f" on average). The quarter's number was off by {_fine(wape)} with them and {_fine(wape_without)}"
        f" without; its range scored {_fine(crps)} and {_fine(crps_without)} (CRPS over what was booked,"
        " lower is better)."
    )


def _fine(share: float) -> str:
    return f"{100 * share:.1f}%"
