-- question: who owns deals at a moment, and in which team are they
-- grain: one row per owner; parameters: $as_of_end
with latest_work as (
    select *, row_number() over (
        partition by deal_id order by valid_at desc, import_id desc, seq desc) as newest
    from deal_work where valid_at <= $as_of_end
),
owners as (
    select distinct owner_id from latest_work where newest = 1 and owner_id is not null and owner_id <> ''
),
latest_person as (
    select *, row_number() over (
        partition by person_id order by valid_at desc, import_id desc, seq desc) as newest
    from person where valid_at <= $as_of_end
)
select o.owner_id, coalesce(p.name, o.owner_id) as name, p.team
from owners o left join latest_person p on p.person_id = o.owner_id and p.newest = 1
order by name
