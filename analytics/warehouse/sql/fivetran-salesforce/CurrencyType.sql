-- question: what is each currency worth?
-- currency_type: iso_code, conversion_rate
-- currency_type, if there: is_corporate, _fivetran_deleted, _fivetran_active
select iso_code as "IsoCode", conversion_rate as "ConversionRate", is_corporate as "IsCorporate"
from currency_type
where coalesce(cast(_fivetran_active as boolean), true)
    and not coalesce(cast(_fivetran_deleted as boolean), false)
order by iso_code
