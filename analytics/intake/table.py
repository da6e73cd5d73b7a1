"""Any table with a row per deal: dated as a snapshot, through a mapping file or through its column names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from fnmatch import fnmatch

from analytics.intake.fields import Field, Typing, drop_duplicates, key, locate
from analytics.intake.files import Source
from analytics.intake.job import Job
from analytics.intake.mapping import Lookup, Mapping
from analytics.intake.meaning import (
    category,
    load_categories,
    name_is_closed,
    name_is_won,
    note_unknown_categories,
)
from analytics.intake.raw import Probe, probe
from analytics.intake.values import to_utc
from analytics.problems import BadInput
from analytics.store.subjects import BEGINNING

_OPENING = f"timestamp '{BEGINNING}'"
_SEQ = "(file_no * 10000000000 + line)"

#: Our fields and the labels under which Salesforce reports, HubSpot, Pipedrive and plain sheets have them.
FIELDS = (
    Field(
        "deal_id",
        labels=(
            *("deal_id", "Opportunity ID", "Deal ID", "Record ID", "hs_object_id", "Deal - ID", "Oppty ID"),
            *("Opportunity Number", "Deal Number", "Id"),
        ),
    ),
    Field(
        "name",
        labels=(
            "Opportunity Name",
            "Deal Name",
            "dealname",
            "Deal - Title",
            "Deal",
            "Opportunity",
            "Title",
            "Name",
        ),
    ),
    Field(
        "account_name",
        labels=(
            *(
                "account_name",
                "Account Name",
                "Account",
                "Associated Company",
                "Associated Company (Primary)",
            ),
            *("Deal - Organization", "Organization", "Company", "Company name", "Customer", "Client"),
        ),
    ),
    Field("account_id", labels=("Account ID", "Company ID")),
    Field(
        "owner",
        labels=(
            *(
                "owner",
                "Opportunity Owner",
                "Deal owner",
                "hubspot_owner_id",
                "Deal - Owner",
                "Sales Rep",
                "Rep",
            ),
            *("Sales Agent", "Account Executive", "Owner Name", "Owner ID", "Salesperson"),
        ),
    ),
    Field(
        "stage",
        labels=("stage", "Deal Stage", "dealstage", "Deal - Stage", "StageName", "Sales Stage", "Phase"),
    ),
    Field(
        "amount",
        "amount",
        labels=(
            *("amount", "ACV", "Deal Amount", "Deal - Value", "Deal Value", "Value", "Total Amount", "TCV"),
            *("Amount (converted)", "Close Value", "Revenue", "Betrag"),
        ),
    ),
    Field(
        "close_date",
        "date",
        labels=(
            *("close_date", "Close Date", "closedate", "Deal - Expected close date", "Expected Close Date"),
            "Expected Close",
        ),
    ),
    Field(
        "created",
        "moment",
        labels=(
            *(
                "created",
                "Created Date",
                "Create Date",
                "createdate",
                "Deal - Deal created",
                "Created",
                "Created At",
            ),
            *("Deal created", "engage_date"),
        ),
    ),
    Field("closed", "date", labels=("closed", "Closed Date", "Deal - Deal closed on", "Closed on")),
    Field(
        "forecast_category",
        labels=(
            "Forecast Category",
            "forecast_category",
            "hs_manual_forecast_category",
            "ForecastCategoryName",
        ),
    ),
    Field(
        "probability",
        "share",
        labels=(
            *("probability", "Probability (%)", "Deal probability", "hs_deal_stage_probability"),
            "Deal - Probability",
        ),
    ),
    Field(
        "next_step", labels=("Next Step", "next_step", "hs_next_step", "Opportunity Next Steps", "Next Steps")
    ),
    Field(
        "last_activity",
        "date",
        labels=(
            "Last Activity",
            "last_activity",
            "Last Activity Date",
            "notes_last_updated",
            "Deal - Last activity date",
        ),
    ),
    Field(
        "currency",
        labels=(
            *("currency", "CurrencyIsoCode", "Deal - Currency of Value", "deal_currency_code"),
            *("Amount Currency", "Total Amount Currency", "Opportunity Currency"),
        ),
    ),
    Field("status", labels=("status", "Deal - Status", "Deal Status")),
    Field("type", labels=("type", "Deal Type", "dealtype", "Opportunity Type")),
    Field("lead_source", labels=("Lead Source", "lead_source", "Original Source", "Deal - Source origin")),
)
_TELLING = ("stage", "status", "amount", "close_date")


def guess(header: Sequence[str]) -> dict[str, int] | None:
    """Which column is what, by usual names; None if this does not look like a table of deals."""
    found = locate(header, FIELDS)
    names_deal = "deal_id" in found or "name" in found
    enough = sum(name in found for name in _TELLING) >= 2 and ("stage" in found or "status" in found)
    return found if names_deal and enough else None


def stage_table(job: Job, probes: Sequence[Probe], mapping: Mapping) -> None:
    """Stage the deals of one or several tables of the same kind."""
    load_categories(job, mapping.categories)
    _load_corrections(job, mapping)
    deals, others = _deal_files(probes, mapping)
    stem = re.sub(r"[^a-z]+", "-", deals[0].source.path.stem.lower()).strip("-")
    source = f"table:{mapping.name if mapping.path else stem or 'import'}"
    parts = []
    for number, found in enumerate(deals):
        job.progress(0.1 + 0.5 * number / len(deals), f"reading {found.label}")
        parts.append(_read_deals(job, found, mapping))
    table = job.fresh("deals")
    job.con.execute(
        f"create table {table} as " + " union all ".join(f"select * from {part}" for part in parts)
    )
    same = [f.name for f in FIELDS if f.name != "deal_id"]
    drop_duplicates(job, table, ["deal_id", "taken_at"], same, "line desc", "deal id")
    _add_lookup(job, table, others, deals, mapping)
    _judge(job, table, mapping)
    job.progress(0.7, "putting deals together")
    _stage_deals(job, source, mapping)
    _stage_stages(job, mapping)
    _stage_people(job, others, deals, mapping)
    _finish(job, source, others, mapping)


def _deal_files(probes: Sequence[Probe], mapping: Mapping) -> tuple[list[Probe], list[Probe]]:
    """Which files hold deals, and which other files came with them."""
    if not mapping.is_for_table:
        deals = [found for found in probes if guess(found.header) is not None]
        if not deals:
            raise not_recognised(probes)
        return deals, [found for found in probes if found not in deals]
    if len(probes) == 1 and mapping.files is None:
        return list(probes), []
    helpers = {
        name
        for name in (mapping.owners and mapping.owners.file, *(look.file for look in mapping.lookups))
        if name
    }
    deals = [
        found
        for found in probes
        if (
            fnmatch(found.source.path.name, mapping.files)
            if mapping.files
            else found.source.path.name not in helpers | set(mapping.not_needed)
        )
    ]
    if not deals and len(probes) == 1:
        deals = list(probes)
    if not deals:
        raise BadInput(
            "no file fits the mapping",
            where=str(mapping.path),
            expected=f"a file called {mapping.files}",
            got=", ".join(found.label for found in probes[:8]),
            to_do="Correct files = ... in [table], or name the file.",
        )
    return deals, [found for found in probes if found not in deals]


def not_recognised(probes: Sequence[Probe]) -> BadInput:
    """The message for files in which no known columns are found."""
    found = probes[0]
    columns = ", ".join(f"'{label}'" for label in found.header[:25] if label) or "none"
    return BadInput(
        "this is not recognised as a list of deals",
        where=found.label,
        expected="columns such as Opportunity ID, Opportunity Name, Stage, Amount, Close Date",
        got=f"columns {columns}",
        to_do='Write a mapping file, e.g. [columns] deal_id = "your column", stage = "...", amount = "...",'
        ' close_date = "...", and give it with --mapping (docs/import.md).',
    )


def _columns(found: Probe, mapping: Mapping, job: Job) -> dict[str, int]:
    """Where each field is: as the mapping says, else by usual names (a note then says which)."""
    if not mapping.is_for_table:
        columns = guess(found.header) or {}
        told = ", ".join(f"'{found.header[number]}' as {name}" for name, number in columns.items())
        job.note(
            f"{found.label}: columns were recognised by name: {told}. If that is wrong, give a mapping file."
        )
        return columns
    places = {key(label): number for number, label in reversed(list(enumerate(found.header)))}
    columns = {}
    for name, label in mapping.columns.items():
        if key(label) not in places:
            raise BadInput(
                f"there is no column '{label}'",
                where=found.label,
                expected=f"the column for {name}",
                got=", ".join(found.header[:40]),
                to_do=f"Correct {name} in [columns] of {mapping.path}.",
            )
        columns[name] = places[key(label)]
    if "deal_id" not in columns and "name" not in columns:
        raise BadInput(
            "no column identifies the deal",
            where=str(mapping.path),
            to_do='Add deal_id = "..." to [columns].',
        )
    return columns


def _read_deals(job: Job, found: Probe, mapping: Mapping) -> str:
    """Read one file of deals into a typed table, with the time it was taken at."""
    columns = _columns(found, mapping, job)
    fields = [*FIELDS, Field("lookup_key")]
    if mapping.lookups:
        wanted = key(mapping.lookups[0].deal_column)
        for number, label in enumerate(found.header):
            if key(label) == wanted:
                columns["lookup_key"] = number
    identity = "deal_id" if "deal_id" in columns else "name"
    fields = [Field(f.name, f.kind, f.name == identity, f.labels) for f in fields]
    raw = job.load(found, "table", list(columns.values()))
    typing = Typing(job, raw, fields, columns)
    typing.decide(set())
    # Without an id a corrected name could be another deal: a rejected row then names none that is known.
    job.con.execute("set variable id_prefix = ?", [mapping.id_prefix])
    prefixed = "getvariable('id_prefix') || deal_id"
    named = prefixed if identity == "deal_id" else "case when bad <> 0 then null else '' end"
    table = typing.read(deals=named)
    _correct(job, table, found, columns, mapping)
    if identity == "name":
        job.con.execute(f"update {table} set deal_id = concat_ws(' · ', account_name, name)")
        job.note(
            f"{found.label}: there is no column with the deal's id, so deals are told apart by account and"
            " name;"
            " add the id to the report, because a renamed deal would count as another one."
        )
    job.con.execute(f"alter table {table} add column taken_at timestamp")
    if mapping.id_prefix:
        job.con.execute(f"update {table} set deal_id = ? || deal_id", [mapping.id_prefix])
    taken_at = _taken_at(job, found, mapping)
    job.note_day(raw.file_no, taken_at)
    job.con.execute(f"update {table} set taken_at = ?", [taken_at])
    return table


def _taken_at(job: Job, found: Probe, mapping: Mapping) -> datetime:
    """When the table was true: as told, else the date in the file's name, else now."""
    told = job.as_of or mapping.as_of
    if told is None and (match := re.search(r"(20\d\d)[-_.]?(\d\d)[-_.]?(\d\d)", found.source.path.stem)):
        try:
            told = date(int(match[1]), int(match[2]), int(match[3]))
            job.note(
                f"{found.label}: taken as of {told}, the date in its name; give --as-of if that is wrong."
            )
        except ValueError:
            told = None
    return job.end_of(told) if told else job.now()


