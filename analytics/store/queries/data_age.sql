-- question: when was anything of the CRM last loaded, and is it only the sample company
-- grain: one row; moments in UTC; parameters: none
-- what people write, sheets, targets, settings and the log of syncs are no news of the CRM
select
    (select max(loaded_at) from import where kind not in ('decision', 'call', 'coaching', 'upkeep', 'settings',
        'questions', 'edit', 'answers', 'blue-sheets', 'targets')
        and undone_at is null) as last_loaded_at,
    (select count(*) from deal where source is distinct from 'sample') = 0 as is_sample
