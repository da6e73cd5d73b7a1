"""A Salesforce data export: objects' files become staged deals, people, stages, targets and rates."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from analytics.intake import salesforce_deals
from analytics.intake.field_history import TRACKED, typed_changes
from analytics.intake.fields import Field, Typing, compared, drop_duplicates, key, locate, reject_where
from analytics.intake.job import Job
from analytics.intake.mapping import Mapping
from analytics.intake.meaning import (
    category,
    load_categories,
    name_is_closed,
    name_is_won,
)
from analytics.intake.objects import FIELD_HISTORY, OBJECTS, OPPORTUNITY, QUOTA, SalesforceObject
from analytics.intake.origin import SALESFORCE, Origin
from analytics.intake.raw import Probe, RawTable
from analytics.intake.unsaid import find_unsaid
from analytics.problems import BadInput
from analytics.store.subjects import BEGINNING

#: Most of what a small file asks for keeps one processor busy: another file is read meanwhile.
_FILES_AT_ONCE = 2
_OWN_DATES = ("created", "close_date")
_OPENING = f"timestamp '{BEGINNING}'"


@dataclass(frozen=True)
class Recognised:
    """A file and the object in it."""

    probe: Probe
    object: SalesforceObject


def stage_export(job: Job, files: Sequence[Recognised], mapping: Mapping) -> None:
    """Stage a Salesforce export."""
    if not job.partial and not any(file.object is OPPORTUNITY for file in files):
        names = ", ".join(sorted({file.object.name for file in files}))
        raise BadInput(
            "there is no Opportunity file",
            expected="Opportunity.csv with Id, StageName, Amount, CloseDate",
            got=names,
            to_do="Add the Opportunity object to the export, or name its file too.",
        )
    job.progress(0.05, "reading files")
    stage_tables(job, _read(job, files, mapping), mapping, SALESFORCE)


def stage_tables(job: Job, tables: dict[str, str], mapping: Mapping, origin: Origin) -> None:
    """Stage typed tables that have the shape of Salesforce's objects; one that is not there is empty."""
    for name in (o.name for o in OBJECTS):
        if name not in tables:
            tables[name] = empty(job, name)
    load_categories(job, mapping.categories)
    job.progress(0.5, "putting deals together")
    _clean_opportunities(job, tables, origin)
    export_time = _export_time(job, tables)
    job.con.execute("set variable export_time = ?", [export_time])
    if not job.partial:
        job.staging.full_lists[origin.source] = export_time
    _stage_map(job, tables, mapping)
    salesforce_deals.stage_deals(job, tables, origin)
    find_unsaid(job, tables, origin)
    job.progress(0.9, "people, stages and targets")
    _stage_people(job, tables)
    _stage_stakeholders(job, tables, origin)
    _stage_stages(job, tables)
    _stage_targets(job, tables)
    _stage_rates(job, tables)


def _fields(wanted: SalesforceObject, mapping: Mapping) -> tuple[Field, ...]:
    """The object's fields, with the columns that a mapping names in place of the usual ones.

    An own date column is read beside the usual one, which fills its gaps; another amount is another measure.
    """
    if wanted is not OPPORTUNITY:
        return wanted.fields
    own = mapping.salesforce
    fields = [
        replace(f, labels=(own["amount"],)) if f.name == "amount" and "amount" in own else f
        for f in wanted.fields
    ]
    kinds = {f.name: f.kind for f in fields}
    extra = [Field(f"own_{name}", kinds[name], labels=(own[name],)) for name in _OWN_DATES if name in own]
    return (*fields, *extra)


def _read(job: Job, files: Sequence[Recognised], mapping: Mapping) -> dict[str, str]:
    """Load and type all files; a date order that one file of an export proves holds for all of them."""
    with ThreadPoolExecutor(_FILES_AT_ONCE) as beside:
        typings = _look_at_all(job, files, mapping, beside)
        proven = {order for typing in typings for order in typing.proven_orders()}
        for typing in typings:
            typing.decide(proven)
        deals = ["deal_id" if file.object is OPPORTUNITY else None for file in files]
        typed = list(beside.map(lambda typing, deal: typing.read(deals=deal), typings, deals))
    parts: dict[str, list[str]] = {}
    for file, typing, table in zip(files, typings, typed, strict=True):
        name = file.object.name
        for date_name in _OWN_DATES:
            if file.object is OPPORTUNITY and date_name in mapping.salesforce:
                job.con.execute(f"update {table} set {date_name} = coalesce(own_{date_name}, {date_name})")
        if file.object is FIELD_HISTORY:
            table = typed_changes(job, typing, table, proven, mapping.salesforce.get("amount"))
        parts.setdefault(name, []).append(table)
        job.con.execute(f"drop view {typing.raw.name}")
        job.con.execute(f"drop table {typing.raw.name}_base")
    return {name: _united(job, tables) for name, tables in parts.items()}


