"""What a reader who may not see everything sees of the store: views that stand before its tables.

Which deals are seen is decided in one place (analytics.access); here it is made true for every query. Each
connection of such a reader has temporary views with the tables' names, which DuckDB finds before those of
the store. A table that is not named below, and has no deal_id, shows nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import duckdb


@dataclass(frozen=True)
class Sight:
    """The deals that these people own at a moment, and what is said about them.

    `people`: those whose names are known besides, such as whom an owner reports to. `subscriber`: whose own
    digests may be seen.
    """

    owners: tuple[str, ...]
    as_of_end: datetime
    people: tuple[str, ...] = ()
    subscriber: str = ""


#: Tables that say nothing of a deal, an account or a person's work: everybody reads them.
OPEN = frozenset(
    {
        *("migration", "setting", "stage", "currency_rate", "question", "answer_score", "playbook_version"),
        *("import", "sync_run", "sync_state", "ignored_check"),
    }
)
_OWN = "owner_id in (select owner_id from seen_owner)"
_DEAL = "deal_id in (select deal_id from seen_deal)"
_DOCUMENT = (
    "document_id in (select d.document_id from store.document_deal d"
    " where d.deal_id in (select deal_id from seen_deal))"
    " and document_id not in (select d.document_id from store.document_deal d where d.deal_id is not null"
    " and d.deal_id not in (select deal_id from seen_deal))"
)
_BY_NAME = {
    "person": "person_id in (select person_id from seen_person)",
    "target": _OWN,
    "submitted_call": _OWN,
    "coaching_reply": _OWN,
    "document": _DOCUMENT,
    "document_paragraph": _DOCUMENT,
    "action_report": f"decision_id in (select decision_id from store.decision where {_DEAL})",
    "digest_subscription": "subscriber = getvariable('subscriber')",
    "deal_match": "false",  # what an import asks RevOps
}
#: The deals that these people owned at the moment.
SEEN_DEAL = """
    select deal_id from (
        select deal_id, owner_id, row_number() over (
            partition by deal_id order by valid_at desc, import_id desc, seq desc) as newest
        from store.deal_work where valid_at <= $as_of_end
    ) as versions
    where newest = 1 and owner_id in (select owner_id from seen_owner)
"""
_TABLES = (
    "select table_name, bool_or(column_name = 'deal_id') from duckdb_columns()"
    " where database_name = 'store' and schema_name = 'main' and not internal group by table_name"
)


def limit(con: duckdb.DuckDBPyConnection, sight: Sight) -> None:
    """Put the views before the tables of the attached store; they are this connection's alone."""
    con.execute("set variable subscriber = ?", [sight.subscriber])
    _list(con, "seen_owner", "owner_id", sight.owners)
    _list(con, "seen_person", "person_id", (*sight.owners, *sight.people))
    con.execute(f"create temp table seen_deal as {SEEN_DEAL}", {"as_of_end": sight.as_of_end})
    for table, names_deal in con.execute(_TABLES).fetchall():
        if table not in OPEN:
            condition = condition_of(table, names_deal=names_deal)
            con.execute(f'create temp view "{table}" as select * from store."{table}" where {condition}')


def condition_of(table: str, *, names_deal: bool) -> str:
    """Which rows of a table are seen, as SQL; none of one that nobody has thought of."""
    if table.startswith("kept_"):
        return "false"  # what imports hold for an undo
    return _BY_NAME.get(table) or (_DEAL if names_deal else "false")


def _list(con: duckdb.DuckDBPyConnection, table: str, column: str, values: tuple[str, ...]) -> None:
    con.execute(f"create temp table {table} as select unnest(?::varchar[]) as {column}", [list(values)])
