"""HubSpot: deals, their property history, stages, owners, companies and contacts become staged rows.

The files are brought into the shape of Salesforce's objects; what they mean is then read the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from analytics.intake import hubspot_history, hubspot_people, hubspot_stages
from analytics.intake.fields import Field, Typing, compared
from analytics.intake.fields import locate as locate_columns
from analytics.intake.files import day_in_name
from analytics.intake.hubspot_objects import (
    COMPANY,
    CONTACT,
    DEAL_CONTACT,
    DEALS,
    HISTORY,
    PIPELINE,
    STAGE,
    STAGE_HISTORY,
    HubSpotObject,
    entered_stages,
    is_own,
    object_of,
)
from analytics.intake.job import Job
from analytics.intake.mapping import Mapping
from analytics.intake.origin import HUBSPOT
from analytics.intake.raw import Probe
from analytics.intake.salesforce import empty, stage_tables
from analytics.intake.values import DATES
from analytics.problems import BadInput

__all__ = ["Recognised", "is_own", "recognise", "stage_hubspot"]


@dataclass(frozen=True)
class Recognised:
    """A file and what is in it."""

    probe: Probe
    object: HubSpotObject


def recognise(probes: Sequence[Probe]) -> list[Recognised]:
    """The files that look like HubSpot's."""
    return [
        Recognised(found, object_) for found in probes if (object_ := object_of(found.header)) is not None
    ]


def stage_hubspot(job: Job, files: Sequence[Recognised], mapping: Mapping) -> None:
    """Stage HubSpot's files. Raises BadInput where there are neither deals nor a history of them."""
    if not job.partial and not any(file.object in (DEALS, HISTORY) for file in files):
        raise BadInput(
            "there is neither a list of deals nor a history of them",
            expected="a deals export with Record ID, Deal Name, Deal Stage, Amount, Close Date",
            got=", ".join(f"{file.probe.label} ({file.object.name})" for file in files) or "no such file",
            to_do="Export the deals (Deals > Export, all properties) and name that file too.",
        )
    job.progress(0.05, "reading files")
    tables = _read(job, files, mapping)
    events = hubspot_history.all_events(job, [tables[name] for name in _EVENTS if name in tables])
    if _ENTERED in tables:
        hubspot_history.drop_known_entries(job, tables[_ENTERED], events)
        events = hubspot_history.all_events(job, [events, tables[_ENTERED]])
    if DEALS.name not in tables:
        tables[DEALS.name] = _deals_of_history(job, events)
    elif not job.partial:
        hubspot_history.reject_strangers(job, events, tables[DEALS.name])
    job.progress(0.45, "naming stages and owners")
    hubspot_history.fill_present(job, tables[DEALS.name], events)
    _date(job, files, tables[DEALS.name], events)
    _tidy(job, tables)
    _name_stages(job, tables, events)
    hubspot_people.name_owners(job, tables, events)
    hubspot_people.add_companies(job, tables)
    shaped = {
        "Opportunity": tables[DEALS.name],
        "OpportunityFieldHistory": hubspot_history.changes(job, events),
        "OpportunityStage": hubspot_stages.official_stages(job, (tables[DEALS.name], events)),
        "User": hubspot_people.users(job, tables),
    }
    if COMPANY.name in tables:
        shaped["Account"] = tables[COMPANY.name]
    if DEAL_CONTACT.name in tables:
        shaped["OpportunityContactRole"] = hubspot_people.roles(job, tables[DEAL_CONTACT.name])
    if CONTACT.name in tables:
        shaped["Contact"] = tables[CONTACT.name]
    _forget_usual_probability(job, shaped)
    stage_tables(job, shaped, mapping, HUBSPOT)


_EVENTS = (HISTORY.name, STAGE_HISTORY.name)
#: The events that a list of deals tells itself, in columns such as 'Date entered "Proposal (Sales)"'.
_ENTERED = "entered stages"
#: So many of them are read: with the other columns they are as many as one table can be checked for.
_MOST_ENTERED = 36


