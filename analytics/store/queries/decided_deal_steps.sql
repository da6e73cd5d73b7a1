-- question: how did the deals that people decided about, or put another number beside, stand over time
-- grain: deal x moment at which its mechanics changed (of several rows at one moment the last one counts)
-- parameters: $as_of_end: nothing later is read
with decided as (
    select deal_id from decision where valid_at <= $as_of_end
    union
    select deal_id from override where valid_at <= $as_of_end
),
spans as (
    select c.*, lead(c.valid_at) over (
        partition by c.deal_id order by c.valid_at, c.import_id, c.seq) as until
    from deal_change c join decided k on k.deal_id = c.deal_id
    where c.valid_at <= $as_of_end
)
select deal_id, valid_at, close_date, coalesce(forecast_category, 'Pipeline') as category,
    coalesce(is_closed, false) as is_closed, coalesce(is_won, false) as is_won, coalesce(is_gone, false) as is_gone
from spans
where until is null or until > valid_at
order by deal_id, valid_at
