-- question: what are the roles called that make the teams?
-- user_role: id, name
-- user_role, if there: _fivetran_deleted, _fivetran_active
select id as "Id", name as "Name"
from user_role
where coalesce(cast(_fivetran_active as boolean), true)
    and not coalesce(cast(_fivetran_deleted as boolean), false)
order by id
