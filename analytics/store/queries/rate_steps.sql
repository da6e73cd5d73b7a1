-- question: what was a unit of each currency worth in the company's over time
-- grain: currency x moment; parameters: $as_of_end: nothing later is read
select currency, valid_at, rate
from (
    select *, lead(valid_at) over (partition by currency order by valid_at, import_id, seq) as until
    from currency_rate where valid_at <= $as_of_end
) as spans
where until is null or until > valid_at
order by currency, valid_at
