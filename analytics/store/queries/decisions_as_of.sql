-- question: what did reviews decide up to a moment, and what became of the actions
-- grain: decision, in the order in which they were made
-- units: money in the company's currency; chances 0-1; `valid_at` the moment looked at, `decided_at` the
--        moment at which it was written (both UTC); `state` NULL: nothing was reported yet
-- parameters: $as_of_end: nothing later is read
with latest_report as (
    select *, row_number() over (
        partition by decision_id order by valid_at desc, import_id desc, seq desc) as newest
    from action_report where valid_at <= $as_of_end
),
latest_person as (
    select person_id, name, row_number() over (
        partition by person_id order by valid_at desc, import_id desc, seq desc) as newest
    from person where valid_at <= $as_of_end
)
select d.decision_id, d.deal_id, d.quarter, d.kind, d.close_date, d.category, d.action, d.action_owner,
    coalesce(p.name, d.action_owner) as action_owner_name, d.due, d.note, d.author, d.seen_close_date,
    d.seen_category, cast(d.seen_amount as double) as seen_amount, d.seen_probability, d.seen_chance,
    d.valid_at, d.loaded_at as decided_at, r.state, r.done_on, r.note as state_note, r.author as state_author,
    r.valid_at as reported_at
from decision d
left join latest_report r on r.decision_id = d.decision_id and r.newest = 1
left join latest_person p on p.person_id = d.action_owner and p.newest = 1
where d.valid_at <= $as_of_end
order by d.valid_at, d.import_id, d.seq
