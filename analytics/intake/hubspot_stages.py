"""HubSpot's stages: ids or labels become one name each, equal labels of several pipelines told apart."""

from __future__ import annotations

from analytics.intake.job import Job

#: The stages of HubSpot's first pipeline: id, label, probability; those with 1 and 0 are closed.
DEFAULTS = (
    ("appointmentscheduled", "Appointment Scheduled", 0.2),
    ("qualifiedtobuy", "Qualified To Buy", 0.4),
    ("presentationscheduled", "Presentation Scheduled", 0.6),
    ("decisionmakerboughtin", "Decision Maker Bought-In", 0.8),
    ("contractsent", "Contract Sent", 0.9),
    ("closedwon", "Closed Won", 1.0),
    ("closedlost", "Closed Lost", 0.0),
)


def load_stages(job: Job, stages: str, pipelines: str | None) -> None:
    """Create `known_stage` from a table of stages: their columns, and `stage`, the one name of each.

    A label that several pipelines have becomes 'Pipeline: Label'.
    """
    names = (
        f"select pipeline_id, any_value(pipeline) as pipeline from {pipelines} group by 1"
        if pipelines
        else "select null::varchar as pipeline_id, null::varchar as pipeline where false"
    )
    job.con.execute(
        f"""
        create or replace table known_stage as
        with s as (
            select s.* exclude (pipeline), coalesce(s.pipeline, p.pipeline, s.pipeline_id) as pipeline,
                coalesce(s.is_closed, s.probability in (0, 1)) as closed,
                coalesce(s.is_won, s.probability = 1) as won
            from {stages} s left join ({names}) p using (pipeline_id)
        ),
        shared as (
            select lower(label) as label from s where not coalesce(is_deleted, false)
            group by 1 having count(distinct pipeline) > 1
        )
        select s.*, case when h.label is null or s.pipeline is null then s.label
            else s.pipeline || ': ' || s.label end as stage
        from s left join shared h on h.label = lower(s.label)
        """
    )


def stages_of_deals(job: Job, deals: str, events: str) -> str:
    """A table of stages where no file lists them: HubSpot's own, and what deals and their history say.

    A history writes ids where a list of deals writes labels: what a deal's history says last is its label.
    """
    job.con.execute(
        "create or replace table usual_stage (id varchar, label varchar, probability double, place int)"
    )
    for place, (stage_id, label, probability) in enumerate(DEFAULTS):
        job.con.execute("insert into usual_stage values (?, ?, ?, ?)", [stage_id, label, probability, place])
    out = job.fresh("stages")
    job.con.execute(
        f"""
        create table {out} as
        with d as (
            select deal_id, file_no, line, pipeline, probability, is_closed, is_won,
                case when pipeline is not null and ends_with(stage, ' (' || pipeline || ')')
                    then left(stage, length(stage) - length(pipeline) - 3) else stage end as stage
            from {deals} where stage is not null
        ),
        last as (
            select deal_id, arg_max(stage, (since, line)) as id from {events} where field = 'stage' group by 1
        ),
        ids as (
            select d.stage, d.pipeline, mode(l.id) as id from d join last l using (deal_id)
            where l.id not in (select stage from d) group by all
        ),
        seen as (
            select stage, pipeline, min(file_no) as file_no, min(line) as line,
                mode(probability) as probability, mode(is_closed) as is_closed, mode(is_won) as is_won
            from d group by stage, pipeline
        ),
        passed as (  -- stages that no deal is in any more
            select e.stage, d.pipeline, min(e.file_no) as file_no, min(e.line) as line
            from {events} e left join d using (deal_id)
            where e.field = 'stage' and e.stage is not null and e.stage not in (select id from ids)
                and e.stage not in (select stage from seen)
                and not exists (select 1 from usual_stage u where lower(e.stage) in (u.id, lower(u.label)))
            group by all
        ),
        shown as (
            select coalesce(u.id, i.id, s.stage) as stage_id, coalesce(u.label, s.stage) as label, s.pipeline,
                coalesce(u.probability, s.probability) as probability, u.place,
                coalesce(u.probability in (0, 1), s.is_closed) as is_closed,
                coalesce(u.probability = 1, s.is_won) as is_won, s.file_no, s.line
            from (select * from seen union all by name select * from passed) s
                left join usual_stage u on lower(s.stage) in (u.id, lower(u.label))
                left join ids i on i.stage = s.stage and i.pipeline is not distinct from s.pipeline
        )
        select stage_id, label, null::varchar as pipeline_id, pipeline,
            coalesce(place, 5 + coalesce(probability, 0))::double as sort_order, probability,
            is_closed, is_won, false as is_deleted, file_no, line from shown
        union all
        select id, label, null, (select mode(pipeline) from shown where place is not null), place,
            probability, probability in (0, 1), probability = 1, false, null, null
        from usual_stage where id not in (select stage_id from shown)
        """
    )
    return out


def name_stages(job: Job, table: str) -> None:
    """Replace ids and labels in a table's `stage` by the stages' names.

    An id counts before a label; of labels that several pipelines have, the one in the row's own `pipeline`
    (its id or label), or in the one that an export writes behind it: 'Label (Pipeline)'.
    """
    job.con.execute(
        f"""
        update {table} t set stage = k.stage from (
            select v.written, v.within, arg_min(k.stage, (
                case when k.stage_id = v.written then 0 else 1 end,
                case when v.within in (k.pipeline_id, k.pipeline) then 0 else 1 end,
                coalesce(k.is_deleted, false), k.line)) as stage
            from (select distinct stage as written, pipeline as within from {table} where stage is not null) v
            join known_stage k on k.stage_id = v.written or lower(k.label) = lower(v.written)
                or lower(k.label || ' (' || k.pipeline || ')') = lower(v.written)
            group by v.written, v.within
        ) k where t.stage = k.written and t.pipeline is not distinct from k.within
        """
    )


def official_stages(job: Job, tables: tuple[str, ...]) -> str:
    """A table in the shape of Salesforce's OpportunityStage: those of a file, and those that `tables` name.

    Without a name that says so, closed is what most deals in a stage are.
    """
    out = job.fresh("stages")
    used = " union ".join(f"select stage from {table} where stage is not null" for table in tables)
    job.con.execute(
        f"""
        create table {out} as
        with named as (  -- a label that was used again: the stage that is still there
            select *, row_number() over (partition by stage order by coalesce(is_deleted, false), line) as n
            from known_stage where file_no is not null or stage in ({used})
        )
        select file_no, line, stage, probability, null::varchar as category, closed as is_closed,
            won as is_won, not coalesce(is_deleted, false) as is_active, 0::bigint as bad,
            row_number() over (order by coalesce(closed, false), pipeline, sort_order, line)::double
                as sort_order
        from named where n = 1
        """
    )
    return out