def _fields(wanted: HubSpotObject, mapping: Mapping) -> tuple[Field, ...]:
    """The file's fields, with the amount that a mapping names in place of the usual one."""
    own = mapping.hubspot.get("amount")
    if wanted is not DEALS or not own:
        return wanted.fields
    return tuple(
        replace(f, labels=(own, f"property_{own}")) if f.name == "amount" else f for f in wanted.fields
    )


def _read(job: Job, files: Sequence[Recognised], mapping: Mapping) -> dict[str, str]:
    """Load and type all files; a date order that one of them proves holds for all."""
    typings: list[tuple[HubSpotObject, Typing]] = []
    for number, file in enumerate(files):
        fields = _fields(file.object, mapping)
        columns = _locate(job, file, fields, mapping)
        entered = _entered(file)
        fields = (*fields, *(Field(name, "moment") for name in entered))
        columns |= entered
        raw = job.load(file.probe, "hubspot", columns.values(), compared(fields, columns))
        dates = [f"c{columns[f.name]}" for f in fields if f.kind in DATES and f.name in columns]
        if dates:
            utc = ", ".join(f"{hubspot_history.in_utc(cell)} as {cell}" for cell in dates)
            view = job.fresh("utc")
            job.con.execute(f"create view {view} as select * replace ({utc}) from {raw.name}")
            raw = replace(raw, name=view)
        typings.append((file.object, Typing(job, raw, fields, columns)))
        job.progress(0.05 + 0.35 * (number + 1) / len(files), f"read {file.probe.label}")
    proven = {order for _, typing in typings for order in typing.proven_orders()}
    parts: dict[str, list[str]] = {}
    for wanted, typing in typings:
        typing.decide(proven)
        table = typing.read(deals="deal_id" if wanted in (DEALS, HISTORY) else None)
        if wanted is HISTORY:
            table = hubspot_history.typed_events(job, typing, table, proven, mapping.hubspot.get("amount"))
        elif wanted is STAGE_HISTORY:
            table = hubspot_history.stage_events(job, table)
        elif wanted is DEALS and (stages := _stages_entered(typing)):
            parts.setdefault(_ENTERED, []).append(hubspot_history.entered_events(job, table, stages))
        parts.setdefault(wanted.name, []).append(table)
    return {name: _united(job, tables) for name, tables in parts.items()}


def _entered(file: Recognised) -> dict[str, int]:
    """Our names of the columns that say when a deal entered a stage."""
    if file.object is not DEALS:
        return {}
    return {
        f"entered_{number}": number for number in sorted(entered_stages(file.probe.header))[:_MOST_ENTERED]
    }


def _stages_entered(typing: Typing) -> dict[str, str]:
    """The stages of those columns."""
    stages = entered_stages(typing.raw.probe.header)
    return {f"entered_{number}": stages[number] for number in stages if f"entered_{number}" in typing.columns}


def _locate(job: Job, file: Recognised, fields: Sequence[Field], mapping: Mapping) -> dict[str, int]:
    """Where the columns are. An amount that the mapping names must be there."""
    columns = locate_columns(file.probe.header, fields)
    own = mapping.hubspot.get("amount")
    if own and file.object is DEALS and "amount" not in columns:
        raise BadInput(
            f"the column '{own}' that the mapping names is not there",
            where=file.probe.label,
            expected=f"one of {', '.join(file.probe.header[:40])}",
            to_do="Correct amount in [hubspot] of the mapping file.",
        )
    return columns


def _united(job: Job, tables: list[str]) -> str:
    """One table of several files of a kind."""
    if len(tables) == 1:
        return tables[0]
    out = job.fresh("united")
    job.con.execute(
        f"create table {out} as " + " union all by name ".join(f"select * from {table}" for table in tables)
    )
    return out


