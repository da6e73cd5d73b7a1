"""What a review should talk about: few deals, ranked by money x disagreement x what can still change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from analytics.company import Company, Scope
from analytics.pipeline.changes import UNCHANGED, Changes
from analytics.problems import NotEnough
from analytics.review import decisions as made
from analytics.review.agenda_rank import ranked
from analytics.review.agenda_words import became_beside, decided_beside, why_now, why_quiet
from analytics.risk.reason_words import NORMAL
from analytics.wording import is_missing, points

#: Minutes of a meeting: opening and closing, an open action (and all of them), a card, a card of a deal on
#: which a large part (BIG) of all that is at stake hangs.
OPENING, PER_ACTION, MOST_FOR_ACTIONS, PER_CARD, PER_BIG_CARD, BIG = 2.0, 0.5, 5.0, 3.0, 4.0, 0.1
MOST_CARDS, REASONS = 8, 3


@dataclass(frozen=True)
class Card:
    """One deal to talk about. Shares are 0-1 by the quarter's end, money in the company's currency; NaN or ''
    where there is none.

    `rank_money`: amount x disagreement x what can still change: what it is ranked by. `kind`: of
    `at_risk.KINDS`. `reasons`: the strongest ones with their points. `changed`: what changed since the last
    review, before -> after. `last_decision` and `what_became`: in words, with the last action beside them.
    `why_now`: the rank in words.
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

    `quiet`: the scope's other open deals dated in the quarter (or before it), without a card: deal_id,
    name, owner_name, amount, why. `actions`: open ones decided before the day, the longest due first (of
    `decisions.open_actions`). `minutes`: the meeting's; `planned`: what it adds up to. `missing`: why there
    are no chances, and so no cards.
    """

    cards: list[Card]
    quiet: pd.DataFrame
    actions: pd.DataFrame
    minutes: int
    planned: float
    missing: NotEnough | None = None


def agenda(
    deals: pd.DataFrame,
    reasons: pd.DataFrame,
    changes: Changes,
    warnings: pd.DataFrame,
    decisions: pd.DataFrame,
    company: Company,
    scope: Scope,
    *,
    minutes: int = 25,
    missing: NotEnough | None = None,
) -> Agenda:
    """What to talk about in a review of so many minutes.

    `deals`: `AtRisk.deals` of the scope; `reasons`: `Chances.reasons`; `changes`: of the open pipeline since
    the last review; `warnings`: of `warnings_of`; `decisions`: of
    `decisions_as_of`, of the scope's deals; `missing`: of `AtRisk`.

    A deal is ranked by rank_money = amount x disagreement x what can still change, because talk is worth
    most where all three are large:
    - disagreement = |stated - evidenced| (chances to be won in the quarter). Below .1 there is nothing to
      disagree about, and no card, however large the deal.
    - what can still change = 1 where they are more than .2 apart: date, category or amount can be corrected
      in the room, whatever the outcome. Otherwise 4 p (1 - p) of the evidenced chance p: 1 where it is open
      (p = .5), nearly 0 where it is as good as won or lost and talk changes nothing.
    - x .3 where it was decided in the last ten days and nothing is new: not moved, not changed, nothing due.
      Decisions of the day itself do not count, or a card would vanish from the meeting that decides it.
    Deals dated later (or Omitted) take part only if more than .2 of them may come into the quarter.

    The best ones get cards as long as they fit: what opening, closing and open actions leave of the minutes;
    at most eight. What is ranked below a tenth of the first is small and gets none.
    """
    decisions = decisions.assign(day=pd.to_datetime(decisions["day"]))  # of no decision it has no type
    reported = _reported_today(decisions, company, scope)
    as_it_began = decisions.assign(state=decisions["state"].mask(reported, made.OPEN))
    found = ranked(scope.within(deals), changes, as_it_began, scope)
    earlier = decisions[decisions["day"] < pd.Timestamp(scope.as_of)]
    for_actions = min(MOST_FOR_ACTIONS, PER_ACTION * _talked_about(earlier, company, scope))
    spent = min(float(minutes), OPENING + for_actions)
    found = found.assign(minutes=_minutes(found))
    chosen = _fitting(found, minutes - spent)
    ids = found.loc[chosen, "deal_id"]
    told = _Told(
        reasons=reasons[reasons["deal_id"].isin(ids)],
        lines=changes.lines[changes.lines["deal_id"].isin(ids)],
        warnings=warnings[warnings["deal_id"].isin(ids)],
        last=made.standing(earlier),
        actions=made.last_actions(earlier),
        company=company,
        scope=scope,
    )
    cards = [told.card(row) for row in _by_owner(found.loc[chosen]).itertuples()]
    rest = found.drop(index=chosen)
    return Agenda(
        cards=cards,
        quiet=_quiet(rest[rest["is_dated"]], company, missing),
        actions=made.open_actions(earlier),
        minutes=minutes,
        planned=spent + sum(card.minutes for card in cards),
        missing=missing,
    )


def _talked_about(earlier: pd.DataFrame, company: Company, scope: Scope) -> int:
    """How many actions the meeting goes through: the open ones, and those reported on this day.

    The latter, so that the agenda does not change while the room reports on one after the other.
    """
    return int(((earlier["state"] == made.OPEN) | _reported_today(earlier, company, scope)).sum())


def _reported_today(decisions: pd.DataFrame, company: Company, scope: Scope) -> pd.Series:
    """Which decisions are actions that somebody reported on in this day's meeting."""
    today = decisions["reported_at"].ge(pd.Timestamp(company.calendar.start_of(scope.as_of)))
    return (decisions["kind"] == made.ACTION) & today


