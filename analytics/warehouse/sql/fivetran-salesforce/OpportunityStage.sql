-- question: which stages are there, in which order and with which probability?
-- opportunity_stage: master_label
-- opportunity_stage, if there: sort_order, default_probability, forecast_category_name, forecast_category,
--   is_closed, is_won, is_active, _fivetran_deleted, _fivetran_active
select
    master_label as "MasterLabel",
    sort_order as "SortOrder",
    default_probability as "DefaultProbability",
    coalesce(forecast_category_name, forecast_category) as "ForecastCategoryName",
    is_closed as "IsClosed",
    is_won as "IsWon",
    is_active as "IsActive"
from opportunity_stage
where coalesce(cast(_fivetran_active as boolean), true)
    and not coalesce(cast(_fivetran_deleted as boolean), false)
order by sort_order, master_label
