"""Who learned what: changes of answers, from which depth to which."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from analytics.business_case.depth.explain import SCORER_VERSION
from analytics.business_case.questions import asks_of, labels
from analytics.business_case.scores import depths, with_levels
from analytics.business_case.standing import counted, standings
from analytics.company import Company
from analytics.store.database import Store
from analytics.wording import count

DIRECTIONS = {
    "": "Every change",
    "deeper": "Deeper",
    "shallower": "Shallower",
    "first": "First answer",
    "same": "Same depth",
}
#: How many changes are read at most; the page says when there were more.
LIMIT = 2_000


@dataclass(frozen=True)
class Feed:
    """Changes of answers, newest first, and whether there were more than could be read."""

    rows: pd.DataFrame
    is_cut: bool


def answer_changes(store: Store, company: Company, as_of: date, days: int) -> Feed:
    """Changes in the `days` days up to `as_of`.

    Columns: those of `queries/answer_changes.sql`, with `level` and `level_before` (0-4; NaN before a first
    answer), `direction` (a key of DIRECTIONS), `label` (of the question), `day` (company day).
    """
    end = company.calendar.end_of(as_of)
    with store.reading():
        rows = store.query(
            "answer_changes",
            since=company.calendar.start_of(as_of - timedelta(days=days - 1)),
            as_of_end=end,
            scorer=SCORER_VERSION,
            limit=LIMIT + 1,
        )
        otherwise = standings(store, end)
        rows = _with_level_before(store, counted(with_levels(store, rows), otherwise), otherwise)
        names = labels(store, end)
    local = rows["valid_at"].dt.tz_localize("UTC").dt.tz_convert(company.calendar.time_zone)
    rows = rows.assign(
        direction=_direction(rows),
        label=rows["question"].map(lambda key: names.get(key, key)),
        day=local.dt.tz_localize(None),
        author_name=rows["author_name"].fillna("(not recorded)"),
    )
    return Feed(rows.head(LIMIT).reset_index(drop=True), len(rows) > LIMIT)


def _with_level_before(store: Store, rows: pd.DataFrame, otherwise: pd.DataFrame) -> pd.DataFrame:
    """The level at which the version before counted; earlier texts that are not scored yet are scored now."""
    new = rows["level_before"].isna() & rows["answer_before"].notna()
    before = rows["level_before"].astype("Float64").astype(float)
    if new.any():
        found = depths(rows.loc[new, "question"], rows.loc[new, "answer_before"], asks_of(store))
        before = before.fillna(pd.Series([float(one.level) for one in found], index=rows.index[new]))
    version = pd.DataFrame(
        {"import_id": rows["import_id_before"], "seq": rows["seq_before"], "level": before}
    ).astype({"import_id": "Int64", "seq": "Int64"})
    return rows.assign(level_before=counted(version, otherwise)["level"])


def _direction(rows: pd.DataFrame) -> pd.Series:
    step = rows["level"] - rows["level_before"]
    words = np.select([step.isna(), step > 0, step < 0], ["first", "deeper", "shallower"], "same")
    return pd.Series(words, index=rows.index)


def filtered(
    rows: pd.DataFrame,
    *,
    direction: str = "",
    question: str = "",
    author: str = "",
    team: str = "",
    owner: str = "",
) -> pd.DataFrame:
    """The changes that a reader asked for; '' asks for all. `question` is a label, `author` a name."""
    keep = pd.Series(True, index=rows.index)
    chosen = {
        "direction": direction,
        "label": question,
        "author_name": author,
        "team": team,
        "owner_id": owner,
    }
    for column, value in chosen.items():
        if value:
            keep &= rows[column] == value
    return rows[keep].reset_index(drop=True)


def in_words(rows: pd.DataFrame, days: int) -> str:
    """How many answers changed, how many of them went deeper, and in how many deals."""
    if rows.empty:
        return f"No answer changed in these {days} days."
    deeper = int((rows["direction"] == "deeper").sum())
    first = int((rows["direction"] == "first").sum())
    return (
        f"{count(len(rows), 'answer')} changed in {count(days, 'day')},"
        f" in {count(rows['deal_id'].nunique(), 'deal')}: {count(first, 'first answer')},"
        f" {deeper:,} went deeper."
    )
