-- question: how did each deal change since Fivetran keeps its versions (history mode)?
-- only with: opportunity._fivetran_active
-- opportunity: id, stage_name, amount, close_date, _fivetran_start
-- opportunity, if there: probability, forecast_category_name, forecast_category, is_deleted
select
    id as "OpportunityId",
    _fivetran_start as "CreatedDate",
    stage_name as "StageName",
    amount as "Amount",
    substr(cast(close_date as varchar), 1, 10) as "CloseDate",
    probability as "Probability",
    coalesce(forecast_category_name, forecast_category) as "ForecastCategory"
from opportunity
where not coalesce(cast(is_deleted as boolean), false)
order by _fivetran_start, id
