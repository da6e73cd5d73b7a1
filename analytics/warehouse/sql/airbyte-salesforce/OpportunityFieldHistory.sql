-- question: how did single fields of each deal change?
-- opportunityfieldhistory: id, opportunityid, createddate, field, oldvalue, newvalue
-- opportunityfieldhistory, if there: isdeleted, _airbyte_extracted_at
with version as (
    select h.*,
        row_number() over (partition by id order by _airbyte_extracted_at desc nulls last) as newest_is_1
    from opportunityfieldhistory h
)
select
    opportunityid as "OpportunityId",
    createddate as "CreatedDate",
    field as "Field",
    oldvalue as "OldValue",
    newvalue as "NewValue"
from version
where newest_is_1 = 1 and not coalesce(cast(isdeleted as boolean), false)
order by createddate, id
