"""What of a staged import is new: its rows go into the store, those of refused deals do not.

A staged row is new unless the store, or the row before it, already says the same. What a row says is
compared with the row that precedes it in time, so that history holds a row only where something changed.
Of several staged rows of one key at one moment only the last is looked at: nobody can ever see the others,
and a later export that repeats them must not find them "new" because they were dropped the first time.

Staged tables are named without a database, those of the store with `store.`: an import that is landed again
(analytics/store/replay.py) stages its rows in temporary tables of the same names.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import duckdb

from analytics.store.subjects import SUBJECTS, Subject


def land_subject(
    con: duckdb.DuckDBPyConnection, subject: Subject, import_id: int, loaded_at: datetime, *, restates: bool
) -> None:
    """Insert the staged subject's new rows. Identifiers come from SUBJECTS; values are parameters."""
    key, said = ", ".join(subject.key), ", ".join(subject.values)
    same_key = " and ".join(f"k.{column} = s.{column}" for column in subject.key)
    accepted = "deal_id not in (select deal_id from refused)" if "deal_id" in subject.key else "true"
    is_first = not any_row(con, f"select 1 from store.{subject.name} limit 1")
    columns = f"{key}, valid_at, {said}"
    overtaken = "false"
    if restates and not is_first:
        _find_overtaken(con, subject)
        overtaken = (
            f"exists (select 1 from overtaken o where {_same('o', subject)} and o.valid_at = s.valid_at)"
        )
    # Where the store already has this very row, a re-sent history row is no news. A source that restates
    # the whole day (a table snapshot) may go back to an earlier value, so there only the last word counts.
    repeated = (
        "false"
        if restates or is_first
        else f"exists (select 1 from store.{subject.name} k where {same_key} and k.valid_at = s.valid_at"
        + "".join(f" and k.{column} is not distinct from s.{column}" for column in subject.values)
        + ")"
    )
    opening = "false" if is_first else "s.is_opening"
    known = (
        ""
        if is_first
        else f"select {columns}, import_id, file_no, line, seq, false as is_new from store.{subject.name} k"
        f" where exists (select 1 from {subject.name} s where {same_key}) union all "
    )
    differs = " or ".join(
        f"{column} is distinct from lag({column}) over earlier" for column in subject.values
    )
    last_words = _last_words(con, subject)
    con.execute(
        f"""
        insert into store.{subject.name} ({columns}, loaded_at, import_id, file_no, line, seq)
        with last_words as ({last_words}),
        timeline as (
            {known}
            select {columns}, $import_id as import_id, file_no, line, seq, true as is_new
            from last_words s
            where not ({opening} and exists (select 1 from store.{subject.name} k where {same_key}))
              and not {repeated} and {accepted} and not {overtaken}
        ),
        compared as (
            select *, (row_number() over earlier = 1 or {differs}) as says_more
            from timeline
            window earlier as (partition by {key} order by valid_at, import_id, seq)
        )
        select {columns}, $loaded_at, import_id, file_no, line, seq from compared where is_new and says_more
        """,
        {"import_id": import_id, "loaded_at": loaded_at},
    )
    con.execute(
        f"insert into landed_line select file_no, line from store.{subject.name}"
        " where import_id = ? and line is not null",
        [import_id],
    )


def _last_words(con: duckdb.DuckDBPyConnection, subject: Subject) -> str:
    """SQL for the staged rows, of several of one key and moment only the last one.

    Ranking is dear, so only what may have been said more than once of a moment is ranked; whether two rows
    may be of one key and moment, a hash tells in half the time.
    """
    own = f"{', '.join(subject.columns)}, file_no, line, seq, is_opening"
    of_key = ", ".join(f"s.{column}" for column in [*subject.key, "valid_at"])
    con.execute(
        f"create or replace temp table doubled as select hash({of_key}) as h from {subject.name} s"
        " group by h having count(*) > 1"
    )
    if not any_row(con, "select 1 from doubled limit 1"):
        return f"select {own} from {subject.name}"
    return f"""
        select {own} from {subject.name} s where hash({of_key}) not in (select h from doubled)
        union all
        select {own} from {subject.name} s where hash({of_key}) in (select h from doubled)
        qualify row_number() over (
            partition by {of_key} order by is_opening, seq desc, file_no desc) = 1
    """


