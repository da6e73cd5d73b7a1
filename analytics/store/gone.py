"""Deals that a full list no longer names are marked as gone, and return when one names them again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import duckdb

from analytics.store.news import any_row

#: An export that lacks more than this share of at least so many open deals is taken for a partial one.
_LARGE_DROP = 0.5
_LARGE_DROP_FROM = 5

#: The order of a mark within its import: after anything that the import itself says of that moment.
MARK_SEQ = 1_000_000_000_000


def mark_gone(
    con: duckdb.DuckDBPyConnection, full_lists: Mapping[str, datetime], import_id: int, loaded_at: datetime
) -> list[str]:
    """Mark deals that a full list no longer names as gone, and bring back those that it names again.

    Returns what a person should know about it.
    """
    notes: list[str] = []
    if not any_row(con, f"select 1 from store.deal_change where import_id <> {import_id} limit 1"):
        return notes  # no deal was known before
    for source, at in full_lists.items():
        con.execute(_STATE_SQL, {"source": source, "at": at})
        missing, known = _missing(con)
        unreadable = missing and any_row(con, "select 1 from named_deal where deal_id is null")
        many = known >= _LARGE_DROP_FROM and missing > _LARGE_DROP * known
        if many or (missing and not any_row(con, "select 1 from deal_change limit 1")):
            notes.append(
                f"{missing} of the {known} open deals of {source} are not in these files. That looks like a"
                " partial export, so none was marked as gone. If it is complete, delete the missing deals in"
                " the CRM's recycle bin or load a complete export."
            )
            continue
        values = {"at": at, "import_id": import_id, "loaded_at": loaded_at}
        con.execute(_BACK_SQL, values)
        if unreadable:
            notes.append(
                f"{missing} open deals of {source} are not in these files, but there are rejected rows whose"
                " deal cannot be read, so none was marked as gone. Correct those rows and import again."
            )
            continue
        con.execute(_GONE_SQL, values)
        if missing:
            notes.append(
                f"{missing} open deals of {source} are not in these files any more and are marked as gone;"
                " they return when a later export names them."
            )
    return notes


# The latest version of each of a source's deals at a time, and whether this import names it.
_STATE_SQL = """
    create or replace temp table deal_state as
    with last_moment as (
        select deal_id, max(valid_at) as valid_at
        from store.deal_change where valid_at <= $at group by deal_id
    ),
    latest as (
        select c.*, row_number() over (
            partition by c.deal_id order by c.import_id desc, c.seq desc) as newest
        from store.deal_change c join last_moment l on l.deal_id = c.deal_id and l.valid_at = c.valid_at
    ),
    of_source as (select distinct deal_id from store.deal where source = $source),
    named as (select deal_id from deal_change union select deal_id from named_deal)
    select l.*, n.deal_id is not null as is_named
    from latest l join of_source using (deal_id) left join named n using (deal_id)
    where newest = 1
"""
_AS_STATED = "deal_id, $at, stage, forecast_category, amount, close_date, probability, is_closed, is_won"
_GONE_SQL = f"""
    insert into store.deal_change (deal_id, valid_at, stage, forecast_category, amount, close_date,
        probability, is_closed, is_won, is_gone, loaded_at, import_id, seq)
    select {_AS_STATED}, true, $loaded_at, $import_id, {MARK_SEQ}
    from deal_state, (select coalesce(bool_or(is_closed), false) as yes from deal_change) lists_closed
    where not is_named and not coalesce(is_gone, false)
        and (lists_closed.yes or not coalesce(is_closed, false))
"""
_BACK_SQL = f"""
    insert into store.deal_change (deal_id, valid_at, stage, forecast_category, amount, close_date,
        probability, is_closed, is_won, is_gone, loaded_at, import_id, seq)
    with stated as (
        select *, row_number() over (partition by deal_id order by valid_at desc, seq desc) as newest
        from deal_change where deal_id in (select deal_id from deal_state where is_gone)
    )
    select s.deal_id, $at, s.stage, s.forecast_category, s.amount, s.close_date, s.probability, s.is_closed,
        s.is_won, false, $loaded_at, $import_id, {MARK_SEQ}
    from deal_state state join stated s using (deal_id)
    where state.is_gone and s.newest = 1 and not coalesce(s.is_gone, false) and state.import_id <> $import_id
"""


def _missing(con: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """Open deals of the source that this import does not name, of how many open ones."""
    row = con.execute(
        "select count(*) filter (where not is_named), count(*) from deal_state"
        " where not coalesce(is_gone, false) and not coalesce(is_closed, false)"
    ).fetchone()
    assert row is not None
    return int(row[0]), int(row[1])
