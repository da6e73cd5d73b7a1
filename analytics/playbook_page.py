"""Everything the page Playbook shows: whose deals, what goes with winning, and the tables behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from analytics.company import Company, Scope
from analytics.pipeline.tables import DealTable, deal_table
from analytics.playbook.by_stage import EXPLAINED, ByStage
from analytics.playbook.effects import OUTCOMES, Effects, effects_of, question_effects
from analytics.playbook.entries import Entries, entries_of
from analytics.playbook.waits import Waits
from analytics.problems import NotEnough
from analytics.risk.chances import History
from analytics.wording import DASH, is_missing, percent

#: How the outcomes are called on the page, in this order.
ENDS = {"won": "Won", "kept": "Decided in time"}
_ENDED = {
    "won": {1.0: "won in time", 0.0: "not won in time"},
    "kept": {1.0: "decided in its quarter", 0.0: "not decided in its quarter"},
}
_LEVEL, _SINCE, _END = "Level at entry", "Entered", "What became of it"
_WAITED, _USUAL, _BEYOND = "Days so far", "Most are through by day", "Days beyond"


@dataclass(frozen=True)
class Playbook:
    """`entries`: the stage entries looked at; `whose`: '' for the company, or the team; `note`: why it is not
    what the reader asked for ('' if it is); `labels`: question (one of the seven) -> the company's short
    name, of those that it asks, in its order."""

    entries: Entries
    effects: Effects | NotEnough
    whose: str
    note: str
    labels: dict[str, str]

    @property
    def asked(self) -> Effects | NotEnough:
        """The effects of the questions that the company asks."""
        if isinstance(self.effects, NotEnough):
            return self.effects
        tables = (
            table[table["question"].isin(list(self.labels))]
            for table in (self.effects.questions, self.effects.stages)
        )
        questions, stages = tables
        return replace(self.effects, questions=questions, stages=stages)


def playbook(history: History, company: Company, scope: Scope, labels: Mapping[str, str]) -> Playbook:
    """The scope's team where it has enough deals, else the company."""
    everybody = entries_of(history, company)
    asks_one = "One person's deals are too few to compare. " if scope.owner_id else ""
    if scope.team:
        entries = of_team(everybody, scope.team)
        effects = question_effects(entries)
        if isinstance(effects, Effects):
            return Playbook(entries, effects, scope.team, _shown(asks_one, scope.team), dict(labels))
        asks_one += f"Team {scope.team} alone is {effects}. "
    effects = effects_of(history, company)
    return Playbook(everybody, effects, "", _shown(asks_one, ""), dict(labels))


def _shown(why: str, team: str) -> str:
    return why and f"{why}Shown are all deals of {f'team {team}' if team else 'the company'}."


def of_team(entries: Entries, team: str) -> Entries:
    """The entries of deals that belonged to a team when they entered."""
    return replace(entries, rows=entries.rows[entries.rows["team"] == team].reset_index(drop=True))


def listed(view: Playbook, scope: Scope) -> Playbook:
    """The same numbers; behind them only the deals that the scope's reader may see."""
    seen = replace(scope, team="", owner_id="")
    return replace(view, entries=replace(view.entries, rows=seen.within(view.entries.rows)))


def effect_table(view: Playbook) -> pd.DataFrame:
    """A row per question for the picture, those that stand out for winning first:
    question, label, n (deals), and per outcome ('' for won, 'kept_'): effect, low, high, claimed, missing."""
    found = view.asked
    if isinstance(found, NotEnough):
        return pd.DataFrame(columns=["question", "label"])
    parts = []
    for outcome, prefix in zip(OUTCOMES, ("", "kept_"), strict=True):
        one = found.questions[found.questions["outcome"] == outcome].set_index("question")
        one = one[["effect", "low", "high", "claimed", "missing", "n", "events"]]
        parts.append(one.add_prefix(prefix))
    table = pd.concat(parts, axis=1)
    table.insert(0, "label", [view.labels[question] for question in table.index])
    table = table.sort_values(["claimed", "effect"], ascending=False, na_position="last")
    return table.rename_axis("question").reset_index()


def effects_shown(table: pd.DataFrame) -> pd.DataFrame:
    """The numbers of the picture, a missing one with its reason."""
    words = [DASH if missing is None else str(missing) for missing in table["missing"]]
    names = ["label", "effect", "low", "high", "claimed", "n", "events"]
    kept = [f"kept_{name}" for name in names[1:]]
    return table[[*names, *kept]].rename(columns={"label": "question"}).assign(remark=words)


def levels_of(stages: ByStage, question: str, outcome: str) -> pd.DataFrame:
    """What became of the deals by level at entry: a row per stage and level, with the stage's own `rate`."""
    rates = stages.rates[stages.rates["outcome"] == outcome].set_index("stage")["share"]
    rows = stages.levels[(stages.levels["question"] == question) & (stages.levels["outcome"] == outcome)]
    return rows.assign(rate=rows["stage"].map(rates)).drop(columns=["question", "outcome"])


