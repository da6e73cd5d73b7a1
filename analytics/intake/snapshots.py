"""When each row of a table was true, and which deals vanish between the snapshots of one import."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

from analytics.intake.fields import Field, key, locate, reject_where
from analytics.intake.files import day_in_name
from analytics.intake.job import Job
from analytics.intake.mapping import Mapping
from analytics.intake.raw import Probe
from analytics.problems import BadInput

#: The day on which a row was true, in a table of several snapshots.
AS_OF = Field(
    "as_of",
    "date",
    labels=("Snapshot Date", "As Of Date", "As Of", "As-Of Date", "Snapshot Day"),
)
#: As in the store (analytics.store.gone): a snapshot that lacks more than this share of at least so many open
#: deals is taken for a partial one; and a mark comes after anything that is said of its moment.
_LARGE_DROP, _LARGE_DROP_FROM = 0.5, 5
_MARK_SEQ = 1_000_000_000_000


def day_column(job: Job, found: Probe, mapping: Mapping) -> dict[str, int]:
    """The column with the day of each row: as the mapping says, or by its name. It wins over --as-of."""
    if mapping.as_of_column is None:
        columns = locate(found.header, [AS_OF])
    else:
        places = {key(label): number for number, label in reversed(list(enumerate(found.header)))}
        if key(mapping.as_of_column) not in places:
            raise BadInput(
                f"there is no column '{mapping.as_of_column}'",
                where=found.label,
                expected="the column with the day on which each row was true",
                got=", ".join(found.header[:40]),
                to_do=f"Correct as_of_column in [table] of {mapping.path}.",
            )
        columns = {AS_OF.name: places[key(mapping.as_of_column)]}
    if columns:
        label = found.header[columns[AS_OF.name]]
        job.note(f"{found.label}: each row is taken as of the day in its column '{label}'.")
    return columns


def date_rows(job: Job, table: str, found: Probe, mapping: Mapping, file_no: int) -> None:
    """Fill `taken_at`: the end of the row's own day where there is a column for it, else that of the file."""
    reject_where(
        job,
        table,
        "as_of not between date '1900-01-01' and date '2200-01-01'",
        AS_OF.name,
        "as_of",
        "'expected the day on which the row was true, got ' || as_of || '; correct the cell'",
    )
    days = job.con.execute(f"select distinct as_of from {table} where as_of is not null").fetchall()
    if days:
        for (day,) in days:
            job.con.execute(f"update {table} set taken_at = ? where as_of = ?", [job.end_of(day), day])
        return
    taken_at = _taken_at(job, found, mapping)
    job.note_day(file_no, taken_at)
    job.con.execute(f"update {table} set taken_at = ?", [taken_at])


def _taken_at(job: Job, found: Probe, mapping: Mapping) -> datetime:
    """When the table was true: as told, else the date in the file's name, else now."""
    told = job.as_of or mapping.as_of
    if told is None and (told := day_in_name(found.source.path.name)):
        job.note(f"{found.label}: taken as of {told}, the date in its name; give --as-of if that is wrong.")
    return job.end_of(told) if told else job.now()


def stage_vanished(job: Job) -> None:
    """Between the full snapshots of one import, a deal that the next one lacks is gone at that one's moment.

    What the store must know of the last snapshot is the store's matter (analytics.store.gone).
    """
    moments = [
        row[0] for row in job.con.execute("select distinct taken_at from judged order by 1").fetchall()
    ]
    for before, at in pairwise(moments):
        job.con.execute(_VANISHED, [before, at])
        missing, known, unreadable = job.con.execute(
            "select count(*) filter (where is_missing), count(*), coalesce(bool_or(is_unreadable), false)"
            " from vanished where not is_closed"
        ).fetchall()[0]
        is_partial = known >= _LARGE_DROP_FROM and missing > _LARGE_DROP * known
        if missing and (is_partial or unreadable):
            why = (
                "has rejected rows whose deal cannot be read"
                if unreadable
                else "looks like a part of the list"
            )
            job.note(
                f"{missing} of {known} open deals are not in the snapshot of {at:%Y-%m-%d}, but it {why}, so"
                " none was marked as gone."
            )
            continue
        job.con.execute(
            "insert into deal_change (deal_id, valid_at, stage, forecast_category, amount, close_date,"
            " probability, is_closed, is_won, is_gone, seq, is_opening)"
            " select deal_id, ?, stage, category, amount, close_date, probability, is_closed, is_won, true,"
            " ?, false from vanished where is_missing and (lists_closed or not is_closed)",
            [at, _MARK_SEQ],
        )


_VANISHED = """
    create or replace temp table vanished as
    with shown as (select * from judged where taken_at = $1 and not is_gone and not is_view),
    next_files as (select distinct file_no from judged where taken_at = $2),
    named as (
        select deal_id from judged where taken_at = $2
        union all select r.deal_id from rejected_deal r join next_files using (file_no)
    )
    select s.*, s.deal_id not in (select deal_id from named where deal_id is not null) as is_missing,
        exists (select 1 from named where deal_id is null) as is_unreadable,
        exists (select 1 from judged where taken_at = $2 and is_closed) as lists_closed
    from shown s
"""
