-- question: who owns deals, and who reports to whom?
-- user: id
-- user, if there: name, firstname, lastname, managerid, userroleid, title, department,
--   division, country, isactive, systemmodstamp, _airbyte_extracted_at
with version as (
    select t.*,
        row_number() over (partition by id
            order by systemmodstamp desc nulls last, _airbyte_extracted_at desc nulls last) as newest_is_1
    from "user" t
)
select
    id as "Id",
    name as "Name",
    firstname as "FirstName",
    lastname as "LastName",
    managerid as "ManagerId",
    userroleid as "UserRoleId",
    title as "Title",
    department as "Department",
    division as "Division",
    country as "Country",
    isactive as "IsActive"
from version
where newest_is_1 = 1
order by id
