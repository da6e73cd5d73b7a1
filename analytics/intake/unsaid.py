"""Stages and forecast categories of which the files do not say what they mean: a person must say it."""

from __future__ import annotations

import pandas as pd

from analytics.intake.guessing import is_surely_open
from analytics.intake.job import Job
from analytics.intake.meaning import category, note_unknown_categories
from analytics.intake.origin import Origin

_MOST = 8


def find_unsaid(job: Job, tables: dict[str, str], origin: Origin) -> None:
    """Give the staging what must be said (`unsaid_stages`, `unsaid_categories`), and name it in notes.

    Reads `present`. Taken as it is, a won stage of a company's own would count as pipeline in silence.
    """
    rows = job.con.execute(
        "select stage, is_closed, count(*) as deals, sum(amount)::double as amount,"
        # where lost deals keep their stage, those of a chance between say what the stage is
        " coalesce(median(probability) filter (where probability > 0 and probability < 1),"
        " median(probability)) as probability, mode(raw_category) as category"
        " from present where is_unsaid and not is_gone and stage is not null"
        " group by stage, is_closed order by amount desc nulls last, deals desc, stage"
    ).df()
    chances = [None if pd.isna(one) else float(one) for one in rows["probability"]]
    is_asked = [
        bool(is_closed) or not is_surely_open(str(stage), chance)
        for stage, is_closed, chance in zip(rows["stage"], rows["is_closed"], chances, strict=True)
    ]
    asked = rows[pd.Series(is_asked, index=rows.index, dtype=bool)]
    job.staging.unsaid_stages = (
        asked.groupby("stage", sort=False, as_index=False)
        .agg(
            deals=("deals", "sum"),
            amount=("amount", lambda amounts: amounts.sum(min_count=1)),
            probability=("probability", "first"),
            category=("category", "first"),
        )
        .reset_index(drop=True)
    )
    _note_stages(job, asked[~asked["is_closed"].astype(bool)], "open", "closed", origin)
    _note_stages(job, asked[asked["is_closed"].astype(bool)], "lost", "won", origin)
    for table in ("Opportunity", "OpportunityHistory", "OpportunityStage"):
        note_unknown_categories(job, tables[table], "category")
    job.staging.unsaid_categories = _categories(job, tables)


def _note_stages(job: Job, rows: pd.DataFrame, taken_as: str, unsaid: str, origin: Origin) -> None:
    """What the command line says, with what to write in a mapping file."""
    if rows.empty:
        return
    told = ", ".join(
        f"'{row['stage']}' ({row['deals']:,} deals worth {row['amount']:,.0f})"
        for row in rows.head(_MOST).fillna({"amount": 0}).to_dict("records")
    )
    more = f" and {len(rows) - _MOST:,} more" if len(rows) > _MOST else ""
    job.note(
        f"Stages taken as {taken_as}, because nothing in the files says that they are {unsaid}: {told}{more}."
        f" If one of them means {'won or lost' if taken_as == 'open' else 'won'}, add {origin.stages}, or say"
        f' so in a mapping file: [stages."{rows["stage"].iloc[0]}"] closed = true, won = true.'
    )


def _categories(job: Job, tables: dict[str, str]) -> pd.DataFrame:
    """value, deals, amount of each category that is not understood, of deals or of the stages they are in."""
    return job.con.execute(
        "with written as ("
        "  select coalesce(d.category, s.category) as value, d.amount"
        f" from {tables['Opportunity']} d left join (select stage, any_value(category) as category"
        f" from {tables['OpportunityStage']} group by 1) s using (stage))"
        " select value, count(*) as deals, sum(amount)::double as amount from written"
        f" where value is not null and {category('value')} is null"
        " group by 1 order by amount desc nulls last, deals desc, value"
    ).df()
