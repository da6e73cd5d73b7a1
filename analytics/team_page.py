"""The team overview: what it is made from, its tables and its pictures' data. Words: team_words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from analytics.business_case.questions import method_as_of
from analytics.coaching.team import (
    FEWEST,
    OVERALL,
    Moved,
    TeamDepth,
    depth_by,
    differ,
    moved,
    team_depth,
)
from analytics.coaching.team_calls import call_bias, called_and_won, commits, commits_kept
from analytics.coaching.team_coverage import coverage_by_owner
from analytics.company import Company, Scope
from analytics.fiscal import Quarter
from analytics.pipeline.owners import Owners, owners_as_of
from analytics.pipeline.quarter_end import quarter_end, targets_by
from analytics.pipeline.tables import DealTable, Kind, deal_table
from analytics.problems import NotEnough
from analytics.store.database import Store
from analytics.store.subjects import QUESTIONS

ALL_QUESTIONS = "All questions"
_TOO_FEW = f"fewer than {FEWEST} deals"


@dataclass(frozen=True)
class TeamView:
    """What the page knows of a day and a quarter, of everybody or of one team.

    `labels`: of the seven, those that the company asks: key -> label; `coverage`: of `coverage_by_owner`;
    `called`: of `called_and_won`, `bias`: of `call_bias`; `commits`: of `commits`, `kept`: of
    `commits_kept`; `team`: '' = everybody.
    """

    as_of: date
    quarter: Quarter
    team: str
    labels: dict[str, str]
    depth: TeamDepth
    coverage: pd.DataFrame
    called: pd.DataFrame
    bias: pd.DataFrame
    commits: pd.DataFrame
    kept: pd.DataFrame

    @property
    def questions(self) -> list[str]:
        """The keys of the questions, in the company's order."""
        return list(self.labels)

    @property
    def teams(self) -> list[str]:
        """The teams that have deals counted, by name."""
        return sorted({team for team in self.depth.reps["team"] if team})


def team_view(
    store: Store, company: Company, as_of: date, quarter: Quarter, rows: pd.DataFrame
) -> TeamView | NotEnough:
    """Everybody at a day; `rows`: the landmarks of the history up to it. Nothing later is used."""
    end = company.calendar.end_of(as_of)
    with store.reading():
        owners: Owners = owners_as_of(store, company, as_of)
        people = store.query("people_as_of", as_of_end=end)
        gone = frozenset(people.loc[~people["is_active"].astype(bool), "person_id"])
        depth = team_depth(rows, owners, company, as_of, gone=gone)
        if isinstance(depth, NotEnough):
            return depth
        labels: dict[str, str] = {}
        for one in method_as_of(store, company.method, end).questions:
            labels.setdefault(one.asks, one.label)
        scope = Scope(as_of, quarter)
        reps = list(depth.reps["owner_id"])
        coverage = coverage_by_owner(
            quarter_end(store, company, scope), targets_by(store, company, scope, "owner_id"), reps
        )
        called = called_and_won(store, company, as_of)
    stated = commits(rows, company, as_of)
    asked = {key: labels[key] for key in QUESTIONS if key in labels}
    return TeamView(
        as_of, quarter, "", asked, depth, coverage, called, call_bias(called), stated, commits_kept(stated)
    )


def of_team(view: TeamView, team: str) -> TeamView:
    """Only one team's part; '' leaves everything."""
    if not team:
        return view
    depth = view.depth
    reps = depth.reps[depth.reps["team"] == team].reset_index(drop=True)
    mine = replace(
        depth,
        deals=depth.deals[depth.deals["team"] == team].reset_index(drop=True),
        before=depth.before[depth.before["team"] == team].reset_index(drop=True),
        reps=reps,
    )
    return replace(view, team=team, depth=mine)


def spread(view: TeamView, *, named: bool) -> pd.DataFrame:
    """The dots: label, mean, n, who ('' unless `named`), owner_id; reps with enough deals only."""
    cells = depth_by(view.depth.deals, "owner_id", view.questions).dropna(subset=["mean"])
    names = view.depth.reps.set_index("owner_id")["name"]
    return cells.assign(
        label=cells["question"].map(view.labels), who=cells["owner_id"].map(names) if named else ""
    )[["label", "mean", "n", "who", "owner_id"]].reset_index(drop=True)


def spread_table(view: TeamView) -> pd.DataFrame:
    """What the dots say, in numbers: per question reps, shallowest, middle, deepest, and whether they differ
    by more than chance gives."""
    dots, found = spread(view, named=False), differ(view.depth.deals, view.questions)
    rows = []
    for key, label in view.labels.items():
        means = dots.loc[dots["label"] == label, "mean"]
        told = found[key]
        rows.append(
            {
                "question": label,
                "reps": len(means),
                "lowest": means.min(),
                "middle": means.median(),
                "highest": means.max(),
                "reps_differ": str(told)
                if isinstance(told, NotEnough)
                else "more than chance gives"
                if told
                else "no more than chance may give",
            }
        )
    table = pd.DataFrame(rows)
    return table.assign(**{name: table[name].round(2) for name in ("lowest", "middle", "highest")})


def team_cells(view: TeamView) -> pd.DataFrame:
    """Teams by questions, for the heat map: who, group, note, label, mean, n, like."""
    deals = view.depth.deals[view.depth.deals["team"] != ""]
    cells = depth_by(deals, "team", [*view.questions, OVERALL])
    return cells.rename(columns={"team": "who"}).assign(
        group="", note="", label=cells["question"].map(view.labels | {OVERALL: ALL_QUESTIONS})
    )


