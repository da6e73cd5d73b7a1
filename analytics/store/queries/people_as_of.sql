-- question: who works here, for whom and in which team
-- grain: one row per person; parameters: $as_of_end
select person_id, name, title, manager_id, team, region, coalesce(is_active, true) as is_active from (
    select *, row_number() over (
        partition by person_id order by valid_at desc, import_id desc, seq desc) as newest
    from person
    where valid_at <= $as_of_end
) as versions
where newest = 1
order by name
