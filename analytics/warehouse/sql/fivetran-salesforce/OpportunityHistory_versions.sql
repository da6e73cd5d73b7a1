-- question: how did each deal change since Fivetran keeps its versions (history mode)?
-- only with: opportunity._fivetran_active
-- opportunity: id, stage_name, amount, close_date, _fivetran_start
-- opportunity, if there: probability, forecast_category_name, forecast_category, is_deleted
with version as (
    select id, stage_name, amount, close_date, probability, _fivetran_start,
        coalesce(forecast_category_name, forecast_category) as category
    from opportunity
    where not coalesce(cast(is_deleted as boolean), false)
),
beside_the_last as (
    select version.*,
        row_number() over earlier as nth,
        lag(stage_name) over earlier as stage_before,
        lag(amount) over earlier as amount_before,
        lag(close_date) over earlier as close_before,
        lag(probability) over earlier as probability_before,
        lag(category) over earlier as category_before
    from version
    window earlier as (partition by id order by _fivetran_start)
)
select
    id as "OpportunityId",
    _fivetran_start as "CreatedDate",
    stage_name as "StageName",
    amount as "Amount",
    substr(cast(close_date as varchar), 1, 10) as "CloseDate",
    probability as "Probability",
    category as "ForecastCategory"
from beside_the_last
-- a version in which nothing of this changed says nothing new
where nth = 1
    or stage_name is distinct from stage_before
    or amount is distinct from amount_before
    or close_date is distinct from close_before
    or probability is distinct from probability_before
    or category is distinct from category_before
order by _fivetran_start, id
