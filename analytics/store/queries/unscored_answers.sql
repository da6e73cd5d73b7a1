-- question: which texts has the scorer not been asked about yet
-- grain: one row per question and text; parameters: $scorer version of the scorer
select a.question, a.answer
from answer a
where not exists (
    select 1 from answer_score s
    where s.question = a.question and s.text_md5 = md5(a.answer) and s.scorer = $scorer
)
group by a.question, a.answer
order by a.question, a.answer
