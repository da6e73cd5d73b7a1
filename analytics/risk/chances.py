"""The chance of every open deal as of a day, with the reasons that add up to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analytics.business_case.case import Cases, cases_as_of
from analytics.company import Company
from analytics.fiscal import Quarter
from analytics.pipeline.deals import deals_as_of
from analytics.problems import NotEnough
from analytics.risk.amounts import Amounts
from analytics.risk.explain import Reference, Split, split
from analytics.risk.features import NAMES
from analytics.risk.history_rates import Scored, score
from analytics.risk.kept import Keep, make_anew
from analytics.risk.ladder import Learned, learn
from analytics.risk.landmarks import HORIZONS, landmark_rows
from analytics.risk.reason_words import (
    NORMAL,
    WORDS,
    Facts,
    answers_by_question,
    first_labels,
    normal_words,
)
from analytics.store.database import Store
from analytics.wording import points

Progress = Callable[[float, str], None]
_TOP_REASONS = 3
LATER = [f"p_won_{ahead}" for ahead in HORIZONS[1:]]


@dataclass(frozen=True)
class History:
    """The landmarks up to a day and what was learned from them: made once, used for every question."""

    as_of: date
    rows: pd.DataFrame
    learned: Learned
    reference: Reference | None
    #: landmarks of a week before, never learned from
    earlier: pd.DataFrame = field(default_factory=pd.DataFrame)
    #: what was made from this history, of `once`
    made: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    def once(self, key: Any, make: Callable[[], Any]) -> Any:
        """What `make` makes from this history, made once; it is shared and must not be changed."""
        if key not in self.made:
            self.made[key] = make()
        return self.made[key]

    @property
    def today(self) -> pd.DataFrame:
        """The landmarks of the as-of date: one row per open deal."""
        day = pd.Timestamp(self.as_of)
        if len(self.earlier) and self.earlier["landmark"].iloc[0] == day:
            return self.earlier
        return self.rows[self.rows["landmark"] == day].reset_index(drop=True)

    @cached_property
    def amounts(self) -> Amounts:
        """What won deals close at by what was stated of them."""
        return Amounts.learned(self.rows)


@dataclass(frozen=True)
class Chances:
    """Every deal open at a day, its chances and why.

    `deals`: the columns of `deals_as_of`, case_depth and fresh_depth (0-4), p_won, p_lost, p_slip by the end
    of the quarter (sum 1), p_won_1 .. p_won_3 (won by the end of the three quarters after the as-of date's;
    NaN by smoothed rates), baseline_won (smoothed rates), amount_ratio (expected amount at close by the
    stated one), expected_amount (company currency), reasons (text).
    `reasons`: deal_id, reason, family, text, won, lost, slip (chances), money; per deal they add up to the
    deal's chances and expected_amount. Chances are NaN where `missing` says why. `ahead`: how many quarters
    the asked one lies after the as-of date's.
    """

    deals: pd.DataFrame
    reasons: pd.DataFrame
    cases: Cases
    baseline: Scored
    history: History
    status: str
    missing: NotEnough | None
    ahead: int

    @property
    def has_model(self) -> bool:
        """Whether the chances are a deal-level model's, not smoothed rates."""
        return not self.missing and self.history.reference is not None and self.ahead <= HORIZONS[-1]


def history_of(
    store: Store,
    company: Company,
    as_of: date,
    progress: Progress | None = None,
    keep: Keep = make_anew,
) -> History:
    """Read the landmarks up to a day and learn from the complete quarters among them.

    `keep`: where to look for what was learned from the same landmarks before.
    """
    report = progress or (lambda share, text: None)
    rows = landmark_rows(
        store,
        company,
        as_of,
        also=as_of - timedelta(days=7),
        progress=lambda share, text: report(share * 0.2, text),
    )
    week_before = pd.Timestamp(as_of - timedelta(days=7))
    earlier = rows[rows["landmark"] == week_before].reset_index(drop=True)
    rows = rows[rows["is_learned"]].reset_index(drop=True)
    learned = learn(rows, lambda share, text: report(0.2 + share * 0.75, text), keep)
    reference = None
    if learned.model is not None:
        report(0.96, "describing the normal deal of each stage and week")
        model, known = learned.model, rows[rows["outcome_0"].notna()]
        given = (learned.rung, learned.strength)
        reference = keep("reference", (known,), given, lambda: Reference.learned(model, known))
    report(1.0, "learned")
    return History(as_of, rows, learned, reference, earlier)


