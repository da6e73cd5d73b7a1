-- question: which contacts stand on each deal?
-- deal_contact: deal_id, contact_id
select deal_id, contact_id
from deal_contact
order by deal_id, contact_id
