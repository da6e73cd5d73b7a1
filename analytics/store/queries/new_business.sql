-- question: how much was won in past quarters from deals that were not in the CRM yet at a landmark
-- grain: one row per landmark (also where there was none)
-- units: deals; amount in the company's currency, at the latest rate known (no rate: left out)
-- parameters: $landmarks, $starts (the quarters' first moments), $ends (lists of equal length), $as_of_end
-- each deal is rounded to the cent, so that the sum is exact whatever its order
-- a deal that was won before the quarter began is business of an earlier one
with moments as (
    select unnest($landmarks) as landmark, unnest($starts) as quarter_start, unnest($ends) as quarter_end
),
later_deal as (
    select deal_id, min(valid_at) as first_seen_at
    from deal_change
    where valid_at <= $as_of_end
    group by deal_id
    having min(valid_at) > (select min(landmark) from moments)
),
spans as (
    select c.deal_id, c.valid_at, c.amount, l.first_seen_at,
        coalesce(c.is_closed, false) and coalesce(c.is_won, false) and not coalesce(c.is_gone, false) as is_won,
        lead(c.valid_at) over (partition by c.deal_id order by c.valid_at, c.import_id, c.seq) as until
    from deal_change c join later_deal l on l.deal_id = c.deal_id
    where c.valid_at <= $as_of_end
),
latest_deal as (
    select d.deal_id, d.currency, row_number() over (
        partition by d.deal_id order by d.valid_at desc, d.import_id desc, d.seq desc) as newest
    from deal d join later_deal l on l.deal_id = d.deal_id
    where d.valid_at <= $as_of_end
),
latest_rate as (
    select currency, rate, row_number() over (
        partition by currency order by valid_at desc, import_id desc, seq desc) as newest
    from currency_rate where valid_at <= $as_of_end
),
latest_setting as (
    select value, row_number() over (order by valid_at desc, import_id desc, seq desc) as newest
    from setting where key = 'company_currency'
),
company as (
    select coalesce(max(value), 'USD') as currency from latest_setting where newest = 1
),
won as (
    select m.landmark, s.deal_id,
        cast(case when coalesce(d.currency, company.currency) = company.currency then s.amount
            else round(s.amount * r.rate, 2) end as decimal(18, 2)) as amount
    from moments m
    cross join company
    join spans s on s.first_seen_at > m.landmark and s.is_won
        and s.valid_at <= m.quarter_end and (s.until is null or s.until > m.quarter_end)
    left join spans b on b.deal_id = s.deal_id and b.is_won
        and b.valid_at < m.quarter_start and (b.until is null or b.until >= m.quarter_start)
    left join latest_deal d on d.deal_id = s.deal_id and d.newest = 1
    left join latest_rate r on r.currency = d.currency and r.newest = 1
    where b.deal_id is null
)
select m.landmark, count(w.deal_id) as deals, coalesce(sum(w.amount), 0) as amount
from moments m left join won w on w.landmark = m.landmark
group by m.landmark
order by m.landmark
