"""What the rows of a table of deals say, and from when on: deals, their states, stages and people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from analytics.intake.fields import Field, Typing, drop_duplicates
from analytics.intake.job import Job
from analytics.intake.labels import words
from analytics.intake.mapping import Mapping
from analytics.intake.meaning import (
    category,
    currency_code,
    name_is_closed,
    name_is_won,
    note_unknown_categories,
    status_is_closed,
    status_is_gone,
    status_is_won,
)
from analytics.intake.raw import Probe
from analytics.intake.snapshots import stage_vanished
from analytics.intake.table_helpers import helper_file, pick
from analytics.intake.values import to_utc
from analytics.problems import BadInput
from analytics.store.subjects import BEGINNING

_OPENING = f"timestamp '{BEGINNING}'"
_SEQ = "(file_no * 10000000000 + line)"


def judge(job: Job, table: str, mapping: Mapping) -> None:
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
    _tell_pipelines_apart(job, table)
    if mapping.stages:
        _refuse_unknown_stages(job, table, mapping)
    note_unknown_categories(job, table, "forecast_category")
    closed = f"coalesce({status_is_closed('d.status')}, r.is_closed, {name_is_closed('d.stage')}, false)"
    won = f"coalesce({status_is_won('d.status')}, r.is_won, {name_is_won('d.stage')}, false)"
    noon = to_utc("(coalesce(closed, close_date) + interval 12 hour)", job.time_zone)
    archived = ", ".join(f"'{word}'" for word in words("archived"))
    job.con.execute(
        f"""
        create or replace table judged as
        with told as (
            select d.* exclude (created, forecast_category), created as created_at,
                coalesce({category("d.forecast_category")}, r.category) as category, {closed} as is_closed,
                    {won} as says_won,
                {status_is_gone("d.status")} as is_gone
            from {table} d left join stage_rule r using (stage)
        ),
        d as (  -- an archived deal that is closed still counts
            select * replace (
                coalesce(case when is_closed and says_won then won_on when is_closed then lost_on end, closed)
                    as closed,
                case when is_closed and says_won then coalesce(won_amount, amount) else amount end as amount,
                is_gone or (not is_closed and (archived_on is not null
                    or coalesce(lower(archived) in ({archived}), false))) as is_gone)
            from told
        )
        select *, is_closed and says_won as is_won,
            case when is_closed and not is_view then least(coalesce({noon}, taken_at), taken_at)
                else taken_at end as now_at
        from d
        """
    )


def _tell_pipelines_apart(job: Job, table: str) -> None:
    """A stage that several pipelines have is called 'Pipeline: Stage', unless the mapping explains it."""
    job.con.execute(
        f"update {table} set stage = pipeline || ': ' || stage where pipeline is not null and stage in ("
        f" select stage from {table} where try_cast(pipeline as double) is null"
        "  and stage not in (select stage from stage_rule)"
        " group by stage having count(distinct pipeline) > 1)"
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


def stage_deals(job: Job, source: str, mapping: Mapping) -> None:
    """Openings and present states of the deals."""
    known = "least(created_at, now_at)"
    currency = f"coalesce({currency_code('currency')}, amount_currency, getvariable('table_currency'))"
    job.con.execute("set variable table_currency = ?", [mapping.currency])
    job.con.execute(
        "insert into deal (deal_id, source, name, account_id, account_name, currency, deal_type, lead_source,"
        " created_at, valid_at, file_no, line, seq, is_opening)"
        " select deal_id, source, coalesce(name, deal_id), account_id, account_name,"
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
    # Before the first snapshot that shows a deal after its close date nothing else says how it closed.
    first = (
        "now_at < taken_at and not exists (select 1 from judged k where k.deal_id = judged.deal_id"
        " and k.taken_at >= judged.now_at and k.taken_at < judged.taken_at)"
    )
    for since, condition in (("now_at", first), ("taken_at", "true")):
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


def stage_stages(job: Job, mapping: Mapping) -> None:
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


def stage_people(job: Job, others: Sequence[Probe], deals: Sequence[Probe], mapping: Mapping) -> None:
    """Owners and their managers. Where there are no ids, the name is the id."""
    target = (
        "insert into person (person_id, name, manager_id, team, region, title, is_active,"
        " valid_at, file_no, line, seq, is_opening)"
    )
    both = f"(values ({_OPENING}, true), ((select max(taken_at) from judged), false)) v(since, opening)"
    if mapping.owners:
        found = helper_file(job, mapping.owners.file, others, deals, mapping)
        columns = pick(found, mapping.owners.columns, mapping)
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


def finish(job: Job, source: str, others: Sequence[Probe], mapping: Mapping) -> None:
    """Whether the list is complete, and what a person should know."""
    job.staging.restates = True
    taken = job.one("select max(taken_at) from judged")
    has_closed = job.count("select count(*) from judged where is_closed")
    if mapping.source and not job.partial and not has_closed:
        job.note(
            "These files hold no closed deal, so a deal that they lack may be won or lost and none is marked"
            " as gone; export the closed deals too."
        )
    is_full = mapping.full or (mapping.source and has_closed)
    if is_full and not job.partial and isinstance(taken, datetime):
        job.staging.full_lists[source] = taken
        stage_vanished(job)
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
