-- question: what did owners, managers and the company submit as their calls over time
-- grain: owner (owner_id '' = the company) x quarter x moment; unit: the company's currency
-- parameters: $as_of_end: nothing later is read
select owner_id, quarter_start, valid_at, commit_amount, best_case_amount, most_likely_amount
from (
    select *, lead(valid_at) over (
        partition by owner_id, quarter_start order by valid_at, import_id, seq) as until
    from submitted_call where valid_at <= $as_of_end
) as spans
where until is null or until > valid_at
order by owner_id, quarter_start, valid_at
