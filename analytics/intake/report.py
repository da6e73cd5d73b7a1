"""Salesforce reports and lists without ids: whose deals the rows are, and what such a view leaves unsaid."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Mapping as MappingType

import pandas as pd

from analytics.intake.fields import key
from analytics.intake.job import Job
from analytics.intake.mapping import Mapping
from analytics.intake.matching import COLUMNS, match_rows
from analytics.intake.table_fields import FIELDS
from analytics.intake.values import to_local

#: The source whose deals a table without ids may name as well as its own.
EXPORT = "salesforce"
#: An Opportunity's id means the same deal wherever it stands.
_IS_OPPORTUNITY = r"regexp_full_match(deal_id, '006[a-zA-Z0-9]{15}')"
_CURRENCY = ("Currency", "Währung", "Devise", "Divisa", "Moneda", "Moeda", "Valuta", "通貨")
#: What a view may leave unsaid, and its type; what goes with the stage is carried on in the same stage only.
_STATED = dict.fromkeys(
    ("name", "account_id", "account_name", "currency", "type", "lead_source", "stage", "owner", "next_step"),
    "varchar",
) | {
    "created": "timestamp",
    "amount": "decimal(18, 2)",
    "close_date": "date",
    "last_activity": "date",
    "forecast_category": "varchar",
    "probability": "double",
}
_OF_STAGE = {"forecast_category", "probability"}


def own_currency(header: Sequence[str], columns: MappingType[str, int]) -> dict[str, int]:
    """The currency column that belongs to the amount's column, such as 'Total Amount Currency'."""
    if "amount" not in columns:
        return {}
    places = {key(label): number for number, label in reversed(list(enumerate(header)))}
    amount = header[columns["amount"]]
    found = [places[name] for word in _CURRENCY if (name := key(f"{amount} {word}")) in places]
    return {"currency": found[0]} if found else {}


def give_ids(job: Job, table: str, source: str, mapping: Mapping) -> None:
    """Give the rows without an id that of their deal; those that wait for a person become rejects."""
    same = ", ".join(f.name for f in FIELDS if f.name != "deal_id")
    rows = job.con.execute(
        f"select rowid as row, min(rowid) over (partition by taken_at, {same}) as first, taken_at, name,"
        f" account_name as account, {to_local('created', job.time_zone)}::date as created,"
        f" amount::double as amount from {table} where deal_id is null order by taken_at, row"
    ).df()
    if rows.empty:
        return
    known = _known_deals(job, source)
    decided = {**job.known.matches.get(source, {}), **mapping.matches}
    parts = []
    for _, moment in rows[rows["row"] == rows["first"]].groupby("taken_at"):
        found = match_rows(moment, known, decided, prefix=mapping.id_prefix)
        parts.append(found.assign(first=moment["row"]))
        known = _with(known, found)
    matches = pd.concat(parts)
    job.staging.matches = (
        matches[list(COLUMNS)].drop_duplicates("row_key", keep="last").reset_index(drop=True)
    )
    matches["told"] = [_question(row_key, may_be) for row_key, may_be in _pairs(matches)]
    matches["may_be"] = ["\x1f".join(one[0] for one in may_be) for _, may_be in _pairs(matches)]
    job.con.register("matched", rows[["row", "first"]].merge(matches.drop(columns="candidates"), on="first"))
    _reject_waiting(job, table)
    job.con.execute(f"update {table} t set deal_id = m.deal_id from matched m where m.row = t.rowid")
    job.con.unregister("matched")


def _known_deals(job: Job, source: str) -> pd.DataFrame:
    """The deals that a row may be, created on days of the company's zone."""
    deals = job.known.deals.deals
    deals = deals[deals["source"].isin([source, EXPORT])]
    created = pd.to_datetime(deals["created_at"]).dt.tz_localize("UTC").dt.tz_convert(job.time_zone)
    return deals.assign(
        created=created.dt.tz_localize(None).dt.normalize(), has_time=created != created.dt.normalize()
    )


