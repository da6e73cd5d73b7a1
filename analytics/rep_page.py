"""The page about one rep: what to talk about, what is good, and all it rests on, as of a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from analytics.at_risk import AtRisk
from analytics.business_case.questions import Question, method_as_of
from analytics.coaching.habits import Habits, habits
from analytics.coaching.pairs import Pair, answer_pool, pairs
from analytics.coaching.suggestions import Suggestions, suggest
from analytics.coaching.team import RAMPING_DAYS
from analytics.coaching.team_calls import call_bias, called_and_won, commits, commits_kept
from analytics.coaching.topics import TO_COACH, asks_of_topic
from analytics.company import Company
from analytics.playbook.effects import Effects, effects_of
from analytics.playbook.entries import entries_of
from analytics.problems import NotEnough
from analytics.rep_talk import Talk, talk_of
from analytics.review.decisions import decisions_as_of, open_actions
from analytics.risk.chances import History
from analytics.risk.statements import ABOVE, BELOW, Statements, statements_of
from analytics.store.database import Store


@dataclass(frozen=True)
class RepFacts:
    """What the pages of all reps rest on, made once for a day.

    `deals`: a row per deal that was ever open: deal_id, name, account_name, stage, close_date, amount_company
    (as last seen open). `called`, `stated`: of `coaching.team_calls`. `gone`: who works here no more.
    """

    as_of: date
    habits: Habits
    pool: pd.DataFrame
    questions: list[Question]
    effects: Effects | NotEnough
    statements: Statements
    called: pd.DataFrame
    stated: pd.DataFrame
    deals: pd.DataFrame
    gone: frozenset[str]


@dataclass(frozen=True)
class RepPage:
    """One rep's page.

    `rows`: the rep's rows of `Habits.rows`; `talk`: their open deals that are worth a talk (`no_chances`: why
    none can be told);
    `statement`: their row of `Statements.owners` (None: nothing is known); `stated`: their open deals stated
    above or below the evidence; `commits`: their deals stated as commit in past quarters, `kept` their count
    with share and interval (None: none); `called`: their calls of past quarters, `call_bias` with interval
    (None: none); `actions`: open actions of reviews on their deals, or that they should do.
    """

    owner_id: str
    name: str
    team: str
    facts: RepFacts
    rows: pd.DataFrame
    suggestions: Suggestions
    pairs: list[Pair]
    talk: Talk
    no_chances: NotEnough | None
    statement: Any
    stated: pd.DataFrame
    commits: pd.DataFrame
    kept: Any
    called: pd.DataFrame
    call_bias: Any
    actions: pd.DataFrame

    @property
    def as_of(self) -> date:
        """The day looked at."""
        return self.facts.as_of

    @property
    def n(self) -> int:
        """Their deals of the last four quarters."""
        mine = self.facts.habits.deals
        return int(mine.loc[mine["owner_id"] == self.owner_id, "deal_id"].nunique())

    @property
    def has_left(self) -> bool:
        """Whether they work here no more, as recorded."""
        return self.owner_id in self.facts.gone

    @property
    def is_ramping(self) -> bool:
        """Whether they are new here."""
        tenure = self.facts.habits.tenure.get(self.owner_id, np.nan)
        return bool(tenure < RAMPING_DAYS)


def rep_facts(store: Store, company: Company, as_of: date, history: History) -> RepFacts:
    """The facts as of a day; `history` of that day. Nothing later is used."""
    entries, statements = entries_of(history, company), statements_of(history, company)
    end = company.calendar.end_of(as_of)
    rows = history.rows[history.rows["landmark"] <= pd.Timestamp(as_of)]
    orders = rows.groupby("stage")["stage_order"].max().dropna()
    with store.reading():
        questions = method_as_of(store, company.method, end).questions
        pool = answer_pool(store, company, as_of, {str(key): float(one) for key, one in orders.items()})
        called = called_and_won(store, company, as_of)
        people = store.query("people_as_of", as_of_end=end)
    last = rows.sort_values(["landmark", "deal_id"], kind="stable").drop_duplicates("deal_id", keep="last")
    columns = ["deal_id", "name", "account_name", "stage", "close_date", "amount_company"]
    return RepFacts(
        as_of=as_of,
        habits=habits(history, entries, company, statements, questions),
        pool=pool,
        questions=questions,
        effects=effects_of(history, company),
        statements=statements,
        called=called,
        stated=commits(rows, company, as_of),
        deals=last[columns].reset_index(drop=True),
        gone=frozenset(people.loc[~people["is_active"].astype(bool), "person_id"]),
    )


def rep_page(
    store: Store, company: Company, facts: RepFacts, risk: AtRisk, owner_id: str, name: str
) -> RepPage:
    """The page of one rep. `risk`: of a scope that holds their open deals."""
    rows = facts.habits.of(owner_id)
    coach = rows.loc[rows["direction"] == TO_COACH, "topic"]
    weak = [asks for topic in coach if (asks := asks_of_topic(topic))]
    mine = risk.deals[risk.deals["owner_id"] == owner_id]
    statements = facts.statements
    said = statements.owners[statements.owners["owner_id"] == owner_id]
    commit = facts.stated[facts.stated["owner_id"] == owner_id].reset_index(drop=True)
    called = facts.called[facts.called["owner_id"] == owner_id].reset_index(drop=True)
    actions = open_actions(decisions_as_of(store, company, facts.as_of))
    is_theirs = (actions["action_owner"] == owner_id) | actions["deal_id"].isin(mine["deal_id"])
    return RepPage(
        owner_id=owner_id,
        name=name,
        team=str(rows["team"].iloc[0]) if len(rows) else "",
        facts=facts,
        rows=rows,
        suggestions=suggest(facts.habits, owner_id, facts.effects),
        pairs=pairs(facts.pool, owner_id, facts.questions, weak),
        talk=talk_of(risk, owner_id),
        no_chances=risk.missing,
        statement=None if said.empty or statements.missing else said.iloc[0],
        stated=mine[mine["statement"].isin([BELOW, ABOVE])].reset_index(drop=True),
        commits=commit,
        kept=commits_kept(commit).iloc[0] if len(commit) else None,
        called=called,
        call_bias=call_bias(called).iloc[0] if len(called) else None,
        actions=actions[is_theirs].reset_index(drop=True),
    )
