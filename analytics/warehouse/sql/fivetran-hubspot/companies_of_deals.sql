-- question: which company does each deal belong to?
-- deal_company: deal_id, company_id
select deal_id, company_id
from deal_company
order by deal_id, company_id
