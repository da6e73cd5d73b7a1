-- question: what was each owner's target of each quarter over time
-- grain: owner x quarter x moment; amount in its currency; parameters: $as_of_end: nothing later is read
select owner_id, quarter_start, valid_at, amount, currency
from (
    select *, lead(valid_at) over (
        partition by owner_id, quarter_start order by valid_at, import_id, seq) as until
    from target where valid_at <= $as_of_end
) as spans
where until is null or until > valid_at
order by owner_id, quarter_start, valid_at
