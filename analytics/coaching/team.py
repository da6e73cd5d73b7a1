"""How deep each rep and each team digs, question by question, and how that has moved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from scipy import stats

from analytics.company import Company
from analytics.pipeline.owners import Owners
from analytics.problems import NotEnough
from analytics.store.subjects import QUESTIONS

#: Deals are counted over so many weeks up to the day; the change is against as many weeks before them.
WEEKS = 13
#: A mean of fewer deals is not shown.
FEWEST = 5
#: A change is not looked for among fewer deals than this, now and before.
FEWEST_MOVED = 8
#: Whoever has had deals here for fewer days is still finding their way.
RAMPING_DAYS = 90
#: All intervals of one table hold together with this chance.
CONFIDENCE = 0.95
OVERALL = "all"
LEVELS = {key: f"level_{key}" for key in QUESTIONS}
_KEPT = ["deal_id", "name", "account_name", "stage", "stage_order", "owner_id", "amount_company", "landmark"]


@dataclass(frozen=True)
class TeamDepth:
    """The depth of the answers on deals beyond the first stage; levels 0-4.

    `deals`: a row per deal counted now: deal_id, name, account_name, stage, stage_order, owner_id,
    owner_name, team, amount_company (company currency), landmark (the day looked at), `level_*`, level_all
    (their mean), and `like_*`: level less the company's mean at that stage. `before`: the same 13 weeks
    earlier. `reps`: owner_id, name, team, n (deals), tenure_days (NaN: here since the records begin),
    is_ramping. `first_stage`: the one that is left out; `since`: the first day looked at.
    """

    as_of: date
    since: date
    first_stage: str
    deals: pd.DataFrame
    before: pd.DataFrame
    reps: pd.DataFrame


def team_depth(
    rows: pd.DataFrame, owners: Owners, company: Company, as_of: date, *, gone: frozenset[str] = frozenset()
) -> TeamDepth | NotEnough:
    """Count the deals of `landmark_rows` up to a day, each once, at its last week beyond the first stage.

    `gone`: people who do not work here any more; their deals count in no mean. Nothing later than `as_of` is
    used. NotEnough where no deal was ever seen beyond a first stage.
    """
    known = rows[(rows["landmark"] <= pd.Timestamp(as_of)) & rows["stage_order"].notna()]
    if known.empty or known["stage_order"].nunique() < 2:
        return NotEnough("No deal was seen to move beyond a first stage.")
    orders = known.groupby("stage")["stage_order"].max().sort_values()
    here = [owner for owner in owners.names if owner and owner not in gone]
    beyond = known[(known["stage_order"] > orders.iloc[0]) & known["owner_id"].isin(here)]
    length = timedelta(weeks=WEEKS)
    now = _with_levels(_last_in(beyond, as_of - length, as_of), owners)
    before = _with_levels(_last_in(beyond, as_of - 2 * length, as_of - length), owners)
    if now.empty:
        return NotEnough(f"No deal was open beyond {orders.index[0]} in these {WEEKS} weeks.", 0)
    reps = _reps(now, known, owners, here)
    return TeamDepth(
        as_of, as_of - length + timedelta(days=1), str(orders.index[0]), _beside_stage(now), before, reps
    )


def _last_in(rows: pd.DataFrame, after: date, until: date) -> pd.DataFrame:
    """Each deal at its last landmark of a span."""
    inside = rows[(rows["landmark"] > pd.Timestamp(after)) & (rows["landmark"] <= pd.Timestamp(until))]
    ordered = inside.sort_values(["landmark", "deal_id"], kind="stable")
    return ordered.drop_duplicates("deal_id", keep="last").reset_index(drop=True)


def _with_levels(rows: pd.DataFrame, owners: Owners) -> pd.DataFrame:
    levels = rows[list(LEVELS.values())].astype(float)
    return rows[_KEPT].assign(
        owner_name=rows["owner_id"].map(owners.label).astype(object),
        team=rows["owner_id"].map(owners.team_of).fillna("").astype(object),
        **{name: levels[name] for name in LEVELS.values()},
        level_all=levels.mean(axis=1),
    )


def _beside_stage(deals: pd.DataFrame) -> pd.DataFrame:
    """With `like_*`: each level less the mean of all deals in the same stage."""
    names = [*LEVELS.values(), "level_all"]
    apart = deals[names] - deals.groupby("stage")[names].transform("mean")
    return deals.assign(**{name.replace("level_", "like_"): apart[name] for name in names})


def _reps(deals: pd.DataFrame, known: pd.DataFrame, owners: Owners, here: list[str]) -> pd.DataFrame:
    """Everybody with a deal counted, by name."""
    counted = deals["owner_id"].value_counts()
    mine = [owner for owner in here if owner in counted.index]
    last = known.sort_values("landmark", kind="stable").drop_duplicates("owner_id", keep="last")
    tenure = last.set_index("owner_id")["rep_tenure_days"].reindex(mine).astype(float)
    table = pd.DataFrame(
        {
            "owner_id": mine,
            "name": [owners.label(owner) for owner in mine],
            "team": [owners.team_of.get(owner, "") for owner in mine],
            "n": counted.reindex(mine).to_numpy(int),
            "tenure_days": tenure.to_numpy(float),
        }
    )
    ramping = (table["tenure_days"] < RAMPING_DAYS).to_numpy(bool)
    return table.assign(is_ramping=ramping).sort_values(["name", "owner_id"], ignore_index=True)


def depth_by(deals: pd.DataFrame, by: str, questions: list[str]) -> pd.DataFrame:
    """The mean level per value of a column and question: `by`, question, n, mean, like.

    `like`: mean of level less the company's mean at the same stage. Both NaN below FEWEST deals. In the order
    of the values; `deals`: of TeamDepth, `questions` of QUESTIONS or OVERALL.
    """
    parts = []
    for question in questions:
        grouped = deals.groupby(by, sort=True)
        part = pd.DataFrame(
            {
                "n": grouped.size(),
                "mean": grouped[f"level_{question}"].mean(),
                "like": grouped[f"like_{question}"].mean(),
            }
        )
        few = part["n"] < FEWEST
        shown = part.assign(mean=part["mean"].mask(few), like=part["like"].mask(few), question=question)
        parts.append(shown.reset_index())
    columns = [by, "question", "n", "mean", "like"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def differ(deals: pd.DataFrame, questions: list[str]) -> dict[str, bool | NotEnough]:
    """Per question whether reps differ by more than chance among so few deals would give.

    Analysis of variance of the levels beside those of the same stage; the error rate of 5% holds for all
    questions together.
    """
    counted = deals.groupby("owner_id")["deal_id"].transform("size")
    enough = deals[counted >= FEWEST]
    found: dict[str, bool | NotEnough] = {}
    for question in questions:
        groups = [one.to_numpy(float) for _, one in enough.groupby("owner_id")[f"like_{question}"]]
        if len(groups) < 2:
            found[question] = NotEnough(f"fewer than two reps with {FEWEST} deals", len(groups))
        elif float(np.concatenate(groups).std()) < 1e-9:
            found[question] = False
        else:
            p = float(stats.f_oneway(*groups).pvalue)
            found[question] = bool(p < (1 - CONFIDENCE) / max(len(questions), 1))
    return found


def moved(now: pd.DataFrame, before: pd.DataFrame, question: str, compared: int = 1) -> Moved | NotEnough:
    """The change of a question's mean level from `before` to `now`, deals of the same stage compared.

    `compared`: how many such changes are looked at together; the interval is wide enough for all of them.
    """
    n = (len(now), len(before))
    if min(n) < FEWEST_MOVED:
        return NotEnough(f"{FEWEST_MOVED} deals now and before are needed", min(n))
    both = pd.concat([now.assign(is_now=1.0), before.assign(is_now=0.0)], ignore_index=True)
    stage = both.groupby("stage")
    level = both[f"level_{question}"] - stage[f"level_{question}"].transform("mean")
    when = both["is_now"] - stage["is_now"].transform("mean")
    known = float((when**2).sum())
    if known < 1e-9:
        return NotEnough("no stage has deals now and before")
    change = float((when * level).sum()) / known
    score = (when * (level - change * when)).groupby(both["deal_id"]).sum()  # a deal may stand on both sides
    clusters = len(score)
    error = float(np.sqrt(clusters / (clusters - 1) * float((score**2).sum()))) / known
    reach = float(stats.t.ppf(1 - (1 - CONFIDENCE) / 2 / max(compared, 1), clusters - 1)) * error
    return Moved(change, change - reach, change + reach, *n)


@dataclass(frozen=True)
class Moved:
    """A change of a mean level with its interval, and the deals on both sides."""

    change: float
    low: float
    high: float
    n: int
    n_before: int

    @property
    def is_told_apart(self) -> bool:
        """Whether the interval leaves out "as before"."""
        return self.low > 0 or self.high < 0
