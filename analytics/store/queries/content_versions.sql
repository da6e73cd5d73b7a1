-- question: has what the CRM says, what was decided or called, or the coaching changed since somebody last asked
-- grain: one row; each column grows with every import of its kind, *_undone with every undo; parameters: none
select
    coalesce(max(case when kind not in ('decision', 'call', 'coaching', 'upkeep') then import_id end), 0) as facts,
    coalesce(max(case when kind = 'decision' then import_id end), 0) as decisions,
    coalesce(max(case when kind = 'call' then import_id end), 0) as calls,
    coalesce(max(case when kind = 'coaching' then import_id end), 0) as coaching,
    max(case when kind not in ('decision', 'call', 'coaching', 'upkeep') then loaded_at end) as facts_at,
    max(case when kind = 'decision' then loaded_at end) as decisions_at,
    max(case when kind = 'call' then loaded_at end) as calls_at,
    max(case when kind = 'coaching' then loaded_at end) as coaching_at,
    sum(case when kind not in ('decision', 'call', 'coaching', 'upkeep') then undoings else 0 end) as facts_undone,
    sum(case when kind = 'decision' then undoings else 0 end) as decisions_undone,
    sum(case when kind = 'call' then undoings else 0 end) as calls_undone,
    sum(case when kind = 'coaching' then undoings else 0 end) as coaching_undone
from (
    select i.kind, i.import_id, i.loaded_at,
        (select count(*) from undoing u where u.import_id = i.import_id) as undoings
    from import i
) as imports
