-- question: which deals are open at a moment, or were closed since another, and how did they stand
-- grain: one row per deal
-- units: amount in the deal's currency, amount_company in the company's (NULL where no rate is known);
--        probabilities 0-1; moments in UTC
-- parameters: $as_of_end the moment; $closed_since keeps deals closed from then on;
--             $deal_id only this deal (NULL: all)
-- nothing later than $as_of_end is read
with last_moment as (
    select deal_id, max(valid_at) as valid_at
    from deal_change
    where valid_at <= $as_of_end and ($deal_id is null or deal_id = $deal_id)
    group by deal_id
),
latest_change as (
    select c.*, row_number() over (partition by c.deal_id order by c.import_id desc, c.seq desc) as newest
    from deal_change c join last_moment l on l.deal_id = c.deal_id and l.valid_at = c.valid_at
),
kept as (
    select * from latest_change
    where newest = 1 and (not coalesce(is_closed, false) or valid_at >= $closed_since)
),
-- the history of the kept deals; of several rows at one moment the last one counts
spans as (
    select c.*, lead(c.valid_at) over (
        partition by c.deal_id order by c.valid_at, c.import_id, c.seq) as until
    from deal_change c join kept k on k.deal_id = c.deal_id
    where c.valid_at <= $as_of_end
),
visible as (
    select deal_id, valid_at, stage, close_date,
        coalesce(is_closed, false) as is_closed,
        coalesce(is_won, false) as is_won,
        coalesce(is_gone, false) as is_gone
    from spans
    where until is null or until > valid_at
),
steps as (
    select *,
        row_number() over earlier as step_number,
        lag(stage) over earlier as stage_before,
        lag(close_date) over earlier as close_date_before,
        lag(is_closed) over earlier as was_closed,
        lag(is_won) over earlier as was_won,
        lag(is_gone) over earlier as was_gone
    from visible
    window earlier as (partition by deal_id order by valid_at)
),
movement as (
    select deal_id,
        min(valid_at) as first_seen_at,
        max(case when step_number = 1 or stage is distinct from stage_before then valid_at end) as stage_since,
        max(case when is_closed and (step_number = 1 or not was_closed or is_won <> was_won)
            then valid_at end) as last_closed_at,
        sum(case when not is_closed and close_date > close_date_before then 1 else 0 end) as pushes,
        sum(case when not is_closed and close_date > close_date_before
            then date_diff('day', close_date_before, close_date) else 0 end) as days_pushed,
        max(case when not is_closed and close_date > close_date_before then valid_at end) as last_push_at,
        max(case when is_gone and (step_number = 1 or not was_gone) then valid_at end) as gone_at
    from steps
    group by deal_id
),
state as (
    select k.*, m.first_seen_at, m.stage_since, m.gone_at, m.pushes, m.days_pushed, m.last_push_at,
        case when k.is_closed then m.last_closed_at end as closed_at  -- a reopened deal is not closed
    from kept k join movement m on m.deal_id = k.deal_id
),
latest_deal as (
    select d.*, row_number() over (
        partition by d.deal_id order by d.valid_at desc, d.import_id desc, d.seq desc) as newest
    from deal d join kept k on k.deal_id = d.deal_id
    where d.valid_at <= $as_of_end
),
latest_work as (
    select w.*, row_number() over (
        partition by w.deal_id order by w.valid_at desc, w.import_id desc, w.seq desc) as newest
    from deal_work w join kept k on k.deal_id = w.deal_id
    where w.valid_at <= $as_of_end
),
latest_person as (
    select *, row_number() over (
        partition by person_id order by valid_at desc, import_id desc, seq desc) as newest
    from person where valid_at <= $as_of_end
),
latest_stage as (
    select *, row_number() over (
        partition by stage order by valid_at desc, import_id desc, seq desc) as newest
    from stage where valid_at <= $as_of_end
),
latest_stakeholder as (
    select s.*, row_number() over (
        partition by s.deal_id, s.contact_id order by s.valid_at desc, s.import_id desc, s.seq desc) as newest
    from stakeholder s join kept k on k.deal_id = s.deal_id
    where s.valid_at <= $as_of_end
),
people_at_customer as (
    select deal_id, count(*) as stakeholders from latest_stakeholder
    where newest = 1 and not coalesce(is_gone, false) group by deal_id
),
latest_answer as (
    select a.*, row_number() over (
        partition by a.deal_id, a.question order by a.valid_at desc, a.import_id desc, a.seq desc) as newest
    from answer a join kept k on k.deal_id = a.deal_id
    where a.valid_at <= $as_of_end
),
answered as (
    select deal_id, count(*) as answers from latest_answer
    where newest = 1 and trim(coalesce(answer, '')) <> '' group by deal_id
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
    k.deal_id,
    coalesce(d.name, k.deal_id) as name,
    d.account_name,
    d.source,
    d.deal_type,
    d.lead_source,
    d.created_at,
    k.stage,
    s.sort_order as stage_order,
    k.forecast_category,
    coalesce(d.currency, company.currency) as currency,
    k.amount,
    cast(case when coalesce(d.currency, company.currency) = company.currency then k.amount
        else round(k.amount * r.rate, 2) end as decimal(18, 2)) as amount_company,
    k.close_date,
    coalesce(k.probability, s.probability) as probability,
    s.probability as stage_probability,
    coalesce(k.is_closed, false) as is_closed,
    coalesce(k.is_won, false) as is_won,
    coalesce(k.is_gone, false) as is_gone,
    k.first_seen_at,
    k.stage_since,
    k.closed_at,
    k.gone_at,
    k.pushes,
    k.days_pushed,
    k.last_push_at,
    w.owner_id,
    p.name as owner_name,
    p.team,
    p.region,
    p.manager_id,
    w.next_step,
    w.last_activity_on,
    coalesce(c.stakeholders, 0) as stakeholders,
    coalesce(a.answers, 0) as answers
from state k
cross join company
left join latest_deal d on d.deal_id = k.deal_id and d.newest = 1
left join latest_work w on w.deal_id = k.deal_id and w.newest = 1
left join latest_person p on p.person_id = w.owner_id and p.newest = 1
left join latest_stage s on s.stage = k.stage and s.newest = 1
left join people_at_customer c on c.deal_id = k.deal_id
left join answered a on a.deal_id = k.deal_id
left join rate_spans r on r.currency = d.currency
    and r.valid_at <= case when k.is_closed then k.closed_at else $as_of_end end
    and (r.until is null or r.until > case when k.is_closed then k.closed_at else $as_of_end end)
where not coalesce(k.is_closed, false) or k.closed_at >= $closed_since
order by k.deal_id
