-- question: who are the contacts?
-- contact: id
-- contact, if there: property_firstname, property_lastname, property_jobtitle
select id, property_firstname, property_lastname, property_jobtitle
from contact
order by id
