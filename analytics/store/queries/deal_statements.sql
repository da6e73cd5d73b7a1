-- question: what was stated of each deal of a source at a moment, for a file to complete that says only part of it
-- grain: one row per deal of $source; amount in the deal's currency; probability as stated, 0-1
-- parameters: $source; $as_of_end the moment; nothing later is read
with latest_deal as (
    select *, row_number() over (
        partition by deal_id order by valid_at desc, import_id desc, seq desc) as newest
    from deal where valid_at <= $as_of_end
),
latest_change as (
    select *, row_number() over (
        partition by deal_id order by valid_at desc, import_id desc, seq desc) as newest
    from deal_change where valid_at <= $as_of_end
),
latest_work as (
    select *, row_number() over (
        partition by deal_id order by valid_at desc, import_id desc, seq desc) as newest
    from deal_work where valid_at <= $as_of_end
)
select d.deal_id, d.name, d.account_id, d.account_name, d.currency, d.deal_type as type, d.lead_source,
    d.created_at as created, c.stage, c.forecast_category, c.amount, c.close_date, c.probability,
    w.owner_id as owner, w.next_step, w.last_activity_on as last_activity
from latest_deal d
left join latest_change c on c.deal_id = d.deal_id and c.newest = 1
left join latest_work w on w.deal_id = d.deal_id and w.newest = 1
where d.newest = 1 and d.source = $source
order by d.deal_id
