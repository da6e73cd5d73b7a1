-- question: which quotas were set?
-- forecasting_quota: quota_owner_id, quota_amount, start_date
-- forecasting_quota, if there: forecasting_type_id, currency_iso_code, _fivetran_deleted, _fivetran_active
select
    quota_owner_id as "QuotaOwnerId",
    quota_amount as "QuotaAmount",
    substr(cast(start_date as varchar), 1, 10) as "StartDate",
    forecasting_type_id as "ForecastingTypeId",
    currency_iso_code as "CurrencyIsoCode"
from forecasting_quota
where coalesce(cast(_fivetran_active as boolean), true)
    and not coalesce(cast(_fivetran_deleted as boolean), false)
order by quota_owner_id, start_date
