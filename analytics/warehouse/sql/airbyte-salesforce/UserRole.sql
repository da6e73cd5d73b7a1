-- question: what are the roles called that make the teams?
-- userrole: id, name
-- userrole, if there: systemmodstamp, _airbyte_extracted_at
with version as (
    select t.*,
        row_number() over (partition by id
            order by systemmodstamp desc nulls last, _airbyte_extracted_at desc nulls last) as newest_is_1
    from "userrole" t
)
select id as "Id", name as "Name"
from version
where newest_is_1 = 1
order by id
