"""HubSpot's history: what a deal's property was set to, and when. It becomes changes: old value, new value.

HubSpot writes no old value: it is the one before. What happened within one second counts as one moment.
"""

from __future__ import annotations

from collections.abc import Iterable

from analytics.intake.fields import Field, Typing, key, reject_where
from analytics.intake.job import Job
from analytics.intake.raw import RawTable

#: Our field -> the properties that set it, as `key` writes them.
_TRACKED: dict[str, tuple[str, ...]] = {
    "stage": ("dealstage", "hspipelinestage"),
    "amount": ("amount",),
    "close_date": ("closedate",),
    "probability": ("hsdealstageprobability", "dealprobability"),
    "category": ("hsmanualforecastcategory", "forecastcategory"),
    "owner_id": ("hubspotownerid", "dealowner"),
    "next_step": ("hsnextstep", "nextstep"),
    "name": ("dealname",),
}
_KINDS = {"amount": "amount", "close_date": "date", "probability": "share"}
#: What a history of deals must not lack to be one of changes (salesforce_deals): all but the name.
_STATES = tuple(name for name in _TRACKED if name != "name")


def _properties(amount: str | None) -> dict[str, tuple[str, ...]]:
    """Our fields and their properties, with another amount than the usual one."""
    return _TRACKED | ({"amount": (key(amount),)} if amount else {})


def fields_of(properties: Iterable[str], amount: str | None) -> frozenset[str]:
    """Our fields that these properties set."""
    known = {key(name) for name in properties}
    return frozenset(ours for ours, theirs in _properties(amount).items() if known & set(theirs))


def in_utc(cell: str) -> str:
    """SQL for a cell with a time: HubSpot writes UTC, as a text without offset or in milliseconds."""
    return (
        f"(case when regexp_full_match({cell}, '1\\d{{12}}')"
        f" then strftime(make_timestamp_ms(try_cast({cell} as bigint)), '%Y-%m-%dT%H:%M:%S.%gZ')"
        f" when regexp_matches({cell}, '\\d:\\d\\d(:\\d\\d)?(\\.\\d+)?( ?[AaPp]\\.?[Mm]\\.?)?$')"
        f" then {cell} || 'Z' else {cell} end)"
    )


def typed_events(job: Job, typing: Typing, table: str, siblings: set[str], amount: str | None) -> str:
    """Type the values of one file of property history: each property has its own column."""
    job.con.execute("create or replace temp table tracked_name (theirs varchar, ours varchar)")
    job.con.executemany(
        "insert into tracked_name values (?, ?)",
        [[name, ours] for ours, all_ in _properties(amount).items() for name in all_],
    )
    view = job.fresh("events")
    cells = ", ".join(
        f"case when n.ours = '{name}' then {in_utc('value') if _KINDS.get(name) == 'date' else 'value'} end"
        f" as c{place + 3}"
        for place, name in enumerate(_TRACKED)
    )
    job.con.execute(
        f"create table {view} as select line, deal_id as c0, since::varchar || 'Z' as c1, n.ours as c2,"
        f" {cells}"
        f" from {table} join tracked_name n"
        " on n.theirs = regexp_replace(lower(property), '[^a-z0-9]', '', 'g')"
    )
    _note_untracked(job, typing, table, view)
    fields = [Field("deal_id"), Field("since", "moment"), Field("field")]
    fields += [Field(name, _KINDS.get(name, "text")) for name in _TRACKED]
    raw = RawTable(typing.raw.probe, view, typing.raw.file_no)
    label = typing.raw.probe.header[typing.columns["value"]]
    events = Typing(
        job,
        raw,
        fields,
        {field.name: number for number, field in enumerate(fields)},
        labels={field.name: label for field in fields},
    )
    events.decide(siblings | typing.proven_orders())
    return events.read()


def _note_untracked(job: Job, typing: Typing, table: str, view: str) -> None:
    """A history in which nothing is known must not pass in silence."""
    if job.count(f"select count(*) from {table}") and not job.count(f"select count(*) from {view}"):
        seen = job.con.execute(f"select distinct property from {table} order by 1 limit 5").fetchall()
        job.note(
            f"{typing.raw.probe.label}: none of its properties is read (it has"
            f" {', '.join(repr(name) for (name,) in seen)}); export the history of dealstage, amount,"
            " closedate, hubspot_owner_id, hs_manual_forecast_category and hs_next_step."
        )


def stage_events(job: Job, table: str) -> str:
    """The rows of a stage history in the shape of `typed_events`."""
    out = job.fresh("events")
    columns = ", ".join(
        "value as stage" if name == "stage" else f"null::{_type(name)} as {name}" for name in _TRACKED
    )
    job.con.execute(
        f"create table {out} as select file_no, line, deal_id, since, 'stage' as field, {columns},"
        f" null::varchar as amount_currency, bad from {table}"
    )
    return out


