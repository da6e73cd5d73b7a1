-- question: who owned each deal, and what was its next step, since Fivetran keeps its versions (history mode)?
-- only with: opportunity._fivetran_active
-- opportunity: id, owner_id, _fivetran_start
-- opportunity, if there: next_step, is_deleted
with version as (
    select id, _fivetran_start, owner_id, next_step,
        row_number() over (partition by id order by _fivetran_start) as nth,
        lag(owner_id) over (partition by id order by _fivetran_start) as owner_before,
        lag(next_step) over (partition by id order by _fivetran_start) as step_before
    from opportunity
    where not coalesce(cast(is_deleted as boolean), false)
)
select id as "OpportunityId", _fivetran_start as "CreatedDate", 'OwnerId' as "Field",
    owner_before as "OldValue", owner_id as "NewValue"
from version
where nth > 1 and owner_before is distinct from owner_id
union all
select id, _fivetran_start, 'NextStep', step_before, next_step
from version
where nth > 1 and step_before is distinct from next_step
order by 2, 1, 3
