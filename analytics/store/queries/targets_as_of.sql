-- question: which targets hold for a quarter
-- grain: one row per owner (owner_id '' = the company); unit: the target's currency
-- parameters: $first_day of the quarter, $as_of_end
select owner_id, amount, currency from (
    select *, row_number() over (
        partition by owner_id order by valid_at desc, import_id desc, seq desc) as newest
    from target
    where quarter_start = $first_day and valid_at <= $as_of_end
) as versions
where newest = 1
