-- question: how did one deal's mechanics and ownership change
-- grain: one row per moment and subject ('mechanics' or 'work'); parameters: $deal_id, $as_of_end
select 'mechanics' as subject, valid_at, import_id, seq, stage, forecast_category, amount, close_date,
    probability, is_closed, is_won, is_gone,
    cast(null as varchar) as owner_id, cast(null as varchar) as next_step,
    cast(null as date) as last_activity_on, loaded_at
from deal_change where deal_id = $deal_id and valid_at <= $as_of_end
union all
select 'work', valid_at, import_id, seq, null, null, null, null, null, null, null, null,
    owner_id, next_step, last_activity_on, loaded_at
from deal_work where deal_id = $deal_id and valid_at <= $as_of_end
order by valid_at, import_id, seq
