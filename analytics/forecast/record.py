"""What this method would have said in past quarters, each foretold from the quarters before it only.

Everything that a forecast learns beyond the chances of deals comes from here: how much luck the deals of one
quarter share, and how far off the number was. The kind of model (its rung and strength) is today's; its
weights, the rates, the amounts at close and the deals not created yet are those of the time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from joblib import delayed

from analytics.company import Company
from analytics.fiscal import Quarter
from analytics.forecast.draws import QUANTILES, Drawn, Outlook, simulate
from analytics.forecast.later_deals import later_deals
from analytics.forecast.luck import Cohort, rho_weights
from analytics.forecast.targets import Key, Targets
from analytics.pipeline.deals import NOT_RECORDED
from analytics.risk.amounts import Amounts
from analytics.risk.baselines import BASELINES, smoothed_rates
from analytics.risk.chances import History
from analytics.risk.forward import CHANCES, known_before, quarters_to_test
from analytics.risk.kept import Keep, make_anew
from analytics.risk.ladder import Learned, from_first_outcomes
from analytics.risk.outcome_model import fit, in_threads, thinned
from analytics.risk.redrawn import redrawn_chances

Progress = Callable[[float, str], None]
MOST_QUARTERS = 8
#: Landmarks that a past quarter's model learns from: a deal's weeks resemble each other.
_MOST_ROWS = 35_000
_HISTORIES = 20
_DRAWS = 2_000
_WHOSE = ["owner_id", "team", "region"]
_BOOKED = ["deal_id", *_WHOSE, "booked_day", "amount_company"]
KEPT = [
    "quarter", "first_day", "last_day", "landmark", "week", "deal_id", "owner_id", "team", "region", "stage",
    "category", "timing", "probability", "amount_company", "outcome_0", "closed_on",
]  # fmt: skip


@dataclass(frozen=True)
class Tested:
    """A past quarter as it would have been foretold: its landmarks with their chances, and what was known."""

    quarter: Quarter
    deals: pd.DataFrame
    redrawn: np.ndarray  # draw x row of deals
    amounts: Amounts
    wins: np.ndarray  # wins_over_time of the quarters before
    has_model: bool

    @property
    def first_day(self) -> pd.Timestamp:
        """The quarter's first day."""
        return pd.Timestamp(self.quarter.first_day)


@dataclass(frozen=True)
class _Given:
    """What else was known when a tested quarter began."""

    company: Company
    began: date
    rho: np.ndarray
    targets: Targets


@dataclass(frozen=True)
class Record:
    """The tested quarters, oldest first.

    `deals`: a row per landmark and deal open then: the columns of KEPT, p_won, p_stage, p_category,
    amount_ratio, is_won, final_amount (booked in the quarter; 0 if not won).
    `totals`: per quarter, landmark and owner: won_so_far, open_won, new_won, new_expected, actual.
    `points`: per quarter, landmark, kind ('company', 'team', 'owner') and key: actual, expected, p10, p50,
    p90, crps, pit, target and p_target (NaN without one). `cohorts`: the deals open when each quarter began.
    """

    deals: pd.DataFrame
    totals: pd.DataFrame
    points: pd.DataFrame
    cohorts: list[Cohort]

    @property
    def quarters(self) -> list[str]:
        """The tested quarters, oldest first."""
        return list(dict.fromkeys(self.points["quarter"])) if len(self.points) else []


def record_of(
    history: History,
    won: pd.DataFrame,
    company: Company,
    began: date,
    targets: Targets,
    *,
    quarters: int = MOST_QUARTERS,
    without: frozenset[str] = frozenset(),
    keep: Keep = make_anew,
    progress: Progress | None = None,
) -> Record:
    """Foretell the last complete quarters at every week. `won`: of `bookings`; `began`: history's first day.

    `targets`: read as they were known at each week.

    `without`: reasons that the model may not use.
    """
    report = progress or (lambda share, text: None)
    rows = from_first_outcomes(history.rows)
    asked = [one for one in quarters_to_test(rows, quarters) if _says_stages(rows, one)] if len(rows) else []
    tested: list[Tested] = []
    for one in in_threads(
        delayed(_tested)(history, rows, quarter, company, without, keep) for quarter in asked
    ):
        tested.append(one)
        report(0.8 * len(tested) / len(asked), f"{one.quarter} foretold from the quarters before it")
    deals, totals, points, cohorts = [], [], [], list[Cohort]()
    for number, one in enumerate(tested):
        mine = _with_booked(one, won)
        found = _points(one, mine, won, _Given(company, began, rho_weights(cohorts), targets))
        deals.append(mine)
        totals.append(found[0])
        points.append(found[1])
        cohorts.append(first_cohort(mine))
        report(0.8 + 0.2 * (number + 1) / len(tested), f"{one.quarter} simulated at every week")
    if not tested:
        return Record(pd.DataFrame(), pd.DataFrame(), pd.DataFrame(), [])
    frames = [pd.concat(parts, ignore_index=True) for parts in (deals, totals, points)]
    return Record(frames[0], frames[1], frames[2], cohorts)


