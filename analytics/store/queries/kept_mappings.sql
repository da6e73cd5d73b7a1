-- question: how were a company's own tables read the last time
-- grain: one row per kept mapping that was not forgotten, the newest first; parameters: none
with latest as (
    select *, row_number() over (partition by name order by valid_at desc, import_id desc, seq desc) as newest
    from import_mapping
)
select name, kind, header, text, valid_at
from latest
where newest = 1 and text is not null
order by valid_at desc, name
