-- question: how many people do the Blue Sheets of each deal name
-- grain: one row per deal that has any; parameters: $as_of_end
-- what a Blue Sheet says counts for the deal that it belongs to
with sheet_of as (
    select document_id, deal_id, row_number() over (
        partition by document_id order by valid_at desc, import_id desc, seq desc) as newest
    from document_deal where valid_at <= $as_of_end
)
select deal_id, count(*) as influences from (
    select deal_id, influence_id, row_number() over (
        partition by deal_id, influence_id order by valid_at desc, import_id desc, seq desc) as newest
    from buying_influence n where valid_at <= $as_of_end
        and not exists (select 1 from sheet_of o
        where o.newest = 1 and o.document_id = n.document_id and o.deal_id is distinct from n.deal_id)
) as versions
where newest = 1
group by deal_id
