-- question: which questions did the company change, add or retire, and how did they read from when on
-- grain: one row per question and version, oldest first; parameters: $as_of_end
select method, question, valid_at, position, label, wording, asks, weight, help, good_answer, follow_ups,
    coalesce(is_retired, false) as is_retired
from question
where valid_at <= $as_of_end
order by method, question, valid_at, import_id, seq
