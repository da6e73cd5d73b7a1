-- question: what kind of deal is each, as first recorded (what a deal is hardly ever changes)
-- grain: one row per deal; created_at NULL: not stated
-- parameters: $as_of_end: nothing later is read
select deal_id, name, account_name, currency, deal_type, lead_source, created_at
from (
    select deal_id, name, account_name, currency, deal_type, lead_source, created_at, row_number() over (
        partition by deal_id order by valid_at, import_id, seq) as oldest
    from deal where valid_at <= $as_of_end
) as versions
where oldest = 1
order by deal_id
