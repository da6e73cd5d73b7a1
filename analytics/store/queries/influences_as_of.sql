-- question: how many people do the Blue Sheets of each deal name
-- grain: one row per deal that has any; parameters: $as_of_end
select deal_id, count(*) as influences from (
    select deal_id, influence_id, is_gone, row_number() over (
        partition by deal_id, influence_id order by valid_at desc, import_id desc, seq desc) as newest
    from buying_influence where valid_at <= $as_of_end
) as versions
where newest = 1 and not coalesce(is_gone, false)
group by deal_id