def _look_at_all(
    job: Job, files: Sequence[Recognised], mapping: Mapping, beside: ThreadPoolExecutor
) -> list[Typing]:
    """Load all files and look at how their values are written, some at once."""
    waiting = []
    for file in files:
        fields = _fields(file.object, mapping)
        columns = locate(file.probe.header, fields)
        if file.object is OPPORTUNITY:
            _check_own_columns(file.probe, mapping)
        raw = job.noted(file.probe, "salesforce", columns.values(), compared(fields, columns))
        if file.object is QUOTA:
            job.note_quarters(raw.file_no)
        waiting.append(beside.submit(_look, job.beside(), raw, fields, columns))
    typings = []
    for number, file in enumerate(files):
        typings.append(waiting[number].result())
        job.progress(0.05 + 0.35 * (number + 1) / len(files), f"read {file.probe.label}")
    return typings


def _look(job: Job, raw: RawTable, fields: Sequence[Field], columns: dict[str, int]) -> Typing:
    """Load a file and look at how its values are written."""
    job.fill(raw)
    return Typing(job, raw, fields, columns)


def _check_own_columns(probe: Probe, mapping: Mapping) -> None:
    """A column that the mapping names must be there."""
    for name, label in mapping.salesforce.items():
        if key(label) not in {key(known) for known in probe.header}:
            raise BadInput(
                f"the column '{label}' that the mapping names is not there",
                where=probe.label,
                expected=f"one of {', '.join(probe.header[:40])}",
                to_do=f"Correct {name} in [salesforce] of the mapping file.",
            )


def _united(job: Job, tables: list[str]) -> str:
    """One table of several of the same object."""
    if len(tables) == 1:
        return tables[0]
    out = job.fresh("united")
    job.con.execute(
        f"create table {out} as " + " union all ".join(f"select * from {table}" for table in tables)
    )
    return out


def empty(job: Job, name: str) -> str:
    """An empty table for an object that the export lacks."""
    types = {"amount": "decimal(18, 2)", "date": "date", "flag": "boolean", "text": "varchar"}
    fields = next(o for o in OBJECTS if o.name == name).fields
    if name == FIELD_HISTORY.name:
        fields = (
            *fields,
            *(Field(f"{side}_{tracked}") for tracked in TRACKED for side in ("old", "new")),
        )
    out = job.fresh("absent")
    columns = [
        f"{f.name} {types.get(f.kind, 'timestamp' if f.kind.startswith('moment') else 'double')}"
        for f in fields
    ] + [f"{f.name}_currency varchar" for f in fields if f.kind == "amount"]
    job.con.execute(f"create table {out} (file_no integer, line bigint, {', '.join(columns)}, bad bigint)")
    return out


def _clean_opportunities(job: Job, tables: dict[str, str], origin: Origin) -> None:
    """One row per deal; history of deals that are not in the export is rejected (kept in a partial one)."""
    same = [f.name for f in OPPORTUNITY.fields if f.name not in {"deal_id", "modified"}]
    drop_duplicates(job, tables["Opportunity"], ["deal_id"], same, "modified desc nulls last", origin.id)
    drop_duplicates(job, tables["Account"], ["account_id"], ["name"], "line desc", "Id")
    if job.partial:
        return
    for name in ("OpportunityHistory", "OpportunityFieldHistory", "OpportunityContactRole"):
        reject_where(
            job,
            tables[name],
            f"deal_id not in (select deal_id from {tables['Opportunity']})",
            origin.deal_id,
            "deal_id",
            f"'expected the {origin.id} of a deal in this export, got ''' || deal_id || ''' which is missing"
            " or was"
            " rejected; export both files at the same time'",
        )


def _export_time(job: Job, tables: dict[str, str]) -> datetime:
    """When the export was taken: the end of the as-of day, else the newest time in it."""
    if job.taken_at:
        return job.taken_at
    if job.as_of:
        return job.end_of(job.as_of)
    newest = job.one(
        f"select max(t) from (select max(greatest(modified, created)) as t from {tables['Opportunity']}"
        f" union all select max(since) from {tables['OpportunityHistory']}"
        f" union all select max(since) from {tables['OpportunityFieldHistory']})"
    )
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    return newest if isinstance(newest, datetime) else now


