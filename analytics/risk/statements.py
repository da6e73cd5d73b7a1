"""Deals stated below or above their evidence (methods.md B2): how far, for how long, and what it may hide.

A statement is judged against what such evidence normally gets stated by others. What a person meant by it is
not measured and never said.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from analytics.company import Company
from analytics.problems import NotEnough
from analytics.risk.chances import History
from analytics.risk.evidence import Evidence, evidence_of, mean_of, standardised
from analytics.risk.ladder import from_first_outcomes
from analytics.risk.landmarks import HORIZONS
from analytics.risk.outcome_model import OutcomeModel, sigmoid, thinned
from analytics.risk.rep_bias import (
    CLOSINGS_MATTER,
    Closings,
    Shrunken,
    closings,
    owners_of,
    recency,
    shrunken,
)
from analytics.risk.statement_words import deal_words, part_texts
from analytics.risk.understated_money import money_between

CATEGORIES = {"Omitted": 0.0, "Pipeline": 1.0, "Best Case": 2.0, "Commit": 3.0}
BELOW, ABOVE, AS = "below its evidence", "above its evidence", "as its evidence"
UNKNOWN = "not enough evidence"
#: Parts that make the score. Stage, amount and entry are shown: they differ for many reasons not recorded.
COUNTED = ("date", "category", "owner", "closings")
#: Summed deviations from which a statement is called, what the owner's past must add to it, and how much of
#: that must come from what closed: a territory that takes longer states late too, but does not close early.
_CALLED, _OWNER_ADDS = 2.5, 0.5
#: Nothing is judged on fewer deals in all, fewer weeks of a deal, fewer other deals of an owner.
_FEWEST_DEALS, _FEWEST_WEEKS, _FEWEST_OTHERS = 60, 3, 5
_MOST_ROWS = 60_000
#: A called deal is hollow if its case is thinner than this share of those called deals that were won.
_THIN = 0.25
_EVEN = 0.5
LATER = [f"p_won_{ahead}" for ahead in HORIZONS[1:]]
_MONEY = [f"{name}_{end}" for name in ("understated", "overstated") for end in ("amount", "low", "high")]


@dataclass(frozen=True)
class Statements:
    """What is stated of the open deals, judged.

    `deals`: deal_id, sandbag_score (0-1, ranks), overstated_score (the reverse), statement,
    understated_amount and overstated_amount with _low and _high (company currency, >= 0), p_stated (chance by
    the statement alone), stated_quarter, earliest_quarter (by whose end it is won more likely than not),
    quarter_if_won (the same if it is won within the four quarters; keys or None), is_hollow_commit, words.
    `parts`: deal_id, part, z (standard deviations, positive = below the evidence), counted (whether it is in
    the score: sandbag_score is the logistic of the sum of the counted z), stated, usual, text, weeks.
    `owners`: see rep_bias.owners_of. Everything is empty or NaN where `missing` says why.
    """

    deals: pd.DataFrame
    parts: pd.DataFrame
    owners: pd.DataFrame
    missing: NotEnough | None = None


def understatement(
    rows: pd.DataFrame, company: Company, as_of: date, model: OutcomeModel | None = None
) -> Statements:
    """Judge the statements of the deals open at `as_of` by the landmarks up to it; nothing later is used.

    `rows`: landmark_rows with those of `as_of` among them; `model`: the outcome model learned from them.
    Without it there is no money and no earliest quarter.
    """
    day = pd.Timestamp(as_of)
    known = rows[rows["landmark"] <= day].sort_values(["deal_id", "landmark"], kind="stable")
    today = known[known["landmark"] == day].reset_index(drop=True)
    if known["deal_id"].nunique() < _FEWEST_DEALS or today.empty:
        return _nothing(today, known["deal_id"].nunique())
    is_today = known["landmark"] == day
    used = pd.concat([thinned(known[~is_today], _MOST_ROWS), known[is_today]])
    used = used.sort_values(["deal_id", "landmark"], kind="stable").reset_index(drop=True)
    evidence = evidence_of(used)
    judged = _judged(used, evidence)
    lives = _lives(used, judged)
    own = shrunken(lives["deal"], lives["owner_id"], recency(lives["last"], day))
    closed = closings(used, day)
    z = _todays(today, lives, own, closed, day)
    deals = _deals(today, z, _over_by(known, day), company, model)
    parts = _parts(today, z, judged.at_day(used, day), company)
    counted = known.groupby("owner_id")["deal_id"].nunique()
    deals["words"] = deal_words(deals, parts)
    return Statements(deals, parts, owners_of(own, counted, closed))


def statements_of(history: History, company: Company) -> Statements:
    """The statements of the deals open on the history's day, judged once for all who ask."""
    day = history.as_of
    found: Statements = history.once(
        ("statements", day), lambda: understatement(history.rows, company, day, history.learned.model)
    )
    return found


