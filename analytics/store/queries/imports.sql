-- question: what was loaded, when, from which files, and what was undone since (undone_at NULL: it counts)
-- grain: one row per file of an import; parameters: none
select i.import_id, i.loaded_at, i.kind as import_kind, i.as_of, i.loaded_by, i.notes, i.undone_at, i.undone_by,
    f.file, f.kind, f.sha256, f.rows_read, f.loaded, f.unchanged, f.rejected
from import i left join import_file f on f.import_id = i.import_id
order by i.import_id desc, f.file_no
