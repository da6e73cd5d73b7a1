-- question: who owns deals, and who reports to whom?
-- user: id
-- user, if there: name, first_name, last_name, manager_id, user_role_id, title, department, division, country,
--   is_active, _fivetran_active
select
    id as "Id",
    name as "Name",
    first_name as "FirstName",
    last_name as "LastName",
    manager_id as "ManagerId",
    user_role_id as "UserRoleId",
    title as "Title",
    department as "Department",
    division as "Division",
    country as "Country",
    is_active as "IsActive"
from "user"
where coalesce(cast(_fivetran_active as boolean), true)
order by id
