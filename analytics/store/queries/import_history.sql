-- question: which imports were there, who loaded them, what became of their rows, and could each be undone
-- grain: one row per import, newest first; parameters: none
-- units: later_without_archive = imports after it that cannot be landed again; other_deals = other imports that
--        brought deals; same_again = a later or earlier import of the same files that counts; undone_before =
--        the first import before it that is undone (both NULL: none)
with counted as (
    select import_id, count(*) as files, sum(rows_read) as rows_read, sum(loaded) as loaded,
        sum(unchanged) as unchanged, sum(rejected) as rejected
    from import_file group by import_id
),
with_deals as (select distinct import_id from deal)
select i.import_id, i.loaded_at, i.kind, i.as_of, i.loaded_by, i.undone_at, i.undone_by, i.undo_reason,
    coalesce(c.files, 0) as files, coalesce(c.rows_read, 0) as rows_read, coalesce(c.loaded, 0) as loaded,
    coalesce(c.unchanged, 0) as unchanged, coalesce(c.rejected, 0) as rejected,
    i.restates is not null as has_archive,
    (
        select count(*) from import l where l.import_id > i.import_id and l.restates is null and l.undone_at is null
    ) as later_without_archive,
    (select count(*) from with_deals d where d.import_id <> i.import_id) as other_deals,
    (
        select max(s.import_id) from import s
        where s.digest = i.digest and s.import_id <> i.import_id and s.undone_at is null
    ) as same_again,
    (
        select min(b.import_id) from import b where b.import_id < i.import_id and b.undone_at is not null
    ) as undone_before
from import i left join counted c on c.import_id = i.import_id
order by i.import_id desc
