-- question: how long does a deal usually take from its creation until it is won
-- grain: one row; unit: days; deals = those that stand won at the moment
-- parameters: $as_of_end: nothing later is read
with steps as (
    select deal_id, valid_at,
        coalesce(is_won, false) and coalesce(is_closed, false) and not coalesce(is_gone, false) as is_won,
        row_number() over (
            partition by deal_id order by valid_at desc, import_id desc, seq desc) as newest
    from deal_change
    where valid_at <= $as_of_end
),
won as (
    select deal_id, min(valid_at) as first_seen_at, min(case when is_won then valid_at end) as won_at
    from steps
    group by deal_id
    having max(case when newest = 1 and is_won then 1 else 0 end) = 1
),
born as (
    select deal_id, min(created_at) as created_at
    from deal
    where valid_at <= $as_of_end
    group by deal_id
)
select count(*) as deals,
    median(date_diff('day', least(coalesce(b.created_at, w.first_seen_at), w.first_seen_at), w.won_at))
        as median_days
from won w
left join born b on b.deal_id = w.deal_id
