-- question: which contacts stand on each deal?
-- opportunitycontactrole: id, opportunityid, contactid
-- opportunitycontactrole, if there: role, isprimary, isdeleted, createddate, lastmodifieddate, systemmodstamp,
--   _airbyte_extracted_at
with version as (
    select r.*,
        row_number() over (partition by id
            order by systemmodstamp desc nulls last, _airbyte_extracted_at desc nulls last) as newest_is_1
    from opportunitycontactrole r
)
select
    opportunityid as "OpportunityId",
    contactid as "ContactId",
    role as "Role",
    isprimary as "IsPrimary",
    isdeleted as "IsDeleted",
    createddate as "CreatedDate",
    lastmodifieddate as "LastModifiedDate"
from version
where newest_is_1 = 1
order by opportunityid, contactid, id
