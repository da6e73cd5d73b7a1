-- question: which targets hold for a quarter
-- grain: one row per owner (owner_id '' = the company)
-- units: amount in the target's currency, amount_company in the company's at the latest rate (NULL: no rate)
-- parameters: $first_day of the quarter, $as_of_end
with latest_target as (
    select *, row_number() over (
        partition by owner_id order by valid_at desc, import_id desc, seq desc) as newest
    from target
    where quarter_start = $first_day and valid_at <= $as_of_end
),
latest_rate as (
    select *, row_number() over (
        partition by currency order by valid_at desc, import_id desc, seq desc) as newest
    from currency_rate where valid_at <= $as_of_end
),
latest_setting as (
    select *, row_number() over (
        partition by key order by valid_at desc, import_id desc, seq desc) as newest
    from setting
),
company as (
    select coalesce(max(value), 'USD') as currency from latest_setting
    where newest = 1 and key = 'company_currency'
)
select t.owner_id, t.amount, coalesce(t.currency, company.currency) as currency,
    cast(case when coalesce(t.currency, company.currency) = company.currency then t.amount
        else round(t.amount * r.rate, 2) end as decimal(18, 2)) as amount_company
from latest_target t
cross join company
left join latest_rate r on r.currency = t.currency and r.newest = 1
where t.newest = 1