# --- corrections and lookups ------------------------------------------------------------------------------


def _load_corrections(job: Job, mapping: Mapping) -> None:
    """Create `correction`: for a column, what is written and what is meant."""
    job.con.execute("create or replace table correction (field varchar, theirs varchar, ours varchar)")
    rows = [
        [key(name), theirs, ours] for name, fixes in mapping.values.items() for theirs, ours in fixes.items()
    ]
    if rows:
        job.con.executemany("insert into correction values (?, ?, ?)", rows)


def _correct(job: Job, table: str, found: Probe, columns: dict[str, int], mapping: Mapping) -> None:
    """Apply the corrections of [values] to the columns that they name (by our name or by theirs)."""
    for field in [*FIELDS, Field("lookup_key")]:
        if field.kind != "text" or field.name not in columns:
            continue
        names = {key(field.name), key(found.header[columns[field.name]])}
        if names & {key(name) for name in mapping.values}:
            job.con.execute(
                f"update {table} set {field.name} = c.ours from correction c"
                f" where c.theirs = {field.name} and list_contains(?, c.field)",
                [sorted(names)],
            )


def _helper(job: Job, name: str, others: Sequence[Probe], deals: Sequence[Probe], mapping: Mapping) -> Probe:
    """The file that a mapping names beside the deals: among the given files, or beside the deals' file."""
    for found in others:
        if fnmatch(found.source.path.name, name):
            return found
    beside = deals[0].source.folder / name
    if beside.is_file() and "/" not in name and "\\" not in name:
        return probe(Source(beside, name, named=False), job.work, mapping.options)
    raise BadInput(
        f"the file '{name}' that the mapping names is not there",
        where=str(mapping.path),
        expected=f"{name} beside {deals[0].label}",
        to_do="Give the folder that holds both files.",
    )


