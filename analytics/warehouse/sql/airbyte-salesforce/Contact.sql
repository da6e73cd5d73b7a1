-- question: who are the contacts?
-- contact: id
-- contact, if there: name, firstname, lastname, title, systemmodstamp, _airbyte_extracted_at
with version as (
    select t.*,
        row_number() over (partition by id
            order by systemmodstamp desc nulls last, _airbyte_extracted_at desc nulls last) as newest_is_1
    from "contact" t
)
select id as "Id", name as "Name", firstname as "FirstName", lastname as "LastName", title as "Title"
from version
where newest_is_1 = 1
order by id
