-- question: which contacts do the deals of one source have, as far as the store knows
-- grain: one row per deal and contact; parameters: $source
select deal_id, contact_id from (
    select *, row_number() over (
        partition by deal_id, contact_id order by valid_at desc, import_id desc, seq desc) as newest
    from stakeholder
    where deal_id in (select deal_id from deal where source = $source)
) as versions
where newest = 1 and not coalesce(is_gone, false)
order by deal_id, contact_id