def _pick(found: Probe, labels: dict[str, str], mapping: Mapping) -> dict[str, int]:
    """Where a helper file has the columns that the mapping names."""
    places = {key(label): number for number, label in reversed(list(enumerate(found.header)))}
    for name, label in labels.items():
        if key(label) not in places:
            raise BadInput(
                f"there is no column '{label}'",
                where=found.label,
                got=", ".join(found.header[:40]),
                to_do=f"Correct {name} in {mapping.path}.",
            )
    return {name: places[key(label)] for name, label in labels.items()}


def _add_lookup(
    job: Job, table: str, others: Sequence[Probe], deals: Sequence[Probe], mapping: Mapping
) -> None:
    """Add `list_amount`: what a lookup file says the deal is worth while it is open."""
    job.con.execute(f"alter table {table} add column list_amount decimal(18, 2)")
    for lookup in mapping.lookups:
        _check_key(lookup, deals, mapping)
        found = _helper(job, lookup.file, others, deals, mapping)
        columns = _pick(found, {"key": lookup.file_column, "price": lookup.amount}, mapping)
        fields = [Field("key", required=True), Field("price", "amount")]
        raw = job.load(found, "table", list(columns.values()))
        typing = Typing(job, raw, fields, columns)
        typing.decide(set())
        prices = typing.read()
        drop_duplicates(job, prices, ["key"], ["price"], "line desc", lookup.file_column)
        job.con.execute(
            f"update {table} t set list_amount = p.price from {prices} p where p.key = t.lookup_key"
        )
        missing = job.con.execute(
            f"select lookup_key, count(*) from {table} where lookup_key is not null"
            f" and lookup_key not in (select key from {prices}) group by 1 order by 2 desc limit 8"
        ).fetchall()
        if missing:
            names = ", ".join(f"'{name}' ({count:,} deals)" for name, count in missing)
            job.note(
                f"{found.label} lacks {names}: their open deals have no amount. Correct the names with"
                f" [values.{lookup.deal_column}] in {mapping.path}."
            )


