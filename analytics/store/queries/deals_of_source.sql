-- question: how does each deal of a source stand, as known now, and to which account does it belong
-- grain: one row per deal, gone ones too; amount in the deal's currency; parameters: $source
with latest_deal as (
    select deal_id, source, account_id, account_name, row_number() over (
        partition by deal_id order by valid_at desc, import_id desc, seq desc) as newest
    from deal
),
latest_change as (
    select deal_id, valid_at, stage, forecast_category, amount, close_date, probability, is_closed, is_won,
        is_gone, row_number() over (
            partition by deal_id order by valid_at desc, import_id desc, seq desc) as newest
    from deal_change
)
select d.deal_id, d.account_id, d.account_name, c.valid_at, c.stage, c.forecast_category, c.amount,
    c.close_date, c.probability, coalesce(c.is_closed, false) as is_closed,
    coalesce(c.is_won, false) as is_won, coalesce(c.is_gone, false) as is_gone
from latest_deal d
join latest_change c on c.deal_id = d.deal_id and c.newest = 1
where d.newest = 1 and d.source = $source
order by d.deal_id
