"""`python -m tests.evaluation.coaching FOLDER`: do the suggestions of the rep page fit reps of known habit?

Worlds in which every rep was dealt at most one habit (sample_company.rep_habits), through the real texts and
the real judge of them. Rules fixed before anything was looked at: the ten reps are those with a habit, still
at work, with most deals in the last four quarters; a suggestion fits if it is of the topic in FITS. Beside
it: how often the suggestions made for one rep fit the habit of another (what guessing would reach), what is
said of reps without a habit, and how many reps are told anything when deals are dealt out among the reps of
their team by lot, so that nobody differs from anybody (`--shuffles`).
"""

from __future__ import annotations

import argparse
import pickle
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd

from analytics.coaching.habits import Habits, habits
from analytics.coaching.suggestions import Suggestions, suggest
from analytics.coaching.topics import AS_OTHERS, DEPTH, GOOD, TO_COACH
from analytics.commands.sample import WORLDS
from analytics.company import Company, company_of
from analytics.playbook.effects import question_effects
from analytics.playbook.entries import stage_entries
from analytics.risk.chances import History
from analytics.risk.landmarks import landmark_rows
from analytics.risk.statements import Statements, understatement
from analytics.sample_company import build_world
from analytics.store.database import Store
from tests.evaluation.worlds import land_world

SEEDS = (5500, 5501, 5502)
REPS = 10
_YEAR = pd.Timedelta(days=365)
#: which topics fit which habit; dates that are always too early are pushed, and stated above their evidence
FITS: dict[str, tuple[str, ...]] = {
    "stale": ("stale",),
    "seldom": ("empty",),
    "pushes": ("pushes", "statements above"),
    "few stakeholders": ("people", "buyer"),
}


@dataclass(frozen=True)
class Team:
    """A world as the rep page sees it, with the truth about its reps beside it."""

    rows: pd.DataFrame
    company: Company
    reps: pd.DataFrame  # by person_id
    as_of: date


def team_of(seed: int, folder: Path) -> Team:
    """A world of habits, from the folder if it is there; its store is kept beside it."""
    kept = folder / f"habits_{seed}.pickle"
    if not kept.exists():
        folder.mkdir(parents=True, exist_ok=True)
        world = build_world(WORLDS["habits"].but(seed=seed))
        store = Store(folder / f"habits_{seed}.duckdb")
        land_world(world, store, f"habits_{seed}")
        day, company = world.options.last_day, company_of(store)
        reps = world.truth["reps"].drop_duplicates("person_id", keep="last").set_index("person_id")
        names = world.subjects["person"].drop_duplicates("person_id", keep="last").set_index("person_id")
        rows = landmark_rows(store, company, day)
        kept.write_bytes(pickle.dumps(Team(rows, company, reps.join(names["name"]), day)))
    found: Team = pickle.loads(kept.read_bytes())
    return found


def shuffled(team: Team, seed: int) -> tuple[int, int]:
    """Reps who are told that something is to coach, or good, when every deal has an owner drawn by lot from
    the owners in its team; and how many reps there are. Statements are left out: they have their own rate."""
    rng = np.random.default_rng(seed)
    last = team.rows.drop_duplicates("deal_id", keep="last")
    last = last[last["owner_id"] != ""].set_index("deal_id")
    drawn = last.groupby("team")["owner_id"].transform(lambda owners: rng.permutation(owners.to_numpy()))
    rows = team.rows.assign(owner_id=team.rows["deal_id"].map(drawn).fillna(""), rep_tenure_days=np.nan)
    history = History(team.as_of, rows, cast(Any, None), None)
    entries = stage_entries(rows, team.company, team.as_of)
    found = habits(history, entries, team.company, _no_statements(team)).rows
    found = found[found["topic"] != "statements"]
    judged = found[found["direction"].isin([TO_COACH, GOOD, AS_OTHERS])]
    told = judged[judged["direction"] != AS_OTHERS]
    return told["owner_id"].nunique(), judged["owner_id"].nunique()


def _no_statements(team: Team) -> Statements:
    return understatement(team.rows.head(0), team.company, team.as_of)


def said_of(team: Team) -> tuple[Habits, dict[str, Suggestions], pd.Series]:
    """What the page says of everybody still at work, and their deals of the last four quarters."""
    day = pd.Timestamp(team.as_of)
    history = History(team.as_of, team.rows, cast(Any, None), None)
    entries = stage_entries(team.rows, team.company, team.as_of)
    statements: Statements = understatement(team.rows, team.company, team.as_of)
    found = habits(history, entries, team.company, statements)
    effects = question_effects(entries)
    recent = team.rows[team.rows["landmark"] > day - _YEAR]
    deals = recent.groupby("owner_id")["deal_id"].nunique()
    at_work = set(recent.loc[recent["landmark"] == day, "owner_id"]) & set(team.reps.index)
    deals = deals[deals.index.isin(at_work)].sort_values(ascending=False, kind="stable")
    return found, {str(owner): suggest(found, str(owner), effects) for owner in deals.index}, deals


