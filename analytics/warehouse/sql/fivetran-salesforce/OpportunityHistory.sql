-- question: how did stage, amount and dates of each deal change, as Salesforce's own history says?
-- opportunity_history: opportunity_id, created_date, stage_name, amount, close_date
-- opportunity_history, if there: id, probability, forecast_category, is_deleted, _fivetran_deleted
select
    opportunity_id as "OpportunityId",
    created_date as "CreatedDate",
    stage_name as "StageName",
    amount as "Amount",
    substr(cast(close_date as varchar), 1, 10) as "CloseDate",
    probability as "Probability",
    forecast_category as "ForecastCategory"
from opportunity_history
where not coalesce(cast(_fivetran_deleted as boolean), false)
    and not coalesce(cast(is_deleted as boolean), false)
order by created_date, id