@dataclass(frozen=True)
class _Judged:
    """Per landmark: distance from what is usual (`z`, positive = below the evidence) and what is usual."""

    z: pd.DataFrame
    usual: pd.DataFrame

    def at_day(self, rows: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
        """What is usual for the deals of one day, by deal_id."""
        here = rows["landmark"] == day
        return self.usual[here].set_index(rows.loc[here, "deal_id"])


def _judged(rows: pd.DataFrame, evidence: Evidence) -> _Judged:
    amount = np.log(rows["amount_company"].where(rows["amount_company"] > 0).astype(float))
    stated = {  # the value, the sign of "below", whether the stage counts as evidence
        "date": (np.log1p(rows["days_to_close"].clip(lower=0)), 1, True),
        "category": (rows["category"].map(CATEGORIES).astype(float), -1, True),
        "stage": (rows["stage_order"].astype(float), -1, False),
        "amount": (amount, -1, True),
    }
    z, usual = {}, {}
    for part, (values, sign, by_stage) in stated.items():
        usual[part] = evidence.usual(values, by_stage=by_stage)
        z[part] = sign * standardised(values, usual[part])
    first = ~rows.duplicated("deal_id").to_numpy()
    entered = rows["entry_stage_order"].astype(float)
    usual["entry"] = evidence.usual(entered, first, by_stage=False)
    z["entry"] = standardised(entered, usual["entry"]).where(first)
    return _Judged(pd.DataFrame(z), pd.DataFrame(usual))


def _lives(rows: pd.DataFrame, judged: _Judged) -> pd.DataFrame:
    """Per deal and owner the mean z of each part over the weeks that the owner had it, `deal` (date and
    category together, in standard deviations), `weeks`, `last` day."""
    keys = [rows["deal_id"], rows["owner_id"]]
    lives = judged.z.groupby(keys).mean()
    days = rows["landmark"].groupby(keys)
    lives["last"] = days.max()
    lives["weeks"] = (lives["last"] - days.min()).dt.days // 7 + 1
    both = mean_of([lives["date"], lives["category"]])
    spread = float(both.std())
    lives["deal"] = both / spread if spread > 1e-9 else both * np.nan
    half = spread * lives[["date", "category"]].notna().sum(axis=1).clip(lower=1)
    for part in ("date", "category"):  # so that the two add up to `deal`
        lives[part] = lives[part] / half
    return lives.reset_index()


def _todays(
    today: pd.DataFrame, lives: pd.DataFrame, own: Shrunken, closed: Closings, day: pd.Timestamp
) -> pd.DataFrame:
    """A row per open deal: z of every part, weeks, others (deals of the owner beside this one), total."""
    mine = today[["deal_id", "owner_id"]].merge(lives, on=["deal_id", "owner_id"], how="left")
    owner = mine["owner_id"]
    mine["others"] = owner.map(lives.groupby("owner_id").size()).where(owner != "", 1).to_numpy() - 1
    mine["owner"] = own.without(owner, mine["deal"], recency(mine["last"], day))
    mine["closings"] = closed.index(owner)
    mine["past"] = mine["owner"] + mine["closings"]
    mine["total"] = mine["deal"].fillna(0.0) + mine["past"]
    mine["above"] = -mine["total"] - mine["stage"].fillna(0.0)  # a stage ahead of the evidence adds to it
    return mine


def _deals(
    today: pd.DataFrame, z: pd.DataFrame, over: pd.DataFrame, company: Company, model: OutcomeModel | None
) -> pd.DataFrame:
    deals = pd.DataFrame(
        {
            "deal_id": today["deal_id"],
            "sandbag_score": sigmoid(z["total"].to_numpy()),
            "overstated_score": sigmoid(z["above"].to_numpy()),
            "statement": _statement(z),
            "p_stated": np.nan,
            **dict.fromkeys(_MONEY, np.nan),
            "stated_quarter": _stated_quarters(today, company),
            "earliest_quarter": None,
            "quarter_if_won": None,
        }
    )
    if model is not None:
        deals = deals.assign(**money_between(over, today, model))
        won = model.chances(today)[["p_won", *LATER]].to_numpy()
        deals["earliest_quarter"] = _first_quarter(won > _EVEN, today, company)
        deals["quarter_if_won"] = _first_quarter(won > _EVEN * won[:, -1:], today, company)
    return deals.assign(is_hollow_commit=_hollow(today, deals, over))


def _statement(z: pd.DataFrame) -> np.ndarray:
    """Below or above only where the deal and its owner's past both say so: one slow deal is no habit."""
    below, above = z["total"] >= _CALLED, z["above"] >= _CALLED
    unknown = z["deal"].isna() | (z["weeks"].fillna(0) < _FEWEST_WEEKS)
    unknown |= (z["others"] < _FEWEST_OTHERS) & (z["deal"].abs() >= _CALLED)
    below &= (z["deal"] > 0) & (z["past"] >= _OWNER_ADDS) & (z["closings"] >= CLOSINGS_MATTER)
    above &= (z["deal"] < 0) & (z["past"] <= -_OWNER_ADDS) & (z["closings"] <= -CLOSINGS_MATTER)
    return np.select([unknown, below, above], [UNKNOWN, BELOW, ABOVE], AS)


def _over_by(rows: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """Landmarks of quarters that were over at a day, without a blind start: what a model learns from."""
    return from_first_outcomes(rows[rows["outcome_0"].notna() & (rows["last_day"] <= day)])


def _stated_quarters(today: pd.DataFrame, company: Company) -> list[str | None]:
    calendar = company.calendar
    return [
        None if pd.isna(close) else calendar.quarter_of(close.date()).key for close in today["close_date"]
    ]


def _first_quarter(by_quarter: np.ndarray, today: pd.DataFrame, company: Company) -> list[str | None]:
    """The first of the four quarters that is marked for each deal; None where none is."""
    calendar = company.calendar
    now = calendar.quarter_of(today["landmark"].iloc[0].date())
    keys = [calendar.shift(now, ahead).key for ahead in range(by_quarter.shape[1])]
    return [keys[int(row.argmax())] if row.any() else None for row in by_quarter]


def _hollow(today: pd.DataFrame, deals: pd.DataFrame, over: pd.DataFrame) -> np.ndarray:
    """Called deals that the evidence does not carry: a case thinner than that of most called deals that were
    won, and a chance below what the statement alone would give. False where no case is known at all."""
    won = over[(over["category"] == "Commit") & (over["outcome_0"] == "won")]
    if won.empty or not won["case_depth"].gt(0).any():
        return np.zeros(len(today), dtype=bool)
    thin = today["case_depth"] < won["case_depth"].quantile(_THIN)
    return np.asarray((today["category"] == "Commit") & thin & (deals["overstated_low"] > 0))


def _parts(today: pd.DataFrame, z: pd.DataFrame, usual: pd.DataFrame, company: Company) -> pd.DataFrame:
    texts = part_texts(today, usual.reindex(today["deal_id"]).reset_index(drop=True), z, company)
    tables = []
    for part, table in texts.items():
        tables.append(
            table.assign(
                deal_id=today["deal_id"].to_numpy(),
                part=part,
                z=z[part].to_numpy(),
                counted=part in COUNTED,
                weeks=z["weeks"].fillna(0).astype(int).to_numpy(),
            )
        )
    parts = pd.concat(tables, ignore_index=True)
    columns = ["deal_id", "part", "z", "counted", "stated", "usual", "text", "weeks"]
    return parts.sort_values("deal_id", kind="stable")[columns].reset_index(drop=True)


def _nothing(today: pd.DataFrame, n: int) -> Statements:
    reason = f"statements are judged from {_FEWEST_DEALS} deals on"
    missing = NotEnough(reason if len(today) else "no deal was open", n)
    deals = today[["deal_id"]].assign(
        sandbag_score=np.nan,
        overstated_score=np.nan,
        statement=UNKNOWN,
        p_stated=np.nan,
        **dict.fromkeys(_MONEY, np.nan),
        stated_quarter=None,
        earliest_quarter=None,
        quarter_if_won=None,
        is_hollow_commit=False,
        words=str(missing),
    )
    parts = pd.DataFrame(columns=["deal_id", "part", "z", "counted", "stated", "usual", "text", "weeks"])
    owners = pd.DataFrame(
        columns=["owner_id", "bias", "low", "high", "n", "won", "score", "verdict", "realised", "words"]
    )
    return Statements(deals, parts, owners, missing)
