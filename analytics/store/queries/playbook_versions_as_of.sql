-- question: how was the sales process changed up to a moment, and what was said of each change later
-- grain: a row per thing written, in order; the first of a version_id says it all, a later one what it adds
-- parameters: $as_of_end: nothing later is read
select version_id, valid_at, kind, question, stage, level, teams, starts_on, ends_on, title, text_before,
    text_after, hypothesis, measure, learned, author, is_withdrawn
from playbook_version
where valid_at <= $as_of_end
order by valid_at, import_id, seq