def chances_as_of(
    store: Store,
    company: Company,
    as_of: date,
    quarter: Quarter,
    history: History | None = None,
    progress: Progress | None = None,
) -> Chances:
    """Chances by the end of `quarter` of every deal open at the end of `as_of`; nothing later is used.

    Whatever the store's sight is, all deals are there, as the history keeps them for all readers: who shows
    them cuts them to a scope. Later quarters than the third after the as-of date's are given smoothed rates.
    Raises BadInput if the quarter ended before `as_of`.
    """
    store = store.whole
    history = history or history_of(store, company, as_of, progress)
    found: Chances = history.once(
        ("chances", as_of, quarter), lambda: _chances_as_of(store, company, as_of, quarter, history)
    )
    return found


def _chances_as_of(
    store: Store, company: Company, as_of: date, quarter: Quarter, history: History
) -> Chances:
    with store.reading():
        baseline = score(store, company, as_of, quarter)
        cases = cases_as_of(store, company, as_of, deals_as_of_open(store, company, as_of))
    ahead = company.calendar.steps(company.calendar.quarter_of(as_of), quarter)
    model = history.learned.model
    if model is None or history.reference is None or ahead > HORIZONS[-1]:
        return _by_rates(baseline, cases, history, ahead)
    rows = _rows_of(history, baseline)
    parts = split(model, rows, history.reference.for_rows(rows), ahead)
    deals = baseline.deals.assign(baseline_won=baseline.deals["p_won"])
    deals = deals.assign(p_won=parts.chances[:, 0], p_lost=parts.chances[:, 1], p_slip=parts.chances[:, 2])
    deals["amount_ratio"] = history.amounts.ratio(rows["timing"])
    deals["expected_amount"] = (deals["amount_company"] * deals["p_won"] * deals["amount_ratio"]).round(2)
    deals = deals.assign(**{name: model.chances(rows)[name].to_numpy() for name in LATER})
    facts = _facts(rows, cases, company)
    reasons = _reasons(deals, rows, parts, facts)
    return Chances(
        deals=_with_case(deals.assign(reasons=_lines(reasons, deals)), cases),
        reasons=reasons,
        cases=cases,
        baseline=baseline,
        history=history,
        status=history.learned.why,
        missing=None,
        ahead=ahead,
    )


def deals_as_of_open(store: Store, company: Company, as_of: date) -> pd.DataFrame:
    """The deals open at the end of a day."""
    deals = deals_as_of(store, company, as_of, closed_since=as_of)
    return deals[deals["is_open"]].reset_index(drop=True)


def _rows_of(history: History, baseline: Scored) -> pd.DataFrame:
    """Today's landmarks in the order of the deals."""
    today = history.today.set_index("deal_id", drop=False)
    return today.loc[baseline.deals["deal_id"]].reset_index(drop=True)


def _with_case(deals: pd.DataFrame, cases: Cases) -> pd.DataFrame:
    columns = ["deal_id", "case_depth", "fresh_depth", "answered"]
    return deals.merge(cases.deals[columns], on="deal_id", how="left")


def _facts(rows: pd.DataFrame, cases: Cases, company: Company) -> list[Facts]:
    answers = answers_by_question(cases.answers, cases.questions)
    labels = first_labels(cases.questions)
    return [
        Facts(row, company, answers.get(str(row.deal_id), {}), labels) for row in rows.itertuples(index=False)
    ]


