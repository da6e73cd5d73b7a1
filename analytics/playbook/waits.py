"""Where deals wait: in a stage until they move on or close, until a question is first answered, for a review.

Times are counted in the weeks of the landmarks. Deals that are still waiting count with the time they have
waited so far (Kaplan and Meier), so that the slow ones among them are not left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from analytics.playbook.entries import LEVELS, Entries
from analytics.playbook.survival import left_after
from analytics.problems import NotEnough
from analytics.store.subjects import QUESTIONS

#: Deals that must have gone through before a time is called usual.
FEWEST = 20
COVERED = 0.95
LONG = 0.8  # share of deals that were through by then: who waits longer waits long
_DAY: Final = "datetime64[us]"
#: The level from which an answer about gotchas names a specific hurdle.
_NAMED = 2
_NUMBERS = ["median", "low", "high", "long"]


@dataclass(frozen=True)
class Waits:
    """`stages`: stage, n (deals that entered), through (moved on or closed), median, low, high (95%), long
    (days within which 80% were through), waiting (open deals in it now), waiting_long (beyond `long`), money
    and money_long (their amounts, company currency), missing (NotEnough: then the times are NaN; a time that
    most deals have not reached is NaN too).
    `now`: a row per open deal, in its furthest stage: deal_id, stage, since, days, usual (`long` of the
    stage), beyond (days waited past it; negative: within).
    `answers`: stage, question, n (deals that entered with nothing said and have left), answered (of them,
    while there), share, median (days from entry to that answer, of the answered), missing.
    `review`: from the first sign of a customer's review to the close: a row as in `stages`, stage "".
    `reviewing`: open deals that show one, as `now`.
    """

    stages: pd.DataFrame
    now: pd.DataFrame
    answers: pd.DataFrame
    review: pd.DataFrame
    reviewing: pd.DataFrame


def waits(entries: Entries, landmarks: pd.DataFrame) -> Waits:
    """`landmarks`: the whole history's (History.rows) up to the as-of date of the entries; of a team's
    entries those of its deals."""
    day = pd.Timestamp(entries.as_of)
    known = landmarks[(landmarks["landmark"] <= day).to_numpy()]
    known = known[known["deal_id"].isin(entries.rows["deal_id"])].sort_values(["deal_id", "landmark"])
    seen = known.groupby("deal_id")["landmark"].max()
    is_open = seen.index[(seen == day).to_numpy()]
    rows = entries.rows[~entries.rows["passed_by"]]
    stays = _stays(rows, seen)
    amounts = known.drop_duplicates("deal_id", keep="last").set_index("deal_id")["amount_company"]
    stages, now = _by_stage(stays, entries.stages, set(is_open), amounts, day)
    review, reviewing = _reviews(known, seen, set(is_open), amounts, day)
    return Waits(stages, now, _first_answers(rows, known, entries.stages), review, reviewing)


def _stays(rows: pd.DataFrame, seen: pd.Series) -> pd.DataFrame:
    """Per entry: deal_id, stage, since, until (left, or last seen), through (whether it had left by then).

    A deal that vanished from the CRM counts as long as it was seen.
    """
    last = pd.Series(seen.reindex(rows["deal_id"]).to_numpy(), index=rows.index).astype(_DAY)
    left = rows["left_on"].astype(_DAY)
    return pd.DataFrame(
        {
            "deal_id": rows["deal_id"],
            "stage": rows["stage"],
            "since": rows["landmark"].astype(_DAY),
            "until": left.fillna(last),
            "through": left.notna(),
        }
    )


def _by_stage(
    stays: pd.DataFrame, stages: list[str], is_open: set[str], amounts: pd.Series, day: pd.Timestamp
) -> tuple[pd.DataFrame, pd.DataFrame]:
    usual = pd.DataFrame([{"stage": stage} | _times(stays[stays["stage"] == stage]) for stage in stages])
    here = stays[~stays["through"] & stays["deal_id"].isin(is_open)]
    here = here.drop_duplicates("deal_id", keep="last")
    long = dict(zip(usual["stage"], usual["long"], strict=True)) if len(usual) else {}
    now = _waiting(here, here["stage"].map(long).astype(float), day)
    counted = [_counted(now[now["stage"] == stage], amounts) for stage in stages]
    return pd.concat([usual, pd.DataFrame(counted)], axis=1), now


def _times(stays: pd.DataFrame) -> dict[str, object]:
    """n, through, median, low, high, long, missing of some stays."""
    days = (stays["until"] - stays["since"]).dt.days.clip(lower=0).to_numpy(float)
    through = stays["through"].to_numpy(bool)
    row: dict[str, object] = {"n": len(stays), "through": int(through.sum())}
    if through.sum() < FEWEST:
        reason = f"{FEWEST} deals needed that have moved on or closed"
        return row | dict.fromkeys(_NUMBERS, np.nan) | {"missing": NotEnough(reason, int(through.sum()))}
    left = left_after(days, through, COVERED)
    median, low, high = left.until(0.5)
    long, _, _ = left.until(1 - LONG)
    return row | {"median": median, "low": low, "high": high, "long": long, "missing": None}


def _waiting(here: pd.DataFrame, usual: pd.Series, day: pd.Timestamp) -> pd.DataFrame:
    days = (day - here["since"]).dt.days
    now = here[["deal_id", "stage", "since"]].assign(days=days, usual=usual, beyond=days - usual)
    return now.sort_values("beyond", ascending=False, na_position="last").reset_index(drop=True)


def _counted(now: pd.DataFrame, amounts: pd.Series) -> dict[str, object]:
    """How many wait now, how many of them long, and their money."""
    long = now[now["beyond"] > 0]
    return {
        "waiting": len(now),
        "waiting_long": len(long),
        "money": _summed(now, amounts),
        "money_long": _summed(long, amounts),
    }


def _summed(now: pd.DataFrame, amounts: pd.Series) -> float:
    return round(float(amounts.reindex(now["deal_id"]).sum()), 2)


def _first_answers(rows: pd.DataFrame, known: pd.DataFrame, stages: list[str]) -> pd.DataFrame:
    """How soon a question that was empty when the stage began was answered while the deal was there."""
    done = rows[rows["left_on"].notna()]
    found = []
    for question, level in zip(QUESTIONS, LEVELS, strict=True):
        said = known[(known[level] >= 1).to_numpy()].drop_duplicates("deal_id")
        first = said.set_index("deal_id")["landmark"].astype(_DAY)
        empty = done[done[level] < 1]
        since, left = empty["landmark"].astype(_DAY), empty["left_on"].astype(_DAY)
        at = pd.Series(first.reindex(empty["deal_id"]).to_numpy(), index=empty.index)
        days = (at - since).dt.days.where((at > since) & (at <= left))
        for stage in stages:
            here = days[empty["stage"] == stage]
            found.append({"stage": stage, "question": question} | _answered(here))
    return pd.DataFrame(found)


def _answered(days: pd.Series) -> dict[str, object]:
    n, answered = len(days), int(days.notna().sum())
    few = NotEnough(f"{FEWEST} deals needed that entered with it empty and have left", n)
    told = n >= FEWEST
    return {
        "n": n,
        "answered": answered,
        "share": answered / n if told else np.nan,
        "median": float(days.median()) if told and answered >= FEWEST else np.nan,
        "missing": None if told else few,
    }


def _reviews(
    known: pd.DataFrame, seen: pd.Series, is_open: set[str], amounts: pd.Series, day: pd.Timestamp
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """From the first week that shows a customer's review (somebody from security, legal or purchasing among
    the contacts, or a specific hurdle named) to the close. Weeks with which the history begins tell nothing:
    nobody saw those reviews begin."""
    shows = (known["has_security_or_legal"] > 0) | (known["level_gotchas"] >= _NAMED)
    first = known[shows.to_numpy()].drop_duplicates("deal_id")
    first = first[(first["landmark"] > known["landmark"].min()).to_numpy()]
    stays = pd.DataFrame(
        {
            "deal_id": first["deal_id"],
            "stage": "",
            "since": first["landmark"].astype(_DAY),
            "until": first["closed_on"].astype(_DAY).where(first["closed_on"] <= day),
        }
    )
    stays["through"] = stays["until"].notna()
    stays["until"] = stays["until"].fillna(
        pd.Series(seen.reindex(stays["deal_id"]).to_numpy(), index=stays.index).astype(_DAY)
    )
    usual = _times(stays)
    here = stays[~stays["through"] & stays["deal_id"].isin(is_open)]
    now = _waiting(here, pd.Series(usual["long"], index=here.index, dtype=float), day)
    return pd.DataFrame([{"stage": ""} | usual | _counted(now, amounts)]), now