def _minutes(found: pd.DataFrame) -> pd.Series:
    """What each deal would take: more if a large part of all that is at stake hangs on it."""
    share = found["at_stake"] / found["at_stake"].sum()
    return share.ge(BIG).map({True: PER_BIG_CARD, False: PER_CARD})


def _fitting(found: pd.DataFrame, left: float) -> pd.Index:
    """The index of the first ranked deals that fit into the minutes left, without a gap in the ranking."""
    loud = found.index[found["quiet"] == ""][:MOST_CARDS]
    fitting: pd.Index = loud[(found.loc[loud, "minutes"].cumsum() <= left).to_numpy()]
    return fitting


def _by_owner(cards: pd.DataFrame) -> pd.DataFrame:
    """Grouped by owner, so that people can leave: the owner with most to talk about first."""
    sums = cards.groupby("owner_id")["rank_money"].transform("sum")
    keys = cards.assign(of_owner=sums).sort_values(
        ["of_owner", "owner_id", "rank_money"], ascending=[False, True, False], kind="stable"
    )
    return cards.loc[keys.index]


def _quiet(rest: pd.DataFrame, company: Company, missing: NotEnough | None) -> pd.DataFrame:
    """The deals without a card, each with its reason: no need of a talk, or no time."""
    asked = rest[["quiet", "rank_money", "decided_on"]]
    why = [why_quiet(row, company, missing) for row in asked.itertuples(index=False)]
    table = rest[["deal_id", "name", "owner_name", "amount"]].assign(
        why=pd.Series(why, rest.index, dtype=object)
    )
    return table.reset_index(drop=True)


@dataclass(frozen=True)
class _Told:
    """Everything that the cards tell, and how: only of their deals."""

    reasons: pd.DataFrame
    lines: pd.DataFrame
    warnings: pd.DataFrame
    last: pd.DataFrame
    actions: pd.DataFrame
    company: Company
    scope: Scope

    def card(self, row: Any) -> Card:
        """The card of a ranked deal."""
        warned = tuple(self._of(self.warnings, row.deal_id)["text"].astype(str))
        decided, became = self._decided(row)
        return Card(
            deal_id=str(row.deal_id),
            name=_text(row.name),
            account=_text(row.account_name),
            owner_id=_text(row.owner_id),
            owner_name=_text(row.owner_name),
            team=_text(row.team),
            amount=row.amount,
            stage=_text(row.stage),
            category=_text(row.category),
            close_date=row.close_date,
            kind=row.kind,
            stated=row.stated,
            evidenced=row.evidenced,
            p_slip=row.p_slip,
            at_stake=row.at_stake,
            rank_money=row.rank_money,
            minutes=row.minutes,
            reasons=self._strongest(row.deal_id),
            changed=self._changed(row.deal_id),
            warnings=warned,
            last_decision=decided,
            what_became=became,
            question=_text(row.question) or _asked(warned),
            why_now=why_now(row, self.company),
        )

    def _strongest(self, deal_id: str) -> tuple[str, ...]:
        ours = self._of(self.reasons, deal_id)
        ours = ours[(ours["reason"] != NORMAL) & ours["won"].notna()]
        top = ours.loc[ours["won"].abs().sort_values(ascending=False, kind="stable").index].head(REASONS)
        return tuple(f"{text}: {points(won)}" for text, won in zip(top["text"], top["won"], strict=True))

    def _changed(self, deal_id: str) -> tuple[str, ...]:
        ours = self._of(self.lines, deal_id)
        return tuple(ours.loc[ours["bucket"] != UNCHANGED, "what"].dropna().astype(str).drop_duplicates())

    def _decided(self, row: Any) -> tuple[str, str]:
        if row.deal_id not in self.last.index:
            return "", ""
        decision = self.last.loc[row.deal_id]
        beside = row.deal_id in self.actions.index and decision.kind != made.ACTION
        action = self.actions.loc[row.deal_id] if beside else None
        became = became_beside(decision, action, row, self.company, self.scope.as_of)
        return decided_beside(decision, action, self.company), became

    @staticmethod
    def _of(rows: pd.DataFrame, deal_id: str) -> pd.DataFrame:
        return rows[rows["deal_id"] == deal_id]


def _text(value: Any) -> str:
    return "" if is_missing(value) else str(value)


def _asked(warned: tuple[str, ...]) -> str:
    """A question where the business case has none open: about the first warning."""
    return f"What is behind this: {warned[0]}?" if warned else ""