def fitting(rep: pd.Series) -> tuple[str, ...]:
    """The topics that fit a rep's habit."""
    if rep["habit"] == "blind spot":
        return (f"{DEPTH}{rep['blind_question']}",)
    return FITS.get(str(rep["habit"]), ())


def topics(said: Suggestions) -> list[str]:
    """The topics of the suggestions, with the side of what is stated."""
    sides = [" above" if "above" in one.title else " below" for one in said.coach]
    return [
        one.topic + (side if one.topic == "statements" else "")
        for one, side in zip(said.coach, sides, strict=True)
    ]


def read(team: Team) -> pd.DataFrame:
    """A row per rep at work: the truth, what is suggested and praised, and where the fitting topic stands."""
    found, said, deals = said_of(team)
    rows = []
    for owner, suggestions in said.items():
        rep, mine = team.reps.T[owner], found.of(owner).set_index("topic")
        wanted, given = fitting(rep), topics(suggestions)
        strong, blind = (
            str(rep[one]) if pd.notna(rep[one]) else "" for one in ("strong_question", "blind_question")
        )
        rows.append(
            {
                "owner": owner,
                "deals": int(deals[owner]),
                "habit": rep["habit"] or "none",
                "question": blind,
                "style": rep["style"],
                "suggested": _listed(given, suggestions),
                "place": next((at + 1 for at, one in enumerate(given) if one in wanted), 0),
                "at": _standing(mine, wanted),
                "strong": strong,
                "praised": f"{DEPTH}{strong}" in [one.topic for one in suggestions.praise],
                "given": given,
                "wanted": wanted,
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def _listed(given: list[str], suggestions: Suggestions) -> str:
    both = zip(given, suggestions.coach, strict=True)
    return ", ".join(f"{topic} {one.strength:.1f}" for topic, one in both)


def _standing(rows: pd.DataFrame, wanted: tuple[str, ...]) -> str:
    """What the page's table says of the topic that fits."""
    topic = next((one for one in wanted if one in rows.index), "")
    if not topic:
        return ""
    row = rows.loc[topic]
    return (
        f"{topic}: {row['direction']}, {row['value']:.2f} beside {row['team_value']:.2f}, n {row['n']},"
        f" p {row['p_adjusted']:.3f}, strength {row['strength']:.1f}"
    )


def by_guessing(table: pd.DataFrame) -> float:
    """How often the suggestions for one rep fit the habit of another, who has another one."""
    habits_of = table.loc[table["wanted"].map(len) > 0, ["given", "wanted"]].to_numpy().tolist()
    hits = [
        bool(set(given) & set(wanted)) for given, own in habits_of for _, wanted in habits_of if wanted != own
    ]
    return sum(hits) / max(len(hits), 1)


def main() -> None:
    """Build what is missing, read the pages, print what fits."""
    parser = argparse.ArgumentParser(prog="python -m tests.evaluation.coaching", description=__doc__)
    parser.add_argument("folder", type=Path, help="where worlds are kept")
    parser.add_argument("--shuffles", type=int, default=0, help="how often deals are dealt out by lot")
    given = parser.parse_args()
    pd.set_option("display.width", 250, "display.max_columns", 30, "display.max_colwidth", 120)
    shown = ["owner", "deals", "habit", "question", "style", "suggested", "place"]
    for seed in SEEDS:
        table = read(team_of(seed, given.folder))
        with_habit = table[table["habit"] != "none"]
        ten = with_habit.head(REPS)
        print(f"seed {seed}: fits in {(ten['place'] > 0).sum()} of {len(ten)};"
              f" of all {len(with_habit)} with a habit in {(with_habit['place'] > 0).sum()};"
              f" by guessing {by_guessing(table):.0%}")  # fmt: skip
        print(ten[shown].to_string(index=False))
        missed = with_habit[with_habit["place"] == 0]
        print("missed:", *(f"  {row.owner} {row.habit}: {row.at}" for row in missed.itertuples()), sep="\n")
        none = table[table["habit"] == "none"]
        print("no habit:", none[[*shown[:2], "style", "suggested"]].to_string(index=False), sep="\n")
        strong = table[table["strong"] != ""]
        print(f"strong question praised: {strong['praised'].sum()} of {len(strong)}")
        counts = [shuffled(team_of(seed, given.folder), number) for number in range(given.shuffles)]
        if counts:
            told, reps = (sum(one) for one in zip(*counts, strict=True))
            print(f"deals by lot: {told} of {reps} reps told anything, {told / reps:.1%}")
        print()


if __name__ == "__main__":
    main()
