-- question: from when to when does the store know something, and how fresh is it
-- grain: one row; parameters: none
-- what people write and the sheets they bring count too, but no later than they were loaded: a wrong date in
-- an answer must not move the last day into the future
with written as (
    select valid_at, loaded_at from answer
    union all select valid_at, loaded_at from depth_overrule
    union all select valid_at, loaded_at from document_deal
    union all select valid_at, loaded_at from question
),
last_written as (
    select max(case when valid_at <= loaded_at then valid_at else loaded_at end) as at from written
)
select
    c.first_at,
    case when w.at > c.last_at then w.at else c.last_at end as last_at,
    (
        select max(loaded_at) from import
        where kind not in ('decision', 'call', 'coaching', 'upkeep') and undone_at is null
    ) as last_loaded_at,
    (select max(as_of) from import where undone_at is null) as last_as_of,
    c.deals,
    c.change_rows
from (
    select min(valid_at) as first_at, max(valid_at) as last_at, count(distinct deal_id) as deals,
        count(*) as change_rows
    from deal_change
) c cross join last_written w
