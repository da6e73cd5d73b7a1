-- question: which deal did somebody say a row without an id is
-- grain: one row per source and row key; deal_id NULL = a new deal; parameters: none
select source, row_key, deal_id from (
    select *, row_number() over (
        partition by source, row_key order by valid_at desc, import_id desc, seq desc) as newest
    from deal_match
) as versions
where newest = 1
order by source, row_key
