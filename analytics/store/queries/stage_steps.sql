-- question: how was each stage configured over time
-- grain: stage x moment; parameters: $as_of_end: nothing later is read
select stage, valid_at, sort_order, probability as stage_probability
from (
    select *, lead(valid_at) over (partition by stage order by valid_at, import_id, seq) as until
    from stage where valid_at <= $as_of_end
) as spans
where until is null or until > valid_at
order by stage, valid_at
