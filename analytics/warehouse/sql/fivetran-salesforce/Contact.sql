-- question: who are the contacts?
-- contact: id
-- contact, if there: name, first_name, last_name, title, _fivetran_active
select id as "Id", name as "Name", first_name as "FirstName", last_name as "LastName", title as "Title"
from contact
where coalesce(cast(_fivetran_active as boolean), true)
order by id
