"""How each rep works, against colleagues on like deals and against the rep's own past, and what can be told.

Per topic every deal gives one value beside deals of its kind (`observations`). What is shown is counted:
the mean of the rep's own deals, with its interval, and the mean of what deals like them show. What is judged
is drawn to the usual rep, the more the fewer deals there are (empirical Bayes, like `risk.rep_bias`). With
many topics some differ by chance: a difference is spoken of only if it is one of those that chance alone
would bring to at most one rep in ten (`ERROR_RATE`, Holm over the rep's topics), if the interval of what is
drawn leaves out "as the others", and if that is large enough to matter. What is spoken of is ranked by how
unlike it is to the ordinary rep.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
import pandas as pd
from scipy.stats import norm

from analytics.business_case.questions import Question, shipped
from analytics.coaching.habit_words import DIGITS, with_words
from analytics.coaching.observations import WINDOW_DAYS, observations
from analytics.coaching.team import RAMPING_DAYS
from analytics.coaching.topics import (
    AS_OTHERS,
    DEPTH,
    GOOD,
    RAMPING,
    TO_COACH,
    TOO_FEW,
    Topic,
    asks_of_topic,
    topics_of,
)
from analytics.company import Company
from analytics.intervals import wilson
from analytics.playbook.entries import Entries
from analytics.risk.chances import History
from analytics.risk.rep_bias import BELOW, CLOSINGS_MATTER, Shrunken, shrunken
from analytics.risk.statements import ABOVE as ABOVE_EVIDENCE
from analytics.risk.statements import BELOW as BELOW_EVIDENCE
from analytics.risk.statements import Statements
from analytics.store.subjects import QUESTIONS

#: Of reps who differ from the others in nothing, at most this share is told that they differ in something.
ERROR_RATE = 0.1
#: Nothing is said on fewer deals.
FEWEST_DEALS = 8
#: Fewer reps with enough deals are no group to compare with.
FEWEST_REPS = 5
_CERTAIN = 1.645
_MAD = 1.4826
_LEAST_APART = 0.5


@dataclass(frozen=True)
class Habits:
    """`rows`: a row per owner and topic, of owners with deals in the last four quarters:

    owner_id, team, topic, label, family, unit, better (1: more is better, -1: less), `value` and
    `team_value` (the means of the rep's own deals and of what deals like them show, each deal by its weight),
    `low`, `high` (90 % of value - team_value), n (deals; of commits: commits), `past`, `past_team`, `past_n`
    (the same a year earlier; NaN: not enough deals), `change`, `change_low`, `change_high` (of value -
    team_value since then, 90 %), `drawn`, `drawn_low`, `drawn_high` (value - team_value, drawn to the usual
    rep's, 90 %: what is judged), p and p_adjusted (of "as the usual
    rep"), direction ('to coach', 'good', 'as others', 'not enough', 'ramping'), `strength` (how unlike the
    ordinary rep, in standard deviations; only ranks), `praised` (whether what is good is named so: not where
    dates are set late from the start), deals (ids, those that show it most first, open ones before closed
    ones), stake (money of the open ones that show it, company currency), ask (a question for the 1:1), words.
    `deals`: of `observations`, over the last four quarters; is_open, amount (of open deals).
    `tenure`: days by owner_id (NaN: there since the history begins).
    """

    rows: pd.DataFrame
    deals: pd.DataFrame
    tenure: pd.Series
    topics: list[Topic]
    compared: int

    def of(self, owner_id: str) -> pd.DataFrame:
        """One rep's rows, in the order of the topics."""
        return self.rows[self.rows["owner_id"] == owner_id].reset_index(drop=True)


def habits(
    history: History,
    entries: Entries,
    company: Company,
    statements: Statements,
    questions: Sequence[Question] | None = None,
) -> Habits:
    """The habits of everybody with deals in the four quarters up to the history's day; nothing later is used.

    `questions`: the company's own, as of that day (default: of its method as shipped).
    """
    asked = list(questions if questions is not None else shipped(company.method).questions)
    topics = topics_of(asked)
    measured = [one for one in topics if one.key != "statements"]
    asks = [one for one in QUESTIONS if any(each.asks == one for each in asked)]
    day = history.as_of
    given = (history.rows, entries, company, measured)
    now = _with_today(observations(*given, day, asks), history)
    before = observations(*given, day - timedelta(days=WINDOW_DAYS), asks)
    owners = _owners(now, history)
    parts = [_topic_rows(one, now, before, owners) for one in measured]
    said = next(one for one in topics if one.key == "statements")
    parts.append(_statement_rows(said, statements, owners))
    rows = _in_order(_with_specific(pd.concat(parts, ignore_index=True), now, owners), topics, owners)
    rows = _judged(rows)
    shown = pd.concat([now, _stated_deals(statements, history)], ignore_index=True)
    rows = with_words(_with_deals(rows, shown).assign(ask=_asks(rows, topics, asked)))
    return Habits(rows, now, owners["tenure"], topics, int((owners["n"] >= FEWEST_DEALS).sum()))


def _in_order(rows: pd.DataFrame, topics: list[Topic], owners: pd.DataFrame) -> pd.DataFrame:
    """Every owner's topics in their order, with what the topic is."""
    about = pd.DataFrame(
        [(one.key, one.label, one.family, one.unit, one.better, one.matters) for one in topics],
        columns=["topic", "label", "family", "unit", "better", "matters"],
    )
    rows = rows.merge(about.assign(at=range(len(about))), on="topic")
    rows = rows.assign(
        team=rows["owner_id"].map(owners["team"]), tenure=rows["owner_id"].map(owners["tenure"])
    )
    return rows.sort_values(["owner_id", "at"], kind="stable").drop(columns="at").reset_index(drop=True)


def _with_today(deals: pd.DataFrame, history: History) -> pd.DataFrame:
    """Which of the deals are open on the last day with the same owner, and how large they are."""
    day = pd.Timestamp(history.as_of)
    today = history.rows[history.rows["landmark"] == day].set_index("deal_id")
    owner = deals["deal_id"].map(today["owner_id"])
    is_open = owner == deals["owner_id"]
    amount = deals["deal_id"].map(today["amount_company"]).where(is_open)
    return deals.assign(is_open=is_open, amount=amount)


def _owners(deals: pd.DataFrame, history: History) -> pd.DataFrame:
    """owner_id -> team (the latest), tenure (days), n (deals of the last four quarters)."""
    day = pd.Timestamp(history.as_of)
    known = history.rows[(history.rows["landmark"] <= day) & (history.rows["owner_id"] != "")]
    last = known.sort_values(["landmark", "deal_id"], kind="stable").drop_duplicates("owner_id", keep="last")
    last = last.set_index("owner_id")
    since = (day - last["landmark"]).dt.days
    n = deals.groupby("owner_id")["deal_id"].nunique()
    found = pd.DataFrame({"team": last["team"], "tenure": last["rep_tenure_days"] + since, "n": n})
    return found[found["n"] > 0].sort_index()


def _topic_rows(topic: Topic, now: pd.DataFrame, before: pd.DataFrame, owners: pd.DataFrame) -> pd.DataFrame:
    """One topic of every owner: how far from the usual rep, and how sure that is."""
    mine = now[now["topic"] == topic.key]
    earlier = before[before["topic"] == topic.key]
    beyond, past = _spread(mine, topic.matters), _spread(earlier, topic.matters)
    found = _means(mine, owners)
    value, team = found["value"], found["like"]
    post, error = _of(beyond, owners, "post"), _of(beyond, owners, "error")
    error_of_mean = 1 / np.sqrt(_of(beyond, owners, "n"))
    z = (_of(beyond, owners, "mean") - beyond.centre) / error_of_mean
    low, high = _interval(topic, found, error_of_mean * beyond.unit)
    rows = pd.DataFrame(
        {
            "value": value,
            "team_value": team,
            "low": low - team,
            "high": high - team,
            "n": found["n"].astype(int),
            "drawn": post * beyond.unit,
            "drawn_low": (post - _CERTAIN * error) * beyond.unit,
            "drawn_high": (post + _CERTAIN * error) * beyond.unit,
            "p": 2 * norm.sf(np.abs(z)),
            "strength": _unlike(beyond, owners),
        }
    )
    rows = _with_past(rows, past, _means(earlier, owners), owners, beyond)
    return rows.rename_axis("owner_id").reset_index().assign(topic=topic.key)


def _spread(deals: pd.DataFrame, matters: float = 0.0) -> Shrunken:
    """How much reps differ in what is left beside like deals.

    Reps are taken to differ by half of what `matters` at least: where no difference shows, a rep's few deals
    would otherwise seem to say for certain that there is none.
    """
    found = shrunken(deals["beyond"].astype(float), deals["owner_id"], deals["weight"].astype(float))
    if not matters:
        return found
    pull = min(found.pull, (found.unit / (_LEAST_APART * matters)) ** 2)
    n = found.owners["n"]
    post = (found.owners["total"] - n * found.centre) / (n + pull)
    return replace(found, pull=pull, owners=found.owners.assign(post=post, error=np.sqrt(1 / (n + pull))))


def _of(spread: Shrunken, owners: pd.DataFrame, column: str) -> pd.Series:
    found: pd.Series = spread.owners[column].reindex(owners.index).astype(float)
    return found


def _means(deals: pd.DataFrame, owners: pd.DataFrame) -> pd.DataFrame:
    """owner_id -> value, like (means of the owner's deals and of deals like them, each by its weight), n."""
    weight = deals["weight"].astype(float)
    sums = deals[["owner_id"]].assign(
        weight=weight,
        value=deals["value"].astype(float) * weight,
        like=(deals["value"] - deals["beyond"]).astype(float) * weight,
        n=1.0,
    )
    sums = sums.groupby("owner_id").sum().reindex(owners.index)
    means = sums[["value", "like"]].div(sums["weight"], axis=0)
    return means.assign(n=sums["n"].fillna(0.0))


def _interval(topic: Topic, means: pd.DataFrame, error: pd.Series) -> tuple[pd.Series, pd.Series]:
    """The 90 % interval of the owners' values; of commits the one of a count (as in `commits_kept`)."""
    if topic.key != "commits":
        return means["value"] - _CERTAIN * error, means["value"] + _CERTAIN * error
    both = [wilson(share, n) if n else (np.nan, np.nan) for share, n in means[["value", "n"]].to_numpy()]
    table = pd.DataFrame(both, index=means.index, columns=["low", "high"], dtype=float)
    return table["low"], table["high"]


def _unlike(spread: Shrunken, owners: pd.DataFrame) -> pd.Series:
    """How far the rep is from the usual one, in standard deviations of what an ordinary rep would show.

    How much ordinary reps differ is taken from the middle of them (median of the distances): a few who are
    very different must not make it look ordinary.
    """
    known = spread.owners[spread.owners["n"] > 0]
    away = known["mean"] - spread.centre
    noise = 1 / known["n"]
    ordinary = max(float((_MAD * away.abs().median()) ** 2 - noise.median()), 0.0) if len(known) else 0.0
    unlike: pd.Series = (away / np.sqrt(noise + ordinary)).reindex(owners.index)
    return unlike


def _with_past(
    rows: pd.DataFrame, past: Shrunken, before: pd.DataFrame, owners: pd.DataFrame, now: Shrunken
) -> pd.DataFrame:
    """The rep's own deals a year earlier and deals like those; and how the difference between them has
    changed, drawn to the usual rep's then and now: deals of another kind than then are no change."""
    enough = (before["n"] >= FEWEST_DEALS) & (rows["n"] >= FEWEST_DEALS)
    error = (rows["drawn_high"] - rows["drawn"]) / _CERTAIN
    either = _CERTAIN * np.hypot(error, _of(past, owners, "error") * past.unit)
    change = rows["drawn"] - _of(past, owners, "post") * past.unit
    return rows.assign(
        past=before["value"].where(enough),
        past_team=before["like"].where(enough),
        past_n=before["n"].astype(int),
        change=change.where(enough),
        change_low=(change - either).where(enough),
        change_high=(change + either).where(enough),
    )


def _statement_rows(topic: Topic, statements: Statements, owners: pd.DataFrame) -> pd.DataFrame:
    """What `risk.statements` says of the owners, in the same columns; its own verdict decides."""
    found = statements.owners.set_index("owner_id").reindex(owners.index)
    bias = found["bias"].astype(float)
    error = (found["high"].astype(float) - found["low"].astype(float)) / (2 * _CERTAIN)
    ordinary = _MAD * float((bias - bias.median()).abs().median()) if bias.notna().any() else np.nan
    called = found["verdict"].isin([BELOW, "above"])
    return pd.DataFrame(
        {
            "owner_id": owners.index,
            "topic": topic.key,
            "value": bias.to_numpy(),
            "team_value": 0.0,
            "low": found["low"].astype(float).to_numpy(),
            "high": found["high"].astype(float).to_numpy(),
            "drawn": bias.to_numpy(),
            "drawn_low": found["low"].astype(float).to_numpy(),
            "drawn_high": found["high"].astype(float).to_numpy(),
            "n": found["n"].fillna(0).astype(int).to_numpy(),
            "p": np.where(called, 0.0, 1.0),
            "strength": (bias / np.hypot(error, ordinary)).to_numpy(),
            "past": np.nan,
            "past_team": np.nan,
            "past_n": 0,
            "change": np.nan,
            "change_low": np.nan,
            "change_high": np.nan,
            "verdict": found["verdict"].fillna("not enough evidence").to_numpy(),
            "realised": found["realised"].to_numpy(),
            # what came of won deals beside what was stated of them: the rest of the score
            "closed": (found["score"] - found["bias"]).astype(float).to_numpy(),
        }
    )


def _with_specific(rows: pd.DataFrame, now: pd.DataFrame, owners: pd.DataFrame) -> pd.DataFrame:
    """Of a question's depth, the strength counts half beside colleagues and half beside the rep's own other
    answers: who answers little of everything has no weak spot at each question, but one habit."""
    depths = now[now["topic"].str.startswith(DEPTH)]
    if depths["topic"].nunique() < 2:
        return rows
    wide = depths.pivot(index=["deal_id", "owner_id"], columns="topic", values="beyond")
    weight = depths.groupby(["deal_id", "owner_id"])["weight"].mean()
    parts = []
    for topic in wide:
        others = wide.drop(columns=topic).mean(axis=1)
        table = (wide[topic] - others).rename("beyond").to_frame().join(weight).reset_index()
        unlike = _unlike(_spread(table), owners)
        parts.append(pd.DataFrame({"owner_id": owners.index, "topic": topic, "specific": unlike.to_numpy()}))
    rows = rows.merge(pd.concat(parts), on=["owner_id", "topic"], how="left")
    agree = np.sign(rows["specific"]) == np.sign(rows["strength"])
    both = ((rows["specific"] + rows["strength"]) / 2).where(agree, 0.0)
    return rows.assign(strength=both.where(rows["specific"].notna(), rows["strength"])).drop(
        columns="specific"
    )


def _judged(rows: pd.DataFrame) -> pd.DataFrame:
    """What can be said of each row: `direction`, with the adjusted p, and whether it is praised."""
    is_said = rows["topic"] == "statements"
    enough = (rows["n"] >= FEWEST_DEALS) & rows["p"].notna()
    enough &= ~is_said | (rows["verdict"] != "not enough evidence")
    ramping = rows["tenure"] < RAMPING_DAYS
    asked = enough & ~ramping
    group = asked.groupby(rows["topic"]).transform("sum")
    asked &= group >= FEWEST_REPS
    rows = rows.assign(p_adjusted=_adjusted(rows[asked & ~is_said]).reindex(rows.index))
    away = rows["drawn"] * rows["better"]
    sure = (rows["p_adjusted"] <= ERROR_RATE) & ((rows["drawn_low"] > 0) | (rows["drawn_high"] < 0))
    shown = (rows["value"] - rows["team_value"]) * rows["better"]  # the figures beside it must say so too
    sure &= ((rows["low"] > 0) | (rows["high"] < 0)) & (away * shown > 0)
    sure &= np.minimum(away.abs(), shown.abs()) >= rows["matters"]
    called = is_said & (rows["p"] == 0.0)  # stating below and stating above are both worth a talk
    good = sure & (away > 0) & _clear_as_shown(rows)
    choices = [ramping, ~asked, called | (sure & (away < 0)), good]
    direction = np.select(choices, [RAMPING, TOO_FEW, TO_COACH, GOOD], AS_OTHERS)
    return rows.assign(
        direction=direction,
        strength=rows["strength"].abs(),
        praised=(direction == GOOD) & ~((rows["topic"] == "pushes") & rows["owner_id"].isin(_late(rows))),
        p=rows["p"].where(~is_said),
    )


def _clear_as_shown(rows: pd.DataFrame) -> np.ndarray:
    """Whether the range leaves out what the team shows with both rounded as they are read."""
    scale = 10 ** rows["topic"].map(DIGITS).fillna(1).to_numpy(float)
    team = rows["team_value"].to_numpy(float)
    low, high = (np.round((team + rows[end].to_numpy(float)) * scale) for end in ("low", "high"))
    team = np.round(team * scale)
    return np.asarray((low > team) | (high < team))


def _late(rows: pd.DataFrame) -> pd.Series:
    """Owners whose dates are set late from the start: below the evidence, or won far earlier than dated.

    Such dates hold for they are late; that is nothing to praise.
    """
    said = rows[rows["topic"] == "statements"]
    owners: pd.Series = said.loc[(said["low"] > 0) | (said["closed"] >= CLOSINGS_MATTER), "owner_id"]
    return owners


def _adjusted(rows: pd.DataFrame) -> pd.Series:
    """Holm's correction within each rep: of all that could be said of one, as few as stated are chance.

    (statsmodels' own collects the garbage of the whole process at each call.)
    """
    table = rows[["owner_id", "p"]].sort_values("p", kind="stable")
    owners = table.groupby("owner_id", sort=False)
    left = owners["p"].transform("size") - owners.cumcount()
    return (table["p"] * left).clip(upper=1.0).groupby(table["owner_id"], sort=False).cummax()


def _stated_deals(statements: Statements, history: History) -> pd.DataFrame:
    """The open deals whose statement is above or below the evidence, like rows of `observations`."""
    today = history.rows[history.rows["landmark"] == pd.Timestamp(history.as_of)].set_index("deal_id")
    said = statements.deals[statements.deals["statement"].isin([BELOW_EVIDENCE, ABOVE_EVIDENCE])]
    deal = said["deal_id"]
    below = said["statement"] == BELOW_EVIDENCE
    return pd.DataFrame(
        {
            "topic": "statements",
            "deal_id": deal,
            "owner_id": deal.map(today["owner_id"]),
            "beyond": said["sandbag_score"].where(below, -said["overstated_score"]),
            "is_open": True,
            "amount": deal.map(today["amount_company"]),
        }
    )


def _asks(rows: pd.DataFrame, topics: list[Topic], questions: list[Question]) -> list[str]:
    """What to ask: of a question's depth, the question's own follow-up at the level that is usual."""
    fixed = {one.key: one.ask for one in topics}
    follow_ups: dict[str, tuple[str, ...]] = {}
    for one in questions:
        follow_ups.setdefault(one.asks, one.follow_up)
    return [
        follow_ups[asks][min(max(int(np.nan_to_num(value)), 0), 3)]
        if (asks := asks_of_topic(topic))
        else fixed[topic]
        for topic, value in zip(rows["topic"], rows["value"], strict=True)
    ]


def _with_deals(rows: pd.DataFrame, deals: pd.DataFrame) -> pd.DataFrame:
    """The deals behind each row, those that show it most first, and the open money in them."""
    keys = ["owner_id", "topic"]
    sides = rows[keys].assign(side=_sides(rows))
    shown = deals[[*keys, "deal_id", "beyond", "is_open", "amount"]].merge(sides, on=keys)
    shown["by"] = shown["beyond"].astype(float) * shown["side"]
    shown = shown.sort_values(["is_open", "by", "deal_id"], ascending=[False, False, True], kind="stable")
    ids = shown.groupby(keys)["deal_id"].agg(tuple)
    once = shown[(shown["by"] > 0) & shown["is_open"].eq(True)].drop_duplicates([*keys, "deal_id"])
    stake = once.groupby(keys)["amount"].sum()
    asked = pd.MultiIndex.from_frame(rows[keys])
    found = [one if isinstance(one, tuple) else () for one in ids.reindex(asked)]
    return rows.assign(
        deals=pd.Series(found, index=rows.index, dtype=object),
        stake=stake.reindex(asked).fillna(0.0).to_numpy(float),
    )


def _sides(rows: pd.DataFrame) -> np.ndarray:
    """1: deals above the usual show it; -1: deals below."""
    bad = np.where(rows["direction"] == GOOD, rows["better"], -rows["better"])
    return np.where(rows["topic"] == "statements", np.where(rows["value"] > 0, 1, -1), bad)
