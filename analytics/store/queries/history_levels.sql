-- question: how much of the deals' past does each source tell
-- grain: one row per source; earlier_rows: states before a deal's latest one that name a stage, and at how many
--        different moments they were taken (a snapshot has one moment for all of its deals)
-- parameters: $as_of_end
with states as (
    select c.deal_id, c.valid_at, c.stage,
        lead(c.valid_at) over (partition by c.deal_id order by c.valid_at, c.import_id, c.seq) as until
    from deal_change c
    where c.valid_at <= $as_of_end
),
sources as (
    select deal_id, max(source) as source from deal group by deal_id
)
select coalesce(o.source, '') as source,
    count(distinct s.deal_id) as deals,
    count(*) as change_rows,
    sum(case when s.until is not null and s.stage is not null then 1 else 0 end) as earlier_rows,
    count(distinct case when s.until is not null and s.stage is not null then s.valid_at end) as earlier_moments
from states s left join sources o on o.deal_id = s.deal_id
group by coalesce(o.source, '')
order by source
