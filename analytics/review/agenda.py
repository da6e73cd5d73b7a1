"""What a review should talk about: few deals, ranked by money x disagreement x what can still change."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Card:
    """One deal to talk about. Shares are 0-1 by the quarter's end, money in the company's currency; NaN or ''
    where there is none.

    `rank_money`: amount x disagreement x what can still change: what it is ranked by. `kind`: of
    `at_risk.KINDS`. `reasons`: the strongest ones with their points. `changed`: what changed since the last
    review, before -> after. `last_decision` and `what_became`: in words. `why_now`: the rank in words.
    """

    deal_id: str
    name: str
    account: str
    owner_id: str
    owner_name: str
    team: str
    amount: float
    stage: str
    category: str
    close_date: pd.Timestamp
    kind: str
    stated: float
    evidenced: float
    p_slip: float
    at_stake: float
    rank_money: float
    minutes: float
    reasons: tuple[str, ...]
    changed: tuple[str, ...]
    warnings: tuple[str, ...]
    last_decision: str
    what_became: str
    question: str
    why_now: str


@dataclass(frozen=True)
class Agenda:
    """`cards`: grouped by owner, the owner with the most at stake first.

    `quiet`: the scope's other open deals dated in the quarter, that need no talk: deal_id, name, owner_name,
    amount, why. `actions`: open ones, the longest due first (of `decisions.open_actions`). `minutes`: the
    meeting's; `planned`: what it adds up to.
    """

    cards: list[Card]
    quiet: pd.DataFrame
    actions: pd.DataFrame
    minutes: int
    planned: float
