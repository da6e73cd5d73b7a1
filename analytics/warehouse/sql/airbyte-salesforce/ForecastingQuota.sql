-- question: which quotas were set?
-- forecastingquota: id, quotaownerid, quotaamount, startdate
-- forecastingquota, if there: forecastingtypeid, currencyisocode, isdeleted, systemmodstamp, _airbyte_extracted_at
with version as (
    select t.*,
        row_number() over (partition by id
            order by systemmodstamp desc nulls last, _airbyte_extracted_at desc nulls last) as newest_is_1
    from "forecastingquota" t
)
select
    quotaownerid as "QuotaOwnerId",
    quotaamount as "QuotaAmount",
    substr(cast(startdate as varchar), 1, 10) as "StartDate",
    forecastingtypeid as "ForecastingTypeId",
    currencyisocode as "CurrencyIsoCode"
from version
where newest_is_1 = 1 and not coalesce(cast(isdeleted as boolean), false)
order by quotaownerid, startdate
