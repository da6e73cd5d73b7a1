-- question: which answers did people give another level than the scorer
-- grain: one row per overruled answer version, its latest word; parameters: $as_of_end, $scorer
with latest as (
    select *, row_number() over (
        partition by deal_id, question, answered_at order by valid_at desc, import_id desc, seq desc) as newest
    from depth_overrule where valid_at <= $as_of_end
),
judged as (  -- of several texts of one moment the one that the person saw
    select l.deal_id, l.question, l.answered_at, l.level as given_level, l.reason, l.author, l.valid_at, a.answer,
        row_number() over (
            partition by l.deal_id, l.question, l.answered_at order by a.import_id desc, a.seq desc) as nearest
    from latest l
    join answer a on a.deal_id = l.deal_id and a.question = l.question and a.valid_at = l.answered_at
        and a.import_id <= l.import_id
    where l.newest = 1 and l.level is not null and a.valid_at <= $as_of_end
)
select j.deal_id, j.question, j.answered_at, j.given_level, j.reason, j.author, j.valid_at, j.answer,
    s.level, s.spans, s.missing
from judged j
left join answer_score s on s.question = j.question and s.text_md5 = md5(j.answer) and s.scorer = $scorer
where j.nearest = 1
order by j.valid_at desc, j.deal_id, j.question
