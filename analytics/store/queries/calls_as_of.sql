-- question: what did owners, managers and the company last submit as their call for a quarter
-- grain: one row per owner (owner_id '' = the company); unit: the company's currency
-- parameters: $first_day of the quarter, $as_of_end
select owner_id, commit_amount, best_case_amount, most_likely_amount, submitted_by, valid_at as submitted_at from (
    select *, row_number() over (
        partition by owner_id order by valid_at desc, import_id desc, seq desc) as newest
    from submitted_call
    where quarter_start = $first_day and valid_at <= $as_of_end
) as versions
where newest = 1
