-- question: which contacts stand on each deal?
-- opportunity_contact_role: opportunity_id, contact_id
-- opportunity_contact_role, if there: id, role, is_primary, is_deleted, created_date, last_modified_date,
--   _fivetran_deleted, _fivetran_active
select
    opportunity_id as "OpportunityId",
    contact_id as "ContactId",
    role as "Role",
    is_primary as "IsPrimary",
    coalesce(cast(_fivetran_deleted as boolean), false) or coalesce(cast(is_deleted as boolean), false)
        as "IsDeleted",
    created_date as "CreatedDate",
    last_modified_date as "LastModifiedDate"
from opportunity_contact_role
where coalesce(cast(_fivetran_active as boolean), true)
order by opportunity_id, contact_id, id
