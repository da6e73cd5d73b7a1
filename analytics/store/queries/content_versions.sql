-- question: has what the CRM says, what was decided or called, or the coaching changed since somebody last asked
-- grain: one row; each column grows with every import of its kind; parameters: none
select
    coalesce(max(case when kind not in ('decision', 'call', 'coaching', 'upkeep') then import_id end), 0) as facts,
    coalesce(max(case when kind = 'decision' then import_id end), 0) as decisions,
    coalesce(max(case when kind = 'call' then import_id end), 0) as calls,
    coalesce(max(case when kind = 'coaching' then import_id end), 0) as coaching,
    max(case when kind not in ('decision', 'call', 'coaching', 'upkeep') then loaded_at end) as facts_at,
    max(case when kind = 'decision' then loaded_at end) as decisions_at,
    max(case when kind = 'call' then loaded_at end) as calls_at,
    max(case when kind = 'coaching' then loaded_at end) as coaching_at
from import
