-- question: what does the business case of one deal say
-- grain: one row per question and version, newest first; parameters: $deal_id, $as_of_end
select question, valid_at, answer, author, source, confirmed_by,
    row_number() over (partition by question order by valid_at desc, import_id desc, seq desc) as version_from_newest
from answer
where deal_id = $deal_id and valid_at <= $as_of_end
order by question, version_from_newest