def _reasons(deals: pd.DataFrame, rows: pd.DataFrame, parts: Split, facts: list[Facts]) -> pd.DataFrame:
    """The long frame of `Chances.reasons`, the normal deal first."""
    n, keys = len(deals), [NORMAL, *parts.reasons]
    values = np.concatenate([parts.start[:, :, None], parts.parts], axis=2)
    texts = [
        [normal_words(one.row.stage, one.row.week), *(WORDS[key](one) for key in parts.reasons)]
        for one in facts
    ]
    return pd.DataFrame(
        {
            "deal_id": np.repeat(deals["deal_id"].to_numpy(), len(keys)),
            "reason": keys * n,
            "family": [NORMAL, *(NAMES[key].family for key in parts.reasons)] * n,
            "text": [text for of_deal in texts for text in of_deal],
            "won": values[:, 0].ravel(),
            "lost": values[:, 1].ravel(),
            "slip": values[:, 2].ravel(),
            "money": _money(deals, values[:, 0]).ravel(),
        }
    )


def _money(deals: pd.DataFrame, won: np.ndarray) -> np.ndarray:
    """Each part's share of the expected amount, to the cent; the cents left over go to the largest part."""
    expected, chance = deals["expected_amount"].to_numpy(float), deals["p_won"].to_numpy(float)
    per_chance = np.divide(expected, chance, out=np.zeros_like(expected), where=chance > 0)
    money: np.ndarray = np.round(won * per_chance[:, None], 2)
    left = np.round(expected - money.sum(axis=1), 2)
    at = np.arange(len(money)), np.abs(money).argmax(axis=1)
    money[at] = np.round(money[at] + left, 2)
    return money


def _lines(reasons: pd.DataFrame, deals: pd.DataFrame) -> list[str]:
    """The strongest reasons of each deal in one line."""
    told = reasons[reasons["reason"] != NORMAL]
    if told.empty:
        return [""] * len(deals)
    strongest = told.iloc[(-told["won"].abs()).argsort(kind="stable")].groupby("deal_id").head(_TOP_REASONS)
    text = strongest["text"] + ": " + strongest["won"].map(points)
    lines = text.groupby(strongest["deal_id"]).agg("; ".join)
    return [str(line) for line in lines.reindex(deals["deal_id"]).fillna("")]


def _by_rates(baseline: Scored, cases: Cases, history: History, ahead: int) -> Chances:
    """Smoothed rates where no model is carried, with their two reasons."""
    deals = baseline.deals.assign(
        baseline_won=baseline.deals["p_won"],
        amount_ratio=baseline.amount_ratio,
        **dict.fromkeys(LATER, np.nan),
    )
    status = baseline.status
    if not baseline.missing:
        far = f"{ahead} quarters ahead are too far for a deal-level model"
        status += f"; {far if ahead > HORIZONS[-1] else history.learned.why}"
    return Chances(
        deals=_with_case(deals, cases),
        reasons=_rate_reasons(deals, baseline),
        cases=cases,
        baseline=baseline,
        history=history,
        status=status,
        missing=baseline.missing,
        ahead=ahead,
    )


def _rate_reasons(deals: pd.DataFrame, baseline: Scored) -> pd.DataFrame:
    columns = ["deal_id", "reason", "family", "text", "won", "lost", "slip", "money"]
    if baseline.missing or deals.empty:
        return pd.DataFrame(columns=columns)
    everybody = float(baseline.past.rows["won"].sum() / baseline.past.rows["deals"].sum())
    lost = float(baseline.past.rows["lost"].sum() / baseline.past.rows["deals"].sum())
    normal = deals.assign(
        reason=NORMAL,
        family=NORMAL,
        text="any open deal on this day of past quarters",
        won=everybody,
        lost=lost,
    )
    mine = deals.assign(
        reason="stage",
        family="deal",
        text=deals["reasons"],
        won=deals["p_won"] - everybody,
        lost=deals["p_lost"] - lost,
    )
    table = pd.concat([normal, mine], ignore_index=True)
    table["slip"] = np.where(table["reason"] == NORMAL, 1 - everybody - lost, -(table["won"] + table["lost"]))
    money = _money(deals, np.column_stack([np.full(len(deals), everybody), deals["p_won"] - everybody]))
    table["money"] = np.concatenate([money[:, 0], money[:, 1]])
    order = table["deal_id"].map({deal: at for at, deal in enumerate(deals["deal_id"])})
    return table.assign(order=order).sort_values("order", kind="stable")[columns].reset_index(drop=True)
