-- question: how did stage, amount and dates of each deal change?
-- opportunityhistory: id, opportunityid, createddate, stagename, amount, closedate
-- opportunityhistory, if there: probability, forecastcategory, isdeleted, _airbyte_extracted_at
with version as (
    select h.*,
        row_number() over (partition by id order by _airbyte_extracted_at desc nulls last) as newest_is_1
    from opportunityhistory h
)
select
    opportunityid as "OpportunityId",
    createddate as "CreatedDate",
    stagename as "StageName",
    amount as "Amount",
    substr(cast(closedate as varchar), 1, 10) as "CloseDate",
    probability as "Probability",
    forecastcategory as "ForecastCategory"
from version
where newest_is_1 = 1 and not coalesce(cast(isdeleted as boolean), false)
order by createddate, id
