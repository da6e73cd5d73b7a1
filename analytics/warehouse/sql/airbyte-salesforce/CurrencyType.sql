-- question: what is each currency worth?
-- currencytype: id, isocode, conversionrate
-- currencytype, if there: iscorporate, systemmodstamp, _airbyte_extracted_at
with version as (
    select t.*,
        row_number() over (partition by id
            order by systemmodstamp desc nulls last, _airbyte_extracted_at desc nulls last) as newest_is_1
    from "currencytype" t
)
select isocode as "IsoCode", conversionrate as "ConversionRate", iscorporate as "IsCorporate"
from version
where newest_is_1 = 1
order by isocode
