-- question: who may look, in which role, and who is that in the CRM
-- grain: one row per email address that was ever let in (role NULL = not any more); parameters: none
with latest_person as (
    select *, row_number() over (
        partition by person_id order by valid_at desc, import_id desc, seq desc) as newest
    from person
),
latest as (
    select *, row_number() over (
        partition by email order by valid_at desc, import_id desc, seq desc) as newest
    from access_grant
)
select g.email, g.role, g.person_id, p.name, g.valid_at as granted_at, g.author
from latest g left join latest_person p on p.person_id = g.person_id and p.newest = 1
where g.newest = 1
order by g.email
