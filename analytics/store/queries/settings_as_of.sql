-- question: what are the company's settings
-- grain: one row per setting; parameters: none (settings describe how to look, so the latest always holds)
select key, value from (
    select key, value, row_number() over (
        partition by key order by valid_at desc, import_id desc, seq desc) as newest
    from setting
) as versions
where newest = 1