def _says_stages(rows: pd.DataFrame, quarter: str) -> bool:
    """Whether most landmarks of a quarter say a stage: of final states only, nothing was to be foretold."""
    return bool((rows.loc[rows["quarter"] == quarter, "stage"] != NOT_RECORDED).mean() >= 0.5)


def _tested(
    history: History,
    rows: pd.DataFrame,
    quarter: str,
    company: Company,
    without: frozenset[str],
    keep: Keep,
) -> Tested:
    """The landmarks of a past quarter with their chances by what was known when it began."""
    train = known_before(rows, quarter)
    days = (rows["landmark"] - rows["first_day"]).dt.days
    here = (rows["quarter"] == quarter) & rows["outcome_0"].notna() & (days % 7 == 0)
    test = rows[here].sort_values(["landmark", "deal_id"], kind="stable").reset_index(drop=True)
    learned = history.learned
    rates, chances, redrawn = keep(
        "past quarter",
        (train, test),
        (learned.rung, learned.strength, sorted(without)),
        lambda: _foretold(train, test, learned, without),
    )
    amounts = Amounts.learned(train)
    deals = test[KEPT].assign(
        p_won=chances[:, 0],
        p_stage=rates["stage x week"][:, 0],
        p_category=rates["category x week"][:, 0],
        amount_ratio=amounts.ratio(test["timing"]),
    )
    wins = wins_over_time(train)
    return Tested(
        company.calendar.parse(quarter), deals, redrawn, amounts, wins, has_model=learned.rung != "rates"
    )


def _foretold(
    train: pd.DataFrame, test: pd.DataFrame, learned: Learned, without: frozenset[str]
) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """Chances by each baseline and by the model, and those by redrawn histories (draw x row)."""
    rates = {name: smoothed_rates(train, test, by) for name, by in BASELINES.items()}
    if learned.rung == "rates":
        return rates, rates["stage x week"], _redrawn_rates(train, test)
    thin = thinned(train, _MOST_ROWS)
    model = fit(thin, learned.rung, strength=learned.strength, ahead=0, without=without)
    chances = model.chances(test)[CHANCES].to_numpy()
    return rates, chances, redrawn_chances(model, thin, test, draws=_HISTORIES)[:, :, 0]


def _redrawn_rates(train: pd.DataFrame, test: pd.DataFrame) -> np.ndarray:
    """Rates under redrawn histories (draw x row): past quarters counted by chance (Bayesian bootstrap)."""
    rng = np.random.default_rng(0)
    quarter, names = pd.factorize(train["quarter"])
    by = BASELINES["stage x week"]
    return np.stack(
        [
            smoothed_rates(train, test, by, rng.exponential(size=len(names))[quarter])[:, 0]
            for _ in range(_HISTORIES)
        ]
    )


def _with_booked(one: Tested, won: pd.DataFrame) -> pd.DataFrame:
    """What each deal brought in the quarter, as it is booked now."""
    booked = _booked_in(won, one.quarter).set_index("deal_id")
    deals = one.deals
    day = booked["booked_day"].reindex(deals["deal_id"]).to_numpy()
    later = day > deals["landmark"].to_numpy()
    money = booked["amount_company"].reindex(deals["deal_id"]).to_numpy(float)
    return deals.assign(
        is_won=(deals["outcome_0"] == "won").to_numpy(), final_amount=np.where(later, money, 0.0)
    )


def _booked_in(won: pd.DataFrame, quarter: Quarter) -> pd.DataFrame:
    day = won["booked_day"]
    return won[(day >= pd.Timestamp(quarter.first_day)) & (day <= pd.Timestamp(quarter.last_day))]


def first_cohort(deals: pd.DataFrame, until: pd.Timestamp | None = None) -> Cohort:
    """The deals open at a quarter's first landmark, and how many of them were won in it (until a day).

    `deals`: landmark rows of one quarter with p_won and is_won.
    """
    first = deals[deals["landmark"] == deals["landmark"].min()]
    is_won = first["is_won"].to_numpy(bool)
    if until is not None:
        is_won = is_won & (first["closed_on"] <= until).to_numpy()
    return Cohort(first["p_won"].to_numpy(float), int(is_won.sum()))


def wins_over_time(rows: pd.DataFrame) -> np.ndarray:
    """When in the quarter the deals open on its first day were won: shares of its length (0-1), ascending.

    `rows`: landmarks with their outcomes.
    """
    first = rows[(rows["landmark"] == rows["first_day"]) & (rows["outcome_0"] == "won")]
    length = (first["last_day"] - first["first_day"]).dt.days + 1
    gone = ((first["closed_on"] - first["first_day"]).dt.days + 1) / length
    return np.sort(gone.to_numpy(float))


def share_won_by(
    wins: np.ndarray, day: pd.Timestamp, first_day: pd.Timestamp, last_day: pd.Timestamp
) -> float:
    """Which share of a quarter's wins (of `wins_over_time`) usually has come by the end of a day of it."""
    if not len(wins):
        return 0.0
    gone = ((day - first_day).days + 1) / ((last_day - first_day).days + 1)
    return float((wins <= gone).mean())


