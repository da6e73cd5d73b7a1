-- question: how did the deals that changed within a window stand before it, and after each change in it
-- grain: deal x moment (of several rows at one moment the last one counts); the state before the window stands
--        once, with is_before; a deal first seen within the window has none
-- units: amount in the deal's currency; currency NULL: the company's
-- parameters: $since_end the window's first moment (not in it), $as_of_end its last: nothing later is read
with changed as (
    select deal_id from deal_change where valid_at > $since_end and valid_at <= $as_of_end
    union
    select deal_id from deal_work where valid_at > $since_end and valid_at <= $as_of_end
),
spans as (
    select c.*, lead(c.valid_at) over (
        partition by c.deal_id order by c.valid_at, c.import_id, c.seq) as until
    from deal_change c join changed d on d.deal_id = c.deal_id
    where c.valid_at <= $as_of_end
),
visible as (
    select * from spans
    where (until is null or until > valid_at) and (until is null or until > $since_end)
),
latest_deal as (
    select d.*, row_number() over (
        partition by d.deal_id order by d.valid_at desc, d.import_id desc, d.seq desc) as newest
    from deal d join changed c on c.deal_id = d.deal_id
    where d.valid_at <= $as_of_end
)
select v.deal_id, v.valid_at, v.valid_at <= $since_end as is_before,
    coalesce(d.name, v.deal_id) as name, d.account_name, d.currency,
    v.stage, v.forecast_category, v.amount, v.close_date,
    coalesce(v.is_closed, false) as is_closed,
    coalesce(v.is_won, false) as is_won,
    coalesce(v.is_gone, false) as is_gone
from visible v
left join latest_deal d on d.deal_id = v.deal_id and d.newest = 1
order by v.deal_id, v.valid_at
