-- question: what is each deal now? The newest row of each, also where Airbyte appends
-- opportunity: id, stagename, amount, closedate
-- opportunity, if there: isdeleted, accountid, name, probability, type, nextstep, leadsource, isclosed, iswon,
--   forecastcategoryname, forecastcategory, ownerid, createddate, lastmodifieddate, systemmodstamp,
--   lastactivitydate, currencyisocode, _airbyte_extracted_at, _ab_cdc_deleted_at
with version as (
    select o.*,
        row_number() over (partition by id
            order by systemmodstamp desc nulls last, _airbyte_extracted_at desc nulls last) as newest_is_1
    from opportunity o
)
select
    id as "Id",
    _ab_cdc_deleted_at is not null or coalesce(cast(isdeleted as boolean), false) as "IsDeleted",
    accountid as "AccountId",
    name as "Name",
    stagename as "StageName",
    amount as "Amount",
    probability as "Probability",
    substr(cast(closedate as varchar), 1, 10) as "CloseDate",
    type as "Type",
    nextstep as "NextStep",
    leadsource as "LeadSource",
    isclosed as "IsClosed",
    iswon as "IsWon",
    coalesce(forecastcategoryname, forecastcategory) as "ForecastCategoryName",
    ownerid as "OwnerId",
    createddate as "CreatedDate",
    coalesce(cast(lastmodifieddate as timestamp with time zone),
        cast(systemmodstamp as timestamp with time zone)) as "LastModifiedDate",
    substr(cast(lastactivitydate as varchar), 1, 10) as "LastActivityDate",
    currencyisocode as "CurrencyIsoCode"
from version
where newest_is_1 = 1
order by id
