-- question: up to where was a live source read, so that everything before that is in the store
-- grain: one row per object of the system; cursor: of the last import that no undone sync came before ('' = none),
--        latest: of the last one at all; they differ from the undo of a sync until the next run; parameters: $system
with moved as (
    select
        s.object, s.cursor, s.import_id, s.seq, not exists (
            select 1 from import u
            where u.kind = 'sync ' || $system and u.import_id < s.import_id and u.undone_at >= i.loaded_at
        ) as holds
    from sync_state s join import i on i.import_id = s.import_id
    where s.system = $system
),
ranked as (
    select object, cursor, holds,
        row_number() over (partition by object order by import_id desc, seq desc) as newest,
        row_number() over (partition by object, holds order by import_id desc, seq desc) as newest_of_its_kind
    from moved
)
select object, coalesce(max(case when holds and newest_of_its_kind = 1 then cursor end), '') as cursor,
    max(case when newest = 1 then cursor end) as latest
from ranked
group by object
