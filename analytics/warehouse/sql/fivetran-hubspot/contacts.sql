-- question: who are the contacts?
-- contact: id
-- contact, if there: property_firstname, property_lastname, property_jobtitle
select
    id as contact_id,
    property_firstname as firstname,
    property_lastname as lastname,
    property_jobtitle as jobtitle
from contact
order by id