def _check_key(lookup: Lookup, deals: Sequence[Probe], mapping: Mapping) -> None:
    for found in deals:
        _pick(found, {f"key of the lookup in {lookup.file}": lookup.deal_column}, mapping)


# --- what the rows say ------------------------------------------------------------------------------------


def _judge(job: Job, table: str, mapping: Mapping) -> None:
    """Create `judged`: whether each deal is closed and won, and when."""
    job.con.execute(
        "create or replace table stage_rule (stage varchar, probability double, category varchar,"
        " is_closed boolean, is_won boolean, sort_order integer)"
    )
    for rule in mapping.stages.values():
        job.con.execute(
            "insert into stage_rule values (?, ?, ?, ?, ?, ?)",
            [rule.name, rule.probability, rule.category, rule.closed, rule.won, rule.order],
        )
    if mapping.stages:
        _refuse_unknown_stages(job, table, mapping)
    note_unknown_categories(job, table, "forecast_category")
    told = "lower(d.status)"
    closed = (
        f"coalesce(case when {told} like '%won%' or {told} like '%lost%' then true when {told} = 'open'"
        " then false end,"
        f" r.is_closed, {name_is_closed('d.stage')}, false)"
    )
    won = (
        f"coalesce(case when {told} like '%lost%' then false when {told} like '%won%' then true end,"
        f" r.is_won, {name_is_won('d.stage')}, false)"
    )
    noon = to_utc("(coalesce(closed, close_date) + interval 12 hour)", job.time_zone)
    job.con.execute(
        f"""
        create or replace table judged as
        with d as (
            select d.* exclude (created, forecast_category), created as created_at,
                coalesce({category("d.forecast_category")}, r.category) as category, {closed} as is_closed,
                    {won} as says_won,
                coalesce({told} in ('deleted', 'archived'), false) as is_gone
            from {table} d left join stage_rule r using (stage)
        )
        select *, is_closed and says_won as is_won,
            case when is_closed then least(coalesce({noon}, taken_at), taken_at) else taken_at end as now_at
        from d
        """
    )


