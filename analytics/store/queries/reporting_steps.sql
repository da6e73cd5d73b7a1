-- question: to whom did each person report over time, and in which team were they
-- grain: person x moment; parameters: $as_of_end: nothing later is read
select person_id, valid_at, manager_id, team, coalesce(is_active, true) as is_active
from (
    select *, lead(valid_at) over (partition by person_id order by valid_at, import_id, seq) as until
    from person where valid_at <= $as_of_end
) as spans
where until is null or until > valid_at
order by person_id, valid_at
