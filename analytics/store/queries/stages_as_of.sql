-- question: which stages does the CRM have, in order, with their configured probabilities (0-1)
-- grain: one row per stage; parameters: $as_of_end
select stage, sort_order, probability, forecast_category,
    coalesce(is_closed, false) as is_closed, coalesce(is_won, false) as is_won from (
    select *, row_number() over (
        partition by stage order by valid_at desc, import_id desc, seq desc) as newest
    from stage
    where valid_at <= $as_of_end
) as versions
where newest = 1
order by sort_order, stage
