-- question: which rows could not be loaded, and why; those of undone imports are left out
-- grain: one row per problem; parameters: none
select import_id, file, line, column_name, value, reason from reject
where import_id not in (select import_id from import where undone_at is not null)
order by import_id, file, line, column_name
