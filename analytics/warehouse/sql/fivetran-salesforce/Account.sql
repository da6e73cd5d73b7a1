-- question: what are the accounts called?
-- account: id, name
-- account, if there: _fivetran_active
select id as "Id", name as "Name"
from account
where coalesce(cast(_fivetran_active as boolean), true)
order by id
