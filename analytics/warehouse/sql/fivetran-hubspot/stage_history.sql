-- question: when did each deal enter each stage?
-- deal_stage: deal_id, value
-- deal_stage, if there: date_entered, _fivetran_start
select
    deal_id,
    value,
    coalesce(cast(date_entered as timestamp with time zone),
        cast(_fivetran_start as timestamp with time zone)) as date_entered
from deal_stage
order by 3, 1
