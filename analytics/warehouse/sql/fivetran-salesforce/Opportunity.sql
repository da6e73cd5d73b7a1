-- question: what is each deal now? One row per deal, also where history mode keeps a row per version
-- opportunity: id, stage_name, amount, close_date
-- opportunity, if there: is_deleted, account_id, name, probability, type, next_step, lead_source, is_closed,
--   is_won, forecast_category_name, forecast_category, owner_id, created_date, last_modified_date,
--   system_modstamp, last_activity_date, currency_iso_code, _fivetran_deleted, _fivetran_active,
--   _fivetran_start, _fivetran_end
with version as (
    select o.*,
        coalesce(cast(_fivetran_active as boolean), true) as is_active,
        row_number() over (partition by id order by _fivetran_start desc) as newest_is_1
    from opportunity o
)
select
    id as "Id",
    not is_active or coalesce(cast(_fivetran_deleted as boolean), false)
        or coalesce(cast(is_deleted as boolean), false) as "IsDeleted",
    account_id as "AccountId",
    name as "Name",
    stage_name as "StageName",
    amount as "Amount",
    probability as "Probability",
    substr(cast(close_date as varchar), 1, 10) as "CloseDate",
    type as "Type",
    next_step as "NextStep",
    lead_source as "LeadSource",
    is_closed as "IsClosed",
    is_won as "IsWon",
    coalesce(forecast_category_name, forecast_category) as "ForecastCategoryName",
    owner_id as "OwnerId",
    created_date as "CreatedDate",
    -- of a deal that is no more, history mode knows until when it was
    coalesce(case when not is_active then cast(_fivetran_end as timestamp with time zone) end,
        cast(last_modified_date as timestamp with time zone),
        cast(system_modstamp as timestamp with time zone)) as "LastModifiedDate",
    substr(cast(last_activity_date as varchar), 1, 10) as "LastActivityDate",
    currency_iso_code as "CurrencyIsoCode"
from version
where newest_is_1 = 1
order by id
