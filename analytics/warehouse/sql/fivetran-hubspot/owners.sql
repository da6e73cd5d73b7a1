-- question: who owns deals?
-- owner: owner_id, email
-- owner, if there: first_name, last_name, _fivetran_deleted
select owner_id, email, first_name, last_name, _fivetran_deleted
from owner
order by owner_id