def _stage_map(job: Job, tables: dict[str, str], mapping: Mapping) -> None:
    """Create `stage_map`: what each stage name in the export means, NULL where only a row's figures can tell.

    Order of trust: the mapping file, OpportunityStage, the name. A stage that some opportunity is open in
    is not closed, whatever its probability.
    """
    job.con.execute("create or replace table own_stage (stage varchar, is_closed boolean, is_won boolean)")
    for rule in mapping.stages.values():
        job.con.execute("insert into own_stage values (?, ?, ?)", [rule.name, rule.closed, rule.won])
    history, deals = tables["OpportunityHistory"], tables["Opportunity"]
    changed = tables["OpportunityFieldHistory"]
    job.con.execute(
        f"""
        create or replace table stage_map as
        with names as (
            select distinct stage from (
                select stage from {deals} union all select stage from {history}
                union all select unnest([old_stage, new_stage]) from {changed}
            ) where stage is not null
        ),
        official as (
            select stage, bool_or(is_closed) as is_closed, bool_or(is_won) as is_won
            from {tables["OpportunityStage"]} group by stage
        ),
        seen_open as (select distinct stage from {deals} where is_closed = false)
        select n.stage,
            case when m.stage is not null then m.is_closed
                when o.is_closed is not null then o.is_closed
                when {name_is_closed("n.stage")} then true
                when s.stage is not null then false end as is_closed,
            case when m.stage is not null then m.is_won
                when o.is_closed is not null then o.is_closed and coalesce(o.is_won, false)
                when {name_is_closed("n.stage")} then {name_is_won("n.stage")}
                when s.stage is not null then false end as is_won
        from names n left join own_stage m using (stage) left join official o using (stage)
            left join seen_open s using (stage)
        """
    )


def _stage_people(job: Job, tables: dict[str, str]) -> None:
    """User -> person, known since always and as of the export."""
    drop_duplicates(
        job, tables["User"], ["person_id"], ["name", "manager_id", "role_name"], "line desc", "Id"
    )
    job.con.execute(
        f"""
        insert into person (person_id, name, title, manager_id, team, region, is_active,
            valid_at, file_no, line, seq, is_opening)
        with p as (
            select u.*, coalesce(u.name, nullif(concat_ws(' ', u.first_name, u.last_name), ''), u.person_id)
                as full_name,
                coalesce(u.role_name, r.name) as role
            from {tables["User"]} u
            left join (select role_id, any_value(name) as name from {tables["UserRole"]} group by 1) r using
                (role_id)
        )
        select person_id, full_name, coalesce(role, title), manager_id, coalesce(role, department, division),
            region, coalesce(is_active, true), v.since, file_no, line, coalesce(line, 0), v.opening
        from p cross join (values ({_OPENING}, true), (getvariable('export_time'), false)) v(since, opening)
        """
    )


def _stage_stakeholders(job: Job, tables: dict[str, str], origin: Origin) -> None:
    """OpportunityContactRole -> stakeholder; names from the Contact file where the role lacks them."""
    roles = tables["OpportunityContactRole"]
    same = ["name", "title", "role", "is_primary", "is_deleted"]
    drop_duplicates(
        job, roles, ["deal_id", "contact_id"], same, "modified desc nulls last", "deal and contact"
    )
    job.con.execute(
        f"""
        insert into stakeholder (deal_id, contact_id, name, title, role, is_primary, is_gone,
            valid_at, file_no, line, seq)
        with c as (
            select contact_id, any_value(coalesce(name, nullif(concat_ws(' ', first_name, last_name), '')))
                as name,
                any_value(title) as title
            from {tables["Contact"]} group by 1
        )
        select r.deal_id, r.contact_id, coalesce(r.name, c.name), coalesce(r.title, c.title), r.role,
            coalesce(r.is_primary, false), coalesce(r.is_deleted, false),
            case when r.is_deleted then coalesce(r.modified, getvariable('export_time'))
                else coalesce(r.created, r.modified, getvariable('export_time')) end, r.file_no, r.line,
                    r.line
        from {roles} r left join c using (contact_id)
        """
    )
    undated = f"select count(*) from {roles} where created is null and modified is null"
    if origin.undated_contacts and job.count(undated):
        job.note(origin.undated_contacts)