def _refuse_unknown_stages(job: Job, table: str, mapping: Mapping) -> None:
    """A stage that the mapping does not explain would silently count as something that it is not."""
    rows = job.con.execute(
        f"select stage, count(*), sum(amount) from {table} where stage is not null"
        " and stage not in (select stage from stage_rule) group by 1 order by 3 desc nulls last"
    ).fetchall()
    if rows:
        names = "; ".join(
            f"'{name}': {count:,} deals worth {amount or 0:,.2f}" for name, count, amount in rows[:10]
        )
        raise BadInput(
            "the mapping does not say what these stages mean",
            where=str(mapping.path),
            got=names,
            to_do=f'Add [stages."{rows[0][0]}"] with probability, category, closed and won.',
        )


def _stage_deals(job: Job, source: str, mapping: Mapping) -> None:
    """Openings and present states of the deals."""
    known = "least(created_at, now_at)"
    currency = "coalesce(upper(currency), amount_currency, getvariable('table_currency'))"
    job.con.execute("set variable table_currency = ?", [mapping.currency])
    job.con.execute("set variable table_source = ?", [source])
    job.con.execute(
        "insert into deal (deal_id, source, name, account_id, account_name, currency, deal_type, lead_source,"
        " created_at, valid_at, file_no, line, seq, is_opening)"
        " select deal_id, getvariable('table_source'), coalesce(name, deal_id), account_id, account_name,"
        f" {currency},"
        f" type, lead_source, created_at, v.since, file_no, line, {_SEQ}, v.opening"
        f" from judged, lateral (values ({known}, true), (taken_at, false)) v(since, opening)"
    )
    columns = (
        "insert into deal_change (deal_id, valid_at, stage, forecast_category, amount, close_date,"
        " probability,"
        " is_closed, is_won, is_gone, file_no, line, seq, is_opening)"
    )
    if mapping.from_dates:
        job.con.execute(
            f"{columns} select deal_id, created_at, null, null, list_amount, null, null, false, false, false,"
            " file_no, line, 0, true from judged where created_at < now_at"
        )
    # A closed deal is closed from its close date on, and stated again as of the table: an earlier table may
    # have shown it open after that date.
    category_now = (
        "case when is_won then 'Closed' when is_closed then coalesce(category, 'Omitted') else category end"
    )
    for since, condition in (("now_at", "now_at < taken_at"), ("taken_at", "true")):
        job.con.execute(
            f"{columns} select deal_id, {since}, stage, {category_now},"
            " case when is_closed then amount else coalesce(amount, list_amount) end,"
            " case when is_closed then coalesce(closed, close_date) else coalesce(close_date, closed) end,"
            f" probability, is_closed, is_won, is_gone, file_no, line, {_SEQ}, false from judged"
            f" where {condition}"
        )
    work = (
        "insert into deal_work (deal_id, valid_at, owner_id, next_step, last_activity_on,"
        " file_no, line, seq, is_opening)"
    )
    job.con.execute(f"{work} select deal_id, {known}, owner, null, null, file_no, line, 0, true from judged")
    job.con.execute(
        f"{work} select deal_id, taken_at, owner, next_step, last_activity, file_no, line, {_SEQ}, false"
        " from judged"
    )


