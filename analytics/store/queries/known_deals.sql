-- question: which deals are there, for a Blue Sheet or a row without an id to belong to
-- grain: one row per deal, open or not, as it is called now; amount in the deal's currency; parameters: none
with latest_deal as (
    select deal_id, source, name, account_name, created_at, row_number() over (
        partition by deal_id order by valid_at desc, import_id desc, seq desc) as newest
    from deal
),
latest_change as (
    select deal_id, amount, is_closed, is_gone, row_number() over (
        partition by deal_id order by valid_at desc, import_id desc, seq desc) as newest
    from deal_change
)
select d.deal_id, coalesce(d.name, d.deal_id) as name, coalesce(d.account_name, '') as account_name,
    not coalesce(c.is_closed, false) and not coalesce(c.is_gone, false) as is_open,
    d.source, d.created_at, c.amount
from latest_deal d
left join latest_change c on c.deal_id = d.deal_id and c.newest = 1
where d.newest = 1
order by d.deal_id
