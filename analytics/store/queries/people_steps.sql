-- question: in which team and region was each person of the company over time
-- grain: person x moment; parameters: $as_of_end: nothing later is read
select person_id, valid_at, team, region
from (
    select *, lead(valid_at) over (partition by person_id order by valid_at, import_id, seq) as until
    from person where valid_at <= $as_of_end
) as spans
where until is null or until > valid_at
order by person_id, valid_at
