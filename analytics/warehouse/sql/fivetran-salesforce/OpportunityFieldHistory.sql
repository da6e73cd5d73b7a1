-- question: how did single fields of each deal change, as Salesforce's field history says?
-- opportunity_field_history: opportunity_id, created_date, field, old_value, new_value
-- opportunity_field_history, if there: id, is_deleted, _fivetran_deleted
select
    opportunity_id as "OpportunityId",
    created_date as "CreatedDate",
    field as "Field",
    old_value as "OldValue",
    new_value as "NewValue"
from opportunity_field_history
where not coalesce(cast(_fivetran_deleted as boolean), false)
    and not coalesce(cast(is_deleted as boolean), false)
order by created_date, id
