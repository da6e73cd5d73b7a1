-- question: which rows could not be loaded, and why
-- grain: one row per problem; parameters: none
select import_id, file, line, column_name, value, reason from reject order by import_id, file, line, column_name
