-- question: which deals were open at past moments, and what was recorded of each by then
-- grain: one row per moment and deal
-- units: amount in the deal's currency, amount_company in the company's (NULL where no rate is known);
--        probabilities 0-1; touched_at: when anything was last recorded of it; moments in UTC
-- parameters: the list $moments; $as_of_end the last of them: nothing later is read
-- what it says of a moment is what deals_as_of and deal_touches say of it
with moments as (
    select unnest($moments) as moment
),
-- each row until the next one of the same thing; of several rows at one moment the last one counts
change_spans as (
    select *, lead(valid_at) over (partition by deal_id order by valid_at, import_id, seq) as until
    from deal_change where valid_at <= $as_of_end
),
open_deal as (
    select m.moment, c.*
    from moments m
    join change_spans c on c.valid_at <= m.moment and (c.until is null or c.until > m.moment)
    where not coalesce(c.is_closed, false) and not coalesce(c.is_gone, false)
),
deal_spans as (
    select *, lead(valid_at) over (partition by deal_id order by valid_at, import_id, seq) as until
    from deal where valid_at <= $as_of_end
),
work_spans as (
    select *, lead(valid_at) over (partition by deal_id order by valid_at, import_id, seq) as until
    from deal_work where valid_at <= $as_of_end
),
person_spans as (
    select *, lead(valid_at) over (partition by person_id order by valid_at, import_id, seq) as until
    from person where valid_at <= $as_of_end
),
stage_spans as (
    select *, lead(valid_at) over (partition by stage order by valid_at, import_id, seq) as until
    from stage where valid_at <= $as_of_end
),
contact_spans as (
    select *, lead(valid_at) over (
        partition by deal_id, contact_id order by valid_at, import_id, seq) as until
    from stakeholder where valid_at <= $as_of_end
),
people_at_customer as (
    select o.moment, o.deal_id, max(s.valid_at) as touched_at,
        cast(sum(case when coalesce(s.is_gone, false) then 0 else 1 end) as bigint) as stakeholders
    from open_deal o
    join contact_spans s on s.deal_id = o.deal_id and s.valid_at <= o.moment
        and (s.until is null or s.until > o.moment)
    group by o.moment, o.deal_id
),
answered as (
    select o.moment, o.deal_id, max(a.valid_at) as touched_at
    from open_deal o join answer a on a.deal_id = o.deal_id and a.valid_at <= o.moment
    group by o.moment, o.deal_id
),
latest_setting as (
    select *, row_number() over (
        partition by key order by valid_at desc, import_id desc, seq desc) as newest
    from setting
),
company as (
    select coalesce(max(value), 'USD') as currency from latest_setting
    where newest = 1 and key = 'company_currency'
),
rate_spans as (
    select currency, rate, valid_at, lead(valid_at) over (
        partition by currency order by valid_at, import_id, seq) as until
    from currency_rate where valid_at <= $as_of_end
)
select
    o.moment,
    o.deal_id,
    coalesce(d.name, o.deal_id) as name,
    d.account_name,
    d.created_at,
    o.stage,
    o.forecast_category,
    coalesce(o.forecast_category, 'Pipeline') as category,
    coalesce(d.currency, company.currency) as currency,
    o.amount,
    cast(case when coalesce(d.currency, company.currency) = company.currency then o.amount
        else round(o.amount * r.rate, 2) end as decimal(18, 2)) as amount_company,
    o.close_date,
    coalesce(o.probability, s.probability) as probability,
    s.probability as stage_probability,
    coalesce(w.owner_id, '') as owner_id,
    coalesce(p.team, '') as team,
    w.next_step,
    w.last_activity_on,
    coalesce(c.stakeholders, 0) as stakeholders,
    greatest(o.valid_at, coalesce(w.valid_at, o.valid_at), coalesce(c.touched_at, o.valid_at),
        coalesce(a.touched_at, o.valid_at)) as touched_at
from open_deal o
cross join company
left join deal_spans d on d.deal_id = o.deal_id
    and d.valid_at <= o.moment and (d.until is null or d.until > o.moment)
left join work_spans w on w.deal_id = o.deal_id
    and w.valid_at <= o.moment and (w.until is null or w.until > o.moment)
left join person_spans p on p.person_id = w.owner_id
    and p.valid_at <= o.moment and (p.until is null or p.until > o.moment)
left join stage_spans s on s.stage = o.stage
    and s.valid_at <= o.moment and (s.until is null or s.until > o.moment)
left join people_at_customer c on c.deal_id = o.deal_id and c.moment = o.moment
left join answered a on a.deal_id = o.deal_id and a.moment = o.moment
left join rate_spans r on r.currency = d.currency
    and r.valid_at <= o.moment and (r.until is null or r.until > o.moment)
order by o.moment, o.deal_id
