"""Deals that left a stage, with what was known when they did; whether they met what the stage asks for."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from analytics.playbook.entries import LEVELS, Entries
from analytics.playbook.versions import Version
from analytics.risk.chances import History

_THEN = ["owner_id", "team", "close_date", "category", "amount_company", *LEVELS]


def departures_of(history: History, entries: Entries) -> pd.DataFrame:
    """The departures of a history, made once for all who ask."""
    found: pd.DataFrame = history.once(
        ("departures", entries.as_of), lambda: departures(entries, history.rows)
    )
    return found


def departures(entries: Entries, landmarks: pd.DataFrame) -> pd.DataFrame:
    """A row per deal and stage that it moved on from: to a later stage, or to be won; never lost.

    The columns of the entry (`entries.stage_entries`), with owner_id, team, close_date, category,
    amount_company and `level_*` as they stood in the first week beyond the stage (of a deal that was won from
    it: in its last week), `entered_on`, and `left_on`. A deal that skipped a stage moved on from it, too.
    Nothing later than the entries' as-of date.
    """
    rows = entries.rows
    lost = (rows["left_on"] == rows["closed_on"]) & ~rows["closed_won"].eq(True)
    left = rows["left_on"].notna() & (rows["left_on"] <= pd.Timestamp(entries.as_of)) & ~lost
    gone = rows[left].rename(columns={"landmark": "entered_on"}).drop(columns=_THEN)
    known = landmarks.loc[landmarks["deal_id"].isin(gone["deal_id"]), ["deal_id", "landmark", *_THEN]]
    gone = gone.assign(left_on=gone["left_on"].astype("datetime64[us]")).sort_values("left_on")
    known = known.assign(landmark=known["landmark"].astype("datetime64[us]")).sort_values("landmark")
    found = pd.merge_asof(gone, known, left_on="left_on", right_on="landmark", by="deal_id")
    return found.sort_values(["left_on", "stage_order", "deal_id"]).reset_index(drop=True)


def held_to(version: Version, rows: pd.DataFrame) -> pd.Series[bool]:
    """Which rows (with `team`) the version holds for."""
    teams = version.change.teams
    return rows["team"].isin(teams) if teams else pd.Series(True, index=rows.index)


def concerned(version: Version, rows: pd.DataFrame) -> pd.Series[bool]:
    """Which rows (with `stage`) the version is about: its stage, or every stage."""
    stage = version.change.stage
    return rows["stage"] == stage if stage else pd.Series(True, index=rows.index)


def without_it(version: Version, departures: pd.DataFrame, asked: str, as_of: date) -> pd.DataFrame:
    """Departures after the criterion's first day, of those it holds for, whose answer was not at its level.

    A deal seen beyond the stage on the first day moved on before anybody could know of it.

    `asked`: which of the seven the version's question is judged as. Added: `level_then`. The latest first.
    """
    since, until = pd.Timestamp(version.change.starts_on), pd.Timestamp(version.until(as_of))
    mine = departures[concerned(version, departures) & held_to(version, departures)]
    mine = mine[(mine["left_on"] > since) & (mine["left_on"] <= until)]
    then = mine[f"level_{asked}"].fillna(0)
    short = then < (version.change.level or 0)
    return mine.assign(level_then=then)[short].sort_values("left_on", ascending=False, kind="stable")


def levels_by_week(
    version: Version, departures: pd.DataFrame, asked: str, as_of: date, before: int = 13
) -> pd.DataFrame:
    """How deep the answer was when deals moved on, week by week, from `before` weeks before the start on.

    Columns: week (the Monday on which it begins, counted from the version's first day: 0 is the first week of
    the version, -1 the one before), starts_on, level (0-4), deals, met (at the criterion's level; NaN without
    a criterion). Weeks that are not over at `as_of` are in it; a week without departures has no row.
    """
    since = pd.Timestamp(version.change.starts_on)
    mine = departures[concerned(version, departures) & held_to(version, departures)]
    week = np.ceil((mine["left_on"] - since).dt.days / 7) - 1  # seen by that day
    rows = mine.assign(week=week.astype(int), level=mine[f"level_{asked}"].fillna(0).round().astype(int))
    rows = rows[(rows["week"] >= -before) & (rows["left_on"] <= pd.Timestamp(version.until(as_of)))]
    found = rows.groupby(["week", "level"]).size().rename("deals").reset_index()
    needed = version.change.level if version.change.kind == "exit criteria" else None
    met = found["level"] >= needed if needed is not None else pd.Series(np.nan, index=found.index)
    return found.assign(starts_on=since + pd.to_timedelta(7 * found["week"], unit="D"), met=met)
