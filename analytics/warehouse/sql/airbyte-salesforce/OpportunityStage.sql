-- question: which stages are there, in which order and with which probability?
-- opportunitystage: id, masterlabel
-- opportunitystage, if there: sortorder, defaultprobability, forecastcategoryname, forecastcategory, isclosed,
--   iswon, isactive, systemmodstamp, _airbyte_extracted_at
with version as (
    select s.*,
        row_number() over (partition by id
            order by systemmodstamp desc nulls last, _airbyte_extracted_at desc nulls last) as newest_is_1
    from opportunitystage s
)
select
    masterlabel as "MasterLabel",
    sortorder as "SortOrder",
    defaultprobability as "DefaultProbability",
    coalesce(forecastcategoryname, forecastcategory) as "ForecastCategoryName",
    isclosed as "IsClosed",
    iswon as "IsWon",
    isactive as "IsActive"
from version
where newest_is_1 = 1
order by sortorder, masterlabel
