"""The business case at each landmark: level and freshness per question, and where it contradicts itself."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd

from analytics.business_case.case import half_life
from analytics.business_case.depth.explain import SCORER_VERSION
from analytics.business_case.in_text import amounts_in, dates_in
from analytics.business_case.questions import asks_of, method_as_of
from analytics.business_case.scores import with_levels
from analytics.business_case.standing import COPIED_LEVEL
from analytics.company import Company
from analytics.risk.as_of import as_of_join, days_between
from analytics.store.database import Store
from analytics.store.subjects import QUESTIONS

#: A budget named below this share of the stated amount does not pay for the deal.
_ENOUGH = 0.9
_STILL_DAYS = 21
_MOMENTS = ("answered_at", "event_first", "event_last")


def case_features(store: Store, company: Company, rows: pd.DataFrame, as_of_end: datetime) -> pd.DataFrame:
    """Landmark rows with `level_*` (0-4) and `fresh_*` (level x freshness) of the seven questions,
    `case_depth` and `fresh_depth` (their means), `answered`, `last_answer_days`, and `contradictions`
    (how many of the structural ones hold, a count).

    A text counts at the level that it has at the landmark: its own, a person's from when they set it, or that
    of a copy.
    """
    currency = rows.drop_duplicates("deal_id").set_index("deal_id")["currency"]
    steps = _steps(store, company, currency, as_of_end)
    parts = [_question(rows, steps[steps["asks"] == key], key, company) for key in QUESTIONS]
    found = pd.concat(parts, axis=1)
    levels = found[[f"level_{key}" for key in QUESTIONS]]
    last = found[[f"at_{key}" for key in QUESTIONS]].max(axis=1)
    rows = rows.assign(
        **{f"level_{key}": levels[f"level_{key}"] for key in QUESTIONS},
        **{f"fresh_{key}": found[f"fresh_{key}"] for key in QUESTIONS},
        case_depth=levels.mean(axis=1),
        fresh_depth=found[[f"fresh_{key}" for key in QUESTIONS]].mean(axis=1),
        answered=found[[f"at_{key}" for key in QUESTIONS]].notna().sum(axis=1).astype(float),
        last_answer_days=days_between(_local_day(last, company), rows["landmark"]),
    )
    method = method_as_of(store, company.method, as_of_end)
    asks_budget = any(one.asks == "budget" for one in method.questions)
    return rows.assign(contradictions=_contradictions(rows, found, last, asks_budget=asks_budget))


def _steps(store: Store, company: Company, currency: pd.Series, as_of_end: datetime) -> pd.DataFrame:
    """The answers' steps with the level that counts, what the question asks, and what the text names.

    `currency`: the deals' own, by deal_id: money that a text names in another one is not compared.
    """
    steps = store.query("deal_answer_steps", as_of_end=as_of_end, scorer=SCORER_VERSION)
    steps = with_levels(store, steps.assign(spans=None, missing=None))
    copied = steps["is_copy"] & (steps["level"] > COPIED_LEVEL)
    level = steps["level"].where(~copied, COPIED_LEVEL)
    level = level.where(steps["overruled_level"].isna(), steps["overruled_level"])
    answered = steps["answer"].fillna("").str.strip() != ""
    steps = steps.assign(
        level=level.astype(float).where(answered, 0.0),
        answered_at=steps["answered_at"].where(answered),
        asks=steps["question"].map(asks_of(store)),
        currency=steps["deal_id"].map(currency),
    )
    return steps.assign(**_named_in_text(steps, day_first=not company.locale.startswith("en_US")))


def _named_in_text(steps: pd.DataFrame, *, day_first: bool) -> dict[str, np.ndarray]:
    """The first and last day ahead that an event's text names, and the money that a budget's text names."""
    first = np.full(len(steps), np.datetime64("NaT"), dtype="datetime64[us]")
    last, budget = first.copy(), np.full(len(steps), np.nan)
    solid = steps["level"] >= 2
    for at in np.flatnonzero(solid & (steps["asks"] == "compelling_event")):
        given = steps["answered_at"].iloc[at].date()
        ahead = [one for one in dates_in(steps["answer"].iloc[at], given, day_first=day_first) if one > given]
        if ahead:
            first[at], last[at] = np.datetime64(ahead[0]), np.datetime64(ahead[-1])
    for at in np.flatnonzero(solid & (steps["asks"] == "budget")):
        alike = ("", steps["currency"].iloc[at])
        named = [one.value for one in amounts_in(steps["answer"].iloc[at]) if one.currency in alike]
        budget[at] = named[0] if named and named[0] >= 1_000 else np.nan
    return {"event_first": first, "event_last": last, "budget_named": budget}


def _local_day(moments: pd.Series, company: Company) -> pd.Series:
    """The company day on which each moment lies: ages count whole days, as on every page."""
    local = moments.astype("datetime64[us]").dt.tz_localize("UTC").dt.tz_convert(company.calendar.time_zone)
    return local.dt.tz_localize(None).dt.normalize()


def _question(rows: pd.DataFrame, steps: pd.DataFrame, key: str, company: Company) -> pd.DataFrame:
    """What the company's questions that ask `key` say at each landmark; of several the deepest."""
    nothing = pd.DataFrame(
        {"level": 0.0, "budget_named": np.nan, **dict.fromkeys(_MOMENTS, pd.NaT)}, index=rows.index
    ).astype(dict.fromkeys(_MOMENTS, "datetime64[us]"))
    best, asked = nothing, rows[["deal_id", "moment"]]
    for _, one in steps.groupby("question", sort=True):
        known = as_of_join(asked, one[["deal_id", "valid_at", *nothing.columns]], "moment")
        known = known[list(nothing.columns)]
        deeper = known["level"].fillna(0) >= best["level"]
        best = known.assign(level=known["level"].fillna(0)).where(deeper, best)
    age = days_between(_local_day(best["answered_at"], company), rows["landmark"])
    freshness = 0.5 ** (age.clip(lower=0) / half_life(rows["days_to_close"]))
    return pd.DataFrame(
        {
            f"level_{key}": best["level"],
            f"fresh_{key}": (best["level"] * freshness).fillna(0.0),
            f"at_{key}": best["answered_at"],
            f"event_first_{key}": best["event_first"],
            f"event_last_{key}": best["event_last"],
            f"budget_named_{key}": best["budget_named"],
        }
    )


def _contradictions(
    rows: pd.DataFrame, found: pd.DataFrame, last: pd.Series, *, asks_budget: bool
) -> pd.Series:
    """The checks of `business_case.contradictions` that can be told at every landmark of the history."""
    stood_still = (
        (last < rows["stage_since"])
        & (rows["stage_since"] > rows["first_seen_at"])
        & (rows["last_answer_days"] >= _STILL_DAYS)
    )
    checks = [
        found["event_first_compelling_event"] > rows["close_date"],
        found["event_last_compelling_event"] < rows["close_date"],
        found["budget_named_budget"] < _ENOUGH * rows["amount"],
        (rows["level_stakeholders"] >= 2) & (rows["stakeholders"] == 0),
        (rows["category"] == "Commit") & (rows["level_budget"] <= 1) & asks_budget,
        stood_still,
    ]
    return sum((check.astype(float) for check in checks), pd.Series(0.0, index=rows.index))
