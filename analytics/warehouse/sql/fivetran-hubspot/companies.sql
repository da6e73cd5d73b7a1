-- question: what are the companies called?
-- company: id, property_name
select id, property_name
from company
order by id