def _stage_stages(job: Job, mapping: Mapping) -> None:
    """The stages that the mapping explains, else those that deals are in."""
    target = (
        "insert into stage (stage, sort_order, probability, forecast_category, is_closed, is_won,"
        " valid_at, file_no, line, seq, is_opening)"
    )
    if mapping.stages:
        job.con.execute(
            f"{target} select stage, sort_order, probability, category, is_closed, is_won, v.since, null,"
            " null, 0, v.opening"
            f" from stage_rule, (values ({_OPENING}, true), ((select max(taken_at) from judged), false))"
            " v(since, opening)"
        )
        return
    job.con.execute(
        f"{target} with usual as (select stage, mode(probability) as probability, mode(category) as category,"
        f" {name_is_closed('stage')} as is_closed, {name_is_closed('stage')} and {name_is_won('stage')} as"
        " is_won,"
        " min(file_no) as file_no, min(line) as line from judged where stage is not null group by stage)"
        " select stage, row_number() over (order by is_closed, case when is_closed then -probability else"
        " probability end,"
        f" stage)::integer, probability, category, is_closed, is_won, {_OPENING}, file_no, line, 0, true"
        " from usual"
    )
    closed = job.con.execute(
        f"select distinct stage, {name_is_won('stage')} from judged where {name_is_closed('stage')} order"
        " by 1"
    ).fetchall()
    told = ", ".join(f"'{name}' ({'won' if won else 'lost'})" for name, won in closed) or "none"
    job.note(
        f"Stages that count as closed, by their names: {told}. If that is wrong, or to give each stage its"
        " probability, describe them in a mapping file under [stages]."
    )


def _stage_people(job: Job, others: Sequence[Probe], deals: Sequence[Probe], mapping: Mapping) -> None:
    """Owners and their managers. Where there are no ids, the name is the id."""
    target = (
        "insert into person (person_id, name, manager_id, team, region, title, is_active,"
        " valid_at, file_no, line, seq, is_opening)"
    )
    both = f"(values ({_OPENING}, true), ((select max(taken_at) from judged), false)) v(since, opening)"
    if mapping.owners:
        found = _helper(job, mapping.owners.file, others, deals, mapping)
        columns = _pick(found, mapping.owners.columns, mapping)
        raw = job.load(found, "table", list(columns.values()))
        fields = [
            Field(name, "text", name == "name") for name in ("name", "manager", "team", "region", "title")
        ]
        people = Typing(job, raw, fields, columns).read()
        drop_duplicates(job, people, ["name"], ["manager", "team", "region", "title"], "line desc", "name")
        job.con.execute(
            f"{target} select name, name, manager, team, region, title, true, v.since, file_no, line,"
            " line, v.opening"
            f" from {people}, {both}"
        )
        job.con.execute(
            f"{target} select manager, manager, null, min(team), min(region), 'Manager', true, v.since,"
            " min(file_no),"
            f" min(line), 0, v.opening from {people}, {both} where manager is not null"
            " and manager not in (select person_id from person) group by manager, v.since, v.opening"
        )
    job.con.execute(
        f"{target} select owner, owner, null, null, null, null, true, {_OPENING}, min(file_no), min(line),"
        " 0, true"
        " from judged where owner is not null and owner not in (select person_id from person) group by owner"
    )


def _finish(job: Job, source: str, others: Sequence[Probe], mapping: Mapping) -> None:
    """Whether the list is complete, and what a person should know."""
    job.staging.restates = True
    taken = job.one("select max(taken_at) from judged")
    if mapping.full and not job.partial and isinstance(taken, datetime):
        job.staging.full_lists[source] = taken
    used = {row[0] for row in job.con.execute("select file from staged_file").fetchall()}
    unused = [f.label for f in others if f.label not in used and f.source.path.name not in mapping.not_needed]
    if unused:
        job.note(
            f"Not used: {', '.join(unused[:8])}. If a file is not needed, list it in not_needed = [...] of"
            " the mapping."
        )
    before = job.count(
        "select count(*) from judged where coalesce(closed, close_date) < created_at::date and is_closed"
    )
    if before:
        job.note(f"{before:,} deals closed before they were created; correct the dates in the CRM.")
    nothing = job.count("select count(*) from judged where is_won and amount is null")
    if nothing:
        job.note(f"{nothing:,} won deals have no amount; they count as won without adding money.")
