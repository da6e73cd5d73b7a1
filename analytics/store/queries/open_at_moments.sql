-- question: how many deals were open at past moments
-- grain: one row per moment at which any was; parameters: the list $moments; $as_of_end: nothing later is read
with moments as (
    select unnest($moments) as moment
),
spans as (
    select deal_id, valid_at, coalesce(is_closed, false) as is_closed, coalesce(is_gone, false) as is_gone,
        lead(valid_at) over (partition by deal_id order by valid_at, import_id, seq) as until
    from deal_change
    where valid_at <= $as_of_end
)
select m.moment, count(*) as deals
from moments m
join spans s on s.valid_at <= m.moment and (s.until is null or s.until > m.moment)
where not s.is_closed and not s.is_gone
group by m.moment
order by m.moment