def rep_cells(view: TeamView) -> pd.DataFrame:
    """Reps by questions, by name, grouped by team where there are several: as `team_cells`, with owner_id."""
    cells = depth_by(view.depth.deals, "owner_id", [*view.questions, OVERALL])
    reps = view.depth.reps.set_index("owner_id")
    cells = cells.assign(
        who=cells["owner_id"].map(reps["name"]),
        group="" if view.team else cells["owner_id"].map(reps["team"]).replace("", "(no team)"),
        note=cells["owner_id"].map(reps["is_ramping"]).map({True: "new", False: ""}),
        label=cells["question"].map(view.labels | {OVERALL: ALL_QUESTIONS}),
    )
    order = {question: at for at, question in enumerate([*view.questions, OVERALL])}
    return cells.sort_values(
        ["group", "who", "owner_id", "question"],
        key=lambda column: column.map(order) if column.name == "question" else column,
        kind="stable",
        ignore_index=True,
    )


def cell_table(cells: pd.DataFrame) -> pd.DataFrame:
    """The heat map as a table: a row per person or team, a column per question; empty below FEWEST deals."""
    labels = list(dict.fromkeys(cells["label"]))
    wide = cells.pivot_table(
        index=["group", "who"], columns="label", values="mean", sort=False, dropna=False
    ).reindex(columns=labels)
    first = cells.drop_duplicates(["group", "who"]).set_index(["group", "who"])
    keys = [key for key in first.index if key in wide.index]
    wide = wide.loc[keys].round(2)
    wide.insert(0, "Deals", first.loc[keys, "n"].to_numpy(int))
    wide["Why a dash"] = [_TOO_FEW if n < FEWEST else "" for n in wide["Deals"]]
    table = wide.reset_index().rename(columns={"group": "Team", "who": "Who"})
    return table.drop(columns="Team") if not any(table["Team"]) else table


def movements(view: TeamView) -> pd.DataFrame:
    """Per question: label, change, low, high, n, n_before, said (why there is none, or that it moved)."""
    rows = []
    for key, label in view.labels.items():
        found = moved(view.depth.deals, view.depth.before, key, len(view.labels))
        rows.append({"label": label, **_moved_row(found)})
    return pd.DataFrame(rows)


def _moved_row(found: Moved | NotEnough) -> dict[str, object]:
    if isinstance(found, NotEnough):
        nan = float("nan")
        return {"change": nan, "low": nan, "high": nan, "n": 0, "n_before": 0, "said": str(found)}
    said = "as before" if not found.is_told_apart else "deeper" if found.change > 0 else "shallower"
    return {
        **{name: getattr(found, name) for name in ("change", "low", "high", "n", "n_before")},
        "said": said,
    }


def rep_movements(view: TeamView) -> pd.Series:
    """owner_id -> Moved or NotEnough of all questions together; the intervals hold for all reps together."""
    deals, before = view.depth.deals, view.depth.before
    owners = list(view.depth.reps["owner_id"])
    found = [
        moved(deals[deals["owner_id"] == one], before[before["owner_id"] == one], OVERALL, len(owners))
        for one in owners
    ]
    return pd.Series(found, index=owners, dtype=object)


def bias_rows(view: TeamView) -> pd.DataFrame:
    """The calls of the reps shown, by name: who, n, bias, low, high (NaN: too few quarters)."""
    reps = view.depth.reps.set_index("owner_id")
    found = view.bias.reindex(reps.index)
    return found.assign(who=reps["name"], n=found["n"].fillna(0).astype(int)).reset_index(drop=True)[
        ["who", "n", "bias", "low", "high"]
    ]


def cell_deals(view: TeamView, who: str, question: str) -> DealTable:
    """The deals behind a cell, the largest first, with the level of the question; `who`: an owner_id, or a
    team; `question`: a key, or OVERALL."""
    deals = view.depth.deals
    mine = deals[(deals["owner_id"] == who) | (deals["team"] == who)]
    mine = mine.sort_values(["amount_company", "deal_id"], ascending=[False, True], na_position="last")
    return with_column(deal_table(mine), "Level", mine[f"level_{question}"].round(2).tolist())


def commit_deals(view: TeamView, owner_id: str) -> DealTable:
    """The deals behind a rep's commits, the latest quarter first, each with what became of it."""
    mine = view.commits[view.commits["owner_id"] == owner_id]
    mine = mine.sort_values(["quarter", "amount_company"], ascending=False)
    table = deal_table(mine.assign(stage="", close_date="").reset_index(drop=True))
    rows = table.rows.drop(columns=["Stage", "Close date"])
    kept = mine["kept"].map({True: "won in the quarter", False: "not won in it"}).tolist()
    table = with_column(replace(table, rows=rows), "Quarter", mine["quarter"].tolist())
    return with_column(table, "What became of it", kept)


def with_column(table: DealTable, name: str, values: Sequence[object]) -> DealTable:
    """A deal table with one more column, after the deal's name and account."""
    rows = table.rows.copy()
    rows.insert(min(3, rows.shape[1]), name, list(values))
    kind: Kind = "number" if name == "Level" else "text"
    return replace(table, rows=rows, kinds={**table.kinds, name: kind})