def _points(
    one: Tested, deals: pd.DataFrame, won: pd.DataFrame, given: _Given
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Totals and points of one quarter at each of its weeks."""
    totals, points = [], []
    booked = _booked_in(won, one.quarter)[_BOOKED]
    for landmark, at in deals.groupby("landmark").indices.items():
        day = pd.Timestamp(str(landmark))
        outlook = _outlook(one, deals.iloc[at], one.redrawn[:, at], won, given, deals, day)
        drawn = simulate(outlook, draws=_DRAWS)[0]
        mine = _totals(deals.iloc[at], booked, outlook, day)
        totals.append(mine)
        known = given.targets.at(one.quarter, day.date())
        points.append(_summed(mine, drawn, known).assign(landmark=day, week=(day - one.first_day).days // 7))
    keys = {"quarter": one.quarter.key}
    return pd.concat(totals).assign(**keys), pd.concat(points).assign(**keys)


def _outlook(
    one: Tested,
    deals: pd.DataFrame,
    redrawn: np.ndarray,
    won: pd.DataFrame,
    given: _Given,
    whole: pd.DataFrame,
    day: pd.Timestamp,
) -> Outlook:
    later = later_deals(
        won,
        given.company.calendar,
        as_of=day.date(),
        quarter=one.quarter,
        began=given.began,
        owners=pd.Index(sorted(deals["owner_id"].unique())),
    )
    cohort = first_cohort(whole, day) if one.has_model else None  # as Basis.so_far
    share = share_won_by(one.wins, day, one.first_day, pd.Timestamp(one.quarter.last_day))
    return Outlook.of(
        deals,
        chances=deals[["p_won"]].to_numpy(float),
        redrawn=redrawn[:, :, None],
        spread=one.amounts.spread,
        rho=given.rho,
        so_far=(cohort, share),
        later=[later],
    )


def _totals(deals: pd.DataFrame, booked: pd.DataFrame, outlook: Outlook, day: pd.Timestamp) -> pd.DataFrame:
    """What the quarter brought, by owner and by what the CRM knew of it on the day."""
    so_far = booked["booked_day"] <= day
    new = ~so_far & ~booked["deal_id"].isin(deals["deal_id"])
    chances = outlook.adjusted()
    expected = chances[:, 0] * outlook.amounts
    parts = {
        "won_so_far": booked[so_far].groupby("owner_id")["amount_company"].sum(),
        "open_won": deals.groupby("owner_id")["final_amount"].sum(),
        "new_won": booked[new].groupby("owner_id")["amount_company"].sum(),
        "open_expected": pd.Series(expected).groupby(deals["owner_id"].to_numpy()).sum(),
        "new_expected": outlook.later[0].by_owner() * outlook.later_factor(chances),
    }
    table = pd.DataFrame(parts).fillna(0.0)
    whose = pd.concat([booked[_WHOSE], deals[_WHOSE]])
    whose = whose.drop_duplicates("owner_id", keep="last").set_index("owner_id")
    table = table.join(whose).rename_axis("owner_id").reset_index()
    return table.assign(
        landmark=day,
        actual=table["won_so_far"] + table["open_won"] + table["new_won"],
        expected=table["won_so_far"] + table["open_expected"] + table["new_expected"],
    )


def _summed(totals: pd.DataFrame, drawn: Drawn, targets: dict[Key, float]) -> pd.DataFrame:
    """The distribution against what happened: of the company, each team and each owner."""
    draws = drawn.by_owner(pd.Index(totals["owner_id"])) + totals["won_so_far"].to_numpy(float)
    parts = [("company", pd.Series("", index=totals.index))]
    parts += [("team", totals["team"].fillna("")), ("owner", totals["owner_id"])]
    found = []
    for kind, keys in parts:
        for key, at in totals.groupby(keys).indices.items():
            mine, actual = draws[:, at].sum(axis=1), float(totals["actual"].to_numpy()[at].sum())
            low, middle, high = np.quantile(mine, QUANTILES)
            target = targets.get((kind, str(key)), np.nan)
            found.append(
                {
                    "kind": kind,
                    "key": key,
                    "actual": actual,
                    "expected": float(totals["expected"].to_numpy()[at].sum()),
                    "p10": low,
                    "p50": middle,
                    "p90": high,
                    "crps": crps(mine, actual),
                    "pit": float((mine < actual).mean() + 0.5 * (mine == actual).mean()),
                    "target": target,
                    "p_target": float((mine >= target).mean()) if not np.isnan(target) else np.nan,
                }
            )
    return pd.DataFrame(found)


def crps(draws: np.ndarray, actual: float) -> float:
    """Continuous ranked probability score of a sample, in its unit, lower is better.

    E|X - y| - E|X - X'| / 2 (Gneiting and Raftery 2007), the second term from the sorted sample.
    """
    n = len(draws)
    ranks = 2 * np.arange(1, n + 1) - n - 1
    apart = 2 * float((ranks * np.sort(draws)).sum()) / n**2
    return float(np.abs(draws - actual).mean() - apart / 2)
