-- question: who worked each deal, when did somebody last act, and since when does its next step stand
-- grain: deal x moment at which that changed (of several rows at one moment the last one counts)
-- parameters: $as_of_end: nothing later is read
with spans as (
    select w.*, lead(w.valid_at) over (
        partition by w.deal_id order by w.valid_at, w.import_id, w.seq) as until
    from deal_work w
    where w.valid_at <= $as_of_end
),
steps as (
    select deal_id, valid_at, owner_id, last_activity_on, trim(coalesce(next_step, '')) as next_step,
        lag(trim(coalesce(next_step, ''))) over (partition by deal_id order by valid_at) as next_step_before
    from spans
    where until is null or until > valid_at
)
select deal_id, valid_at, owner_id, last_activity_on,
    next_step <> '' as has_next_step,
    max(case when next_step is distinct from next_step_before then valid_at end) over (
        partition by deal_id order by valid_at
        rows between unbounded preceding and current row) as next_step_since
from steps
order by deal_id, valid_at
