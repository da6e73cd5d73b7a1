-- question: who had the deals that changed within a window before it, and after each change of hands in it
-- grain: deal x moment (of several rows at one moment the last one counts); who had it before the window stands
--        once, with is_before
-- parameters: $since_end the window's first moment (not in it), $as_of_end its last: nothing later is read
with changed as (
    select deal_id from deal_change where valid_at > $since_end and valid_at <= $as_of_end
    union
    select deal_id from deal_work where valid_at > $since_end and valid_at <= $as_of_end
),
spans as (
    select w.deal_id, w.valid_at, w.owner_id, lead(w.valid_at) over (
        partition by w.deal_id order by w.valid_at, w.import_id, w.seq) as until
    from deal_work w join changed d on d.deal_id = w.deal_id
    where w.valid_at <= $as_of_end
),
visible as (
    select deal_id, valid_at, owner_id, lag(owner_id) over (partition by deal_id order by valid_at) as before,
        row_number() over (partition by deal_id order by valid_at) as step_number
    from spans
    where (until is null or until > valid_at) and (until is null or until > $since_end)
)
select deal_id, valid_at, valid_at <= $since_end as is_before, coalesce(owner_id, '') as owner_id
from visible
where step_number = 1 or owner_id is distinct from before
order by deal_id, valid_at
