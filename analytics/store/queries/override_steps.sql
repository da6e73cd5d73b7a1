-- question: what did people put beside the model's chances and amounts, over time
-- grain: deal x quarter x version, in order; probability and amount both NULL: taken back
-- units: money in the company's currency; chances 0-1; parameters: $as_of_end: nothing later is read
select deal_id, quarter, probability, cast(amount as double) as amount, reason, author,
    cast(seen_amount as double) as seen_amount, seen_probability, seen_chance, valid_at,
    loaded_at as decided_at
from override
where valid_at <= $as_of_end
order by valid_at, import_id, seq
