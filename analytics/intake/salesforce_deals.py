"""What a Salesforce export says about each deal, and from when on.

Three levels, each honest about what it knows: OpportunityHistory (every change), OpportunityFieldHistory
(changes of tracked fields), and no history at all, where only the opening and the present are known.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from analytics.intake.field_history import MECHANICS, WORK, states
from analytics.intake.job import Job
from analytics.intake.meaning import category
from analytics.intake.origin import Origin
from analytics.intake.values import to_local, to_utc

# `seq` orders rows with the same time: openings, then history in the order of its file, then the present.
_SEQ = "(file_no * 10000000000 + line)"
_SEQ_NOW = "(1000000000000000 + file_no * 10000000000 + line)"
_CHANGE = (
    "insert into deal_change (deal_id, valid_at, stage, forecast_category, amount, close_date, probability,"
    " is_closed, is_won, is_gone, file_no, line, seq, is_opening)"
)
_WORK = (
    "insert into deal_work (deal_id, valid_at, owner_id, next_step, last_activity_on,"
    " file_no, line, seq, is_opening)"
)
# A stage that neither a file nor its name explains is judged by the row's own category and probability.
_CLOSED = (
    "coalesce(m.is_closed, coalesce(h.ours = 'Closed' or h.probability = 1"
    " or (h.ours = 'Omitted' and h.probability = 0), false))"
)
_WON = "coalesce(m.is_won, coalesce(h.ours = 'Closed' or h.probability = 1, false))"


def stage_deals(job: Job, tables: dict[str, str], origin: Origin) -> None:
    """Stage deals, their changes and who works them. What fills different tables is done at once."""
    with ThreadPoolExecutor() as beside:
        history = beside.submit(_history, job.beside(), tables["OpportunityHistory"])
        _with_history(job, tables["OpportunityHistory"])
        _present(job, tables)
        history.result()
        job.progress(0.65, "putting deals together")
        _owner_ids(job, tables["OpportunityFieldHistory"], tables["User"])
        _field_history(job, tables["OpportunityFieldHistory"])
        _spans(job)
        job.progress(0.8, "putting deals together")
        parts = [
            beside.submit(_deals, job.beside(), origin),
            beside.submit(_changes, job.beside()),
            beside.submit(_work, job.beside()),
        ]
        for part in parts:
            part.result()
    _notes(job, origin)


def _as_change(source: str, *, opening: str = "false") -> str:
    """SQL that turns stated mechanics (stage, category, amount ... since when) into deal changes."""
    return f"""
        select h.deal_id, h.since, h.stage, case when {_CLOSED} and {_WON} then 'Closed'
                when {_CLOSED} then coalesce(h.ours, 'Omitted') else h.ours end,
            h.amount,
            h.close_date, h.probability, {_CLOSED}, {_CLOSED} and {_WON}, false, h.file_no, h.line,
            {_SEQ}, {opening}
        from (select s.*, c.ours from {source} s
              left join category_name c on c.theirs = lower(replace(s.category, '_', ' '))) h
        left join stage_map m using (stage)
    """


def _history(job: Job, history: str) -> None:
    """OpportunityHistory: a row per change, with the values that held from then on."""
    job.con.execute(f"{_CHANGE} {_as_change(history)}")


def _with_history(job: Job, history: str) -> None:
    """Create `with_history`: the deals that it tells of, from when until when."""
    job.con.execute(
        "create or replace table with_history as select deal_id, min(since) as first_at, max(since) as"
        " last_at"
        f" from {history} group by deal_id"
    )


def _present(job: Job, tables: dict[str, str]) -> None:
    """Create `present`: the state of each opportunity, with what its own columns leave out."""
    deals, history, zone = tables["Opportunity"], tables["OpportunityHistory"], job.time_zone
    absent = [
        name
        for name in ("stage", "amount", "close_date", "probability", "category")
        if job.taken_at is None  # the few deals of a live source may all have no amount
        and not job.count(f"select count({name}) from {deals}")
        and job.count(f"select count({name}) from {history}")
    ]
    picks = ", ".join(
        f"arg_max({name}, (since, file_no, line)) as {name}" for name in ("stage", *absent) if name
    )
    last = (
        f"(select deal_id, {picks} from {history} group by deal_id)"
        if absent
        else "(select null as deal_id, null as stage)"
    )
    take = {
        name: (
            f"coalesce(d.{name}, case when d.stage is null or d.stage = l.stage then l.{name} end)"
            if name in absent
            else f"d.{name}"
        )
        for name in ("stage", "amount", "close_date", "probability", "category")
    }
    local_created = to_local("d.created", zone)
    noon = to_utc("(d.close_date + interval 12 hour)", zone)
    job.con.execute(
        f"""
        create or replace table present as
        with filled as (
            select d.* replace ({
            ", ".join(f"{sql} as {name}" for name, sql in take.items() if sql != f"d.{name}")
            or "d.stage as stage"
        })
            from {deals} d left join {last} l using (deal_id)
        ),
        judged as (
            select d.*, o.ours,
                case when d.is_won then true
                    else coalesce(d.is_closed, m.is_closed, o.ours = 'Closed' or d.probability = 1
                        or (o.ours = 'Omitted' and d.probability = 0), false) end as closed,
                coalesce(d.is_won, m.is_won, o.ours = 'Closed' or d.probability = 1, false) as won,
                d.is_closed is null and m.is_closed is null and not closed
                    -- closed, but won or lost is said neither so nor by what a lost deal has
                    or closed and d.is_won is null and m.is_won is null and not won
                    and not coalesce(o.ours = 'Omitted' or d.probability = 0, false) as is_unsaid
            from filled d left join stage_map m using (stage)
                left join category_name o on o.theirs = lower(replace(d.category, '_', ' '))
        ),
        official as (
            select stage, any_value(category) as category from {tables["OpportunityStage"]} group by stage
        )
        select d.deal_id, d.file_no, d.line, d.account_id, coalesce(d.account_name, a.name) as account_name,
            d.name, d.deal_type, d.lead_source, coalesce(d.currency, d.amount_currency) as currency,
            d.stage, d.amount, d.close_date, d.probability, d.owner_id, d.next_step, d.last_activity,
                d.created,
            d.closed as is_closed, d.closed and d.won as is_won, coalesce(d.is_deleted, false) as is_gone,
            d.is_unsaid,
            coalesce(d.ours, {category("f.category")}) as raw_category,
            case when d.closed and d.won then 'Closed'
                else coalesce(d.ours, {
            category("f.category")
        }, case when d.closed then 'Omitted' end) end as category,
            {noon} as close_noon,
            coalesce({local_created}::date > d.close_date, false) as is_late,
            greatest({_present_at(job)}, d.created, h.last_at) as now_at,
            h.first_at
        from judged d left join official f using (stage) left join with_history h using (deal_id)
            left join (select account_id, any_value(name) as name from {tables["Account"]} group by 1) a
                using (account_id)
        """
    )


def _present_at(job: Job) -> str:
    """SQL for the time from which the present state is known."""
    at = "coalesce(d.modified, getvariable('export_time'))"
    return f"least({at}, getvariable('export_time'))" if job.as_of else at


def _owner_ids(job: Job, changes: str, users: str) -> None:
    """Salesforce notes a change of owner twice, by name and by id: names become ids, others are left out."""
    has_ids = job.count("select count(*) from present where regexp_full_match(owner_id, '005\\w{12,15}')")
    named = f"select name, any_value(person_id) as person_id from {users} group by name having count(*) = 1"
    for side in ("old", "new"):
        job.con.execute(
            f"update {changes} set {side}_owner_id = u.person_id from ({named}) u"
            f" where u.name = {side}_owner_id"
        )
    if has_ids:
        job.con.execute(
            f"update {changes} set field = 'owner name' where field = 'owner_id'"
            " and not (regexp_full_match(coalesce(old_owner_id, new_owner_id), '005\\w{12,15}')"
            " and regexp_full_match(coalesce(new_owner_id, old_owner_id), '005\\w{12,15}'))"
        )


def _field_history(job: Job, changes: str) -> None:
    """Deals without OpportunityHistory: their states from the changes of single fields."""
    job.con.execute(
        "create or replace table work_state (deal_id varchar, since timestamp, file_no int, line bigint,"
        " is_first boolean, owner_id varchar, next_step varchar)"
    )
    if not job.count(f"select count(*) from {changes}"):
        return
    without = "not exists (select 1 from with_history w where w.deal_id = c.deal_id)"
    mechanics = states(job, changes, "present", MECHANICS, without)
    later = f"(select * from {mechanics} where not is_first)"
    first = (
        f"(select s.* from {mechanics} s join present p using (deal_id) where s.is_first and not p.is_late)"
    )
    job.con.execute(f"{_CHANGE} {_as_change(later)}")
    job.con.execute(f"{_CHANGE} {_as_change(first, opening='true')}")
    job.con.execute(
        f"insert into with_history select deal_id, min(since), max(since) from {mechanics} group by deal_id"
    )
    work = states(job, changes, "present", WORK, "true")
    job.con.execute(f"insert into work_state by name select * from {work}")


def _spans(job: Job) -> None:
    """Take the reconstructed history into account for when the present begins."""
    job.con.execute(
        "update present p set first_at = h.first_at, now_at = greatest(p.now_at, h.last_at)"
        " from with_history h where h.deal_id = p.deal_id and p.first_at is null"
    )


def _deals(job: Job, origin: Origin) -> None:
    """What each deal is: at first since it was created (or closed, where it was entered later), and now.

    An export shows only the present name, account and currency: it must not restate them for the past.
    """
    known = "coalesce(created, first_at, case when is_closed then close_noon end, now_at)"
    columns = "deal_id, source, name, account_id, account_name, currency, deal_type, lead_source, created_at"
    values = columns.replace("source,", f"'{origin.source}',", 1).replace("created_at", "created")
    first = f"least({known}, now_at)"
    times = ((first, "true", "true"), ("close_noon", "true", "is_late"), ("now_at", "false", "true"))
    for at, opening, condition in times:
        job.con.execute(
            f"insert into deal ({columns}, valid_at, file_no, line, seq, is_opening)"
            f" select {values}, {at}, file_no, line, {_SEQ}, {opening} from present where {condition}"
        )


def _changes(job: Job) -> None:
    """Openings and the present of each deal."""
    state = "stage, category, amount, close_date, probability, is_closed, is_won, is_gone, file_no, line"
    not_gone = state.replace("is_gone", "false")  # a deleted deal is gone since its deletion, not before
    local_day = {name: f"{to_local(name, job.time_zone)}::date" for name in ("first_at", "created")}
    # Entered after the fact: what is known now is all that is known of that time.
    job.con.execute(f"{_CHANGE} select deal_id, close_noon, {not_gone}, 1, true from present where is_late")
    # Open since it was created, in an unknown stage.
    job.con.execute(
        f"{_CHANGE} select deal_id, created, null, null, null, null, null, false, false, false, file_no,"
        " line, 0, true"
        " from present where not is_late and created is not null"
        f" and (first_at is null or {local_day['first_at']} > {local_day['created']})"
    )
    # Closed without a history: on its close date. The present is stated again below, because an earlier
    # export may have said otherwise after that date.
    job.con.execute(
        f"{_CHANGE} select deal_id, greatest(close_noon, created), {not_gone}, {_SEQ}, false from present"
        " where first_at is null and is_closed and not is_late and close_noon <= now_at"
    )
    job.con.execute(f"{_CHANGE} select deal_id, now_at, {state}, {_SEQ_NOW}, false from present")


def _work(job: Job) -> None:
    """Who works the deal: at first, after each recorded change, and now."""
    job.con.execute(
        f"{_WORK} select deal_id, since, owner_id, next_step, null, file_no, line, {_SEQ}, false"
        " from work_state where not is_first"
    )
    job.con.execute(
        f"{_WORK} select p.deal_id, case when p.is_late then p.close_noon else p.created end,"
        " case when p.is_late or w.deal_id is null then p.owner_id else w.owner_id end,"
        " case when p.is_late then p.next_step else w.next_step end,"
        " case when p.is_late then p.last_activity end, p.file_no, p.line, 0, true"
        " from present p left join (select * from work_state where is_first) w using (deal_id)"
        " where p.is_late or p.created is not null"
    )
    # An activity does not touch LastModifiedDate: it is known from its own day on, not from before.
    job.con.execute(
        f"{_WORK} select deal_id, greatest(now_at,"
        " (select max(since) from work_state w where w.deal_id = p.deal_id),"
        " least(last_activity::timestamp, getvariable('export_time'))),"
        f" owner_id, next_step, last_activity, file_no, line, {_SEQ_NOW}, false from present p"
    )


def _notes(job: Job, origin: Origin) -> None:
    """What a person should know, and can change."""
    late = job.count("select count(*) from present where is_late")
    if late:
        job.note(
            f"{late:,} deals were created in {origin.crm} after their close date (a migrated org, mostly)."
            " They are shown from their close date on with what is known of them now, so a past date shows"
            f" them better informed than anyone was.{origin.late}"
        )
    bare = job.count(
        "select count(*) from present where first_at is null and created is not null and not is_late"
    )
    if bare:
        job.note(
            f"Deals without any change history: {bare:,}. Their stage and amount are unknown before their"
            f" last change. Add {origin.history} to the export to see them at past dates."
        )
    ownerless = job.count("select count(*) from present where owner_id is null")
    if ownerless:
        job.note(
            f"Deals without owner: {ownerless:,}; add {origin.owner} to the export, or set owners"
            f" in {origin.crm}."
        )
