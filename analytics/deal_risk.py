"""What the deal page says about where one deal goes by quarter end, and why."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analytics.company import Company
from analytics.problems import NotEnough
from analytics.risk.chance_history import chance_history, stated_in_quarter
from analytics.risk.chances import LATER, Chances, History
from analytics.risk.reason_words import first_labels
from analytics.risk.similar import similar_deals
from analytics.risk.statements import Statements
from analytics.risk.what_if import ASKED_LEVEL, if_answered
from analytics.wording import day, listed, percent, points


@dataclass(frozen=True)
class DealRisk:
    """One open deal by the end of the scope's quarter.

    `deal`: its row of Chances.deals with `stated`; `reasons`: its rows of Chances.reasons; `statement`: its
    row of Statements.deals, `parts` those of Statements.parts; `history`: chance_history; `similar`: past
    deals; `questions`: what goes with evidencing each open question; `later`: the
    chance to be won by the end of each of the three quarters after the day's own (by key; empty without a
    model). `missing` says why there are no chances.
    """

    deal: pd.Series
    reasons: pd.DataFrame
    statement: pd.Series | None
    parts: pd.DataFrame
    history: pd.DataFrame
    similar: pd.DataFrame
    questions: pd.DataFrame
    later: dict[str, float]
    status: str
    missing: NotEnough | None


def of_deal(chances: Chances, statements: Statements, company: Company, deal_id: str) -> DealRisk | None:
    """The part of the company's chances and statements that is about one deal; None if it is not open."""
    found = chances.deals[chances.deals["deal_id"] == deal_id]
    if found.empty:
        return None
    history, model = chances.history, chances.history.learned.model
    said = statements.deals[statements.deals["deal_id"] == deal_id]
    today = history.today[history.today["deal_id"] == deal_id]
    questions = pd.DataFrame()
    if model is not None and chances.has_model and not today.empty:
        labels = first_labels(chances.cases.questions)
        questions = _questions(if_answered(model, today, labels, chances.ahead), labels)
    return DealRisk(
        deal=found.assign(stated=stated_in_quarter(found)).iloc[0],
        reasons=chances.reasons[chances.reasons["deal_id"] == deal_id].reset_index(drop=True),
        statement=None if said.empty else said.iloc[0],
        parts=_of(statements.parts, deal_id),
        history=chance_history(history, company, deal_id),
        similar=_similar(similar_deals(history, deal_id), company),
        questions=questions,
        later=_later(found.iloc[0], company, history),
        status=chances.status,
        missing=chances.missing,
    )


def _later(deal: pd.Series, company: Company, history: History) -> dict[str, float]:
    this = company.calendar.quarter_of(history.as_of)
    keys = [company.calendar.shift(this, ahead).key for ahead in range(1, len(LATER) + 1)]
    return {key: float(deal[name]) for key, name in zip(keys, LATER, strict=True) if pd.notna(deal[name])}


def _of(parts: pd.DataFrame, deal_id: str) -> pd.DataFrame:
    return parts if parts.empty else parts[parts["deal_id"] == deal_id].reset_index(drop=True)


def _questions(gains: pd.DataFrame, labels: dict[str, str]) -> pd.DataFrame:
    """What goes with evidencing each open question, as a table."""
    names = [labels.get(key, key) if key else "Any new answer today" for key in gains["question"]]
    return pd.DataFrame(
        {
            "Question": names,
            "Level now": gains["level"],
            "Asked level": gains["level"].where(gains["level"].isna(), ASKED_LEVEL),
            "Goes with": [f"{points(gain)} points" for gain in gains["gain"]],
        }
    )


def _similar(found: pd.DataFrame, company: Company) -> pd.DataFrame:
    """The similar deals as a table: what they were like then, and how they ended."""
    ended = [
        "still open" if pd.isna(closed_on) else f"{'won' if won else 'lost'} {_day(closed_on, company)}"
        for closed_on, won in zip(found["closed_on"], found["closed_won"], strict=True)
    ]
    compared = [
        f"{quarter}, week {week + 1}" for quarter, week in zip(found["quarter"], found["week"], strict=True)
    ]
    return pd.DataFrame(
        {
            "deal_id": found["deal_id"],
            "Deal": found.get("name", found["deal_id"]),
            "In the end": ended,
            "At that quarter's end": found["outcome_0"],
            "Compared in": compared,
            "Stage then": found["stage"],
            "Amount then": found["amount_company"],
            "Times pushed": found["pushes"].astype(int),
            "Days since activity": found["activity_days"],
            "Case depth": found["case_depth"].round(1),
        }
    )


def _day(value: object, company: Company) -> str:
    return day(value, locale=company.locale)


def in_words(found: DealRisk, quarter: str) -> str:
    """The three chances in a sentence, with what the CRM states."""
    if found.missing:
        return f"No chances yet: {found.missing}."
    deal = found.deal
    later = [f"{key} {percent(chance)}" for key, chance in found.later.items() if key > quarter]
    text = (
        f"By the end of {quarter}: {percent(deal['p_won'])} won, {percent(deal['p_lost'])} lost,"
        f" {percent(deal['p_slip'])} still open. The CRM states {percent(deal['stated'])} for this quarter."
    )
    if later:
        text += f" Won by the end of {listed(later)}."
    return text
