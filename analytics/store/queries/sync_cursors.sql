-- question: up to where was a live source read, so that everything before that is in the store
-- grain: one row per object of the system; cursor: of the last import that no undone sync came before ('' = none),
--        latest: of the last one at all; they differ from the undo of a sync until the next run; parameters: $system
with moved as (
    select
        s.object, s.cursor, s.import_id, not exists (
            select 1 from import u
            where u.kind = 'sync ' || $system and u.import_id < s.import_id and u.undone_at >= i.loaded_at
        ) as holds
    from sync_state s join import i on i.import_id = s.import_id
    where s.system = $system
)
select
    object, coalesce(arg_max(cursor, import_id) filter (where holds), '') as cursor,
    arg_max(cursor, import_id) as latest
from moved
group by object