def _with(known: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """The known deals as a snapshot leaves them: new ones added, the others called as it calls them."""
    settled = found[found["state"] != "waiting"].drop_duplicates("deal_id", keep="last")
    called = pd.DataFrame(
        {
            "deal_id": settled["deal_id"],
            "name": settled["name"],
            "account_name": settled["account"],
            "created": pd.to_datetime(settled["created"]),
            "has_time": False,
            "is_open": True,
        }
    )
    others = known[~known["deal_id"].isin(settled["deal_id"])]
    return pd.concat([others, called], ignore_index=True) if len(others) else called


def _pairs(matches: pd.DataFrame) -> Iterator[tuple[str, list[list[str]]]]:
    """Each row's key with the deals that it may be."""
    return zip(matches["row_key"], matches["candidates"], strict=True)


def _question(row_key: str, candidates: list[list[str]]) -> str:
    """Why a row waits, and how to say which deal it is."""
    may_be = "; or ".join(f"the deal {deal_id}, {label}: {why}" for deal_id, label, why in candidates)
    why = f"it may be {may_be}" if may_be else "other rows have the same account, name and creation day"
    return (
        f"{why}. Say which deal it is on the page Import, or in a mapping file:"
        f' [matches] "{row_key}" = "id of the deal", or "new"; then import the file again'
    )


def _reject_waiting(job: Job, table: str) -> None:
    """Rows whose deal is not sure count nowhere; their worth is said, and none of the candidates is gone."""
    sums = job.con.execute(
        "select coalesce(currency, amount_currency, '') as currency, count(*), sum(t.amount)"
        f" from {table} t join matched m on m.row = t.rowid where m.state = 'waiting'"
        " group by 1 order by 3 desc nulls last"
    ).fetchall()
    if not sums:
        return
    job.con.execute(
        "insert into staged_reject select t.file_no, t.line, 'deal', left(m.row_key, 500), m.told"
        f" from {table} t join matched m on m.row = t.rowid where m.state = 'waiting' order by 1, 2"
    )
    job.con.execute(
        "insert into rejected_deal select distinct t.file_no, unnest(string_split(m.may_be, chr(31)))"
        f" from {table} t join matched m on m.row = t.rowid where m.may_be <> ''"
    )
    job.con.execute(
        "insert into named_deal select distinct deal_id from rejected_deal where deal_id is not null"
    )
    job.con.execute(f"delete from {table} where rowid in (select row from matched where state = 'waiting')")
    number = sum(count for _, count, _ in sums)
    worth = ", ".join(f"{amount or 0:,.2f} {currency}".strip() for currency, _, amount in sums)
    job.note(
        f"{number:,} rows worth {worth} are not loaded: which deal each is must be said by a person, on the"
        " page Import or under [matches] in a mapping file. The rejects name them and what they may be."
    )


def join_known(job: Job, table: str, source: str, by_name: bool) -> None:
    """Add `source` and `is_view`: a deal that another source states stays that source's deal."""
    job.con.execute(f"alter table {table} add column source varchar")
    job.con.execute(f"alter table {table} add column is_view boolean default false")
    job.con.execute(f"update {table} set source = ?", [source])
    deals = job.known.deals.deals
    others = deals.loc[deals["source"] != source, ["deal_id", "source"]].astype(str)
    if others.empty:
        return
    job.con.register("other_deal", others)
    matched = f"k.source = '{EXPORT}'" if by_name else "false"
    job.con.execute(
        f"update {table} t set source = k.source, is_view = true from other_deal k"
        f" where k.deal_id = t.deal_id and ({_IS_OPPORTUNITY.replace('deal_id', 't.deal_id')} or {matched})"
    )
    job.con.unregister("other_deal")


def complete(job: Job, table: str, absent: MappingType[int, set[str]]) -> None:
    """What a view of another source's deals has no column for stays as that source stated it.

    `absent`: file_no -> our fields that the file has no column for.
    """
    views = job.con.execute(f"select distinct source, taken_at from {table} where is_view").fetchall()
    for source, taken_at in views:
        stated = job.known.statements(source, taken_at)
        if stated.empty:
            continue
        job.con.register("stated", stated)
        for file_no, lacking in absent.items():
            fills = [f"{name} = {_fill(name, kind)}" for name, kind in _STATED.items() if name in lacking]
            if fills:
                job.con.execute(
                    f"update {table} t set {', '.join(fills)} from stated s where s.deal_id = t.deal_id"
                    " and t.is_view and t.file_no = ? and t.taken_at = ?",
                    [file_no, taken_at],
                )
        job.con.unregister("stated")


def _fill(name: str, kind: str) -> str:
    """SQL for what was stated, whatever type pandas gave it."""
    stated = f"try_cast(s.{name}::varchar as {kind})"
    return (
        f"case when t.stage is null or t.stage = s.stage then {stated} end" if name in _OF_STAGE else stated
    )


def name_owners(job: Job, table: str) -> None:
    """An owner who is written by name is the one known person of that name."""
    if not job.known.people:
        return
    job.con.register("known_person", pd.DataFrame(list(job.known.people.items()), columns=["name", "id"]))
    job.con.execute(f"update {table} t set owner = k.id from known_person k where k.name = t.owner")
    job.con.unregister("known_person")