def _stage_stages(job: Job, tables: dict[str, str]) -> None:
    """OpportunityStage -> stage; without that file, from the stages that deals are in."""
    official = tables["OpportunityStage"]
    drop_duplicates(
        job,
        official,
        ["stage"],
        ["probability", "category", "is_closed", "is_won"],
        "is_active desc nulls last",
        "MasterLabel",
    )
    if job.count(f"select count(*) from {official}"):
        job.con.execute(
            f"""
            insert into stage (stage, sort_order, probability, forecast_category, is_closed, is_won,
                valid_at, file_no, line, seq, is_opening)
            select s.stage, coalesce(s.sort_order, s.line)::integer, s.probability, {category("s.category")},
                coalesce(s.is_closed, {name_is_closed("s.stage")}),
                coalesce(s.is_won, {name_is_closed("s.stage")} and {name_is_won("s.stage")}),
                v.since, s.file_no, s.line, coalesce(s.line, 0), v.opening
            from {official} s
                cross join (values ({_OPENING}, true), (getvariable('export_time'), false)) v(since, opening)
            """
        )
        return
    job.con.execute(
        f"""
        insert into stage (stage, sort_order, probability, forecast_category, is_closed, is_won,
            valid_at, file_no, line, seq, is_opening)
        with seen as (
            select stage, probability, category, file_no, line from {tables["Opportunity"]}
            union all select stage, probability, category, null, null from {tables["OpportunityHistory"]}
        ),
        usual as (
            select stage, mode(probability) as probability, mode(category) as category,
                min(file_no) as file_no, min(line) as line
            from seen where stage is not null group by stage
        )
        select u.stage, row_number() over (order by coalesce(m.is_closed, false),
                case when m.is_closed then -u.probability else u.probability end, u.stage)::integer,
                    u.probability,
            {category("u.category")}, coalesce(m.is_closed, false), coalesce(m.is_won, false),
            {_OPENING}, u.file_no, u.line, 0, true
        from usual u join stage_map m using (stage)
        """
    )
    job.note(
        "There is no OpportunityStage file: the order and probability of stages are taken from the deals;"
        " add that object to the export to have the configured ones."
    )


def _stage_targets(job: Job, tables: dict[str, str]) -> None:
    """ForecastingQuota -> target per fiscal quarter; monthly quotas are added up."""
    quotas = tables["ForecastingQuota"]
    if job.count(f"select count(distinct type_id) from {quotas}") > 1:
        job.con.execute("set variable main_type = ?", [job.one(f"select mode(type_id) from {quotas}")])
        reject_where(
            job,
            quotas,
            "type_id is distinct from getvariable('main_type')",
            "ForecastingTypeId",
            "type_id",
            "'quotas of another forecast type than the most frequent one cannot be added to it; export one"
            " type'",
        )
    drop_duplicates(
        job, quotas, ["owner_id", "starts"], ["amount", "currency"], "line desc", "QuotaOwnerId and StartDate"
    )
    is_monthly = job.count(
        "select count(*) from (select starts - lag(starts) over (partition by owner_id order by starts) as"
        " days"
        f" from {quotas}) where days < 60"
    )
    if not is_monthly:
        is_off, reason = job.off_quarter("starts")
        reject_where(job, quotas, is_off, "StartDate", "starts", reason)
    start = job.quarter_start("starts") if is_monthly else "starts"
    job.con.execute(
        f"""
        insert into target (owner_id, quarter_start, amount, currency, valid_at, file_no, line, seq,
            is_opening)
        with q as (
            select owner_id, {start} as quarter_start, file_no, line,
                sum(amount) over (partition by owner_id, {start}) as amount,
                coalesce(currency, amount_currency) as currency
            from {quotas}
        )
        select owner_id, quarter_start, amount, currency, v.since, file_no, line, line, v.opening
        from q cross join (values ({_OPENING}, true), (getvariable('export_time'), false)) v(since, opening)
        """
    )


def _stage_rates(job: Job, tables: dict[str, str]) -> None:
    """CurrencyType -> the value of one unit in the corporate currency, which becomes the company's."""
    rates = tables["CurrencyType"]
    reject_where(job, rates, "rate <= 0", "ConversionRate", "rate", "'expected a rate above 0; correct it'")
    drop_duplicates(job, rates, ["currency"], ["rate"], "line desc", "IsoCode")
    both = f"cross join (values ({_OPENING}, true), (getvariable('export_time'), false)) v(since, opening)"
    job.con.execute(
        "insert into currency_rate (currency, rate, valid_at, file_no, line, seq, is_opening)"
        f" select currency, 1 / rate, v.since, file_no, line, line, v.opening from {rates} {both}"
    )
    job.con.execute(
        "insert into setting (key, value, valid_at, file_no, line, seq, is_opening)"
        f" select 'company_currency', currency, v.since, file_no, line, line, v.opening from {rates} {both}"
        " where is_corporate"
    )