def deals_at(
    view: Playbook, question: str, outcome: str, stage: str, level: str, owners: Mapping[str, str]
) -> DealTable:
    """The deals behind a number: those that entered a stage with the question at a level ('': any; '3+':
    explained; '0-2': less), what they said then and what became of them. Over all stages ('') each deal is
    there once, with the last such stage.

    `owners`: owner_id -> name."""
    rows = view.entries.rows
    rows = rows[rows[outcome].notna() & ((rows["stage"] == stage) | (stage == ""))]
    at = rows[f"level_{question}"]
    if level == f"{EXPLAINED}+":
        rows = rows[at >= EXPLAINED]
    elif level == f"0-{EXPLAINED - 1}":
        rows = rows[at < EXPLAINED]
    elif level:
        rows = rows[at == float(level)]
    rows = rows.sort_values(["landmark", "stage_order"], ascending=False, kind="stable")
    rows = rows.drop_duplicates("deal_id")
    said = {
        _LEVEL: (rows[f"level_{question}"].to_numpy(), "number"),
        _SINCE: (rows["landmark"].dt.date.to_numpy(), "day"),
        _END: (rows[outcome].map(_ENDED[outcome]).to_numpy(), "text"),
    }
    return _told(rows.assign(owner_name=rows["owner_id"].map(owners)), said)


def _told(deals: pd.DataFrame, said: Mapping[str, tuple[Any, Any]]) -> DealTable:
    """A deal table with columns of our own after the deal's name."""
    table = deal_table(deals)
    rows = table.rows.assign(**{name: values for name, (values, _) in said.items()})
    first = [*(name for name in ("Deal ID", "Deal", "Account") if name in rows), *said]
    rows = rows[[*first, *(name for name in rows if name not in first)]]
    kinds = table.kinds | {name: kind for name, (_, kind) in said.items()}
    return replace(table, rows=rows, kinds=kinds)


def empty_table(view: Playbook, rows: pd.DataFrame) -> pd.DataFrame:
    """`empty_at_entry` for the picture: of the company's questions, with their `label`, no key."""
    asked = rows[rows["question"].isin(list(view.labels))]
    order = {question: i for i, question in enumerate(view.labels)}
    asked = asked.assign(label=asked["question"].map(view.labels), order=asked["question"].map(order))
    stages = {stage: i for i, stage in enumerate(view.entries.stages)}
    asked = asked.sort_values(
        ["stage", "order"], key=lambda one: one.map(stages) if one.name == "stage" else one
    )
    first = ["stage", "label"]
    return asked[[*first, *(name for name in asked if name not in (*first, "question", "order"))]]


def entering(view: Playbook, question: str, stage: str, owners: Mapping[str, str]) -> DealTable:
    """The deals of the last year that entered a stage with little said about a question (0 or 1)."""
    rows = view.entries.rows
    young = (pd.Timestamp(view.entries.as_of) - rows["landmark"]).dt.days < 365
    rows = rows[young & (rows["stage"] == stage) & (rows[f"level_{question}"] <= 1)]
    rows = rows.sort_values("landmark", ascending=False, kind="stable")
    ended = rows["closed_won"].map({True: "won", False: "lost"}).fillna("open")
    said = {
        _LEVEL: (rows[f"level_{question}"].to_numpy(), "number"),
        _SINCE: (rows["landmark"].dt.date.to_numpy(), "day"),
        _END: (ended.to_numpy(), "text"),
    }
    return _told(rows.assign(owner_name=rows["owner_id"].map(owners)), said)


def waiting(waits: Waits, today: pd.DataFrame, stage: str, owners: Mapping[str, str]) -> DealTable:
    """The open deals that wait longer in a stage than most did ('' for a customer's review), longest first.

    `today`: the landmarks of the as-of date; deals that are not among them are left out."""
    found = waits.now[waits.now["stage"] == stage] if stage else waits.reviewing
    long = found[(found["beyond"] > 0) & found["deal_id"].isin(today["deal_id"])].set_index("deal_id")
    deals = today.set_index("deal_id", drop=False).reindex(long.index)
    said = {
        _WAITED: (long["days"].to_numpy(), "number"),
        _USUAL: (long["usual"].to_numpy(), "number"),
        _BEYOND: (long["beyond"].to_numpy(), "number"),
    }
    return _told(deals.assign(owner_name=deals["owner_id"].map(owners)).reset_index(drop=True), said)


def waits_table(waits: Waits) -> pd.DataFrame:
    """The stages and, last, the customer's review: for the picture and its data."""
    review = waits.review.assign(stage=REVIEW)
    return pd.concat([waits.stages, review], ignore_index=True)


REVIEW = "Customer's review until the close"


def first_answers(waits: Waits, labels: Mapping[str, str]) -> pd.DataFrame:
    """How soon questions were answered that were empty when a stage began, a row per question and a column
    per stage: the share answered while the deal was there, the usual days to it in brackets."""
    rows = waits.answers[waits.answers["question"].isin(list(labels))]
    said = [
        f"{percent(row.share)}{'' if is_missing(row.median) else f' (day {row.median:.0f})'}"
        if row.missing is None
        else DASH
        for row in rows.itertuples()
    ]
    table = rows.assign(Question=rows["question"].map(labels), said=said)
    wide = table.pivot(index="Question", columns="stage", values="said")
    order = [label for label in labels.values() if label in wide.index]
    return wide.reindex(order)[list(dict.fromkeys(rows["stage"]))].reset_index()


def first_question(view: Playbook) -> str:
    """The label of the question that stands out most, else of the first."""
    table = effect_table(view)
    return str(table["label"].iloc[0]) if len(table) else next(iter(view.labels.values()))