def _find_overtaken(con: duckdb.DuckDBPyConnection, subject: Subject) -> None:
    """Create `overtaken`: what a snapshot says of a time before its own, where an earlier one says more.

    A snapshot says of a closed deal that it is closed since its close date. One that was taken between that
    day and this one has shown how the deal stood then, also where it found nothing new and left no row.
    """
    key = ", ".join(subject.key)
    both = (
        f"select {key}, valid_at, import_id, file_no, line, {{}} as is_opening from store.{{}}{subject.name}"
    )
    con.execute(
        f"""
        create or replace temp table overtaken as
        with own as (
            select {key}, file_no, line, max(valid_at) as own_at from {subject.name}
            where not is_opening and line is not null group by all
        ),
        before_own as (
            select {", ".join(f"s.{column}" for column in subject.key)}, s.valid_at, o.own_at
            from {subject.name} s join own o on {_same("o", subject)}
                and o.file_no = s.file_no and o.line = s.line
            where not s.is_opening and s.valid_at < o.own_at
        ),
        said as ({both.format("false", "")} union all {both.format("is_opening", "kept_")}),
        shown as (
            select {", ".join(f"s.{column}" for column in subject.key)}, max(s.valid_at) as shown_at
            from said s join store.import i using (import_id)
            where i.restates and i.undone_at is null and not s.is_opening and s.line is not null
                and exists (select 1 from before_own o where {_same("o", subject)})
            group by {", ".join(f"s.{column}" for column in subject.key)}, s.import_id, s.file_no, s.line
        )
        select distinct {", ".join(f"s.{column}" for column in subject.key)}, s.valid_at
        from before_own s join shown o on {_same("o", subject)}
            and o.shown_at >= s.valid_at and o.shown_at < s.own_at
        """
    )


def _same(alias: str, subject: Subject) -> str:
    """SQL: whether a row of `alias` and one of `s` have the same key."""
    return " and ".join(f"{alias}.{column} = s.{column}" for column in subject.key)


def refuse(con: duckdb.DuckDBPyConnection) -> None:
    """Create `refused`, the deals whose id another source has, and `rejected_row` with each of their rows.

    They are temporary: a transaction writes to one database only, and that is the store.
    """
    con.execute(
        "create or replace temp table refused as select s.deal_id, min(k.source) as source"
        " from deal s join store.deal k on k.deal_id = s.deal_id and k.source <> s.source"
        " where not exists (select 1 from store.deal o where o.deal_id = s.deal_id and o.source = s.source)"
        # Salesforce gives an Opportunity's id once: in a report and in an export it is the same deal
        " and not regexp_full_match(s.deal_id, '006[a-zA-Z0-9]{15}')"
        " group by s.deal_id"
    )
    lines = " union ".join(
        f"select file_no, line, deal_id from {subject.name} where line is not null"
        " and deal_id in (select deal_id from refused)"
        for subject in SUBJECTS.values()
        if "deal_id" in subject.key
    )
    con.execute(
        "create or replace temp table rejected_row as"
        " select *, false as is_refusal from staged_reject union all"
        " select file_no, line, 'deal_id', deal_id, 'the store has a deal with this id from another source, '"
        " || source || '; if it is another deal, give the ids of this table a prefix in a mapping file:"
        """ [table] id_prefix = "B-"; if it is the same, import it from the one source only', true"""
        f" from ({lines}) join refused using (deal_id)"
    )


def staged(con: duckdb.DuckDBPyConnection, names: Iterable[str] = tuple(SUBJECTS)) -> list[str]:
    """Those of these subjects of which anything is staged, in their order; asked at once."""
    parts = [f"select {place} where exists (select 1 from {name})" for place, name in enumerate(names)]
    found = con.execute(" union all ".join(parts)).fetchall() if parts else []
    at = {int(row[0]) for row in found}
    return [name for place, name in enumerate(names) if place in at]


def any_row(con: duckdb.DuckDBPyConnection, sql: str) -> bool:
    """Whether a query finds anything."""
    return con.execute(sql).fetchone() is not None
