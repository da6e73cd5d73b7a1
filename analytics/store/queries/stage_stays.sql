-- question: how long do deals usually stay in a stage before they leave it
-- grain: one row per stage; unit: days; stays = completed ones up to the moment
-- parameters: $as_of_end
with spans as (
    select deal_id, stage, is_closed, valid_at,
        lead(valid_at) over (partition by deal_id order by valid_at, import_id, seq) as until
    from deal_change
    where valid_at <= $as_of_end
),
-- of several rows at one moment the last one counts
steps as (
    select deal_id, stage, is_closed, valid_at,
        lag(stage) over (partition by deal_id order by valid_at) as stage_before,
        row_number() over (partition by deal_id order by valid_at) as step_number
    from spans
    where until is null or until > valid_at
),
entries as (
    select deal_id, stage, is_closed, valid_at,
        lead(valid_at) over (partition by deal_id order by valid_at) as left_at
    from steps
    where step_number = 1 or stage is distinct from stage_before
)
select stage,
    count(*) as stays,
    median(date_diff('day', valid_at, left_at)) as median_days,
    quantile_cont(date_diff('day', valid_at, left_at), 0.8) as p80_days
from entries
where left_at is not null and stage is not null and not coalesce(is_closed, false)
group by stage