def _deals_of_history(job: Job, events: str) -> str:
    """A list of deals from their history alone; it is no complete one."""
    known = hubspot_history.deals_of(job, events)
    if not job.partial:
        job.note(
            "There is no list of deals: they are taken from their history. Export the deals too, to have"
            " their names, companies and currencies, and to see which are gone."
        )
    job.partial = True
    out = _empty_deals(job)
    job.con.execute(f"insert into {out} by name select * from {known}")
    return out


def _empty_deals(job: Job) -> str:
    out = empty(job, "Opportunity")
    job.con.execute(f"alter table {out} add column pipeline varchar")
    job.con.execute(f"alter table {out} add column archived_at timestamp")
    return out


def _date(job: Job, files: Sequence[Recognised], deals: str, events: str) -> None:
    """When deals without Last Modified Date were true: the day in a file's name, else now."""
    if job.as_of or job.taken_at or job.count(f"select count(modified) from {deals}"):
        return
    for file in files:
        day = day_in_name(file.probe.source.path.name)
        if file.object is DEALS and day:
            job.taken_at = job.end_of(day)
            job.note(
                f"{file.probe.label}: taken as of {day}, the date in its name; give --as-of if that is wrong."
            )
            break
    if job.taken_at is None and not job.count(f"select count(*) from {events}"):
        job.taken_at = job.now()
    if job.taken_at:
        for (number,) in job.con.execute("select file_no from staged_file").fetchall():
            job.note_day(number, job.taken_at)


def _tidy(job: Job, tables: dict[str, str]) -> None:
    """What HubSpot writes its own way: archived deals, 'Closed won' as a category, parts of seconds."""
    deals = tables[DEALS.name]
    job.con.execute(
        f"update {deals} set"
        " category = case when lower(category) like 'closed%' then 'closed' else category end,"
        " is_deleted = coalesce(is_deleted, archived_at is not null),"
        " created = date_trunc('second', created),"
        " modified = date_trunc('second', case when coalesce(is_deleted, archived_at is not null)"
        " then coalesce(archived_at, modified) else modified end),"
        " account_id = split_part(account_id, ';', 1)"
    )


def _name_stages(job: Job, tables: dict[str, str], events: str) -> None:
    """Ids and labels of stages become names, in deals and in their history."""
    deals = tables[DEALS.name]
    stages = tables.get(STAGE.name) or hubspot_stages.stages_of_deals(job, deals, events)
    hubspot_stages.load_stages(job, stages, tables.get(PIPELINE.name))
    job.con.execute(f"alter table {events} add column pipeline varchar")
    job.con.execute(
        f"update {events} e set pipeline = d.pipeline from"
        f" (select deal_id, any_value(pipeline) as pipeline from {deals} group by 1) d"
        " where d.deal_id = e.deal_id and e.field = 'stage'"
    )
    for table in (deals, events):
        hubspot_stages.name_stages(job, table)
    if STAGE.name not in tables:
        job.note(
            "There is no list of stages: their order and probability are HubSpot's usual ones, or taken from"
            " the deals; add one (stage_id, label, pipeline_id, display_order, probability, closed_won,"
            " is_closed) to have those that are set."
        )
        return
    unknown = job.con.execute(
        f"select stage, count(*) from {deals} where stage is not null"
        " and stage not in (select stage from known_stage) group by 1 order by 2 desc limit 8"
    ).fetchall()
    if unknown:
        names = ", ".join(f"'{name}' ({count:,})" for name, count in unknown)
        job.note(f"Stages of deals that the list of stages lacks: {names}; export that list again.")


def _forget_usual_probability(job: Job, shaped: dict[str, str]) -> None:
    """A stage's own probability is none that a deal states, if the deal's history says nothing of it.

    Else a deal's present would differ from its history, which does not know it, without any change.
    """
    job.con.execute(
        f"update {shaped['Opportunity']} d set probability = null from {shaped['OpportunityStage']} s"
        " where s.stage = d.stage and s.probability = d.probability and d.deal_id not in (select deal_id"
        f" from {shaped['OpportunityFieldHistory']} where field = 'probability')"
    )
