-- question: from when to when does the store know something, and how fresh is it
-- grain: one row; parameters: none
select
    min(valid_at) as first_at,
    greatest(max(valid_at), (select max(least(valid_at, loaded_at)) from answer)) as last_at,
    (select max(loaded_at) from import) as last_loaded_at,
    (select max(as_of) from import) as last_as_of,
    count(distinct deal_id) as deals,
    count(*) as change_rows
from deal_change
