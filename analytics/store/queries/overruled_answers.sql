-- question: which answers did people give another level than the scorer
-- grain: one row per overruled answer version, its latest word; parameters: $as_of_end, $scorer
with latest as (
    select *, row_number() over (
        partition by deal_id, question, answered_at order by valid_at desc, import_id desc, seq desc) as newest
    from depth_overrule where valid_at <= $as_of_end
)
select l.deal_id, l.question, l.answered_at, l.level as given_level, l.reason, l.author, l.valid_at,
    a.answer, s.level, s.spans, s.missing
from latest l
join answer a on a.deal_id = l.deal_id and a.question = l.question and a.valid_at = l.answered_at
    and a.valid_at <= $as_of_end
left join answer_score s on s.question = l.question and s.text_md5 = md5(a.answer) and s.scorer = $scorer
where l.newest = 1 and l.level is not null
order by l.valid_at desc, l.deal_id, l.question