def entered_events(job: Job, deals: str, stages: dict[str, str]) -> str:
    """Entries into stages from a list of deals; `stages`: column of `deals` -> the stage's label or id."""
    out = job.fresh("events")
    columns = ", ".join(f"null::{_type(name)} as {name}" for name in _TRACKED if name != "stage")
    job.con.execute("create or replace temp table entered_stage (place varchar, stage varchar)")
    job.con.executemany("insert into entered_stage values (?, ?)", [list(pair) for pair in stages.items()])
    job.con.execute(
        f"create table {out} as select file_no, line, deal_id, since, 'stage' as field,"
        " case when ends_with(s.stage, ' (' || pipeline || ')')"
        " then left(s.stage, length(s.stage) - length(pipeline) - 3) else s.stage end as stage,"
        f" {columns}, null::varchar as amount_currency, 0::bigint as bad"
        f" from (unpivot (select file_no, line, deal_id, pipeline, {', '.join(stages)} from {deals})"
        f" on {', '.join(stages)} into name place value since) join entered_stage s using (place)"
    )
    return out


def drop_known_entries(job: Job, entered: str, events: str) -> None:
    """A deal's own history of stages says more than when it entered each."""
    job.con.execute(
        f"delete from {entered} where deal_id in (select deal_id from {events} where field = 'stage')"
    )


def _type(name: str) -> str:
    return {"amount": "decimal(18, 2)", "close_date": "date", "probability": "double"}.get(name, "varchar")


def all_events(job: Job, parts: list[str]) -> str:
    """One table of the events of all files; empty if there is none."""
    out = job.fresh("events")
    columns = ", ".join(f"null::{_type(name)} as {name}" for name in _TRACKED)
    empty = (
        "select null::int as file_no, null::bigint as line, null::varchar as deal_id,"
        " null::timestamp as since,"
        f" null::varchar as field, {columns}, null::varchar as amount_currency, 0::bigint as bad where false"
    )
    job.con.execute(
        f"create table {out} as "
        + " union all by name ".join([empty, *(f"select * from {part}" for part in parts)])
    )
    job.con.execute(f"update {out} set category = 'closed' where lower(category) like 'closed%'")
    return out


def reject_strangers(job: Job, events: str, deals: str) -> None:
    """History of deals that a complete export lacks."""
    reject_where(
        job,
        events,
        f"deal_id not in (select deal_id from {deals})",
        "Deal ID",
        "deal_id",
        "'expected the Record ID of a deal in this export, got ''' || deal_id || ''' which is missing or was"
        " rejected; export both at the same time'",
    )


def deals_of(job: Job, events: str) -> str:
    """Deals as their history says they are now, where there is no list of deals."""
    out = job.fresh("deals")
    last = ", ".join(
        f"(arg_max(struct_pack(v := {name}), (since, line)) filter (where field = '{name}')).v as {name}"
        for name in _TRACKED
    )
    job.con.execute(
        f"create table {out} as select min(file_no) as file_no, min(line) as line, deal_id, {last},"
        f" min(since) as created, max(since) as modified, 0::bigint as bad from {events} group by deal_id"
    )
    return out


def fill_present(job: Job, deals: str, events: str) -> None:
    """What a list of deals has no column for: its present value is the last one of its history."""
    for name in _STATES:
        if job.count(f"select count({name}) from {deals}"):
            continue
        job.con.execute(
            f"update {deals} d set {name} = e.last from"
            f" (select deal_id, arg_max({name}, (since, line)) as last"
            f" from {events} where field = '{name}' group by 1) e where e.deal_id = d.deal_id"
        )


def owners_of(job: Job, deals: str, events: str) -> str | None:
    """Owners where no file lists them: the name in a list of deals, and the id that history says last."""
    out = job.fresh("owners")
    job.con.execute(
        f"""
        create table {out} as
        with last as (
            select deal_id, arg_max(owner_id, (since, line)) as id from {events} where field = 'owner_id'
            group by 1
        ),
        pairs as (
            select l.id, d.owner_id as name, count(*) as n from {deals} d join last l using (deal_id)
            where regexp_full_match(l.id, '\\d+') and not regexp_full_match(d.owner_id, '\\d+') group by all
        )
        select null::int as file_no, null::bigint as line, id as person_id, arg_max(name, n) as name,
            null::varchar as first_name, null::varchar as last_name, null::varchar as email,
            null::varchar as team, false as is_deleted
        from pairs group by id
        """
    )
    return out if job.count(f"select count(*) from {out}") else None


def changes(job: Job, events: str) -> str:
    """Changes in the shape of Salesforce's OpportunityFieldHistory: the value before, and the new one."""
    out = job.fresh("changes")
    packed = ", ".join(f"{name} := {name}" for name in ("file_no", "line", *_STATES))
    sides = ", ".join(
        f"lag(last.{name}) over earlier as old_{name}, last.{name} as new_{name}" for name in _STATES
    )
    job.con.execute(
        f"""
        create table {out} as
        with moments as (
            select deal_id, field, date_trunc('second', since) as noted,
                arg_max(struct_pack({packed}), (since, file_no, line)) as last
            from {events} group by all
        )
        select last.file_no, last.line, deal_id, noted as since, field, {sides}, null::varchar as old_value,
            null::varchar as new_value, 0::bigint as bad
        from moments where field <> 'name'
        window earlier as (partition by deal_id, field order by noted)
        """
    )
    return out
