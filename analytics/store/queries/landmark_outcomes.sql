-- question: of the deals open at past moments, how many were won or lost by the end of their quarter
-- grain: landmark x stage x forecast category x timing (stated close date against the quarter)
-- units: counts of deals; closed_to_stated sums, over the won_with_amounts deals, the amount at the end by the
--        amount at the landmark (at most 3: an amount that was a placeholder must not carry the mean)
-- parameters: lists of equal length: $landmarks (moments), $ends (last moments of the quarters),
--             $first_days, $last_days (the quarters' days); $as_of_end: nothing later is read
with moments as (
    select unnest($landmarks) as landmark, unnest($ends) as quarter_end,
        unnest($first_days) as first_day, unnest($last_days) as last_day
),
-- deals that were closed before the first landmark, and stayed so, were open at none of them
relevant as (
    select deal_id
    from deal_change
    where valid_at <= $as_of_end
    group by deal_id
    having max(valid_at) > (select min(landmark) from moments)
        or max(case when not coalesce(is_closed, false) then valid_at end) = max(valid_at)
),
spans as (
    select c.deal_id, c.valid_at, c.stage, c.forecast_category, c.amount, c.close_date,
        coalesce(c.is_closed, false) as is_closed,
        coalesce(c.is_won, false) as is_won,
        coalesce(c.is_gone, false) as is_gone,
        lead(c.valid_at) over (partition by c.deal_id order by c.valid_at, c.import_id, c.seq) as until
    from deal_change c join relevant r on r.deal_id = c.deal_id
    where c.valid_at <= $as_of_end
),
open_then as (
    select m.landmark, m.quarter_end, s.deal_id, s.stage, s.forecast_category, s.amount,
        case when s.close_date is null then 'no date'
            when s.close_date < m.first_day then 'earlier'
            when s.close_date > m.last_day then 'later'
            else 'in quarter' end as timing
    from moments m
    join spans s on s.valid_at <= m.landmark and (s.until is null or s.until > m.landmark)
    where not s.is_closed and not s.is_gone
),
ended as (
    select o.*,
        e.is_closed and e.is_won and not e.is_gone as won,
        e.is_gone or (e.is_closed and not e.is_won) as lost,
        e.amount as amount_at_end
    from open_then o
    join spans e on e.deal_id = o.deal_id
        and e.valid_at <= o.quarter_end and (e.until is null or e.until > o.quarter_end)
)
select landmark, stage, forecast_category, timing,
    count(*) as deals,
    sum(case when won then 1 else 0 end) as won,
    sum(case when lost then 1 else 0 end) as lost,
    sum(case when won and amount > 0 and amount_at_end is not null then 1 else 0 end) as won_with_amounts,
    sum(case when won and amount > 0 and amount_at_end is not null
        then cast(round(least(amount_at_end / amount, 3), 6) as decimal(18, 6)) else 0 end) as closed_to_stated
from ended
group by landmark, stage, forecast_category, timing
order by landmark, stage, forecast_category, timing
